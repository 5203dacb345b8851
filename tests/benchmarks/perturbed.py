"""`python -m tests.benchmarks.perturbed DATASET OUT`: what is lost when people write values their own way.

Two hundred questions of DATASET (spider_dev) and of the sample, each with one value of its gold in it. They
are asked as they stand and with that value changed, in the question only: another case, a typo, a plural or a
shorter name, a code for its meaning or the other way round. The gold stays, so the right answer does. The
two question sets are written into OUT, which stays outside of any repository: the text is the dataset's.
"""

import argparse
import asyncio
import json
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path

from rich.table import Table

from databaseai.evaluation.dataset import Dataset, load
from databaseai.settings import load as load_settings
from tests.benchmarks.perturbing import KINDS, Perturbed, perturb
from tests.benchmarks.product_runs import Flips, Run, measure, page

SIZE = 200
SAMPLE = Path(str(files("databaseai.evaluation").joinpath("questions/sample.jsonl")))


def choose(datasets: Sequence[Dataset], size: int = SIZE) -> list[Perturbed]:
    """`size` perturbed questions, kind by kind in turn as long as it lasts, in the order of their lots."""
    questions = [question for dataset in datasets for question in dataset.questions]
    made = sorted((each for question in questions for each in perturb(question)), key=lambda each: each.lot)
    of_kind = {kind: [each for each in made if each.kind == kind] for kind in KINDS}
    chosen: dict[str, Perturbed] = {}
    while len(chosen) < size and any(of_kind.values()):
        for left in of_kind.values():
            while left:
                if (each := left.pop(0)).question.id not in chosen:
                    chosen[each.question.id] = each
                    break
    return list(chosen.values())[:size]


def write(folder: Path, chosen: Iterable[Perturbed], datasets: Sequence[Dataset]) -> tuple[Path, Path]:
    """The clean and the perturbed set, the same ids in both, beside links to their databases."""
    places = (folder / "clean", folder / "perturbed")
    texts = ([each.question for each in chosen], [each.asked for each in chosen])
    for place, questions in zip(places, texts, strict=True):
        place.mkdir(parents=True, exist_ok=True)
        lines = (json.dumps(question.model_dump(), ensure_ascii=False) + "\n" for question in questions)
        (place / "questions.jsonl").write_text("".join(lines), encoding="utf-8")
        for dump in (dump for dataset in datasets for dumps in dataset.dumps.values() for dump in dumps):
            if not (link := place / dump.name).exists():
                link.symlink_to(dump.resolve())
    return places


def table(chosen: Sequence[Perturbed], clean: Run, perturbed: Run) -> Table:
    """A row a kind, and all."""
    shown = Table("perturbed", "questions", "clean", "perturbed", "loss in points", "gained", "lost", "p")
    for kind in (*KINDS, "all"):
        ids = [each.question.id for each in chosen if kind in {each.kind, "all"}]
        before, after = ({key: run.records[key] for key in ids} for run in (clean, perturbed))
        flips = Flips.between(before, after)
        rights = [sum(record.verdict == "right" for record in found.values()) for found in (before, after)]
        loss = 100 * (rights[0] - rights[1]) / max(1, len(ids))
        shares = (f"{right / max(1, len(ids)):.1%}" for right in rights)
        shown.add_row(
            kind, str(len(ids)), *shares, f"{loss:.1f}", str(flips.gained), str(flips.lost), f"{flips.p:.3g}"
        )
    return shown


async def main(dataset: Path, out: Path, *, run: bool) -> None:
    """Write both sets, run or resume both, compare."""
    datasets = [load(dataset), load(SAMPLE)]
    chosen = choose(datasets)
    places = write(out, chosen, datasets)
    page.print(f"{len(chosen)} questions in {places[0]} and {places[1]}")
    if run:
        settings = load_settings()
        clean = await measure(places[0], settings, out / "run-clean")
        perturbed = await measure(places[1], settings, out / "run-perturbed")
        page.print(table(chosen, clean, perturbed))


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("dataset", type=Path, help="spider_dev")
    options.add_argument("out", type=Path, help="scratch folder: the sets and their runs")
    options.add_argument("--only-write", action="store_true", help="ask no model")
    given = options.parse_args()
    asyncio.run(main(given.dataset, given.out, run=not given.only_write))

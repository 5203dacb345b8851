"""`python -m tests.benchmarks.answerable [DATASET]`: what is refused, and what is asked back, by words alone.

The sample's questions that its data cannot answer, and those that it can, part by part: each part was written
before it was run. With DATASET (spider_dev), read in place, its own questions too: asked of their database,
where each refusal is wrong; asked of another one, where nearly each is right; and one after the other as if
they were one conversation, where none is a follow-up. No model is asked.
"""

import argparse
import asyncio
import json
import random
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from rich.table import Table

from databaseai import app
from databaseai.ask import question, schema_linking, value_linking
from databaseai.ask.memory import Exchange
from databaseai.ask.schema_linking import SchemaIndex
from databaseai.ask.understanding.judging import Judgement
from databaseai.ask.view import Indexes
from databaseai.catalog.snapshot import Catalog
from databaseai.catalog.value_index import ValueIndex
from databaseai.cli.console import out
from databaseai.cli.evaluating import at_database, parts, server_over
from databaseai.embedded import sample
from databaseai.evaluation.databases import ensure
from databaseai.evaluation.dataset import load
from databaseai.language_model import OpenAICompatibleModel
from databaseai.settings import load as load_settings

SET = files("databaseai.evaluation").joinpath("questions/answerable.jsonl")
SEED = 4
NOWHERE = "http://127.0.0.1:9/v1"
"""No model is asked."""


@dataclass
class Tally:
    """Questions of one kind, and what was said to them."""

    asked: int = 0
    refused: int = 0
    asked_back: int = 0
    seconds: list[float] = field(default_factory=list)

    def add(self, judged: Judgement, seconds: float) -> None:
        """One more."""
        self.asked += 1
        self.refused += bool(judged.unanswerable)
        self.asked_back += bool(judged.readings)
        self.seconds.append(seconds)

    def row(self) -> tuple[str, ...]:
        """Figures for the table."""
        middle = sorted(self.seconds)[len(self.seconds) // 2] * 1000 if self.seconds else 0.0
        shares = (f"{count} = {count / max(1, self.asked):.1%}" for count in (self.refused, self.asked_back))
        return (str(self.asked), *shares, f"{middle:.2f}")


def judged(asked: str, indexes: Indexes) -> tuple[Judgement, float]:
    """As the flow judges, and the seconds of the judging alone."""
    linked = schema_linking.link(asked, indexes.schema)
    hints = value_linking.link(asked, linked, indexes.values)
    start = time.perf_counter()
    return question.judge(asked, linked, hints, indexes), time.perf_counter() - start


def of_sample(indexes: Indexes) -> dict[str, Tally]:
    """The set over the sample, by part."""
    tallies: dict[str, Tally] = {}
    for line in map(json.loads, SET.read_text("utf-8").splitlines()):
        kind = "answerable" if line["answerable"] else "unanswerable"
        tallies.setdefault(f"sample, {kind}, {line['part']}", Tally()).add(*judged(line["question"], indexes))
    return tallies


def of_dataset(asked: Sequence[tuple[str, str]], known: dict[str, Indexes]) -> dict[str, Tally]:
    """A dataset's questions over their own database and over another one."""
    dice, own, other = random.Random(SEED), Tally(), Tally()  # noqa: S311  # lots, not secrets
    for text, database in asked:
        own.add(*judged(text, known[database]))
        elsewhere = dice.choice(sorted(set(known) - {database}))
        other.add(*judged(text, known[elsewhere]))
    return {"dataset, its own database": own, "dataset, another database": other}


def changed(asked: Sequence[tuple[str, str]]) -> int:
    """Questions that are taken for follow-ups of the one before, in an order by lot."""
    texts = [text for text, _ in asked]
    random.Random(SEED).shuffle(texts)  # noqa: S311
    before = [Exchange(text, "SELECT 1") for text in texts]
    return sum(
        question.standalone(text, [turn]) != text for turn, text in zip(before, texts[1:], strict=False)
    )


async def catalogs(dataset: Path | None) -> dict[str, Catalog]:
    """The sample's catalog with its semantic model, and those of the dataset's databases."""
    async with AsyncExitStack() as stack:
        settings, admin = await parts(load_settings(), lambda *_: None, stack, model=False)
        server = server_over(settings, admin)
        nobody = OpenAICompatibleModel(settings.llm.model_copy(update={"base_url": NOWHERE}))
        stack.push_async_callback(nobody.aclose)
        dumps = load(dataset).dumps if dataset else {}
        names = {name: await ensure(server, name, dump[0]) for name, dump in dumps.items()}
        found = {}
        for name, database in {sample.NAME: sample.NAME, **names}.items():
            there = at_database(settings, await server.reader_dsn(database))
            async with app.open_tools(there, model=nobody) as tools:
                found[name] = await tools.catalog.get(None)
        return found


async def main(dataset: Path | None = None) -> None:
    """Print the table."""
    tokens = load_settings().ask.schema_tokens
    known = {
        name: Indexes(catalog, SchemaIndex(catalog, tokens, catalog.semantic), ValueIndex(catalog))
        for name, catalog in (await catalogs(dataset)).items()
    }
    asked = [(each.question, each.database) for each in load(dataset).questions] if dataset else []
    tallies = of_sample(known[sample.NAME])
    if asked:
        tallies |= of_dataset(asked, known)
    shown = Table("questions", "asked", "refused", "asked back", "ms, median")
    for name, tally in tallies.items():
        shown.add_row(name, *tally.row())
    out.print(shown)
    if asked:
        out.print(f"taken for follow-ups: {changed(asked)} of {len(asked)}")


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("dataset", type=Path, nargs="?", help="spider_dev, read in place")
    asyncio.run(main(options.parse_args().dataset))

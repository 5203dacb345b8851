"""Runs of the product's own evaluation that benchmarks compare: the fixed hundred, and one measurement."""

import dataclasses
from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack
from importlib.resources import files
from pathlib import Path

from rich.console import Console

from databaseai.ask.prompt import PROMPT_VERSION
from databaseai.cli.console import reporting
from databaseai.cli.evaluating import parts, tools_over
from databaseai.evaluation.dataset import read_ids
from databaseai.evaluation.execution_accuracy import Verdict
from databaseai.evaluation.records import Record, read_records
from databaseai.evaluation.report import Summary
from databaseai.evaluation.runner import evaluate
from databaseai.evaluation.statistics import mcnemar
from databaseai.language_model import OpenAICompatibleModel
from databaseai.settings import Settings

HUNDRED = read_ids(Path(str(files("databaseai.evaluation").joinpath("questions/spider_dev_100.json"))))
"""Drawn from the 300 by `evaluation.stratified`: by SHA-256, each database and difficulty its share."""
page = Console(width=120, highlight=False)


@dataclasses.dataclass(frozen=True)
class Run:
    """One stored run."""

    records: Mapping[str, Record]
    summary: Summary


@dataclasses.dataclass(frozen=True)
class Flips:
    """Questions that only one of two runs has right."""

    gained: int
    lost: int

    @classmethod
    def between(cls, before: Mapping[str, Record], after: Mapping[str, Record]) -> "Flips":
        """Of the questions that both scored."""
        both = [
            (before[key].verdict is Verdict.RIGHT, after[key].verdict is Verdict.RIGHT)
            for key in before.keys() & after.keys()
            if Verdict.UNSCORED not in {before[key].verdict, after[key].verdict}
        ]
        return cls(both.count((False, True)), both.count((True, False)))

    @property
    def p(self) -> float:
        """McNemar's exact p."""
        return mcnemar(self.gained, self.lost)


async def measure(dataset: Path, settings: Settings, out: Path, ids: Iterable[str] | None = None) -> Run:
    """Evaluate, or go on with the run that stopped in `out`."""
    async with AsyncExitStack() as stack:
        progress = stack.enter_context(reporting())
        there, admin_url = await parts(settings, progress, stack)
        model = OpenAICompatibleModel(there.llm)
        stack.push_async_callback(model.aclose)
        await model.ready()
        place, summary = await evaluate(
            dataset,
            tools=tools_over(there, admin_url, model, progress),
            model=model.name,
            prompt_version=PROMPT_VERSION,
            settings=there,
            ids=None if ids is None else list(ids),
            out=out,
        )
    stored = read_records(place)
    wanted = stored.keys() if ids is None else set(ids)
    return Run({key: record for key, record in stored.items() if key in wanted}, summary)

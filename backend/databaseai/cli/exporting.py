"""`evaluate --export`: verified queries, or a dataset's questions, as training data."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from databaseai import app
from databaseai.ask.pipeline import Pipeline, PipelineTools
from databaseai.cli.ask import NOBODY, tools_here
from databaseai.cli.console import err, reporting
from databaseai.cli.evaluating import at_database, parts, server_over
from databaseai.cli.semantic import approved_in
from databaseai.evaluation.databases import ensure
from databaseai.evaluation.dataset import load, read_ids
from databaseai.evaluation.training import Listener, Pair, examples, gold_pairs
from databaseai.language_model import OpenAICompatibleModel

if TYPE_CHECKING:
    from databaseai.settings import Settings

TO_STDOUT = "-"


async def export_training(
    settings: "Settings", to: str, dataset: Path | None, *, ids: Path | None, limit: int | None
) -> None:
    """A dataset's golds where one is named, else what was approved here."""
    if dataset is None:
        await export_verified(settings, to)
    else:
        await export_dataset(settings, dataset, to, ids=ids, limit=limit)


async def export_verified(settings: "Settings", to: str) -> None:
    """The approved queries of the data source, each under the prompt that its question makes."""
    async with tools_here(settings, model=False) as tools:
        name = tools.data_source.name
        approved = await approved_in(tools)
        pairs = [
            Pair(f"verified-{number}", name, "verified", question, sql)
            for number, (question, sql) in enumerate(approved, start=1)
        ]
        with lines_to(to) as file:
            count = await written(pairs, tools, file)
    tell_count(count, to)


async def export_dataset(
    settings: "Settings", dataset: Path, to: str, *, ids: Path | None, limit: int | None
) -> None:
    """A dataset's questions with their first gold, database by database. Whoever asks has the right to."""
    found, count = await asyncio.to_thread(load, dataset), 0
    questions = found.selected(read_ids(ids) if ids else None, limit)
    async with AsyncExitStack() as stack:
        progress = stack.enter_context(reporting())
        there, admin_url = await parts(settings, progress, stack, model=False)
        server = server_over(there, admin_url)
        file = stack.enter_context(lines_to(to))
        for database, group in groupby(questions, key=lambda question: question.database):
            pairs = gold_pairs(found.name, group)
            dumps = found.dumps.get(database, ())
            name = await ensure(server, database, dumps[0]) if dumps else database
            async with silent_tools(at_database(there, await server.reader_dsn(name))) as tools:
                count += await written(pairs, tools, file)
            progress(f"{count} of {len(questions)}", count / len(questions))
    tell_count(count, to)


@asynccontextmanager
async def silent_tools(settings: "Settings") -> AsyncIterator[app.Tools]:
    """Tools whose model is never asked."""
    model = OpenAICompatibleModel(settings.llm.model_copy(update={"base_url": NOBODY}))
    try:
        async with app.open_tools(settings, model=model) as tools:
            yield tools
    finally:
        await model.aclose()


async def written(pairs: Sequence[Pair], tools: app.Tools, file: TextIO) -> int:
    """Each pair that has a prompt, on disk before the next is made; how many."""
    listener, count = Listener(), 0
    door = Pipeline(PipelineTools(tools.data_source, tools.catalog, listener, tools.settings))
    async for line in examples(pairs, door, listener, skipped):
        await asyncio.to_thread(file.write, line + "\n")
        count += 1
    return count


def skipped(pair: Pair) -> None:
    """Say which."""
    err.print(f"{pair.id}: no prompt can be made; left out.", markup=False, soft_wrap=True)


@contextmanager
def lines_to(to: str) -> Iterator[TextIO]:
    """Stdout for `-`; a file otherwise, under its name only once it is whole."""
    if to == TO_STDOUT:
        yield sys.stdout
        return
    draft = Path(f"{to}.draft")
    with draft.open("w", encoding="utf-8") as file:
        yield file
    draft.replace(to)


def tell_count(count: int, to: str) -> None:
    """On stderr: stdout carries data only."""
    where = "stdout" if to == TO_STDOUT else to
    err.print(f"{count} examples written to {where}.", markup=False, soft_wrap=True)

"""Run the product over a dataset and keep what happened, question by question."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import psycopg
from psycopg import AsyncConnection

from databaseai.errors import CatalogEmpty, CatalogUnreadable, DatabaseMissing
from databaseai.evaluation.asking import Door, OpenSeed, ask, record_of
from databaseai.evaluation.databases import DatabaseNotLoaded, Server, ensure
from databaseai.evaluation.dataset import Dataset, Question, load
from databaseai.evaluation.execution_accuracy import Score, Verdict
from databaseai.evaluation.provenance import header, run_name
from databaseai.evaluation.records import Header, Record, RunDirectory, read_header
from databaseai.evaluation.report import Summary
from databaseai.settings import Settings

BROKEN = (DatabaseNotLoaded, DatabaseMissing, CatalogEmpty, CatalogUnreadable, psycopg.Error)
"""These say nothing about the other databases: the questions of this one are unscored."""

ROW_LIMIT = 100_000
RESULT_BYTES = 200_000_000
"""Results are compared whole; a person is shown fewer rows."""

Progress = Callable[[str, float | None], None]
OpenDoor = Callable[[str], AbstractAsyncContextManager[Door]]
"""Makes the product's door to the database behind a reader's DSN, with the limits of `wide`."""


def wide(settings: Settings) -> Settings:
    """The settings for `OpenDoor`: as they are, with room for a whole result."""
    limits = settings.limits.model_copy(update={"row_limit": ROW_LIMIT, "result_bytes": RESULT_BYTES})
    return settings.model_copy(update={"limits": limits})


@dataclass(frozen=True)
class Tools:
    """What an evaluation runs with."""

    server: Server
    open_door: OpenDoor
    progress: Progress


async def evaluate(
    path: Path,
    *,
    tools: Tools,
    model: str,
    prompt_version: str,
    settings: Settings,
    ids: Sequence[str] | None = None,
    limit: int | None = None,
    out: Path | None = None,
    runs: Path = Path("evaluations"),
) -> tuple[Path, Summary]:
    """Evaluate a dataset, or go on with a run that was stopped.

    Args:
        path: Dataset directory or question file.
        tools: Server, door and progress.
        model: Name of what is measured.
        prompt_version: `ask.prompt.PROMPT_VERSION`.
        settings: Those in force, for the run's header.
        ids: Only these questions; all without it.
        limit: Only the first so many of them.
        out: Directory of the run; without it, a name made of what is measured, in `runs`.
        runs: Where runs are kept.

    Returns:
        The run's directory and its summary over the questions asked for.

    Raises:
        DatasetInvalid: The dataset cannot be read. DBAI110.
        RunMismatch: `out` holds another run. DBAI111.
        DatabaseAIError: Model or server cannot be reached; the run goes on when started again.
    """
    dataset = await asyncio.to_thread(load, path)
    questions = dataset.selected(ids, limit)
    measured = await header(dataset, model=model, prompt_version=prompt_version, settings=settings)
    place = out or runs / run_name(measured)
    records = await run(dataset, questions, tools, measured, place)
    return place, Summary.of(read_header(place), records, asked=len(questions))


async def run(
    dataset: Dataset, questions: Sequence[Question], tools: Tools, measured: Header, out: Path
) -> dict[str, Record]:
    """Ask every question that has no record yet; each record is on disk before the next question.

    Args:
        dataset: With the dumps of its databases.
        questions: Those to run, of one database together (`Dataset.selected`).
        tools: Server, door and progress.
        measured: What is measured.
        out: Directory of the run; a stopped run goes on there.

    Returns:
        Records of `questions` by id, those of earlier runs among them.

    Raises:
        RunMismatch: The directory holds another run. DBAI111.
        DatabaseAIError: The model or the server cannot be reached; nothing is lost.
    """
    with RunDirectory(out, measured) as stored:
        done = {key for key, record in stored.records.items() if record.verdict is not Verdict.UNSCORED}
        count = sum(question.id in done for question in questions)
        left = (question for question in questions if question.id not in done)
        for database, group in groupby(left, key=lambda question: question.database):
            async with aclosing(_of_database(dataset, database, list(group), tools)) as records:
                async for record in records:
                    stamped = record.model_copy(update=_stamp(measured))
                    await asyncio.to_thread(stored.append, stamped)
                    count += 1
                    tools.progress(f"{count} of {len(questions)}: {record.verdict}", count / len(questions))
        asked = {question.id for question in questions}
        return {key: record for key, record in stored.records.items() if key in asked}


def _stamp(measured: Header) -> dict[str, str]:
    return {
        "model": measured.model,
        "prompt_version": measured.prompt_version,
        "commit": measured.commit,
    }


async def _of_database(
    dataset: Dataset, database: str, questions: Sequence[Question], tools: Tools
) -> AsyncGenerator[Record]:
    """Records of one database's questions; when it cannot be opened, they are unscored."""
    async with AsyncExitStack() as stack:
        try:
            seeds = [
                await stack.enter_async_context(_open(name, tools))
                async for name in _names(dataset, database, tools)
            ]
        except BROKEN as error:
            code, sqlstate = getattr(error, "code", ""), getattr(error, "sqlstate", None) or ""
            why = code or sqlstate or type(error).__name__  # the message of a failed connect may hold a host
            tools.progress(f"{database} cannot be opened ({why}), its questions are unscored", None)
            for question in questions:
                yield record_of(question, Score(Verdict.UNSCORED, code=code, sqlstate=sqlstate))
            return
        for question in questions:
            yield await ask(question, seeds)


async def _names(dataset: Dataset, database: str, tools: Tools) -> AsyncIterator[str]:
    """The server's database of each seed; one without a dump is there already."""
    for dump in dataset.dumps.get(database, ()):
        tools.progress(f"loading {dump.name}", None)
        yield await ensure(tools.server, database, dump)
    if database not in dataset.dumps:
        yield database


@asynccontextmanager
async def _open(name: str, tools: Tools) -> AsyncIterator[OpenSeed]:
    dsn = await tools.server.reader_dsn(name)
    async with (
        tools.open_door(dsn) as door,
        await AsyncConnection.connect(dsn, autocommit=True) as connection,
    ):
        yield OpenSeed(door, connection)

"""Ask one question, and score what came of it."""

import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from psycopg import AsyncConnection

from databaseai.ask.events import Answer, Event, Rows, Step
from databaseai.errors import (
    DataSourceError,
    ModelCircuitOpen,
    ModelKeyRefused,
    ModelNotFound,
    ModelRateLimited,
    ModelUnreachable,
    ResultTooLarge,
)
from databaseai.evaluation import gold
from databaseai.evaluation.cells import canonical_rows
from databaseai.evaluation.dataset import Question
from databaseai.evaluation.difficulty import difficulty
from databaseai.evaluation.execution_accuracy import Score, Seed, Verdict, score, score_of
from databaseai.evaluation.matching import Expected, Result
from databaseai.evaluation.records import Record

STOPS = (
    ModelUnreachable,
    ModelKeyRefused,
    ModelNotFound,
    ModelRateLimited,
    ModelCircuitOpen,
    DataSourceError,
)
"""These say nothing about a question: the run stops and goes on when started again."""
GOLD_TIMEOUT_MS = 60_000


class Door(Protocol):
    """What the runner needs of `ask.pipeline.Pipeline`."""

    def answer(self, question: str, /, *, answer_anyway: bool = False) -> AsyncIterator[Event]:
        """Events of one question, the last one `Done` or `Problem`."""
        ...

    async def query(self, sql: str, /) -> Any:
        """A result with `columns`, `rows` and `truncated`, through gate, plan and read-only run."""
        ...


@dataclass(frozen=True)
class OpenSeed:
    """One database with one set of rows, open as the reader. See `execution_accuracy.Seed`."""

    door: Door
    connection: AsyncConnection

    async def allowed(self, statement: str) -> Expected:
        """What a gold allows here."""
        return await gold.expected(self.connection, statement, timeout_ms=GOLD_TIMEOUT_MS)

    async def given(self, sql: str) -> Result:
        """What a prediction gives here."""
        result = await self.door.query(sql)
        if result.truncated:
            raise ResultTooLarge("More rows than an evaluation compares.")
        types = [column.type for column in result.columns]
        return Result(tuple(canonical_rows(result.rows, types)), len(types), "real" in types)


async def ask(question: Question, seeds: Sequence[OpenSeed]) -> Record:
    """Ask once, on seed 0, answering anyway; score the statement on all seeds.

    Raises:
        DatabaseAIError: One of `STOPS`.
    """
    answer, steps, attempts, to_rows = Answer(), dict[str, float](), 0, None
    start = time.perf_counter()
    async for event in seeds[0].door.answer(question.question, answer_anyway=True):
        answer.add(event)
        if isinstance(event, Rows):
            to_rows = time.perf_counter() - start
        elif isinstance(event, Step):
            attempts += event.name == "generation" and event.status == "started"
            steps[event.name] = round(steps.get(event.name, 0.0) + (event.ms or 0.0), 3)
    seconds = time.perf_counter() - start
    if isinstance(answer.error, STOPS):
        raise answer.error
    found = await _score(answer, question, seeds)
    return record_of(
        question,
        found,
        status=answer.status,
        confidence=answer.confidence.level if answer.confidence else "",
        confidence_score=answer.confidence.score if answer.confidence else None,
        confidence_signs=answer.confidence.sign if answer.confidence else (),
        sql=answer.sql,
        seconds=round(seconds, 3),
        seconds_to_rows=None if to_rows is None else round(to_rows, 3),
        step_ms=steps,
        attempts=attempts,
        calls=answer.usage.calls,
        prompt_tokens=answer.usage.prompt_tokens,
        cached_tokens=answer.usage.cached_tokens,
        reply_tokens=answer.usage.reply_tokens,
        cost=answer.usage.cost,
    )


async def _score(answer: Answer, question: Question, seeds: Sequence[Seed]) -> Score:
    """An answer that failed after its rows came is scored by its statement like any other."""
    if answer.error is not None and not answer.columns:
        return score_of(answer.error)
    if not answer.sql:
        return Score(Verdict.NOT_ANSWERED)
    return await score(answer.sql, question.gold, seeds)


def record_of(question: Question, found: Score, **facts: Any) -> Record:
    """What is kept of a question: no word of it, nor of its gold."""
    return Record(
        id=question.id,
        database=question.database,
        tier=question.tier,
        difficulty=difficulty(question.gold[0]),
        verdict=found.verdict,
        seeds=found.seeds,
        code=found.code,
        sqlstate=found.sqlstate,
        **facts,
    )

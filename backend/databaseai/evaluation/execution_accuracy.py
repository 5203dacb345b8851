"""Execution accuracy: a prediction is right when it gives what a gold gives, on every seed.

One and the same gold must be met on all seeds. The prediction goes through the product's own door (gate,
plan, read-only run as the reader); what the gate refuses is a wrong answer, not an excuse.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from databaseai.errors import (
    DatabaseAIError,
    ExecutionError,
    GuardrailError,
    LanguageModelError,
    ModelReplyEmpty,
    ModelReplyNotSql,
    ModelTimeout,
    PlanTooCostly,
    ResultTooLarge,
    StatementTimeout,
    UnderstandingError,
)
from databaseai.evaluation.gold import GoldFailed
from databaseai.evaluation.matching import Expected, Match, Result, match


class Verdict(StrEnum):
    """What became of one question. All but `RIGHT` and `UNSCORED` are wrong."""

    RIGHT = "right"
    ORDER = "wrong order"
    ROWS = "wrong rows"
    EMPTY = "empty"
    COLUMNS = "wrong number of columns"
    TOO_LARGE = "result too large"
    REFUSED = "refused by the gate"
    TOO_COSTLY = "too costly"
    DOES_NOT_RUN = "does not run"
    TIMEOUT = "timeout"
    NO_SQL = "no SQL"
    NOT_ANSWERED = "not answered"
    """Asked back or abstained, with no SQL to show."""
    MODEL = "model error"
    INTERNAL = "internal error"
    UNSCORED = "unscored"
    """No gold runs, or the database could not be loaded: it counts for nobody and is listed."""


BY_ERROR: tuple[tuple[type[DatabaseAIError], Verdict], ...] = (
    (ModelReplyNotSql, Verdict.NO_SQL),
    (ModelReplyEmpty, Verdict.NO_SQL),
    (ModelTimeout, Verdict.TIMEOUT),
    (LanguageModelError, Verdict.MODEL),
    (UnderstandingError, Verdict.NOT_ANSWERED),
    (GuardrailError, Verdict.REFUSED),
    (PlanTooCostly, Verdict.TOO_COSTLY),
    (StatementTimeout, Verdict.TIMEOUT),
    (ResultTooLarge, Verdict.TOO_LARGE),
    (ExecutionError, Verdict.DOES_NOT_RUN),
)
"""The first class that fits counts."""

OF_MATCH = {
    Match.SAME: Verdict.RIGHT,
    Match.ORDER: Verdict.ORDER,
    Match.ROWS: Verdict.ROWS,
    Match.EMPTY: Verdict.EMPTY,
    Match.COLUMNS: Verdict.COLUMNS,
}


class Seed(Protocol):
    """One database with one set of rows."""

    async def allowed(self, gold: str) -> Expected:
        """What a gold allows here. Raises `GoldFailed`."""
        ...

    async def given(self, sql: str) -> Result:
        """What a prediction gives here, through the product's door. Raises a `DatabaseAIError`."""
        ...


@dataclass(frozen=True, slots=True)
class Score:
    """A verdict and where it comes from."""

    verdict: Verdict
    seeds: tuple[bool, ...] = ()
    """Right or not, for each seed up to the first wrong one."""
    code: str = ""
    """Of the error that stopped the prediction."""
    sqlstate: str = ""


def score_of(error: DatabaseAIError, seeds: tuple[bool, ...] = ()) -> Score:
    """What an error makes of a prediction."""
    verdict = next((verdict for kind, verdict in BY_ERROR if isinstance(error, kind)), Verdict.INTERNAL)
    return Score(verdict, seeds, error.code, str(error.facts.get("sqlstate") or ""))


async def score(sql: str, golds: Sequence[str], seeds: Sequence[Seed]) -> Score:
    """Run a prediction and the golds on each seed, up to the first where no gold is met.

    Args:
        sql: The prediction.
        golds: Any one of them, met on all seeds, makes it right.
        seeds: At least one.
    """
    still, passed = list(golds), 0
    for seed in seeds:
        right = (True,) * passed
        allowed = await _allowed(still, seed)
        if not allowed:
            return Score(Verdict.UNSCORED, right)
        try:
            result = await seed.given(sql)
        except DatabaseAIError as error:
            return score_of(error, (*right, False))
        matches = {gold: match(expected, result) for gold, expected in allowed.items()}
        still = [gold for gold, found in matches.items() if found is Match.SAME]
        if not still:
            closest = max(matches.values(), key=list(Match).index)
            return Score(OF_MATCH[closest], (*right, False))
        passed += 1
    return Score(Verdict.RIGHT, (True,) * passed)


async def _allowed(golds: Sequence[str], seed: Seed) -> dict[str, Expected]:
    """What each gold allows, without those that do not run."""
    found: dict[str, Expected] = {}
    for gold in golds:
        try:
            found[gold] = await seed.allowed(gold)
        except GoldFailed:
            continue
    return found

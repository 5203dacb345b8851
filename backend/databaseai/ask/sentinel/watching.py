"""Watch one accepted query."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from databaseai.ask.events import Finding, Json
from databaseai.ask.guardrail import AcceptedQuery
from databaseai.catalog.snapshot import Catalog

KINDS = (
    "fan-out",
    "lost rows",
    "average of averages",
    "filter drops NULLs",
    "left join undone",
    "not along a key",
    "name for several keys",
    "letter case",
    "integer division",
    "arbitrary rows",
    "last day cut",
    "days by time zone",
)


class Probed(Protocol):
    """What a probe gives back: a `ResultSet`, a `QueryResult`."""

    @property
    def rows(self) -> tuple[tuple[Json, ...], ...]:
        """Wire values."""


Probe = Callable[[str], Awaitable[Probed]]
"""Runs one statement through gate and sandbox, with a small time limit; raises a `DatabaseAIError`."""


async def watch(
    query: AcceptedQuery, catalog: Catalog, probe: Probe, question: str = ""
) -> tuple[Finding, ...]:
    """Warnings about one query that ran, gravest first; it never raises for the data source's sake."""
    del query, catalog, probe, question
    return ()

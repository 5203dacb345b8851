"""What a rule suspects, and the count that settles it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from databaseai.ask.events import Finding, Json

KINDS = (
    "fan-out",
    "average of averages",
    "not along a key",
    "always empty",
    "lost rows",
    "left join undone",
    "filter drops NULLs",
    "NULLs first",
    "letter case",
    "name for several keys",
    "last day cut",
    "integer division",
    "arbitrary rows",
    "days by time zone",
)
"""Kinds of finding, gravest first."""
Counts = Sequence[Json]
"""The one row that a suspicion's query gives."""


class Probed(Protocol):
    """What a probe gives back: a `ResultSet`, a `QueryResult`."""

    @property
    def rows(self) -> tuple[tuple[Json, ...], ...]:
        """Wire values."""


Probe = Callable[[str], Awaitable[Probed]]
"""Runs one statement through gate and sandbox, with a small time limit; raises a `DatabaseAIError`."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Perhaps a finding."""

    kind: str
    probe: str
    """A query of one row; empty: certain without a look."""
    judge: Callable[[Counts], Finding | None]
    """The finding, by that row; None: the data is innocent."""


def certain(kind: str, text: str, check: str = "", corrected: str = "") -> Suspicion:
    """What the tree and the catalog alone show."""
    finding = Finding(kind, text, check, corrected)
    return Suspicion(kind, "", lambda _: finding)


def whole(value: Json) -> int:
    """A count of the data source's: int8 beyond 2^53 comes as text, a sum over nothing as NULL."""
    return int(str(value)) if value is not None else 0

"""A statement that ran, and how it came to be."""

from dataclasses import dataclass, replace
from typing import Self

from databaseai.ask.execution import ResultSet
from databaseai.ask.guardrail import AcceptedQuery
from databaseai.ask.view import View

VERIFIED = "verified"
"""The rendering of a candidate that no model wrote and a person approved."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of the statements proposed for a question."""

    rendering: str
    """Of the schema, by its name; for a variant, that of the candidate it is another reading of."""
    view: View
    reply: str
    """The model's, whatever it holds."""
    statement: str
    """What was given to the gate."""
    spelt: tuple[str, ...]
    """Literals written as stored."""
    mended: tuple[str, ...]
    """Other repairs."""
    query: AcceptedQuery
    result: ResultSet
    attempts: int = 1
    """Statements asked of the model for it, its own included."""
    variant: str = ""
    """The kind of reading, where it is one of `repair.variants`."""
    strength: float = 0.0
    """Of a variant: the share of cases in which it was right, of those where it or its origin was."""
    reading: tuple[str, ...] = ()
    """Of a variant: how its origin's statement was read; of a verified query: who approved it."""

    @property
    def repairs(self) -> tuple[str, ...]:
        """All, for the proof card."""
        return (*self.spelt, *self.mended, *self.reading)

    def read_as(self, note: str) -> Self:
        """The same, with a line more for the card."""
        return replace(self, reading=(*self.reading, note))

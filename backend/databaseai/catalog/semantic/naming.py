"""Which business words a question says, and where."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from databaseai.catalog.words import words

SLACK = 3
"""Words that may stand between those of a filter's name: "customers who are active"."""
YEAR = re.compile(r"\b(19|20)\d\d\b")
TIMES = frozenset(
    words(
        """when date day week month quarter year daily weekly monthly quarterly yearly annual today
        yesterday since until before after during between last latest recent ago january
        february march april june july august september october november december spring summer
        autumn winter wann datum tag woche monat quartal jahr heute gestern seit letzter quand
        jour semaine mois trimestre an depuis fecha dia semana mes trimestre ano desde data
        giorno settimana mese anno"""
    )
)
"""Words of time in the languages that are asked most; a year in digits speaks in any."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a question says a phrase."""

    phrase: str
    places: tuple[int, ...]
    """Of the question's words."""
    scattered: bool = False
    """Other words stand between."""

    @property
    def rank(self) -> tuple[int, bool]:
        """The longer phrase is meant, and one that stands together."""
        return -len(self.places), self.scattered


def spots(phrase: str, wanted: Sequence[str], asked: Sequence[str], *, scattered: bool) -> Iterator[Spot]:
    """Where a phrase's words stand together; else, with `scattered`, the first place where they are near.

    Args:
        phrase: As a person wrote it.
        wanted: Its words.
        asked: The question's words.
        scattered: Whether other words may stand between, and the order be another.
    """
    size, found = len(wanted), False
    for start in range(len(asked) - size + 1 if size else 0):
        if list(asked[start : start + size]) == list(wanted):
            found = True
            yield Spot(phrase, tuple(range(start, start + size)))
    if found or not scattered or size < 2 or not set(wanted).issubset(asked):  # noqa: PLR2004  # two words to part
        return
    for start, first in enumerate(asked):
        window = list(asked[start : start + size + SLACK])
        if first in wanted and set(wanted).issubset(window):
            places = sorted(start + window.index(word) for word in set(wanted))
            yield Spot(phrase, tuple(places), scattered=True)
            return


def speaks_of_time(question: str, asked: Sequence[str]) -> bool:
    """Whether a question's rows are to be dated."""
    return bool(YEAR.search(question)) or not TIMES.isdisjoint(asked)

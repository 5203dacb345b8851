"""Find the stored values that the question's words name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from databaseai.ask.schema_linking import Linked
from databaseai.ask.schema_text import identifier, literal
from databaseai.catalog.value_index import LONGEST, Place, ValueIndex
from databaseai.catalog.words import words

HINTS = 6
PLACES = 3
"""A value that stands in more columns than this says little about which one is meant."""
COMMON_WORDS = """a all am an and any are as at be by can count do each every for from give have how i in is
it last list many me more most much my name no not number of on or our per show some than that the their there
this to total what when where which who whose with year month day first second other type"""
COMMON = frozenset(COMMON_WORDS.split())
"""Words that a question uses for themselves; as values they match by chance."""


@dataclass(frozen=True, slots=True)
class Hint:
    """One stored value that the question names."""

    table: str
    column: str
    value: str

    @property
    def text(self) -> str:
        """As a condition, the value quoted as data."""
        return f"{identifier(self.table)}.{identifier(self.column)} = {literal(self.value)}"


def link(question: str, linked: Linked, index: ValueIndex) -> tuple[Hint, ...]:
    """Hints for the words of the question that are stored values, whatever their case, accents or plural.

    Args:
        question: Readable text of one line.
        linked: Only tables that the model is shown are hinted at.
        index: Of the whole catalog.
    """
    shown = {item.table.qualified for item in linked.tables}
    hints: dict[Hint, None] = {}
    for places in matches(words(question), index):
        near = [place for place in places if place.table.qualified in shown]
        if 0 < len(near) <= PLACES:
            hints |= dict.fromkeys(Hint(p.table.name, p.column.name, p.value) for p in near)
    return tuple(hints)[:HINTS]


def matches(asked: Sequence[str], index: ValueIndex) -> Iterator[list[Place]]:
    """Places of the longest values named, from left to right; a word counts once."""
    start = 0
    while start < len(asked):
        for length in range(min(LONGEST, len(asked) - start), 0, -1):
            phrase = tuple(asked[start : start + length])
            if (length > 1 or named(phrase[0])) and (places := index.find(phrase)):
                yield places
                start += length - 1
                break
        start += 1


def named(word: str) -> bool:
    """A single word that can be meant as a value."""
    return word not in COMMON and len(word) > 1 and not word.isdecimal()

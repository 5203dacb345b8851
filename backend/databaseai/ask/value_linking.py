"""Find the stored values that the question's words name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from databaseai.ask.schema_linking import Linked
from databaseai.ask.schema_text import identifier, literal
from databaseai.catalog.value_index import LONGEST, Place, ValueIndex
from databaseai.catalog.words import WORD, fold, words

HINTS = 6
PLACES = 3
"""A value that stands in more columns than this says little about which one is meant."""
COMMON_WORDS = """a all am an and any are as at be by can count do each every for from give have how i in is
it last list many me more most much my name no not number of on or our per show some than that the their there
this to total what when where which who whose with year month day first second other type"""
COMMON = frozenset(COMMON_WORDS.split())
"""Words that a question uses for themselves; as values they match by chance."""
VAGUE_WORDS = """active average bad best big closed current customer good great high item large least live
low maximum minimum new normal old open order people person product small special standard sum top user value
worst"""
VAGUE = frozenset(VAGUE_WORDS.split())
"""Words that are values only when they are written as the value is."""


@dataclass(frozen=True, slots=True)
class Hint:
    """One stored value that the question names, in one of the columns that hold it."""

    table: str
    column: str
    value: str
    others: tuple["Hint", ...] = ()
    """The same words in other columns: one of them is meant, not all."""

    @property
    def text(self) -> str:
        """As conditions, the value quoted as data."""
        own = f"{identifier(self.table)}.{identifier(self.column)} = {literal(self.value)}"
        return " or ".join([own, *(other.text for other in self.others)])


@dataclass(frozen=True, slots=True)
class Asked:
    """One word of the question."""

    written: str
    word: str
    """Folded, unaccented, singular."""


def link(question: str, linked: Linked, index: ValueIndex) -> tuple[Hint, ...]:
    """Hints for the words of the question that are stored values, whatever their case, accents or plural.

    Args:
        question: Readable text of one line.
        linked: Only tables that the model is shown are hinted at.
        index: Of the whole catalog.
    """
    shown = {item.table.qualified for item in linked.tables}
    asked = [Asked(written, word) for written in WORD.findall(question) for word in words(written)]
    spoken = {item.word for item in asked}
    hints: dict[tuple[str, str, str], Hint] = {}
    for places in matches(without_table_names(asked, linked), index):
        near = most_spoken_of([place for place in places if place.table.qualified in shown], spoken)
        if 0 < len(near) <= PLACES:
            near.sort(key=lambda place: place.value not in question)
            first, *others = [Hint(place.table.name, place.column.name, place.value) for place in near]
            hint = replace(first, others=tuple(others))
            hints.setdefault((hint.table, hint.column, fold(hint.value)), hint)
    return tuple(hints.values())[:HINTS]


def without_table_names(asked: Sequence[Asked], linked: Linked) -> list[Asked]:
    """The words but those that name a table of several words: `web visits` has nothing to do with `web`."""
    named = {tuple(words(item.table.name)) for item in linked.tables}
    kept = list(asked)
    for length in sorted({len(name) for name in named if len(name) > 1}, reverse=True):
        for start in range(len(kept) - length, -1, -1):
            if tuple(item.word for item in kept[start : start + length]) in named:
                del kept[start : start + length]
    return kept


def matches(asked: Sequence[Asked], index: ValueIndex) -> Iterator[list[Place]]:
    """Places of the longest values named, from left to right; a word counts once."""
    start = 0
    while start < len(asked):
        for length in range(min(LONGEST, len(asked) - start), 0, -1):
            phrase = asked[start : start + length]
            places = index.find(tuple(item.word for item in phrase))
            if length == 1:
                places = [place for place in places if meant(phrase[0], place)]
            if places:
                yield places
                start += length - 1
                break
        start += 1


def meant(asked: Asked, place: Place) -> bool:
    """Whether a single word names the value rather than meets it by chance."""
    if asked.word in COMMON or len(asked.word) == 1 or asked.word.isdecimal():
        return False
    if asked.written in place.value:
        return True
    return asked.word not in VAGUE and bool(place.column.labels or place.column.values_complete)


def most_spoken_of(places: list[Place], spoken: set[str]) -> list[Place]:
    """Of several columns with the value, those whose table or own name the question uses."""
    rated = [(len(spoken & {*words(p.table.name), *words(p.column.name)}), p) for p in places]
    best = max((rate for rate, _ in rated), default=0)
    return [place for rate, place in rated if rate == best]

"""Stored values by their words, so that a question's words find them, spelt right or nearly so."""

from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from databaseai.catalog import lookups
from databaseai.catalog.snapshot import Catalog, Column, Table
from databaseai.catalog.words import WORD, fold, plain_words, words

LONGEST = 6
"""Words of a value that is looked up; longer ones are descriptions, not names."""
MOST_PLACES = 200_000
"""Values kept in all; at thousands of tables each column gives its most frequent ones."""
FEWEST = 5
"""Values kept of a column even so."""
SLIP = 3
"""Letters a word must have before it may be taken for a misspelling of another."""
LONG = 8
"""From here on two slips are one word still."""
CROWDED = 4_000
"""A piece of more words than these tells none of them apart."""
BROKEN = 3
"""Pieces that one slip breaks at most: two letters swapped."""


@dataclass(frozen=True, slots=True)
class Place:
    """One stored value and where it stands."""

    table: Table
    column: Column
    value: str


class ValueIndex:
    """The sampled values and enum labels of a catalog, by their words folded, unaccented and singular.

    Bounded: at most `MOST_PLACES` values, some 200 bytes each beside the catalog's own text. Masked columns
    and those of `samples_except` have no values in the catalog, and so none here.
    """

    def __init__(self, catalog: Catalog, most_places: int = MOST_PLACES) -> None:
        self.catalog = catalog
        self._places: dict[str, list[Place]] = {}
        self.cut = False
        """Some values that were sampled did not fit."""
        self._number = {table.qualified: number for number, table in enumerate(catalog.tables)}
        kept = self._share(catalog, most_places)
        for table in catalog.tables:
            for column in table.columns:
                values = column.labels or column.values
                self.cut = self.cut or len(values) > kept
                for value in values[:kept]:
                    self._keep(Place(table, column, value))

    @staticmethod
    def _share(catalog: Catalog, most_places: int) -> int:
        """Values of one column that all may have: what small columns leave goes to the others."""
        counts = sorted(len(c.labels or c.values) for t in catalog.tables for c in t.columns)
        counts = [count for count in counts if count]
        left = most_places
        for place, count in enumerate(counts):
            if count * (len(counts) - place) > left:
                return max(FEWEST, left // (len(counts) - place))
            left -= count
        return max(counts, default=0)

    def _keep(self, place: Place) -> None:
        for key in dict.fromkeys((key_of(words(place.value)), key_of(plain_words(place.value)))):
            if key:
                self._places.setdefault(key, []).append(place)

    def find(self, asked: Sequence[str]) -> list[Place]:
        """Places of the value that these words name, in whatever order they stand."""
        return list(self._places.get(key_of(asked), ()))

    def referring(self, place: Place) -> list[Place]:
        """Columns that refer to the lookup table's row that this value names, each with the row's code."""
        codes = place.column.codes
        if not codes or place.value not in place.column.values:
            return []
        code = codes[place.column.values.index(place.value)]
        return [
            Place(table, column, code) for table, column in self._referring.get(place.table.qualified, ())
        ]

    @cached_property
    def _referring(self) -> dict[tuple[str, str], list[tuple[Table, Column]]]:
        """Columns by the table that they refer to; a column alone, never one of several."""
        found: dict[tuple[str, str], list[tuple[Table, Column]]] = defaultdict(list)
        keys = lookups.referred(self.catalog.tables)
        for table in self.catalog.tables:
            for key in table.foreign_keys:
                there = (key.referenced_schema, key.referenced_table)
                known = key.referenced_columns == (keys.get(there),) and key.columns[0] in table.column
                if known and table.qualified != there:
                    found[there].append((table, table.column[key.columns[0]]))
        return found

    def tables(self, asked: Sequence[str]) -> set[int]:
        """Places in `catalog.tables` of the tables that hold the value."""
        found = self._places.get(key_of(asked), ())
        return {self._number[place.table.qualified] for place in found}

    def near(self, word: str) -> tuple[str, ...]:
        """Words of stored values that this one is a slip away from, nearest first; at most three."""
        if len(word) < SLIP or word.isdecimal() or word in self._word_numbers:
            return ()
        slips = 1 if len(word) < LONG else 2
        rated = []
        for number in self._alike(word, len(word) + 1 - BROKEN * slips):
            other = self._words[number]
            if abs(len(other) - len(word)) <= slips and (apart := distance(word, other, slips)) <= slips:
                rated.append((apart, other[:1] != word[:1], other))
        return tuple(other for _, _, other in sorted(rated)[:3])

    def knows(self, word: str) -> bool:
        """Whether any stored value has this word."""
        return word in self._word_numbers

    def _alike(self, word: str, least: int) -> Iterator[int]:
        """Words that share so many pieces with this one that they are worth a closer look."""
        shared: dict[int, int] = defaultdict(int)
        for piece in pieces(word, 2):
            found = self._pieces.get(piece, ())
            if len(found) <= CROWDED:
                for number in found:
                    shared[number] += 1
        return (number for number, count in shared.items() if count >= max(2, least))

    @cached_property
    def _words(self) -> list[str]:
        """All words of values, without numbers and short ones."""
        return sorted(
            {word for key in self._places for word in key.split() if len(word) >= SLIP and word.isalpha()}
        )

    @cached_property
    def _word_numbers(self) -> frozenset[str]:
        return frozenset(word for key in self._places for word in key.split())

    @cached_property
    def _pieces(self) -> Mapping[str, Sequence[int]]:
        """Words by their two-letter pieces; made when a word is met that no value has."""
        found: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
        for number, word in enumerate(self._words):
            for piece in pieces(word, 2):
                found[piece].append(number)
        return dict(found)


def key_of(asked: Sequence[str]) -> str:
    """The same for `Ben Jones` and `Jones, Ben`; nothing for what is too long to be a name."""
    return " ".join(sorted(asked)) if 0 < len(asked) <= LONGEST else ""


def pieces(word: str, length: int = 3) -> set[str]:
    """So many letters at a time, its ends marked."""
    marked = f"{' ' * (length - 1)}{word} "
    return {marked[place : place + length] for place in range(len(marked) - length + 1)}


def distance(one: str, other: str, most: int) -> int:
    """Letters changed, left out, put in or swapped with their neighbour; more than `most` is `most + 1`."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, 1):
        last, before, row = before, row, [place]
        for there, theirs in enumerate(other, 1):
            cost = min(before[there] + 1, row[-1] + 1, before[there - 1] + (letter != theirs))
            if last and there > 1 and letter == other[there - 2] and theirs == one[place - 2]:
                cost = min(cost, last[there - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


def likeness(one: str, other: str) -> float:
    """Three-letter pieces in common over all of both, 0 to 1, as `pg_trgm`'s similarity rates two texts."""
    ours, theirs = (
        {piece for word in WORD.findall(fold(text)) for piece in pieces(word)} for text in (one, other)
    )
    return len(ours & theirs) / (len(ours | theirs) or 1)

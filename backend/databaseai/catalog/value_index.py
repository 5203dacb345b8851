"""Stored values by their words, so that a question's words find them."""

from dataclasses import dataclass

from databaseai.catalog.snapshot import Catalog, Column, Table
from databaseai.catalog.words import words

LONGEST = 6
"""Words of a value that is looked up; longer ones are descriptions, not names."""


@dataclass(frozen=True, slots=True)
class Place:
    """One stored value and where it stands."""

    table: Table
    column: Column
    value: str


class ValueIndex:
    """The sampled values and enum labels of a catalog, by their words folded, unaccented and singular."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._places: dict[tuple[str, ...], list[Place]] = {}
        for table in catalog.tables:
            for column in table.columns:
                for value in column.labels or column.values:
                    key = tuple(words(value))
                    if 0 < len(key) <= LONGEST:
                        self._places.setdefault(key, []).append(Place(table, column, value))

    def find(self, asked: tuple[str, ...]) -> list[Place]:
        """Places of the value that these words, in this order, name."""
        return self._places.get(asked, [])

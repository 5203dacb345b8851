"""Which tables can be joined: by declared keys, and by columns named after a table."""

from collections import defaultdict

from databaseai.catalog.snapshot import Catalog, Table
from databaseai.catalog.words import words

TAILS = ("id", "code", "no", "number", "key")
"""Last word of a column that refers to another table: `stadium_id`."""
NAMESAKES = 3
"""Tables of one name; of more than these, a column's name does not say which one is meant."""


def neighbours(catalog: Catalog) -> dict[int, list[int]]:
    """For each table's number those of the tables it can be joined with, declared keys first."""
    number = {table.qualified: place for place, table in enumerate(catalog.tables)}
    found: dict[int, dict[int, None]] = defaultdict(dict)
    for place, table in enumerate(catalog.tables):
        for key in table.foreign_keys:
            if (other := number.get((key.referenced_schema, key.referenced_table))) is not None:
                found[place][other] = found[other][place] = None
    named = by_name(catalog)
    for place, table in enumerate(catalog.tables):
        for other in implied(table, named):
            if other != place:
                found[place].setdefault(other)
                found[other].setdefault(place)
    return {place: list(others) for place, others in found.items()}


def by_name(catalog: Catalog) -> dict[tuple[str, str], list[int]]:
    """Tables by schema and name, the name in the singular and run together."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, table in enumerate(catalog.tables):
        found[table.schema, "".join(words(table.name))].append(place)
    return found


def implied(table: Table, named: dict[tuple[str, str], list[int]]) -> list[int]:
    """Tables that undeclared keys of this one point to, by their columns' names."""
    declared = {name for key in table.foreign_keys for name in key.columns}
    found = []
    for column in table.columns:
        *head, tail = words(column.name) or [""]
        if head and tail in TAILS and column.name not in declared:
            others = named.get((table.schema, "".join(head)), [])
            if len(others) <= NAMESAKES:
                found += others
    return found

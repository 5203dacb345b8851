"""By what the rows of a table can be ranked: figures of its own, or of what refers to it."""

from collections.abc import Iterator

from databaseai.ask.understanding.contents import largest, readable
from databaseai.ask.understanding.wordings import word_set
from databaseai.catalog.snapshot import Catalog, Column, Table
from databaseai.catalog.words import words

NUMBERS = ("smallint", "integer", "bigint", "numeric", "real", "double", "money")
CHILDREN = 2
"""Tables that refer to it, the largest first."""


def of(table: Table, catalog: Catalog) -> Iterator[str]:
    """Measures in words: `number of orders`, `total eur of orders`; none that are keys."""
    for column in table.columns:
        if ranks(column, "measures_own"):
            yield readable(column.name)
    for child in referring(table, catalog)[:CHILDREN]:
        if amount := summed(child):
            yield f"total {readable(amount.name).removeprefix('total ')} of {readable(child.name)}"
        yield f"number of {readable(child.name)}"


def ranks(column: Column, among: str) -> bool:
    """A number whose name says that more of it is better."""
    return column.type.startswith(NUMBERS) and bool(set(words(column.name)) & word_set(among))


def summed(table: Table) -> Column | None:
    """The column to add up: of several, the last is the one that the others were made into."""
    return next((column for column in reversed(table.columns) if ranks(column, "measures_sum")), None)


def referring(table: Table, catalog: Catalog) -> list[Table]:
    """Other tables with a key to it, those with something to add up first."""
    return [
        other
        for other in sorted(largest(catalog), key=lambda table: summed(table) is None)
        if other.qualified != table.qualified
        and any(
            (key.referenced_schema, key.referenced_table) == table.qualified for key in other.foreign_keys
        )
    ]

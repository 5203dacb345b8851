"""Values of the wrong table: a name compared with a key, whose row in another table has that name."""

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.tokenizer_core import Token

from databaseai.ask.repair.edits import Edit, extent
from databaseai.ask.repair.scopes import folded
from databaseai.ask.repair.types import NUMBER, TEXT, Types
from databaseai.ask.schema_text import identifier, literal, relation_name
from databaseai.catalog.snapshot import Catalog, Column, Table
from databaseai.catalog.words import fold

NAMES = ("name", "title", "label", "meaning", "description", "text")
"""What columns with words for people are called, the likeliest first."""


def edits(tree: exp.Expr, tokens: list[Token], known: Types, catalog: Catalog) -> Iterator[Edit]:
    """`flight.airline = 'United'` -> `flight.airline IN (SELECT uid FROM airline WHERE name = 'United')`."""
    for node in tree.find_all(exp.EQ, exp.NEQ, exp.In):
        values = node.expressions if isinstance(node, exp.In) else [node.expression]
        column, place, name = known.column(node.this), extent(node, tokens), extent(node.this, tokens)
        spoken = [value.name for value in values if isinstance(value, exp.Literal) and value.is_string]
        if column is None or place is None or name is None or not spoken or len(spoken) != len(values):
            continue
        if not column.type.startswith(NUMBER) or all(numeric(value) for value in spoken):
            continue
        if (target := referenced(node.this, known, catalog)) is None:
            continue
        table, key = target
        if (named := holder(table, spoken)) is None:
            continue
        yield Edit(
            name[1], place[1], text(node, table, key, named, spoken, catalog), note(column, table, named)
        )


def numeric(value: str) -> bool:
    """PostgreSQL reads it as a number."""
    try:
        float(value)
    except ValueError:
        return False
    return True


def referenced(node: exp.Column, known: Types, catalog: Catalog) -> tuple[Table, str] | None:
    """The table and column that a key column points to."""
    source = known.source(node)
    for key in source.table.foreign_keys if source and source.table else ():
        if key.columns == (folded(node.this),):
            table = catalog.table.get((key.referenced_schema, key.referenced_table))
            return (table, key.referenced_columns[0]) if table else None
    return None


def holder(table: Table, values: list[str]) -> Column | None:
    """The column of words that holds the values; where none was seen to, the only one for names."""
    texts = [column for column in table.columns if column.type.startswith(TEXT)]
    held = [column for column in texts if all(stored(column, value) for value in values)]
    if held:
        return held[0] if len(held) == 1 else None
    open_ = [column for column in texts if not column.values_complete]
    if len(open_) == 1:
        return open_[0]
    for name in NAMES:
        if len(found := [column for column in open_ if column.name.endswith(name)]) == 1:
            return found[0]
    return None


def stored(column: Column, value: str) -> str:
    """The value as the column holds it, where it was seen there."""
    return next((other for other in column.labels or column.values if fold(other) == fold(value)), "")


def text(node: exp.Expr, table: Table, key: str, named: Column, values: list[str], catalog: Catalog) -> str:
    """What stands after the column."""
    spelt = [literal(stored(named, value) or value) for value in values]
    test = f"= {spelt[0]}" if len(spelt) == 1 else f"IN ({', '.join(spelt)})"
    there = relation_name(table, catalog)
    word = "NOT IN" if isinstance(node, exp.NEQ) else "IN"
    return f" {word} (SELECT {identifier(key)} FROM {there} WHERE {identifier(named.name)} {test})"  # noqa: S608


def note(column: Column, table: Table, named: Column) -> str:
    """One line for the proof card."""
    return f"{column.name} is a key; the words were looked up in {table.name}.{named.name}."

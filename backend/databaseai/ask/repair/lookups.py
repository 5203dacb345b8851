"""Values of the wrong table: a name compared with a key, whose row in another table has that name."""

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.tokenizer_core import Token

from databaseai.ask.repair.edits import Edit, column_span, extent
from databaseai.ask.repair.nodes import name, relation
from databaseai.ask.repair.reading import Proposal, Reading, catalog_column, conjuncts
from databaseai.ask.repair.scopes import Source, folded
from databaseai.ask.repair.types import NUMBER, TEXT, Types
from databaseai.ask.schema_text import identifier, literal, relation_name
from databaseai.catalog.snapshot import Catalog, Column, Table
from databaseai.catalog.words import fold, words

LOOKED_UP = 5
"""Texts that one word may stand for."""
NAMES = ("name", "title", "label", "meaning", "description", "text")
"""What columns with words for people are called, the likeliest first."""


def edits(tree: exp.Expr, tokens: list[Token], known: Types, catalog: Catalog) -> Iterator[Edit]:
    """`flight.airline = 'United'` -> `flight.airline IN (SELECT uid FROM airline WHERE name = 'United')`."""
    for node in tree.find_all(exp.EQ, exp.NEQ, exp.In):
        values = node.expressions if isinstance(node, exp.In) else [node.expression]
        column, place, own = known.column(node.this), extent(node, tokens), extent(node.this, tokens)
        spoken = [value.name for value in values if isinstance(value, exp.Literal) and value.is_string]
        if column is None or place is None or own is None or not spoken or len(spoken) != len(values):
            continue
        if not column.type.startswith(NUMBER) or all(numeric(value) for value in spoken):
            continue
        if (target := referenced(node.this, known, catalog)) is None:
            continue
        table, key = target
        if (named := holder(table, spoken)) is None:
            continue
        yield Edit(
            own[1], place[1], text(node, table, key, named, spoken, catalog), note(column, table, named)
        )


def memberships(tree: exp.Expr, known: Types) -> Iterator[Edit]:
    """`id IN (SELECT channel.id ...)` of a text and a number: by the one key between the two tables."""
    for node in tree.find_all(exp.In):
        query = node.args.get("query")
        inner = query.unnest() if isinstance(query, exp.Subquery) else query
        shown = inner.expressions if isinstance(inner, exp.Select) else []
        if len(shown) != 1 or not isinstance(node.this, exp.Column):
            continue
        outer, asked = known.source(node.this), known.source(shown[0])
        one, other = known.column(node.this), known.column(shown[0])
        place = column_span(node.this)
        if not (outer and asked and asked.table and one and other and place):
            continue
        if one.type.startswith(TEXT) == other.type.startswith(TEXT):
            continue
        keys = [
            key.columns[0]
            for key in (outer.table.foreign_keys if outer.table else ())
            if (key.referenced_table, key.referenced_columns) == (asked.table.name, (other.name,))
        ]
        if len(keys) == 1:
            said = f"{keys[0]} is the key to {asked.table.name}; {one.name} was written."
            yield Edit(*place, f"{outer.shown}.{identifier(keys[0])}", said)


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
    return pointed(source, folded(node.this), catalog) if source else None


def holder(table: Table, values: list[str]) -> Column | None:
    """The column of words that holds the values; where none was seen to, the only one for names."""
    texts = [column for column in table.columns if column.type.startswith(TEXT)]
    held = [column for column in texts if all(stored(column, value) for value in values)]
    if held:
        return held[0] if len(held) == 1 else None
    open_ = [column for column in texts if not column.values_complete]
    if len(open_) == 1:
        return open_[0]
    for ending in NAMES:
        if len(found := [column for column in open_ if column.name.endswith(ending)]) == 1:
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


def decoded(reading: Reading) -> Iterator[Proposal]:
    """A word in place of a code: rows of the table that the code points to have the word."""
    for select, scope in reading.selects():
        for condition in conjuncts(select):
            found = catalog_column(scope, condition.this) if isinstance(condition, exp.EQ) else None
            value = condition.args.get("expression")
            if found is None or not isinstance(value, exp.Literal) or not value.is_string:
                continue
            source, column = found
            target = pointed(source, column.name, reading.catalog)
            if (
                target is None
                or stored(column, value.name)
                or stored(target[0].column[target[1]], value.name)
            ):
                continue
            table, key = target
            if not foreign(column, table.column[key], value.name):
                continue
            for named in table.columns:
                if rows := meaning(named, value.name):
                    test = exp.column(name(named.name)).isin(*rows)
                    inner = (
                        exp.select(exp.column(name(key))).from_(relation(table, reading.catalog)).where(test)
                    )
                    draft = reading.draft()
                    draft[condition].replace(
                        exp.In(this=condition.this.copy(), query=exp.Subquery(this=inner))
                    )
                    note = f"{value.name} was looked up in {table.name}.{named.name}."
                    yield Proposal(draft.tree, "decoded", note)
                    break


def pointed(source: Source, column: str, catalog: Catalog) -> tuple[Table, str] | None:
    """The table and column that a column of a source points to."""
    for key in source.table.foreign_keys if source.table else ():
        if key.columns == (column,):
            table = catalog.table.get((key.referenced_schema, key.referenced_table))
            return (table, key.referenced_columns[0]) if table else None
    return None


def foreign(column: Column, key: Column, value: str) -> bool:
    """The value is no code: all codes are known, or it is longer than any that was seen."""
    seen = [*column.values, *column.labels, *key.values]
    return (
        column.values_complete or key.values_complete or len(value) > max(map(len, seen), default=len(value))
    )


def meaning(column: Column, value: str) -> list[str]:
    """The column's texts that are the value, or have all its words."""
    if not column.type.startswith(TEXT):
        return []
    if same := stored(column, value):
        return [same]
    wanted = set(words(value))
    return [text for text in column.values if wanted and wanted <= set(words(text))][:LOOKED_UP]

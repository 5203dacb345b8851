"""Values within values: arrays, ranges, JSON, and flags that are no booleans."""

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType

from databaseai.ask.repair.edits import Edit, extent, span
from databaseai.ask.repair.types import TEXT, WHOLE, YES, Types
from databaseai.ask.schema_text import literal
from databaseai.catalog.snapshot import Column
from databaseai.catalog.words import fold

SUBTYPE = {
    "daterange": "date",
    "tsrange": "timestamp",
    "tstzrange": "timestamptz",
    "int4range": "integer",
    "int8range": "bigint",
    "numrange": "numeric",
}
NO = ("f", "false", "n", "no", "0")


def edits(statement: str, tree: exp.Expr, tokens: list[Token], known: Types) -> Iterator[Edit]:
    """All of them, each by the type of its column."""
    for node in tree.walk():
        if isinstance(node, exp.EQ | exp.NEQ | exp.ArrayContainsAll | exp.In | exp.Like | exp.ILike):
            column = known.column(node.this)
            if column is not None and column.type.endswith("[]"):
                yield from array(node, column, statement, tokens)
            elif column is not None and column.type in SUBTYPE:
                yield from in_range(node, column, tokens, known)
            elif isinstance(node, exp.In) and isinstance(field := node.args.get("field"), exp.Column):
                yield from listed(node, field, statement, tokens, known)
        if isinstance(node, exp.EQ | exp.NEQ):
            yield from boolean(node, tokens, known)
            yield from extracted(node, tokens)


def array(node: exp.Expr, column: Column, statement: str, tokens: list[Token]) -> Iterator[Edit]:
    """`tags = 'x'`, `tags @> 'x'`, `tags IN ('x', 'y')`, `tags LIKE '%x%'`."""
    place, name = extent(node, tokens), extent(node.this, tokens)
    if place is None or name is None:
        return
    own, note = statement[slice(*name)], f"{column.name} holds several values; one of them was asked for."
    if isinstance(node, exp.In):
        if node.expressions and all(isinstance(e, exp.Literal) for e in node.expressions):
            values = ", ".join(e.sql(dialect="postgres") for e in node.expressions)
            yield Edit(*place, f"{own} && ARRAY[{values}]::{column.type}", note)
        return
    value = node.args["expression"]
    if not isinstance(value, exp.Literal) or value.name.startswith("{"):
        return
    shown = value.sql(dialect="postgres")
    if isinstance(node, exp.Like | exp.ILike):
        word = "ILIKE" if isinstance(node, exp.ILike) else "LIKE"
        text = f"EXISTS (SELECT 1 FROM unnest({own}) AS item WHERE item {word} {shown})"  # noqa: S608
    else:
        text = f"{shown} {'<> ALL' if isinstance(node, exp.NEQ) else '= ANY'} ({own})"
    yield Edit(*place, text, note)


def listed(
    node: exp.In, field: exp.Column, statement: str, tokens: list[Token], known: Types
) -> Iterator[Edit]:
    """`'x' IN tags`."""
    column, place, name = known.column(field), extent(node, tokens), extent(field, tokens)
    if column and column.type.endswith("[]") and place and name and isinstance(node.this, exp.Literal):
        text = f"{node.this.sql(dialect='postgres')} = ANY ({statement[slice(*name)]})"
        yield Edit(*place, text, f"{column.name} holds several values; one of them was asked for.")


def in_range(node: exp.Expr, column: Column, tokens: list[Token], known: Types) -> Iterator[Edit]:
    """`valid @> '2023-01-01'`, `valid = '2023-01-01'`, `valid @> ordered_at`."""
    value = node.args.get("expression")
    subtype, name = SUBTYPE[column.type], extent(node.this, tokens)
    place = extent(value, tokens) if isinstance(value, exp.Expr) else None
    if place is None or name is None:
        return
    note = f"{column.name} is a range; the value was looked for within it."
    if isinstance(value, exp.Literal) and value.is_string and value.name[:1] not in "[(e":
        operator = " @> " if isinstance(node, exp.EQ) else None
        if operator:
            yield Edit(name[1], place[0], operator, note)
        if operator or isinstance(node, exp.ArrayContainsAll):
            yield Edit(place[1], place[1], f"::{subtype}", note)
    elif (other := known.column(value)) and isinstance(node, exp.ArrayContainsAll):
        dated = other.type.startswith(("date", "timestamp"))
        if dated and not other.type.startswith(subtype):
            yield Edit(place[1], place[1], f"::{subtype}", note)


def boolean(node: exp.Binary, tokens: list[Token], known: Types) -> Iterator[Edit]:
    """`flag = true` of a column of 0 and 1, or of words for yes and no."""
    column, name = known.column(node.this), extent(node.this, tokens)
    if column is None or name is None or not isinstance(node.expression, exp.Boolean):
        return
    yes = bool(node.expression.this)
    right = ""
    if column.type.startswith(WHOLE):
        right = "1" if yes else "0"
    elif column.type.startswith(TEXT):
        words = YES if yes else NO
        held = [value for value in column.labels or column.values if fold(value) in words]
        right = literal(held[0]) if held else ""
    word = TokenType.TRUE if yes else TokenType.FALSE
    there = next((token for token in tokens if token.start >= name[1] and token.token_type == word), None)
    if right and there:
        yield Edit(there.start, there.end + 1, right, f"{column.name} says yes and no as {right}.")


def extracted(node: exp.Binary, tokens: list[Token]) -> Iterator[Edit]:
    """`data -> 'key' = 'text'`: the text is behind `->>`."""
    value, place = node.expression, span(node.expression)
    if not isinstance(node.this, exp.JSONExtract) or not isinstance(value, exp.Literal) or place is None:
        return
    before = [token for token in tokens if token.end < place[0] and token.token_type == TokenType.ARROW]
    if before and value.is_string and value.name[:1] not in {'"', "{", "["}:
        yield Edit(before[-1].start, before[-1].end + 1, "->>", "A value within JSON was compared as text.")

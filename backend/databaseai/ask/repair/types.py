"""Mend what PostgreSQL's types refuse: literals, comparisons, functions of other databases, grouping."""

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType

from databaseai.ask.repair import likeness
from databaseai.ask.repair.edits import Edit, column_span, span
from databaseai.ask.repair.scopes import Scope, Source, folded
from databaseai.ask.schema_text import literal
from databaseai.catalog.snapshot import Column
from databaseai.catalog.words import fold

TEXT = ("text", "character", "varchar", "bpchar", "citext", "name")
WHOLE = ("smallint", "integer", "bigint")
FLOAT = ("real", "double precision")
DOUBLES = (exp.PercentileCont, exp.Sqrt, exp.Exp, exp.Ln, exp.Corr, exp.Rand)
"""Functions whose result is a double."""
YES = ("t", "true", "y", "yes", "1")
NUMBER = (*WHOLE, *FLOAT, "numeric")


def edits(statement: str, tree: exp.Expr, tokens: list[Token], known: "Types") -> Iterator[Edit]:
    """All edits of one pass over a statement whose names are right."""
    for node in tree.walk():
        if isinstance(node, exp.EQ | exp.NEQ | exp.GT | exp.LT | exp.GTE | exp.LTE):
            yield from comparison(node, known)
        elif isinstance(node, exp.In):
            for value in node.expressions:
                yield from value_against(node.this, value, known)
        elif isinstance(node, exp.Like | exp.ILike):
            yield from like(node, known)
        elif isinstance(node, exp.Subquery):
            yield from scalar(node, tokens, known)
        elif isinstance(node, exp.Round):
            yield from rounded(node, statement, tokens, known)
        elif isinstance(node, exp.SetOperation):
            yield from united(node, known)
        elif isinstance(node, exp.Where | exp.And | exp.Or):
            yield from flags(node, known)


def spellings(tree: exp.Expr, scopes: dict[int, Scope]) -> Iterator[Edit]:
    """Literals that equal no stored value but for case or accents, where all stored values are known."""
    known = Types(scopes)
    for node in tree.find_all(exp.EQ, exp.NEQ, exp.In):
        values = node.expressions if isinstance(node, exp.In) else [node.expression]
        column = known.column(node.this)
        for value in values:
            if column and column.values_complete and isinstance(value, exp.Literal) and value.is_string:
                yield from value_against(node.this, value, known)


class Types:
    """Catalog columns of a statement's column nodes."""

    def __init__(self, scopes: dict[int, Scope]) -> None:
        self.scopes = scopes

    def column(self, node: object) -> Column | None:
        """The catalog's column, or None for anything else."""
        source = self.source(node)
        return source.table.column.get(folded(node.this)) if source and source.table else None  # type: ignore[attr-defined]

    def source(self, node: object) -> Source | None:
        """The FROM item that a column node belongs to."""
        if not isinstance(node, exp.Column) or not isinstance(node.this, exp.Identifier):
            return None
        scope = self.scopes.get(id(node.parent_select))
        if scope is None:
            return None
        name, qualifier = folded(node.this), folded(node.args.get("table"))
        seen = (s for s in scope.visible() if s.has(name) and (not qualifier or s.alias == qualifier))
        return next(seen, None)


def comparison(node: exp.Binary, known: Types) -> Iterator[Edit]:
    """`text_column = 5`, `flag = 1`, `text_column = number_column`."""
    for ours, theirs in ((node.left, node.right), (node.right, node.left)):
        yield from value_against(ours, theirs, known, exact=isinstance(node, exp.EQ | exp.NEQ))
    one, other = known.column(node.left), known.column(node.right)
    if one and other:
        for text, number, written in ((one, other, node.right), (other, one, node.left)):
            if (
                text.type.startswith(TEXT)
                and number.type.startswith(NUMBER)
                and (place := written_at(written))
            ):
                yield Edit(place[1], place[1], "::text", f"{number.name} was compared as text.")


def written_at(node: exp.Expr) -> tuple[int, int] | None:
    """Where a column stands."""
    return column_span(node) if isinstance(node, exp.Column) else None


def value_against(ours: exp.Expr, theirs: exp.Expr, known: Types, *, exact: bool = True) -> Iterator[Edit]:
    """A literal that the column's type or its stored values do not know as written."""
    column = known.column(ours)
    if column is None or not isinstance(theirs, exp.Literal | exp.Boolean) or not (place := span(theirs)):
        return
    if isinstance(theirs, exp.Boolean):
        return
    if not theirs.is_string:
        if column.type.startswith(TEXT) and exact:
            yield Edit(*place, f"'{theirs.name}'", f"{column.name} holds text; {theirs.name} was quoted.")
        elif column.type == "boolean" and theirs.name in {"0", "1"}:
            right = "true" if theirs.name == "1" else "false"
            yield Edit(*place, right, f"{column.name} is true or false; {theirs.name} was read as {right}.")
    elif exact and (spelt := stored(theirs.name, column)):
        yield Edit(*place, literal(spelt), f"{column.name}: the stored spelling of the value was taken.")


def stored(value: str, column: Column) -> str | None:
    """The one stored value that differs only in case or accents, or the nearest enum label."""
    values = column.labels or column.values
    if not values or value in values:
        return None
    found = [other for other in values if fold(other) == fold(value)]
    if not found and column.labels:
        nearest = likeness.near(value, column.labels)
        found = [nearest] if nearest else []
    return found[0] if len(found) == 1 else None


def like(node: exp.Expr, known: Types) -> Iterator[Edit]:
    """LIKE on a column that holds no text."""
    column = known.column(node.this)
    if column and not column.type.startswith(TEXT) and (place := column_span(node.this)):
        yield Edit(place[1], place[1], "::text", f"{column.name} was searched as text.")


def rounded(node: exp.Round, statement: str, tokens: list[Token], known: Types) -> Iterator[Edit]:
    """`round(double, n)` does not exist; `round(numeric, n)` does."""
    floats = any(
        (column := known.column(part)) and column.type.startswith(FLOAT) for part in node.this.walk()
    ) or any(
        isinstance(part, DOUBLES) or (isinstance(part, exp.Cast) and part.to.is_type("float", "double"))
        for part in node.this.walk()
    )
    place = span(node)
    if node.args.get("decimals") is None or place is None or not floats or isinstance(node.this, exp.Cast):
        return
    depth = 0
    for token in tokens:
        if token.start < place[1]:
            continue
        depth += (token.token_type == TokenType.L_PAREN) - (token.token_type == TokenType.R_PAREN)
        if depth == 1 and token.token_type == TokenType.COMMA:
            opening = statement.index("(", place[1]) + 1
            argument = statement[opening : token.start]
            yield Edit(opening, token.start, f"({argument.strip()})::numeric", "Rounded as numeric.")
            return


def united(node: exp.SetOperation, known: Types) -> Iterator[Edit]:
    """A column of words over a column of numbers: both as words."""
    left, right = node.this, node.expression
    if not isinstance(left, exp.Select) or not isinstance(right, exp.Select):
        return
    for one, other in zip(left.expressions, right.expressions, strict=False):
        for words, number in ((one, other), (other, one)):
            column = known.column(number.unalias())
            place = column_span(number.unalias()) if column else None
            if (
                column
                and place
                and wordy(words.unalias(), known)
                and column.type.startswith((*NUMBER, "date"))
            ):
                yield Edit(place[1], place[1], "::text", f"{column.name} was shown as text beside words.")


def wordy(node: exp.Expr, known: Types) -> bool:
    """A text column, or a text that is no number."""
    column = known.column(node)
    if column:
        return column.type.startswith(TEXT)
    return (
        isinstance(node, exp.Literal) and bool(node.is_string) and not node.name.replace(".", "").isdecimal()
    )


def flags(node: exp.Expr, known: Types) -> Iterator[Edit]:
    """A column of 0 and 1, or of words for yes and no, as a condition by itself."""
    sides = [node.this] if isinstance(node, exp.Where) else [node.left, node.right]  # type: ignore[attr-defined]
    for side in sides:
        inner = side.this if isinstance(side, exp.Not) else side
        column = known.column(inner)
        place = column_span(inner) if column else None
        if column is None or place is None:
            continue
        held = [value for value in column.labels or column.values if fold(value) in YES]
        whole = column.type.startswith(WHOLE)
        if whole or (held and column.type.startswith(TEXT)):
            right = "<> 0" if whole else f"= {literal(held[0])}"
            yield Edit(place[1], place[1], f" {right}", f"{column.name} says yes as {right}.")


def scalar(node: exp.Subquery, tokens: list[Token], known: Types) -> Iterator[Edit]:
    """`x = (SELECT ...)` of a subquery that may have several rows."""
    inner = node.this
    if (
        not isinstance(node.parent, exp.EQ)
        or not isinstance(inner, exp.Select)
        or node.parent.right is not node
    ):
        return
    if inner.args.get("limit") or one_row(inner, known):
        return
    starts = [found[0] for part in inner.walk() if (found := span(part))]
    before = [token for token in tokens if starts and token.end < min(starts)]
    equals = next((token for token in reversed(before) if token.token_type == TokenType.EQ), None)
    if equals:
        yield Edit(
            equals.start, equals.end + 1, "IN", "A subquery that may have several rows is asked with IN."
        )


def one_row(select: exp.Select, known: Types) -> bool:
    """An aggregate over everything, or one row by a unique key."""
    if not select.args.get("group") and any(e.find(exp.AggFunc) for e in select.expressions):
        return True
    sources = known.scopes[id(select)].sources
    where = select.args.get("where")
    if len(sources) != 1 or not sources[0].table or where is None:
        return not sources or sources[0].table is None
    table = sources[0].table
    pinned = {folded(e.left.this) for e in where.find_all(exp.EQ) if isinstance(e.left, exp.Column)}
    return any(set(key) <= pinned for key in (table.primary_key, *table.unique) if key)

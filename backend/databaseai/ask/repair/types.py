"""Mend what PostgreSQL's types refuse: literals, comparisons, functions of other databases, grouping."""

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType

from databaseai.ask.repair import joins, likeness
from databaseai.ask.repair.edits import Edit, column_span, span
from databaseai.ask.repair.scopes import Scope, folded
from databaseai.ask.schema_text import literal
from databaseai.catalog.snapshot import Column
from databaseai.catalog.words import fold

TEXT = ("text", "character", "varchar", "bpchar", "citext", "name")
WHOLE = ("smallint", "integer", "bigint")
FLOAT = ("real", "double precision")
NUMBER = (*WHOLE, *FLOAT, "numeric")
AGGREGATING = (exp.AggFunc, exp.Window, exp.Filter, exp.WithinGroup, exp.Anonymous)
"""What stands inside is aggregated, or may be: a function that sqlglot has no class for."""


def edits(statement: str, tree: exp.Expr, tokens: list[Token], scopes: dict[int, Scope]) -> Iterator[Edit]:
    """All edits of one pass over a statement whose names are right."""
    known = Types(scopes)
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
    yield from grouping(tree, tokens, known)


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
        if not isinstance(node, exp.Column) or not isinstance(node.this, exp.Identifier):
            return None
        scope = self.scopes.get(id(node.parent_select))
        if scope is None:
            return None
        name, qualifier = folded(node.this), folded(node.args.get("table"))
        for source in scope.visible():
            if source.has(name) and (not qualifier or source.alias == qualifier):
                return source.table.column.get(name) if source.table else None
        return None


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
    ) or any(isinstance(part, exp.Cast) and part.to.is_type("float", "double") for part in node.this.walk())
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


def grouping(tree: exp.Expr, tokens: list[Token], known: Types) -> Iterator[Edit]:
    """Selected columns that GROUP BY forgot, or all of them when there is none beside a count or sum."""
    for select in tree.find_all(exp.Select):
        group = select.args.get("group")
        if group is None:
            yield from group_by(select, tokens, known)
        if (
            group is None
            or not group.expressions
            or any(group.args.get(k) for k in ("rollup", "cube", "grouping_sets"))
        ):
            continue
        missing = ungrouped(select, group, known)
        places = [found for key in group.expressions for part in key.walk() if (found := span(part))]
        if missing and places and all(isinstance(key, exp.Column) for key in group.expressions):
            end = max(last for _, last in places)
            text = "".join(f", {column.sql(dialect='postgres')}" for column in missing)
            shown = ", ".join(column.sql(dialect="postgres") for column in missing)
            yield Edit(end, end, text, f"{shown} was grouped by as well.")


def group_by(select: exp.Select, tokens: list[Token], known: Types) -> Iterator[Edit]:
    """GROUP BY for a SELECT that counts or sums beside columns; MIN and MAX may mean one row."""
    if not any(own(node, select) for node in select.find_all(exp.Count, exp.Sum, exp.Avg)):
        return
    columns = ungrouped(select, exp.Group(expressions=[]), known)
    sources = known.scopes[id(select)].base_tables()
    place = span(sources[0].node.this) if sources else None
    if (
        columns
        and place
        and all(isinstance(e.unalias(), exp.Column | exp.AggFunc) for e in select.expressions)
    ):
        end = joins.end_of_filter(tokens, place[0])
        shown = ", ".join(column.sql(dialect="postgres") for column in columns)
        yield Edit(end, end, f" GROUP BY {shown}", f"The rows were grouped by {shown}.")


def own(node: exp.Expr, select: exp.Select) -> bool:
    """An aggregate of this SELECT rather than of one inside it or of a window."""
    around = node.find_ancestor(exp.Select, exp.Window)
    return around is select


def ungrouped(select: exp.Select, group: exp.Group, known: Types) -> list[exp.Column]:
    """Columns shown outside an aggregate that are neither grouped nor determined by a grouped primary key."""
    keys = {
        (folded(c.args.get("table")), folded(c.this)) for c in group.expressions if isinstance(c, exp.Column)
    }
    bare = {name for _, name in keys}
    scope = known.scopes[id(select)]
    determined = {
        source.alias
        for source in scope.base_tables()
        if source.table
        and source.table.primary_key
        and all((source.alias, key) in keys or ("", key) in keys for key in source.table.primary_key)
    }
    found: dict[str, exp.Column] = {}
    for expression in select.expressions:
        if expression.alias in bare and not any(source.has(expression.alias) for source in scope.sources):
            continue  # GROUP BY names this output
        for column in expression.find_all(exp.Column):
            name, qualifier = folded(column.this), folded(column.args.get("table"))
            grouped = (qualifier, name) in keys or name in bare
            inner = column.parent_select is not select or column.find_ancestor(*AGGREGATING)
            if grouped or inner or column.is_star:
                continue
            owners = {s.alias for s in scope.sources if s.has(name) and qualifier in {"", s.alias}}
            if owners and not owners & determined:
                found[column.sql()] = column
    return list(found.values())

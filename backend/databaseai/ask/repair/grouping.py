"""Mend what GROUP BY, HAVING, ORDER BY and windows refuse."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType

from databaseai.ask.repair import joins
from databaseai.ask.repair.edits import Edit, extent, span
from databaseai.ask.repair.scopes import folded
from databaseai.ask.repair.types import Types

AGGREGATING = (exp.AggFunc, exp.Window, exp.Filter, exp.WithinGroup, exp.Anonymous)
"""What stands inside is aggregated, or may be: a function that sqlglot has no class for."""


@dataclass(frozen=True)
class Written:
    """A statement with its tokens and types."""

    statement: str
    tokens: list[Token]
    known: Types

    def extent(self, node: exp.Expr) -> tuple[int, int] | None:
        """Where an expression stands."""
        return extent(node, self.tokens)


def edits(statement: str, tree: exp.Expr, tokens: list[Token], known: Types) -> Iterator[Edit]:
    """What must be whole before columns can be grouped, then the groups."""
    text = Written(statement, tokens, known)
    found = [
        edit
        for select in tree.find_all(exp.Select)
        for kind in (conditions, averages, windows, distinct, lone_order)
        for edit in kind(select, text)
    ]
    yield from found or grouping(tree, tokens, known)


def conditions(select: exp.Select, text: Written) -> Iterator[Edit]:
    """`WHERE count(*) > 3` of a grouped SELECT: HAVING."""
    where, group = select.args.get("where"), select.args.get("group")
    if where is None or group is None or select.args.get("having") or not aggregated(where, select):
        return
    place = text.extent(where.this)
    groups = [found for key in group.expressions if (found := text.extent(key))]
    if place is None or not groups or isinstance(where.this, exp.Or):
        return
    parts = [(part, text.extent(part)) for part in flat(where.this)]
    if any(found is None for _, found in parts):
        return
    first = next(
        token for token in reversed(text.tokens) if token.end < place[0] and token.text.upper() == "WHERE"
    )
    kept = [text.statement[slice(*found)] for part, found in parts if found and not aggregated(part, select)]
    moved = [text.statement[slice(*found)] for part, found in parts if found and aggregated(part, select)]
    end = max(last for _, last in groups)
    note = f"{' and '.join(moved)} holds for a group, not for a row."
    yield Edit(first.start, place[1], f"WHERE {' AND '.join(kept)}" if kept else "", note)
    yield Edit(end, end, f" HAVING {' AND '.join(moved)}", note)


def flat(condition: exp.Expr) -> Iterator[exp.Expr]:
    """`a AND b AND c` -> a, b, c."""
    if isinstance(condition, exp.And):
        yield from flat(condition.left)
        yield from flat(condition.right)
    else:
        yield condition


def aggregated(node: exp.Expr, select: exp.Select) -> bool:
    """An aggregate of this SELECT within."""
    return any(own(found, select) for found in node.find_all(exp.AggFunc))


def averages(select: exp.Select, text: Written) -> Iterator[Edit]:
    """`WHERE age > avg(age)`, not grouped: compared with that of the whole table."""
    where = select.args.get("where")
    if where is None or select.args.get("group"):
        return
    for found in where.find_all(exp.Avg, exp.Max, exp.Min):
        column, place = found.this, text.extent(found)
        if not own(found, select) or place is None or not isinstance(column, exp.Column):
            continue
        source = text.known.source(column)
        if source is None or source.table is None or not isinstance(source.node, exp.Table):
            continue
        asked = exp.select(exp.func(found.key, column.this.copy())).from_(source.node.copy())
        note = f"{found.key} is that of all rows of {source.table.name}."
        yield Edit(*place, f"({asked.sql(dialect='postgres')})", note)


def windows(select: exp.Select, text: Written) -> Iterator[Edit]:
    """`sum(x) / sum(x) OVER ()` of a grouped SELECT: the window adds up the groups' sums."""
    group = select.args.get("group")
    if group is None:
        return
    for window in select.find_all(exp.Window):
        inner = window.this
        if window.parent_select is not select or not isinstance(
            inner, exp.Sum | exp.Count | exp.Max | exp.Min
        ):
            continue
        place = text.extent(inner)
        columns = list(inner.find_all(exp.Column))
        plain = not inner.find(exp.Distinct) and not list(inner.this.find_all(exp.AggFunc))
        loose = columns and not any(column in group.expressions for column in columns)
        if place and plain and loose:
            outer = "max" if isinstance(inner, exp.Max) else "min" if isinstance(inner, exp.Min) else "sum"
            shown = text.statement[slice(*place)]
            yield Edit(*place, f"{outer}({shown})", f"{shown} was taken of each group, then over the groups.")


def distinct(select: exp.Select, text: Written) -> Iterator[Edit]:
    """`SELECT DISTINCT a ORDER BY b`: grouped by what is shown, in the order of its least or greatest b."""
    shown, order = select.expressions, select.args.get("order")
    once = select.args.get("distinct")
    if once is None or once.args.get("on") or order is None or select.args.get("group"):
        return
    if not all(isinstance(e.unalias(), exp.Column) and not e.is_star for e in shown):
        return
    names = {e.alias_or_name for e in shown}
    others = [
        key
        for key in order.expressions
        if isinstance(key.this, exp.Column) and key.this not in shown and key.this.sql() not in names
    ]
    sources = text.known.scopes[id(select)].base_tables()
    start = span(sources[0].node.this) if sources else None
    words = [token for token in text.tokens if token.token_type == TokenType.DISTINCT]
    if not others or start is None or len(words) != 1:
        return
    note = "Rows that look the same are one, placed by their first or last."
    yield Edit(words[0].start, words[0].end + 2, "", note)
    end = joins.end_of_filter(text.tokens, start[0])
    yield Edit(end, end, " GROUP BY " + ", ".join(e.unalias().sql(dialect="postgres") for e in shown), note)
    for key in others:
        if place := text.extent(key.this):
            least = "max" if key.args.get("desc") else "min"
            yield Edit(*place, f"{least}({text.statement[slice(*place)]})", note)


def lone_order(select: exp.Select, text: Written) -> Iterator[Edit]:
    """ORDER BY of the one row of `SELECT count(*)` says nothing."""
    order = select.args.get("order")
    if order is None or select.args.get("group") or select.args.get("limit"):
        return
    if not all(isinstance(e.unalias(), exp.AggFunc) for e in select.expressions):
        return
    keys = [text.extent(key.this) for key in order.expressions]
    if None in keys or any(aggregated(key, select) for key in order.expressions):
        return
    first = min(place[0] for place in keys if place)
    before = [token for token in text.tokens if token.end < first and token.token_type == TokenType.ORDER_BY]
    end = joins.end_of_item(text.tokens, first)
    if before:
        yield Edit(before[-1].start, end, "", "One row needs no order.")


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
    order = select.args.get("order")
    keys_of_order = [key.this for key in order.expressions] if order is not None else []
    for expression in [*select.expressions, *(key for key in keys_of_order if key.name not in scope.outputs)]:
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

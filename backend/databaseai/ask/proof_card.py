"""The proof card: what the query counts, joins and filters, from its tree and its execution alone."""

from collections.abc import Iterable, Sequence

from sqlglot import exp

from databaseai.ask.events import Card

LINE_CHARACTERS = 200


def card(
    tree: exp.Query,
    tables: Sequence[tuple[str, str]],
    *,
    row_count: int,
    truncated: bool,
    notes: Sequence[str],
) -> Card:
    """Lines for people, in the order of the query's own text.

    Args:
        tree: Of the accepted query.
        tables: (schema, name) of the relations it reads.
        row_count: Rows returned.
        truncated: There are more.
        notes: Repairs and assumptions.
    """
    selects = list(tree.find_all(exp.Select))
    conditions = [where.this for where in tree.find_all(exp.Where)]
    having = [f"after grouping: {said(part)}" for h in tree.find_all(exp.Having) for part in parts(h.this)]
    limit = tree.args.get("limit")
    return Card(
        tables=tuple(f"{schema}.{name}" for schema, name in tables),
        joins=unique(join_line(join) for select in selects for join in select.args.get("joins") or ()),
        filters=unique([*(said(part) for where in conditions for part in parts(where)), *having]),
        measures=unique(said(node) for node in tree.find_all(exp.AggFunc) if not nested(node)),
        groups=unique(said(key) for group in tree.find_all(exp.Group) for key in group.expressions),
        order=unique(said(key) for key in (tree.args.get("order") or exp.Order()).expressions),
        limit=said(limit.expression) if isinstance(limit, exp.Limit) and limit.expression else "",
        rows=f"more than {row_count:,} rows, cut" if truncated else f"{row_count:,} rows",
        notes=tuple(notes),
    )


def join_line(join: exp.Join) -> str:
    """`left join customer on o.customer_id = c.id`."""
    kind = " ".join(str(join.args[key]).lower() for key in ("method", "side", "kind") if join.args.get(key))
    line = f"{kind or 'inner'} join {said(join.this)}"
    if on := join.args.get("on"):
        return f"{line} on {said(on)}"
    if using := join.args.get("using"):
        return f"{line} using {', '.join(said(column) for column in using)}"
    return f"cross join {said(join.this)}" if not kind else line


def parts(condition: exp.Expr) -> list[exp.Expr]:
    """The conditions that must all hold."""
    return list(condition.flatten()) if isinstance(condition, exp.And) else [condition]


def nested(node: exp.Expr) -> bool:
    """Inside another aggregate, which names it already."""
    return node.parent is not None and node.parent.find_ancestor(exp.AggFunc) is not None


def said(node: exp.Expr) -> str:
    """SQL text of one part, on one line."""
    text = " ".join(node.sql(dialect="postgres", normalize_functions=False, comments=False).split())
    return text if len(text) <= LINE_CHARACTERS else text[: LINE_CHARACTERS - 1] + "…"


def unique(lines: Iterable[str]) -> tuple[str, ...]:
    """Each line once, in order."""
    return tuple(dict.fromkeys(line for line in lines if line))

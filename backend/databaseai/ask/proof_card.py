"""The proof card: what the query counts, joins and filters, from its tree and its execution alone."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlglot import exp

from databaseai.ask.assumptions import assumptions
from databaseai.ask.events import Card
from databaseai.ask.grain import grain, meeting
from databaseai.ask.optional import optional
from databaseai.ask.sentinel.reading import Block, blocks
from databaseai.ask.sentinel.writing import rendered
from databaseai.ask.time_window import windows
from databaseai.catalog.snapshot import Catalog

LINE_CHARACTERS = 200


def card(
    tree: exp.Query,
    tables: Sequence[tuple[str, str]],
    *,
    row_count: int,
    truncated: bool,
    notes: Sequence[str],
    catalog: Catalog | None = None,
    time_zone: str = "",
) -> Card:
    """Lines for people, in the order of the query's own text.

    Args:
        tree: Of the accepted query.
        tables: (schema, name) of the relations it reads.
        row_count: Rows returned.
        truncated: There are more.
        notes: Repairs.
        catalog: Keys, types and estimates; without it the card says nothing of grain, window and assumptions.
        time_zone: Of the session the query ran in; empty: not known.
    """
    read: list[Block] = []
    more: dict[str, Any] = {}
    joins = [join_line(join) for s in tree.find_all(exp.Select) for join in s.args.get("joins") or ()]
    if catalog is not None:
        with optional("grain, window and assumptions of the card"):
            read = blocks(tree, catalog)
            joins = [line for block in read for line in join_lines(block, catalog)]
            more = derived(tree, tables, read, catalog, time_zone)
    conditions = [where.this for where in tree.find_all(exp.Where)]
    having = [f"after grouping: {said(part)}" for h in tree.find_all(exp.Having) for part in parts(h.this)]
    limit = tree.args.get("limit")
    return Card(
        tables=tuple(f"{schema}.{name}" for schema, name in tables),
        joins=unique(joins),
        filters=unique([*(said(part) for where in conditions for part in parts(where)), *having]),
        measures=unique(said(node) for node in tree.find_all(exp.AggFunc) if not nested(node)),
        groups=unique(said(key) for group in tree.find_all(exp.Group) for key in group.expressions),
        order=unique(said(key) for key in (tree.args.get("order") or exp.Order()).expressions),
        limit=said(limit.expression) if isinstance(limit, exp.Limit) and limit.expression else "",
        rows=f"more than {row_count:,} rows, cut" if truncated else f"{row_count:,} rows",
        notes=tuple(notes),
        **more,
    )


def derived(
    tree: exp.Query, tables: Sequence[tuple[str, str]], read: list[Block], catalog: Catalog, time_zone: str
) -> dict[str, Any]:
    """What only the catalog's keys, types and estimates tell."""
    return {
        "grain": grain(tree, catalog),
        "window": windows(read, time_zone),
        "scanned": scanned(tables, catalog),
        "assumptions": assumptions(read, catalog),
    }


def scanned(tables: Sequence[tuple[str, str]], catalog: Catalog) -> tuple[str, ...]:
    """`about 22,500 rows of public.orders`: PostgreSQL's estimates."""
    known = [(key, catalog.table[key].row_estimate) for key in tables if key in catalog.table]
    return tuple(
        f"about {rows:,} rows of {schema}.{name}" for (schema, name), rows in known if rows is not None
    )


def join_lines(block: Block, catalog: Catalog) -> list[str]:
    """Each join of one SELECT, with how many rows meet where keys tell."""
    lines = []
    by_join = {id(source.join): source for source in block.sources if source.join is not None}
    for join in block.select.args.get("joins") or ():
        source = by_join.get(id(join))
        met = meeting(source, block, catalog) if source is not None else ""
        lines.append(join_line(join) + (f": {met}" if met else ""))
    return lines


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
    text = " ".join(rendered(node).split())
    return text if len(text) <= LINE_CHARACTERS else text[: LINE_CHARACTERS - 1] + "…"


def unique(lines: Iterable[str]) -> tuple[str, ...]:
    """Each line once, in order."""
    return tuple(dict.fromkeys(line for line in lines if line))

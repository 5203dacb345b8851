"""What is unique, and what a row of one source determines: the ground of every word about joins."""

from collections.abc import Iterable

from sqlglot import exp

from databaseai.ask.repair.scopes import folded, output_name
from databaseai.ask.sentinel.reading import Block, Source, block, leftmost
from databaseai.catalog.snapshot import Catalog, Table

Key = tuple[str, ...]


def keys(source: Source, catalog: Catalog) -> list[Key]:
    """Column sets of which a source has at most one row each; `()`: it has one row at all.

    A unique index lets NULLs stand several times, but no equality meets them.
    """
    if source.table is not None:
        return table_keys(source.table)
    return query_keys(source.query, catalog) if source.query is not None else []


def table_keys(table: Table) -> list[Key]:
    """Primary key first."""
    return [key for key in (table.primary_key, *table.unique) if key]


def query_keys(query: exp.Query, catalog: Catalog) -> list[Key]:
    """Of a subquery: what it groups by, all it selects distinctly, or a key that it hands through."""
    if isinstance(query, exp.Subquery) and isinstance(query.this, exp.Query):
        return query_keys(query.this, catalog)
    if isinstance(query, exp.Select):
        return select_keys(query, catalog)
    return every(query) if query.args.get("distinct") else []


def select_keys(select: exp.Select, catalog: Catalog) -> list[Key]:
    """Of one SELECT."""
    if group := select.args.get("group"):
        found = grouped(select, group.expressions)
        return [found] if found is not None else []
    if is_one(select.args.get("limit")) or aggregated(select):
        return [()]
    if distinct := select.args.get("distinct"):
        return every(select) if not distinct.args.get("on") else []
    return handed_through(select, catalog)


def every(query: exp.Query) -> list[Key]:
    """All columns together, where their names are known."""
    select = leftmost(query)
    names = {output_name(e) for e in select.expressions} if select and not select.is_star else {None}
    return [tuple(sorted(name for name in names if name))] if None not in names else []


def aggregated(select: exp.Select) -> bool:
    """One row: aggregates without groups."""
    return any(
        node.parent_select is select and node.find_ancestor(exp.Window) is None
        for node in select.find_all(exp.AggFunc)
    )


def is_one(limit: exp.Expr | None) -> bool:
    """LIMIT 1."""
    return isinstance(limit, exp.Limit) and limit.expression is not None and limit.expression.sql() == "1"


def grouped(select: exp.Select, group: Iterable[exp.Expr]) -> Key | None:
    """Output names of the grouped expressions; None when one is not selected."""
    outputs = {e.unalias().sql().lower(): output_name(e) for e in select.expressions}
    names = {output_name(e) for e in select.expressions}
    found: set[str] = set()
    for expression in group:
        if isinstance(expression, exp.Literal) and expression.is_int:
            place = int(expression.this) - 1
            name = output_name(select.expressions[place]) if place < len(select.expressions) else None
        else:
            name = outputs.get(expression.sql().lower())
            if name is None and isinstance(expression, exp.Column):
                bare = folded(expression.this)
                name = bare if bare in names else None
        if not name:
            return None
        found.add(name)
    return tuple(sorted(found))


def handed_through(select: exp.Select, catalog: Catalog) -> list[Key]:
    """Keys of the source that determines all others, where they are selected under a name."""
    inner = block(select, catalog)
    grain = finest(inner, catalog)
    if grain is None:
        return []
    names: dict[str, str] = {}
    for expression in select.expressions:
        bare, name = expression.unalias(), output_name(expression)
        if isinstance(bare, exp.Column) and name and inner.owner(bare) is grain:
            names.setdefault(folded(bare.this), name)
    if select.is_star and len(inner.sources) == 1:
        return keys(grain, catalog)
    return [tuple(names[c] for c in key) for key in keys(grain, catalog) if all(c in names for c in key)]


def determined(block: Block, start: Iterable[Source], catalog: Catalog) -> list[Source]:
    """Sources of which each row of `start` meets at most one row, `start` included."""
    known = list(start)
    pairs = [
        (block.owner(left), folded(left.this), block.owner(right), folded(right.this))
        for left, right in block.equalities()
    ]
    grown = True
    while grown:
        grown = False
        for source in block.sources:
            if source in known:
                continue
            fixed = block.constants(source)
            fixed |= {b for s, _, t, b in pairs if t is source and s in known}
            fixed |= {a for s, a, t, _ in pairs if s is source and t in known}
            if any(set(key) <= fixed for key in keys(source, catalog)):
                known.append(source)
                grown = True
    return known


def finest(block: Block, catalog: Catalog) -> Source | None:
    """The source whose rows the join's rows are: it determines all others. None: pairs are."""
    for source in block.sources:
        if len(determined(block, [source], catalog)) == len(block.sources):
            return source
    return None

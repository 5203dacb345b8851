"""What one row of a result is, and how many rows of one table meet one of another: from tree and keys."""

from sqlglot import exp

from databaseai.ask.repair.scopes import folded
from databaseai.ask.sentinel.fan_out import group_of
from databaseai.ask.sentinel.keys import aggregated, determined, finest, keys
from databaseai.ask.sentinel.lost_rows import links
from databaseai.ask.sentinel.reading import Block, Source, block
from databaseai.ask.sentinel.writing import said
from databaseai.catalog.snapshot import Catalog


def grain(tree: exp.Query, catalog: Catalog) -> str:
    """`one row for each customer (c.id)`; empty where the tree does not tell."""
    if isinstance(tree, exp.SetOperation):
        return "one row for each different row of its parts" if tree.args.get("distinct") else ""
    if not isinstance(tree, exp.Select):
        return ""
    read = block(tree, catalog)
    if tree.args.get("group"):
        return f"one row for each {', '.join(by_key(read, catalog))}"
    if aggregated(tree):
        return f"one row, over {rows_of(read, catalog)}" if read.sources else "one row"
    if tree.args.get("distinct"):
        return f"one row for each different {', '.join(said(e.unalias()) for e in tree.expressions)}"
    return f"one row for each of {rows_of(read, catalog)}" if read.sources else "one row"


def by_key(read: Block, catalog: Catalog) -> list[str]:
    """What is grouped by; a key is told with the table that it is of."""
    told = []
    for expression in group_of(read):
        owner = read.owner(expression) if isinstance(expression, exp.Column) else None
        keyed = (
            owner is not None
            and isinstance(expression, exp.Column)
            and (folded(expression.this),) in keys(owner, catalog)
        )
        told.append(f"row of {owner.name} ({said(expression)})" if owner and keyed else said(expression))
    return told


def rows_of(read: Block, catalog: Catalog) -> str:
    """`all rows of orders that pass`, or pairs of tables where none determines the others."""
    if len(read.sources) > 1 and not read.readable:
        return "the joined rows"
    found = read.sources[0] if len(read.sources) == 1 else finest(read, catalog)
    if found is None:
        return "the pairs of " + " and ".join(source.name for source in read.sources)
    passing = " that pass the filters" if read.where else ""
    return f"the rows of {found.name}{passing}"


def meeting(source: Source, read: Block, catalog: Catalog) -> str:
    """How many rows of a joined source meet one row of those before it; empty where it is not known."""
    place = read.sources.index(source)
    before = read.sources[:place]
    if not read.readable or not any(links(read, source, other) for other in before):
        return ""
    if source in determined(read, before, catalog):
        return f"at most one row of {source.name} for each"
    return f"several rows of {source.name} may meet one"

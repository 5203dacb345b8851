"""What a query takes for granted without saying so: derived from its tree and the catalog."""

from collections.abc import Iterator

from sqlglot import exp

from databaseai.ask.repair.scopes import folded
from databaseai.ask.sentinel.lost_rows import cannot_drop, linked, links, outer, unique_to
from databaseai.ask.sentinel.reading import Block, Source
from databaseai.ask.sentinel.writing import said
from databaseai.catalog.snapshot import Catalog, Column

SKIPPING = (exp.Avg, exp.Sum, exp.Min, exp.Max)
NOW = (exp.CurrentDate, exp.CurrentTimestamp, exp.CurrentTime, exp.Localtimestamp)


def assumptions(blocks: list[Block], catalog: Catalog) -> tuple[str, ...]:
    """A line each, in the order of the query's text."""
    found: dict[str, None] = {}
    for block in blocks:
        for line in (*left_out(block, catalog), *skipped(block), *sorted_nulls(block), *now(block)):
            found[line] = None
    return tuple(found)


def left_out(block: Block, catalog: Catalog) -> Iterator[str]:
    """Rows that an inner join may drop."""
    if not block.readable or outer(block):
        return
    for source in block.sources:
        for other in linked(block, source):
            pairs = links(block, source, other)
            if unique_to(block, source, other, catalog) and not cannot_drop(source, other, pairs):
                names = [name for name, _, _ in pairs if nullable(source, name)]
                why = f" ({', '.join(names)} may be empty)" if names else ""
                if source.table is not None and other.table is not None:
                    yield f"rows of {source.name} without a match in {other.name} are left out{why}"


def nullable(source: Source, name: str) -> bool:
    """A column that may be NULL."""
    column = source.column(name)
    return column is not None and column.nullable


def skipped(block: Block) -> Iterator[str]:
    """Aggregates over columns that may be NULL."""
    for aggregate in block.own(*SKIPPING):
        if (column := column_of(block, aggregate.this)) is not None and column.nullable:
            yield f"{said(aggregate)} passes over rows in which {said(aggregate.this)} is NULL"


def column_of(block: Block, node: exp.Expr) -> Column | None:
    """The table's column that a node is."""
    source = block.owner(node) if isinstance(node, exp.Column) else None
    return source.column(folded(node.this)) if source is not None else None


def sorted_nulls(block: Block) -> Iterator[str]:
    """PostgreSQL puts NULLs first when it sorts downwards."""
    order = block.select.args.get("order")
    for key in order.expressions if order is not None else ():
        column = column_of(block, key.this)
        if key.args.get("desc") and column is not None and column.nullable and "NULLS" not in said(key):
            yield f"sorted by {said(key)}: rows without {said(key.this)} come first"


def now(block: Block) -> Iterator[str]:
    """What depends on when it runs."""
    if any(block.own(*NOW)):
        yield "now is the moment at which the query ran"

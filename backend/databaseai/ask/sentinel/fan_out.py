"""A join that repeats the rows an aggregate adds up."""

from collections.abc import Iterator, Sequence

from sqlglot import exp

from databaseai.ask.events import Finding
from databaseai.ask.repair.scopes import folded, output_name
from databaseai.ask.sentinel import unmultiplied
from databaseai.ask.sentinel.keys import determined, finest, keys
from databaseai.ask.sentinel.reading import Block, Source, column_of, once
from databaseai.ask.sentinel.suspicion import Counts, Suspicion, whole
from databaseai.ask.sentinel.writing import columns_sql, counting, rendered
from databaseai.catalog.snapshot import Catalog

SENSITIVE = (exp.Sum, exp.Avg, exp.Count)
"""Aggregates that a repeated row changes."""


def suspicions(block: Block, catalog: Catalog) -> Iterator[Suspicion]:
    """One for each source whose rows an aggregate counts several times."""
    if not block.readable or len(block.sources) < 2:  # noqa: PLR2004
        return
    told: set[int] = set()
    for aggregate in block.own(*SENSITIVE):
        if aggregate.find_ancestor(exp.Window) or isinstance(aggregate.this, exp.Distinct):
            continue
        source = measured(block, aggregate, catalog)
        if source is None or id(source) in told:
            continue
        if (found := suspicion(block, aggregate, source, catalog)) is not None:
            told.add(id(source))
            yield found


def measured(block: Block, aggregate: exp.Expr, catalog: Catalog) -> Source | None:
    """The source whose rows an aggregate is about; None: the join's own rows, or not to be told."""
    if not (read := block.owners(aggregate.this)):
        return None
    for source in read:
        if all(other in determined(block, [source], catalog) for other in read):
            return source
    return None


def suspicion(block: Block, aggregate: exp.Expr, source: Source, catalog: Catalog) -> Suspicion | None:
    """That other sources repeat the rows of this one."""
    single = determined(block, [source], catalog)
    others = [other for other in block.sources if other not in single]
    key = next((key for key in keys(source, catalog) if key), None)
    if not others or key is None or any(other.table is None and other.query is None for other in others):
        return None
    if settled(block, aggregate, source, catalog):
        return None
    return told(block, aggregate, source, key, others, catalog)


def settled(block: Block, aggregate: exp.Expr, source: Source, catalog: Catalog) -> bool:
    """Whether each group holds one row of the source: its count counts the others, its average is itself."""
    if isinstance(aggregate, exp.Sum):
        return False
    owners = once(s for e in group_of(block) for s in fixed(block, e, catalog))
    return bool(owners) and source in determined(block, owners, catalog)


def fixed(block: Block, expression: exp.Expr, catalog: Catalog) -> list[Source]:
    """The source a group expression names by key, or nothing."""
    if not isinstance(expression, exp.Column) or (owner := block.owner(expression)) is None:
        return []
    grouped = {
        folded(e.this) for e in group_of(block) if isinstance(e, exp.Column) and block.owner(e) is owner
    }
    if any(set(key) <= grouped for key in keys(owner, catalog)):
        return [owner]
    return key_equal_to(block, expression, owner, catalog)


def key_equal_to(block: Block, column: exp.Column, owner: Source, catalog: Catalog) -> list[Source]:
    """Sources whose key a grouped column equals: `GROUP BY o.customer_id` is one customer each."""
    found = []
    for left, right in block.equalities():
        for one, other in ((left, right), (right, left)):
            if block.owner(one) is owner and folded(one.this) == folded(column.this):
                there = block.owner(other)
                if there is not None and (folded(other.this),) in keys(there, catalog):
                    found.append(there)
    return found


def group_of(block: Block) -> list[exp.Expr]:
    """What is grouped by, positions and output names resolved."""
    group = block.select.args.get("group")
    found: list[exp.Expr] = []
    for expression in group.expressions if group else ():
        bare: exp.Expr = expression.unnest()
        if isinstance(bare, exp.Literal) and bare.is_int and int(bare.this) <= len(block.select.expressions):
            bare = block.select.expressions[int(bare.this) - 1].unalias()
        elif isinstance(bare, exp.Column) and not bare.args.get("table") and block.owner(bare) is None:
            name = folded(bare.this)
            bare = next((e.unalias() for e in block.select.expressions if output_name(e) == name), bare)
        found.append(bare)
    return found


def told(
    block: Block,
    aggregate: exp.Expr,
    source: Source,
    key: Sequence[str],
    others: Sequence[Source],
    catalog: Catalog,
) -> Suspicion:
    """The count that settles it, and the sentence."""
    there = rendered(column_of(source, key[0])) + " IS NOT NULL"
    grouped = [rendered(expression) for expression in group_of(block)]
    row = columns_sql(source, key)
    seen = f"({', '.join([row, *grouped])})" if grouped else row
    counts = [
        f"count(*) FILTER (WHERE {there}) AS rows_joined",
        f"count(DISTINCT {seen}) FILTER (WHERE {there}) AS rows_meant",
    ]
    query = counting(block, counts)
    corrected = unmultiplied.query(block, source, key, catalog)
    joined = " and ".join(other.name for other in others)

    def judge(row: Counts) -> Finding | None:
        rows, distinct = whole(row[0]), whole(row[1])
        if not distinct or rows <= distinct:
            return None
        text = (
            f"The join with {joined} repeats rows of {source.name} {times(rows / distinct)}"
            f" ({rows:,} rows for {distinct:,}), so {rendered(aggregate)} {effect(aggregate)}."
        )
        return Finding("fan-out", text, query, corrected)

    return Suspicion("fan-out", query, judge)


def effect(aggregate: exp.Expr) -> str:
    """What repeated rows do to it."""
    if isinstance(aggregate, exp.Avg):
        return "weighs some of them more than others"
    return "counts some of them several times"


def times(factor: float) -> str:
    """`3.1 times on average`; a factor near 1 with as many digits as it takes to differ from it."""
    digits = 1
    while round(factor, digits) == 1 and digits < 6:  # noqa: PLR2004
        digits += 1
    return f"{factor:,.{digits}f} times on average"


def pairs(block: Block, catalog: Catalog) -> Suspicion | None:
    """count(*) over a join whose rows are pairs: two many sides of one row."""
    stars = [a for a in block.own(exp.Count) if not block.owners(a.this) and not a.find_ancestor(exp.Window)]
    if not block.readable or not stars or len(block.sources) < 3 or finest(block, catalog):  # noqa: PLR2004
        return None
    leaves = [
        s
        for s in block.sources
        if not any(s in determined(block, [other], catalog) for other in block.sources if other is not s)
    ]
    if len(leaves) < 2 or any(not keys(leaf, catalog) for leaf in leaves):  # noqa: PLR2004
        return None
    first, second = leaves[:2]
    counts = [
        "count(*)",
        *(f"count(DISTINCT {columns_sql(s, keys(s, catalog)[0])})" for s in (first, second)),
    ]
    query = counting(block, counts)

    def judge(row: Counts) -> Finding | None:
        rows, one, two = (whole(value) for value in row)
        if rows <= max(one, two):
            return None
        text = (
            f"{rendered(stars[0])} counts {rows:,} pairs of {first.name} and {second.name},"
            f" from {one:,} and {two:,} rows: each of one is repeated for each of the other."
        )
        return Finding("fan-out", text, query)

    return Suspicion("fan-out", query, judge)

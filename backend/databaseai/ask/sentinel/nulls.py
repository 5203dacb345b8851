"""Filters that leave out NULLs, and joins that keep rows which a filter then drops."""

from collections.abc import Iterator

from sqlglot import exp

from databaseai.ask.events import Finding
from databaseai.ask.repair.scopes import folded
from databaseai.ask.sentinel.reading import Block, Source, block, column_of, rejects_null
from databaseai.ask.sentinel.suspicion import Counts, Suspicion, certain, whole
from databaseai.ask.sentinel.writing import copied, counting, edited, rendered, said, set_where
from databaseai.catalog.snapshot import Catalog

NEVER_NULL = (exp.Count, exp.Literal, exp.Boolean)
OPPOSITES = (exp.EQ, exp.Like, exp.ILike, exp.In)


def suspicions(found: Block, catalog: Catalog) -> Iterator[Suspicion]:
    """Of one SELECT's conditions."""
    for condition in found.where:
        yield from compared_with_null(condition)
        if isinstance(condition, exp.Not) and isinstance(condition.this.unnest(), exp.In):
            yield from listed_null(condition.this.unnest(), catalog)
        if found.readable and (column := denied(condition)) is not None:
            yield from left_out(found, condition, column)
    if found.readable:
        yield from undone(found)
        yield from sorted_first(found)


def sorted_first(found: Block) -> Iterator[Suspicion]:
    """ORDER BY x DESC LIMIT n: PostgreSQL puts rows without x first."""
    order, limit = found.select.args.get("order"), found.select.args.get("limit")
    key = order.expressions[0] if order is not None else None
    if limit is None or key is None or not key.args.get("desc") or "NULLS" in rendered(key):
        return
    bare = key.this.unnest()
    source = found.owner(bare) if isinstance(bare, exp.Column) else None
    known = source.column(folded(bare.this)) if source else None
    if source is None or known is None or not known.nullable or found.select.args.get("group"):
        return
    query = counting(found, ["count(*)"], [*found.where, exp.Is(this=bare.copy(), expression=exp.Null())])
    made = key.copy()
    made.set("nulls_first", False)
    corrected = edited(key, made)

    def judge(row: Counts) -> Finding | None:
        gone = whole(row[0])
        text = f"Sorted by {said(key)}, the {gone:,} rows without {said(bare)} come first."
        return Finding("NULLs first", text, query, corrected) if gone else None

    yield Suspicion("NULLs first", query, judge)


def compared_with_null(condition: exp.Expr) -> Iterator[Suspicion]:
    """`x = NULL` is never true."""
    if isinstance(condition, exp.EQ | exp.NEQ) and isinstance(condition.expression, exp.Null):
        null = exp.Is(this=condition.this.copy(), expression=exp.Null())
        meant = null if isinstance(condition, exp.EQ) else exp.Not(this=null)
        text = f"{rendered(condition)} is never true, not even where the value is NULL: 0 rows pass."
        yield certain("always empty", text, corrected=edited(condition, meant))


def denied(condition: exp.Expr) -> exp.Column | None:
    """The column of a condition that says what a value is not."""
    if isinstance(condition, exp.Like | exp.ILike) and condition.args.get("negate"):
        return condition.this if isinstance(condition.this, exp.Column) else None
    if isinstance(condition, exp.NEQ):
        one, other = condition.this, condition.expression
        if isinstance(one, exp.Column) and other.find(exp.Column, exp.Query) is None:
            return one
    if isinstance(condition, exp.Not):
        inner = condition.this.unnest()
        if isinstance(inner, OPPOSITES) and isinstance(inner.this, exp.Column):
            return inner.this if not inner.args.get("query") else None
        return inner if isinstance(inner, exp.Column) else None
    return None


def left_out(found: Block, condition: exp.Expr, column: exp.Column) -> Iterator[Suspicion]:
    """`status <> 'x'` is not true where there is no status."""
    source = found.owner(column)
    known = source.column(folded(column.this)) if source else None
    if source is None or source.kind in {"left", "full"} or known is None or not known.nullable:
        return
    name = rendered(column)
    if {f"{name} IS NOT NULL", f"NOT {name} IS NULL"} & {rendered(other) for other in found.where}:
        return
    rest = [other for other in found.where if other is not condition]
    is_null = exp.Is(this=column.copy(), expression=exp.Null())
    query = counting(found, ["count(*)"], [*rest, is_null])
    made: exp.Expr = exp.Or(this=condition.copy(), expression=is_null.copy())
    if isinstance(condition, exp.NEQ):
        made = exp.NullSafeNEQ(this=condition.this.copy(), expression=condition.expression.copy())
    corrected = edited(condition, exp.Paren(this=made))

    def judge(row: Counts) -> Finding | None:
        missing = whole(row[0])
        text = f"{said(condition)} also leaves out {missing:,} rows in which {rendered(column)} is NULL."
        return Finding("filter drops NULLs", text, query, corrected) if missing else None

    yield Suspicion("filter drops NULLs", query, judge)


def listed_null(condition: exp.In, catalog: Catalog) -> Iterator[Suspicion]:
    """NOT IN over a list with a NULL is never true."""
    if any(isinstance(item, exp.Null) for item in condition.expressions):
        text = f"NOT ({rendered(condition)}) is never true: one of these values is NULL, so 0 rows pass."
        yield certain("always empty", text)
    subquery = condition.args.get("query")
    inner = subquery.unnest() if subquery is not None else None
    if not isinstance(inner, exp.Select) or len(inner.expressions) != 1 or inner.args.get("group"):
        return
    value, around = inner.expressions[0].unalias(), block(inner, catalog)
    if (
        not around.readable
        or isinstance(value, NEVER_NULL)
        or inner.args.get("limit")
        or never_null(value, around)
    ):
        return
    null = exp.Is(this=value.copy(), expression=exp.Null())
    query = counting(around, ["count(*)"], [*around.where, null])
    kept = inner.copy()
    set_where(kept, [*around.where, exp.Not(this=null.copy())])
    corrected = edited(inner, kept)

    def judge(row: Counts) -> Finding | None:
        text = (
            f"NOT IN is never true here: {whole(row[0]):,} of the values it is compared with are NULL"
            f" ({rendered(value)}), so no row passes."
        )
        return Finding("always empty", text, query, corrected) if whole(row[0]) else None

    yield Suspicion("always empty", query, judge)


def never_null(value: exp.Expr, around: Block) -> bool:
    """A NOT NULL column that no outer join can empty."""
    if not isinstance(value, exp.Column) or (source := around.owner(value)) is None:
        return False
    known = source.column(folded(value.this))
    outer = any(s.kind in {"left", "right", "full"} for s in around.sources)
    return known is not None and not known.nullable and not outer


def undone(found: Block) -> Iterator[Suspicion]:
    """A LEFT JOIN whose kept rows a condition on the other side drops."""
    for source in found.sources:
        conditions = [c for c in found.where if source in found.owners(c) and rejects_null(c)]
        link = joined_column(found, source)
        if source.kind != "left" or not conditions or link is None or source.join is None:
            continue
        yield undoing(found, source, conditions, link)


def undoing(found: Block, source: Source, conditions: list[exp.Expr], link: exp.Column) -> Suspicion:
    """How many rows that is."""
    others = [c for c in found.where if c not in conditions]
    query = counting(found, ["count(*)"], [*others, exp.Is(this=link.copy(), expression=exp.Null())])
    corrected = moved_into_on(source, conditions, found)
    dropping = " and ".join(said(c) for c in conditions)

    def judge(row: Counts) -> Finding | None:
        gone = whole(row[0])
        text = f"LEFT JOIN keeps {gone:,} rows without {source.name}, and WHERE {dropping} drops them again."
        return Finding("left join undone", text, query, corrected) if gone else None

    return Suspicion("left join undone", query, judge)


def joined_column(found: Block, source: Source) -> exp.Column | None:
    """A column of the source that its join compares: NULL only where nothing met."""
    for condition in source.on:
        if isinstance(condition, exp.EQ):
            for side in (condition.this, condition.expression):
                if isinstance(side, exp.Column) and found.owner(side) is source:
                    return column_of(source, folded(side.this))
    return None


def moved_into_on(source: Source, conditions: list[exp.Expr], found: Block) -> str:
    """The statement with these conditions in the join's ON."""
    again, select = copied(found)
    number = [id(join) for join in found.select.args["joins"]].index(id(source.join))
    join = select.args["joins"][number]
    if join.args.get("on") is None:
        return ""
    join.set("on", exp.and_(join.args["on"], *(c.copy() for c in conditions), copy=False))
    set_where(select, [c for c in found.where if c not in conditions])
    return rendered(again)

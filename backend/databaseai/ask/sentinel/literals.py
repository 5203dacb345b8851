"""Literals that miss by little: text in other letters, a last day that ends at midnight."""

import re
from collections.abc import Iterator

from sqlglot import exp

from databaseai.ask.events import Finding
from databaseai.ask.repair.scopes import folded
from databaseai.ask.sentinel.reading import Block, Source
from databaseai.ask.sentinel.suspicion import Counts, Suspicion, whole
from databaseai.ask.sentinel.writing import counting, edited, over, rendered
from databaseai.catalog.snapshot import Column, Table

TEXTS = ("text", "character", "varchar", "char", "bpchar")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
ROWS_MOST = 2_000_000
"""A larger table is not read for a word."""
LETTERS = 3
"""A shorter pattern is about letters, not words."""


def suspicions(block: Block) -> Iterator[Suspicion]:
    """Of one SELECT's conditions."""
    for condition in [*block.where, *(c for s in block.sources for c in s.on)]:
        if isinstance(condition, exp.EQ | exp.Like) and not condition.args.get("negate"):
            yield from other_letters(block, condition)
        if block.readable and isinstance(condition, exp.Between | exp.LTE | exp.EQ):
            yield from last_day(block, condition)


def other_letters(block: Block, condition: exp.Expr) -> Iterator[Suspicion]:
    """`city = 'berlin'` where Berlin is stored."""
    column, literal = condition.this, condition.expression
    if not isinstance(column, exp.Column) or not isinstance(literal, exp.Literal) or not literal.is_string:
        return
    source = block.owner(column)
    known = source.column(folded(column.this)) if source else None
    if source is None or source.table is None or known is None or not known.type.startswith(TEXTS):
        return
    if known.mask:  # what the policy makes of a value is nothing to compare words with
        return
    if folded_same(literal.this) or not readable_alone(source.table, known, literal.this):
        return
    if isinstance(condition, exp.Like):
        yield pattern(source, condition)
    else:
        yield word(source, condition, column)


def folded_same(text: str) -> bool:
    """A text without letters, or a pattern of a few."""
    return text.lower() == text.upper() or len(text.strip("%_")) < LETTERS


def readable_alone(table: Table, column: Column, text: str) -> bool:
    """Whether asking the table is worth it: small, and not known to hold the literal as its only form."""
    if column.values_complete and [v for v in column.values if v.lower() == text.lower()] == [text]:
        return False
    return table.row_estimate is None or table.row_estimate <= ROWS_MOST


def pattern(source: Source, condition: exp.Expr) -> Suspicion:
    """LIKE minds letter case."""
    loose = exp.ILike(this=condition.this.copy(), expression=condition.expression.copy())
    query = from_table(
        source, f"count(*) FILTER (WHERE {rendered(condition)})", f"count(*) FILTER (WHERE {rendered(loose)})"
    )
    corrected = edited(condition, loose)

    def judge(row: Counts) -> Finding | None:
        strict, every = whole(row[0]), whole(row[1])
        if every <= strict:
            return None
        text = (
            f"{rendered(condition)} minds letter case: it finds {strict:,} rows of {source.name},"
            f" and {every - strict:,} more are written in other letters."
        )
        return Finding("letter case", text, query, corrected)

    return Suspicion("letter case", query, judge)


def word(source: Source, condition: exp.Expr, column: exp.Column) -> Suspicion:
    """The stored text differs in letter case."""
    name, literal = rendered(column), rendered(condition.expression)
    same = f"lower({name}) = lower({literal})"
    other = f"FILTER (WHERE {same} AND {name} <> {literal})"
    query = from_table(
        source, f"count(*) FILTER (WHERE {name} = {literal})", f"count(*) {other}", f"min({name}) {other}"
    )
    loose = exp.EQ(this=exp.Lower(this=column.copy()), expression=exp.Lower(this=condition.expression.copy()))

    def judge(row: Counts) -> Finding | None:
        exact, others = whole(row[0]), whole(row[1])
        if not others:
            return None
        stored = exp.Literal.string(str(row[2]))
        text = (
            f"{rendered(condition)} is met by {exact:,} rows of {source.name};"
            f" {others:,} are written otherwise, such as {rendered(stored)}."
        )
        made = loose if exact else exp.EQ(this=column.copy(), expression=stored)
        return Finding("letter case", text, query, edited(condition, made))

    return Suspicion("letter case", query, judge)


def from_table(source: Source, *counts: str) -> str:
    """Counts over one table alone."""
    return over(counts, rendered(source.node))


def last_day(block: Block, condition: exp.Expr) -> Iterator[Suspicion]:
    """`ordered_at <= '2025-12-31'` ends as that day begins."""
    column = condition.this
    high = condition.args["high"] if isinstance(condition, exp.Between) else condition.expression
    if not isinstance(column, exp.Column) or (day := day_of(high)) is None:
        return
    source = block.owner(column)
    known = source.column(folded(column.this)) if source else None
    if known is None or not known.type.startswith("timestamp"):
        return
    if day.endswith("-01") and not isinstance(condition, exp.EQ):
        return  # the first of a month is where a period ends that is written so
    name = rendered(column)
    past = exp.condition(f"{name} < DATE '{day}' + 1", dialect="postgres")
    after = exp.condition(f"{name} > DATE '{day}'", dialect="postgres")
    rest = [other for other in block.where if other is not condition]
    query = counting(block, ["count(*)"], [*rest, after, past])
    corrected = edited(condition, half_open(condition, day, past))

    def judge(row: Counts) -> Finding | None:
        text = (
            f"{rendered(condition)} ends at midnight, as {day} begins:"
            f" {whole(row[0]):,} rows later on that day are left out."
        )
        return Finding("last day cut", text, query, corrected) if whole(row[0]) else None

    yield Suspicion("last day cut", query, judge)


def half_open(condition: exp.Expr, day: str, past: exp.Expr) -> exp.Expr:
    """From the start to before the day after the last."""
    if isinstance(condition, exp.LTE):
        return past
    low = condition.args.get("low")
    start = low.copy() if low is not None else exp.condition(f"DATE '{day}'", dialect="postgres")
    return exp.and_(exp.GTE(this=condition.this.copy(), expression=start), past, copy=False)


def day_of(node: exp.Expr) -> str | None:
    """A date written without a time: `'2025-12-31'`, DATE '2025-12-31', '2025-12-31'::date."""
    bare: exp.Expr = node.unnest()
    while isinstance(bare, exp.Cast):
        bare = bare.this.unnest()
    is_day = isinstance(bare, exp.Literal) and bare.is_string and DAY.fullmatch(bare.this)
    return str(bare.this) if is_day else None

"""Division of whole numbers, rows cut by chance, days cut in two time zones."""

import re
from collections.abc import Iterator

from sqlglot import exp

from databaseai.ask.events import Finding
from databaseai.ask.repair.scopes import folded
from databaseai.ask.sentinel.reading import Block
from databaseai.ask.sentinel.suspicion import Counts, Suspicion, whole
from databaseai.ask.sentinel.writing import counting, edited, over, rendered, with_names

WHOLE_TYPES = ("smallint", "integer", "bigint", "int")
SUMMED_WHOLE = ("smallint", "integer", "int")
"""Types whose sum is a bigint; that of bigint is numeric."""
THROUGH = (exp.Paren, exp.Neg, exp.Coalesce, exp.Abs, exp.Max, exp.Min, exp.Filter)
"""What has the type of its first argument."""
CAST_TYPES = {exp.DType.INT, exp.DType.BIGINT, exp.DType.SMALLINT}
ANY = re.compile(r"\b(any|some|sample|example|examples|few|random|preview|arbitrary)\b", re.IGNORECASE)
"""Words of a question to which any rows are an answer."""


def suspicions(block: Block, question: str) -> Iterator[Suspicion]:
    """Of one SELECT's outputs and conditions."""
    if block.readable:
        for division in block.own(exp.Div):
            if (
                is_whole(division.this, block)
                and is_whole(division.expression, block)
                and not bucketed(division)
            ):
                yield from truncated(block, division)
        yield from two_zones(block)
    yield from by_chance(block, question)


def is_whole(node: exp.Expr, block: Block) -> bool:
    """Whether PostgreSQL computes it in whole numbers."""
    if isinstance(node, THROUGH):
        return is_whole(node.this, block)
    if isinstance(node, exp.Add | exp.Sub | exp.Mul | exp.Div):
        return is_whole(node.this, block) and is_whole(node.expression, block)
    if isinstance(node, exp.Literal):
        return bool(node.is_int)
    if isinstance(node, exp.Cast):
        return node.to.this in CAST_TYPES
    if isinstance(node, exp.Sum):
        return typed(node.this, block, SUMMED_WHOLE)
    return isinstance(node, exp.Count) or typed(node, block, WHOLE_TYPES)


def typed(node: exp.Expr, block: Block, types: tuple[str, ...]) -> bool:
    """A column of one of these types; in a sum also whole numbers chosen by CASE."""
    if isinstance(node, exp.Case):
        values = [branch.args["true"] for branch in node.args["ifs"]]
        values += [node.args["default"]] if node.args.get("default") else []
        return all(isinstance(value, exp.Literal) and value.is_int for value in values)
    if not isinstance(node, exp.Column) or (source := block.owner(node)) is None:
        return False
    column = source.column(folded(node.this))
    return column is not None and column.type in types


def bucketed(division: exp.Expr) -> bool:
    """Whole numbers are wanted: `year / 10 * 10`, or a group of its own."""
    around = division.parent
    while isinstance(around, exp.Paren | exp.Alias):
        around = around.parent
    if isinstance(around, exp.Mul | exp.Group | exp.Mod | exp.Floor):
        wanted = not isinstance(around, exp.Mul) or any(
            isinstance(side, exp.Literal) and side.this == rendered(division.expression)
            for side in (around.this, around.expression)
        )
        if wanted:
            return True
    group = division.parent_select.args.get("group") if division.parent_select else None
    same = rendered(division)
    return (
        group is not None
        and not division.find(exp.AggFunc)
        and (any(rendered(e) == same for e in group.expressions) or bool(group.expressions))
    )


def truncated(block: Block, division: exp.Expr) -> Iterator[Suspicion]:
    """In how many rows a fraction is cut off, and an example."""
    select = block.select.copy()
    for clause in ("order", "limit", "offset", "distinct"):
        select.set(clause, None)
    part, rest = rendered(division.this), rendered(division.expression)
    select.set("expressions", [exp.Var(this=f"{part} AS part"), exp.Var(this=f"{rest} AS whole")])
    select = with_names(select, block.select)
    cut = "FILTER (WHERE part % nullif(whole, 0) <> 0)"
    counts = ["count(*)", f"count(*) {cut}", f"min(part) {cut}", f"max(whole) {cut}"]
    query = over(counts, f"({rendered(select)}) AS divided")
    numeric = exp.Cast(this=exp.Paren(this=division.this.copy()), to=exp.DataType.build("numeric"))
    corrected = edited(division.this, numeric)

    def judge(row: Counts) -> Finding | None:
        rows, lost = whole(row[0]), whole(row[1])
        if not lost:
            return None
        told = f"in {lost:,} of {rows:,} rows"
        if rows == 1:
            told = f"{whole(row[2]):,} / {whole(row[3]):,}"
        text = f"{rendered(division)} divides whole numbers and cuts the fraction off: {told}."
        return Finding("integer division", text, query, corrected)

    yield Suspicion("integer division", query, judge)


def by_chance(block: Block, question: str) -> Iterator[Suspicion]:
    """LIMIT without ORDER BY where there is more."""
    select = block.select
    limit = select.args.get("limit")
    if select.parent is not None or limit is None or select.args.get("order") or ANY.search(question):
        return
    if not isinstance(limit, exp.Limit) or not isinstance(limit.expression, exp.Literal):
        return
    every = select.copy()
    every.set("limit", None)
    query = over(["count(*)"], f"({rendered(every)}) AS every")
    kept = int(limit.expression.this)

    def judge(row: Counts) -> Finding | None:
        text = (
            f"LIMIT {kept:,} without ORDER BY shows {kept:,} of {whole(row[0]):,} rows,"
            " and chance decides which."
        )
        return Finding("arbitrary rows", text, query) if whole(row[0]) > kept else None

    yield Suspicion("arbitrary rows", query, judge)


def two_zones(block: Block) -> Iterator[Suspicion]:
    """One point in time cut to days in two time zones."""
    zoned, plain = {}, {}
    for node in block.select.find_all(exp.Column):
        source = block.owner(node)
        known = source.column(folded(node.this)) if source else None
        if (
            known is None
            or known.type != "timestamp with time zone"
            or node.parent_select is not block.select
        ):
            continue
        if isinstance(node.parent, exp.AtTimeZone):
            zoned[rendered(node)] = node.parent
        elif isinstance(node.parent, exp.Cast | exp.TimestampTrunc | exp.DateTrunc | exp.Extract):
            plain[rendered(node)] = node
    for name in zoned.keys() & plain.keys():
        first, second = rendered(zoned[name]), name
        differ = f"count(*) FILTER (WHERE ({first})::date <> {second}::date)"
        query = counting(block, [differ])

        def judge(
            row: Counts, first: str = first, second: str = second, query: str = query
        ) -> Finding | None:
            text = (
                f"{second} is cut to days both as it is and as {first}:"
                f" {whole(row[0]):,} rows fall on different days."
            )
            return Finding("days by time zone", text, query) if whole(row[0]) else None

        yield Suspicion("days by time zone", query, judge)

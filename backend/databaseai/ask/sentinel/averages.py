"""An average of averages: groups of different size weigh the same."""

import re
from collections.abc import Iterator

from sqlglot import exp

from databaseai.ask.events import Finding
from databaseai.ask.repair.scopes import folded, output_name
from databaseai.ask.sentinel.reading import Block, Source, leftmost
from databaseai.ask.sentinel.suspicion import Counts, Suspicion, certain, whole
from databaseai.ask.sentinel.writing import copied, over, rendered, with_names

AVERAGED = re.compile(r"(^|_)(avg|average|mean)(_|$)")
"""Names of columns that hold averages."""
ASKED = re.compile(r"\b(average|mean|avg)\b.*\b(average|mean|avg)\b", re.IGNORECASE | re.DOTALL)


def suspicions(block: Block, question: str) -> Iterator[Suspicion]:
    """One for each average over a column that is one itself; not where that is asked for."""
    if ASKED.search(question):
        return
    for average in block.own(exp.Avg):
        inner = average.this
        column = inner if isinstance(inner, exp.Column) else None
        source = block.owner(column) if column is not None else None
        if column is None or source is None:
            continue
        if source.table is not None and AVERAGED.search(folded(column.this)):
            yield stored(average, source, column)
        elif source.query is not None:
            yield from computed(block, average, source, column)


def stored(average: exp.Expr, source: Source, column: exp.Column) -> Suspicion:
    """The column of a table or view holds averages, by its name."""
    table = source.table
    about = f" of about {table.row_estimate:,} rows" if table and table.row_estimate else ""
    text = (
        f"{rendered(average)} averages a column of averages ({source.name}.{folded(column.this)}{about}):"
        " groups of different size weigh the same."
    )
    return certain("average of averages", text)


def computed(block: Block, average: exp.Expr, source: Source, column: exp.Column) -> Iterator[Suspicion]:
    """The column is an average that a subquery computes for each of its groups."""
    select = leftmost(source.query)
    if (
        select is None
        or not isinstance(source.query, exp.Select | exp.Subquery)
        or not select.args.get("group")
    ):
        return
    made = {output_name(e): e.unalias() for e in select.expressions}.get(folded(column.this))
    bare = made
    while isinstance(bare, exp.Round | exp.Cast | exp.Paren):
        bare = bare.this
    if not isinstance(bare, exp.Avg):
        return
    sizes = select.copy()
    for part in ("order", "limit", "offset", "distinct"):
        sizes.set(part, None)
    sizes.set("expressions", [exp.alias_(exp.Count(this=exp.Star()), "size")])
    sizes = with_names(sizes, select)
    query = over(["count(*)", "min(size)", "max(size)"], f"({rendered(sizes)}) AS sizes")
    corrected = at_once(block, average, source, bare)

    def judge(row: Counts) -> Finding | None:
        groups, least, most = (whole(value) for value in row)
        if groups < 2 or least == most:  # noqa: PLR2004
            return None
        text = (
            f"{rendered(average)} is an average of {groups:,} averages, which weigh the same"
            f" although they are of {least:,} to {most:,} rows each."
        )
        return Finding("average of averages", text, query, corrected)

    yield Suspicion("average of averages", query, judge)


def at_once(block: Block, average: exp.Expr, source: Source, made: exp.Avg) -> str:
    """One average over all rows, where the outer query does nothing but take it."""
    inner = leftmost(source.query)
    if inner is None or len(block.sources) != 1 or block.where or block.select.args.get("having"):
        return ""
    if any(inner.args.get(part) for part in ("having", "limit", "offset", "with_", "distinct")):
        return ""
    outputs = {output_name(e): e.unalias() for e in inner.expressions}
    again, select = copied(block)
    parts = [*select.expressions, *(select.args[k] for k in ("group", "order") if select.args.get(k))]
    aggregates = [a for part in parts for a in part.find_all(exp.AggFunc)]
    if any(rendered(a) != rendered(average) for a in aggregates):
        return ""
    for aggregate in aggregates:
        aggregate.set("this", made.this.copy())
    for column in [c for part in parts for c in part.find_all(exp.Column) if not c.find_ancestor(exp.Avg)]:
        target = outputs.get(folded(column.this))
        if target is None or target.find(exp.AggFunc) or column.parent is select:
            return ""
        column.replace(target.copy())
    for name in ("from_", "joins", "where"):
        held = inner.args.get(name)
        select.set(name, [h.copy() for h in held] if isinstance(held, list) else held and held.copy())
    return rendered(again)

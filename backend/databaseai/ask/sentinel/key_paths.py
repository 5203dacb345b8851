"""Joins that do not follow the keys, and names that are taken for keys."""

import re
from collections.abc import Iterator

from sqlglot import exp

from databaseai.ask.events import Finding
from databaseai.ask.repair.scopes import folded
from databaseai.ask.sentinel.fan_out import fixed, group_of, key_equal_to
from databaseai.ask.sentinel.keys import determined
from databaseai.ask.sentinel.lost_rows import links, ranked
from databaseai.ask.sentinel.reading import Block, Source, column_of, once
from databaseai.ask.sentinel.suspicion import Counts, Suspicion, whole
from databaseai.ask.sentinel.writing import columns_sql, counting, edited, rendered
from databaseai.catalog.snapshot import Catalog, ForeignKey, Table

NAME = re.compile(r"(^|_)(name|title|label|surname|lastname)$")
"""Columns that people take for keys."""
MOSTLY = 0.5
"""Share of distinct values from which a name is meant to say which row it is: not a category."""
NOTICED = 0.1
"""Share of shared names from which one is likely to stand among the first few of a ranking."""
Place = tuple[str, str, str]
"""Schema, table and column."""


def suspicions(block: Block, catalog: Catalog) -> Iterator[Suspicion]:
    """Of one SELECT's joins and groups."""
    if not block.readable:
        return
    for place, source in enumerate(block.sources):
        for other in block.sources[:place]:
            if (
                source.table is not None
                and other.table is not None
                and (pairs := links(block, source, other))
            ):
                yield from astray(block, source, other, pairs, catalog)
    yield from named(block, catalog)


def astray(
    block: Block, source: Source, other: Source, pairs: list[tuple[str, str, exp.Expr]], catalog: Catalog
) -> Iterator[Suspicion]:
    """A pair of tables joined past the key between them."""
    one, two = source.table, other.table
    if one is None or two is None or (one is two and not one.foreign_keys):
        return
    equal = {(ours, theirs) for ours, theirs, _ in pairs}
    between = [*directed(one, two), *({(b, a) for a, b in key} for key in directed(two, one))]
    if any(key <= equal for key in between):
        return
    part = next((key for key in between if key & equal), None)
    if part is not None:
        yield partly(block, source, other, pairs, part - equal)
        return
    if all(root(one, ours, catalog) == root(two, theirs, catalog) for ours, theirs in equal):
        return
    for ours, theirs, condition in pairs:
        if (target := mistaken(one, ours, two, theirs, catalog)) is not None:
            yield wrong(block, source, other, condition, target, between)
            return


def directed(one: Table, two: Table) -> list[set[tuple[str, str]]]:
    """Keys of one table to another, as column pairs."""
    return [
        set(zip(key.columns, key.referenced_columns, strict=True))
        for key in one.foreign_keys
        if (key.referenced_schema, key.referenced_table) == two.qualified
    ]


def root(table: Table, column: str, catalog: Catalog) -> Place:
    """Where the keys from a column lead in the end."""
    seen = {(table.schema, table.name, column)}
    place = (table.schema, table.name, column)
    while (key := single(catalog.table.get(place[:2]), place[2])) is not None:
        following = (
            key.referenced_schema,
            key.referenced_table,
            key.referenced_columns[key.columns.index(place[2])],
        )
        if following in seen:
            break
        seen.add(following)
        place = following
    return place


def single(table: Table | None, column: str) -> ForeignKey | None:
    """The key that a column is in."""
    return next((key for key in table.foreign_keys if column in key.columns), None) if table else None


def mistaken(one: Table, ours: str, two: Table, theirs: str, catalog: Catalog) -> str | None:
    """What a column refers to instead; None when it may well be joined so."""
    for table, column, there, name in ((one, ours, two, theirs), (two, theirs, one, ours)):
        known = root(table, column, catalog)
        refers = known != (table.schema, table.name, column)
        keyed = root(there, name, catalog)
        key_there = keyed != (there.schema, there.name, name) or there.primary_key == (name,)
        if refers and key_there and known != keyed:
            return f"{table.name}.{column} refers to {known[1]}.{known[2]}"
    both_keys = one.primary_key == (ours,) and two.primary_key == (theirs,)
    if both_keys and one is not two and (directed(one, two) or directed(two, one)):
        key = next(iter((directed(one, two) or directed(two, one))[0]))
        first, second = (one, two) if directed(one, two) else (two, one)
        return f"{first.name}.{key[0]} refers to {second.name}.{key[1]}"
    return None


def wrong(
    block: Block,
    source: Source,
    other: Source,
    condition: exp.Expr,
    target: str,
    between: list[set[tuple[str, str]]],
) -> Suspicion:
    """A join of columns that mean different things."""
    query = counting(block, ["count(*)"])
    corrected = ""
    if len(between) == 1:
        equal = [
            exp.EQ(this=column_of(source, ours), expression=column_of(other, theirs))
            for ours, theirs in sorted(between[0])
        ]
        corrected = edited(condition, exp.and_(*equal, copy=False))

    def judge(row: Counts) -> Finding:
        text = (
            f"{rendered(condition)} joins columns that mean different things: {target}."
            f" {whole(row[0]):,} rows come of it."
        )
        return Finding("not along a key", text, query, corrected)

    return Suspicion("not along a key", query, judge)


def partly(
    block: Block,
    source: Source,
    other: Source,
    pairs: list[tuple[str, str, exp.Expr]],
    missing: set[tuple[str, str]],
) -> Suspicion:
    """A join along a part of a key."""
    condition = pairs[0][2]
    more = [
        exp.EQ(this=column_of(source, ours), expression=column_of(other, theirs))
        for ours, theirs in sorted(missing)
    ]
    met = " AND ".join(rendered(equal) for equal in more)
    query = counting(block, ["count(*)", f"count(*) FILTER (WHERE {met})"])
    corrected = edited(condition, exp.and_(condition.copy(), *more, copy=False))

    def judge(row: Counts) -> Finding | None:
        if whole(row[0]) == whole(row[1]):
            return None
        text = (
            f"{rendered(condition)} is a part of the key only: {whole(row[0]):,} rows are joined,"
            f" {whole(row[1]):,} of them along the whole key ({met})."
        )
        return Finding("not along a key", text, query, corrected)

    return Suspicion("not along a key", query, judge)


def named(block: Block, catalog: Catalog) -> Iterator[Suspicion]:
    """GROUP BY a name where the groups are meant to be one row of a table each."""
    group = group_of(block)
    single_row = once(s for e in group for s in fixed(block, e, catalog))
    known = determined(block, single_row, catalog) if single_row else []
    for expression in group:
        if not isinstance(expression, exp.Column) or not NAME.search(folded(expression.this)):
            continue
        source = block.owner(expression)
        if (
            source is None
            or source.table is None
            or source in known
            or key_equal_to(block, expression, source, catalog)
        ):
            continue
        if len(source.table.primary_key) == 1 and counts_others(block, source, catalog):
            yield several(block, source, expression, group)


def counts_others(block: Block, source: Source, catalog: Catalog) -> bool:
    """The groups hold rows of another source: the name says which row of this one."""
    return any(
        other is not source and source in determined(block, [other], catalog) for other in block.sources
    )


def several(block: Block, source: Source, name: exp.Column, group: list[exp.Expr]) -> Suspicion:
    """How many groups there are by name, and by key."""
    key = source.table.primary_key if source.table else ()
    seen = [rendered(expression) for expression in group]
    by_name = f"count(DISTINCT {seen[0] if len(seen) == 1 else '(' + ', '.join(seen) + ')'})"
    by_key = f"count(DISTINCT ({', '.join([columns_sql(source, key), *seen])}))"
    query = counting(block, [by_name, by_key])
    clause = block.select.args["group"]
    made = clause.copy()
    made.set("expressions", [column_of(source, key[0]), *(e.copy() for e in clause.expressions)])
    corrected = edited(clause, made)

    def judge(row: Counts) -> Finding | None:
        names, rows = whole(row[0]), whole(row[1])
        if names >= rows or names < MOSTLY * rows or (ranked(block) and rows - names < NOTICED * rows):
            return None
        text = (
            f"GROUP BY {rendered(name)} puts {rows:,} rows of {source.name} into {names:,} groups:"
            f" {rows - names:,} share their name with another."
        )
        return Finding("name for several keys", text, query, corrected)

    return Suspicion("name for several keys", query, judge)

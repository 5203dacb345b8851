"""Joins that no key carries, and keys of the wrong role."""

from collections.abc import Iterator
from itertools import pairwise

from sqlglot import exp

from databaseai.ask.repair import joins
from databaseai.ask.repair.needless import Tangle, rebuild
from databaseai.ask.repair.nodes import column, name, relation
from databaseai.ask.repair.reading import Proposal, Reading, source_for
from databaseai.ask.repair.scopes import Source, folded, source_of
from databaseai.catalog.snapshot import Catalog, Table
from databaseai.catalog.words import words

STARTS = """source src origin depart departing departure departed leave leaving left start from sender seller
outgoing"""
ENDS = """dest destination target arrive arriving arrival arrived land landing end to receiver recipient buyer
incoming"""
ROLES = (frozenset(STARTS.split()), frozenset(ENDS.split()))
"""Two ends of one thing, by the words that columns and questions have for them."""


def off_key(reading: Reading) -> Iterator[Proposal]:
    """An ON that compares what neither key nor name joins, while keys lead from one table to the other."""
    for _, scope in reading.selects():
        tangle = Tangle.of(scope)
        for condition, ends in tangle.edges if tangle else ():
            if tangle is None or not isinstance(condition, exp.EQ) or len(ends) == 1:
                continue
            if not isinstance(condition.left, exp.Column) or not isinstance(condition.right, exp.Column):
                continue
            one, other = source_for(scope, condition.left), source_for(scope, condition.right)
            if (
                one
                and other
                and one.table
                and other.table
                and not on_key(reading, condition, one.table, other.table)
            ):
                yield from along(reading, tangle, condition, one, other)


def on_key(reading: Reading, condition: exp.EQ, one: Table, other: Table) -> bool:
    """A declared key, or columns of one name."""
    left, right = folded(condition.left.this), folded(condition.right.this)
    if left == right:
        return True
    return bool(roots(reading.catalog, one, left) & roots(reading.catalog, other, right))


def roots(catalog: Catalog, table: Table, key: str) -> set[tuple[str, str, str]]:
    """The column, and those that its keys point to, one after the other."""
    found: set[tuple[str, str, str]] = set()
    left = [(table, key)]
    while left:
        here, name_ = left.pop()
        if (*here.qualified, name_) in found:
            continue
        found.add((*here.qualified, name_))
        for reference in here.foreign_keys:
            there = catalog.table.get((reference.referenced_schema, reference.referenced_table))
            if there is not None and reference.columns == (name_,):
                left.append((there, reference.referenced_columns[0]))
    return found


def along(reading: Reading, tangle: Tangle, wrong: exp.EQ, one: Source, other: Source) -> Iterator[Proposal]:
    """The same tables joined along the keys between them, over tables in between where need be."""
    if one.table is None or other.table is None:
        return
    end = other.table.qualified
    found = joins.graph(reading.catalog).nearest([one.table], lambda table: table.qualified == end)
    if found is None or ambiguous(reading, one.table, found[1]):
        return
    draft = reading.draft()
    sources = list(tangle.scope.sources)
    edges = [(c.copy(), ends) for c, ends in tangle.edges if c is not wrong]
    here = one
    for hop in found[1]:
        there = other if hop.table.qualified == end else standing(sources, hop.table)
        if there is None:
            there = source_of(relation(hop.table, reading.catalog), reading.catalog)
            sources.insert(sources.index(here) + 1, there)
        for ours, theirs in hop.pairs:
            equal = exp.EQ(this=column(here.shown, ours), expression=column(there.shown, theirs))
            back = exp.EQ(this=equal.right.copy(), expression=equal.left.copy())
            if equal not in (known := [c for c, _ in edges]) and back not in known:
                edges.append((equal, {here.alias, there.alias}))
        here = there
    ordered = connected(sources, edges)
    if ordered is None:
        return
    rebuild(draft[tangle.scope.select], [s.node for s in ordered], [s.alias for s in ordered], edges)
    shown = " and ".join(c.sql(dialect="postgres") for c, _ in edges[len(tangle.edges) - 1 :])
    note = f"{one.table.name} and {other.table.name} were joined along their keys: {shown}."
    yield Proposal(draft.tree, "off_key", note)


def ambiguous(reading: Reading, start: Table, hops: list[joins.Hop]) -> bool:
    """Somewhere on the way two keys lead to the same table: which one is meant is a guess."""
    graph = joins.graph(reading.catalog)
    tables = [start, *(hop.table for hop in hops)]
    return any(
        sum(way.table.qualified == there.qualified for way in graph.all_ways(here)) > 1
        for here, there in pairwise(tables)
    )


def standing(sources: list[Source], table: Table) -> Source | None:
    """The source that already reads a table."""
    return next((s for s in sources if s.table and s.table.qualified == table.qualified), None)


def connected(sources: list[Source], edges: list[tuple[exp.Expr, set[str]]]) -> list[Source] | None:
    """The sources in an order in which each is joined to one before it; None when there is none."""
    ordered, left = [sources[0]], list(sources[1:])
    while left:
        there = {source.alias for source in ordered}
        following = next(
            (s for s in left if any(s.alias in ends and ends <= there | {s.alias} for _, ends in edges)), None
        )
        if following is None:
            return None
        ordered.append(following)
        left.remove(following)
    return ordered


def role(reading: Reading) -> Iterator[Proposal]:
    """One of two keys to the same table, where the question's words are those of the other."""
    for _, scope in reading.selects():
        for source in scope.base_tables():
            used = {
                folded(c.this) for c in scope.select.find_all(exp.Column) if source_for(scope, c) is source
            }
            for wrong, right in twin_keys(source.table):
                if wrong not in used or right in used or not preferred(reading, right, wrong):
                    continue
                draft = reading.draft()
                for c in scope.select.find_all(exp.Column):
                    if source_for(scope, c) is source and folded(c.this) == wrong:
                        draft[c].set("this", name(right))
                yield Proposal(draft.tree, "role", f"{right} was read where {wrong} stood.")


def twin_keys(table: Table | None) -> Iterator[tuple[str, str]]:
    """Single columns of a table that point to the same column."""
    keys = [key for key in table.foreign_keys if len(key.columns) == 1] if table else []
    for one in keys:
        for other in keys:
            same = (one.referenced_table, one.referenced_columns) == (
                other.referenced_table,
                other.referenced_columns,
            )
            if one.columns != other.columns and same:
                yield one.columns[0], other.columns[0]


def preferred(reading: Reading, one: str, other: str) -> bool:
    """Whether the question speaks of the first column's role alone."""
    return meant(reading, one) and not meant(reading, other)


def meant(reading: Reading, key: str) -> bool:
    """The question has a word of the role that the column's name has."""
    own = set(words(key))
    said = set(reading.spoken)
    return any(own & family and said & (family - {"from", "to", "end", "start"}) for family in ROLES)

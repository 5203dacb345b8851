"""An inner join that leaves out rows the question is about."""

import re
from collections.abc import Iterator

from sqlglot import exp

from databaseai.ask.events import Finding
from databaseai.ask.repair.scopes import folded
from databaseai.ask.sentinel.fan_out import group_of
from databaseai.ask.sentinel.keys import determined, keys
from databaseai.ask.sentinel.reading import Block, Source, column_of
from databaseai.ask.sentinel.suspicion import Counts, Suspicion, whole
from databaseai.ask.sentinel.writing import copied, rendered, with_names
from databaseai.catalog.snapshot import Catalog

ALL = re.compile(
    r"\b(all|each|every|total|overall|whole|entire|altogether|including|even|zero|none|no matter)\b",
    re.IGNORECASE,
)
"""Words of a question that leave nobody out."""
SOME = re.compile(
    r"\b(who|that|which)\s+(has|have|had|got|made|placed|received)\b|\bat least one\b", re.IGNORECASE
)
"""Words that ask for those with a match alone."""
MOST = 0.5
"""A grouped join that drops more than this share was meant to: `revenue by store` is not about web orders."""


def suspicions(block: Block, catalog: Catalog, question: str) -> Iterator[Suspicion]:
    """One for each side of each inner join whose lost rows matter."""
    if not block.readable:
        return
    for source in block.sources:
        for other in linked(block, source):
            if outer(block):
                continue
            many = source not in determined(block, [other], catalog)
            if many and unique_to(block, source, other, catalog):
                found = of_the_many(block, source, other, question)
            elif unique_to(block, other, source, catalog):
                found = of_the_one(block, source, other, question)
            else:
                found = None
            if found is not None:
                yield found


def outer(block: Block) -> bool:
    """Some rows are kept by outer joins: what is lost is not plain then."""
    return any(source.kind in {"left", "right", "full"} for source in block.sources)


def linked(block: Block, source: Source) -> list[Source]:
    """Sources that a column of this one is compared with, for equality."""
    found: dict[int, Source] = {}
    for left, right in block.equalities():
        one, other = block.owner(left), block.owner(right)
        if one is None or other is None or one is other:
            continue
        if one is source:
            found[id(other)] = other
        elif other is source:
            found[id(one)] = one
    return list(found.values())


def links(block: Block, source: Source, other: Source) -> list[tuple[str, str, exp.Expr]]:
    """Equal columns of the two, with their condition."""
    found = []
    for left, right in block.equalities():
        if block.owner(left) is source and block.owner(right) is other:
            found.append((folded(left.this), folded(right.this), left.parent or left))
        elif block.owner(left) is other and block.owner(right) is source:
            found.append((folded(right.this), folded(left.this), left.parent or left))
    return found


def unique_to(block: Block, source: Source, other: Source, catalog: Catalog) -> bool:
    """Whether a row of `source` meets at most one of `other`."""
    fixed = {theirs for _, theirs, _ in links(block, source, other)} | block.constants(other)
    return any(set(key) <= fixed for key in keys(other, catalog))


def cannot_drop(source: Source, other: Source, pairs: list[tuple[str, str, exp.Expr]]) -> bool:
    """A key that must be there and points there."""
    if source.table is None or other.table is None:
        return False
    for key in source.table.foreign_keys:
        if (key.referenced_schema, key.referenced_table) != other.table.qualified:
            continue
        together = set(zip(key.columns, key.referenced_columns, strict=True))
        if {(ours, theirs) for ours, theirs, _ in pairs} <= together:
            return not any(source.table.column[name].nullable for name in key.columns)
    return False


def of_the_many(block: Block, source: Source, other: Source, question: str) -> Suspicion | None:
    """Rows of the many side without the one: orders without a store."""
    pairs = links(block, source, other)
    if cannot_drop(source, other, pairs) or filtered(block, reached(block, other, source)) or ranked(block):
        return None
    shown = any(other in block.owners(part) for part in [*group_of(block), *block.select.expressions])
    grouped = bool(block.select.args.get("group"))
    limit = MOST if grouped and shown and not ALL.search(question) else 1.0
    return counted(block, source, other, limit, matches=False)


def of_the_one(block: Block, source: Source, other: Source, question: str) -> Suspicion | None:
    """Rows of the one side that no row of the many refers to: customers without an order."""
    beyond = reached(block, other, source)
    if filtered(block, beyond) or block.select.args.get("having"):
        return None
    group = group_of(block)
    by_source = bool(group) and all(block.owners(e) in ([source], []) for e in group)
    counts = any(isinstance(a, exp.Count) for a in block.own(exp.Count))
    if not by_source or not counts or (ranked(block) and not fewest(block)):
        return None
    if SOME.search(question) or not (fewest(block) or ALL.search(question)):
        return None
    return counted(block, source, other, 1.0, matches=True)


def reached(block: Block, start: Source, without: Source) -> list[Source]:
    """A source and what hangs on it, seen from another."""
    found, todo = [start], [start]
    while todo:
        for other in linked(block, todo.pop()):
            if other is not without and other not in found:
                found.append(other)
                todo.append(other)
    return found


def filtered(block: Block, sources: list[Source]) -> bool:
    """Whether a condition chooses rows of these: then rows without them are left out on purpose."""
    joins = {id(c) for s in block.sources for t in linked(block, s) for _, _, c in links(block, s, t)}
    conditions = [*block.where, *(c for s in block.sources for c in s.on)]
    return any(id(c) not in joins and any(s in sources for s in block.owners(c)) for c in conditions)


def ranked(block: Block) -> bool:
    """Sorted and cut: who is left out does not come first."""
    return bool(block.select.args.get("order") and block.select.args.get("limit"))


def fewest(block: Block) -> bool:
    """The smallest counts are asked for, and zero is the smallest."""
    order = block.select.args.get("order")
    if not ranked(block) or order is None:
        return False
    first = order.expressions[0]
    ascending = not first.args.get("desc")
    named = first.this.sql().lower()
    aliases = {
        e.alias.lower() for e in block.select.expressions if isinstance(e, exp.Alias) and e.find(exp.Count)
    }
    return ascending and (first.find(exp.Count) is not None or named in aliases)


def counted(block: Block, source: Source, other: Source, limit: float, *, matches: bool) -> Suspicion:
    """How many rows of `source` meet none of `other`; `matches`: what is counted are rows of `other`."""
    pairs = links(block, source, other)
    met = exp.Select(expressions=[exp.Literal.number(1)]).from_(other.node.copy(), copy=False)
    met = met.where(*(condition.copy() for _, _, condition in pairs), copy=False)
    lost = f"NOT {rendered(exp.Exists(this=met))}"
    own = [c for c in block.where if block.owners(c) == [source] and not c.find(exp.Query)]
    counts = ["count(*) AS every", f"count(*) FILTER (WHERE {lost}) AS dropped"]
    select = exp.Select(expressions=[exp.Var(this=count) for count in counts])
    select = select.from_(source.node.copy(), copy=False)
    if own:
        select = select.where(*(c.copy() for c in own), copy=False)
    query = rendered(with_names(select, block.select))

    def judge(row: Counts) -> Finding | None:
        every, gone = whole(row[0]), whole(row[1])
        if not gone or gone > limit * every or gone == every:
            return None
        text = (
            f"The inner join drops {gone:,} of {every:,} rows of {source.name}:"
            f" they have no match in {other.name}."
        )
        return Finding("lost rows", text, query, kept(block, source, other, matches=matches))

    return Suspicion("lost rows", query, judge)


def kept(block: Block, source: Source, other: Source, *, matches: bool) -> str:
    """The statement with a LEFT JOIN from `source`; empty where more than two are joined, or not by JOIN."""
    if len(block.sources) != 2 or other.kind == "cross" or source.kind == "cross":  # noqa: PLR2004
        return ""
    again, select = copied(block)
    join = select.args["joins"][0]
    if join.args.get("on") is None and not join.args.get("using"):
        return ""
    join.set("kind", None)
    join.set("side", "LEFT" if block.sources[0] is source else "RIGHT")
    for count in select.find_all(exp.Count) if matches else ():
        if isinstance(count.this, exp.Star) and (pairs := links(block, source, other)):
            count.set("this", column_of(other, pairs[0][1]))
    return rendered(again)

"""Tables that the question counts and nobody reads, and subqueries that name no column of theirs."""

from collections.abc import Iterator

from sqlglot import exp

from databaseai.ask.repair import joins
from databaseai.ask.repair.keys import ambiguous, meant
from databaseai.ask.repair.nodes import column, relation
from databaseai.ask.repair.reading import Draft, Proposal, Reading, source_for, table_words
from databaseai.ask.repair.scopes import Scope, Source, folded, source_of
from databaseai.catalog.snapshot import Table
from databaseai.catalog.words import words


def shadowed(reading: Reading) -> Iterator[Proposal]:
    """A column within a subquery that only the query around it has: the subquery then says nothing."""
    for select, scope in reading.selects():
        if scope.outer is None or len(scope.base_tables()) != len(scope.sources):
            continue
        for item in select.expressions:
            if not isinstance(item, exp.Column) or item.args.get("table") or item.is_star:
                continue
            key = folded(item.this)
            lent = not any(source.has(key) for source in scope.sources)
            if lent and (found := own_key(reading, scope, key)):
                yield Proposal(found.tree, "shadowed", f"{key} was taken from within the subquery.")


def own_key(reading: Reading, scope: Scope, key: str) -> Draft | None:
    """The subquery with the key column of its own table, or of one joined in."""
    starts = [source.table for source in scope.sources if source.table]
    found = joins.graph(reading.catalog).nearest(starts, lambda table: key in table.column)
    if found is None:
        return None
    start, hops = found
    if ambiguous(reading, start, hops):
        return None
    base = next(source for source in scope.sources if source.table is start)
    draft = reading.draft()
    right = column(base.shown, key)
    for hop in hops:
        there = source_of(relation(hop.table, reading.catalog), reading.catalog)
        if hop is hops[-1] and hop.pairs[0][1] == key:
            right = column(base.shown, hop.pairs[0][0])
            break
        pairs = [exp.EQ(this=column(base.shown, a), expression=column(there.shown, b)) for a, b in hop.pairs]
        draft[scope.select].append("joins", exp.Join(this=there.node, on=exp.and_(*pairs, copy=False)))
        base, right = there, column(there.shown, key)
    for node in scope.select.find_all(exp.Column):
        if folded(node.this) == key and not node.args.get("table") and node.parent_select is scope.select:
            draft[node].replace(right.copy())
    return draft


def missing(reading: Reading) -> Iterator[Proposal]:
    """A count of the wrong thing: the question names a table that the statement never reads."""
    select = reading.tree
    if not isinstance(select, exp.Select):
        return
    scope = reading.scopes[id(select)]
    counts = any(count.parent_select is select for count in select.find_all(exp.Count))
    base = scope.sources[0] if len(scope.sources) == 1 else None
    if not counts or base is None or base.table is None:
        return
    for hop in [
        *filter(None, (way(reading, base.table, table) for table in named(reading))),
        *keyed(reading, base.table),
    ]:
        table = hop.table
        if not hop.multiplies:
            continue
        draft = reading.draft()
        qualify(scope, draft, base)
        there = source_of(relation(table, reading.catalog), reading.catalog)
        pairs = [exp.EQ(this=column(base.shown, a), expression=column(there.shown, b)) for a, b in hop.pairs]
        draft[select].append("joins", exp.Join(this=there.node, on=exp.and_(*pairs, copy=False)))
        yield Proposal(draft.tree, "missing", f"Rows of {table.name} were counted.")


def named(reading: Reading) -> Iterator[Table]:
    """Tables that the statement does not read, with words of the question that nothing in it has."""
    scopes = [scope for _, scope in reading.selects()]
    read = {s.table.qualified for scope in scopes for s in scope.base_tables() if s.table}
    known = {word for name in read for word in words(name[1])}
    known |= {word for node in reading.tree.find_all(exp.Column) for word in words(node.name)}
    for name, called in table_words(reading.catalog).items():
        own = [word for word in called if word not in known]
        if own and name not in read and reading.telling.issuperset(own):
            yield reading.catalog.table[name]


def keyed(reading: Reading, base: Table) -> Iterator[joins.Hop]:
    """Keys to the table whose every word is said: `the most frequent source airport`."""
    own = set(words(base.name))
    for hop in joins.graph(reading.catalog).all_ways(base):
        key = words(hop.pairs[0][1])
        if set(key) - own - {"id", "code"} and all(word in reading.telling for word in key):
            yield hop


def way(reading: Reading, base: Table, table: Table) -> joins.Hop | None:
    """The one key between two tables, or the one of several whose role the question speaks of."""
    ways = [w for w in joins.graph(reading.catalog).all_ways(base) if w.table.qualified == table.qualified]
    if len(ways) > 1:
        ways = [hop for hop in ways if meant(reading, hop.pairs[0][1])]
    return ways[0] if len(ways) == 1 else None


def qualify(scope: Scope, draft: Draft, base: Source) -> None:
    """Write the one source's name before its columns: the next table may have columns of the same names."""
    for node in scope.select.find_all(exp.Column):
        shown = scope.outputs.get(folded(node.this))
        if node.args.get("table") or node.parent_select is not scope.select:
            continue
        if source_for(scope, node) is base and (shown is None or isinstance(shown, exp.Column)):
            draft[node].replace(column(base.shown, folded(node.this)))

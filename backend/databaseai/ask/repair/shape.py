"""The shape of a result: which rows count once, which group is one thing, where NULLs stand."""

from collections.abc import Iterator
from itertools import pairwise

from sqlglot import exp

from databaseai.ask.repair.needless import Tangle
from databaseai.ask.repair.nodes import column
from databaseai.ask.repair.reading import (
    EMPTY,
    Proposal,
    Reading,
    catalog_column,
    source_for,
    unique_key,
)
from databaseai.ask.repair.scopes import Scope, folded
from databaseai.catalog.words import words

ONCE = frozenset({"different", "distinct", "unique", "various", "combination"})
"""Words for: each once."""
NOUN = 3
"""Words after `how many` among which the thing counted is."""


def distinct(reading: Reading) -> Iterator[Proposal]:
    """DISTINCT that nobody asked for."""
    select = reading.tree
    if not isinstance(select, exp.Select) or not ONCE.isdisjoint(reading.spoken) or not reading.fluent:
        return
    scope = reading.scopes[id(select)]
    if select.args.get("distinct") and not multiplied(scope):
        draft = reading.draft()
        draft.tree.set("distinct", None)
        yield Proposal(draft.tree, "distinct_off", "Equal rows are shown as often as they are there.")
    for count in select.find_all(exp.Count):
        if (
            count.parent_select is select
            and isinstance(count.this, exp.Distinct)
            and not things(reading, count)
        ):
            draft = reading.draft()
            twin = draft[count]
            twin.set("this", twin.this.expressions[0])
            yield Proposal(draft.tree, "count_all", "Equal values are counted as often as they are there.")


def multiplied(scope: Scope) -> bool:
    """A join may repeat the rows of the table that is shown."""
    if len(scope.sources) == 1:
        return False
    tangle = Tangle.of(scope)
    shown = {
        id(source): source
        for expression in scope.select.expressions
        for node in expression.find_all(exp.Column)
        if (source := source_for(scope, node)) is not None
    }
    return tangle is None or len(shown) != 1 or len(tangle.once(*shown.values())) < len(scope.sources)


def things(reading: Reading, count: exp.Count) -> bool:
    """`how many dogs` counted in a table of something else: each dog once is meant."""
    found = catalog_column(reading.scopes[id(reading.tree)], count.this.expressions[0])
    if found is None or found[0].table is None:
        return False
    nouns = {
        word for place in places(reading.spoken) for word in reading.spoken[place : place + NOUN]
    } - EMPTY
    own = words(found[0].table.name)
    return bool(nouns) and not any(noun in word for noun in nouns for word in own)


def selected(reading: Reading, count: exp.Count) -> bool:
    """`c IN ('a', 'b') ... HAVING count(DISTINCT c) = 2`: all of them were asked for."""
    return any(node.this == count.this.expressions[0] for node in reading.tree.find_all(exp.In))


def places(spoken: tuple[str, ...]) -> Iterator[int]:
    """Where `how many` and `number of` end."""
    for place, pair in enumerate(pairwise(spoken)):
        if pair in {("how", "many"), ("number", "of")}:
            yield place + 2


def group_key(reading: Reading) -> Iterator[Proposal]:
    """Groups by a name that is not unique: two of the same name are two."""
    for select, scope in reading.selects():
        group = select.args.get("group")
        if group is None or not group.expressions:
            continue
        if not all(isinstance(key, exp.Column) for key in group.expressions):
            continue
        keys = [catalog_column(scope, key) for key in group.expressions]
        sources = {id(found[0]): found[0] for found in keys if found}
        if len(sources) != 1 or None in keys or len(scope.sources) < 2:  # noqa: PLR2004  # a join
            continue
        [source] = sources.values()
        table = source.table
        names = {found[1].name for found in keys if found}
        if table is None or len(table.primary_key) != 1 or unique_key(table, names):
            continue
        if not any("name" in name or "title" in name for name in names):
            continue
        draft = reading.draft()
        key = column(source.shown, table.primary_key[0])
        draft[group].append("expressions", key)
        yield Proposal(draft.tree, "group_key", f"Two {table.name} of one name are two groups.")


def nulls(reading: Reading) -> Iterator[Proposal]:
    """`ORDER BY x DESC LIMIT n` shows the NULLs of x first."""
    for select, scope in reading.selects():
        order = select.args.get("order")
        if order is None or not select.args.get("limit"):
            continue
        first = order.expressions[0]
        nullable = may_be_null(scope, first.this)
        if first.args.get("desc") and nullable:
            draft = reading.draft()
            draft[first].set("nulls_first", False)
            yield Proposal(draft.tree, "nulls_last", "Rows without a value do not come first.")


def may_be_null(scope: Scope, node: exp.Expr) -> bool:
    """A nullable column, or an aggregate of one."""
    if (
        isinstance(node, exp.Column)
        and folded(node.this) in scope.outputs
        and source_for(scope, node) is None
    ):
        node = scope.outputs[folded(node.this)]
    if isinstance(node, exp.Sum | exp.Avg | exp.Max | exp.Min):
        node = node.this
    found = catalog_column(scope, node)
    return bool(found and found[1].nullable)

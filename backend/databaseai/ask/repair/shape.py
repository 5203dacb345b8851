"""The shape of a result: which rows count once, which group is one thing, where NULLs stand."""

from collections.abc import Iterator

from sqlglot import exp

from databaseai.ask.repair.nodes import column
from databaseai.ask.repair.reading import (
    Proposal,
    Reading,
    catalog_column,
    source_for,
    unique_key,
)
from databaseai.ask.repair.scopes import Scope, folded

ONCE = frozenset({"different", "distinct", "unique", "various"})
"""Words for: each once."""


def distinct(reading: Reading) -> Iterator[Proposal]:
    """DISTINCT that nobody asked for, and one that somebody did."""
    said = not ONCE.isdisjoint(reading.spoken)
    select = reading.tree
    if not isinstance(select, exp.Select):
        return
    counts = [c for c in select.find_all(exp.Count) if c.parent_select is select]
    if select.args.get("distinct") and not said:
        draft = reading.draft()
        draft.tree.set("distinct", None)
        yield Proposal(draft.tree, "distinct_off", "Equal rows are shown as often as they are there.")
    for count in counts:
        if isinstance(count.this, exp.Distinct) and not said:
            draft = reading.draft()
            twin = draft[count]
            twin.set("this", twin.this.expressions[0])
            yield Proposal(draft.tree, "count_all", "Equal values are counted as often as they are there.")


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

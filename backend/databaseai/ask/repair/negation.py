"""Who does not: a condition on one of several rows says that another row exists, not that none does."""

from collections.abc import Iterator

from sqlglot import exp

from databaseai.ask.repair import needless
from databaseai.ask.repair.needless import Tangle
from databaseai.ask.repair.nodes import column
from databaseai.ask.repair.reading import Proposal, Reading, conjuncts, drop, source_for
from databaseai.ask.repair.scopes import Scope, Source, folded


def proposals(reading: Reading) -> Iterator[Proposal]:
    """`x <> 'v'` over a join to several rows becomes NOT IN of those that have one with x = 'v'."""
    select = reading.tree
    if not reading.negated or not isinstance(select, exp.Select):
        return
    if any(select.args.get(key) for key in ("group", "having", "limit", "with_")):
        return
    scope = reading.scopes[id(select)]
    for condition in conjuncts(select):
        positive = opposite(condition)
        if positive is None:
            continue
        owners = {
            id(s): s
            for c in condition.find_all(exp.Column)
            if c.parent_select is select and (s := source_for(scope, c))
        }
        if len(owners) != 1:
            continue
        [holder] = owners.values()
        if len(scope.sources) == 1:
            yield from except_of(reading, select, condition, positive, holder)
        elif (tangle := Tangle.of(scope)) and (shown := shower(scope)) and several(tangle, shown, holder):
            yield from not_in(reading, tangle, condition, positive, shown)


def several(tangle: Tangle, shown: Source, holder: Source) -> bool:
    """Several rows of the holder can meet one row shown."""
    return holder.alias not in tangle.once(shown)


def opposite(condition: exp.Expr) -> exp.Expr | None:
    """What a negated condition denies."""
    inner = condition.unnest() if isinstance(condition, exp.Paren) else condition
    if isinstance(inner, exp.NEQ) and isinstance(inner.expression, exp.Literal):
        return exp.EQ(this=inner.this.copy(), expression=inner.expression.copy())
    if isinstance(inner, exp.Not) and isinstance(inner.this, exp.In | exp.Like | exp.ILike | exp.EQ):
        return inner.this.copy()
    if isinstance(inner, exp.Is) and isinstance(inner.expression, exp.Null):
        return exp.Not(this=inner.copy())
    return None


def shower(scope: Scope) -> Source | None:
    """The one table whose columns are shown, with a key of one column."""
    found = {
        id(s): s
        for e in scope.select.expressions
        for c in e.find_all(exp.Column)
        if (s := source_for(scope, c)) is not None
    }
    if len(found) != 1 or any(e.find(exp.AggFunc) for e in scope.select.expressions):
        return None
    [source] = found.values()
    return source if source.table and len(source.table.primary_key) == 1 else None


def not_in(
    reading: Reading, tangle: Tangle, condition: exp.Expr, positive: exp.Expr, shown: Source
) -> Iterator[Proposal]:
    """Rows of the table shown whose key is not among those with the thing."""
    if shown.table is None:
        return
    key = shown.table.primary_key[0]
    inner = exp.Select(expressions=[column(shown.shown, key)])
    select = tangle.scope.select
    inner.set("from_", select.args["from_"].copy())
    inner.set("joins", [join.copy() for join in select.args["joins"]])
    inner.set("where", exp.Where(this=positive))
    draft = reading.draft()
    drop(draft[condition])
    outer = draft[select]
    outer.set("distinct", None)
    test = exp.Not(this=exp.In(this=column(shown.shown, key), query=exp.Subquery(this=inner)))
    outer.where(test, append=True, copy=False)
    tree = draft.tree
    lean = Reading(tree, reading.catalog, "")
    if isinstance(tree, exp.Select) and (left := Tangle.of(lean.scopes[id(tree)])):
        tree = next((found.tree for found in needless.of_select(lean, left, shown.alias)), tree)
    thing = positive.sql(dialect="postgres")
    yield Proposal(tree, "none_of", f"{shown.table.name} without any row where {thing}.")


def except_of(
    reading: Reading, select: exp.Select, condition: exp.Expr, positive: exp.Expr, holder: Source
) -> Iterator[Proposal]:
    """A column of many rows to a value: those values less the ones with the thing."""
    shown = select.expressions
    table = holder.table
    if len(shown) != 1 or not isinstance(shown[0], exp.Column) or table is None or select.args.get("order"):
        return
    name = folded(shown[0].this)
    if (name,) in {table.primary_key, *table.unique} or not any(
        name in key.columns for key in table.foreign_keys
    ):
        return
    left, right = reading.draft(), reading.draft()
    drop(left[condition])
    right[condition].replace(positive)
    for draft in (left, right):
        draft.tree.set("distinct", None)
    tree = exp.Except(this=left.tree, expression=right.tree, distinct=True)
    yield Proposal(
        tree, "none_of", f"Those with a row where {positive.sql(dialect='postgres')} were taken away."
    )

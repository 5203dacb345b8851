"""What a column may be where it stands."""

from sqlglot import exp

from databaseai.ask.repair.scopes import Scope, Source, folded


def settled(column: exp.Column, scope: Scope, owners: list[Source]) -> bool:
    """Nothing is wrong with a bare name: one source has it, one may have it, or it is an output's."""
    output = folded(column.this) in scope.outputs and in_output_clause(column)
    grouped = len(owners) > 1 and isinstance(column.parent, exp.Group)  # where a table's column goes first
    return (output and not grouped) or len(owners) == 1 or any(owner.columns is None for owner in owners)


def opposite(column: exp.Column) -> exp.Column | None:
    """The other side of an equality in a join's ON."""
    equal, join = column.parent, column.find_ancestor(exp.Join, exp.Select)
    if not isinstance(equal, exp.EQ) or not isinstance(join, exp.Join):
        return None
    other = equal.right if equal.left is column else equal.left
    return other if isinstance(other, exp.Column) and isinstance(other.this, exp.Identifier) else None


def by_alias(scope: Scope, alias: str) -> Source | None:
    """The scope's own source of that name."""
    return next((source for source in scope.sources if source.alias == alias), None)


def in_union_order(column: exp.Column) -> bool:
    """ORDER BY of a UNION names output columns."""
    order = column.find_ancestor(exp.Order, exp.Select)
    return isinstance(order, exp.Order) and isinstance(order.parent, exp.SetOperation)


def in_output_clause(column: exp.Column) -> bool:
    """Alone in ORDER BY, GROUP BY or DISTINCT ON, where an output name may stand."""
    parent = column.parent
    return isinstance(parent, exp.Ordered | exp.Group) or (
        isinstance(parent, exp.Tuple) and isinstance(parent.parent, exp.Distinct)
    )


def compared(column: exp.Column) -> bool:
    """Stands where a value could."""
    return isinstance(
        column.parent, exp.EQ | exp.NEQ | exp.GT | exp.LT | exp.GTE | exp.LTE | exp.In | exp.Like
    )


def shared_by_using(scope: Scope, name: str) -> bool:
    """Merged by USING or NATURAL, so that it is one column."""
    return any(
        join.args.get("method") == "NATURAL" or name in {folded(c) for c in join.args.get("using") or ()}
        for join in scope.select.args.get("joins") or ()
    )


def chosen_in_select(scope: Scope, name: str, owners: list[Source]) -> Source | None:
    """The source whose column of that name the SELECT list shows."""
    shown = scope.outputs.get(name)
    if isinstance(shown, exp.Column) and shown.args.get("table"):
        qualifier = folded(shown.args["table"])
        return next((owner for owner in owners if owner.alias == qualifier), None)
    return None

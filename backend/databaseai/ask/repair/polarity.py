"""Values that the question leaves out or lets in: `cancelled ones not counted` is no `= 'cancelled'`."""

from collections.abc import Iterator, Sequence

from sqlglot import exp

from databaseai.ask.repair.nodes import column as column_node
from databaseai.ask.repair.reading import Proposal, Reading, catalog_column, conjuncts, drop
from databaseai.ask.repair.scopes import Scope, Source
from databaseai.ask.understanding.standing import standing
from databaseai.catalog.snapshot import Column


def proposals(reading: Reading) -> Iterator[Proposal]:
    """The other sign where the question leaves a value out, no condition where it lets it in.

    In the outermost query alone: what EXCEPT or NOT IN stand around has its sign already.
    """
    select = reading.tree
    if not isinstance(select, exp.Select):
        return
    for condition in conjuncts(select):
        if (found := equal(reading.scopes[id(select)], condition)) is None:
            continue
        column, value = found
        draft, stand = reading.draft(), standing(reading.spoken, value)
        if stand == "out":
            turned = exp.NEQ(this=condition.this.copy(), expression=condition.expression.copy())
            draft[condition].replace(turned)
            yield Proposal(draft.tree, "left_out", f"{column.name}: {value} is left out, not looked for.")
        elif stand == "in":
            drop(draft[condition])
            yield Proposal(draft.tree, "let_in", f"{column.name}: {value} counts like the others.")
    yield from forgotten(reading, select)


def equal(scope: Scope, condition: exp.Expr) -> tuple[Column, str] | None:
    """`column = 'text'`."""
    if not isinstance(condition, exp.EQ) or not isinstance(condition.expression, exp.Literal):
        return None
    found = catalog_column(scope, condition.this)
    return (found[1], condition.expression.name) if found and condition.expression.is_string else None


def forgotten(reading: Reading, select: exp.Select) -> Iterator[Proposal]:
    """A value that the question leaves out and the statement does not speak of."""
    scope = reading.scopes[id(select)]
    bound = {node.name for each in conjuncts(select) for node in each.find_all(exp.Column)}
    found = [
        (source, column, value)
        for source in scope.base_tables()
        for column, value in left_out(reading.spoken, source)
        if column.name not in bound
    ]
    if len(found) == 1:
        source, column, value = found[0]
        draft = reading.draft()
        condition = exp.NEQ(this=column_node(source.shown, column.name), expression=exp.Literal.string(value))
        draft.tree.where(condition, copy=False)
        yield Proposal(draft.tree, "left_out", f"{column.name}: {value} is left out.")


def left_out(spoken: Sequence[str], source: Source) -> Iterator[tuple[Column, str]]:
    """Columns of a table with the value of theirs that the question leaves out."""
    for column in source.table.columns if source.table else ():
        known = column.labels or (column.values if column.values_complete else ())
        for value in known:
            if standing(spoken, value) == "out":
                yield column, value

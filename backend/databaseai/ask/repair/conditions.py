"""Conditions that cannot hold as written, that hold twice, or that nobody asked for."""

from collections.abc import Iterator

from sqlglot import exp

from databaseai.ask.repair.nodes import column as column_node
from databaseai.ask.repair.reading import (
    Proposal,
    Reading,
    catalog_column,
    conjuncts,
    drop,
)
from databaseai.ask.repair.scopes import Scope, folded
from databaseai.ask.repair.types import YES
from databaseai.catalog.snapshot import Column
from databaseai.catalog.words import fold, words

BEYOND = ("group", "having", "order", "limit", "with_")
FLAG_WORDS = frozenset({"is", "ha", "has", "was", "wa", "yn", "flag", "are"})


def either(reading: Reading) -> Iterator[Proposal]:
    """`a = 'x' OR b = 'x'`: the question says x once, so one column is meant."""
    for select, scope in reading.selects():
        for condition in conjuncts(select):
            inner = condition.unnest() if isinstance(condition, exp.Paren) else condition
            if not isinstance(inner, exp.Or):
                continue
            left, right = equality(scope, inner.left), equality(scope, inner.right)
            if not left or not right or left[1] != right[1] or left[0].name == right[0].name:
                continue
            first = fit(reading, *left) >= fit(reading, *right)
            draft = reading.draft()
            kept = inner.left if first else inner.right
            draft[condition].replace(kept.copy())
            yield Proposal(
                draft.tree,
                "either",
                f"{left[1]} was looked for in {(left if first else right)[0].name} alone.",
            )


def fit(reading: Reading, column: Column, value: str) -> tuple[bool, int]:
    """How well a value fits a column: whether it may be stored there, and fewer words nobody said."""
    absent = column.values_complete and value not in column.values
    return not absent, -len(reading.unsaid(column.name))


def equality(scope: Scope, node: exp.Expr) -> tuple[Column, str] | None:
    """`column = 'text'` as column and text."""
    if isinstance(node, exp.EQ) and isinstance(node.expression, exp.Literal):
        found = catalog_column(scope, node.this)
        return (found[1], node.expression.name) if found else None
    return None


def both(reading: Reading) -> Iterator[Proposal]:
    """Two values of one column that both must be there: an INTERSECT of two queries."""
    select = reading.tree
    if not isinstance(select, exp.Select) or any(select.args.get(key) for key in BEYOND):
        return
    if any(e.find(exp.AggFunc) for e in select.expressions):
        return
    found = [pair for inner, scope in reading.selects() for pair in pairs(reading, inner, scope)]
    for one, other, kind in found[:1]:
        first, second = half(reading, one, other), half(reading, other, one)
        yield Proposal(
            exp.Intersect(this=first, expression=second, distinct=True),
            kind,
            f"Both {text(one)} and {text(other)} were asked for, each of its own row.",
        )


def half(reading: Reading, kept: exp.Expr, dropped: exp.Expr) -> exp.Query:
    """The statement with one of two conditions, or one of two values of an IN."""
    draft = reading.draft()
    around = kept.parent
    if isinstance(around, exp.In):
        draft[around].set("expressions", [draft[kept].copy()])
    elif isinstance(around, exp.Or):
        draft[around].replace(draft[kept].copy())
    else:
        drop(draft[dropped])
    draft.tree.set("distinct", None)
    return draft.tree


def text(node: exp.Expr) -> str:
    """A condition's literal."""
    found = node if isinstance(node, exp.Literal) else node.find(exp.Literal)
    return found.name if found else ""


def pairs(reading: Reading, select: exp.Select, scope: Scope) -> Iterator[tuple[exp.Expr, exp.Expr, str]]:
    """`c = 1 AND c = 2`, which no row meets; or `c = 1 OR c = 2` and `c IN (1, 2)` where both is said."""
    listed = conjuncts(select)
    equal = [(found[0], found[1], node) for node in listed if (found := equality(scope, node))]
    for place, (column, value, node) in enumerate(equal):
        for other_column, other_value, other in equal[place + 1 :]:
            same = node.this.sql() == other.this.sql() and column is other_column
            if same and value != other_value:
                yield node, other, "both"
                return
    said = "both" in reading.spoken or "also" in reading.spoken
    for condition in listed:
        inner = condition.unnest() if isinstance(condition, exp.Paren) else condition
        sides = two(scope, inner)
        if sides and (said or and_between(reading, *map(text, sides))):
            yield *sides, "both_said" if said else "both_and"


def two(scope: Scope, node: exp.Expr) -> tuple[exp.Expr, exp.Expr] | None:
    """The two of `c = 1 OR c = 2` or `c IN (1, 2)`."""
    if isinstance(node, exp.In) and len(node.expressions) == 2 and catalog_column(scope, node.this):  # noqa: PLR2004
        return node.expressions[0], node.expressions[1]
    if isinstance(node, exp.Or):
        left, right = equality(scope, node.left), equality(scope, node.right)
        if left and right and left[0] is right[0]:
            return node.left, node.right
    return None


def and_between(reading: Reading, one: str, other: str) -> bool:
    """The question has `x and y`, with quotes or none."""
    said = " ".join(words(reading.question))
    return f"{' '.join(words(one))} and {' '.join(words(other))}" in said


def misplaced(reading: Reading) -> Iterator[Proposal]:
    """A value that its column does not hold and exactly one other column in sight does."""
    for select, scope in reading.selects():
        for node in conjuncts(select):
            found = equality(scope, node)
            if not found or not node.expression.args.get("is_string"):
                continue
            column, value = found
            if not column.values_complete or value in column.values or column.labels:
                continue
            holders = [
                (source, other)
                for source in scope.base_tables()
                for other in (source.table.columns if source.table else ())
                if value in other.values or value in other.labels
            ]
            if len(holders) == 1:
                source, other = holders[0]
                draft = reading.draft()
                draft[node].this.replace(column_node(source.shown, other.name))
                yield Proposal(
                    draft.tree, "misplaced", f"{value} is a value of {other.name}, not of {column.name}."
                )


def flagged(reading: Reading) -> Iterator[Proposal]:
    """A yes-or-no column that the question names and the statement does not use."""
    if reading.negated:
        return
    used = {folded(column.this) for column in reading.tree.find_all(exp.Column)}
    named = {
        (table.qualified, column.name): column
        for _, scope in reading.selects()
        for table in [source.table for source in scope.base_tables() if source.table]
        for column in table.columns
        if column.name not in used and yes_of(column) and spoken_of(reading, column)
    }
    for (holder, name), column in named.items():
        draft = reading.draft()
        for select, scope in reading.selects():
            for source in scope.base_tables():
                if source.table and source.table.qualified == holder:
                    value = exp.true() if column.type == "boolean" else exp.Literal.string(yes_of(column))
                    test = exp.EQ(this=column_node(source.shown, name), expression=value)
                    draft[select].where(test, append=True, copy=False)
        yield Proposal(draft.tree, "flagged", f"Only rows whose {name} is {yes_of(column)}.")


def spoken_of(reading: Reading, column: Column) -> bool:
    """The question has every word of the column's name but those that say it is a flag."""
    told = [word for word in words(column.name) if word not in FLAG_WORDS]
    return bool(told) and reading.telling.issuperset(told)


def yes_of(column: Column) -> str:
    """The value that means yes, of a column that holds yes and no."""
    if column.type == "boolean":
        return "true"
    if not FLAG_WORDS & set(words(column.name)):
        return ""
    held = [value for value in column.labels or column.values if fold(value) in YES]
    return held[0] if len({fold(value) for value in held}) == 1 else ""

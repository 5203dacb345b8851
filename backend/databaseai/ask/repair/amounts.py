"""How much rather than how many: counts of quantities, shares cut to whole numbers."""

from collections.abc import Iterator
from itertools import pairwise

from sqlglot import exp

from databaseai.ask.repair.nodes import column
from databaseai.ask.repair.reading import Proposal, Reading, catalog_column, table_words
from databaseai.ask.repair.scopes import Scope, Source
from databaseai.ask.repair.types import NUMBER, WHOLE
from databaseai.catalog.snapshot import Column
from databaseai.catalog.words import words

PARTS = frozenset(
    ["percent", "percentage", "share", "ratio", "rate", "average", "proportion", "fraction", "per", "mean"]
)
TOTAL = frozenset({"total", "many", "overall"})


def summed(reading: Reading) -> Iterator[Proposal]:
    """`COUNT(population)`, and `COUNT(*)` where the question says `total tours` of a column of numbers."""
    for select, scope in reading.selects():
        for count in select.find_all(exp.Count):
            if count.parent_select is not select:
                continue
            found = catalog_column(scope, count.this)
            if isinstance(count.this, exp.Star):
                found = totalled(reading, scope)
            if found is None or not quantity(*found):
                continue
            source, counted = found
            draft = reading.draft()
            draft[count].replace(exp.Sum(this=column(source.shown, counted.name)))
            kind = "totalled" if isinstance(count.this, exp.Star) else "summed"
            yield Proposal(draft.tree, kind, f"{counted.name} was added up rather than counted.")


def quantity(source: Source, counted: Column) -> bool:
    """A number that is no key."""
    table = source.table
    if table is None or not counted.type.startswith(NUMBER):
        return False
    keys = {name for key in table.foreign_keys for name in key.columns}
    named = counted.name.endswith(("id", "no", "code", "key", "year"))
    return not named and counted.name not in {*keys, *table.primary_key}


def totalled(reading: Reading, scope: Scope) -> tuple[Source, Column] | None:
    """The one column that the question names right after `total` or `how many`; no table is called so."""
    said = {word for before, word in pairwise(reading.spoken) if before in TOTAL}
    tables = {word for called in table_words(reading.catalog).values() for word in called}
    found = [
        (source, held)
        for source in scope.base_tables()
        for held in (source.table.columns if source.table else ())
        if len(words(held.name)) == 1 and words(held.name)[0] in said - tables
    ]
    return found[0] if len(found) == 1 else None


def fraction(reading: Reading) -> Iterator[Proposal]:
    """A share of two whole numbers: PostgreSQL cuts what is behind the point."""
    if PARTS.isdisjoint(reading.spoken):
        return
    divisions = [
        node
        for select, scope in reading.selects()
        for node in select.find_all(exp.Div)
        if node.parent_select is select and whole(scope, node.left) and whole(scope, node.right)
    ]
    if divisions:
        draft = reading.draft()
        for node in divisions:
            left = draft[node].left
            left.replace(exp.Cast(this=left.copy(), to=exp.DataType.build("numeric")))
        yield Proposal(draft.tree, "fraction", "The share keeps what is behind the point.")


def whole(scope: Scope, node: exp.Expr) -> bool:
    """A whole number to PostgreSQL."""
    inner = node.unnest() if isinstance(node, exp.Paren) else node
    if isinstance(inner, exp.Filter):
        inner = inner.this
    if isinstance(inner, exp.Literal | exp.Count):
        return isinstance(inner, exp.Count) or inner.is_int
    if isinstance(inner, exp.Sum | exp.Max | exp.Min):
        return whole(scope, inner.this)
    if isinstance(inner, exp.Mul | exp.Add | exp.Sub):
        return whole(scope, inner.left) and whole(scope, inner.right)
    if isinstance(inner, exp.Case):
        default = inner.args.get("default")
        results = [*(branch.args["true"] for branch in inner.args["ifs"]), *([default] if default else [])]
        return all(whole(scope, result) for result in results)
    found = catalog_column(scope, inner)
    return bool(found and found[1].type.startswith(WHOLE))

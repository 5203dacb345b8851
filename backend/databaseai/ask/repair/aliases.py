"""Two tables under one name: the second gets another, and so do the columns that are its own."""

from collections.abc import Iterator

from sqlglot import exp

from databaseai.ask.repair.edits import Edit, span
from databaseai.ask.repair.scopes import Source, folded, items, source_of
from databaseai.ask.schema_text import identifier
from databaseai.catalog.snapshot import Catalog


def edits(tree: exp.Expr, catalog: Catalog) -> Iterator[Edit]:
    """Edits for the second of two sources of one name, in each SELECT."""
    for select in tree.find_all(exp.Select):
        sources = [source_of(item, catalog) for item in items(select)]
        seen: dict[str, Source] = {}
        for source in sources:
            if (first := seen.setdefault(source.alias, source)) is not source:
                yield from renamed(select, first, source, {s.alias for s in sources})
                return


def renamed(select: exp.Select, first: Source, second: Source, taken: set[str]) -> Iterator[Edit]:
    """The second source as `x2`, with the columns that only it has."""
    alias = next(name for n in range(2, 99) if (name := f"{first.alias}{n}") not in taken)
    node = second.node.args.get("alias")
    place = span(node.this) if node is not None else span(second.node.this)
    if place is None or first.columns is None or second.columns is None:
        return
    note = f"Two tables were called {first.alias}; the second became {alias}."
    shown = identifier(alias)
    yield Edit(*place, shown, note) if node is not None else Edit(place[1], place[1], f" AS {shown}", note)
    for column in select.find_all(exp.Column):
        qualifier = column.args.get("table")
        if column.is_star or folded(qualifier) != first.alias or column.parent_select is not select:
            continue
        there = span(qualifier) if isinstance(qualifier, exp.Identifier) else None
        if there is not None and second_ones(column, first, second):
            yield Edit(*there, shown, note)


def second_ones(column: exp.Column, first: Source, second: Source) -> bool:
    """Only the second has it; or both sides of an ON are written alike, and this is the right one."""
    name = folded(column.this)
    if not second.has(name):
        return False
    if not first.has(name):
        return True
    equal = column.parent
    twin = isinstance(equal, exp.EQ) and equal.left == equal.right and equal.find_ancestor(exp.Join)
    return bool(twin) and equal.right is column  # type: ignore[union-attr]

"""Mend tables that do not exist: the nearest known one is read, one that nothing needs is left out."""

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.tokenizer_core import Token

from databaseai.ask.repair import joins, likeness
from databaseai.ask.repair.edits import Edit, span
from databaseai.ask.repair.scopes import cte_named, folded, items, source_of
from databaseai.ask.schema_text import identifier, relation_name
from databaseai.catalog.snapshot import Catalog, Table


def edits(tree: exp.Expr, tokens: list[Token], catalog: Catalog) -> Iterator[Edit]:
    """Unknown tables become the nearest known one; one that nothing needs is taken out."""
    for node in tree.find_all(exp.Table):
        if not isinstance(node.this, exp.Identifier) or node.args.get("catalog"):
            continue
        name = folded(node.this)
        schema = folded(node.args["db"]) if node.args.get("db") else None
        if catalog.resolve(name, schema) or (schema is None and cte_named(node, name)):
            continue
        if any(closed == name for _, closed, _ in catalog.closed):  # another in its place is another answer
            continue
        found, place = nearest_table(name, catalog), span(node.this)
        if schema is not None:
            place = place and span(node.args["db"]) and (span(node.args["db"])[0], place[1])  # type: ignore[index]
        if found is None and (join := needless(node, catalog)):
            yield from taken_out(join, node, tokens)
        if found is None or place is None:
            continue
        text = relation_name(found, catalog)
        if not node.args.get("alias") and qualifies(tree, name) and found.name != name:
            text += f" AS {identifier(name)}"
        yield Edit(*place, text, f"Table {name} is not there; {found.name} was read instead.")


def needless(node: exp.Table, catalog: Catalog) -> exp.Join | None:
    """The join of a table that does not exist, when the other tables have all columns written as its own."""
    join, select = node.parent, node.parent_select
    if not isinstance(join, exp.Join) or not isinstance(select, exp.Select) or not join.args.get("on"):
        return None
    own = folded(node.args["alias"].this) if node.args.get("alias") else folded(node.this)
    beside = [source_of(item, catalog) for item in items(select) if item is not node]
    used = [
        folded(column.this)
        for column in select.find_all(exp.Column)
        if folded(column.args.get("table")) == own and column.find_ancestor(exp.Join, exp.Select) is not join
    ]
    there = all(any(s.table and s.has(name) for s in beside) for name in used)
    return join if used and there else None


def taken_out(join: exp.Join, node: exp.Table, tokens: list[Token]) -> Iterator[Edit]:
    """The join's text, from its first keyword to the end of its ON."""
    if (place := span(node.this)) and join.args.get("on"):
        start = joins.start_of_join(tokens, place[0])
        end = joins.end_of_item(tokens, place[0])
        yield Edit(start, end, "", f"{folded(node.this)} is not there and was left out.")


def qualifies(tree: exp.Expr, name: str) -> bool:
    """Whether some column is written with this name before it."""
    return any(folded(c.args["table"]) == name for c in tree.find_all(exp.Column) if c.args.get("table"))


def nearest_table(name: str, catalog: Catalog) -> Table | None:
    """The one table that the name can mean."""
    if len(same := catalog.by_name.get(name, ())) == 1:
        return same[0]
    found = likeness.same(name, catalog.by_name) or likeness.near(name, catalog.by_name)
    return catalog.by_name[found][0] if found and len(catalog.by_name[found]) == 1 else None

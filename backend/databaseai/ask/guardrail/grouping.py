"""GROUP BY a primary key, under a policy.

PostgreSQL lets `SELECT c.name, sum(...) ... GROUP BY c.id` stand, as a table's primary key decides its
other columns; of the query in the table's place it does not know that. So those columns that are used are
grouped by too: there is one value of each for a key, so the groups stay the same.
"""

from collections.abc import Iterator
from typing import Any

from databaseai.ask.guardrail.columns import bare_name
from databaseai.ask.guardrail.first_parser import Node
from databaseai.ask.guardrail.identifiers import quoted
from databaseai.ask.guardrail.scope import Item, Scope
from databaseai.ask.guardrail.substitution import Edits

CLAUSES = ("targetList", "havingClause", "sortClause", "windowClause", "distinctClause")
UNGROUPABLE = ("json", "xml", "point", "box", "lseg", "line", "path", "polygon", "circle", "txid_snapshot")
"""Types without equality, or with one that is not exact."""
QUALIFIED = 2


def complete(query: Node, scope: Scope, edits: Edits) -> None:
    """Write the columns that a primary key decides behind it in GROUP BY.

    Args:
        query: A SELECT whose names are resolved.
        scope: What its FROM offers.
        edits: Where the text goes.
    """
    narrowed = {item.name: item.narrowed for item in scope.items if item.narrowed and unrenamed(item)}
    listed = query.get("groupClause", [])
    if not narrowed or not listed or any("GroupingSet" in entry for entry in listed):
        return
    grouped = [found for entry in listed for found in keys(entry, query, scope)]
    used = set(names(*(query.get(clause, []) for clause in CLAUSES)))
    for name, table in narrowed.items():
        found = {column: end for owner, column, end in grouped if owner == name and end is not None}
        key = table.primary_key
        if not key or not found.keys() >= set(key):  # a key whose mask is not unique is none in the catalog
            continue
        more = [
            column.name
            for column in table.columns
            if column.name not in found
            and (column.name in used or "*" in used)
            and not column.type.startswith(UNGROUPABLE)
        ]
        if more:
            add(edits, found[key[0]], [f"{quoted(name)}.{quoted(each)}" for each in more])


def unrenamed(item: Item) -> bool:
    """The columns have their own names: no alias list stands behind it."""
    return item.narrowed is not None and item.columns == tuple(each.name for each in item.narrowed.columns)


def keys(entry: Node, query: Node, scope: Scope) -> Iterator[tuple[str, str, Node]]:
    """Source, column and node of one entry of GROUP BY that is a column, by name, place or output name."""
    if "RowExpr" in entry:
        for part in entry["RowExpr"].get("args", []):
            yield from keys(part, query, scope)
        return
    meant = entry
    targets = [target["ResTarget"] for target in query.get("targetList", [])]
    place = entry.get("A_Const", {}).get("ival", {}).get("ival")
    name = bare_name(entry)
    if place is not None and 0 < place <= len(targets):
        meant = targets[place - 1]["val"]
    elif name and name not in scope.columns:
        meant = next((target["val"] for target in targets if target.get("name") == name), entry)
    path = [part.get("String", {}).get("sval", "*") for part in meant.get("ColumnRef", {}).get("fields", ())]
    for item in scope.items:
        if path and path[-1] in item.columns and (len(path) < QUALIFIED or path[-2] == item.name):
            yield item.name, path[-1], entry


def names(*nodes: Any) -> Iterator[str]:
    """The last part of each column reference; `*` for all."""
    stack: list[Any] = list(nodes)
    while stack:
        part = stack.pop()
        if isinstance(part, list):
            stack.extend(part)
        elif isinstance(part, dict):
            if "ColumnRef" in part:
                yield part["ColumnRef"]["fields"][-1].get("String", {}).get("sval", "*")
            stack.extend(part.values())


def add(edits: Edits, entry: Node, columns: list[str]) -> None:
    """Write columns behind one entry; people do not see them."""
    kind, fields = next(iter(entry.items()))
    place = edits.places.get(fields.get("location", -1))
    parts = len(fields["fields"]) if kind == "ColumnRef" else 1
    after = None if place is None else edits.after_names(place, parts)
    if after is not None:
        end = edits.tokens[after - 1][1]
        edits.put(end, end, "".join(f", {column}" for column in columns), "")

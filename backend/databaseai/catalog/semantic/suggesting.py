"""A draft of a semantic model, from comments, keys, names, views and approved queries; a person edits it."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from databaseai.catalog.semantic.file import parse
from databaseai.catalog.semantic.fitting import Gate, fit, is_moment
from databaseai.catalog.semantic.mining import Found, mined
from databaseai.catalog.semantic.model import TableName
from databaseai.catalog.snapshot import Catalog, Column, Table
from databaseai.catalog.words import HUMP, words

HEAD = """# A draft of a semantic model: what the business calls its tables, and how its figures are defined.
# Keep what is right, mend what is not, add the words that people use; then `databaseai semantic check FILE`.
"""
HAPPENED = re.compile(r"(^|_)(at|on|date|time|day|created|ordered|placed|occurred)($|_)")
AMOUNT = re.compile(r"(^|_)(amount|total|sum|revenue|sales|value|quantity|qty|salary|fee|budget)($|_)")
"""No prices: what one piece costs is not added up."""
NUMBERS = ("integer", "bigint", "smallint", "numeric", "double precision", "real", "money")
MOST_METRICS = 60


def suggest(
    catalog: Catalog, gate: Gate, views: Mapping[TableName, str], verified: Iterable[tuple[str, str]] = ()
) -> str:
    """A semantic model file that fits the catalog, as YAML.

    Args:
        catalog: As read, comments of the database in it.
        gate: As for `fit`: what it refuses is not suggested.
        views: Definitions of views, by schema and name, as PostgreSQL prints them.
        verified: Question and SQL of approved queries.
    """
    draft: dict[str, Any] = {"version": 1, "tables": tables(catalog)}
    statements = [(said(name), sql) for (_, name), sql in views.items()]
    found = [each for name, sql in (*statements, *verified) for each in mined(sql, name, catalog)]
    if metrics := {**mined_metrics(found), **plain_metrics(catalog)}:
        draft["metrics"] = dict(list(metrics.items())[:MOST_METRICS])
    if joins := list(undeclared(catalog)):
        draft["joins"] = joins
    fitting(draft, catalog, gate)
    return HEAD + written(draft)


def written(draft: Mapping[str, Any]) -> str:
    """As YAML, in the order given."""
    return str(yaml.safe_dump(dict(draft), sort_keys=False, allow_unicode=True, width=110))


def fitting(draft: dict[str, Any], catalog: Catalog, gate: Gate) -> None:
    """Take out metrics that do not fit: a view may read what its reader may not."""
    metrics = draft.get("metrics", {})
    for misfit in fit(parse(written(draft)), catalog, gate).misfits:
        metrics.pop(misfit.where.removeprefix("metrics."), None)
    if not metrics:
        draft.pop("metrics", None)


def tables(catalog: Catalog) -> dict[str, Any]:
    """Each table with its words; the comments of the database, for editing."""
    found = {}
    for table in catalog.tables:
        part: dict[str, Any] = {"description": line(table.comment), "synonyms": spoken(table.name)}
        if time := dating(table):
            part["time"] = time
        columns = {
            column.name: {"description": line(column.comment)} for column in table.columns if column.comment
        }
        part["columns"] = columns
        found[reference(table, catalog)] = {key: value for key, value in part.items() if value}
    return found


def said(name: str) -> str:
    """`order_items` -> `order items`: a name as it is said."""
    return " ".join(re.findall(r"[^\W_]+", HUMP.sub(" ", name))).lower()


def spoken(name: str) -> list[str]:
    """A name as it is said, where a question would not find it as it is written."""
    return [] if said(name) in {"", name.lower()} else [said(name)]


def dating(table: Table) -> str:
    """The column that most likely says when a row happened: the first required one that is named so."""
    dated = [column for column in table.columns if is_moment(column)]
    named = [column for column in dated if HAPPENED.search(column.name.lower())] or dated
    required = [column for column in named if not column.nullable] or named
    return required[0].name if required else ""


def plain_metrics(catalog: Catalog) -> dict[str, Any]:
    """The sum of each column that is named like an amount."""
    found = {}
    for table in catalog.tables:
        if table.kind not in {"table", "partitioned table"}:
            continue
        for column in table.columns:
            if is_amount(column) and not is_key(table, column):
                what = " ".join(word for word in said(column.name).split() if word != "total")
                found[f"total {what}".rstrip() + f" of {said(table.name)}"] = metric(
                    table, f"sum({named(table, column)})", catalog
                )
    return found


def is_amount(column: Column) -> bool:
    """A number with a name of amounts."""
    return column.type.startswith(NUMBERS) and bool(AMOUNT.search(column.name.lower()))


def is_key(table: Table, column: Column) -> bool:
    """A part of a key says which, not how much."""
    keys = [table.primary_key, *table.unique, *(key.columns for key in table.foreign_keys)]
    return any(column.name in key for key in keys)


def mined_metrics(found: Iterable[Found]) -> dict[str, Any]:
    """Aggregates that views and approved queries use, by their name there."""
    metrics: dict[str, Any] = {}
    for each in found:
        part = {"sql": each.sql, "table": each.table, "joins": each.joins, "where": each.where}
        part = {key: value for key, value in part.items() if value}
        if part not in metrics.values():
            metrics.setdefault(each.name, part)
    return metrics


def metric(table: Table, sql: str, catalog: Catalog) -> dict[str, str]:
    """One metric over one table."""
    time = dating(table)
    return {"sql": sql, "table": reference(table, catalog)} | (
        {"time": f"{identifier(table.name)}.{identifier(time)}"} if time else {}
    )


def undeclared(catalog: Catalog) -> Iterable[dict[str, Any]]:
    """Columns named after another table's key, of its type, that no foreign key declares."""
    targets = {
        (alias, table.column[table.primary_key[0]].type): table
        for table in catalog.tables
        if len(table.primary_key) == 1
        for alias in aliases(table)
    }
    for table in catalog.tables:
        declared = {name for key in table.foreign_keys for name in key.columns}
        for column in table.columns:
            other = targets.get((tuple(words(column.name)), column.type))
            if (
                other is None
                or other is table
                or column.name in declared
                or (column.name,) == table.primary_key
            ):
                continue
            pair = {column.name: other.primary_key[0]}
            yield {"from": reference(table, catalog), "to": reference(other, catalog), "columns": pair}


def aliases(table: Table) -> set[tuple[str, ...]]:
    """How other tables name a table's key: `customer_id` for `customers.id`."""
    key, own = tuple(words(table.primary_key[0])), tuple(words(table.name))
    return {key if len(key) > 1 else (*own, *key)}


def reference(table: Table, catalog: Catalog) -> str:
    """The table's name in the file."""
    found = catalog.resolve(table.name)
    return (
        table.name if found is not None and found.schema == table.schema else f"{table.schema}.{table.name}"
    )


def named(table: Table, column: Column) -> str:
    """A column as it stands in a metric."""
    return f"{identifier(table.name)}.{identifier(column.name)}"


def identifier(name: str) -> str:
    """As SQL, quoted where it must be."""
    return name if re.fullmatch(r"[a-z_][a-z0-9_]*", name) else '"' + name.replace('"', '""') + '"'


def line(comment: str) -> str:
    """A comment as a description: one line, no longer than one may be."""
    return "".join(character for character in " ".join(comment.split()) if character.isprintable())[:300]

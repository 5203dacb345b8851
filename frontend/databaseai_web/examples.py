"""Questions to begin with, made from the tables that are there."""

from collections.abc import Iterator
from typing import Any

from databaseai_web import client

SHOWN = 3
DATES = ("date", "timestamp")


async def suggest(caller: client.Caller) -> tuple[list[str], str]:
    """Up to `SHOWN` questions and the database's name; both empty when the catalog cannot be read."""
    try:
        catalog = await client.catalog(caller)
    except client.Refused:
        return [], ""
    questions = list(dict.fromkeys(made_up(catalog.get("tables") or [])))
    return questions[:SHOWN], str(catalog.get("database") or "")


def made_up(tables: list[dict[str, Any]]) -> Iterator[str]:
    """One question of each kind, over the largest tables that it fits."""
    largest = sorted(tables, key=lambda table: -(table.get("row_estimate") or 0))
    yield from first(largest, ranking)
    yield from first(largest, over_time)
    yield from first(largest, by_label)
    for table in largest[:SHOWN]:
        yield f"How many {plural(table['name'])} are there?"


def first(tables: list[dict[str, Any]], make: Any) -> Iterator[str]:
    """The first question that `make` finds."""
    yield from [question for table in tables if (question := make(table))][:1]


def ranking(table: dict[str, Any]) -> str:
    """Over a foreign key: whose rows are the most."""
    for key in table.get("foreign_keys") or []:
        if key["referenced_table"] != table["name"]:
            return f"Which five {plural(key['referenced_table'])} have the most {plural(table['name'])}?"
    return ""


def over_time(table: dict[str, Any]) -> str:
    """Over a date, where rows tell what happened (they point to something) and not what is."""
    if table.get("foreign_keys") and any(
        column["type"].startswith(DATES) for column in table.get("columns") or []
    ):
        return f"How many {plural(table['name'])} are there in each month?"
    return ""


def by_label(table: dict[str, Any]) -> str:
    """Over an enumeration."""
    for column in table.get("columns") or []:
        if column.get("labels"):
            return f"How many {plural(table['name'])} are there of each {words(column['name'])}?"
    return ""


def plural(name: str) -> str:
    """`order_line` becomes `order lines`; a name that is plural already stays."""
    name = words(name)
    if name.endswith("s") and not name.endswith("ss"):
        return name
    if name.endswith("y") and name[-2:-1] not in set("aeiou"):
        return f"{name[:-1]}ies"
    return name + ("es" if name.endswith(("s", "x", "ch", "sh")) else "s")


def words(name: str) -> str:
    """A name as it is spoken."""
    return name.replace("_", " ").strip().lower()

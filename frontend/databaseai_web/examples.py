"""Questions to begin with, made from the tables that are there."""

from typing import Any

from databaseai_web import client

SHOWN = 4


async def suggest(caller: client.Caller) -> tuple[list[str], str]:
    """Up to `SHOWN` questions and the data source's name; both empty when the catalog cannot be read."""
    try:
        catalog = await client.catalog(caller)
    except client.Refused:
        return [], ""
    given = [str(question) for question in catalog.get("examples") or ()]
    return (given or made_up(catalog))[:SHOWN], str(catalog.get("name") or "")


def made_up(catalog: dict[str, Any]) -> list[str]:
    """Questions that any table can answer, over the largest tables."""
    tables = [table for table in catalog.get("tables") or () if isinstance(table, dict)]
    tables.sort(key=lambda table: -(table.get("row_estimate") or 0))
    names = [str(table.get("name", "")).replace("_", " ") for table in tables[:3]]
    patterns = ("How many rows does {} have?", "Show ten rows of {}", "What does {} look like by month?")
    return [pattern.format(name) for pattern, name in zip(patterns, names, strict=False)]

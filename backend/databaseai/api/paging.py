"""Rows of an answer past its first page."""

from typing import Any

from databaseai.api.tools import Asking
from databaseai.data_source import Asker


async def page(pipeline: Asking, sql: str, asker: Asker, *, after: int, limit: int) -> dict[str, Any]:
    """Run an answer's query again, wrapped, through the same gate, plan and limits.

    The wrapper has lines of its own: a comment at the end of the query would swallow it. One row more than
    asked says whether another page follows. Pages fit together as far as its ORDER BY orders all rows.

    Args:
        pipeline: Of the answer's data source.
        sql: The query as it was accepted.
        asker: Who asks.
        after: Rows to pass over.
        limit: Rows to return.

    Returns:
        The members of `schemas.RowsPage`.
    """
    inner = sql.strip().rstrip(";")
    result = await pipeline.query(
        f"SELECT * FROM (\n{inner}\n) AS answer LIMIT {limit + 1:d} OFFSET {after:d}",  # noqa: S608
        asker,
    )
    more = len(result.rows) > limit or result.truncated
    rows = result.rows[:limit]
    return {"columns": result.columns, "rows": rows, "next": after + len(rows) if more else None}

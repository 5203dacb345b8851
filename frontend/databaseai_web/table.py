"""The result table as the page shows it."""

import json
from dataclasses import dataclass, field
from typing import Any

SHOWN_ROWS = 200
"""Rows in the page; the state of a tab holds no more."""
CELL_CHARACTERS = 300
"""Of one cell; what is longer ends in an ellipsis."""
NUMERIC = frozenset(
    {"smallint", "integer", "bigint", "numeric", "real", "double precision", "money", "oid"}
    | {"int2", "int4", "int8", "float4", "float8"}
)


@dataclass(frozen=True)
class Column:
    """Head of one result column."""

    name: str
    type: str
    numeric: bool
    """Its values stand right-aligned."""


@dataclass(frozen=True)
class Table:
    """The first rows of a result: c columns, up to `SHOWN_ROWS` rows of c cells; None is NULL."""

    columns: list[Column] = field(default_factory=list)
    rows: list[list[str | None]] = field(default_factory=list)
    note: str = ""
    """How many rows there are, and whether these are all."""
    cut: bool = False
    """There are more rows than are shown."""
    short: bool = False
    """Rows that were shown once are left out, to keep the tab's state small."""


NO_TABLE = Table()


def table_of(data: dict[str, Any]) -> Table:
    """The table of a `rows` event."""
    columns = [column_of(column) for column in data.get("columns", ())]
    rows = data.get("rows", ())
    shown = [[cell_of(value) for value in row] for row in rows[:SHOWN_ROWS]]
    truncated = bool(data.get("truncated"))
    return Table(columns, shown, note_of(len(rows), truncated), cut=truncated or len(rows) > SHOWN_ROWS)


def column_of(column: dict[str, Any]) -> Column:
    """One column's head; `numeric(12,2)` is numeric too."""
    kind = str(column.get("type", ""))
    return Column(str(column.get("name", "")), kind, numeric=kind.partition("(")[0].strip() in NUMERIC)


def cell_of(value: Any) -> str | None:
    """A wire value as text; numbers keep every digit they came with."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= CELL_CHARACTERS else text[: CELL_CHARACTERS - 1] + "…"


def note_of(count: int, truncated: bool) -> str:
    """The line under the table."""
    if truncated:
        shown = min(count, SHOWN_ROWS)
        return f"The first {shown:,} rows are shown. There are more: the result was cut at {count:,} rows."
    if count > SHOWN_ROWS:
        return f"The first {SHOWN_ROWS:,} of {count:,} rows are shown."
    return "1 row" if count == 1 else f"{count:,} rows"


KEPT_ROWS = 10
"""Of an earlier turn's table; all are fetched again when asked for."""


def shortened(table: Table) -> Table:
    """The table as an earlier turn keeps it."""
    if len(table.rows) <= KEPT_ROWS:
        return table
    return Table(table.columns, table.rows[:KEPT_ROWS], table.note, table.cut, short=True)

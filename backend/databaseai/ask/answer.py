"""Say the answer in one or two sentences; every number in them stands in the result."""

import re
from collections.abc import Sequence

from databaseai.ask.events import Json, ResultColumn

CELL_CHARACTERS = 80
DECIMALS = 4
"""Of an average or ratio; the row has them all."""
NUMBER = re.compile(r"-?\d+(\.\d+)?")
UNGROUPED = re.compile(r"(^|_)(year|id|code|no|number|zip|phone|key)$")
"""Columns whose digits are a name: no thousands separators."""
COLUMNS = 4
"""Of the first row, in the sentence."""
NUMERIC = ("int", "smallint", "bigint", "numeric", "decimal", "real", "float", "double", "money")


def sentence(
    columns: Sequence[ResultColumn],
    rows: Sequence[Sequence[Json]],
    *,
    truncated: bool,
    filters: Sequence[str] = (),
) -> str:
    """The result in words.

    Args:
        columns: c of them.
        rows: Of c wire values each.
        truncated: There are more rows than these.
        filters: The query's conditions, named when nothing satisfies them.
    """
    if not rows:
        return "No rows match" + (f": nothing satisfies {' and '.join(filters)}." if filters else ".")
    if len(rows) == 1:
        return one_row(columns, rows[0])
    count = f"More than {len(rows):,} rows; these are the first" if truncated else f"{len(rows):,} rows"
    if len(columns) == 1:
        shown = [cell(columns[0], row[0]) for row in rows[:COLUMNS]]
        return f"{count}: {', '.join(shown)}{', …' if len(rows) > COLUMNS else '.'}"
    return f"{count}. First: {pairs(columns, rows[0])}."


def one_row(columns: Sequence[ResultColumn], row: Sequence[Json]) -> str:
    """One row: its only value as a sentence, else its columns."""
    if all(value is None for value in row):
        return "There is no value: the result is empty (NULL)."
    if len(columns) == 1:
        name = label(columns[0].name)
        subject = f"The {name}" if name else "The answer"
        return f"{subject} is {cell(columns[0], row[0])}."
    return f"One row: {pairs(columns, row)}."


def pairs(columns: Sequence[ResultColumn], row: Sequence[Json]) -> str:
    """`name: Ann, total: 12`."""
    shown = [
        f"{label(column.name) or 'value'}: {cell(column, value)}"
        for column, value in zip(columns, row, strict=True)
    ][:COLUMNS]
    return ", ".join(shown)


def label(name: str) -> str:
    """A column's name for people; empty when PostgreSQL made it up."""
    return "" if name in {"?column?", "case"} else name.replace("_", " ").strip()


def cell(column: ResultColumn, value: Json) -> str:
    """One value for people; digits stay as they are, only grouped."""
    if value is None:
        return "nothing (NULL)"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    if column.type.lower().startswith(NUMERIC) and NUMBER.fullmatch(text):
        return text if UNGROUPED.search(column.name.lower()) else grouped(text)
    return text if len(text) <= CELL_CHARACTERS else text[: CELL_CHARACTERS - 1] + "…"


def grouped(digits: str) -> str:
    """`-1234567.50` -> `-1,234,567.50`, `3.33333333` -> `3.3333…`: cut, never rounded."""
    whole, _, rest = digits.partition(".")
    decimals = rest.rstrip("0") if len(rest) > DECIMALS else rest
    if len(decimals) > DECIMALS:
        decimals = decimals[:DECIMALS] + "…"
    shown = whole if whole == "-0" else f"{int(whole):,}"
    return f"{shown}.{decimals}" if decimals else shown

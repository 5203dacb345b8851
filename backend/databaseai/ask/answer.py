"""Say the answer in one or two sentences; every number in them stands in the result."""

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from databaseai.ask.events import Json, ResultColumn
from databaseai.ask.units import label, unit

CELL_CHARACTERS = 80
DECIMALS = 4
"""Of an average or ratio; the row has them all."""
NUMBER = re.compile(r"-?\d+(\.\d+)?")
FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?")
UNGROUPED = re.compile(r"(^|_)(year|id|code|no|number|zip|phone|key)$")
"""Columns whose digits are a name: no thousands separators."""
PERIOD = re.compile(r"\d{4}(-\d{2}(-\d{2}([T ].*)?)?|-?Q[1-4]|-?W\d{2})?")
"""Text that sorts as the time it means: `2025`, `2025-03`, `2025-Q1`, `2025-03-01 00:00:00`."""
COLUMNS = 4
"""Of one row, in the sentence."""
NUMERIC = ("int", "smallint", "bigint", "numeric", "decimal", "real", "float", "double", "money")
TIMES = ("date", "timestamp")
Row = Sequence[Json]


def sentence(
    columns: Sequence[ResultColumn],
    rows: Sequence[Row],
    *,
    truncated: bool,
    filters: Sequence[str] = (),
    reason: str = "",
) -> str:
    """The result in words.

    Args:
        columns: c of them.
        rows: Of c wire values each.
        truncated: There are more rows than these.
        filters: The query's conditions, named when nothing satisfies them and no reason is known.
        reason: Why there are no rows (`no_rows.reason`).
    """
    if not rows:
        return reason or "No rows match" + (
            f": nothing satisfies {' and '.join(filters)}." if filters else "."
        )
    if len(rows) == 1 and not truncated:
        return one_row(columns, rows[0])
    count = f"More than {len(rows):,} rows; these are the first" if truncated else f"{len(rows):,} rows"
    if len(columns) == 1:
        shown = [cell(columns[0], row[0]) for row in rows[:COLUMNS]]
        return f"{count}: {', '.join(shown)}{', …' if len(rows) > COLUMNS or truncated else '.'}"
    told = "" if truncated else over_time(columns, rows) or ranked(columns, rows)
    return f"{count}. {told or ended(f'First: {pairs(columns, rows[0])}')}"


def one_row(columns: Sequence[ResultColumn], row: Row) -> str:
    """One row: its only value as a sentence, else its columns."""
    if all(value is None for value in row):
        return "There is no value: the result is empty (NULL)."
    if len(columns) == 1:
        name = label(columns[0].name)
        if columns[0].type == "boolean":
            return f"{'Yes' if row[0] else 'No'}{f' ({name})' if name else ''}."
        subject = f"number of {name}" if is_plural(name) and type(row[0]) is int else name or "answer"
        return f"The {subject} is {cell(columns[0], row[0])}."
    if not is_number(columns[0]) and row[0] is not None:
        return ended(f"{cell(columns[0], row[0])}: {pairs(columns[1:], row[1:])}")
    return ended(f"One row: {pairs(columns, row)}")


def is_plural(name: str) -> bool:
    """`customers`: a column that is named after what it counts."""
    return name.endswith("s") and not name.endswith(("ss", "us", "is")) and not unit(name)


def over_time(columns: Sequence[ResultColumn], rows: Sequence[Row]) -> str:
    """From when to when, how it begins and ends, and where it is highest."""
    if len(columns) != 2 or not is_number(columns[1]):  # noqa: PLR2004
        return ""
    times = [str(row[0]) for row in rows if row[0] is not None]
    figures = [amount(row[1]) for row in rows]
    in_order = times == sorted(times) and len(set(times)) == len(rows) > 2  # noqa: PLR2004
    if not in_order or not is_period(columns[0], times) or None in figures:
        return ""
    top = max(range(len(rows)), key=lambda place: figures[place] or Decimal(0))
    name = label(columns[1].name) or "value"
    first, last, highest = (cell(columns[1], rows[place][1]) for place in (0, -1, top))
    return (
        f"From {when(rows[0][0])} to {when(rows[-1][0])} the {name} goes from {first} to {last};"
        f" highest is {highest} ({when(rows[top][0])})."
    )


def ranked(columns: Sequence[ResultColumn], rows: Sequence[Row]) -> str:
    """First and last of a list in order; the largest of one that is not."""
    named = next((place for place, column in enumerate(columns) if not is_number(column)), None)
    measures = [place for place, column in enumerate(columns) if is_number(column)]
    if named is None or not measures:
        return ""
    # what it is sorted by, else the first amount
    by = next((place for place in measures if falling(rows, place) or rising(rows, place)), measures[0])
    figures = [amount(row[by]) for row in rows]
    if None in figures or len(set(figures)) == 1 or any(row[named] is None for row in rows):
        return ""
    name = label(columns[by].name) or "value"

    def told(place: int) -> str:
        return f"{cell(columns[named], rows[place][named])} with {cell(columns[by], rows[place][by])}"

    if falling(rows, by) or rising(rows, by):
        return f"Sorted by {name}: first {told(0)}, last {told(len(rows) - 1)}."
    top = max(range(len(rows)), key=lambda place: figures[place] or Decimal(0))
    return f"Largest {name}: {told(top)}."


def falling(rows: Sequence[Row], place: int) -> bool:
    """Sorted from much to little."""
    figures = [amount(row[place]) for row in rows]
    known = [figure for figure in figures if figure is not None]
    return len(known) == len(rows) and known == sorted(known, reverse=True) and known[0] != known[-1]


def rising(rows: Sequence[Row], place: int) -> bool:
    """Sorted from little to much."""
    return falling(rows[::-1], place)


def amount(value: Json) -> Decimal | None:
    """A wire value as a number; None for NULL, NaN, infinity and what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        figure = Decimal(str(value))
    except InvalidOperation:
        return None
    return figure if figure.is_finite() else None


def is_number(column: ResultColumn) -> bool:
    """An amount rather than a name made of digits."""
    kind = column.type.lower()
    return kind.startswith(NUMERIC) and "[" not in kind and not UNGROUPED.search(column.name.lower())


def is_period(column: ResultColumn, times: Sequence[str]) -> bool:
    """Dates, times, years, or text that sorts as the time it means."""
    kind = column.type.lower()
    return kind.startswith(TIMES) or (bool(times) and all(PERIOD.fullmatch(time) for time in times))


def when(value: Json) -> str:
    """A point in time without the midnight that truncation leaves."""
    text = str(value)
    return re.sub(r"[T ]00:00:00(\.0+)?([+-]\d\d(:?\d\d)?|Z)?$", "", text)


def pairs(columns: Sequence[ResultColumn], row: Row) -> str:
    """`name Ann, total 12`."""
    shown = [
        f"{label(column.name) or 'value'} {cell(column, value)}"
        for column, value in zip(columns, row, strict=True)
    ]
    return ", ".join(shown[:COLUMNS]) + (", …" if len(shown) > COLUMNS else "")


def ended(text: str) -> str:
    """With a full stop, unless it goes on."""
    return text if text.endswith(", …") else f"{text}."


def cell(column: ResultColumn, value: Json) -> str:
    """One value for people, with its unit; digits stay as they are, only grouped."""
    if value is None:
        return "nothing (NULL)"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    if column.type.lower().startswith(NUMERIC) and NUMBER.fullmatch(text):
        figure = text if UNGROUPED.search(column.name.lower()) else grouped(text)
        return f"{figure} {unit(column.name)}".rstrip()
    text = when(text) if column.type.lower().startswith("timestamp") else text
    return text if len(text) <= CELL_CHARACTERS else cut(text)


def cut(text: str) -> str:
    """The beginning of a long text, never of a number in it."""
    start = text[: CELL_CHARACTERS - 1]
    return (start.rstrip("0123456789.,") if text[CELL_CHARACTERS - 1] in "0123456789.," else start) + "…"


def grouped(digits: str) -> str:
    """`-1234567.50` -> `-1,234,567.50`, `3.33333333` -> `3.3333…`: cut, never rounded."""
    whole, _, rest = digits.partition(".")
    decimals = rest.rstrip("0") if len(rest) > DECIMALS else rest
    if len(decimals) > DECIMALS:
        decimals = decimals[:DECIMALS] + "…"
    shown = whole if whole == "-0" else f"{int(whole):,}"
    return f"{shown}.{decimals}" if decimals else shown


def numbers(text: str) -> set[str]:
    """Figures in a text, without thousands separators."""
    return {found.replace(",", "").rstrip(".") for found in FIGURE.findall(text)}


def numbers_from(columns: Sequence[ResultColumn], rows: Sequence[Row]) -> set[str]:
    """All figures that a sentence about a result may hold: of its cells, its column names, how many rows."""
    known = numbers(f"{len(rows):,}")
    for column in columns:
        known |= numbers(column.name) | numbers(unit(column.name)) | numbers(label(column.name))
    for row in rows:
        for column, value in zip(columns, row, strict=True):
            known |= numbers(str(value)) | numbers(cell(column, value))
    return known

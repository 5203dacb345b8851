"""Make the values of two results comparable: as a person reads the table, not as bytes.

The rules, for every cell of the gold's and the prediction's result:

- integer, numeric and floating point are one kind: 2, 2.0 and 2.00 are equal; true and 1 are not;
- numbers with a fraction are equal within a relative 1e-10 (1e-6 where a result has a `real` column),
  integers exactly;
- text keeps its case and loses blanks at its ends (`char(n)` pads); text that is exactly how PostgreSQL
  prints an integer equals that integer ('2023' and 2023, but '007' and 7 differ);
- a timestamp at midnight equals its date; both sessions have the same time zone, so the offset is dropped;
- NULL equals NULL only; an empty text is not NULL; NaN equals NaN.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

Cell = None | int | float | str | tuple[str, object]
"""A hashable value; booleans and other kinds that Python would mix up with numbers are tagged."""
Row = tuple[Cell, ...]

INTEGER = re.compile(r"-?[1-9]\d{0,17}|0")
NUMBER_TYPES = ("numeric", "int", "bigint", "smallint", "float", "double", "real", "decimal")
TIME_TYPES = ("date", "timestamp")
TOLERANCE = 1e-10
"""Sums of 10^5 doubles in another order differ by about 1e-11."""
REAL_TOLERANCE = 1e-6
"""`real` holds six digits."""


def canonical_rows(rows: Iterable[Sequence[object]], types: Sequence[str]) -> list[Row]:
    """Rows of shape (r, c) with c PostgreSQL type names, as comparable cells of the same shape."""
    kinds = [_kind(name) for name in types]
    return [tuple(map(canonical, row, kinds)) for row in rows]


def canonical(value: object, kind: str = "") -> Cell:  # noqa: PLR0911  # one flat case per kind reads best
    """One value as a cell; `kind` ("number", "time" or "") says how to read a text that stands for one."""
    match value:
        case None:
            return None
        case bool():
            return ("bool", value)
        case int():
            return value
        case float() | Decimal():
            return _number(value)
        case datetime() | date():
            return _time(value.isoformat(" ") if isinstance(value, datetime) else value.isoformat())
        case timedelta():
            return ("interval", value)
        case str():
            return _text(value, kind)
        case list() | dict():
            return ("json", json.dumps(value, sort_keys=True, default=str))
        case _:
            return str(value)


def unify(results: Sequence[Sequence[Row]], *, tolerance: float = TOLERANCE) -> list[list[Row]]:
    """The same results with numbers that are equal within `tolerance` made the same number.

    Fractions are taken in order; each that is within the tolerance of the first of a run joins the run, and a
    run within the tolerance of an integer becomes that integer. Runs do not chain, so nothing drifts.
    """
    fractions = sorted({cell for result in results for row in result for cell in row if type(cell) is float})
    stands_for: dict[float, int | float] = {}
    anchor: int | float = math.inf
    for number in fractions:
        if not _close(number, anchor, tolerance):
            anchor = round(number) if _close(number, round(number), tolerance) else number
        stands_for[number] = anchor
    if not stands_for:
        return [list(result) for result in results]
    return [[tuple(_replace(cell, stands_for) for cell in row) for row in result] for result in results]


def _replace(cell: Cell, stands_for: Mapping[float, int | float]) -> Cell:
    return stands_for[cell] if type(cell) is float else cell


def _close(one: float, other: float, tolerance: float) -> bool:
    return other != math.inf and abs(one - other) <= tolerance * max(1e-6, abs(one))


def _kind(type_name: str) -> str:
    """`numeric(12,2)` -> "number", `timestamp without time zone` -> "time", anything else -> ""."""
    if type_name.endswith("[]") or type_name.startswith(("interval", "int4range", "int8range", "daterange")):
        return ""
    if type_name.startswith(NUMBER_TYPES):
        return "number"
    return "time" if type_name.startswith(TIME_TYPES) else ""


def _number(value: float | Decimal) -> Cell:
    """Integral numbers as int, others as float; NaN and the infinities as text."""
    if not math.isfinite(value):
        return ("number", str(value).lower().removeprefix("+"))
    return int(value) if value == int(value) else float(value)


def _text(value: str, kind: str) -> Cell:
    text = value.strip()
    if kind == "number":
        try:
            return _number(Decimal(text))
        except ArithmeticError:
            return text
    if kind == "time":
        return _time(text)
    return int(text) if INTEGER.fullmatch(text) else text


def _time(text: str) -> str:
    """ISO text without the offset, and without a midnight: `2024-05-01T00:00:00+02` -> `2024-05-01`."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:  # BC, infinity, years past 9999
        return text
    moment = moment.replace(tzinfo=None)
    return moment.isoformat(" ").removesuffix(" 00:00:00")

"""A chart specification and the table behind it, as points to draw."""

from dataclasses import dataclass, field
from typing import Any

from databaseai_web.table import Table

POINTS = 60
"""More than this many marks cannot be told apart; the table has them all."""
SERIES = 3


@dataclass(frozen=True)
class ChartView:
    """What is drawn: points with one label and up to `SERIES` numbers each; nothing without a `kind`."""

    kind: str = ""
    title: str = ""
    x: str = ""
    names: list[str] = field(default_factory=list)
    points: list[dict[str, str | float]] = field(default_factory=list)
    """`{"x": label, "y0": number, "y1": ...}`"""
    note: str = ""


def chart_of(data: dict[str, Any], table: Table) -> ChartView:
    """The chart of a `chart` event; empty when the specification does not fit the table."""
    kind = {"bar": "bar", "line": "line", "area": "line"}.get(str(data.get("type")), "")
    names = [column.name for column in table.columns]
    ys = [str(name) for name in data.get("y", ())][:SERIES]
    x = str(data.get("x") or "")
    if not kind or data.get("series") or x not in names or not ys or not set(ys) <= set(names):
        return ChartView()
    points = []
    for row in table.rows[:POINTS]:
        cells = dict(zip(names, row, strict=True))
        point: dict[str, str | float] = {"x": cells[x] if cells[x] is not None else "NULL"}  # type: ignore[dict-item]  # narrowed by the test
        for number, name in enumerate(ys):
            if (value := number_of(cells[name])) is not None:
                point[f"y{number}"] = value
        points.append(point)
    note = f"The first {POINTS} rows are drawn." if len(table.rows) > POINTS else ""
    return ChartView(kind, str(data.get("title") or ""), x, ys, points, note)


def number_of(cell: str | None) -> float | None:
    """A cell as a finite number, for drawing only."""
    try:
        value = float(cell or "")
    except ValueError:
        return None
    return value if value - value == 0 else None  # NaN and infinity are not drawn

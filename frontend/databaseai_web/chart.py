"""A chart specification and the table behind it, as points to draw."""

from dataclasses import dataclass, field
from typing import Any

from databaseai_web.table import Table

POINTS = 60
"""More than this many marks cannot be told apart; the table has them all."""
SERIES = 6
KINDS = ("bar", "line", "area", "pie")


@dataclass(frozen=True)
class ChartView:
    """What is drawn: points with one label and up to `SERIES` numbers each; nothing without a `kind`."""

    kind: str = ""
    title: str = ""
    x: str = ""
    names: list[str] = field(default_factory=list)
    points: list[dict[str, str | float]] = field(default_factory=list)
    """`{"x": label, "y0": number, "y1": ..., "fill": colour of a slice}`"""
    note: str = ""
    horizontal: bool = False
    stacked: bool = False
    height: int = 240
    """Pixels: lying bars need room for each."""


def chart_of(data: dict[str, Any], table: Table) -> ChartView:
    """The chart of a `chart` event; empty when the specification does not fit the table."""
    kind = str(data.get("type"))
    names = [column.name for column in table.columns]
    ys = [str(name) for name in data.get("y", ())][:SERIES]
    x, series = str(data.get("x") or ""), str(data.get("series") or "")
    if kind not in KINDS or not ys or not {x, *ys, *([series] if series else [])} <= set(names):
        return ChartView()
    cells = [dict(zip(names, row, strict=True)) for row in table.rows]
    shown, points = beside(cells, x, ys[0], series) if series else (ys, in_rows(cells, x, ys))
    points = in_order(points, str(data.get("sort") or ""))
    if kind == "pie":
        points = [{**point, "fill": f"var(--series-{n % SERIES})"} for n, point in enumerate(points)]
    note = f"The first {POINTS} are drawn." if len(points) > POINTS else ""
    note = f"The first {SERIES} of {len(shown)} are drawn." if len(shown) > SERIES else note
    lying = kind == "bar" and data.get("horizontal") is True
    height = 60 + 28 * min(len(points), POINTS) if lying else 280 if kind == "pie" else 240
    stacked = data.get("stacked") is True
    title = str(data.get("title") or "")
    return ChartView(kind, title, x, shown[:SERIES], points[:POINTS], note, lying, stacked, height)


def in_rows(cells: list[dict[str, str | None]], x: str, ys: list[str]) -> list[dict[str, str | float]]:
    """A point for each row."""
    points = []
    for row in cells:
        point: dict[str, str | float] = {"x": label(row[x])}
        for number, name in enumerate(ys):
            if (value := number_of(row[name])) is not None:
                point[f"y{number}"] = value
        points.append(point)
    return points


def beside(
    cells: list[dict[str, str | None]], x: str, y: str, series: str
) -> tuple[list[str], list[dict[str, str | float]]]:
    """A point for each value of `x`, a number in it for each value of `series`."""
    names = list(dict.fromkeys(label(row[series]) for row in cells))
    points: dict[str, dict[str, str | float]] = {}
    for row in cells:
        point = points.setdefault(label(row[x]), {"x": label(row[x])})
        value, name = number_of(row[y]), label(row[series])
        if value is not None:
            point[f"y{names.index(name)}"] = value
    return names, list(points.values())


def in_order(points: list[dict[str, str | float]], sort: str) -> list[dict[str, str | float]]:
    """Points as the specification wants them sorted; by the rows' own order without a word."""
    if sort == "label":
        return sorted(points, key=lambda point: str(point["x"]))
    if sort in {"largest first", "smallest first"}:
        return sorted(points, key=total, reverse=sort == "largest first")
    return points


def total(point: dict[str, str | float]) -> float:
    """All numbers of one point."""
    return sum(float(value) for key, value in point.items() if key.startswith("y"))


def label(cell: str | None) -> str:
    """A cell as the name of a place on an axis."""
    return "NULL" if cell is None else cell


def number_of(cell: str | None) -> float | None:
    """A cell as a finite number, for drawing only."""
    try:
        value = float(cell or "")
    except ValueError:
        return None
    return value if value - value == 0 else None  # NaN and infinity are not drawn

"""Choose a chart from the result's types and cardinalities: a specification, never code."""

import re
from collections.abc import Sequence

from databaseai.ask.answer import amount
from databaseai.ask.chart_shape import NUMBERS, Row, Shape, shape
from databaseai.ask.chart_words import SERIES, change
from databaseai.ask.events import Chart, Json, ResultColumn

BARS = 40
"""More bars than this are no longer told apart; a table serves better."""
MEASURES = 4
"""Lines or bars side by side."""
SLICES = 6
"""More parts of a circle than this are not told apart."""
LABEL_CHARACTERS = 14
"""Longer labels do not stand side by side below an axis."""
APART = 20
"""Measures whose largest values differ by more than this factor do not share an axis."""
__all__ = ["change", "choose"]
SHARE = re.compile(
    r"\b(shares?|proportions?|percent(age)?s?|breakdown|composition|made up of|split)\b", re.IGNORECASE
)
"""Words of a question about the parts of a whole."""


def choose(columns: Sequence[ResultColumn], rows: Sequence[Row], title: str) -> Chart:
    """The chart that shows the result best; type "table" when none does.

    Args:
        columns: c of them.
        rows: Of c wire values each.
        title: The question; its words tell whether parts of a whole are asked for.
    """
    table = Chart("table", title=title)
    found = shape(columns, rows)
    if found is None or not found.of("number"):
        return table
    if found.of("time"):
        return over_time(found, title) or table
    if found.of("name"):
        return by_name(found, title) or table
    numbers = found.of("number")
    if len(numbers) == 2:  # noqa: PLR2004
        return Chart("scatter", x=found.name(numbers[0]), y=(found.name(numbers[1]),), title=title)
    return table


def over_time(found: Shape, title: str) -> Chart | None:
    """A line per measure, or one per value of a single further column; areas where parts are asked for."""
    time, names, numbers = found.of("time")[0], found.of("name"), found.of("number")
    names = [*names, *found.of("time")[1:]]
    x = found.name(time)
    if not names and found.alone(time):
        return Chart("line", x=x, y=alike(found, numbers), title=title)
    if len(names) == 1 and 1 < found.different(names[0]) <= SERIES:
        series, y = found.name(names[0]), (found.name(numbers[0]),)
        if SHARE.search(title) and found.positive(numbers[0]):
            return Chart("area", x=x, y=y, series=series, title=title, stacked=True)
        return Chart("line", x=x, y=y, series=series, title=title)
    return None


def by_name(found: Shape, title: str) -> Chart | None:
    """Bars per category, when they can be told apart; a circle for a few parts of one whole."""
    names, numbers = found.of("name"), found.of("number")
    place = best_label(found, names)
    if place is not None and len(found.rows) <= BARS:
        few = len(found.rows) <= SLICES and len(numbers) == 1 and found.positive(numbers[0])
        if few and SHARE.search(title):
            return Chart("pie", x=found.name(place), y=(found.name(numbers[0]),), title=title)
        return Chart(
            "bar",
            x=found.name(place),
            y=alike(found, numbers),
            title=title,
            horizontal=long(found, place),
        )
    if len(names) == 2 and len(found.rows) <= BARS * SERIES:  # noqa: PLR2004
        outer, inner = sorted(names, key=lambda each: -found.different(each))
        if 1 < found.different(inner) <= SERIES and found.different(outer) <= BARS:
            parts = bool(SHARE.search(title)) and found.positive(numbers[0])
            return Chart(
                "bar",
                x=found.name(outer),
                y=(found.name(numbers[0]),),
                series=found.name(inner),
                title=title,
                horizontal=long(found, outer),
                stacked=parts,
            )
    return None


def best_label(found: Shape, names: Sequence[int]) -> int | None:
    """The column that names each row: text before numbers that are names; None where none does."""
    alone = [place for place in names if found.alone(place)]
    words = [place for place in alone if not found.columns[place].type.lower().startswith(NUMBERS)]
    return next(iter([*words, *alone]), None)


def long(found: Shape, place: int) -> bool:
    """Labels too long to stand side by side."""
    return max(len(str(value)) for value in found.values(place)) > LABEL_CHARACTERS


def alike(found: Shape, numbers: Sequence[int]) -> tuple[str, ...]:
    """The first measure, and those of like size: others would lie flat on the same axis."""
    tops = {place: top(found.values(place)) for place in numbers}
    first = tops[numbers[0]]
    kept = [
        place
        for place in numbers
        if place == numbers[0] or (first and tops[place] and 1 / APART <= tops[place] / first <= APART)
    ]
    return tuple(found.name(place) for place in kept[:MEASURES])


def top(values: Sequence[Json]) -> float:
    """The largest amount, without its sign."""
    return max((abs(float(figure)) for value in values if (figure := amount(value)) is not None), default=0.0)

"""Change a chart by words: another type, axis, order. What needs other rows is a new question."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from databaseai.ask.chart_shape import Shape, shape
from databaseai.ask.events import Chart, Json, ResultColumn

ChartType = Literal["bar", "line", "area", "scatter", "pie", "table"]
TYPES: tuple[tuple[str, ChartType], ...] = (
    (r"(bars?|columns?|histogram)", "bar"),
    (r"(lines?|curves?)", "line"),
    (r"areas?", "area"),
    (r"(scatter|dots?|points?)", "scatter"),
    (r"(pie|donut|doughnut|circle)", "pie"),
    (r"(table|no chart|no graph|no diagram)", "table"),
)
FLAGS: tuple[tuple[str, dict[str, bool]], ...] = (
    (r"(not stacked|unstacked|side by side|next to each other|grouped)", {"stacked": False}),
    (r"(stacked|stack|upon each other)", {"stacked": True}),
    (r"(horizontal(ly)?|lying|sideways)", {"horizontal": True}),
    (r"(vertical(ly)?|upright|standing)", {"horizontal": False}),
)
ORDERS: tuple[tuple[str, Literal["largest first", "smallest first", "label"]], ...] = (
    (r"(smallest|lowest) first|ascending", "smallest first"),
    (r"(largest|biggest|highest) first|descending", "largest first"),
    (r"(sort(ed)?|order(ed)?) by (the )?(value|size|amount|height)s?", "largest first"),
    (r"(sort(ed)?|order(ed)?) by (the )?(label|name)s?|alphabetical(ly)?", "label"),
)
FILLERS = frozenset(
    """a an and as be can change chart charts could diagram draw figure give graph i in instead into it
    just like make me now of on one plot please put rather show switch that the them this to turn use want
    with would you by sort sorted order ordered""".split()  # noqa: SIM905  # a list of words reads best as text
)
"""Words that ask for nothing themselves."""
SERIES = 8
"""Lines, or bars of one place, that are told apart."""
MARKS = "(line|bar|area|colou?r)"
PIE_MOST = 12
"""Slices, when a person wants a circle all the same."""


@dataclass
class Wish:
    """What was understood of the words, and what is left of them."""

    text: str
    changes: dict[str, object] = field(default_factory=dict)

    def take(self, pattern: str) -> re.Match[str] | None:
        """Find a phrase and strike it out."""
        if found := re.search(rf"\b(?:{pattern})\b", self.text):
            self.text = f"{self.text[: found.start()]} {self.text[found.end() :]}"
        return found

    def understood(self) -> bool:
        """Something is to change, and no word is left that may ask for something else."""
        left = set(re.findall(r"\w+", self.text)) - FILLERS
        return bool(self.changes) and not left


def change(
    spec: Chart, words: str, columns: Sequence[ResultColumn], rows: Sequence[Sequence[Json]]
) -> Chart | None:
    """The chart as the words want it; None: not understood, not drawable, or a new question.

    Args:
        spec: The chart that is shown.
        words: `as a line`, `stacked`, `month on the x axis`, `sort by value`.
        columns: Of the result.
        rows: Of the result.
    """
    found = shape(columns, rows)
    if found is None:
        return None
    wish = Wish(" ".join(re.findall(r"[\w']+", words.lower().replace("_", " "))))
    take_axes(wish, found)
    take_plain(wish)
    if not wish.understood():
        return None
    made = completed(replace(spec, **wish.changes), found)  # type: ignore[arg-type]  # names and types are ours
    return made if drawable(made, found) else None


def take_axes(wish: Wish, found: Shape) -> None:
    """Which column goes where."""
    for name in sorted(column.name for column in found.columns):
        said = re.escape(name.lower().replace("_", " ")) + "s?"
        phrases = {
            "series": rf"(split|colou?red|divided|one {MARKS} (per|for each)) (by )?(the )?{said}",
            "x": axis(said, "x"),
            "y": axis(said, "y"),
        }
        for part, pattern in phrases.items():
            if wish.take(pattern):
                wish.changes[part] = (name,) if part == "y" else name
        if kind_of(found, name) == "number" and wish.take(rf"(sort(ed)?|order(ed)?) by (the )?{said}"):
            wish.changes["sort"] = "largest first"


def axis(said: str, letter: str) -> str:
    """`month on the x axis`, `x axis: month`."""
    there = rf"(by )?(the )?{said} (on|along|as) (the )?{letter}( axis)?"
    return rf"{there}|{letter}( axis)? (is|to|be|shows?)? ?(the )?{said}"


def kind_of(found: Shape, name: str) -> str:
    """What the column of a name is."""
    return next(k for column, k in zip(found.columns, found.kinds, strict=True) if column.name == name)


def take_plain(wish: Wish) -> None:
    """Order, placing and type."""
    for pattern, order in ORDERS:
        if wish.take(pattern):
            wish.changes["sort"] = order
    for pattern, flags in FLAGS:
        if wish.take(pattern):
            wish.changes |= flags
    for pattern, kind in TYPES:
        if wish.take(pattern):
            wish.changes.setdefault("type", kind)


def completed(spec: Chart, found: Shape) -> Chart:
    """A chart that was none before gets its axes; one measure is enough for a circle, two for dots."""
    numbers = [found.name(place) for place in found.of("number")]
    labels = [found.name(place) for place in [*found.of("time"), *found.of("name")]]
    if spec.type == "table":
        return Chart("table", title=spec.title)
    if spec.type == "scatter" and len(numbers) > 1 and spec.x not in numbers:
        return replace(spec, x=numbers[0], y=(numbers[1],), series=None)
    y = spec.y or tuple(numbers[:1])
    x = spec.x or next(iter(labels), None)
    return replace(spec, x=x, y=y[:1] if spec.type == "pie" else y)


def drawable(spec: Chart, found: Shape) -> bool:
    """Whether the result has what this chart needs."""
    places = {column.name: place for place, column in enumerate(found.columns)}
    if spec.type == "table":
        return True
    if spec.x not in places or not spec.y or any(kind_of(found, name) != "number" for name in spec.y):
        return False
    fits: dict[str, Callable[[], bool]] = {
        "pie": lambda: (
            not spec.series
            and found.alone(places[spec.x or ""])
            and len(found.rows) <= PIE_MOST
            and found.positive(places[spec.y[0]])
        ),
        "scatter": lambda: kind_of(found, spec.x or "") in {"number", "time"},
    }
    if spec.stacked and not spec.series and len(spec.y) < 2:  # noqa: PLR2004
        return False
    if spec.series and found.different(places[spec.series]) > SERIES:
        return False
    return fits.get(spec.type, lambda: True)()

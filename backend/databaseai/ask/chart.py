"""Choose a chart from the result's types and cardinalities: a specification, never code."""

from collections.abc import Sequence

from databaseai.ask.events import Chart, Json, ResultColumn

NUMBERS = ("int", "smallint", "bigint", "numeric", "decimal", "real", "float", "double", "money")
TIMES = ("date", "timestamp")
BARS = 40
"""More bars than this are no longer told apart; a table serves better."""
MEASURES = 4
"""Lines or bars side by side."""
SERIES = 8
KEY_SUFFIXES = ("id", "code", "key", "zip", "phone")
"""Numbers that are names, not amounts."""


def choose(columns: Sequence[ResultColumn], rows: Sequence[Sequence[Json]], title: str) -> Chart:
    """The chart that shows the result best; type "table" when none does.

    Args:
        columns: c of them.
        rows: Of c wire values each.
        title: The question.
    """
    table = Chart("table", title=title)
    if len(rows) < 2 or len(columns) < 2 or len({column.name for column in columns}) < len(columns):  # noqa: PLR2004
        return table
    kinds = [kind(column) for column in columns]
    measures = tuple(c.name for c, k in zip(columns, kinds, strict=True) if k == "number")
    times = [place for place, k in enumerate(kinds) if k == "time"]
    names = [place for place, k in enumerate(kinds) if k == "name"]
    if not measures:
        return table
    if times:
        return over_time(columns, rows, times[0], names, measures, title) or table
    if names:
        return by_name(columns, rows, names, measures, title) or table
    if len(measures) == 2:  # noqa: PLR2004
        return Chart("scatter", x=measures[0], y=measures[1:], title=title)
    return table


def over_time(
    columns: Sequence[ResultColumn],
    rows: Sequence[Sequence[Json]],
    time: int,
    names: Sequence[int],
    measures: tuple[str, ...],
    title: str,
) -> Chart | None:
    """A line per measure, or one per value of a single further column."""
    if not names and len({repr(row[time]) for row in rows}) == len(rows):
        return Chart("line", x=columns[time].name, y=measures[:MEASURES], title=title)
    if len(names) == 1 and len({repr(row[names[0]]) for row in rows}) <= SERIES:
        series = columns[names[0]].name
        return Chart("line", x=columns[time].name, y=measures[:1], series=series, title=title)
    return None


def by_name(
    columns: Sequence[ResultColumn],
    rows: Sequence[Sequence[Json]],
    names: Sequence[int],
    measures: tuple[str, ...],
    title: str,
) -> Chart | None:
    """Bars per category, when they can be told apart."""
    for place in names:
        if len(rows) <= BARS and len({repr(row[place]) for row in rows}) == len(rows):
            return Chart("bar", x=columns[place].name, y=measures[:MEASURES], title=title)
    if len(names) == 2 and len(rows) <= BARS * SERIES:  # noqa: PLR2004
        outer, inner = sorted(names, key=lambda place: -len({repr(row[place]) for row in rows}))
        if len({repr(row[inner]) for row in rows}) <= SERIES:
            return Chart(
                "bar", x=columns[outer].name, y=measures[:1], series=columns[inner].name, title=title
            )
    return None


def kind(column: ResultColumn) -> str:
    """What a column is to a chart: a time, an amount, a name, or nothing it can show."""
    base = column.type.removesuffix("[]").lower()
    name = column.name.lower()
    if column.type.endswith("[]") or base.startswith(("json", "bytea", "ts", "interval", "xml")):
        return "other"
    if base.startswith(TIMES):
        return "time"
    if base.startswith(NUMBERS):
        if name in {"year", "month", "week", "day", "quarter", "hour"} or name.endswith(("_year", "_month")):
            return "time"
        return "name" if name.endswith(KEY_SUFFIXES) else "number"
    return "name"

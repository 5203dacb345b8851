"""What a result's columns are to a chart: times, amounts, names."""

from collections.abc import Sequence
from dataclasses import dataclass

from databaseai.ask.answer import PERIOD, amount
from databaseai.ask.events import Json, ResultColumn

NUMBERS = ("int", "smallint", "bigint", "numeric", "decimal", "real", "float", "double", "money")
TIMES = ("date", "timestamp")
KEY_SUFFIXES = ("id", "code", "key", "zip", "phone")
"""Numbers that are names, not amounts."""
TIME_NAMES = {"year", "month", "week", "day", "quarter", "hour"}
YEARS = range(1800, 2200)
Row = Sequence[Json]


@dataclass(frozen=True)
class Shape:
    """What the columns are to a chart, by their places."""

    columns: Sequence[ResultColumn]
    rows: Sequence[Row]
    kinds: tuple[str, ...]

    def of(self, kind: str) -> list[int]:
        """Places of columns of a kind."""
        return [place for place, known in enumerate(self.kinds) if known == kind]

    def name(self, place: int) -> str:
        """A column's name."""
        return self.columns[place].name

    def values(self, place: int) -> list[Json]:
        """A column's values."""
        return [row[place] for row in self.rows]

    def different(self, place: int) -> int:
        """How many different values a column has."""
        return len({repr(value) for value in self.values(place)})

    def alone(self, place: int) -> bool:
        """Each row has a value of its own."""
        return self.different(place) == len(self.rows)

    def positive(self, place: int) -> bool:
        """All values are amounts above zero."""
        figures = [amount(value) for value in self.values(place)]
        return all(figure is not None and figure > 0 for figure in figures)


def shape(columns: Sequence[ResultColumn], rows: Sequence[Row]) -> Shape | None:
    """What the columns are to a chart; None where none can be drawn."""
    if len(rows) < 2 or len(columns) < 2 or len({column.name for column in columns}) < len(columns):  # noqa: PLR2004
        return None
    kinds = tuple(kind(column, [row[place] for row in rows]) for place, column in enumerate(columns))
    return Shape(columns, rows, kinds)


def kind(column: ResultColumn, values: Sequence[Json]) -> str:
    """What a column is to a chart: a time, an amount, a name, or nothing it can show."""
    base = column.type.removesuffix("[]").lower()
    name = column.name.lower()
    if column.type.endswith("[]") or base.startswith(("json", "bytea", "ts", "interval", "xml")):
        return "other"
    if base.startswith(TIMES):
        return "time"
    known = [str(value) for value in values if value is not None]
    if base.startswith(NUMBERS):
        if name in TIME_NAMES or name.endswith(("_year", "_month")) or years(name, known):
            return "time"
        return "name" if name.endswith(KEY_SUFFIXES) else "number"
    return "time" if known and all(period(name, value) for value in known) else "name"


def period(name: str, value: str) -> bool:
    """Text that sorts as the time it means; four digits alone are a year only where the name says so."""
    return PERIOD.fullmatch(value) is not None and (len(value) > 4 or "year" in name)  # noqa: PLR2004


def years(name: str, values: Sequence[str]) -> bool:
    """Whole numbers that are years, by name and size."""
    return "year" in name and all(value.isdigit() and int(value) in YEARS for value in values)

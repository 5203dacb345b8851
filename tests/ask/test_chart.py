"""A chart where one serves, chosen from types and cardinalities."""

import pytest

from databaseai.ask.chart import choose
from databaseai.ask.events import Json, ResultColumn

NAME, KIND = ResultColumn("name", "text"), ResultColumn("kind", "text")
DAY, YEAR = ResultColumn("day", "timestamp with time zone"), ResultColumn("year", "numeric")
SUM, MEAN, ID = (
    ResultColumn("sum", "numeric"),
    ResultColumn("avg", "double precision"),
    ResultColumn("person_id", "bigint"),
)
TAGS = ResultColumn("tags", "text[]")


@pytest.mark.parametrize(
    ("columns", "rows", "expected"),
    [
        ([NAME, SUM], [["a", 1], ["b", 2]], ("bar", "name", ("sum",), None)),
        ([SUM, NAME], [[1, "a"], [2, "b"]], ("bar", "name", ("sum",), None)),
        ([NAME, SUM, MEAN], [["a", 1, 2], ["b", 2, 3]], ("bar", "name", ("sum", "avg"), None)),
        ([ID, NAME, SUM], [[1, "a", 1], [2, "a", 2]], ("bar", "person_id", ("sum",), None)),
        ([DAY, SUM], [["2024-01-01", 1], ["2024-01-02", 2]], ("line", "day", ("sum",), None)),
        ([YEAR, SUM], [["2024", 1], ["2025", 2]], ("line", "year", ("sum",), None)),
        (
            [DAY, KIND, SUM],
            [["d1", "a", 1], ["d1", "b", 2], ["d2", "a", 3]],
            ("line", "day", ("sum",), "kind"),
        ),
        (
            [NAME, KIND, SUM],
            [["x", "a", 1], ["x", "b", 2], ["y", "a", 3], ["z", "a", 3]],
            ("bar", "name", ("sum",), "kind"),
        ),
        ([SUM, MEAN], [[1, 2], [2, 3]], ("scatter", "sum", ("avg",), None)),
        ([NAME, SUM], [["a", 1]], ("table", None, (), None)),
        ([SUM], [[1], [2]], ("table", None, (), None)),
        ([NAME, KIND], [["a", "b"], ["c", "d"]], ("table", None, (), None)),
        ([NAME, SUM], [[str(n), n] for n in range(100)], ("table", None, (), None)),
        ([NAME, NAME, SUM], [["a", "b", 1], ["c", "d", 2]], ("table", None, (), None)),
        ([TAGS, SUM], [[["a"], 1], [["b"], 2]], ("table", None, (), None)),
    ],
)
def test_the_chart_follows_types_and_cardinalities(
    columns: list[ResultColumn], rows: list[list[Json]], expected: tuple[object, ...]
) -> None:
    chart = choose(columns, rows, "why?")
    assert (chart.type, chart.x, chart.y, chart.series) == expected
    assert chart.title == "why?"

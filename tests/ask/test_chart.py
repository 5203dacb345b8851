"""A chart where one serves, chosen from types and cardinalities, and changed by words."""

import pytest

from databaseai.ask.chart import change, choose
from databaseai.ask.events import Chart, Json, ResultColumn

NAME, KIND = ResultColumn("name", "text"), ResultColumn("kind", "text")
DAY, YEAR = ResultColumn("day", "timestamp with time zone"), ResultColumn("year", "numeric")
SUM, MEAN, ID = (
    ResultColumn("sum", "numeric"),
    ResultColumn("avg", "double precision"),
    ResultColumn("person_id", "bigint"),
)
TAGS, MONTH, SINCE = (
    ResultColumn("tags", "text[]"),
    ResultColumn("order_month", "text"),
    ResultColumn("founded_in_year", "integer"),
)
Rows = list[list[Json]]


@pytest.mark.parametrize(
    ("columns", "rows", "expected"),
    [
        ([NAME, SUM], [["a", 1], ["b", 2]], ("bar", "name", ("sum",), None)),
        ([SUM, NAME], [[1, "a"], [2, "b"]], ("bar", "name", ("sum",), None)),
        ([NAME, SUM, MEAN], [["a", 1, 2], ["b", 2, 3]], ("bar", "name", ("sum", "avg"), None)),
        ([NAME, SUM, MEAN], [["a", 1000, 2], ["b", 2000, 3]], ("bar", "name", ("sum",), None)),
        ([NAME, SUM, MEAN], [["a", 0, 2], ["b", 0, 3]], ("bar", "name", ("sum",), None)),
        ([ID, NAME, SUM], [[1, "a", 1], [2, "b", 2]], ("bar", "name", ("sum",), None)),
        ([ID, NAME, SUM], [[1, "a", 1], [2, "a", 2]], ("bar", "person_id", ("sum",), None)),
        ([DAY, SUM], [["2024-01-01", 1], ["2024-01-02", 2]], ("line", "day", ("sum",), None)),
        ([YEAR, SUM], [["2024", 1], ["2025", 2]], ("line", "year", ("sum",), None)),
        ([SINCE, SUM], [[2024, 1], [2025, 2]], ("line", "founded_in_year", ("sum",), None)),
        ([MONTH, SUM], [["2025-03", 1], ["2025-04", 2]], ("line", "order_month", ("sum",), None)),
        ([NAME, SUM], [["2025-Q1", 1], ["2025-Q2", 2]], ("line", "name", ("sum",), None)),
        ([NAME, SUM], [["1234", 1], ["4321", 2]], ("bar", "name", ("sum",), None)),
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
    columns: list[ResultColumn], rows: Rows, expected: tuple[object, ...]
) -> None:
    chart = choose(columns, rows, "why?")
    assert (chart.type, chart.x, chart.y, chart.series) == expected
    assert chart.title == "why?"


@pytest.mark.parametrize(
    ("question", "rows", "kind"),
    [
        ("What share of sales has each channel?", [["a", 1], ["b", 2]], "pie"),
        ("What share of sales has each channel?", [["a", 1], ["b", -2]], "bar"),
        ("What share of sales has each channel?", [["a", 1], ["b", None]], "bar"),
        ("What share of sales has each channel?", [[str(n), n] for n in range(1, 8)], "bar"),
        ("Sales by channel", [["a", 1], ["b", 2]], "bar"),
    ],
)
def test_a_circle_is_for_a_few_parts_of_a_whole_that_is_asked_for(
    question: str, rows: Rows, kind: str
) -> None:
    assert choose([NAME, SUM], rows, question).type == kind


def test_parts_over_time_are_areas_and_long_labels_lie() -> None:
    rows: Rows = [["2025-01", "a", 1], ["2025-01", "b", 2], ["2025-02", "a", 3]]
    chart = choose([MONTH, KIND, SUM], rows, "share of each kind by month")
    assert (chart.type, chart.stacked) == ("area", True)
    assert choose([NAME, SUM], [["x" * 15, 1], ["y", 2]], "q").horizontal
    assert not choose([NAME, SUM], [["x" * 14, 1], ["y", 2]], "q").horizontal


COLUMNS = [MONTH, KIND, SUM, MEAN]
ROWS: Rows = [["2025-01", "a", 1, 5], ["2025-01", "b", 2, 5], ["2025-02", "a", 3, 5]]
BARS = Chart("bar", x="order_month", y=("sum",), series="kind", title="q")


@pytest.mark.parametrize(
    ("words", "changed"),
    [
        ("as a line", {"type": "line"}),
        ("Make it a line chart, please!", {"type": "line"}),
        ("stacked", {"stacked": True}),
        ("stacked areas", {"type": "area", "stacked": True}),
        ("horizontal bars", {"horizontal": True}),
        ("order month on the x axis", {"x": "order_month"}),
        ("kind on the x-axis", {"x": "kind"}),
        ("avg on the y axis", {"y": ("avg",)}),
        ("one line per kind", {"series": "kind"}),
        ("sort by value", {"sort": "largest first"}),
        ("sort by sum", {"sort": "largest first"}),
        ("smallest first", {"sort": "smallest first"}),
        ("sorted alphabetically", {"sort": "label"}),
        ("show it as a scatter plot", {"type": "scatter", "x": "sum", "y": ("avg",), "series": None}),
        ("just a table", {"type": "table"}),
        ("as a table", {"type": "table", "x": None, "y": (), "series": None}),
        ("as a pie chart", None),
        ("without store Berlin", None),
        ("as a line without Berlin", None),
        ("only 2024", None),
        ("customer on the x axis", None),
        ("kind on the y axis", None),
        ("in red", None),
        ("import os", None),
        ("", None),
    ],
)
def test_words_change_the_chart_and_what_needs_other_rows_does_not(
    words: str, changed: dict[str, object] | None
) -> None:
    found = change(BARS, words, COLUMNS, ROWS)
    if changed is None:
        assert found is None
    else:
        assert found is not None
        assert {name: getattr(found, name) for name in changed} == changed
        assert found.title == "q"


def test_a_circle_by_words_needs_parts() -> None:
    plain = Chart("bar", x="name", y=("sum", "avg"))
    columns = [NAME, SUM, MEAN]
    pie = change(plain, "pie chart", columns, [["a", 1, 2], ["b", 2, 3]])
    assert pie is not None
    assert (pie.type, pie.x, pie.y) == ("pie", "name", ("sum",))
    assert change(plain, "pie chart", columns, [["a", 1, 2], ["b", -2, 3]]) is None
    assert change(plain, "pie chart", columns, [["a", 1, 2], ["a", 2, 3]]) is None
    assert change(plain, "stacked", columns, [["a", 1, 2], ["b", 2, 3]]) is not None
    assert change(Chart("bar", x="name", y=("sum",)), "stacked", columns, [["a", 1, 2], ["b", 2, 3]]) is None


def test_a_table_can_become_a_chart() -> None:
    found = change(Chart("table"), "as bars", [NAME, SUM], [["a", 1], ["b", 2]])
    assert found == Chart("bar", x="name", y=("sum",))

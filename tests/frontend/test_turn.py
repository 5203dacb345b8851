"""Wire events become what the page shows."""

import functools
from typing import Any

import pytest

from databaseai.api.schemas import EVENTS
from databaseai_web.chart import POINTS
from databaseai_web.examples import made_up, plural
from databaseai_web.sse import WireEvent
from databaseai_web.table import KEPT_ROWS, SHOWN_ROWS, cell_of, column_of, shortened, table_of
from databaseai_web.turn import ADDERS, FindingView, Turn, add, duration, told
from tests.frontend.scripted_api import BREAK, PAUSE, Script
from tests.frontend.scripts import CATALOG, HEAVY, REFUSED, ROWS, SCRIPTS, TEXT, WIDE


def shown(script: Script) -> Turn:
    events = [WireEvent(kind, data) for kind, data in script if kind not in {PAUSE, BREAK}]
    return functools.reduce(add, events, Turn(question="q"))


def test_every_kind_of_event_has_its_place() -> None:
    assert set(ADDERS) == set(EVENTS)


@pytest.mark.parametrize("name", [name for name in SCRIPTS if name != "No model"])
def test_the_scripts_speak_the_contract(name: str) -> None:
    """The scripted API sends what the real one declares."""
    for kind, data in SCRIPTS[name]:
        if kind not in {PAUSE, BREAK}:
            EVENTS[kind].model_validate({"type": "", "status": 500, **data} if kind == "problem" else data)


def test_a_whole_answer() -> None:
    turn = shown(SCRIPTS[""])
    assert turn.text == TEXT
    assert [step.label for step in turn.steps][:2] == ["Read the question", "Chose the tables"]
    assert {step.status for step in turn.steps} == {"done"}
    assert turn.table.rows[0] == ["Northfield Interiors", "Leeds", "41", "128450.10"]
    assert turn.table.rows[2][1] is None
    assert [column.numeric for column in turn.table.columns] == [False, False, True, True]
    assert turn.chart.points[0] == {"x": "Northfield Interiors", "y0": 128450.1}
    assert [line.heading for line in turn.card][:2] == ["Tables", "Joined by"]
    assert "Notes" not in [line.heading for line in turn.card]  # it was empty
    assert turn.confidence == "Medium confidence"
    assert turn.summary == "Answered in 2.8 s"


def test_a_step_that_runs_says_what_it_does() -> None:
    turn = add(Turn(), WireEvent("step", {"name": "generation", "status": "started"}))
    assert turn.steps[0].label == "Writing the SQL"
    assert len(add(turn, WireEvent("step", {"name": "generation", "status": "done", "ms": 3.0})).steps) == 1


def test_a_problem_ends_the_step_it_broke_off_and_keeps_the_question() -> None:
    turn = shown(SCRIPTS["Delete all customers"])
    assert turn.question == "q"
    assert turn.steps[-1].status == "failed"
    assert (turn.problem.code, turn.problem.hint) == ("DBAI507", REFUSED["hint"])
    assert turn.sql.startswith("DELETE")
    assert not turn.problem.stopped


def test_stopped_is_no_fault() -> None:
    assert add(Turn(), WireEvent("problem", {"code": "DBAI716"})).problem.stopped


def test_only_a_cost_can_be_confirmed() -> None:
    assert add(Turn(), WireEvent("problem", HEAVY)).problem.confirmable
    assert not add(Turn(), WireEvent("problem", REFUSED)).problem.confirmable


def test_only_what_the_data_seems_not_to_answer_is_doubted() -> None:
    assert add(Turn(), WireEvent("problem", {"code": "DBAI402"})).problem.doubted
    assert not add(Turn(), WireEvent("problem", REFUSED)).problem.doubted


def test_a_restart_forgets_the_half_done_run() -> None:
    turn = add(shown(SCRIPTS[""][:12]), WireEvent("restarted"))
    assert turn == Turn(question="q")


def test_unknown_events_and_members_change_nothing() -> None:
    assert add(Turn(), WireEvent("invented_later", {"x": 1})) == Turn()


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, None),
        ("", ""),
        (True, "true"),
        (0, "0"),
        (1.5, "1.5"),
        ("99999999999999999999.10", "99999999999999999999.10"),
        ("NaN", "NaN"),
        ([1, "a"], '[1, "a"]'),
        ({"ü": 1}, '{"ü": 1}'),
    ],
)
def test_cells(value: Any, cell: str | None) -> None:
    assert cell_of(value) == cell


def test_a_long_cell_is_cut_with_a_mark() -> None:
    cell = cell_of("x" * 5000)
    assert cell is not None
    assert cell.endswith("…")
    assert len(cell) <= 300


@pytest.mark.parametrize(
    ("kind", "numeric"),
    [
        ("numeric(12,2)", True),
        ("bigint", True),
        ("double precision", True),
        ("text", False),
        ("int4range", False),
    ],
)
def test_numbers_are_known_by_type(kind: str, numeric: bool) -> None:
    assert column_of({"name": "a", "type": kind}).numeric is numeric


@pytest.mark.parametrize(
    ("rows", "truncated", "kept", "cut"),
    [
        (0, False, 0, False),
        (1, False, 1, False),
        (SHOWN_ROWS, False, SHOWN_ROWS, False),
        (SHOWN_ROWS + 1, False, SHOWN_ROWS, True),
        (5, True, 5, True),
    ],
)
def test_only_the_first_rows_are_kept(rows: int, truncated: bool, kept: int, cut: bool) -> None:
    data = {"columns": [{"name": "a", "type": "integer"}], "rows": [[1]] * rows, "truncated": truncated}
    table = table_of(data)
    assert (len(table.rows), table.cut) == (kept, cut)


def test_an_earlier_table_is_shortened_once() -> None:
    table = shortened(table_of(WIDE))
    assert len(table.rows) == KEPT_ROWS
    assert table.short
    assert shortened(table) is table
    small = table_of({"columns": [], "rows": ROWS})
    assert shortened(small) is small


@pytest.mark.parametrize(
    "chart",
    [
        {"type": "scatter", "x": "orders", "y": ["revenue"]},
        {"type": "table"},
        {"type": "bar", "x": "nowhere", "y": ["revenue"]},
        {"type": "bar", "x": "customer", "y": ["nowhere"]},
        {"type": "bar", "x": "customer", "y": []},
        {"type": "bar", "x": "customer", "y": ["revenue"], "series": "nowhere"},
    ],
)
def test_a_chart_that_does_not_fit_is_not_drawn(chart: dict[str, Any]) -> None:
    rows = next(event for event in SCRIPTS[""] if event[0] == "rows")
    assert not shown([rows, ("chart", chart)]).chart.kind


def test_a_chart_draws_no_more_than_can_be_told_apart() -> None:
    chart = ("chart", {"type": "line", "x": "measure_0", "y": ["measure_1"]})
    view = shown([("rows", WIDE), chart]).chart
    assert len(view.points) == POINTS
    assert view.note


@pytest.mark.parametrize(("ms", "text"), [(0.2, ""), (3.2, "3 ms"), (2210, "2.2 s"), (125_000, "2 min 5 s")])
def test_durations(ms: float, text: str) -> None:
    assert duration(ms) == text


def test_examples_come_from_the_tables() -> None:
    assert list(made_up(CATALOG["tables"]))[:3] == [
        "Which five customers have the most orders?",
        "How many orders are there in each month?",
        "How many orders are there of each status?",
    ]
    assert list(made_up([])) == []


@pytest.mark.parametrize(
    ("name", "many"),
    [("Order_Line", "order lines"), ("city", "cities"), ("box", "boxes"), ("goods", "goods")],
)
def test_plurals(name: str, many: str) -> None:
    assert plural(name) == many


def test_a_warning_keeps_its_sql_and_a_check_its_first_row() -> None:
    turn = shown([("sentinel", {"finding": [{"kind": "fan-out", "text": "Thrice.", "check": "SELECT 2"}]})])
    assert turn.findings == [FindingView("Thrice.", "SELECT 2", "")]
    columns = [{"name": "rows_joined", "type": "bigint"}, {"name": "min", "type": "text"}]
    assert told({"columns": columns, "rows": [[54193, "x"]]}) == "rows joined: 54,193, min: x"
    assert told({"columns": columns, "rows": []}) == ""


SALES = {
    "columns": [
        {"name": "month", "type": "text"},
        {"name": "shop", "type": "text"},
        {"name": "sum", "type": "integer"},
    ],
    "rows": [["2025-01", "a", 1], ["2025-01", "b", 5], ["2025-02", "a", 3]],
    "truncated": False,
}


def test_a_series_becomes_numbers_of_one_point() -> None:
    chart = {"type": "area", "x": "month", "y": ["sum"], "series": "shop", "stacked": True}
    view = shown([("rows", SALES), ("chart", chart)]).chart
    assert (view.kind, view.names, view.stacked) == ("area", ["a", "b"], True)
    assert view.points == [{"x": "2025-01", "y0": 1.0, "y1": 5.0}, {"x": "2025-02", "y0": 3.0}]


def test_a_chart_is_sorted_lies_down_and_colours_its_slices() -> None:
    chart = {"type": "bar", "x": "shop", "y": ["sum"], "sort": "largest first", "horizontal": True}
    view = shown([("rows", SALES), ("chart", chart)]).chart
    assert [point["y0"] for point in view.points] == [5.0, 3.0, 1.0]
    assert (view.horizontal, view.height) == (True, 60 + 3 * 28)
    view = shown([("rows", SALES), ("chart", {**chart, "sort": "label", "type": "pie"})]).chart
    assert [point["x"] for point in view.points] == ["a", "a", "b"]
    assert [point["fill"] for point in view.points] == [f"var(--series-{n})" for n in range(3)]
    assert not view.horizontal

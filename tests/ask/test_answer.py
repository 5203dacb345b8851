"""The sentence says what the result says, and no number that is not in it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from databaseai.ask.answer import numbers, numbers_from, sentence
from databaseai.ask.events import Json, ResultColumn

NAME, TOTAL, YEAR = (
    ResultColumn("name", "text"),
    ResultColumn("total_eur", "numeric"),
    ResultColumn("year", "integer"),
)
COUNT, MONTH = ResultColumn("count", "bigint"), ResultColumn("month", "timestamp with time zone")
PERIOD = ResultColumn("period", "text")


def months(*totals: Json) -> list[list[Json]]:
    return [[f"2025-{number:02}-01 00:00:00+00", total] for number, total in enumerate(totals, 1)]


@pytest.mark.parametrize(
    ("columns", "rows", "said"),
    [
        ([COUNT], [], "No rows match."),
        ([COUNT], [[1234567]], "The count is 1,234,567."),
        ([ResultColumn("customers", "bigint")], [[4000]], "The number of customers is 4,000."),
        ([ResultColumn("customers", "text")], [["Ann"]], "The customers is Ann."),
        ([ResultColumn("days", "integer")], [[5]], "The number of days is 5."),
        ([ResultColumn("open_days", "integer")], [[5]], "The open is 5 days."),
        ([ResultColumn("share_percent", "numeric")], [["12.5"]], "The share is 12.5 %."),
        ([ResultColumn("avg", "numeric")], [["1.5"]], "The average is 1.5."),
        ([TOTAL], [["-1234.50"]], "The total is -1,234.50 EUR."),
        ([YEAR], [[2024]], "The year is 2024."),
        ([ResultColumn("?column?", "integer")], [[7]], "The answer is 7."),
        ([ResultColumn("exists", "boolean")], [[True]], "Yes."),
        ([ResultColumn("is_open", "boolean")], [[False]], "No (is open)."),
        ([TOTAL], [[None]], "There is no value: the result is empty (NULL)."),
        ([NAME, TOTAL], [["Ann", "5"]], "Ann: total 5 EUR."),
        ([TOTAL, NAME], [["5", "Ann"]], "One row: total 5 EUR, name Ann."),
        (
            [NAME, COUNT, COUNT, COUNT, COUNT, COUNT],
            [["a", 1, 2, 3, 4, 5]],
            "a: count 1, count 2, count 3, count 4, …",
        ),
        ([NAME], [["Ann"], ["Bob"]], "2 rows: Ann, Bob."),
        ([NAME], [[c] for c in "abcde"], "5 rows: a, b, c, d, …"),
        (
            [NAME, TOTAL],
            [["Ann", "5000"], ["Cy", "70"], ["Bob", "3.5"]],
            "3 rows. Sorted by total: first Ann with 5,000 EUR, last Bob with 3.5 EUR.",
        ),
        (
            [NAME, TOTAL],
            [["Bob", "3.5"], ["Ann", "5000"]],
            "2 rows. Sorted by total: first Bob with 3.5 EUR, last Ann with 5,000 EUR.",
        ),
        ([NAME, COUNT], [["DE", 2], ["PT", 9], ["FR", 1]], "3 rows. Largest count: PT with 9."),
        ([NAME, COUNT], [["DE", 2], ["PT", 2]], "2 rows. First: name DE, count 2."),
        ([NAME, TOTAL], [["Ann", "5000"], ["Bob", None]], "2 rows. First: name Ann, total 5,000 EUR."),
        ([NAME, TOTAL], [["Ann", "NaN"], ["Bob", "1"]], "2 rows. First: name Ann, total NaN."),
        (
            [MONTH, TOTAL],
            months("5", "9.25", "7"),
            (
                "3 rows. From 2025-01-01 to 2025-03-01 the total goes from 5 EUR to 7 EUR;"
                " highest is 9.25 EUR (2025-02-01)."
            ),
        ),
        (
            [PERIOD, COUNT],
            [["2025-01", 5], ["2025-02", 9], ["2025-03", 1]],
            "3 rows. From 2025-01 to 2025-03 the count goes from 5 to 1; highest is 9 (2025-02).",
        ),
        ([NAME], [["x" * 200]], f"The name is {'x' * 79}…."),
        ([NAME], [["x" * 77 + "12345"]], f"The name is {'x' * 77}…."),
        ([TOTAL], [["NaN"]], "The total is NaN."),
        ([TOTAL], [["4.0625000000000000"]], "The total is 4.0625 EUR."),
        ([TOTAL], [["4.4716981132075472"]], "The total is 4.4716… EUR."),
        ([TOTAL], [["1000.0000000000000000"]], "The total is 1,000 EUR."),
        ([TOTAL], [["-0.50"]], "The total is -0.50 EUR."),
    ],
)
def test_each_shape_of_result_has_its_sentence(
    columns: list[ResultColumn], rows: list[list[Json]], said: str
) -> None:
    assert sentence(columns, rows, truncated=False) == said


def test_an_empty_result_names_the_reason_or_what_nothing_satisfies() -> None:
    said = sentence([NAME], [], truncated=False, filters=["country = 'X'", "age > 5"])
    assert said == "No rows match: nothing satisfies country = 'X' and age > 5."
    said = sentence([NAME], [], truncated=False, filters=["age > 5"], reason="No rows: town is empty.")
    assert said == "No rows: town is empty."


def test_a_cut_result_claims_no_count_and_no_last_or_highest() -> None:
    said = sentence([NAME, TOTAL], [["a", "9"], ["b", "2"]], truncated=True)
    assert said == "More than 2 rows; these are the first. First: name a, total 9 EUR."
    assert sentence([COUNT], [[7]], truncated=True) == "More than 1 rows; these are the first: 7, …"


COLUMN_NAMES = st.sampled_from(
    [
        "total_eur",
        "count",
        "year",
        "q1_sales",
        "name",
        "share_percent",
        "?column?",
        "avg",
        "customer_id",
        "period",
    ]
)
TYPES = ["bigint", "numeric", "text", "timestamp with time zone", "double precision", "boolean"]
CELLS: dict[str, st.SearchStrategy[Json]] = {
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "numeric": st.decimals(allow_nan=True, allow_infinity=True, places=None).map(str),
    "text": st.text(max_size=120) | st.from_regex(r"\A20\d\d-(0[1-9]|1[0-2])\Z"),
    "timestamp with time zone": st.datetimes().map(lambda time: f"{time:%Y-%m-%d %H:%M:%S}+00"),
    "double precision": st.floats(allow_nan=False, allow_infinity=False),
    "boolean": st.booleans(),
}


@st.composite
def results(draw: st.DrawFn) -> tuple[list[ResultColumn], list[list[Json]]]:
    """A result of any shape."""
    kinds = draw(st.lists(st.sampled_from(TYPES), min_size=1, max_size=4))
    columns = [ResultColumn(draw(COLUMN_NAMES), kind) for kind in kinds]
    rows = draw(st.lists(st.tuples(*(CELLS[kind] | st.none() for kind in kinds)), max_size=6))
    if draw(st.booleans()):
        rows.sort(key=lambda row: str(row[0]))
    return columns, [list(row) for row in rows]


@settings(deadline=None, max_examples=300)
@given(results(), st.booleans())
def test_every_number_is_in_the_result(
    result: tuple[list[ResultColumn], list[list[Json]]], truncated: bool
) -> None:
    columns, rows = result
    assert numbers(sentence(columns, rows, truncated=truncated)) <= numbers_from(columns, rows)


def test_the_checker_sees_a_number_that_is_made_up() -> None:
    known = numbers_from([NAME, TOTAL], [["Ann", "1234.5"]])
    assert numbers("Ann has 1,234.5 EUR in 1 row.") <= known
    assert not numbers("Ann has 1,235 EUR.") <= known
    assert not numbers("Ann has 30 % of it.") <= known

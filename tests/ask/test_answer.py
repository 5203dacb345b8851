"""The sentence says what the result says, and no number that is not in it."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from databaseai.ask.answer import sentence
from databaseai.ask.events import Json, ResultColumn

NAME, TOTAL, YEAR = (
    ResultColumn("name", "text"),
    ResultColumn("total_eur", "numeric"),
    ResultColumn("year", "integer"),
)
COUNT = ResultColumn("count", "bigint")


@pytest.mark.parametrize(
    ("columns", "rows", "said"),
    [
        ([COUNT], [], "No rows match."),
        ([COUNT], [[1234567]], "The count is 1,234,567."),
        ([TOTAL], [["-1234.50"]], "The total eur is -1,234.50."),
        ([YEAR], [[2024]], "The year is 2024."),
        ([ResultColumn("?column?", "integer")], [[7]], "The answer is 7."),
        ([ResultColumn("exists", "boolean")], [[True]], "The exists is yes."),
        ([TOTAL], [[None]], "There is no value: the result is empty (NULL)."),
        ([NAME, TOTAL], [["Ann", "5"]], "One row: name: Ann, total eur: 5."),
        ([NAME], [["Ann"], ["Bob"]], "2 rows: Ann, Bob."),
        ([NAME], [[c] for c in "abcde"], "5 rows: a, b, c, d, …"),
        ([NAME, TOTAL], [["Ann", "5000"], ["Bob", None]], "2 rows. First: name: Ann, total eur: 5,000."),
        ([NAME], [["x" * 200]], f"The name is {'x' * 79}…."),
        ([TOTAL], [["NaN"]], "The total eur is NaN."),
        ([TOTAL], [["4.0625000000000000"]], "The total eur is 4.0625."),
        ([TOTAL], [["4.4716981132075472"]], "The total eur is 4.4716…."),
        ([TOTAL], [["1000.0000000000000000"]], "The total eur is 1,000."),
        ([TOTAL], [["-0.50"]], "The total eur is -0.50."),
    ],
)
def test_each_shape_of_result_has_its_sentence(
    columns: list[ResultColumn], rows: list[list[Json]], said: str
) -> None:
    assert sentence(columns, rows, truncated=False) == said


def test_an_empty_result_names_what_nothing_satisfies() -> None:
    said = sentence([NAME], [], truncated=False, filters=["country = 'X'", "age > 5"])
    assert said == "No rows match: nothing satisfies country = 'X' and age > 5."


def test_a_cut_result_does_not_claim_a_count() -> None:
    assert sentence([NAME, TOTAL], [["a", "1"], ["b", "2"]], truncated=True).startswith(
        "More than 2 rows; these are the first. First: name: a"
    )


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers() | st.none(), st.integers() | st.none()), max_size=6))
def test_every_number_is_in_the_result(rows: list[tuple[int | None, int | None]]) -> None:
    columns = [ResultColumn("one", "bigint"), ResultColumn("two", "bigint")]
    said = sentence(columns, rows, truncated=False).replace(",", "")
    known = {str(value) for row in rows for value in row} | {str(len(rows))}
    assert set(re.findall(r"-?\d+", said)) <= known

"""Times counted from today become days."""

from datetime import date

import pytest

from databaseai.ask.understanding.relative_time import restated, said

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Sales last year?", "last year: from 2025-01-01, before 2026-01-01"),
        ("Sales this year?", "this year: from 2026-01-01, before 2027-01-01"),
        ("Sales of the previous quarter?", "previous quarter: from 2026-07-01, before 2026-10-01"),
        ("Sales this month?", "this month: from 2026-11-01, before 2026-12-01"),
        ("Sales next month?", "next month: from 2026-12-01, before 2027-01-01"),
        ("Sales last week?", "last week: from 2026-11-09, before 2026-11-16"),
    ],
)
def test_a_period_has_its_days(question: str, expected: str) -> None:
    assert said(question, TODAY) == f"Today is 2026-11-20; {expected}."


def test_other_times_have_the_day_alone() -> None:
    assert said("Sales of the past 30 days?", TODAY) == "Today is 2026-11-20."


def test_nothing_is_said_where_nothing_counts_from_today() -> None:
    assert said("Sales in 2025, by last name?", TODAY) == ""


def test_a_year_begins_in_january() -> None:
    assert "last month: from 2025-12-01, before 2026-01-01" in said("Sales last month?", date(2026, 1, 31))


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who spent the most last year?", "Who spent the most in 2025?"),
        ("Sales of this year?", "Sales in 2026?"),
        ("How many in the previous year?", "How many in 2025?"),
        ("Last year's sales?", "Last year's sales?"),
        ("Sales last month?", "Sales last month?"),
    ],
)
def test_a_year_is_named(question: str, expected: str) -> None:
    assert restated(question, TODAY) == expected

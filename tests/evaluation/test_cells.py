"""What counts as the same value."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from databaseai.evaluation.cells import canonical_rows, unify


def same(one: tuple[object, str], other: tuple[object, str]) -> bool:
    """Whether two values, each with its PostgreSQL type, count as equal."""
    rows = [canonical_rows([[value]], [name]) for value, name in (one, other)]
    first, second = unify(rows)
    return first == second


EQUAL = [
    ((2, "integer"), ("2.00", "numeric(4,2)")),
    ((2, "bigint"), (2.0, "double precision")),
    ((Decimal("0.1"), "numeric"), ("0.10", "numeric")),
    ((0.1 + 0.2, "float8"), ("0.3", "numeric")),
    ((1.9999999999999998, "float8"), (2, "int4")),
    ((5.551115123125783e-17, "float8"), (0, "int4")),
    ((-0.0, "float8"), (0, "int4")),
    (("NaN", "numeric"), (float("nan"), "float8")),
    (("9007199254740993", "bigint"), (9007199254740993, "int8")),
    (("ab   ", "character(5)"), ("ab", "text")),
    (("2023", "text"), (2023, "integer")),
    ((date(2024, 5, 1), "date"), ("2024-05-01", "date")),
    (("2024-05-01", "date"), ("2024-05-01T00:00:00", "timestamp without time zone")),
    (("2024-05-01T07:30:00+02:00", "timestamp with time zone"), ("2024-05-01 07:30:00", "timestamp")),
    ((datetime(2024, 5, 1, 7, 30), "timestamp"), ("2024-05-01 07:30:00", "timestamp")),  # noqa: DTZ001
    (("2024-05-01", "text"), ("2024-05-01", "date")),
    (("infinity", "date"), ("infinity", "timestamp")),
    (([1, 2], "integer[]"), ([1, 2], "bigint[]")),
    (({"a": 1, "b": 2}, "jsonb"), ({"b": 2, "a": 1}, "jsonb")),
    ((None, "text"), (None, "integer")),
    ((True, "boolean"), (True, "boolean")),
]
DIFFERENT = [
    ((1, "integer"), (True, "boolean")),
    ((0, "integer"), (None, "integer")),
    (("", "text"), (None, "text")),
    (("007", "text"), (7, "integer")),
    (("Ab", "text"), ("ab", "text")),
    (("1.50", "text"), ("1.5", "text")),
    (("12.35", "numeric"), ("12.3456", "numeric")),
    ((10000000000, "bigint"), (10000000001, "bigint")),
    (("9007199254740993", "bigint"), ("9007199254740992", "bigint")),
    (("2024-05-01", "date"), ("2024-05-01 00:00:01", "timestamp")),
    (("NaN", "numeric"), (None, "numeric")),
    (("Infinity", "numeric"), ("-Infinity", "numeric")),
    (([1, 2], "integer[]"), ([2, 1], "integer[]")),
    ((timedelta(days=1), "interval"), (1, "integer")),
]


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_a_person_reads_the_same(one: tuple[object, str], other: tuple[object, str]) -> None:
    assert same(one, other)
    assert same(other, one)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_a_person_reads_something_else(one: tuple[object, str], other: tuple[object, str]) -> None:
    assert not same(one, other)
    assert not same(other, one)


def test_runs_of_close_numbers_do_not_chain() -> None:
    """Each is close to its neighbour, the ends are not close to each other."""
    step = 1 + 0.9e-10
    rows = canonical_rows([[1.5 * step**number] for number in range(4)], ["float8"])
    (unified,) = unify([rows])
    assert len(set(unified)) == 2

"""Periods that lack their end, and lists cut to one row: the question says which is meant."""

import pytest
import sqlglot
from sqlglot import exp

from databaseai.ask.repair import periods
from databaseai.ask.repair.reading import Reading
from databaseai.catalog.snapshot import Catalog, Column, Table

CATALOG = Catalog(
    database="shop",
    server_version=180_000,
    fingerprint="",
    tables=(
        Table(
            "public",
            "sale",
            "table",
            (Column("id", "bigint"), Column("sold_at", "timestamp with time zone"), Column("city", "text")),
            primary_key=("id",),
        ),
    ),
)
KINDS = (periods.open_end, periods.first_day, periods.forgotten, periods.cut_list)
COUNTED = "SELECT COUNT(*) FROM sale WHERE sold_at >= '2025-01-01'"
LISTED = "SELECT city, COUNT(*) FROM sale GROUP BY city ORDER BY COUNT(*) DESC LIMIT 1"


def reading(statement: str, question: str) -> Reading:
    tree = sqlglot.parse_one(statement, read="postgres")
    assert isinstance(tree, exp.Query)
    return Reading(tree, CATALOG, question)


def read_otherwise(statement: str, question: str) -> list[str]:
    found = reading(statement, question)
    return [each.tree.sql("postgres") for kind in KINDS for each in kind(found)]


def test_a_year_ends() -> None:
    [found] = read_otherwise(COUNTED, "How many sales were there in 2025?")
    assert found == COUNTED + " AND sold_at < '2026-01-01'"


def test_a_year_is_not_its_first_day() -> None:
    [found] = read_otherwise(COUNTED.replace(">=", "="), "How many sales were there in 2025?")
    assert found == COUNTED + " AND sold_at < '2026-01-01'"


def test_a_year_is_not_forgotten() -> None:
    monthly = "SELECT DATE_TRUNC('month', sold_at), COUNT(*) FROM sale GROUP BY 1"
    [found] = read_otherwise(monthly, "How many sales were there per month of 2025?")
    assert "WHERE sold_at >= '2025-01-01' AND sold_at < '2026-01-01' GROUP BY 1" in found
    assert read_otherwise(monthly, "How many sales were there per month?") == []
    assert read_otherwise("SELECT COUNT(*) FROM sale", "How many sales in 2025?") == []  # no day is read


@pytest.mark.parametrize(
    ("statement", "question"),
    [
        (COUNTED, "How many sales have there been since 2025?"),
        (COUNTED, "How many more sales were there in 2025 than in 2024?"),
        (COUNTED, "How many sales were there?"),
        (COUNTED + " AND sold_at < '2025-07-01'", "How many sales were there in 2025?"),
        ("SELECT count(*) FROM sale WHERE sold_at >= '2025-03-01'", "How many sales in March 2025?"),
        ("SELECT count(*) FROM sale WHERE id >= 2025", "How many sales in 2025?"),
        ("SELECT count(*) FROM sale WHERE city >= '2025-01-01'", "How many sales in 2025?"),
    ],
)
def test_a_period_is_left_as_it_is(statement: str, question: str) -> None:
    assert read_otherwise(statement, question) == []


@pytest.mark.parametrize(
    "question",
    [
        "How many sales are there in each city, the largest first?",
        "Count the sales per city in descending order.",
    ],
)
def test_every_group_was_asked_for(question: str) -> None:
    [found] = read_otherwise(LISTED, question)
    assert found == LISTED.removesuffix(" LIMIT 1")


@pytest.mark.parametrize(
    ("statement", "question"),
    [
        (LISTED, "Which city has the most sales?"),
        (LISTED, "Of all cities, which has the most sales?"),
        ("SELECT city FROM sale ORDER BY sold_at LIMIT 1", "For each city, which sale was first?"),
        (LISTED.replace("LIMIT 1", "LIMIT 5"), "Count the sales per city in descending order, five of them."),
    ],
)
def test_a_limit_that_was_asked_for_stays(statement: str, question: str) -> None:
    assert read_otherwise(statement, question) == []

"""What the question leaves out is not looked for; what it lets in is no condition."""

import pytest
import sqlglot
from sqlglot import exp

from databaseai.ask.repair import polarity
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
            (
                Column("id", "bigint"),
                Column("status", "text", values=("placed", "cancelled", "paid"), values_complete=True),
            ),
            primary_key=("id",),
        ),
    ),
)
ALL = "SELECT COUNT(*) FROM sale"
LOOKED_FOR = ALL + " WHERE status = 'cancelled'"
LEFT_OUT = ALL + " WHERE status <> 'cancelled'"


def read_otherwise(statement: str, question: str) -> list[str]:
    tree = sqlglot.parse_one(statement, read="postgres")
    assert isinstance(tree, exp.Query)
    return [each.tree.sql("postgres") for each in polarity.proposals(Reading(tree, CATALOG, question))]


@pytest.mark.parametrize(
    "question",
    [
        "How many sales were there, leaving cancelled ones aside?",
        "How many sales are there? Leave out those that were cancelled.",
        "How many sales are there, cancelled ones not counted?",
        "How many sales are there? Cancelled sales do not count.",
        "How many sales were not cancelled?",
        "How many sales are there without the cancelled ones?",
        "How many sales have not been cancelled?",
    ],
)
def test_what_is_left_out_is_not_looked_for(question: str) -> None:
    assert read_otherwise(LOOKED_FOR, question) == [LEFT_OUT]


def test_what_is_left_out_is_not_forgotten() -> None:
    [found] = read_otherwise(ALL, "How many sales are there, cancelled ones aside?")
    assert found == ALL + " WHERE sale.status <> 'cancelled'"


@pytest.mark.parametrize(
    "question",
    [
        "How many sales were there, counting those that were cancelled?",
        "How many sales were there, including cancelled ones?",
    ],
)
def test_what_is_let_in_is_no_condition(question: str) -> None:
    assert read_otherwise(LOOKED_FOR, question) == [ALL]


@pytest.mark.parametrize(
    ("statement", "question"),
    [
        (LOOKED_FOR, "How many sales were cancelled?"),
        (LEFT_OUT, "How many sales were there, cancelled ones aside?"),
        (ALL, "How many sales were there?"),
        (LOOKED_FOR, "Which cancelled sales have no customer?"),
        (LOOKED_FOR, "How many sales were cancelled and not paid?"),
        (LOOKED_FOR, "How many sales leave from cancelled?"),
        (LOOKED_FOR, "Which customers do not have cancelled sales?"),
        (LOOKED_FOR, "Count the number of cancelled sales."),
        (f"SELECT id FROM sale EXCEPT {LOOKED_FOR}", "Which sales were not cancelled?"),
    ],
)
def test_a_plain_condition_stays(statement: str, question: str) -> None:
    assert read_otherwise(statement, question) == []

"""Each line of the card is derived from the query's tree and its execution."""

import dataclasses

import pytest
import sqlglot
from sqlglot import exp

from databaseai.ask import proof_card
from databaseai.ask.events import Card
from databaseai.ask.proof_card import card
from databaseai.catalog.snapshot import Catalog, Column, ForeignKey, Table

SQL = """
WITH big AS (
  SELECT customer_id, SUM(amount) AS total FROM orders WHERE state <> 'cancelled' GROUP BY customer_id)
SELECT c.country, COUNT(*) AS n, AVG(b.total) FROM big b
JOIN customer c ON c.id = b.customer_id LEFT JOIN region USING (region_id)
WHERE b.total > 100 AND (c.age < 30 OR c.vip) GROUP BY c.country HAVING COUNT(*) > 2 ORDER BY n DESC LIMIT 5
"""


def made(statement: str, *, truncated: bool = False) -> Card:
    tree = sqlglot.parse_one(statement, read="postgres")
    assert isinstance(tree, exp.Query)
    return card(tree, [("public", "orders")], row_count=1_000, truncated=truncated, notes=["mended"])


def test_every_part_of_the_query_has_its_line() -> None:
    found = made(SQL)
    assert found.tables == ("public.orders",)
    assert found.joins == (
        "inner join customer AS c on c.id = b.customer_id",
        "left join region using region_id",
    )
    assert set(found.filters) == {
        "b.total > 100",
        "c.age < 30 OR c.vip",
        "state <> 'cancelled'",
        "after grouping: count(*) > 2",
    }
    assert set(found.measures) == {"count(*)", "avg(b.total)", "sum(amount)"}
    assert set(found.groups) == {"c.country", "customer_id"}
    assert found.order == ("n DESC",)
    assert (found.limit, found.rows, found.notes) == ("5", "1,000 rows", ("mended",))


def test_a_plain_query_has_few_lines_and_a_cut_one_says_so() -> None:
    found = made("SELECT name FROM a, b", truncated=True)
    assert found.joins == ("cross join b",)
    assert (found.filters, found.measures, found.groups, found.order, found.limit) == ((), (), (), (), "")
    assert found.rows == "more than 1,000 rows, cut"


SHOP = Catalog(
    "shop",
    180_000,
    (
        Table(
            "public",
            "orders",
            "table",
            (
                Column("id", "integer", nullable=False),
                Column("customer_id", "integer"),
                Column("total", "numeric(10,2)"),
                Column("at", "timestamp with time zone", nullable=False),
            ),
            row_estimate=22_500,
            primary_key=("id",),
            foreign_keys=(ForeignKey(("customer_id",), "public", "customer", ("id",)),),
        ),
        Table(
            "public",
            "customer",
            "table",
            (
                Column("id", "integer", nullable=False),
                Column("name", "text", nullable=False),
                Column("born", "date"),
            ),
            primary_key=("id",),
        ),
    ),
    "shop",
)


def told(statement: str) -> Card:
    tree = sqlglot.parse_one(statement, read="postgres")
    assert isinstance(tree, exp.Query)
    tables = [("public", "orders")]
    return card(tree, tables, row_count=3, truncated=False, notes=[], catalog=SHOP, time_zone="UTC")


@pytest.mark.parametrize(
    ("statement", "grain"),
    [
        ("SELECT count(*) FROM orders", "one row, over the rows of orders"),
        (
            "SELECT id FROM orders WHERE total > 5",
            "one row for each of the rows of orders that pass the filters",
        ),
        (
            "SELECT o.id, c.name FROM orders o JOIN customer c ON c.id = o.customer_id",
            "one row for each of the rows of orders",
        ),
        (
            "SELECT o.id FROM orders o CROSS JOIN customer c",
            "one row for each of the pairs of orders and customer",
        ),
        (
            "SELECT c.id, count(*) FROM customer c JOIN orders o ON o.customer_id = c.id GROUP BY c.id",
            "one row for each row of customer (c.id)",
        ),
        ("SELECT name AS n, count(*) FROM customer GROUP BY n", "one row for each name"),
        ("SELECT DISTINCT name FROM customer", "one row for each different name"),
        (
            "SELECT id FROM orders UNION SELECT id FROM customer",
            "one row for each different row of its parts",
        ),
        ("SELECT 1", "one row"),
    ],
)
def test_the_grain_says_what_one_row_is(statement: str, grain: str) -> None:
    assert told(statement).grain == grain


def test_time_and_its_zone_are_told_in_words() -> None:
    assert told("SELECT id FROM orders WHERE at >= '2025-01-01' AND at < DATE '2026-01-01'").window == (
        "at from 2025-01-01, before 2026-01-01 (time zone: UTC)",
    )
    assert told("SELECT id FROM customer WHERE '1990-01-01' < born").window == ("born after 1990-01-01",)
    assert told("SELECT id FROM customer WHERE name > '2025-01-01'").window == ()
    assert told("SELECT id FROM orders WHERE EXTRACT(YEAR FROM at) = 2025").window == (
        "at is 2025 for EXTRACT(YEAR FROM at) (time zone: UTC)",
    )


def test_joins_say_how_many_rows_meet_and_what_an_inner_one_leaves_out() -> None:
    found = told("SELECT o.id FROM orders o JOIN customer c ON c.id = o.customer_id")
    assert found.joins == (
        "inner join customer AS c on c.id = o.customer_id: at most one row of customer for each",
    )
    assert found.assumptions == (
        "rows of orders without a match in customer are left out (customer_id may be empty)",
    )
    found = told("SELECT c.id FROM customer c LEFT JOIN orders o ON c.id = o.customer_id")
    assert found.joins == (
        "left join orders AS o on c.id = o.customer_id: several rows of orders may meet one",
    )
    assert found.assumptions == ()


def test_a_key_that_must_be_there_drops_nothing() -> None:
    orders, customer = SHOP.tables
    columns = tuple(dataclasses.replace(column, nullable=False) for column in orders.columns)
    sure = dataclasses.replace(SHOP, tables=(dataclasses.replace(orders, columns=columns), customer))
    tree = sqlglot.parse_one(
        "SELECT o.id FROM orders o JOIN customer c ON c.id = o.customer_id", read="postgres"
    )
    assert isinstance(tree, exp.Query)
    assert card(tree, [], row_count=3, truncated=False, notes=[], catalog=sure).assumptions == ()


def test_what_is_taken_for_granted_is_said() -> None:
    found = told("SELECT avg(total), count(*), max(id) FROM orders WHERE at < now() OR at < CURRENT_DATE")
    assert found.assumptions == (
        "avg(total) passes over rows in which total is NULL",
        "now is the moment at which the query ran",
    )
    assert told("SELECT id FROM customer ORDER BY born DESC").assumptions == (
        "sorted by born DESC: rows without born come first",
    )
    assert told("SELECT id FROM customer ORDER BY born DESC NULLS LAST, id DESC").assumptions == ()
    assert found.scanned == ("about 22,500 rows of public.orders",)


def test_a_tree_that_cannot_be_read_costs_no_card(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: object) -> str:
        raise KeyError

    monkeypatch.setattr(proof_card, "grain", stumble)
    assert told("SELECT total FROM orders WHERE id = 5").filters == ("id = 5",)

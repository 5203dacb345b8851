"""Each line of the card is derived from the query's tree and its execution."""

import sqlglot
from sqlglot import exp

from databaseai.ask.events import Card
from databaseai.ask.proof_card import card

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
        "after grouping: COUNT(*) > 2",
    }
    assert set(found.measures) == {"COUNT(*)", "AVG(b.total)", "SUM(amount)"}
    assert set(found.groups) == {"c.country", "customer_id"}
    assert found.order == ("n DESC",)
    assert (found.limit, found.rows, found.notes) == ("5", "1,000 rows", ("mended",))


def test_a_plain_query_has_few_lines_and_a_cut_one_says_so() -> None:
    found = made("SELECT name FROM a, b", truncated=True)
    assert found.joins == ("cross join b",)
    assert (found.filters, found.measures, found.groups, found.order, found.limit) == ((), (), (), (), "")
    assert found.rows == "more than 1,000 rows, cut"

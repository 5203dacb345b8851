"""The traps of real databases are really there, and the books balance."""

from typing import Any

import pytest
from psycopg import AsyncConnection

from databaseai.ask.schema_text import DETAILS


async def one(connection: AsyncConnection, query: str) -> Any:
    """The first value of a query."""
    row = await (await connection.execute(query.encode())).fetchone()
    assert row is not None
    return row[0]


REVENUE = "SELECT sum(total_eur) FROM orders"


@pytest.mark.parametrize(("joined", "factor"), [("order_items", 2.5), ("payments", 1.1), ("shipments", 1.0)])
async def test_a_naive_join_counts_revenue_more_than_once(
    retail: AsyncConnection, joined: str, factor: float
) -> None:
    right = await one(
        retail, f"{REVENUE} AS o WHERE EXISTS (SELECT FROM {joined} AS j WHERE j.order_id = o.id)"
    )
    naive = await one(retail, f"{REVENUE} AS o JOIN {joined} AS j ON j.order_id = o.id")
    assert float(naive / right) > factor


async def test_adding_up_currencies_is_far_off(retail: AsyncConnection) -> None:
    mixed = await one(retail, "SELECT sum(total) / sum(total_eur) FROM orders WHERE status <> 'cancelled'")
    assert float(mixed) > 1.3
    assert await one(retail, "SELECT count(DISTINCT currency_code) FROM orders") == 5


@pytest.mark.parametrize(
    ("table", "column", "least", "most"),
    [
        ("shipments", "delivered_at", 1, 5),
        ("orders", "invoiced_on", 3, 8),
        ("orders", "store_id", 60, 90),
        ("orders", "promotion_id", 50, 95),
        ("payments", "paid_at", 1, 6),
        ("returns", "refunded_on", 5, 20),
        ("customers", "company_id", 80, 95),
        ("customers", "loyalty", 40, 70),
        ("customers", "preferences", 10, 20),
        ("products", "discontinued_on", 70, 90),
        ("products", "unit_cost_eur", 3, 15),
        ("suppliers", "rating", 5, 40),
        ("stores", "closed_on", 80, 95),
        ("reviews", "body", 10, 30),
        ("web_visits", "customer_id", 40, 80),
        ("hr.employees", "ended_on", 60, 95),
    ],
)
async def test_nulls_that_mean_something(
    retail: AsyncConnection, table: str, column: str, least: int, most: int
) -> None:
    """Some, not all: a query that forgets them goes wrong, and the comment says what they mean."""
    share = await one(
        retail, f"SELECT 100.0 * count(*) FILTER (WHERE {column} IS NULL) / count(*) FROM {table}"
    )
    assert least <= share <= most
    comment = await one(
        retail,
        f"SELECT col_description('{table}'::regclass, attnum) FROM pg_attribute"
        f" WHERE attrelid = '{table}'::regclass AND attname = '{column}'",
    )
    assert "NULL" in comment


TRAPS = {
    "lost parcels under a code nobody guesses": "SELECT count(*) FROM shipments WHERE state_code = 'X7'",
    "placed in one year, invoiced in the next": """
        SELECT count(*) FROM orders WHERE extract(year FROM ordered_at) < extract(year FROM invoiced_on)""",
    "customers of one name in two cities": """
        SELECT count(*) FROM (SELECT FROM customers GROUP BY name HAVING count(DISTINCT city) > 1) AS n""",
    "customers without orders": """
        SELECT count(*) FROM customers AS c
        WHERE NOT EXISTS (SELECT FROM orders AS o WHERE o.customer_id = c.id)""",
    "products never sold": """
        SELECT count(*) FROM products AS p
        WHERE NOT EXISTS (SELECT FROM order_items AS i WHERE i.product_id = p.id)""",
    "prices unlike the list price of today": """
        SELECT count(*) FROM product_prices AS v JOIN products AS p ON p.id = v.product_id
        WHERE v.price_eur <> p.list_price_eur""",
    "names with an accent": "SELECT count(*) FROM customers WHERE name ~ '[éèöüßłąñ]'",
    "names with an apostrophe": "SELECT count(*) FROM customers WHERE name LIKE '%''%'",
    "companies of one name": """
        SELECT count(*) FROM (SELECT FROM companies GROUP BY name HAVING count(*) > 1) AS n""",
    "cancelled orders with an amount": """
        SELECT count(*) FROM orders WHERE status = 'cancelled' AND total_eur > 0""",
    "payments that brought no money": """
        SELECT count(*) FROM payments WHERE status IN ('failed', 'refunded', 'pending')""",
    "categories four levels deep": """
        SELECT count(*) FROM categories AS a JOIN categories AS b ON b.parent_id = a.id
        JOIN categories AS c ON c.parent_id = b.id JOIN categories AS d ON d.parent_id = c.id""",
}


@pytest.mark.parametrize("what", TRAPS)
async def test_a_trap_is_there(retail: AsyncConnection, what: str) -> None:
    assert await one(retail, TRAPS[what]) > 0


@pytest.mark.parametrize("year", range(2022, 2027))
async def test_every_partition_has_rows(retail: AsyncConnection, year: int) -> None:
    assert await one(retail, f"SELECT count(*) FROM web_visits_{year}") > 5_000


@pytest.mark.parametrize(
    "kind",
    ["tsvector", "daterange", "jsonb", "text[]", "uuid", "inet", "timestamp with time zone", "order_status"],
)
async def test_rich_types(retail: AsyncConnection, kind: str) -> None:
    query = (
        "SELECT count(*) FROM pg_attribute WHERE attrelid > 16383"  # the first that is not PostgreSQL's own
        f" AND format_type(atttypid, atttypmod) = '{kind}'"
    )
    assert await one(retail, query) > 0


async def test_no_comment_is_too_long_for_a_prompt(retail: AsyncConnection) -> None:
    """`ask.schema_text` cuts comments at this length."""
    query = "SELECT max(length(description)) FROM pg_description WHERE objoid > 16383"
    assert await one(retail, query) <= DETAILS[0].comments


async def test_everything_is_explained(retail: AsyncConnection) -> None:
    """Each table and view has a comment, and so has each column whose NULL or unit needs one."""
    tables = (
        "FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace"
        " WHERE n.nspname IN ('public', 'hr') AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition"
    )
    assert await one(retail, f"SELECT count(*) {tables}") == 23
    assert await one(retail, f"SELECT count(*) {tables} AND obj_description(c.oid, 'pg_class') IS NULL") == 0
    bare = (
        "SELECT array_agg(c.relname || '.' || a.attname) FROM pg_attribute AS a"
        f" JOIN (SELECT c.oid, c.relname {tables} AND c.relkind <> 'v') AS c ON c.oid = a.attrelid"
        " WHERE a.attnum > 0 AND NOT a.attnotnull AND col_description(a.attrelid, a.attnum) IS NULL"
    )
    assert await one(retail, bare) == ["customers.phone"]


WRONG = {
    "totals that are not lines and shipping": """
        SELECT count(*) FROM orders AS o JOIN (
            SELECT order_id, sum(quantity * unit_price - discount) AS goods FROM order_items GROUP BY 1
        ) AS i ON i.order_id = o.id WHERE o.total <> i.goods + o.shipping_fee""",
    "orders without lines": """
        SELECT count(*) FROM orders AS o
        WHERE NOT EXISTS (SELECT FROM order_items AS i WHERE i.order_id = o.id)""",
    "totals in euros at another rate": """
        SELECT count(*) FROM orders AS o JOIN exchange_rates AS x
        ON x.currency_code = o.currency_code AND x.rate_date = o.ordered_at::date
        WHERE o.total_eur <> round(o.total * x.eur_per_unit, 2)""",
    "orders without a rate": """
        SELECT count(*) FROM orders AS o WHERE NOT EXISTS (
            SELECT FROM exchange_rates AS x
            WHERE x.currency_code = o.currency_code AND x.rate_date = o.ordered_at::date)""",
    "orders before the sign-up": """
        SELECT count(*) FROM orders AS o JOIN customers AS c ON c.id = o.customer_id
        WHERE o.ordered_at < c.signed_up_at""",
    "sold by somebody who was not there": """
        SELECT count(*) FROM orders AS o JOIN hr.employees AS e ON e.id = o.employee_id
        WHERE o.ordered_at::date < e.hired_on OR o.ordered_at::date >= e.ended_on""",
    "sold in a closed store": """
        SELECT count(*) FROM orders AS o JOIN stores AS s ON s.id = o.store_id
        WHERE o.ordered_at::date < s.opened_on OR o.ordered_at::date >= s.closed_on""",
    "promotions on other days or channels": """
        SELECT count(*) FROM orders AS o JOIN promotions AS p ON p.id = o.promotion_id
        WHERE NOT p.runs @> o.ordered_at::date OR o.channel <> ALL (p.channels)""",
    "prices unlike the price list": """
        SELECT count(*) FROM orders AS o JOIN order_items AS i ON i.order_id = o.id
        JOIN product_prices AS v ON v.product_id = i.product_id AND v.valid @> o.ordered_at::date
        WHERE o.currency_code = 'EUR' AND i.unit_price <> v.price_eur""",
    "list prices unlike the newest price": """
        SELECT count(*) FROM products AS p
        JOIN product_prices AS v ON v.product_id = p.id AND upper_inf(v.valid)
        WHERE v.price_eur <> p.list_price_eur""",
    "two prices on one day": """
        SELECT count(*) FROM product_prices AS a JOIN product_prices AS b
        ON b.product_id = a.product_id AND b.valid && a.valid AND b.valid <> a.valid""",
    "payments unlike the total": """
        SELECT count(*) FROM orders AS o JOIN (
            SELECT order_id, sum(amount) FILTER (WHERE status IN ('settled', 'pending')) AS paid
            FROM payments GROUP BY 1
        ) AS p ON p.order_id = o.id WHERE o.status <> 'cancelled' AND o.total <> p.paid""",
    "more sent back than bought": """
        SELECT count(*) FROM returns AS r
        JOIN order_items AS i ON i.order_id = r.order_id AND i.line_no = r.line_no
        WHERE r.quantity > i.quantity""",
    "invoices of cancelled orders": """
        SELECT count(*) FROM orders WHERE status = 'cancelled' AND invoiced_on IS NOT NULL""",
    "delivered orders with parcels on the way": """
        SELECT count(*) FROM orders AS o JOIN shipments AS s ON s.order_id = o.id
        WHERE o.status = 'delivered' AND s.delivered_at IS NULL""",
    "payments of one reference": """
        SELECT count(*) FROM (SELECT FROM payments GROUP BY reference HAVING count(*) > 1) AS n""",
    "a euro that is not a euro": """
        SELECT count(*) FROM exchange_rates WHERE currency_code = 'EUR' AND eur_per_unit <> 1""",
    "records after the last day": """
        SELECT count(*) FROM (
            SELECT paid_at FROM payments UNION ALL SELECT delivered_at FROM shipments
            UNION ALL SELECT written_at FROM reviews UNION ALL SELECT ordered_at FROM orders
            UNION ALL SELECT refunded_on FROM returns UNION ALL SELECT visited_at FROM web_visits
        ) AS t (moment) WHERE moment >= '2026-11-01'""",
}


@pytest.mark.parametrize("what", WRONG)
async def test_the_books_balance(retail: AsyncConnection, what: str) -> None:
    """A generator that contradicts itself would make two right answers to one question."""
    assert await one(retail, WRONG[what]) == 0

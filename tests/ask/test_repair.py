"""Names, joins and types are mended where they are wrong, and nothing is touched where they are right."""

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from databaseai.ask.repair import advice, mend, respell
from databaseai.catalog.snapshot import Catalog, Column, ForeignKey, Table
from databaseai.errors import RelationRefused, StatementTimeout, UnknownColumn


def table(name: str, *columns: Column, keys: tuple[ForeignKey, ...] = (), schema: str = "public") -> Table:
    return Table(schema, name, "table", columns, primary_key=(columns[0].name,), foreign_keys=keys)


def key(column: str, other: str, other_column: str) -> ForeignKey:
    return ForeignKey((column,), "public", other, (other_column,))


NUMBER, TEXT, FLOAT, FLAG = "bigint", "text", "double precision", "boolean"
CATALOG = Catalog(
    database="shop",
    server_version=180_000,
    fingerprint="",
    tables=(
        table(
            "country",
            Column("code", TEXT),
            Column("country_name", TEXT, values=("Portugal", "Côte d'Ivoire"), values_complete=True),
            Column("continent", TEXT),
        ),
        table(
            "customer",
            Column("customer_id", NUMBER),
            Column("first_name", TEXT),
            Column("active", FLAG),
            Column("zip", TEXT),
            Column("country_code", TEXT),
            keys=(key("country_code", "country", "code"),),
        ),
        table(
            "orders",
            Column("order_id", NUMBER),
            Column("customer_id", NUMBER),
            Column("ordered_at", "timestamp with time zone"),
            Column("state", "order_state", labels=("new", "paid", "cancelled")),
            Column("weight", FLOAT),
            Column("amount", "numeric(12,2)"),
            keys=(key("customer_id", "customer", "customer_id"),),
        ),
        table("Odd Name", Column("Id", NUMBER), Column("Some Value", TEXT)),
        table("stock", Column("sku", TEXT), schema="depot"),
    ),
)


@pytest.mark.parametrize(
    ("statement", "mended"),
    [
        # tables
        ("SELECT first_name FROM customers", "SELECT first_name FROM customer"),
        ("SELECT first_name FROM Custommer", "SELECT first_name FROM customer"),
        (
            "SELECT customers.first_name FROM customers",
            "SELECT customers.first_name FROM customer AS customers",
        ),
        ("SELECT c.first_name FROM customers c", "SELECT c.first_name FROM customer c"),
        ("SELECT sku FROM stock", "SELECT sku FROM depot.stock"),
        ("SELECT sku FROM shop.stock", "SELECT sku FROM depot.stock"),
        ('SELECT "Id" FROM odd_name', 'SELECT "Id" FROM "Odd Name"'),
        # columns of the same table
        ("SELECT firstname FROM customer", "SELECT customer.first_name FROM customer"),
        ("SELECT c.customer_first_name FROM customer c", "SELECT c.first_name FROM customer c"),
        ("SELECT name FROM country", "SELECT country.country_name FROM country"),
        ('SELECT Id FROM "Odd Name"', 'SELECT "Odd Name"."Id" FROM "Odd Name"'),
        # columns of another table in sight
        (
            "SELECT o.first_name FROM customer c JOIN orders o ON o.customer_id = c.customer_id",
            "SELECT c.first_name FROM customer c JOIN orders o ON o.customer_id = c.customer_id",
        ),
        ("SELECT customer.zip FROM customer AS c", "SELECT c.zip FROM customer AS c"),
        ("SELECT x.zip FROM customer AS c", "SELECT c.zip FROM customer AS c"),
        (
            "SELECT customer_id FROM customer c JOIN orders o ON c.customer_id = o.customer_id",
            "SELECT c.customer_id FROM customer c JOIN orders o ON c.customer_id = o.customer_id",
        ),
        (
            (
                "SELECT 1 FROM customer c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id"
                " AND o.zip = '1')"
            ),
            (
                "SELECT 1 FROM customer c WHERE EXISTS (SELECT 1 FROM orders o"
                " WHERE o.customer_id = c.customer_id"
                " AND c.zip = '1')"
            ),
        ),
        # tables to join in
        (
            "SELECT c.first_name FROM customer AS c WHERE c.continent = 'Europe' LIMIT 3",
            (
                "SELECT c.first_name FROM customer AS c JOIN country ON c.country_code = country.code"
                " WHERE country.continent = 'Europe' LIMIT 3"
            ),
        ),
        (
            "SELECT continent, sum(amount) FROM orders GROUP BY continent",
            (
                "SELECT country.continent, sum(amount) FROM orders"
                " JOIN customer ON orders.customer_id = customer.customer_id"
                " JOIN country ON customer.country_code = country.code GROUP BY continent"
            ),
        ),
        (
            (
                "SELECT T1.amount, T3.country_name FROM orders T1 JOIN customer T2"
                " ON T1.customer_id = T2.customer_id"
            ),
            (
                "SELECT T1.amount, country.country_name FROM orders T1 JOIN customer T2"
                " ON T1.customer_id = T2.customer_id JOIN country ON T2.country_code = country.code"
            ),
        ),
        # join conditions
        (
            "SELECT 1 FROM customer c JOIN country k ON c.code = k.code",
            "SELECT 1 FROM customer c JOIN country k ON c.country_code = k.code",
        ),
        (
            "SELECT 1 FROM orders o JOIN customer c ON c.order_id = o.order_id",
            "SELECT 1 FROM orders o JOIN customer c ON c.customer_id = o.customer_id",
        ),
        (
            "SELECT 1 FROM orders AS o INNER JOIN country AS k ON o.country_code = k.code WHERE o.amount > 1",
            (
                "SELECT 1 FROM orders AS o JOIN customer ON o.customer_id = customer.customer_id"
                " INNER JOIN country AS k ON customer.country_code = k.code WHERE o.amount > 1"
            ),
        ),
        # tables that are not there and not needed
        (
            "SELECT x.amount FROM orders AS o LEFT JOIN zzzz AS x ON x.id = o.order_id WHERE o.amount > 1",
            "SELECT o.amount FROM orders AS o WHERE o.amount > 1",
        ),
        # types and values
        ("SELECT 1 FROM customer WHERE zip = 1234", "SELECT 1 FROM customer WHERE zip = '1234'"),
        ("SELECT 1 FROM customer WHERE active = 1", "SELECT 1 FROM customer WHERE active = true"),
        (
            "SELECT 1 FROM customer c JOIN orders o ON c.zip = o.order_id",
            "SELECT 1 FROM customer c JOIN orders o ON c.zip = o.order_id::text",
        ),
        ("SELECT 1 FROM orders WHERE state = 'Canceled'", "SELECT 1 FROM orders WHERE state = 'cancelled'"),
        (
            "SELECT 1 FROM country WHERE country_name = 'cote D''ivoire'",
            "SELECT 1 FROM country WHERE country_name = 'Côte d''Ivoire'",
        ),
        (
            'SELECT 1 FROM country WHERE continent = "Europe"',
            "SELECT 1 FROM country WHERE continent = 'Europe'",
        ),
        (
            "SELECT 1 FROM orders WHERE ordered_at LIKE '%12%'",
            "SELECT 1 FROM orders WHERE ordered_at::text LIKE '%12%'",
        ),
        (
            "SELECT 1 FROM orders WHERE ordered_at LIKE '2024%'",
            "SELECT 1 FROM orders WHERE (ordered_at >= '2024-01-01' AND ordered_at < '2025-01-01')",
        ),
        (
            "SELECT round(avg(weight), 2), round(avg(amount), 2) FROM orders",
            "SELECT round((avg(weight))::numeric, 2), round(avg(amount), 2) FROM orders",
        ),
        # grouping and subqueries
        (
            "SELECT state, zip, count(*) FROM orders NATURAL JOIN customer GROUP BY state",
            "SELECT state, zip, count(*) FROM orders NATURAL JOIN customer GROUP BY state, zip",
        ),
        (
            "SELECT state, count(*) FROM orders WHERE amount > 1 ORDER BY 2",
            "SELECT state, count(*) FROM orders WHERE amount > 1 GROUP BY state ORDER BY 2",
        ),
        (
            "SELECT 1 FROM customer WHERE zip = (SELECT code FROM country WHERE continent = 'Asia')",
            "SELECT 1 FROM customer WHERE zip IN (SELECT code FROM country WHERE continent = 'Asia')",
        ),
        (
            "SELECT state, sum(amount) AS total FROM orders GROUP BY state HAVING total > 5",
            "SELECT state, sum(amount) AS total FROM orders GROUP BY state HAVING sum(amount) > 5",
        ),
        # other databases' spellings
        ("SELECT `first_name` FROM `customer`", "SELECT first_name FROM customer"),
        (
            "SELECT YEAR(ordered_at) FROM orders LIMIT 2, 5",
            "SELECT EXTRACT(YEAR FROM ordered_at) FROM orders LIMIT 5 OFFSET 2",
        ),
        ("SELECT IFNULL(zip, '==') FROM customer", "SELECT COALESCE(zip, '==') FROM customer"),
    ],
)
def test_what_is_wrong_is_mended_in_place(statement: str, mended: str) -> None:
    found = mend(statement, CATALOG)
    assert found.statement == mended
    assert found.notes
    assert mend(mended, CATALOG).statement == mended, "mending is done in one go"


@pytest.mark.parametrize(
    "statement",
    [
        "select  c.ZIP ,count( * )from customer c,orders o where o.customer_id=c.customer_id group by 1",
        "SELECT customer_id FROM customer JOIN orders USING (customer_id)",
        "SELECT customer_id FROM customer NATURAL JOIN orders",
        (
            "WITH big AS (SELECT customer_id AS who, sum(amount) AS total FROM orders GROUP BY customer_id) "
            "SELECT first_name, total FROM big JOIN customer ON who = customer_id ORDER BY total DESC"
        ),
        "SELECT t.n FROM (SELECT count(*) AS n FROM orders) t",
        "SELECT n FROM generate_series(1, 3) AS n",
        "SELECT a.x FROM (VALUES (1)) AS a (x)",
        (
            "SELECT c.first_name, (SELECT max(o.amount) FROM orders o WHERE o.customer_id = c.customer_id) "
            "FROM customer c"
        ),
        (
            "SELECT * FROM customer c CROSS JOIN LATERAL (SELECT amount FROM orders o "
            "WHERE o.customer_id = c.customer_id LIMIT 1) x WHERE x.amount > 3"
        ),
        "SELECT state, count(*) AS n FROM orders GROUP BY state ORDER BY n DESC",
        "SELECT first_name, count(*) OVER () FROM customer",
        (
            "SELECT customer_id, first_name, count(*) FROM customer JOIN orders USING (customer_id) "
            "GROUP BY customer.customer_id, customer_id, first_name"
        ),
        (
            "SELECT c.customer_id, c.first_name, count(*) FROM customer c JOIN orders o "
            "ON o.customer_id = c.customer_id GROUP BY c.customer_id"
        ),
        "SELECT zip FROM customer UNION SELECT code FROM country ORDER BY zip",
        "SELECT 1 FROM country WHERE country_name = 'Atlantis'",
        "SELECT max(amount), min(weight) FROM orders",
        "SELECT 1 FROM customer WHERE country_code = (SELECT code FROM country WHERE code = 'PT')",
        "SELECT 'customers.x == `y` YEAR(' FROM customer",
        "SELECT 1; SELECT nothing FROM nowhere",
        "DELETE FROM customers",
        "SELECT FROM WHERE",
        "",
        "SELECT date_trunc('month', ordered_at) AS m, count(*) FROM orders GROUP BY m",
        "SELECT state AS s, count(*) FROM orders GROUP BY s",
        "SELECT CASE WHEN amount > 5 THEN 'big' ELSE 'small' END AS size, count(*) FROM orders GROUP BY size",
        "SELECT state, count(*) FILTER (WHERE amount > 5) FROM orders GROUP BY state",
        "SELECT state, percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) FROM orders GROUP BY state",
        "SELECT state, every(amount > 1) FROM orders GROUP BY state",
    ],
)
def test_what_is_right_or_for_the_gate_stays_as_it_is(statement: str) -> None:
    found = mend(statement, CATALOG)
    assert (found.statement, found.notes) == (statement, ())


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT qqqqqq FROM customer",
        "SELECT 1 FROM zzzzzz",
        "SELECT x.qqqqq FROM orders x",
        "SELECT x.qqqqq FROM orders o JOIN zzzz x ON x.order_id = o.order_id",
        "SELECT 1 FROM depot.stock AS s JOIN orders o ON s.order_id = o.order_id",
    ],
)
def test_no_guess_is_made_where_nothing_is_near(statement: str) -> None:
    assert mend(statement, CATALOG).statement == statement


COLUMNS = {t.name: [c.name for c in t.columns] for t in CATALOG.tables[:3]}


@st.composite
def right_queries(draw: st.DrawFn) -> str:
    """Queries over one table whose every name is right, laid out in any way."""
    name = draw(st.sampled_from(sorted(COLUMNS)))
    alias = draw(st.sampled_from(["", " t", " AS t1"]))
    prefix = alias.split()[-1] + "." if alias else draw(st.sampled_from(["", f"{name}."]))
    shown = draw(st.lists(st.sampled_from(COLUMNS[name]), min_size=1, max_size=3, unique=True))
    space = draw(st.sampled_from([" ", "\n", "  \n\t", " /* é ' */ "]))
    columns = f",{space}".join(prefix + column for column in shown)
    tail = draw(
        st.sampled_from(["", f"ORDER BY {prefix}{shown[0]}", f"WHERE {prefix}{shown[0]} IS NOT NULL"])
    )
    said = draw(st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs")), max_size=8))
    literal = "'" + said.replace("'", "''") + "'"
    return f"SELECT {literal} AS said, {columns}{space}FROM {name}{alias}{space}{tail}"


@settings(deadline=None)
@given(right_queries())
def test_a_right_statement_is_never_changed(statement: str) -> None:
    assert mend(statement, CATALOG).statement == statement


@settings(deadline=None)
@given(st.text(max_size=60) | st.text(alphabet="SELECTFROM*()'\"` ,.;=customer_id1", max_size=60))
@example("0?")
def test_no_text_breaks_it(statement: str) -> None:
    mend(statement, CATALOG)
    respell(statement, CATALOG)


def test_advice_names_the_columns_and_the_nearest_tables() -> None:
    said = advice(UnknownColumn(), "SELECT x FROM orders JOIN custom ON true", CATALOG)
    assert "orders has the columns order_id, customer_id" in said
    assert "There is no custom; nearest are customer" in said
    assert advice(RelationRefused(), "not sql at all (", CATALOG) == ""
    assert advice(StatementTimeout(), "SELECT x FROM orders", CATALOG) == ""


def test_a_join_that_can_multiply_rows_says_so() -> None:
    [*_, note] = [n for n in mend("SELECT first_name, amount FROM customer", CATALOG).notes if "joined" in n]
    assert "several rows for one" in note
    [note, *_] = [n for n in mend("SELECT amount, zip FROM orders", CATALOG).notes if "joined" in n]
    assert "several" not in note


def test_names_are_mended_among_thousands_of_tables() -> None:
    noise = tuple(table(f"ledger_{n}", Column(f"entry_{n}", NUMBER)) for n in range(3_000))
    catalog = replace(CATALOG, tables=(*CATALOG.tables, *noise))
    assert mend("SELECT country_name FROM customer", catalog).statement.endswith(
        "FROM customer JOIN country ON customer.country_code = country.code"
    )


@pytest.mark.parametrize(
    ("statement", "spelt"),
    [
        (
            "SELECT code FROM country WHERE country_name = 'portugal'",
            "SELECT code FROM country WHERE country_name = 'Portugal'",
        ),
        (
            "SELECT code FROM country WHERE country_name IN ('COTE D''IVOIRE', 'Spain')",
            "SELECT code FROM country WHERE country_name IN ('Côte d''Ivoire', 'Spain')",
        ),
        # a value that is there, one that is nowhere, a column known in part, a name that is wrong: no touch
        ("SELECT code FROM country WHERE country_name = 'Portugal'", None),
        ("SELECT code FROM country WHERE country_name = 'Spain'", None),
        ("SELECT code FROM country WHERE continent = 'europe'", None),
        ("SELECT nothing FROM country", None),
        ("SELECT (", None),
    ],
)
def test_a_value_is_spelt_as_it_is_stored(statement: str, spelt: str | None) -> None:
    assert respell(statement, CATALOG).statement == (spelt or statement)

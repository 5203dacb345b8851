"""Statements at the edges of single guards, beside the corpora: what a broken guard would judge otherwise."""

from tests.ask.test_red_team import HONEST, TOO_LARGE, tower

NATURAL = "(SELECT 1 AS k, 2 AS x) l NATURAL JOIN (SELECT 1 AS k, 3 AS y) r"
WIDE = ", ".join(f"{place} AS c{place}" for place in range(1, 1_001))
STATEMENTS: list[str] = [
    *TOO_LARGE.values(),
    *HONEST,
    # growth: stars, subqueries as values and VALUES on the way
    "SELECT count(x) FROM "
    + "(SELECT * FROM (SELECT x||x||x||x AS x FROM " * 12
    + "(SELECT name AS x FROM customer) s"
    + ") s) s" * 12,
    tower("SELECT name AS x FROM customer", 12, "(SELECT x||x||x||x) AS x"),
    "SELECT 1 FROM (VALUES ('a')) v (x)"
    + "".join(f", LATERAL (VALUES (x||x||x||x)) v{n} (x)" for n in range(12)),
    "SELECT * FROM " + ", ".join(f"customer c{n}" for n in range(100)),
    "SELECT * FROM " + ", ".join(f"customer c{n}" for n in range(101)),
    # types and functions that only one list refuses
    "SELECT 'x'::name, 'x'::pg_catalog.name",
    "SELECT normalize(repeat('x', 1000))",
    "SELECT normalize('x')",
    "SELECT NULL::SETOF int",
    "SELECT $1 + 1",
    "SELECT name FROM customer WHERE current_schema IS NULL",
    "SELECT * FROM customer TABLESAMPLE public.system (1)",
    "SELECT * FROM customer TABLESAMPLE bernoulli (1) REPEATABLE (1)",
    "SELECT repeat('x', 10::int), repeat('x', '10'::int), repeat('x', +10), repeat('x', 1.5::int)",
    "SELECT repeat('x', ROW(1)::text::int), ROW(1, 2), (1, 2)",
    "SELECT JSON_OBJECT('a': 1), JSON_ARRAY(1, 2), JSON_OBJECT()",
    "SELECT JSON_VALUE('{}', '$.a' RETURNING int DEFAULT 1 ON EMPTY)",
    "",
    " ; ",
    "SELECT 1" + " " * 20_000,
    "SELECT 'é', nothing FROM customer",
    "SELECT 1 FROM",
    "SELECT " + "(" * 9_000 + "1" + ")" * 9_000,
    "SELECT * FROM secret, pg_nothing",
    # names.bounded: two thousand columns out of one thousand
    f"WITH a AS (SELECT {WIDE}), b AS (SELECT * FROM a, a AS a2) SELECT count(*) FROM b",
    # names.check_using
    "SELECT 1 FROM customer JOIN orders USING (name)",
    "SELECT 1 FROM customer JOIN orders USING (nothing)",
    # names.join: NATURAL merges; a column of both sides stands once
    f"SELECT a, b, c FROM (SELECT * FROM {NATURAL}) AS s (a, b, c)",
    f"SELECT a, b, c, d FROM (SELECT * FROM {NATURAL}) AS s (a, b, c, d)",
    "SELECT s.d FROM ((SELECT 1 AS k, 2 AS x) l NATURAL JOIN (SELECT 1 AS k, 3 AS y) r) AS s (a, b, c)",
    # names.function: ordinality is a column where it was asked for
    "SELECT ordinality FROM generate_series(1, 2) WITH ORDINALITY AS g",
    "SELECT ordinality FROM generate_series(1, 2) AS g",
    # structure.function: a schema but pg_catalog
    "SELECT pg_catalog.lower('A'), pg_catalog.extract('year', now())",
    "SELECT extract('year', now())",
    "SELECT timezone('UTC', now()), overlaps(now(), now(), now(), now())",
    "SELECT shop.pg_catalog.lower('A')",
    "SELECT a.b.lower('A')",
    # structure.type_name
    "SELECT 1::pg_catalog.nothing",
    "SELECT 1::pg_catalog.regclass",
    "SELECT 1::pg_catalog.order_state",
    # structure.walk: nested past counting, in ways that brackets do not tell
    "SELECT " + "NOT " * 300 + "true",
    "SELECT 1" + " + 1" * 300,
    "SELECT 1" + " UNION ALL SELECT 1" * 300,
    # second_parser.check_brackets
    "SELECT " + "(" * 70 + "1" + ")" * 70,
    "SELECT " + "ARRAY[" * 8 + "1" + "]" * 8,
    "SELECT tags" + "[1]" * 12 + " FROM customer",
    # output names of subqueries
    "SELECT s.exists FROM (SELECT EXISTS (SELECT 1)) s",
    "SELECT s.array FROM (SELECT ARRAY(SELECT 1)) s",
    "SELECT s.max FROM (SELECT (SELECT max(total) FROM orders)) s",
    # grouping sets name output columns only alone
    "SELECT country AS x FROM customer GROUP BY GROUPING SETS ((country), ())",
    "SELECT upper(country) AS x FROM customer GROUP BY GROUPING SETS ((x), ())",
    "SELECT upper(country) AS x FROM customer GROUP BY upper(x)",
    # sizes at and past their bounds
    "SELECT repeat('x', 10000)",
    "SELECT repeat('x', 10001)",
    "SELECT repeat('x', -5)",
    "SELECT repeat('x', LEAST(name::int, 10)) FROM customer",
    "SELECT lpad('x', 10000), rpad('x', 10000)",
    "SELECT lpad('x', 10001)",
    "SELECT format('%1000s', 1)",
    "SELECT format('%1001s', 1)",
    "SELECT format('%-1001s', 1)",
    "SELECT format('%2$*1$s', 5, 'x')",
    "SELECT format(name, 1) FROM customer",
    "SELECT format('%s')",
    "SELECT array_fill(1, ARRAY[100000])",
    "SELECT array_fill(1, ARRAY[100001])",
    "SELECT array_fill(1, ARRAY[400, 400])",
    "SELECT array_fill(1, tags) FROM customer",
    "SELECT array_fill(1)",
    "SELECT count(*) FROM generate_series(1, 10000000)",
    "SELECT count(*) FROM generate_series(1, 10000002)",
    "SELECT count(*) FROM generate_series(1, 10, 0)",
    "SELECT count(*) FROM generate_series(10000002, 1, -1)",
    "SELECT count(*) FROM generate_series(-10000002, 1)",
    "SELECT count(*) FROM generate_series(1, 20000000, 10)",
    "SELECT count(*) FROM generate_series(1, +9)",
    "SELECT 'x'::char(10000)",
    "SELECT 'x'::char(10001)",
    "SELECT B'1'::bit(10001)",
    "SELECT B'1'::varbit(100001)",
    "SELECT 'x'::varchar(100000)",
    "SELECT strpos(name, 'x'), replace(name, 'x', 'y') FROM customer",
    f"SELECT strpos(name, '{'x' * 500}') FROM customer",
    f"SELECT strpos(name, '{'x' * 501}') FROM customer",
    "SELECT strpos(name)",
    f"SELECT name || '{'x' * 600}', name = '{'x' * 600}' FROM customer",
    f"SELECT strpos(name, '{'x' * 600}'::text), strpos(name, CAST('{'x' * 600}' AS varchar)) FROM customer",
    "SELECT array_fill(1, ARRAY[customer_id, 2]) FROM customer",
    "SELECT repeat('x', GREATEST(10, customer_id)) FROM customer",
    "SELECT repeat('x', LEAST(10, 20)), repeat('x', LEAST(20000, 30000))",
    "SELECT format(VARIADIC ARRAY['%s', 'x'])",
    "SELECT lower('A', repeat('x', 10000000))",
    "SELECT trim(name) FROM customer",
]

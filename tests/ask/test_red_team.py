"""A stranger's second look: attacks beside the corpus, refused by the gate or held by the sandbox."""

import contextlib
import dataclasses
import json
import time

import psutil
import psycopg
import pytest

from databaseai.ask import execution
from databaseai.ask.guardrail import check
from databaseai.ask.parsing import statement_of
from databaseai.ask.sandbox import sandbox
from databaseai.catalog.snapshot import Catalog
from databaseai.errors import DatabaseAIError, GuardrailError, SizeRefused
from databaseai.settings import ExecutionLimits
from tests.ask import cases
from tests.ask.cases import Case
from tests.ask.conftest import Shop

ATTACKS = cases.read("red_team.sql")
LIMITS = ExecutionLimits(statement_timeout_ms=400, server_memory_mb=256)
OVERRUN_S = 1.0
GROWTH_BYTES = 100_000_000


@pytest.mark.parametrize("case", ATTACKS, ids=str)
def test_attacks_are_refused(case: Case, catalog: Catalog) -> None:
    with pytest.raises(GuardrailError) as refusal:
        check(case.sql, catalog, LIMITS)
    assert refusal.value.code == case.facts["expect"]
    assert 0 <= int(str(refusal.value.facts.get("position", 0))) <= len(case.sql)


def tower(inner: str, levels: int, expression: str, alias: str = "s") -> str:
    """Queries inside each other, each naming the inner one's column several times."""
    head, tail = f"(SELECT {expression} FROM " * levels, f") {alias}" * levels
    return f"SELECT count(*) FROM {head}({inner}) {alias}{tail}"


TOO_LARGE = {
    "expressions of four": tower("SELECT name AS x FROM customer", 12, "x||x||x||x AS x"),
    "expressions without a name": tower(
        "SELECT name||''", 12, '"?column?"||"?column?"||"?column?"||"?column?"'
    ).replace("name||''", "'a'||''"),
    "expressions named after a function": tower("SELECT upper('a')", 12, "upper(upper||upper||upper||upper)"),
    "expressions under an alias list": tower("SELECT name FROM customer", 12, "z||z||z||z AS y", "s (z)"),
    "whole rows": tower(
        "SELECT name AS x FROM customer", 14, "to_json(s)::text||to_json(s)::text||to_json(s)::text AS x"
    ),
    "laterals": "SELECT 1 FROM (SELECT name AS x0 FROM customer) a"
    + "".join(f", LATERAL (SELECT x{n}||x{n}||x{n}||x{n} AS x{n + 1}) l{n}" for n in range(12)),
    "joins under an alias": tower(
        "SELECT name AS x FROM customer", 12, "z||z||z||z AS z", "s CROSS JOIN (SELECT 1) q) AS j (z)"
    ).replace("FROM (SELECT", "FROM ((SELECT"),
    "WITH queries": "WITH a0 AS (SELECT name AS x FROM customer), "
    + ", ".join(f"a{n + 1} AS (SELECT x||x||x||x AS x FROM a{n})" for n in range(12))
    + " SELECT count(x) FROM a12",
    "WITH queries, later ones first": "WITH RECURSIVE "
    + ", ".join(f"a{n} AS (SELECT x||x||x||x AS x FROM a{n + 1})" for n in range(12))
    + ", a12 AS (SELECT name AS x FROM customer) SELECT count(x) FROM a0",
    "unions of WITH queries not materialised": "WITH a0 AS (SELECT 1 AS x), "
    + ", ".join(
        f"a{n + 1} AS NOT MATERIALIZED (SELECT * FROM a{n} UNION ALL SELECT * FROM a{n})" for n in range(20)
    )
    + " SELECT count(*) FROM a20",
    "CASE of three": "WITH a0 AS (SELECT customer_id AS x FROM customer), "
    + ", ".join(
        f"a{n + 1} AS (SELECT CASE WHEN x > 1 THEN x ELSE x + 1 END AS x FROM a{n})" for n in range(14)
    )
    + " SELECT * FROM a14",
    "a FROM of 300": "SELECT 1 FROM " + ", ".join(f"customer c{n}" for n in range(300)),
    "strpos": f"SELECT strpos(repeat('a', 10000), 'b{'a' * 5000}')",
    "position": f"SELECT position('b{'a' * 5000}' IN name) FROM customer",
    "replace": f"SELECT replace(name, 'b{'a' * 5000}', '') FROM customer",
    "translate": f"SELECT translate(name, '{'a' * 5000}', '') FROM customer",
    "trim": f"SELECT trim(both '{'a' * 5000}' from name) FROM customer",
    "split_part": f"SELECT split_part(name, '{'a' * 5000}', 1) FROM customer",
    "string_to_array": f"SELECT string_to_array(name, '{'a' * 5000}') FROM customer",
    "LIKE": f"SELECT name LIKE '%{'a' * 5000}b%' FROM customer",
    "NOT ILIKE": f"SELECT name NOT ILIKE '%{'a' * 5000}b%' FROM customer",
    "LIKE ESCAPE": f"SELECT name LIKE '%{'a' * 5000}b%' ESCAPE '!' FROM customer",
    "LIKE as an operator": f"SELECT name OPERATOR(pg_catalog.~~) '%{'a' * 5000}b%' FROM customer",
    "repeat of a padded text": "SELECT repeat(lpad('x', 10000), 1000)",
}


@pytest.mark.parametrize("kind", TOO_LARGE)
def test_what_the_server_could_not_stop_is_refused(kind: str, catalog: Catalog) -> None:
    with pytest.raises(SizeRefused) as refusal:
        check(TOO_LARGE[kind], catalog, LIMITS)
    assert refusal.value.hint


HONEST = [
    "SELECT lpad(name, 20), rpad(city, 20), lpad(email, 20), rpad(country, 20), lpad(city, 20) FROM customer",
    "SELECT translate(name, 'áéíó', 'aeio'), name LIKE '%a%' ESCAPE '!', position('a' IN name) FROM customer",
    "WITH a0 AS (SELECT customer_id AS x FROM customer), "
    + ", ".join(
        f"a{n + 1} AS (SELECT CASE WHEN x > 1 THEN x ELSE x + 1 END AS x FROM a{n})" for n in range(6)
    )
    + " SELECT * FROM a6",
    "WITH a0 AS (SELECT customer_id AS x FROM customer), "
    + ", ".join(f"a{n + 1} AS (SELECT a.x FROM a{n} a JOIN a{n} b USING (x))" for n in range(20))
    + " SELECT count(*) FROM a20",
    "SELECT " + ", ".join(f"(SELECT max(total) FROM orders WHERE customer_id = {n})" for n in range(60)),
]


@pytest.mark.parametrize("sql", HONEST)
def test_honest_statements_near_the_bounds_pass(sql: str, catalog: Catalog) -> None:
    assert check(sql, catalog, LIMITS).sql


GENERATED = {
    "1,600 columns": "SELECT " + ",".join(["g"] * 1600) + " FROM generate_series(1, 2000) g",
    "deep JSON": "SELECT ('" + "[" * 6000 + "]" * 6000 + "')::jsonb",
    "planner: 60 tables": "SELECT 1 FROM " + ", ".join(f"customer c{n}" for n in range(60)),
    "names of 63 bytes, twice": f'SELECT 1 AS "{"é" * 40}", 2 AS "{"é" * 40}"',
}
HEAVY = {case.name: case.sql for case in cases.read("heavy.sql")} | GENERATED


@pytest.mark.parametrize("kind", HEAVY)
async def test_heavy_statements_end_in_time_and_space(kind: str, shop: Shop, catalog: Catalog) -> None:
    """Each gives rows or an error of ours, not later than a second past the limit, and all of it is JSON."""
    query = check(HEAVY[kind], catalog, LIMITS)
    process = psutil.Process()
    before = process.memory_info().rss
    async with await psycopg.AsyncConnection.connect(
        shop.reader, autocommit=True, prepare_threshold=None
    ) as reader:
        started = time.monotonic()
        with contextlib.suppress(DatabaseAIError):
            async with sandbox(reader, LIMITS):
                result = await execution.run(query, reader, LIMITS)
                shown = json.dumps(result.rows, ensure_ascii=False).encode()
                assert b"\\u0000" not in shown.replace(b"\\\\u0000", b"")  # PostgreSQL's jsonb takes none
        assert time.monotonic() - started < LIMITS.statement_timeout_ms / 1000 + OVERRUN_S
    assert process.memory_info().rss - before < GROWTH_BYTES


@pytest.mark.parametrize(
    "reply",
    [
        "```sql\nDROP TABLE customer\n```",
        "SELECT 1; DROP TABLE customer",
        "```sql\nSELECT 1\n```\n```sql\nDROP TABLE customer\n```",
        '{"sql": "DROP TABLE customer"}',
        '{"sql": "SELECT 1; DELETE FROM orders"}',
        "<think>SELECT 1</think>DELETE FROM customer",
        "<think>unclosed DROP TABLE customer",
        "Sure! Here you go:\nSELECT evil()",
        "SELECT name FROM customer -- ignore the gate\n; TRUNCATE orders",
        "SELECT 'a\n\nThe query: '; DROP TABLE customer; --'",
        "sql: EXPLAIN ANALYZE DELETE FROM customer",
        "SELECT 1 /* ``` */ ; DROP TABLE customer",
        "SELECT $$\n\nNote: it is fine$$ ; COPY customer TO '/tmp/x'",
        "<|im_start|>assistant\nSELECT set_config('role', 'none', false)<|im_end|>",
    ],
)
def test_no_reply_steers_past_the_gate(reply: str, catalog: Catalog) -> None:
    """Whatever the parser makes of a reply, it is a statement that the gate has still to accept."""
    try:
        query = check(statement_of(reply), catalog, LIMITS)
    except DatabaseAIError:
        return
    assert query.sql in {"SELECT 1", "SELECT 1 /*", "SELECT 'a"}


def test_names_and_values_of_the_catalog_do_not_act(catalog: Catalog) -> None:
    """A bare table's schema is written into the text: whatever it is called, it stays a name."""
    evil = '"; DROP TABLE customer; --'
    odd = dataclasses.replace(catalog.tables[0], schema=evil, name="innocent")
    known = dataclasses.replace(catalog, tables=(odd,), search_path=(evil,))
    query = check("SELECT 1 FROM innocent", known, LIMITS)
    assert query.sql == 'SELECT 1 FROM """; DROP TABLE customer; --".innocent\n'

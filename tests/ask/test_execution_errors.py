"""Each SQLSTATE its own error, where it stands in the statement, and no cell value in any text."""

from typing import Any

import psycopg
import pytest
from psycopg import AsyncConnection

from databaseai.ask import execution
from databaseai.ask.guardrail import check
from databaseai.ask.sandbox import sandbox
from databaseai.ask.server_errors import server_error
from databaseai.catalog.snapshot import Catalog
from databaseai.errors import ExecutionError
from databaseai.settings import ExecutionLimits
from tests.ask.accepted import unchecked

Reader = AsyncConnection[Any]


@pytest.mark.parametrize(
    ("sql", "code", "words"),
    [
        ("SELECT * FROM public.nothing", "DBAI703", "public.nothing"),
        ("SELECT * FROM nowhere.nothing", "DBAI703", "nowhere"),
        ("SELECT nam FROM public.customer", "DBAI704", "nam"),
        ("SELECT length(1)", "DBAI705", "length(integer)"),
        ("SELECT 1 + 'x'::text", "DBAI705", "integer + text"),
        ("SELECT password FROM pg_catalog.pg_shadow_", "DBAI703", "pg_shadow_"),
        ("SELECT rolpassword FROM pg_catalog.pg_authid", "DBAI706", "pg_authid"),
        ("SELEC 1", "DBAI707", "SELEC"),
        ("SELECT name, count(*) FROM public.customer", "DBAI708", "GROUP BY"),
        ("SELECT customer_id FROM public.customer, public.orders", "DBAI709", "customer_id"),
        ("SELECT CASE WHEN true THEN 1 ELSE true END", "DBAI710", "CASE"),
        ("SELECT name::int FROM public.customer", "DBAI711", "integer"),
        ("SELECT 1 / (customer_id - customer_id) FROM public.customer", "DBAI711", "zero"),
        ("SELECT 2147483647 + customer_id FROM public.customer", "DBAI711", "range"),
        ("SELECT name::date FROM public.customer", "DBAI711", "date"),
        ("SELECT (SELECT name FROM public.customer)", "DBAI702", "more than one row"),
        ("SELECT name::jsonb FROM public.customer", "DBAI711", "json"),
        ("SELECT '[' ~ name FROM public.customer WHERE '[' ~ (name || '[')", "DBAI711", "regular expression"),
        ("DELETE FROM public.attack_log", "DBAI712", "read-only"),
    ],
)
async def test_each_has_its_code(
    sql: str, code: str, words: str, admin: Reader, reader: Reader, limits: ExecutionLimits
) -> None:
    connection = admin if sql.startswith("DELETE") else reader
    async with sandbox(connection, limits):
        with pytest.raises(ExecutionError) as refusal:
            await execution.run(unchecked(sql), connection, limits)
    error = refusal.value
    assert error.code == code, str(error)
    assert words in error.detail
    assert "Customer" not in f"{error.detail} {error.hint} {error.facts}"


LEAKS = [
    *("password::int", "password::date", "password::inet", "password::jsonb", "('{' || password)::int[]"),
    *("to_date(password, 'YYYY')", "'a' ~ ('[' || password)", "date_trunc(password, now())"),
    *("to_tsquery(password || ' x')", "extract(year FROM password::interval)"),
    *("(password || 'x')::uuid", "(password || '\\')::bytea"),
    *("jsonb_path_query('{}', (password || '$$')::jsonpath)", "encode('a', password)"),
    *("convert('a'::bytea, password, 'UTF8')", "to_number(password, password)", "password::xml"),
    *("(password)::public.order_state", "query_to_xml(password, true, true, '')", "password::regclass"),
    *("set_config(password, '', true)", "current_setting(password)", "to_regclass(password || '.a.b.c')"),
    *("has_table_privilege(password, 'select')", "nextval(password)", "format('%' || password, 1)"),
    *("xpath(password, '<a/>')", "password::regrole", "jsonb_object(ARRAY[password, NULL, password])"),
    *("to_char(now(), password)::int", "password::bit(3)", "password::money", "password::int4range"),
]


@pytest.mark.parametrize("expression", LEAKS)
async def test_no_cell_value_leaves(expression: str, reader: Reader, limits: ExecutionLimits) -> None:
    """Whatever a query does with the one password, no error repeats it."""
    query = unchecked(f"SELECT {expression} FROM public.secret")
    async with sandbox(reader, limits):
        with pytest.raises(ExecutionError) as refusal:
            await execution.run(query, reader, limits)
    error = refusal.value
    assert "hunter2" not in f"{error!r} {error} {error.detail} {error.hint} {error.facts}"
    assert error.__cause__ is None


async def test_the_position_is_in_the_statement_as_given(
    reader: Reader, catalog: Catalog, limits: ExecutionLimits
) -> None:
    """Not in the text that ran, which is longer by the schemas."""
    statement = "  SELECT 'é', length(c.customer_id) FROM customer c JOIN orders o ON length(o.total) > 1"
    query = check(statement, catalog, limits)
    async with sandbox(reader, limits):
        with pytest.raises(ExecutionError) as refusal:
            await execution.run(query, reader, limits)
    assert refusal.value.facts["position"] in {statement.index("length(c"), statement.index("length(o")}
    statement = statement.replace("length(c.customer_id)", "1")
    query = check(statement, catalog, limits)
    async with sandbox(reader, limits):
        with pytest.raises(ExecutionError) as refusal:
            await execution.run(query, reader, limits)
    assert refusal.value.facts["position"] == statement.index("length(o")


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (psycopg.errors.DiskFull(), "DBAI714", "disk is full"),
        (psycopg.errors.ConfigurationLimitExceeded(), "DBAI714", "temporary files"),
        (psycopg.errors.OutOfMemory(), "DBAI718", "more memory"),
        (psycopg.errors.ProgramLimitExceeded(), "DBAI714", "1 GB"),
    ],
)
def test_what_the_server_ran_out_of_is_named(error: psycopg.Error, code: str, words: str) -> None:
    """And what to do about it."""
    found = server_error(error)
    assert (found.code, words in found.detail) == (code, True), found.detail
    assert found.hint or code == "DBAI714"

"""A domain's CHECK may call a function of the user's: no accepted query makes a value of such a type."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import psycopg
import pytest
from psycopg import AsyncConnection

from databaseai.ask.guardrail import check
from databaseai.catalog.introspection import introspect
from databaseai.catalog.snapshot import Catalog
from databaseai.embedded.postgres import EmbeddedPostgres
from databaseai.embedded.reader import ensure_database
from databaseai.errors import ExtensionRefused
from databaseai.settings import CatalogSettings, ExecutionLimits

SCHEMA = """
CREATE FUNCTION checked(text) RETURNS boolean LANGUAGE plpgsql AS
  $$ BEGIN RAISE WARNING 'checked'; RETURN true; END $$;
CREATE DOMAIN code AS text CHECK (checked(value));
CREATE TYPE pair AS (a code, b int);
CREATE TABLE item (id int, d code, ds code[], p pair, ps pair[]);
INSERT INTO item VALUES (1, 'a', ARRAY['b']::code[], ROW('a', 1)::pair, NULL);
"""
HONEST = [
    "SELECT d, ds, p, ps FROM item ORDER BY d",
    "SELECT d::text, ds::text, p::text, count(d), count(*) FROM item GROUP BY 1, 2, 3",
    "SELECT lower(d), length(d), d || 'z', max(d), string_agg(d, ',') FROM item GROUP BY d",
    "SELECT id FROM item WHERE d = 'a' AND d LIKE 'a%' AND d IN ('a', 'b') AND d > 'A' AND d IS NOT NULL",
    "SELECT lag(d::text, 1, 'x') OVER () FROM item",
    "SELECT coalesce(d::text, 'none') FROM item",
    "SELECT lag(x, 1, 'y') OVER () FROM (SELECT max(d) AS x FROM item) q",
    "SELECT lag(x, 1, 'y') OVER () FROM (SELECT nullif(d, d) AS x FROM item) q",
    "SELECT d FROM item UNION SELECT d FROM item",
]
CALLING = [
    "SELECT array_append(ds, 'x') FROM item",
    "SELECT array_prepend('x', ds) FROM item",
    "SELECT array_cat(ds, '{x}') FROM item",
    "SELECT array_replace(ds, 'b', 'c') FROM item",
    "SELECT array_position(ds, 'x') FROM item",
    "SELECT array_position(ps, '(x,1)') FROM item",
    "SELECT id FROM item WHERE ds = '{x}'",
    "SELECT id FROM item WHERE ds @> '{x}'",
    "SELECT id FROM item WHERE ds < '{z}'",
    "SELECT coalesce(ds, '{x}') FROM item",
    "SELECT coalesce(p, '(x,1)') FROM item",
    "SELECT ds FROM item UNION SELECT '{x}'",
    "SELECT lag(d, 1, 'x') OVER () FROM item",
    "SELECT lag(ds, 1, '{x}') OVER () FROM item",
    "SELECT coalesce(array_agg(d), '{x}') FROM item",
    "SELECT array_append(ARRAY[d], 'x') FROM item",
    "SELECT lag(coalesce(d, d), 1, 'x') OVER () FROM item",
    "SELECT lag(x, 1, 'y') OVER () FROM (SELECT first_value(d) OVER () AS x FROM item) q",
    "SELECT lag(x, 1, 'y') OVER () FROM (SELECT CASE WHEN true THEN d ELSE d END AS x FROM item) q",
    "SELECT lag(x, 1, 'y') OVER () FROM (SELECT (SELECT d) AS x FROM item) q",
    "SELECT lag(x, 1, 'y') OVER () FROM (SELECT greatest(d, d) AS x FROM item) q",
    "SELECT lag(x, 1, 'y') OVER () FROM (SELECT v.x FROM item, LATERAL (VALUES (d)) v(x)) q",
    "SELECT lag(x, 1, 'y') OVER () FROM (SELECT d AS x FROM item UNION ALL SELECT d FROM item) q",
    "SELECT array_append(x, 'y') FROM (SELECT ARRAY(SELECT d FROM item) AS x) q",
]
"""Each calls the function when it runs: `test_they_call_it` shows that."""


@dataclass(frozen=True)
class Items:
    """A connection, what it was warned of, and the catalog."""

    connection: psycopg.AsyncConnection
    warned: list[str]
    catalog: Catalog


@pytest.fixture
async def items(postgres: EmbeddedPostgres) -> AsyncIterator[Items]:
    """One database for the module, made by whoever comes first."""
    url = postgres.dsn("domain_checks")
    await ensure_database(postgres.dsn("postgres"), "domain_checks")
    connection = await AsyncConnection.connect(url, autocommit=True, prepare_threshold=None)
    async with connection:
        if await (await connection.execute("SELECT to_regclass('item') IS NULL")).fetchone() == (True,):
            await connection.execute(SCHEMA)
        warned: list[str] = []
        connection.add_notice_handler(lambda notice: warned.append(notice.message_primary or ""))
        yield Items(connection, warned, await introspect(connection, CatalogSettings()))


async def run(items: Items, text: str, path: str) -> list[str]:
    """Warnings of a statement under a search path."""
    items.warned.clear()
    await items.connection.execute("SELECT set_config('search_path', %s, false)", (path,))
    await items.connection.execute(text.encode())
    return items.warned


@pytest.mark.parametrize("text", HONEST)
async def test_what_makes_no_value_passes(text: str, items: Items) -> None:
    assert await run(items, check(text, items.catalog, ExecutionLimits()).sql, "") == []


@pytest.mark.parametrize("text", CALLING)
async def test_what_makes_one_is_refused(text: str, items: Items) -> None:
    with pytest.raises(ExtensionRefused) as refusal:
        check(text, items.catalog, ExecutionLimits())
    assert "::text" in refusal.value.hint


@pytest.mark.parametrize("text", CALLING)
async def test_they_call_it(text: str, items: Items) -> None:
    """Without the gate."""
    assert "checked" in await run(items, text, "public")

"""The allow-lists against the catalogs of PostgreSQL 15 to 18, and each entry weakened once."""

import dataclasses
import tomllib
from collections.abc import AsyncIterator
from importlib import resources
from typing import Any

import pytest
from psycopg import AsyncConnection

from databaseai.ask.guardrail import check, gate
from databaseai.ask.guardrail.lists import Lists, lists
from databaseai.catalog.snapshot import Catalog
from databaseai.errors import GuardrailError
from databaseai.settings import ExecutionLimits
from tests.ask import cases, signatures
from tests.postgres_versions import MAJORS, Servers

Admin = AsyncConnection[Any]
LOOKED_AT = {
    *("array_sample", "array_shuffle", "clock_timestamp", "gen_random_uuid", "random", "random_normal"),
    *("timeofday", "uuidv4", "uuidv7"),
}
"""Volatile and harmless: they keep nothing and wait for nothing."""
DANGEROUS = """
    SELECT proname::text FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND (
      proname ~ '^pg_(sleep|read|ls|stat|terminate|cancel|notify|advisory|try|switch|reload|rotate|import)'
      OR proname ~ '^(pg_export|lo_|ts_stat|query_to|table_to|schema_to|database_to|cursor_to|set_config)'
      OR proname ~ '^(current_|nextval|setval|currval|dblink|txid|pg_get|has_|inet_server|inet_client)'
      OR proname ~ '^(version$|session_|ts_rewrite|xpath|setseed|pg_relation)'
      OR ('xml'::regtype = ANY (proargtypes) AND proname <> 'text') OR 'internal'::regtype = ANY (proargtypes)
      OR prorettype IN ('trigger'::regtype, 'event_trigger'::regtype, 'refcursor'::regtype))
"""


@pytest.fixture(params=MAJORS, ids=str)
async def on(request: pytest.FixtureRequest, server: Servers) -> AsyncIterator[Admin]:
    """A superuser's connection to a server of each major version."""
    running = await server(request.param)
    async with await AsyncConnection.connect(running.dsn("postgres"), autocommit=True) as connection:
        yield connection


async def names(admin: Admin, sql: str) -> set[str]:
    """The first column of a query."""
    return {row[0] for row in await (await admin.execute(sql.encode())).fetchall()}


async def test_what_stands_behind_each_name_was_looked_at(on: Admin) -> None:
    """A new overload of an allowed name, a changed routine, a lost one: somebody looks, then records it."""
    major = on.info.server_version // 10_000
    there = await signatures.found(on, lists())
    known = {line for line, versions in signatures.recorded().items() if major in versions}
    assert not there - known, "look at these; python -m tests.ask.signatures records them"
    assert not known - there, "these are gone, or their names left the lists"


def test_each_name_is_one_of_postgresqls_own() -> None:
    """In at least one major version; `signatures.txt` says in which."""
    recorded = {(kind, name) for kind, name, _ in signatures.recorded()}
    for kind, allowed in {
        "function": lists().functions.names | lists().functions.syntax,
        "operator": lists().operators,
        "type": lists().types - {"double"},
    }.items():
        assert not {name for name in allowed if (kind, name) not in recorded}
    assert lists().functions.whole_row <= lists().functions.names


async def test_a_new_overload_of_an_allowed_name_is_noticed(server: Servers) -> None:
    """What a fork or an extension puts into pg_catalog goes by a name that the gate knows."""
    running = await server(MAJORS[-1])
    async with await AsyncConnection.connect(running.dsn("postgres")) as connection:
        before = await signatures.found(connection, lists())
        await connection.execute(
            "CREATE FUNCTION pg_catalog.upper(point) RETURNS text LANGUAGE sql AS $$ SELECT 'x' $$"
        )
        new = await signatures.found(connection, lists()) - before
        await connection.rollback()
    assert [(kind, name) for kind, name, _ in new] == [("function", "upper")]


async def test_no_function_is_dangerous(on: Admin) -> None:
    allowed = lists().functions.names | lists().functions.syntax
    assert not allowed & await names(on, DANGEROUS)


async def test_volatile_functions_were_looked_at(on: Admin) -> None:
    own = "SELECT proname::text FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace"
    volatile = await names(on, f"{own} AND provolatile = 'v'")
    assert lists().functions.names & volatile == LOOKED_AT & await names(on, own)


async def test_no_function_acts_with_anothers_rights(on: Admin) -> None:
    definers = await names(
        on,
        "SELECT proname::text FROM pg_proc WHERE prosecdef AND pronamespace = 'pg_catalog'::regnamespace",
    )
    assert not lists().functions.names & definers


async def test_output_columns_are_those_of_the_catalog(on: Admin) -> None:
    for name, columns in lists().functions.columns.items():
        cursor = (
            await on.execute(f"SELECT * FROM {name}('{{}}') LIMIT 0".encode()) if "each" in name else None
        )
        if cursor is not None and cursor.description:
            assert tuple(column.name for column in cursor.description) == columns


@pytest.mark.parametrize("file", ["functions", "operators", "types", "nodes", "second"])
def test_every_group_has_a_reason(file: str) -> None:
    text = resources.files("databaseai.ask.guardrail").joinpath("lists", f"{file}.toml").read_text("utf-8")
    for group in tomllib.loads(text)["group"]:
        assert len(group["reason"].split()) > 1


def refused(known: Lists, monkeypatch: pytest.MonkeyPatch, catalog: Catalog) -> set[str]:
    """Names of the attacks that are refused under other lists."""
    monkeypatch.setattr(gate, "lists", lambda: known)
    found = set()
    for case in cases.read("attacks.sql"):
        try:
            check(case.sql, catalog, ExecutionLimits())
        except GuardrailError as error:
            if error.code == case.facts.get("expect", error.code):
                found.add(case.name)
    return found


WEAKER: dict[str, dict[str, Any]] = {
    "functions": {"functions": {"names": {"set_config", "evil", "pg_sleep", "Upper"}}},
    "operators": {"operators": {"<=>", "~~~"}},
    "types": {"types": {"regclass", "oid", "evil_domain", "customer"}},
}


@pytest.mark.parametrize("weakened", WEAKER)
def test_a_weaker_list_is_noticed(weakened: str, monkeypatch: pytest.MonkeyPatch, catalog: Catalog) -> None:
    """The corpus holds a case for each list: one entry too many, and an attack gets further."""
    known = lists()
    change = WEAKER[weakened]
    if weakened == "functions":
        more = known.functions.names | change["functions"]["names"]
        known = dataclasses.replace(known, functions=dataclasses.replace(known.functions, names=more))
    else:
        known = dataclasses.replace(known, **{weakened: getattr(known, weakened) | change[weakened]})
    every = {case.name for case in cases.read("attacks.sql")}
    assert refused(lists(), monkeypatch, catalog) == every
    assert refused(known, monkeypatch, catalog) < every

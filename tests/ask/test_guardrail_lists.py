"""The allow-lists against the server's own catalog, and each entry weakened once."""

import dataclasses
import tomllib
from importlib import resources
from typing import Any

import pytest
from psycopg import AsyncConnection

from databaseai.ask.guardrail import check, gate
from databaseai.ask.guardrail.lists import Lists, lists
from databaseai.catalog.snapshot import Catalog
from databaseai.errors import GuardrailError
from databaseai.settings import ExecutionLimits
from tests.ask import cases

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


async def names(admin: Admin, sql: str) -> set[str]:
    """The first column of a query."""
    return {row[0] for row in await (await admin.execute(sql.encode())).fetchall()}


async def test_every_function_is_postgresqls_own(admin: Admin) -> None:
    own = await names(
        admin, "SELECT proname::text FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace"
    )
    assert lists().functions.names <= own
    assert lists().functions.syntax <= own
    assert lists().functions.whole_row <= lists().functions.names


async def test_no_function_is_dangerous(admin: Admin) -> None:
    allowed = lists().functions.names | lists().functions.syntax
    assert not allowed & await names(admin, DANGEROUS)


async def test_volatile_functions_were_looked_at(admin: Admin) -> None:
    volatile = await names(
        admin,
        "SELECT proname::text FROM pg_proc"
        " WHERE pronamespace = 'pg_catalog'::regnamespace AND provolatile = 'v'",
    )
    assert lists().functions.names & volatile == LOOKED_AT


async def test_no_function_acts_with_anothers_rights(admin: Admin) -> None:
    definers = await names(
        admin,
        "SELECT proname::text FROM pg_proc WHERE prosecdef AND pronamespace = 'pg_catalog'::regnamespace",
    )
    assert not lists().functions.names & definers


async def test_operators_and_types_are_postgresqls_own(admin: Admin) -> None:
    own = await names(
        admin, "SELECT oprname::text FROM pg_operator WHERE oprnamespace = 'pg_catalog'::regnamespace"
    )
    assert lists().operators <= own
    for name in lists().types - {"double"}:
        assert await names(admin, f"SELECT '{name}'::regtype::text"), name


async def test_output_columns_are_those_of_the_catalog(admin: Admin) -> None:
    for name, columns in lists().functions.columns.items():
        cursor = (
            await admin.execute(f"SELECT * FROM {name}('{{}}') LIMIT 0".encode()) if "each" in name else None
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

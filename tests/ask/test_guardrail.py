"""No attack passes, honest queries do, and what runs means what was written."""

from typing import Any

import pytest
from psycopg import AsyncConnection

from databaseai.ask import execution
from databaseai.ask.guardrail import AcceptedQuery, check
from databaseai.ask.guardrail.gate import check as the_gate
from databaseai.ask.sandbox import sandbox
from databaseai.catalog.snapshot import Catalog
from databaseai.errors import (
    ColumnRefused,
    DatabaseAIError,
    FunctionRefused,
    GuardrailError,
    RelationRefused,
    StatementTooLong,
    StatementUnparsable,
)
from databaseai.settings import ExecutionLimits
from tests.ask import cases
from tests.ask.cases import Case

ATTACKS = cases.read("attacks.sql")
HONEST = cases.read("honest.sql") + cases.read("honest_rare.sql")
LISTED = cases.read("honest_refused.sql")
STATE = """
    SELECT (SELECT jsonb_agg(x ORDER BY x::text) FROM (
      SELECT c.oid::text, c.relname, c.relacl::text, c.reltuples::text, c.relfilenode::text FROM pg_class c
      UNION ALL SELECT oid::text, proname, proacl::text, prosrc, '' FROM pg_proc WHERE pronamespace > 16000
      UNION ALL SELECT oid::text, rolname, rolpassword, rolsuper::text, '' FROM pg_authid
      UNION ALL SELECT oid::text, '', '', '', '' FROM pg_largeobject_metadata
      UNION ALL SELECT '', what, '', '', '' FROM attack_log
      UNION ALL SELECT last_value::text, is_called::text, '', '', '' FROM counter
      UNION ALL SELECT '', c::text, '', '', '' FROM customer c
      UNION ALL SELECT '', s::text, '', '', '' FROM secret s
      UNION ALL SELECT pid::text, locktype, objid::text, mode, '' FROM pg_locks WHERE locktype = 'advisory'
    ) x)::text
"""


def test_the_corpora_are_large_enough() -> None:
    assert len(ATTACKS) >= 150
    assert len(HONEST) >= 300
    assert len({case.name for case in ATTACKS + HONEST + LISTED}) == len(ATTACKS + HONEST + LISTED)


@pytest.mark.parametrize("case", ATTACKS, ids=str)
def test_attacks_are_refused(case: Case, catalog: Catalog, limits: ExecutionLimits) -> None:
    with pytest.raises(GuardrailError) as refusal:
        check(case.sql, catalog, limits)
    error = refusal.value
    assert error.code == case.facts.get("expect", error.code), str(error)
    assert error.detail
    assert 0 <= int(str(error.facts.get("position", 0))) <= len(case.sql)


async def test_the_state_stays_as_it_was(
    admin: AsyncConnection[Any], reader: AsyncConnection[Any], catalog: Catalog, limits: ExecutionLimits
) -> None:
    """All attacks through the whole door, as a program would send them: nothing in the database moved."""
    before = await (await admin.execute(STATE)).fetchone()
    for case in ATTACKS:
        try:
            query = check(case.sql, catalog, limits)
        except DatabaseAIError:
            continue
        async with sandbox(reader, limits):
            await execution.run(query, reader, limits)
    assert await (await admin.execute(STATE)).fetchone() == before


@pytest.mark.parametrize("case", HONEST, ids=str)
async def test_honest_queries_give_the_same_rows(
    case: Case, reader: AsyncConnection[Any], catalog: Catalog, limits: ExecutionLimits
) -> None:
    """Through the gate and the sandbox, and without either."""
    if int(case.facts.get("servers", "0")) * 10_000 > reader.info.server_version:
        return
    query = check(case.sql, catalog, limits)
    async with sandbox(reader, limits):
        through = await execution.run(query, reader, limits)
    raw = reader.pgconn.exec_params(case.sql.encode(), None)
    assert not raw.error_message, raw.error_message
    assert [column.name for column in through.columns] == [
        (raw.fname(place) or b"").decode() for place in range(raw.nfields)
    ]
    reader.pgconn.exec_(b"SET search_path = ''")
    again = reader.pgconn.exec_params(query.sql.encode(), None)
    reader.pgconn.exec_(b"RESET search_path")
    assert cells(again) == cells(raw)
    assert len(through.rows) == min(raw.ntuples, limits.row_limit)


def cells(result: Any) -> list[list[bytes | None]]:
    """All values of a raw result, as PostgreSQL wrote them."""
    return [
        [result.get_value(row, column) for column in range(result.nfields)] for row in range(result.ntuples)
    ]


@pytest.mark.parametrize("case", LISTED, ids=str)
def test_honest_but_listed_as_refused(case: Case, catalog: Catalog, limits: ExecutionLimits) -> None:
    """When one of these passes, move it to the honest corpus."""
    with pytest.raises(GuardrailError) as refusal:
        check(case.sql, catalog, limits)
    assert type(refusal.value).repairable
    assert refusal.value.hint


def test_only_the_gate_makes_a_query(catalog: Catalog, limits: ExecutionLimits) -> None:
    query = check("SELECT 1", catalog, limits)
    with pytest.raises(TypeError):
        AcceptedQuery("DROP TABLE customer", (), query.tree, "DROP TABLE customer")
    assert check is the_gate


@pytest.mark.parametrize(
    ("statement", "sql"),
    [
        ("SELECT name FROM customer", "SELECT name FROM public.customer"),
        ("SELECT name FROM customer;", "SELECT name FROM public.customer"),
        ("  SELECT 1 ; -- x", "SELECT 1"),
        ("SELECT 1 -- x", "SELECT 1 -- x\n"),
        ("SELECT 'é' FROM CUSTOMER c", "SELECT 'é' FROM public.CUSTOMER c"),
        ('SELECT 1 FROM "customer" AS "order"', 'SELECT 1 FROM public."customer" AS "order"'),
        ("SELECT * FROM sales.target", "SELECT * FROM sales.target"),
        ("SELECT * FROM ONLY customer", "SELECT * FROM ONLY public.customer"),
        (
            "WITH orders AS (SELECT * FROM orders) SELECT * FROM orders",
            "WITH orders AS (SELECT * FROM public.orders) SELECT * FROM orders",
        ),
        ("SELECT 'new'::order_state", "SELECT 'new'::public.order_state"),
    ],
)
def test_tables_are_qualified_where_they_stand(
    statement: str, sql: str, catalog: Catalog, limits: ExecutionLimits
) -> None:
    assert check(statement, catalog, limits).sql == sql


def test_tables_read_are_told_once_in_order(catalog: Catalog, limits: ExecutionLimits) -> None:
    query = check(
        "SELECT 1 FROM orders o JOIN customer c USING (customer_id), orders x, sales.target", catalog, limits
    )
    assert query.tables == (("public", "orders"), ("public", "customer"), ("sales", "target"))
    assert query.statement.startswith("SELECT 1 FROM orders o")


@pytest.mark.parametrize(
    ("statement", "kind", "piece", "hint"),
    [
        ("SELECT 'é', ifnull(name, '') FROM customer", FunctionRefused, "ifnull", "coalesce"),
        ("SELECT 'é', uper(name) FROM customer", FunctionRefused, "uper", "upper"),
        ("SELECT 'é' FROM custommer", RelationRefused, "custommer", "customer"),
        ("SELECT 'é', c.nam FROM customer c", ColumnRefused, "c.nam", "name"),
        ("SELECT 'é', k.name FROM customer c", ColumnRefused, "k.name", "c"),
        ("SELECT 'é' FROM target", RelationRefused, "target", "sales.target"),
        ("SELECT 'é' FORM FORM customer", StatementUnparsable, "FORM customer", "spelling"),
    ],
)
def test_refusals_teach(
    statement: str,
    kind: type[GuardrailError],
    piece: str,
    hint: str,
    catalog: Catalog,
    limits: ExecutionLimits,
) -> None:
    """The position is in characters, the hint names what is near."""
    with pytest.raises(kind) as refusal:
        check(statement, catalog, limits)
    assert refusal.value.facts["position"] == statement.index(piece)
    assert hint in refusal.value.hint


def test_a_long_statement_is_refused_by_its_length(catalog: Catalog) -> None:
    with pytest.raises(StatementTooLong):
        check("SELECT 1" + " " * 100, catalog, ExecutionLimits(statement_characters=100))


@pytest.mark.parametrize("text", [None, 1, b"SELECT 1", ["SELECT 1"]])
def test_only_text_is_a_statement(text: Any, catalog: Catalog, limits: ExecutionLimits) -> None:
    with pytest.raises(GuardrailError):
        check(text, catalog, limits)


@pytest.mark.parametrize(
    "character", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\ud800", "\x0c", "\u202e", "\u2066"]
)
def test_control_characters_are_refused_anywhere(
    character: str, catalog: Catalog, limits: ExecutionLimits
) -> None:
    with pytest.raises(GuardrailError) as refusal:
        check(f"SELECT 'é{character}'", catalog, limits)
    assert refusal.value.code == "DBAI503"
    assert refusal.value.facts["position"] == len("SELECT 'é")

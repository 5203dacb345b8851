"""EXPLAIN through its own door: options, the statement inside, and a plan without what is hidden."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import AsyncConnection

from databaseai.ask import explaining
from databaseai.ask.explaining import Explanation
from databaseai.ask.guardrail import check
from databaseai.ask.guardrail.explain import ExplainOptions, split
from databaseai.ask.sandbox import sandbox
from databaseai.catalog.snapshot import Catalog
from databaseai.embedded.postgres import EmbeddedPostgres
from databaseai.errors import DatabaseAIError, ExplainRefused
from databaseai.settings import ExecutionLimits
from tests.ask import cases
from tests.clinic import CANARIES, POLICY, build, look

Reader = AsyncConnection[Any]


async def explained(statement: str, reader: Reader, catalog: Catalog, limits: ExecutionLimits) -> Explanation:
    """The whole door."""
    inner, options = split(statement, limits)
    query = check(inner, catalog, limits)
    async with sandbox(reader, limits):
        return await explaining.explain(query, reader, limits, catalog, options or ExplainOptions())


@pytest.mark.parametrize(
    "statement",
    [
        "EXPLAIN SELECT * FROM public.customer",
        "explain (costs off) select count(*) from public.orders o join public.customer c using (customer_id)",
        "EXPLAIN VERBOSE SELECT name FROM public.customer WHERE customer_id = 3",
        "EXPLAIN (FORMAT yaml, VERBOSE) SELECT 1",
        "EXPLAIN (FORMAT 'xml', COSTS 0) SELECT name FROM public.customer ORDER BY 1",
        "EXPLAIN (ANALYZE off, VERBOSE false) SELECT * FROM public.event",
        "-- why so slow?\nEXPLAIN (WITH a AS (SELECT 1 AS x) SELECT * FROM a)",
        "/* /* größte */ */ EXPLAIN (COSTS OFF) SELECT 'é' FROM public.customer -- é",
    ],
)
async def test_the_plan_is_postgresqls_own(
    statement: str, reader: Reader, catalog: Catalog, limits: ExecutionLimits
) -> None:
    """Line for line what the analyst would have seen, when nothing of it is hidden."""
    raw = await (await reader.execute(statement.encode())).fetchall()
    found = await explained(statement, reader, catalog, limits)
    assert "\n".join(found.text) == "\n".join(row[0] for row in raw)


@pytest.mark.parametrize("statement", ["SELECT * FROM public.customer", "SELECT count(*) FROM public.event"])
async def test_the_tree_is_postgresqls_own(
    statement: str, reader: Reader, catalog: Catalog, limits: ExecutionLimits
) -> None:
    for options in ("FORMAT JSON", "FORMAT JSON, VERBOSE", "FORMAT JSON, COSTS OFF"):
        raw = await (await reader.execute(f"EXPLAIN ({options}) {statement}".encode())).fetchone()
        found = await explained(f"EXPLAIN ({options}) {statement}", reader, catalog, limits)
        assert raw
        assert [{"Plan": found.plan}] == raw[0]
        assert json.loads("\n".join(found.text)) == raw[0]


async def test_a_plan_names_nothing_that_is_hidden(
    reader: Reader, catalog: Catalog, limits: ExecutionLimits
) -> None:
    """A view's table that the catalog leaves out, and a column that it leaves out of a table it shows."""
    statement = (
        "EXPLAIN (VERBOSE) SELECT count(*) FROM paid_order p JOIN customer c USING (customer_id) ORDER BY 1"
    )
    whole = await explained(statement, reader, catalog, limits)
    assert any("public.orders" in line for line in whole.text)
    assert any("state = 'paid'" in line for line in whole.text)
    tables = tuple(table for table in catalog.tables if table.qualified != ("public", "orders"))
    cut = await explained(statement, reader, replace(catalog, tables=tables), limits)
    assert "orders" not in f"{cut.text} {cut.plan}"
    assert "paid'" not in f"{cut.text} {cut.plan}"
    assert any("Seq Scan" in line and "cost=" in line for line in cut.text)
    assert any("public.customer c" in line for line in cut.text)
    with pytest.raises(ExplainRefused):
        await explained(
            statement.replace("VERBOSE", "FORMAT YAML"), reader, replace(catalog, tables=tables), limits
        )
    without_state = tuple(
        replace(table, columns=tuple(c for c in table.columns if c.name != "state"))
        if table.qualified == ("public", "orders")
        else table
        for table in catalog.tables
    )
    cut = await explained(statement, reader, replace(catalog, tables=without_state), limits)
    assert any("public.orders" in line for line in cut.text)
    assert "state" not in f"{cut.text} {cut.plan}"


REFUSED = {
    "EXPLAIN ANALYZE SELECT 1": ("DBAI602", "ANALYZE"),
    "EXPLAIN (ANALYZE) SELECT 1": ("DBAI602", "ANALYZE"),
    "EXPLAIN (ANALYZE off, ANALYZE on) SELECT 1": ("DBAI602", "ANALYZE on"),
    "EXPLAIN (ANALYZE 1) SELECT 1": ("DBAI602", "ANALYZE"),
    "EXPLAIN (COSTS off, SETTINGS) SELECT 1": ("DBAI602", "SETTINGS"),
    "EXPLAIN (FORMAT sixel) SELECT 1": ("DBAI602", "FORMAT"),
    "EXPLAIN (COSTS maybe) SELECT 1": ("DBAI602", "COSTS"),
    "EXPLAIN (COSTS (1, 2)) SELECT 1": ("DBAI504", "(1"),
    "EXPLAIN ANALYZE CREATE TABLE x AS SELECT 1": ("DBAI602", "ANALYZE"),
    "EXPLAIN DELETE FROM customer": ("DBAI507", "DELETE"),
    "EXPLAIN VERBOSE INSERT INTO customer VALUES (1)": ("DBAI507", "INSERT"),
    "EXPLAIN CREATE TABLE x AS SELECT 1": ("DBAI507", "CREATE"),
    "EXPLAIN EXECUTE p": ("DBAI507", "EXECUTE"),
    "EXPLAIN DECLARE c CURSOR FOR SELECT 1": ("DBAI507", "DECLARE"),
    "EXPLAIN SELECT 1; DROP TABLE customer": ("DBAI506", "DROP"),
    "EXPLAIN EXPLAIN SELECT 1": ("DBAI504", "EXPLAIN SELECT"),
    "EXPLAIN SELECT pg_sleep(1)": ("DBAI509", "pg_sleep"),
    "EXPLAIN (COSTS off) SELECT nam FROM customer": ("DBAI513", "nam"),
    "EXPLAIN SELECT repeat('x', 1000000000)": ("DBAI514", "repeat"),
    "EXPLAIN SELECT * FROM pg_catalog.pg_authid": ("DBAI512", "pg_catalog"),
    "EXPLAIN /* é */ SELECT 'é', nam FROM customer": ("DBAI513", "nam"),
    "/* /* größte */ */ EXPLAIN ANALYZE SELECT 1": ("DBAI602", "ANALYZE"),
    "-- größte Kunden\nEXPLAIN (ANALYZE false) DELETE FROM customer": ("DBAI507", "DELETE"),
}


@pytest.mark.parametrize("statement", REFUSED)
def test_what_explain_refuses(statement: str, catalog: Catalog, limits: ExecutionLimits) -> None:
    """With the place in the text as given, not in the statement inside."""
    code, piece = REFUSED[statement]
    with pytest.raises(DatabaseAIError) as refusal:
        check(split(statement, limits)[0], catalog, limits)
    assert refusal.value.code == code, str(refusal.value)
    assert refusal.value.facts["position"] == statement.index(piece)
    assert refusal.value.hint


@pytest.fixture(scope="module")
async def clinic(postgres: EmbeddedPostgres) -> str:
    """A reader's URL of a database that a policy was made for."""
    return (await build(postgres, "clinic_doors"))[1]


async def test_a_plan_names_nothing_that_the_policy_closes(clinic: str, limits: ExecutionLimits) -> None:
    """Every statement of the policy's corpus, as a plan with all its words."""
    catalog = await look(clinic, POLICY)
    hidden = {name for _, name, _ in catalog.closed}
    hidden |= {column for table in catalog.tables for column in table.closed}
    shown = {name for table in catalog.tables for name in (table.name, *table.column)}
    words = re.compile(rf"\b(?:{'|'.join(sorted(hidden - shown))})\b")
    explained_ones = 0
    async with await AsyncConnection.connect(clinic, autocommit=True, prepare_threshold=None) as reader:
        for line in (cases.FOLDER / "policy_honest.sql").read_text("utf-8").splitlines():
            statement = line.rpartition(";  --> ")[0]
            try:
                found = await explained(f"EXPLAIN (VERBOSE) {statement}", reader, catalog, limits)
            except DatabaseAIError:
                continue
            explained_ones += 1
            told = f"{found.text} {found.plan}"
            assert not words.search(told), (statement, found.text)
            assert not [canary for canary in CANARIES if canary in told], statement
    assert explained_ones > 30


@pytest.mark.parametrize("before", ["EXPLAIN ", "EXPLAIN (COSTS OFF, FORMAT JSON)", "explain verbose\n"])
def test_no_explain_hides_an_attack(before: str, catalog: Catalog, limits: ExecutionLimits) -> None:
    """What the gate refuses alone it refuses inside an EXPLAIN, at the same place."""
    passed = []
    for case in cases.read("attacks.sql"):
        try:
            inner, _ = split(before + case.sql, limits)
            passed.append((case.name, check(inner, catalog, limits).sql))
        except DatabaseAIError as error:
            position = int(str(error.facts.get("position", 0)))
            assert 0 <= position <= len(before + case.sql)
    assert passed == []


@given(
    st.sampled_from(["", "ANALYZE ", "VERBOSE ", "(ANALYZE) ", "(COSTS) ", "(FORMAT json) "]),
    st.text(max_size=30),
)
def test_whatever_stands_in_an_explain(options: str, text: str) -> None:
    """It is split or refused; what is split off is blank, as long as it was, and the rest is untouched."""
    statement = f"EXPLAIN {options}SELECT {text}"
    try:
        inner, found = split(statement, ExecutionLimits())
    except DatabaseAIError:
        return
    if found is not None:
        assert len(inner) == len(statement)
        assert statement.endswith(inner.lstrip(" "))
        assert "ANALYZE" not in options

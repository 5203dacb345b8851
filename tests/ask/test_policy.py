"""Under a policy no query gives a denied or a raw masked value, and honest ones still work."""

import dataclasses
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import psycopg
import pytest
from psycopg import AsyncConnection
from pydantic import TypeAdapter

from databaseai.ask import prompt, repair, schema_linking
from databaseai.ask.guardrail import check
from databaseai.ask.guardrail.substitution import Edits, seal
from databaseai.catalog.snapshot import Catalog, Column, Table
from databaseai.embedded.postgres import EmbeddedPostgres
from databaseai.errors import ColumnRefused, GuardrailError, PolicyRefused, RelationRefused
from databaseai.settings import ExecutionLimits
from tests.ask import cases
from tests.clinic import CANARIES, POLICY, build, look

LIMITS = ExecutionLimits()


@pytest.fixture(scope="module")
async def clinic(postgres: EmbeddedPostgres) -> str:
    """The reader's URL; the login itself may read everything."""
    return (await build(postgres, "clinic_ask"))[1]


@pytest.fixture(scope="module")
async def catalog(clinic: str) -> Catalog:
    return await look(clinic, POLICY)


@pytest.fixture(scope="module")
async def reader(clinic: str) -> AsyncIterator[AsyncConnection[Any]]:
    connection = await AsyncConnection.connect(clinic, autocommit=True, prepare_threshold=None)
    async with connection:
        await connection.execute("SET search_path = ''")
        yield connection


async def rows(reader: AsyncConnection[Any], statement: str, catalog: Catalog) -> list[tuple[Any, ...]]:
    """Rows of a statement that passed the gate."""
    cursor = await reader.execute(check(statement, catalog, LIMITS).sql.encode())
    return await cursor.fetchall()


def leaked(found: object) -> list[str]:
    text = repr(found)
    return [canary for canary in CANARIES if canary in text]


def honest() -> Iterator[tuple[str, int | None]]:
    """Statements and how many rows each gives; None: it may be refused."""
    for line in (cases.FOLDER / "policy_honest.sql").read_text(encoding="utf-8").splitlines():
        statement, arrow, count = line.rpartition(";  --> ")
        if arrow:
            yield statement, None if count == "none" else int(count)


HONEST = list(honest())


@pytest.mark.parametrize(("statement", "count"), HONEST)
async def test_nothing_leaks_and_honest_queries_work(
    reader: AsyncConnection[Any], catalog: Catalog, statement: str, count: int | None
) -> None:
    try:
        found = await rows(reader, statement, catalog)
    except GuardrailError:
        assert count is None
        return
    assert not leaked(found)
    assert count is None or len(found) == count


async def test_most_of_them_would_leak_without_the_policy(clinic: str, reader: AsyncConnection[Any]) -> None:
    """The test above can fail."""
    bare = await look(clinic, None, samples_per_column=0)
    hits = [bool(leaked(await rows(reader, statement, bare))) for statement, count in HONEST if count]
    assert sum(hits) > len(hits) / 2


REFUSED = [
    ("SELECT ssn FROM patient", "DBAI518", "closed by policy"),
    ("SELECT p.ssn FROM patient p", "DBAI518", "closed by policy"),
    ("SELECT (p).notes FROM patient p", "DBAI513", ""),
    ("SELECT public.patient.ssn FROM public.patient", "DBAI518", "closed by policy"),
    ("SELECT (SELECT ssn FROM patient LIMIT 1) FROM (SELECT 1 AS ssn) s", "DBAI518", "closed by policy"),
    ("SELECT 1 FROM patient JOIN visit USING (ssn)", "DBAI513", ""),
    ("SELECT 1 FROM patient ORDER BY ssn", "DBAI518", "closed by policy"),
    ("SELECT count(*) FROM patient GROUP BY ssn", "DBAI518", "closed by policy"),
    ("SELECT 1 FROM patient WHERE ssn LIKE 'c%'", "DBAI518", "closed by policy"),
    ("SELECT count(*) FILTER (WHERE notes IS NULL) FROM patient", "DBAI518", "closed by policy"),
    ("SELECT secret FROM vault", "DBAI518", "closed: the policy denies it"),
    ("SELECT * FROM public.vault", "DBAI518", "closed"),
    ("SELECT * FROM vault_size", "DBAI518", "it reads public.vault"),
    ("SELECT * FROM patient_card", "DBAI518", "public.patient.email"),
    ("SELECT * FROM patient_copy", "DBAI518", "public.patient.salary"),
    ("SELECT * FROM lab_2024", "DBAI512", ""),
    ("SELECT * FROM ONLY patient", "DBAI518", "ONLY"),
    ("SELECT * FROM ONLY (patient)", "DBAI518", "ONLY"),
    ("SELECT * FROM patient *", "DBAI518", "*"),
    ("SELECT * FROM patient * AS p", "DBAI518", "*"),
    ("SELECT * FROM patient TABLESAMPLE BERNOULLI (100)", "DBAI518", "sampled"),
    ("SELECT * FROM public.patient AS p TABLESAMPLE SYSTEM (100) REPEATABLE (1)", "DBAI518", "sampled"),
    ("SELECT ctid FROM patient", "DBAI513", ""),
    ("SELECT tableoid FROM patient", "DBAI513", ""),
]


@pytest.mark.parametrize(("statement", "code", "said"), REFUSED)
def test_what_the_policy_closes_is_refused_and_the_refusal_teaches(
    catalog: Catalog, statement: str, code: str, said: str
) -> None:
    with pytest.raises(GuardrailError) as refused:
        check(statement, catalog, LIMITS)
    error = refused.value
    assert error.code == code
    assert error.repairable
    assert said in error.detail
    assert not leaked(error.detail + error.hint)
    assert "ssn" not in error.hint, "hints name what is open"


async def test_a_list_of_aliases_reaches_open_columns_only(
    reader: AsyncConnection[Any], catalog: Catalog
) -> None:
    """More names than there are open columns: PostgreSQL itself refuses."""
    with pytest.raises(psycopg.errors.InvalidColumnReference):
        await rows(reader, "SELECT a FROM patient AS p(a, b, c, d, e, f, g, h, i, j, k, l, m)", catalog)


def test_a_name_that_is_not_there_is_no_closed_one(catalog: Catalog) -> None:
    with pytest.raises(ColumnRefused, match="No column nope"):
        check("SELECT nope FROM patient", catalog, LIMITS)
    with pytest.raises(RelationRefused, match="not in the catalog"):
        check("SELECT 1 FROM vaults", catalog, LIMITS)


def test_a_bare_name_means_the_closed_table_that_comes_first(catalog: Catalog) -> None:
    """Not one of that name further along the search path."""
    behind = Table("other", "vault", "table", (Column("secret", "text"),))
    both = dataclasses.replace(catalog, tables=(*catalog.tables, behind), search_path=("public", "other"))
    with pytest.raises(PolicyRefused):
        check("SELECT secret FROM vault", both, LIMITS)
    assert check("SELECT secret FROM other.vault", both, LIMITS).tables == (("other", "vault"),)
    other_first = dataclasses.replace(both, search_path=("other", "public"))
    assert check("SELECT secret FROM vault", other_first, LIMITS).tables == (("other", "vault"),)


def test_positions_are_those_of_the_statement_as_given(catalog: Catalog) -> None:
    statement = (
        "SELECT 'é', p.email, public.visit.email, city.name\n"
        "FROM patient p, public.visit, city -- é\nWHERE true"
    )
    accepted = check(statement, catalog, LIMITS)
    for word in ("p.email", "city.name", ", city", "-- é", "WHERE"):
        assert accepted.given_position(accepted.sql.index(word)) == statement.index(word)
    start = statement.index("patient p")
    inside = range(accepted.sql.index("(SELECT"), accepted.sql.index(" p,"))
    assert all(start <= accepted.given_position(each) <= start + len("patient") for each in inside)
    assert all(0 <= accepted.given_position(each) <= len(statement) for each in range(len(accepted.sql) + 9))


def test_people_see_the_statement_and_may_send_it_again(catalog: Catalog) -> None:
    accepted = check('SELECT public.patient.id FROM "patient", visit v', catalog, LIMITS)
    assert accepted.shown == 'SELECT public.patient.id FROM public."patient", public.visit v'
    assert check(accepted.shown, catalog, LIMITS).sql == accepted.sql
    assert accepted.tables == (("public", "patient"), ("public", "visit"))


async def test_a_masked_key_decides_nothing(clinic: str, reader: AsyncConnection[Any]) -> None:
    """One value of the mask is many rows."""
    known = await look(clinic, {"masks": {"public.patient.id": "band:10"}})
    with pytest.raises(psycopg.errors.GroupingError):
        await rows(reader, "SELECT id, name FROM patient GROUP BY id", known)


async def test_a_column_that_came_after_the_catalog_was_read_stays_closed(
    postgres: EmbeddedPostgres,
) -> None:
    """A wildcard means it, and `*` would give it before the next reading."""
    admin, url = await build(postgres, "clinic_later")
    known = await look(url, {"columns": {"deny": ["*.*.ssn"]}})
    async with await AsyncConnection.connect(admin, autocommit=True) as connection:
        await connection.execute("ALTER TABLE city ADD COLUMN ssn text DEFAULT 'canary'")
    async with await AsyncConnection.connect(url, autocommit=True) as connection:
        for statement in (
            "SELECT * FROM city",
            "SELECT c.* FROM city c",
            "SELECT to_json(c) FROM city c",
            "SELECT count(city), array_agg(city) FROM city",
            "SELECT * FROM public.city WHERE public.city.name > ''",
            "SELECT name, count(*), max(to_json(c)::text) FROM city c GROUP BY name, c",
            "TABLE city",
        ):
            assert not leaked(await rows(connection, statement, known)), statement
    for statement in ("SELECT count(*), max(name) FROM public.city", "SELECT 1 FROM ONLY public.city"):
        assert check(statement, known, LIMITS).sql == statement
    assert check("SELECT * FROM public.city TABLESAMPLE SYSTEM (1)", known, LIMITS).sql.endswith("(1)")


def test_a_catalog_kept_in_a_file_keeps_the_policy(catalog: Catalog) -> None:
    """As `databaseai catalog --json` writes it and `databaseai guard --catalog` reads it."""
    kept = TypeAdapter(Catalog).validate_json(TypeAdapter(Catalog).dump_json(catalog))
    for statement, code, _ in REFUSED:
        with pytest.raises(GuardrailError) as refused:
            check(statement, kept, LIMITS)
        assert refused.value.code == code
    statement = "SELECT * FROM patient"
    assert check(statement, kept, LIMITS).sql == check(statement, catalog, LIMITS).sql


def test_a_table_outside_the_policy_stays_as_it_is(catalog: Catalog) -> None:
    assert check("SELECT name FROM city", catalog, LIMITS).sql == "SELECT name FROM public.city"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT email FROM public.patient",
        "SELECT * FROM (SELECT email FROM public.patient) AS patient",
        "WITH w AS (SELECT 1 FROM public.visit) SELECT 1",
        "SELECT (SELECT max(email) FROM public.patient)",
        "SELECT * FROM public.city, LATERAL (SELECT 1 WHERE EXISTS (SELECT FROM public.patient)) x",
    ],
)
def test_the_second_lock_finds_a_table_that_stands_bare(catalog: Catalog, sql: str) -> None:
    with pytest.raises(PolicyRefused):
        seal(sql, catalog.narrowed)


def test_the_gate_asks_the_second_lock(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first one broken: names are qualified and no mask is written in."""

    def only_qualified(edits: Edits, fields: dict[str, Any], table: Table) -> None:
        edits.insert(fields["location"], f"{table.schema}.")

    monkeypatch.setattr(Edits, "narrow", only_qualified)
    with pytest.raises(PolicyRefused):
        check("SELECT * FROM patient", catalog, LIMITS)
    assert check("SELECT name FROM city", catalog, LIMITS).tables == (("public", "city"),)


def test_a_schema_is_left_out_only_where_the_name_alone_means_the_same(catalog: Catalog) -> None:
    """`public.patient.id` of an outer query is not `patient.id` of the inner one."""
    other = Table("other", "patient", "table", (Column("id", "integer"),))
    both = dataclasses.replace(catalog, tables=(*catalog.tables, other))
    with pytest.raises(ColumnRefused):
        check("SELECT (SELECT public.patient.id FROM other.patient) FROM public.patient", both, LIMITS)
    accepted = check("SELECT (SELECT other.patient.id FROM other.patient) FROM public.patient", both, LIMITS)
    assert "other.patient.id FROM other.patient" in accepted.sql


def test_the_second_lock_lets_the_right_query_stand(catalog: Catalog) -> None:
    reads = catalog.table["public", "patient"].reads
    seal(f"SELECT * FROM ({reads}) p JOIN public.city ON true", catalog.narrowed)


def test_the_prompt_holds_no_closed_name_and_no_canary(catalog: Catalog) -> None:
    linked = schema_linking.link("patients and visits", schema_linking.SchemaIndex(catalog, 4_000))
    text = json.dumps([str(each) for each in prompt.build("patients?", linked, (), (), 8_000)])
    assert "patient" in text
    assert not leaked(text)
    assert "ssn" not in text
    assert "vault" not in text
    assert "masked: hash" in text


def test_no_repair_takes_another_name_for_one_that_is_closed() -> None:
    """`email` looks like `e_mail`, and would be another answer."""
    table = Table("public", "patient", "table", (Column("id", "integer"), Column("email", "text")))
    known = Catalog("clinic", 180_000, (table,), "")
    closed = dataclasses.replace(
        known,
        tables=(dataclasses.replace(table, closed=("e_mail",)),),
        closed=(("public", "patients", "the policy denies it"),),
    )
    for statement in (
        "SELECT e_mail FROM patient",
        "SELECT p.e_mail FROM patient p",
        "SELECT id FROM patients",
    ):
        assert repair.mend(statement, known).statement != statement, "it can fail"
        assert repair.mend(statement, closed).statement == statement

"""Types and extensions of the data source's own mean what they mean without the gate, or are refused."""

import dataclasses
import gc
import weakref
from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest
from psycopg import AsyncConnection

from databaseai.ask import execution
from databaseai.ask.guardrail import check
from databaseai.ask.guardrail.lists import lists
from databaseai.ask.guardrail.own_words import own_words
from databaseai.ask.sandbox import sandbox
from databaseai.catalog.introspection import introspect
from databaseai.catalog.snapshot import Catalog
from databaseai.catalog.vocabulary import extensions
from databaseai.embedded.postgres import EmbeddedPostgres
from databaseai.embedded.reader import ensure_database, ensure_reader
from databaseai.errors import ExtensionRefused, FunctionRefused, GuardrailError, OperatorRefused, TypeRefused
from databaseai.settings import CatalogSettings, ExecutionLimits
from tests.ask import cases
from tests.ask.cases import Case
from tests.ask.conftest import Shop

HONEST = cases.read("honest_ward.sql")
SCHEMAS = ("public", "ref", "Ops")
LIMITS = ExecutionLimits()


async def catalog_of(dsn: str) -> Catalog:
    """What a login sees."""
    async with await AsyncConnection.connect(dsn, autocommit=True) as connection:
        return await introspect(connection, CatalogSettings())


@pytest.fixture(scope="session")
async def ward(postgres: EmbeddedPostgres) -> Shop:
    """A hospital's database; nothing may change it for good."""
    admin = postgres.dsn("ward")
    await ensure_database(postgres.dsn("postgres"), "ward")
    async with await AsyncConnection.connect(admin, autocommit=True) as connection:
        await connection.execute((cases.FOLDER / "ward.sql").read_bytes())
    reader = await ensure_reader(admin, "ward", postgres.home, schemas=SCHEMAS)
    return Shop(admin, reader, await catalog_of(reader))


@pytest.fixture
async def nurse(ward: Shop) -> AsyncIterator[AsyncConnection[Any]]:
    """A connection of the reader's."""
    connection = await AsyncConnection.connect(ward.reader, autocommit=True, prepare_threshold=None)
    async with connection:
        yield connection


@pytest.mark.parametrize("case", HONEST, ids=str)
async def test_the_same_rows_of_the_same_types(case: Case, ward: Shop, nurse: AsyncConnection[Any]) -> None:
    """As the login's own search path has it, and through the gate and the sandbox."""
    query = check(case.sql, ward.catalog, LIMITS)
    raw = nurse.pgconn.exec_params(case.sql.encode(), None)
    assert not raw.error_message, raw.error_message
    async with sandbox(nurse, LIMITS):
        through = await execution.run(query, nurse, LIMITS)
        again = nurse.pgconn.exec_params(query.sql.encode(), None)
    assert len(through.rows) == min(raw.ntuples, LIMITS.row_limit)
    assert shape(again) == shape(raw)
    assert cells(again) == cells(raw)


@pytest.fixture(scope="session")
async def words(postgres: EmbeddedPostgres) -> Shop:
    """A database whose extensions live in a schema of their own."""
    admin = postgres.dsn("words")
    await ensure_database(postgres.dsn("postgres"), "words")
    async with await AsyncConnection.connect(admin, autocommit=True) as connection:
        await connection.execute((cases.FOLDER / "words.sql").read_bytes())
    reader = await ensure_reader(admin, "words", postgres.home, schemas=("public", "ext"))
    return Shop(admin, reader, await catalog_of(reader))


@pytest.mark.parametrize("case", cases.read("honest_words.sql"), ids=str)
async def test_extensions_in_a_schema_of_their_own(case: Case, words: Shop) -> None:
    """Found by their bare names, as the login finds them."""
    connection = await AsyncConnection.connect(words.reader, autocommit=True, prepare_threshold=None)
    async with connection:
        await test_the_same_rows_of_the_same_types(case, words, connection)


def shape(result: Any) -> list[tuple[bytes | None, int]]:
    """Names and types of a result's columns."""
    return [(result.fname(place), result.ftype(place)) for place in range(result.nfields)]


def cells(result: Any) -> list[list[bytes | None]]:
    """All values of a result, as PostgreSQL wrote them."""
    return [
        [result.get_value(row, column) for column in range(result.nfields)] for row in range(result.ntuples)
    ]


UNSAFE = {
    "the reader may create there": (
        "GRANT CREATE ON SCHEMA public TO {reader}",
        "REVOKE CREATE ON SCHEMA public FROM {reader}",
    ),
    "an operator of the user's": (
        """CREATE FUNCTION public.same(int, int) RETURNS bool LANGUAGE sql AS 'SELECT true';
        CREATE OPERATOR public.=== (LEFTARG = int, RIGHTARG = int, FUNCTION = public.same)""",
        "DROP OPERATOR public.=== (int, int); DROP FUNCTION public.same(int, int)",
    ),
    "a function of the user's by an allowed name": (
        "CREATE FUNCTION public.sum(text) RETURNS text LANGUAGE sql AS 'SELECT $1'",
        "DROP FUNCTION public.sum(text)",
    ),
    "a function of the user's beside an extension's": (
        "CREATE FUNCTION public.max(text) RETURNS text LANGUAGE sql AS 'SELECT $1'",
        "DROP FUNCTION public.max(text)",
    ),
    "an operator of an extension that nobody looked at": (
        "ALTER EXTENSION citext DROP OPERATOR public.= (citext, citext)",
        "ALTER EXTENSION citext ADD OPERATOR public.= (citext, citext)",
    ),
}
CHANGED = [
    "SELECT count(*) FROM acct WHERE handle = 'bob2'",
    "SELECT handle = 'x' FROM acct",
    "SELECT lower(handle) FROM acct",
    "SELECT a.handle FROM acct a JOIN acct b USING (handle)",
    "SELECT 1 FROM acct a NATURAL JOIN (SELECT handle FROM acct) b",
    "SELECT x FROM (SELECT handle AS x FROM acct) s WHERE x = 'bob2'",
    "SELECT x FROM (SELECT handle FROM acct) s (x) WHERE x = 'bob2'",
    "WITH s AS (SELECT * FROM acct) SELECT 1 FROM s WHERE s.handle IN ('bob2')",
    "WITH s (a, b) AS (SELECT * FROM acct) SELECT 1 FROM s WHERE b LIKE 'b%'",
    "SELECT 'bob2' = (SELECT handle FROM acct LIMIT 1)",
    "SELECT 'bob2' IN (SELECT handle FROM acct)",
    "SELECT CASE handle WHEN 'bob2' THEN 1 END FROM acct",
    "SELECT mail[1] = 'a@x' FROM acct",
    "SELECT s.m[1] = 'a@x' FROM (SELECT mail AS m FROM acct) s",
    "SELECT (a).handle = 'bob2' FROM acct a",
    "SELECT x FROM (SELECT 'a'::text AS x UNION ALL SELECT handle FROM acct) s WHERE x = 'A'",
    "SELECT x FROM (SELECT (SELECT handle FROM acct LIMIT 1) AS x) s WHERE x = 'A'",
    "SELECT max(handle) FROM acct",
    "SELECT tags -> 'k' FROM acct",
    "SELECT 'a'::citext = 'A'",
]
KEPT = [
    "SELECT * FROM acct ORDER BY handle",
    "SELECT handle, count(*) FROM acct GROUP BY handle ORDER BY 1",
    "SELECT DISTINCT handle FROM acct ORDER BY 1",
    "SELECT count(handle), count(*) FROM acct WHERE handle IS NOT NULL",
    "SELECT handle::text = 'bob2', CAST(tree AS text) FROM acct ORDER BY id",
    "SELECT s.* FROM (SELECT id, handle AS h FROM acct) s ORDER BY h, 1",
]


@pytest.mark.parametrize("why", UNSAFE)
async def test_where_a_name_could_be_mistaken_it_is_not_looked_up(
    why: str, ward: Shop, nurse: AsyncConnection[Any]
) -> None:
    """Each condition of `own_words` broken alone: what would change its meaning is refused."""
    login = psycopg.conninfo.conninfo_to_dict(ward.reader)["user"]
    do, undo = (text.format(reader=login) for text in UNSAFE[why])
    async with await AsyncConnection.connect(ward.admin, autocommit=True) as admin:
        await admin.execute(do.encode())
        try:
            unsafe = await catalog_of(ward.reader)
        finally:
            await admin.execute(undo.encode())
    assert own_words(ward.catalog, lists()).path == ("public",)
    assert own_words(unsafe, lists()).path == ()
    for statement in CHANGED:
        with pytest.raises(ExtensionRefused):
            check(statement, unsafe, LIMITS)
        check(statement, ward.catalog, LIMITS)
    for statement in KEPT:
        query = check(statement, unsafe, LIMITS)
        raw = nurse.pgconn.exec_params(statement.encode(), None)
        async with sandbox(nurse, LIMITS):
            again = nurse.pgconn.exec_params(query.sql.encode(), None)
        assert shape(again) == shape(raw)
        assert cells(again) == cells(raw)


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        ("SELECT populate_record(NULL::ward, tags) FROM acct", FunctionRefused),
        ("SELECT NULL::ward #= tags FROM acct", (OperatorRefused, TypeRefused)),
        ("SELECT set_limit(0.1)", FunctionRefused),
        ("SELECT * FROM crosstab('SELECT 1')", FunctionRefused),
        ("SELECT public.hstore_version_diag('a')", FunctionRefused),
        ("SELECT ref.akeys(tags) FROM acct", FunctionRefused),
        ("SELECT public.lower(handle) FROM acct", FunctionRefused),
        ("SELECT 1 OPERATOR(public.=) 1", OperatorRefused),
        ("SELECT 'x'::ghstore", ExtensionRefused),
        ("SELECT (home).nowhere FROM patient", GuardrailError),
        ("SELECT (home).city.pg_sleep FROM patient", GuardrailError),
        ("SELECT (meta).a FROM patient", GuardrailError),
        ("SELECT (notes).upper FROM patient", GuardrailError),
        ("SELECT repeat('x', (SELECT 5))", GuardrailError),
        ("SELECT repeat('x', 100000 * beds) FROM ward", GuardrailError),
        ("SELECT normalize(string_agg(name, '')) FROM ward", GuardrailError),
        ("SELECT unistr(n) FROM (SELECT name || name AS n FROM ward) s", GuardrailError),
        ("SELECT name FROM ward ORDER BY name USING ~>~", GuardrailError),
        ("SELECT JSON_TABLE('[]', '$' COLUMNS (a ref.triage PATH '$'))", GuardrailError),
        (
            "SELECT 1 FROM JSON_TABLE((SELECT rolpassword FROM pg_authid), '$' COLUMNS (a int PATH '$')) t",
            GuardrailError,
        ),
        (
            "SELECT 1 FROM JSON_TABLE('[]', '$' COLUMNS (a int PATH '$' DEFAULT pg_sleep(1) ON EMPTY)) t",
            FunctionRefused,
        ),
        ("SELECT JSON_VALUE('{}', '$' PASSING pg_sleep(1) AS x)", FunctionRefused),
        ("SELECT JSON_ARRAY(SELECT rolname FROM pg_authid)", GuardrailError),
        ("SELECT polygon(1000000000, circle '((0,0),1)')", FunctionRefused),
    ],
)
def test_the_dangerous_neighbours_stay_refused(
    statement: str, refusal: type[GuardrailError] | tuple[type[GuardrailError], ...], ward: Shop
) -> None:
    """Beside each word that may be used stands one that may not."""
    with pytest.raises(refusal):
        check(statement, ward.catalog, LIMITS)


async def test_a_type_whose_value_runs_a_function_is_not_named(ward: Shop) -> None:
    """A domain's CHECK, a range's canonical form, a cast of the user's."""
    text = """
        CREATE FUNCTION public.looks(text) RETURNS bool LANGUAGE plpgsql AS $$ BEGIN RETURN true; END $$;
        CREATE DOMAIN public.checked AS text CHECK (public.looks(VALUE));
        CREATE TYPE public.holder AS (part public.checked);
        CREATE FUNCTION public.worth(ref.triage) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;
        CREATE CAST (ref.triage AS int) WITH FUNCTION public.worth(ref.triage);
        CREATE FUNCTION public.size(ward_kind) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;
        CREATE CAST (ward_kind AS int) WITH FUNCTION public.size(ward_kind) AS IMPLICIT;
    """
    async with await AsyncConnection.connect(ward.admin, autocommit=True) as admin:
        await admin.execute(text.encode())
        try:
            catalog = await catalog_of(ward.reader)
        finally:
            await admin.execute(b"DROP CAST (ref.triage AS int); DROP FUNCTION public.worth(ref.triage)")
            await admin.execute(b"DROP CAST (ward_kind AS int); DROP FUNCTION public.size(ward_kind)")
            await admin.execute(b"DROP TYPE holder; DROP DOMAIN checked; DROP FUNCTION public.looks(text)")
    for statement in (
        "SELECT 'x'::checked", "SELECT ROW('x')::holder", "SELECT CAST('(x)' AS public.holder)",
        "SELECT 'red'::ref.triage::int", "SELECT int4(level) FROM visit", "SELECT 'icu'::ward_kind",
        "SELECT kind + 1 FROM ward", "SELECT sum(kind) FROM ward",
        "SELECT level::int FROM visit", "SELECT s.l::int FROM (SELECT level AS l FROM visit) s",
    ):  # fmt: skip
        with pytest.raises((TypeRefused, ExtensionRefused)):
            check(statement, catalog, LIMITS)
    check("SELECT level, count(*) FROM visit GROUP BY level ORDER BY level", catalog, LIMITS)
    check(
        "SELECT level = 'red', level::text, coalesce(level, 'red'), 'red'::ref.triage FROM visit",
        catalog,
        LIMITS,
    )
    check("SELECT kind, count(kind) FROM ward GROUP BY kind", catalog, LIMITS)
    check("SELECT 'a@b'::email, ROW('a', 'b', 'c')::address", catalog, LIMITS)


def test_each_extension_has_a_reason_and_names_only_what_is_safe() -> None:
    names = {name for entry in extensions().values() for name in entry.functions}
    assert not names & {
        "crosstab",
        "connectby",
        "dblink",
        "populate_record",
        "set_limit",
        "show_limit",
        "isn_weak",
    }
    assert not extensions().keys() & {
        "dblink",
        "tablefunc",
        "file_fdw",
        "postgres_fdw",
        "adminpack",
        "lo",
        "xml2",
    }
    assert not names & lists().functions.names


def test_a_catalog_without_a_vocabulary_adds_nothing(ward: Shop) -> None:
    bare = dataclasses.replace(ward.catalog, vocabulary=type(ward.catalog.vocabulary)())
    assert own_words(bare, lists()).lists is lists()


def test_a_catalog_that_was_read_anew_is_let_go() -> None:
    """One is read every few minutes, for as long as the server runs."""
    catalog = Catalog("shop", 180006, (), "")
    check("SELECT 1", catalog, ExecutionLimits())
    gone = weakref.ref(catalog)
    del catalog
    gc.collect()
    assert gone() is None

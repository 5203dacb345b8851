"""An asker sees their own rows, whatever the statement does, even one that the gate never saw."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg import AsyncConnection, sql

from databaseai.ask import execution
from databaseai.ask.events import Done, Problem, Rows
from databaseai.ask.pipeline import Pipeline, PipelineTools
from databaseai.ask.sandbox import sandbox
from databaseai.catalog.cache import CatalogCache
from databaseai.catalog.snapshot import Catalog
from databaseai.cli.doctor import examine_data_source
from databaseai.data_source import Asker, DataSource, Login, signed_identity_sql
from databaseai.data_source.signed_sql import IS_OURS
from databaseai.data_source.signing import Seal
from databaseai.embedded.reader import ensure_database, ensure_reader
from databaseai.errors import AskerMissing, ExecutionError, IdentityNotReady, UnknownTable
from databaseai.settings import Settings, load
from tests.ask.accepted import unchecked
from tests.postgres_versions import Servers
from tests.scripted_model import ScriptedModel

SCHEMA = """
CREATE TABLE note (id int PRIMARY KEY, tenant text NOT NULL, body text);
INSERT INTO note SELECT i, CASE WHEN i % 3 = 0 THEN 'ana' ELSE 'ben' END, 'word' || i % 7
  FROM generate_series(1, 3000) i;
CREATE TABLE shared (id int, word text);
INSERT INTO shared VALUES (1, 'everybody');
CREATE INDEX ON note (tenant);
"""
ANA, BEN, ZOE = Asker("ana"), Asker("ben"), Asker("zoe")
COUNTED = "SELECT tenant, count(*) FROM public.note GROUP BY tenant ORDER BY tenant"


@dataclass(frozen=True)
class Tenants:
    """A database whose reader serves several askers."""

    admin: str
    reader: str
    key: str
    open: Callable[..., Awaitable[DataSource]]


@pytest.fixture(params=[15, 18])
async def tenants(request: pytest.FixtureRequest, server: Servers) -> AsyncIterator[Tenants]:
    """`note` is protected, `shared` is not."""
    running = await server(request.param)
    name = f"tenants_{secrets.token_hex(4)}"
    await ensure_database(running.dsn("postgres"), name)
    admin = running.dsn(name)
    reader = await ensure_reader(admin, name, running.home)
    async with AsyncExitStack() as stack:

        async def opened(**given: Any) -> DataSource:
            settings = Settings.model_validate(
                {"data_source": {"identity": "signed", "signing_key": key, "pool_size": 1} | given}
            )
            source = await DataSource.open(reader, settings.data_source, settings.limits)
            stack.push_async_callback(source.close)
            return source

        async with await AsyncConnection.connect(admin, autocommit=True) as owner:
            await owner.execute(SCHEMA)
            await owner.execute(signed_identity_sql([("public", "note", "tenant")]).encode())
            key = await one(owner, "SELECT databaseai.add_signing_key()")
            await owner.execute("ANALYZE")
        yield Tenants(admin, reader, key, opened)
    async with await AsyncConnection.connect(running.dsn("postgres"), autocommit=True) as owner:
        await owner.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


async def one(connection: AsyncConnection[Any], query: str) -> Any:
    """The one value of a query."""
    row = await (await connection.execute(query.encode())).fetchone()
    assert row is not None
    return row[0]


async def run(source: DataSource, asker: Asker | None, statement: str) -> list[tuple[Any, ...]]:
    """What a statement that no gate saw gives to this asker."""
    limits = Settings().limits
    async with source.reader(asker) as reader, sandbox(reader, limits):
        return list((await execution.run(unchecked(statement), reader, limits)).rows)


async def owner_of(tenants: Tenants, *statements: LiteralString) -> None:
    """Change the database as its owner."""
    async with await AsyncConnection.connect(tenants.admin, autocommit=True) as owner:
        for statement in statements:
            await owner.execute(statement)


async def test_each_sees_their_own_rows(tenants: Tenants) -> None:
    """On one and the same connection, one after the other."""
    source = await tenants.open()
    for asker, rows in ((ANA, 1000), (BEN, 2000), (ANA, 1000)):
        assert await run(source, asker, COUNTED) == [(asker.name, rows)]
    assert await run(source, ZOE, COUNTED) == []
    assert await run(source, Asker("it's | ünd \\ ana"), COUNTED) == []
    assert await run(source, ZOE, "SELECT word FROM public.shared") == [("everybody",)]


async def test_nobody_sees_nothing(tenants: Tenants) -> None:
    """Without the sandbox, on the connection that catalogs are read on, and in another program."""
    source = await tenants.open()
    assert await run(source, ANA, COUNTED) == [("ana", 1000)]
    with pytest.raises(AskerMissing):
        await run(source, None, COUNTED)
    for lent in (source.shared_reader(), source.catalog_reader(ANA), source.reader(ANA)):
        async with lent as reader:
            assert await one(reader, "SELECT count(*) FROM note") == 0
    async with source.shared_reader() as reader, sandbox(reader, Settings().limits):
        assert await one(reader, "SELECT count(*) FROM public.note") == 0


SAY = "SELECT set_config('databaseai.asker', {}, true) IS NULL, n.* FROM public.note n"
FORGED = [
    *(
        SAY.format(value)
        for value in (
            "'ben'",
            "''",
            "NULL",
            "repeat('0', 64) || '|ben'",
            "left(current_setting('databaseai.asker'), 65) || 'ben'",
            "current_setting('databaseai.asker') || 'ben'",
            "encode(sha256(convert_to(pg_backend_pid() || '|ben', 'UTF8')), 'hex') || '|ben'",
        )
    ),
    SAY.format("'ben'").replace("true)", "false)"),
    (
        "WITH s AS MATERIALIZED (SELECT set_config('databaseai.asker', 'x|ben', true) IS NULL)"
        " SELECT n.* FROM s, public.note n"
    ),
    "SELECT set_config('row_security', 'off', true), n.* FROM public.note n",
    "SELECT set_config('role', 'none', true), n.* FROM public.note n",
    (
        "SELECT set_config('search_path', 'evil, pg_catalog', true),"
        " set_config('databaseai.asker', repeat('0', 64) || '|ben', true) IS NULL"
    ),
    "SELECT * FROM public.note WHERE public.tell(tenant)",
    "SELECT inner_block FROM databaseai.signing_key",
    "SELECT databaseai.add_signing_key(repeat('0', 64))",
    "SELECT most_common_vals::text FROM pg_stats WHERE tablename = 'note'",
]


async def test_no_statement_becomes_another(tenants: Tenants) -> None:
    """With no gate at all, in one statement, in the next of the transaction and in the next transaction."""
    await owner_of(
        tenants,
        "CREATE SCHEMA evil; GRANT USAGE ON SCHEMA evil TO PUBLIC",
        "CREATE FUNCTION evil.sha256(bytea) RETURNS bytea LANGUAGE sql AS $$ SELECT '\\x00'::bytea $$",
        "CREATE FUNCTION evil.encode(bytea, text) RETURNS text LANGUAGE sql AS $$ SELECT repeat('0', 64) $$",
        "CREATE FUNCTION public.tell(text) RETURNS bool COST 0.0001 LANGUAGE plpgsql AS"
        " $$ BEGIN IF $1 <> 'ana' THEN RAISE 'a row of %', $1; END IF; RETURN true; END $$",
    )
    source = await tenants.open()
    for statement in FORGED:
        async with source.reader(ANA) as reader, sandbox(reader, Settings().limits):
            assert "ben" not in await told(reader, statement), statement
            assert "ben" not in await told(reader, COUNTED), statement
        assert await run(source, BEN, COUNTED) == [("ben", 2000)], statement


async def told(reader: AsyncConnection[Any], statement: str) -> str:
    """All that a statement says: rows, or an error."""
    try:
        return str(await (await reader.execute(statement.encode())).fetchall())
    except psycopg.Error as error:
        await reader.execute("ROLLBACK TO SAVEPOINT pinned")
        return str(error)


async def test_what_was_signed_is_worth_nothing_elsewhere(tenants: Tenants) -> None:
    """A value that a statement saw, said again by another: in another session, and in this one later."""
    source = await tenants.open(pool_size=2)
    limits = Settings().limits
    seen = "SELECT current_setting('databaseai.asker')"
    async with source.reader(BEN) as first, sandbox(first, limits):
        value = await one(first, seen)
        assert value.endswith("|ben")
        async with source.reader(ANA) as second, sandbox(second, limits):
            await second.execute("SELECT set_config('databaseai.asker', %s, true)", [value])
            assert await one(second, "SELECT count(*) FROM public.note") == 0
        await first.execute("SELECT set_config('databaseai.asker', %s, true)", [value])
        assert await one(first, "SELECT count(*) FROM public.note") == 2000, (
            "in its own transaction it is good"
        )
        pid = first.info.backend_pid
    while True:
        async with source.reader(ANA) as again:
            if again.info.backend_pid != pid:
                continue
            async with sandbox(again, limits):
                await again.execute("SELECT set_config('databaseai.asker', %s, true)", [value])
                assert await one(again, "SELECT count(*) FROM public.note") == 0
            return


async def test_a_code_is_of_one_backend_and_one_transaction(tenants: Tenants) -> None:
    """Each part counts: with the right key, a code for another backend or another moment is no code."""
    source = await tenants.open()
    key = bytes.fromhex(tenants.key)
    async with source.shared_reader() as reader:
        await reader.execute("BEGIN READ ONLY")
        row = await (
            await reader.execute(
                "SELECT pg_backend_pid(), (extract(epoch FROM transaction_timestamp()) * 1000000)::int8"
            )
        ).fetchone()
        assert row is not None
        pid, started_us = row
        for value, rows in (
            (Seal("ben", key).value(pid, started_us), 2000),
            (Seal("ben", key).value(pid + 1, started_us), 0),
            (Seal("ben", key).value(pid, started_us - 1), 0),
            (Seal("ben", key[::-1]).value(pid, started_us), 0),
            (Seal("ana", key).value(pid, started_us).replace("ana", "ben"), 0),
        ):
            await reader.execute("SELECT set_config('databaseai.asker', %s, true)", [value])
            assert await one(reader, "SELECT count(*) FROM note") == rows
        await reader.execute("ROLLBACK")


async def test_parallel_workers_see_the_same(tenants: Tenants) -> None:
    """A worker has another backend pid; the function is asked by the leader."""
    source = await tenants.open()
    async with source.reader(BEN) as reader:
        name = "debug_parallel_query" if reader.info.server_version >= 160_000 else "force_parallel_mode"
        async with sandbox(reader, Settings().limits):
            for setting in (
                "parallel_setup_cost = 0",
                "parallel_tuple_cost = 0",
                "min_parallel_table_scan_size = 0",
                f"{name} = on",
            ):
                await reader.execute(f"SET LOCAL {setting}".encode())
            plan = await (await reader.execute(f"EXPLAIN {COUNTED}".encode())).fetchall()
            assert any("Gather" in line for (line,) in plan)
            assert await (await reader.execute(COUNTED.encode())).fetchall() == [("ben", 2000)]
            assert await one(reader, "SELECT databaseai.asker()") == "ben"
            await reader.execute("SAVEPOINT a")
            direct = "SELECT count(*) FROM public.note WHERE tenant = databaseai.asker()"
            assert await one(reader, direct) == 2000


async def test_the_sandbox_keeps_the_name_after_an_error(tenants: Tenants) -> None:
    source = await tenants.open()
    limits = Settings().limits
    async with source.reader(ANA) as reader, sandbox(reader, limits):
        for _ in range(2):
            with pytest.raises(ExecutionError):
                await execution.run(unchecked("SELECT 1 / 0"), reader, limits)
            await reader.execute("ROLLBACK TO SAVEPOINT pinned")
            assert await one(reader, "SELECT count(*) FROM public.note") == 1000


async def test_two_keys_hold_while_one_replaces_the_other(tenants: Tenants) -> None:
    old = await tenants.open()
    async with await AsyncConnection.connect(tenants.admin, autocommit=True) as owner:
        key = await one(owner, "SELECT databaseai.add_signing_key()")
        new = await tenants.open(signing_key=key)
        assert await run(old, ANA, COUNTED) == await run(new, ANA, COUNTED) == [("ana", 1000)]
        await owner.execute(
            "DELETE FROM databaseai.signing_key k"
            " WHERE made_at < (SELECT max(made_at) FROM databaseai.signing_key)"
        )
        assert await run(new, ANA, COUNTED) == [("ana", 1000)]
        with pytest.raises(IdentityNotReady, match="does not know our signing key"):
            await run(old, ANA, COUNTED)
        for bad in ("zz", "ab" * 31, "AB" * 32 + "0"):
            with pytest.raises(psycopg.Error):
                await owner.execute("SELECT databaseai.add_signing_key(%s)", [bad])


async def test_a_key_that_is_none(tenants: Tenants) -> None:
    for key in (None, "", "00" * 31, "xy" * 32):
        with pytest.raises(IdentityNotReady, match="64 hexadecimal digits"):
            await tenants.open(signing_key=key)


@pytest.mark.parametrize(
    "change",
    [
        "DROP FUNCTION databaseai.asker() CASCADE",
        "REVOKE EXECUTE ON FUNCTION databaseai.asker() FROM databaseai_reader",
        "REVOKE USAGE ON SCHEMA databaseai FROM databaseai_reader",
        "DROP SCHEMA databaseai CASCADE",
        (
            "CREATE OR REPLACE FUNCTION databaseai.asker() RETURNS text LANGUAGE sql SECURITY DEFINER AS"
            " $$ SELECT substr(current_setting('databaseai.asker'), 66) $$"
        ),
    ],
)
async def test_a_database_that_is_not_prepared_is_told(tenants: Tenants, change: LiteralString) -> None:
    """At the start, and by the question after."""
    source = await tenants.open()
    await owner_of(tenants, change)
    with pytest.raises(IdentityNotReady, match=r"no databaseai\.asker"):
        await tenants.open()
    if "OR REPLACE" not in change:
        with pytest.raises(IdentityNotReady, match=r"no databaseai\.asker"):
            await run(source, ANA, "SELECT word FROM public.shared")


async def test_a_reader_of_the_keys_is_refused(tenants: Tenants) -> None:
    await owner_of(tenants, "GRANT SELECT (inner_block) ON databaseai.signing_key TO databaseai_reader")
    with pytest.raises(IdentityNotReady, match="may read the signing keys"):
        await tenants.open()


async def test_what_row_security_does_not_reach_is_told(tenants: Tenants) -> None:
    await owner_of(
        tenants,
        "CREATE VIEW seen AS SELECT * FROM note; GRANT SELECT ON seen TO PUBLIC",
        "CREATE VIEW safe WITH (security_invoker) AS SELECT * FROM note; GRANT SELECT ON safe TO PUBLIC",
        "CREATE MATERIALIZED VIEW stored AS SELECT * FROM note; GRANT SELECT ON stored TO PUBLIC",
    )
    source = await tenants.open()
    told = [finding.text for finding in source.findings]
    assert any("1 tables have no row security" in text and "shared" in text for text in told)
    assert any("2 views go past the row security" in text and "seen, public.stored" in text for text in told)
    mends = [
        statement for finding in source.findings if finding.kind == "open view" for statement in finding.sql
    ]
    assert mends == [
        "ALTER VIEW public.seen SET (security_invoker = true);"
    ]  # a stored one has no such option
    assert not any("trust a setting" in text for text in told)
    await owner_of(
        tenants,
        "ALTER TABLE shared ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY loose ON shared USING (word = current_setting('app.word', true))",
    )
    told = [finding.text for finding in (await tenants.open()).findings]
    settings = {"DATABASEAI_DATA_SOURCE_URL": tenants.reader, "DATABASEAI_DATA_SOURCE_IDENTITY": "signed"}
    _, _, examined = await examine_data_source(load(settings, env_files=()))
    assert examined
    assert {"open view", "loose"} <= {finding.kind for finding in examined.findings}
    assert any("Policies of 1 tables trust a setting" in text for text in told)


async def test_only_our_function_is_known_as_ours(tenants: Tenants) -> None:
    """The audit passes over it; changed in any way it is a SECURITY DEFINER function like others."""
    known = f"SELECT count(*) FROM pg_catalog.pg_proc p WHERE {IS_OURS}"
    async with await AsyncConnection.connect(tenants.admin, autocommit=True) as owner:
        assert await one(owner, known) == 1
        for change in (
            "ALTER FUNCTION databaseai.asker() RESET search_path",
            "ALTER FUNCTION databaseai.asker() SET search_path = public, pg_catalog",
            "ALTER FUNCTION databaseai.asker() SET role = 'x'",
            "ALTER FUNCTION databaseai.asker() PARALLEL SAFE",
            (
                "CREATE OR REPLACE FUNCTION databaseai.asker() RETURNS text LANGUAGE sql SECURITY DEFINER"
                " SET search_path = pg_catalog, pg_temp AS $$ SELECT 'ana' $$"
            ),
        ):
            async with owner.transaction(force_rollback=True):
                await owner.execute(change.encode())
                assert await one(owner, known) == 0
        assert await one(owner, known) == 1


async def catalog_of(source: DataSource, asker: Asker | None = None) -> Catalog:
    """As a question of this asker finds it."""
    cache = CatalogCache(source.catalog_reader, Settings().catalog, whose=source.whose_catalog)
    return await cache.get(asker)


def values(catalog: Catalog, table: str, column: str) -> tuple[str, ...]:
    """What was sampled."""
    found = {c.name: c for c in catalog.table["public", table].columns}[column]
    return (*found.values, *found.samples)


async def test_samples_hold_nothing_of_protected_tables(tenants: Tenants) -> None:
    catalog = await catalog_of(await tenants.open(), ANA)
    assert values(catalog, "note", "tenant") == values(catalog, "note", "body") == ()
    assert "everybody" in values(catalog, "shared", "word")


@pytest.fixture
async def logins(tenants: Tenants) -> AsyncIterator[dict[str, Asker]]:
    """Ana and Ben have logins: each sees their rows of `note`, Ana alone sees `shared`."""
    made = {}
    async with await AsyncConnection.connect(tenants.admin, autocommit=True) as owner:
        await owner.execute(
            "DROP POLICY databaseai_asker ON note;"
            " CREATE POLICY own ON note USING (tenant = split_part(current_user, '_', 1));"
            " REVOKE ALL ON shared FROM databaseai_reader"
        )
        for name in ("ana", "ben"):
            login, password = f"{name}_{secrets.token_hex(3)}", secrets.token_hex(8)
            await owner.execute(
                sql.SQL(
                    "CREATE ROLE {0} LOGIN PASSWORD {1}; GRANT CONNECT ON DATABASE {2} TO {0};"
                    " GRANT SELECT ON note TO {0}"
                ).format(sql.Identifier(login), password, sql.Identifier(owner.info.dbname))
            )
            made[name] = Asker(name, Login(login, password))
        await owner.execute(f"GRANT SELECT ON shared TO {made['ana'].login.user}".encode())  # type: ignore[union-attr]  # made above
        yield made
        for asker in made.values():
            await owner.execute(f"DROP OWNED BY {asker.login.user}; DROP ROLE {asker.login.user}".encode())  # type: ignore[union-attr]  # made above


async def test_a_catalog_is_its_logins_own(tenants: Tenants, logins: dict[str, Asker]) -> None:
    """Tables, and values of rows: nothing of one stands in another's."""
    source = await tenants.open(identity="login", pool_size=2)
    cache = CatalogCache(source.catalog_reader, Settings().catalog, whose=source.whose_catalog)
    ana, ben = await cache.get(logins["ana"]), await cache.get(logins["ben"])
    assert ("public", "shared") in ana.table
    assert ("public", "shared") not in ben.table
    assert set(values(ana, "note", "tenant")) == {"ana"}
    assert set(values(ben, "note", "tenant")) == {"ben"}
    assert await cache.get(logins["ana"]) is ana
    await cache.aclose()


async def test_few_catalogs_are_kept(tenants: Tenants, logins: dict[str, Asker]) -> None:
    source = await tenants.open(identity="login")
    settings = Settings().catalog.model_copy(update={"identities": 1})
    cache = CatalogCache(source.catalog_reader, settings, whose=source.whose_catalog)
    ana = await cache.get(logins["ana"])
    await cache.get(logins["ben"])
    assert len(cache._kept) == 1
    assert await cache.get(logins["ana"]) is not ana
    await cache.aclose()


async def asked(source: DataSource, *replies: str) -> Pipeline:
    """A pipeline with a model that says these replies."""
    cache = CatalogCache(source.catalog_reader, Settings().catalog, whose=source.whose_catalog)
    return Pipeline(PipelineTools(source, cache, ScriptedModel(list(replies)), Settings()))


async def test_every_way_to_ask_is_as_the_asker(tenants: Tenants) -> None:
    source = await tenants.open()
    pipeline = await asked(source, "SELECT count(*) FROM note", "SELECT count(*) FROM note")
    for asker, rows in ((ANA, 1000), (BEN, 2000)):
        assert (await pipeline.query("SELECT count(*) FROM note", asker)).rows == ((rows,),)
        assert (await pipeline.confirmed.query("SELECT count(*) FROM note", asker)).rows == ((rows,),)
        assert (await pipeline.explain("SELECT count(*) FROM note", asker)).sql
        events = [event async for event in pipeline.answer("How many notes?", asker=asker)]
        assert [event.rows for event in events if isinstance(event, Rows)] == [((rows,),)]
        assert isinstance(events[-1], Done)
    for way in (pipeline.query, pipeline.confirmed.query, pipeline.explain):
        with pytest.raises(AskerMissing):
            await way("SELECT count(*) FROM note")
    last = [event async for event in pipeline.answer("How many notes?")][-1]
    assert isinstance(last, Problem)
    assert isinstance(last.error, AskerMissing)


async def test_the_gate_knows_what_the_login_sees(tenants: Tenants, logins: dict[str, Asker]) -> None:
    source = await tenants.open(identity="login")
    pipeline = await asked(source)
    for name, rows in (("ana", 1000), ("ben", 2000)):
        assert (await pipeline.query("SELECT count(*) FROM note", logins[name])).rows == ((rows,),)
    assert (await pipeline.query("SELECT word FROM shared", logins["ana"])).rows == (("everybody",),)
    with pytest.raises(Exception, match="shared") as refused:
        await pipeline.query("SELECT word FROM shared", logins["ben"])
    assert not isinstance(refused.value, UnknownTable), "the gate refuses it; the server is not asked"


def test_the_sql_quotes_names() -> None:
    written = signed_identity_sql([('we"ird', "Orders", "who")], login="my reader")
    assert 'ON "we""ird"."Orders" FOR SELECT TO "my reader"' in written
    assert 'USING ("who" = (SELECT databaseai.asker()))' in written

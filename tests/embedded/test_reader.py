"""The logins of the embedded server can do what they are for, and no more."""

import asyncio
import stat
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from databaseai.data_source import DataSource, reader_sql
from databaseai.embedded.postgres import EmbeddedPostgres
from databaseai.embedded.reader import ensure_database, ensure_owner, ensure_reader
from databaseai.settings import DataSourceSettings, ExecutionLimits


def name_of(dsn: str) -> str:
    """The database of a URL."""
    return str(conninfo_to_dict(dsn)["dbname"])


async def run(dsn: str, *statements: str) -> list[Any]:
    """Rows of the last statement."""
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
        cursor: psycopg.AsyncCursor[Any] | None = None
        for statement in statements:
            cursor = await connection.execute(statement.encode())
        return [] if cursor is None or cursor.description is None else await cursor.fetchall()


@pytest.fixture
async def admin(database: str) -> Any:
    async with await AsyncConnection.connect(database, autocommit=True) as connection:
        yield connection


async def test_reader_is_made_once_and_mended(database: str, tmp_path: Path) -> None:
    name = name_of(database)
    first = await ensure_reader(database, name, tmp_path, login="reader_a")
    await run(database, "ALTER ROLE reader_a SUPERUSER CREATEDB INHERIT PASSWORD 'forgotten'")
    again = await ensure_reader(database, name, tmp_path, login="reader_a")
    assert again == first
    [row] = await run(database, "SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = 'reader_a'")
    assert row == (False, False)
    assert await run(again, "SELECT session_user") == [("reader_a",)]
    assert stat.S_IMODE((tmp_path / "reader_a.password").stat().st_mode) == 0o600
    await run(database, "DROP OWNED BY reader_a", "DROP ROLE reader_a")


async def test_reader_reads_old_and_new_tables(database: str, reader_dsn: str) -> None:
    await run(database, "CREATE TABLE late AS SELECT 1 AS n")
    assert await run(reader_dsn, "SELECT n FROM late") == [(1,)]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (n int)",
        "CREATE TEMP TABLE mine (n int)",
        "INSERT INTO kept VALUES (2)",
        "DELETE FROM kept",
        "TRUNCATE kept",
        "CREATE SCHEMA mine",
        "COPY kept TO PROGRAM 'true'",
        "SELECT pg_read_file('PG_VERSION')",
        "SELECT rolpassword FROM pg_authid",
        "SET temp_file_limit = -1",
    ],
)
async def test_reader_may_not(database: str, reader_dsn: str, statement: str) -> None:
    await run(database, "CREATE TABLE kept AS SELECT 1 AS n")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await run(reader_dsn, "SET default_transaction_read_only = off", statement)
    assert await run(database, "SELECT n FROM kept") == [(1,)]


async def test_reader_enters_its_own_database_only(postgres: EmbeddedPostgres, reader_dsn: str) -> None:
    await ensure_database(postgres.dsn("postgres"), "elsewhere")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        await run(make_conninfo(reader_dsn, dbname="elsewhere"))
    await run(postgres.dsn("postgres"), "DROP DATABASE elsewhere")


async def test_several_starts_at_once_make_one_reader(database: str, tmp_path: Path) -> None:
    made = await asyncio.gather(
        *(ensure_reader(database, name_of(database), tmp_path, login="reader_b") for _ in range(4))
    )
    assert len(set(made)) == 1
    assert await run(made[0], "SELECT 1") == [(1,)]
    await run(database, "DROP OWNED BY reader_b", "DROP ROLE reader_b")


async def test_owner_has_a_database_alone(
    postgres: EmbeddedPostgres, reader_dsn: str, tmp_path: Path
) -> None:
    admin = postgres.dsn("postgres")
    owned = await ensure_owner(admin, "the store", tmp_path)
    assert await ensure_owner(admin, "the store", tmp_path) == owned
    await run(owned, "CREATE TABLE public.answers (n int)", "INSERT INTO answers VALUES (1)")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        await run(make_conninfo(reader_dsn, dbname="the store"))
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        await run(make_conninfo(owned, dbname=name_of(reader_dsn)))
    await run(admin, 'DROP DATABASE "the store"', 'DROP ROLE "the store"')


async def test_shown_sql_makes_a_login_that_is_taken(database: str) -> None:
    """A stranger pastes it, sets a password, and is done; odd names included."""
    base = name_of(database)
    await run(database, 'CREATE SCHEMA "My Data"', 'CREATE TABLE "My Data".t AS SELECT 7 AS n')
    shown = reader_sql(base, ["public", "My Data"], "Odd \"login'")
    await run(database, shown, 'ALTER ROLE "Odd ""login\'" PASSWORD \'given\'')
    parts = conninfo_to_dict(database)
    url = f"postgresql://Odd%20%22login%27:given@/{base}?host={parts['host']}"
    source = await DataSource.open(url, DataSourceSettings(), ExecutionLimits())
    async with source.reader() as reader:
        row = await (await reader.execute('SELECT n FROM "My Data".t')).fetchone()
    await source.close()
    assert row == (7,)
    assert source.findings == ()
    await run(database, 'DROP OWNED BY "Odd ""login\'"', 'DROP ROLE "Odd ""login\'"')

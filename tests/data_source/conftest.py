"""Logins of every kind, and servers that misbehave."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg import AsyncConnection, sql
from psycopg.conninfo import conninfo_to_dict

from databaseai.data_source import DataSource
from databaseai.embedded.postgres import EmbeddedPostgres
from databaseai.embedded.postgres_url import with_login
from databaseai.settings import DataSourceSettings, ExecutionLimits
from tests.data_source.servers import Proxy

Open = Callable[..., Awaitable[DataSource]]
MakeLogin = Callable[..., Awaitable[str]]


@pytest.fixture
async def admin(database: str) -> AsyncIterator[AsyncConnection[Any]]:
    """The superuser in `database`, in autocommit."""
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as connection:
        yield connection


@pytest.fixture
async def open_source() -> AsyncIterator[Open]:
    """`DataSource.open` with small limits; what it opened is closed after the test."""
    async with AsyncExitStack() as stack:

        async def opened(url: str, **settings: Any) -> DataSource:
            source = await DataSource.open(url, DataSourceSettings(**settings), ExecutionLimits())
            stack.push_async_callback(source.close)
            return source

        yield opened


@pytest.fixture
async def make_login(admin: AsyncConnection[Any], database: str) -> AsyncIterator[MakeLogin]:
    """Makes a login that may connect; statements with `{login}` give it more. Dropped after the test."""
    made: list[sql.Identifier] = []

    async def make(*statements: LiteralString) -> str:
        login, password = f"login_{secrets.token_hex(4)}", secrets.token_hex(8)
        name = sql.Identifier(login)
        base = str(conninfo_to_dict(database)["dbname"])
        made.append(name)
        first: tuple[LiteralString, ...] = (
            "CREATE ROLE {login} LOGIN PASSWORD {password}",
            "GRANT CONNECT ON DATABASE {database} TO {login}",
        )
        for statement in (*first, *statements):
            await admin.execute(
                sql.SQL(statement).format(
                    login=name, password=sql.Literal(password), database=sql.Identifier(base)
                )
            )
        return with_login(database, base, login, password)

    yield make
    for name in made:
        await admin.execute(sql.SQL("REASSIGN OWNED BY {} TO CURRENT_USER").format(name))
        await admin.execute(sql.SQL("DROP OWNED BY {} CASCADE").format(name))
        await admin.execute(sql.SQL("DROP ROLE {}").format(name))


@pytest.fixture
async def proxy(postgres: EmbeddedPostgres) -> AsyncIterator[Proxy]:
    """A network between the test and the server."""
    host = str(conninfo_to_dict(postgres.dsn("postgres"))["host"])
    async with Proxy(f"{host}/.s.PGSQL.5432").listening() as between:
        yield between


@pytest.fixture
def proxied_dsn(reader_dsn: str, proxy: Proxy) -> str:
    """The reader's URL through `proxy`."""
    parts = conninfo_to_dict(reader_dsn)
    return f"postgresql://{parts['user']}:{parts['password']}@127.0.0.1:{proxy.port}/{parts['dbname']}"


async def eventually(happened: Callable[[], Awaitable[bool]], within_s: float = 10.0) -> None:
    """Ask until it is so; fail after `within_s` seconds."""
    async with asyncio.timeout(within_s):
        while not await happened():  # noqa: ASYNC110  # the server tells nobody
            await asyncio.sleep(0.01)

"""Fixtures for every room: a PostgreSQL of our own, an empty database each, and a reader's URL of it."""

import os
import secrets
import signal
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from databaseai.embedded.postgres import EmbeddedPostgres
from databaseai.embedded.reader import ensure_database, ensure_reader
from tests.postgres_versions import Servers

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # a shell starts what runs behind it so, and programs that are tested would inherit it
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
async def postgres() -> AsyncIterator[EmbeddedPostgres]:
    """The packaged PostgreSQL, started once; works as root and as anybody."""
    with tempfile.TemporaryDirectory(prefix="databaseai-test-") as folder:
        home = Path(folder)
        os.chmod(folder, 0o711)  # noqa: PTH101, S103  # as root, the server's own user must get in
        server = EmbeddedPostgres(home, root_home=Path(folder), options={"fsync": "off"})
        await server.start()
        yield server
        await server.stop()


@pytest.fixture(scope="session")
async def server(postgres: EmbeddedPostgres) -> AsyncIterator[Servers]:
    """`await server(15)`: a shared PostgreSQL of that major version, started when first asked for."""
    async with Servers(postgres) as servers:
        yield servers


@pytest.fixture
async def database(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
    """A superuser's URL of an empty database, dropped after the test."""
    name = f"test_{secrets.token_hex(6)}"
    await ensure_database(postgres.dsn("postgres"), name)
    yield postgres.dsn(name)
    async with await psycopg.AsyncConnection.connect(postgres.dsn("postgres"), autocommit=True) as admin:
        await admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
async def reader_dsn(database: str, postgres: EmbeddedPostgres) -> str:
    """The reader's URL of `database`; tables made there later are readable too."""
    name = psycopg.conninfo.conninfo_to_dict(database)["dbname"]
    return await ensure_reader(database, str(name), postgres.home)

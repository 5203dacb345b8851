"""The sample at scale 1, loaded once for all tests that only read it."""

from collections.abc import AsyncIterator

import psycopg
import pytest
from psycopg import AsyncConnection

from databaseai.embedded import sample
from databaseai.embedded.postgres import EmbeddedPostgres
from databaseai.embedded.reader import ensure_database


@pytest.fixture(scope="session")
async def retail(postgres: EmbeddedPostgres) -> AsyncIterator[AsyncConnection]:
    """A superuser's connection to the sample, in autocommit."""
    dsn = postgres.dsn("sample_tests")
    await ensure_database(postgres.dsn("postgres"), "sample_tests")
    await sample.load(dsn, scale=1)
    async with await AsyncConnection.connect(dsn, autocommit=True) as connection:
        yield connection
    async with await psycopg.AsyncConnection.connect(postgres.dsn("postgres"), autocommit=True) as admin:
        await admin.execute("DROP DATABASE sample_tests WITH (FORCE)")

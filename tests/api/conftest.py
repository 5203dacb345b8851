"""The API over a real socket and a real store; only the flow is scripted."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from sqlalchemy import text

from databaseai.embedded.postgres import EmbeddedPostgres
from databaseai.embedded.reader import ensure_database
from databaseai.store import Store, migrate, open_store
from databaseai.store.answers import Answers
from tests.api.serving import Script, Served, serve

Serve = Callable[..., Awaitable[Served]]


@pytest.fixture(scope="session")
async def store_url(postgres: EmbeddedPostgres) -> str:
    """A migrated store's URL; one database for all, emptied before each test."""
    await ensure_database(postgres.dsn("postgres"), "api_store")
    await migrate(postgres.dsn("api_store"))
    return postgres.dsn("api_store")


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    """Open and empty."""
    opened = await open_store(store_url)
    await opened.database.rows(text("TRUNCATE conversation CASCADE"))
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
async def standing(postgres: EmbeddedPostgres) -> AsyncIterator[Served]:
    """One server for all the tests that only knock at its door."""
    url = postgres.dsn("api_standing")
    await ensure_database(postgres.dsn("postgres"), "api_standing")
    await migrate(url)
    store = await open_store(url)
    async with serve(store, settings={"DATABASEAI_PUBLIC_URL": "https://ask.example.com"}) as served:
        yield served
    await store.close()


@pytest.fixture
async def answers(store: Store) -> Answers:
    """Its repository of answers."""
    return store.answers


@pytest.fixture
async def served(store: Store) -> AsyncIterator[Serve]:
    """Start servers on the test's store: `await served(script, heartbeat_s=0.1)`."""
    async with AsyncExitStack() as stack:

        async def start(script: Script | None = None, **options: Any) -> Served:
            return await stack.enter_async_context(serve(store, script, **options))

        yield start

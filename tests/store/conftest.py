"""A store on a fresh database."""

from collections.abc import AsyncIterator

import pytest

from databaseai.store import Store, migrate, open_store


@pytest.fixture
async def store_url(database: str) -> str:
    """A migrated, empty store's URL."""
    await migrate(database)
    return database


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    """Open, closed after the test."""
    opened = await open_store(store_url)
    yield opened
    await opened.close()

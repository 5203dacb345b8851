"""The catalog is read once for all, renewed behind everybody's back, and kept when a reading fails."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import pytest

from databaseai.catalog.cache import CatalogCache, OpenReader
from databaseai.errors import CatalogEmpty, DataSourceUnreachable
from databaseai.settings import CatalogSettings


class Readers:
    """Opens readers, counts them, and can be told to wait or fail."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.opened = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.error: Exception | None = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[psycopg.AsyncConnection]:
        self.opened += 1
        await self.gate.wait()
        if self.error:
            raise self.error
        async with await psycopg.AsyncConnection.connect(self.dsn, autocommit=True) as connection:
            yield connection


@pytest.fixture
async def readers(database: str, reader_dsn: str) -> Readers:
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as admin:
        await admin.execute("CREATE TABLE one (id int); CREATE TABLE two (id int)")
        await admin.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO PUBLIC")
    return Readers(reader_dsn)


def cache(open_reader: OpenReader, interval_s: int = 300) -> CatalogCache:
    return CatalogCache(open_reader, CatalogSettings(refresh_interval_s=interval_s))


async def test_many_who_ask_at_once_share_one_reading(readers: Readers) -> None:
    kept = cache(readers.open)
    first, *others = await asyncio.gather(*(kept.get() for _ in range(10)))
    assert readers.opened == 1
    assert all(other is first for other in others)


async def test_one_who_leaves_does_not_stop_the_others_reading(readers: Readers) -> None:
    kept = cache(readers.open)
    readers.gate.clear()
    leaver, stayer = asyncio.create_task(kept.get()), asyncio.create_task(kept.get())
    await asyncio.sleep(0)
    leaver.cancel()
    readers.gate.set()
    assert (await stayer).tables
    assert readers.opened == 1


async def test_a_stale_catalog_is_served_while_it_is_renewed(
    readers: Readers, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = cache(readers.open)
    old = await kept.get()
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as admin:
        await admin.execute("DROP TABLE two")
    monkeypatch.setattr(kept._kept[None], "_due", 0.0)
    readers.gate.clear()
    assert await asyncio.wait_for(kept.get(), 1) is old  # although the reading hangs
    assert await asyncio.wait_for(kept.get(), 1) is old
    assert readers.opened == 2
    readers.gate.set()
    assert [table.name for table in (await kept.refresh()).tables] == ["one"]
    assert [table.name for table in (await kept.get()).tables] == ["one"]


async def test_a_reading_that_fails_keeps_the_catalog_and_is_logged(
    readers: Readers, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    kept = cache(readers.open)
    old = await kept.get()
    readers.error = DataSourceUnreachable("gone")
    with pytest.raises(DataSourceUnreachable):
        await kept.refresh()
    monkeypatch.setattr(kept._kept[None], "_due", 0.0)
    with caplog.at_level(logging.WARNING):
        assert await kept.get() is old
        for _ in range(3):
            await asyncio.sleep(0)
    assert "DBAI202" in caplog.text


async def test_the_first_reading_raises_what_it_met(reader_dsn: str) -> None:
    kept = cache(Readers(reader_dsn).open)
    with pytest.raises(CatalogEmpty):
        await kept.get()


async def test_an_invalidated_catalog_is_read_before_it_is_served(readers: Readers, database: str) -> None:
    kept = cache(readers.open)
    await kept.get()
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as admin:
        await admin.execute("DROP TABLE two")
    kept.invalidate()
    assert [table.name for table in (await kept.get()).tables] == ["one"]


async def test_closing_ends_a_reading_that_hangs(readers: Readers) -> None:
    kept = cache(readers.open)
    readers.gate.clear()
    asking = asyncio.create_task(kept.get())
    await asyncio.sleep(0)
    await asyncio.wait_for(kept.aclose(), 1)
    with pytest.raises(asyncio.CancelledError):
        await asking

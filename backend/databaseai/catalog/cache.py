"""Keep the catalog, and renew it without letting a question wait."""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from psycopg import AsyncConnection

from databaseai.catalog.introspection import introspect
from databaseai.catalog.snapshot import Catalog
from databaseai.errors import DatabaseAIError
from databaseai.settings import CatalogSettings

log = logging.getLogger(__name__)

OpenReader = Callable[[], AbstractAsyncContextManager[AsyncConnection]]


class CatalogCache:
    """One data source's catalog.

    The first `get` reads; later ones return at once, and past `refresh_interval_s` one reading goes on in
    the background. However many ask, one reading runs at a time. A reading that fails leaves the catalog as
    it was.
    """

    def __init__(self, reader: OpenReader, settings: CatalogSettings) -> None:
        self._reader = reader
        self._settings = settings
        self._catalog: Catalog | None = None
        self._due = 0.0
        self._reading: asyncio.Task[Catalog] | None = None

    async def get(self) -> Catalog:
        """The catalog as last read; raises what `introspect` raises only when there is none yet."""
        if self._catalog is None:
            return await self.refresh()
        if time.monotonic() >= self._due:
            self._start()
        return self._catalog

    async def refresh(self) -> Catalog:
        """The catalog read anew, or what is being read right now; raises what `introspect` raises."""
        return await asyncio.shield(self._start())  # one asker who leaves must not stop the others' reading

    def invalidate(self) -> None:
        """Forget it: the next `get` waits for a new reading."""
        self._catalog = None

    async def aclose(self) -> None:
        """Stop a reading that still runs."""
        if self._reading is not None and not self._reading.done():
            self._reading.cancel()
            await asyncio.wait([self._reading])

    def _start(self) -> asyncio.Task[Catalog]:
        if self._reading is None or self._reading.done():
            self._due = time.monotonic() + self._settings.refresh_interval_s
            self._reading = asyncio.create_task(self._read(), name="catalog")
            self._reading.add_done_callback(report)
        return self._reading

    async def _read(self) -> Catalog:
        async with self._reader() as connection:
            self._catalog = await introspect(connection, self._settings)
        return self._catalog


def report(reading: asyncio.Task[Catalog]) -> None:
    """Log a failed reading: in the background nobody else hears of it."""
    if reading.cancelled():
        return
    if isinstance(error := reading.exception(), DatabaseAIError):
        log.warning("catalog not read: %s %s", error.code, error.title)
    elif error is not None:
        log.error("catalog not read", exc_info=error)

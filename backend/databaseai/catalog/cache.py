"""Keep the catalog, and renew it without letting a question wait; one for each of those who see another."""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from contextlib import AbstractAsyncContextManager
from typing import Any
from weakref import WeakSet

from psycopg import AsyncConnection

from databaseai.catalog.introspection import introspect
from databaseai.catalog.policy import Policy
from databaseai.catalog.snapshot import Catalog
from databaseai.errors import DatabaseAIError
from databaseai.settings import CatalogSettings

log = logging.getLogger(__name__)

OpenReader = Callable[..., AbstractAsyncContextManager[AsyncConnection]]
"""Called with the asker where there is one, else with nothing."""
Whose = Callable[[Any], Awaitable[Hashable]]
"""Whose catalog an asker sees: the same value for those who share one. Raises for who may not ask."""
Finish = Callable[[Catalog], Awaitable[Catalog]]
"""What is done to each reading before anybody sees it: the semantic model."""


class CatalogCache:
    """One data source's catalogs.

    The first `get` reads; later ones return at once, and past `refresh_interval_s` one reading goes on in
    the background. However many ask, one reading runs at a time. A reading that fails leaves the catalog as
    it was. At most `identities` catalogs are kept, the last ones that were asked for.
    """

    def __init__(
        self,
        reader: OpenReader,
        settings: CatalogSettings,
        policy: Policy | None = None,
        *,
        whose: Whose | None = None,
        finish: Finish | None = None,
    ) -> None:
        self._reader = reader
        self._settings = settings
        self._policy = policy
        self._whose = whose
        self._finish = finish
        self._kept: OrderedDict[Hashable, OneCatalog] = OrderedDict()
        self._let_go: WeakSet[OneCatalog] = WeakSet()
        """Somebody may wait for their reading still."""

    async def get(self, asker: Any = None) -> Catalog:
        """The catalog as last read; raises what `introspect` raises only when there is none yet."""
        return await (await self._of(asker)).get(asker)

    async def refresh(self, asker: Any = None) -> Catalog:
        """The catalog read anew, or what is being read right now; raises what `introspect` raises."""
        return await (await self._of(asker)).refresh(asker)

    def invalidate(self) -> None:
        """Forget all: the next `get` waits for a new reading."""
        for one in self._kept.values():
            one.invalidate()

    async def aclose(self) -> None:
        """Stop readings that still run."""
        await asyncio.gather(*(one.aclose() for one in (*self._kept.values(), *self._let_go)))

    async def _of(self, asker: Any) -> "OneCatalog":
        key = await self._whose(asker) if self._whose else None
        one = self._kept.setdefault(key, OneCatalog(self._reader, self._settings, self._policy, self._finish))
        self._kept.move_to_end(key)
        if len(self._kept) > self._settings.identities:
            self._let_go.add(self._kept.popitem(last=False)[1])
        return one


class OneCatalog:
    """The catalog as one login sees it. Who asks opens the connection for a reading, and is not kept."""

    def __init__(
        self,
        reader: OpenReader,
        settings: CatalogSettings,
        policy: Policy | None,
        finish: Finish | None = None,
    ) -> None:
        self._reader = reader
        self._settings = settings
        self._policy = policy
        self._finish = finish
        self._catalog: Catalog | None = None
        self._due = 0.0
        self._reading: asyncio.Task[Catalog] | None = None

    async def get(self, asker: Any) -> Catalog:
        """As `CatalogCache.get`."""
        if self._catalog is None:
            return await self.refresh(asker)
        if time.monotonic() >= self._due:
            self._start(asker)
        return self._catalog

    async def refresh(self, asker: Any) -> Catalog:
        """As `CatalogCache.refresh`."""
        return await asyncio.shield(self._start(asker))  # one who leaves must not stop the others' reading

    def invalidate(self) -> None:
        """Forget it."""
        self._catalog = None

    async def aclose(self) -> None:
        """Stop a reading that still runs."""
        if self._reading is not None and not self._reading.done():
            self._reading.cancel()
            await asyncio.wait([self._reading])

    def _start(self, asker: Any) -> asyncio.Task[Catalog]:
        if self._reading is None or self._reading.done():
            self._due = time.monotonic() + self._settings.refresh_interval_s
            self._reading = asyncio.create_task(self._read(asker), name="catalog")
            self._reading.add_done_callback(report)
        return self._reading

    async def _read(self, asker: Any) -> Catalog:
        async with self._reader() if asker is None else self._reader(asker) as connection:
            catalog = await introspect(connection, self._settings, self._policy)
        self._catalog = await self._finish(catalog) if self._finish else catalog
        return self._catalog


def report(reading: asyncio.Task[Catalog]) -> None:
    """Log a failed reading: in the background nobody else hears of it."""
    if reading.cancelled():
        return
    if isinstance(error := reading.exception(), DatabaseAIError):
        log.warning("catalog not read: %s %s", error.code, error.title)
    elif error is not None:
        log.error("catalog not read", exc_info=error)

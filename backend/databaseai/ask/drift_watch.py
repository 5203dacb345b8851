"""The verified queries of a data source, re-checked when its catalog changes: what broke is not recalled."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any

from databaseai.ask import planning
from databaseai.ask.door import PipelineTools, gated
from databaseai.ask.memory import Known, VerifiedQuery
from databaseai.ask.off_loop import off_loop
from databaseai.ask.sandbox import sandbox
from databaseai.catalog.snapshot import Catalog
from databaseai.data_source import Asker
from databaseai.errors import (
    AmbiguousColumn,
    DatabaseAIError,
    GroupingFault,
    GuardrailError,
    PermissionDenied,
    SyntaxRefused,
    TypeMismatch,
    UnknownColumn,
    UnknownFunction,
    UnknownTable,
)

if TYPE_CHECKING:  # SQLAlchemy takes a third of a second, and a question at the command line needs no store
    from databaseai.store.verified_queries import VerifiedQueries as Repository
    from databaseai.store.verified_queries import Version

log = logging.getLogger(__name__)

BROKEN = (
    GuardrailError,
    UnknownTable,
    UnknownColumn,
    UnknownFunction,
    PermissionDenied,
    SyntaxRefused,
    GroupingFault,
    AmbiguousColumn,
    TypeMismatch,
)
"""The statement no longer fits the data source. All else (time, load, values, cost) says nothing about it."""
BATCH = 50
MOST_CHECKS = 2_000
"""Of one pass, some 5 ms each; the next reading of the catalog goes on."""
Check = Callable[[str], Awaitable[None]]
"""Gate and EXPLAIN of one statement; raises a `DatabaseAIError`."""


async def plan(tools: PipelineTools, statement: str, asker: Asker | None = None) -> None:
    """Send a statement through gate, sandbox and EXPLAIN, as if it were asked; nothing of it runs.

    Raises:
        DatabaseAIError: What it would be refused with.
    """
    limits, catalog = tools.settings.limits, await tools.catalog.get(asker)
    query = await gated(statement, catalog, limits)
    async with tools.data_source.reader(asker) as reader, sandbox(reader, limits):
        await planning.plan(query, reader, limits)


class DriftWatch:
    """The verified queries of one data source, over a store that may come later, or never.

    It has what `memory.VerifiedQueries` asks for. Where askers have logins of their own, what one of them may
    not read is not broken: only a data source that all share is watched.
    """

    def __init__(self, data_source: str, *, shared: bool = True) -> None:
        """Begin without a store: nothing is known.

        Args:
            data_source: Its name in the store.
            shared: All askers see the same catalog.
        """
        self._data_source = data_source
        self._shared = shared
        self._repository: Repository | None = None
        self._check: Check | None = None
        self._known = Known()
        self._version: Version | None = None
        self._catalog = ""
        """Fingerprint of the last reading."""
        self._pass: asyncio.Task[None] | None = None

    def attach(self, repository: "Repository", check: Check, *, watch: bool = True) -> None:
        """Recall from a store from now on; with `watch`, check it against each reading of the catalog."""
        self._repository, self._check = repository, check
        self._shared = self._shared and watch
        self._start()

    def saw(self, catalog: Catalog) -> None:
        """The catalog was read: check what was not checked against it, in the background."""
        self._catalog = catalog.fingerprint
        self._start()

    async def known(self) -> Known:
        """All that are approved; read again when they changed. A store that is away leaves the last ones."""
        if self._repository is None:
            return self._known
        try:
            version = await self._repository.version(self._data_source)
            if version != self._version:
                known = Known(tuple(await self._repository.approved(self._data_source)))
                await off_loop(lambda: (known.by_key, known.weights))
                self._known, self._version = known, version
        except DatabaseAIError as error:
            log.warning("verified queries not read: %s %s", error.code, error.title)
        return self._known

    async def failed(self, query: VerifiedQuery, error: Exception) -> None:
        """An approved query was refused when it was asked."""
        if self._repository is None or not self._shared or not isinstance(error, BROKEN):
            return
        try:
            await self._broke(self._repository, query, error, self._catalog)
        except DatabaseAIError as trouble:
            log.warning("a broken verified query is not marked: %s %s", trouble.code, trouble.title)

    async def check(
        self, queries: Iterable[VerifiedQuery]
    ) -> list[tuple[VerifiedQuery, DatabaseAIError | None]]:
        """Check these now, and keep what comes of it.

        Returns:
            Each with its error; None: it works.

        Raises:
            DatabaseAIError: The data source or the store is away: nothing is said about the query it met.
        """
        if self._repository is None or self._check is None:
            return []
        found: list[tuple[VerifiedQuery, DatabaseAIError | None]] = []
        for query in queries:
            catalog = self._catalog
            try:
                await self._check(query.sql)
            except BROKEN as error:
                await self._broke(self._repository, query, error, catalog)
                found.append((query, error))
            else:
                await self._repository.works(self._data_source, query.id, catalog)
                found.append((query, None))
        return found

    async def aclose(self) -> None:
        """Stop a pass that still runs."""
        if self._pass is not None and not self._pass.done():
            self._pass.cancel()
            await asyncio.wait([self._pass])

    async def _broke(
        self, repository: Any, query: VerifiedQuery, error: DatabaseAIError, catalog: str
    ) -> None:
        log.warning("verified query %s is broken: %s %s", query.id, error.code, error.title)
        await repository.broke(self._data_source, query.id, catalog, error.code, error.detail)

    def _start(self) -> None:
        if self._repository is None or not self._catalog or not self._shared:
            return
        if self._pass is None or self._pass.done():
            self._pass = asyncio.create_task(self._watch(self._repository), name="drift-watch")

    async def _watch(self, repository: "Repository") -> None:
        """One pass over what was not checked against the catalog as it is now."""
        try:
            for _ in range(MOST_CHECKS // BATCH):
                batch = await repository.unchecked(self._data_source, self._catalog, BATCH)
                if not batch:
                    return
                await self.check(batch)
        except DatabaseAIError as error:
            log.info("verified queries not checked: %s %s", error.code, error.title)
        except Exception as error:
            log.exception("verified queries not checked", exc_info=error)

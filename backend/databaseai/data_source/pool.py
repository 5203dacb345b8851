"""The pool of reader connections."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Coroutine, Hashable
from typing import Any, Self

import psycopg
from psycopg import AsyncConnection
from psycopg.pq import PipelineStatus, TransactionStatus
from psycopg.rows import tuple_row
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout

from databaseai.data_source import signed_audit, signing
from databaseai.data_source.audit import Finding
from databaseai.data_source.cancelling import cancel, cut_after, running, settled, settling
from databaseai.data_source.connecting import Address, connect, read_url
from databaseai.data_source.identity import Asker
from databaseai.data_source.own_logins import OwnLogins
from databaseai.data_source.session import session_query
from databaseai.data_source.standing import Standing
from databaseai.errors import (
    AskerMissing,
    AskerUnknown,
    DataSourceBusy,
    DataSourceError,
    DataSourceUnreachable,
)
from databaseai.settings import DataSourceSettings, ExecutionLimits

logging.getLogger("psycopg").setLevel(logging.ERROR)  # it tells what we raise, in words of the URL
IDLE_S = 600.0
"""A connection that nobody used so long is closed, down to one."""
RETRY_S = 0.25
"""Between attempts to reach a server that went away."""
TIDY_S = 5.0
"""Bound on what runs between questions."""


class DataSource:
    """One user's database: `open` makes it, `reader` lends connections, `close` ends it.

    `name` is `host:port/database`.
    """

    def __init__(self, address: Address, settings: DataSourceSettings, limits: ExecutionLimits) -> None:
        self.name = address.name
        self.server_version = 0
        """As `server_version_num`: 180006."""
        self._address = address
        self._settings = settings
        look = signed_audit.refuse_or_tell if settings.identity == "signed" else None
        self._standing = Standing(address.name, session_query(limits), settings, look=look)
        self._own_logins = OwnLogins(address, settings, limits)
        self._signing_key = b""
        self._fault: DataSourceError | None = None
        self._faulted = asyncio.Event()
        """Set when an attempt fails, for those who wait at that moment."""
        self._patience_s = 0.0
        self._tidying: set[asyncio.Task[None]] = set()
        self._pool = self._make_pool()

    def _make_pool(self) -> AsyncConnectionPool[AsyncConnection[Any]]:
        """A closed pool whose failures are kept, so that the asker gets the reason and not a timeout."""
        source = self

        class Connection(AsyncConnection[Any]):
            """Connects with our errors."""

            @classmethod
            async def connect(cls, _conninfo: str = "", **_: Any) -> AsyncConnection[Any]:  # type: ignore[override]
                return await source._connect()

        return AsyncConnectionPool(
            "",
            connection_class=Connection,
            min_size=1,
            max_size=self._settings.pool_size,
            max_idle=IDLE_S,
            reconnect_timeout=0,  # who asks tries again, and knows why it failed
            name=self.name,
            open=False,
        )

    @classmethod
    async def open(cls, url: str, settings: DataSourceSettings, limits: ExecutionLimits) -> Self:
        """Connect and check the login.

        Raises:
            DataSourceUrlInvalid, DataSourceUnreachable, DataSourceLoginRefused, ReaderTooPowerful,
            DatabaseMissing, DataSourceTooOld, DataSourceBusy: DBAI201 to DBAI207.
            IdentityNotReady: The file of logins, or the signing key. DBAI213.
        """
        source = cls(read_url(url), settings, limits)
        await source._check_identity()
        try:
            await source._pool.open()
            async with source.shared_reader() as connection:
                source.server_version = connection.info.server_version
        except BaseException:
            await source.close()
            raise
        source._patience_s = settings.connect_timeout_ms / 1000
        return source

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Warnings about the login and the server."""
        return self._standing.findings

    @contextlib.asynccontextmanager
    async def reader(self, asker: Asker | None = None) -> AsyncIterator[AsyncConnection[Any]]:
        """Lend one connection to run a question on: login checked, session as set here, no transaction open.

        It goes back clean, or it is closed: after an error, a cancel, or with a transaction left open; an
        asker's own login is always closed.

        Args:
            asker: Who asks. With `identity = shared` nobody need be told.

        Raises:
            AskerMissing, AskerUnknown, AskerLoginRefused: As whom to ask is not clear, or refused. DBAI211 to
                DBAI214. The shared reader never stands in for an asker's own login.
            DataSourceBusy: None became free within `pool_timeout_ms`. DBAI207.
            DataSourceError: As in `open`; after a restart of the server only when it stays away.
        """
        if self._settings.identity == "login":
            async with self._own_logins.lend(asker) as connection:
                yield connection
            return
        seal = signing.made_for(asker, self._signing_key) if self._settings.identity == "signed" else None
        refuse_own_login(asker)
        async with self.shared_reader() as connection:
            with signing.lent(connection, seal):
                yield connection

    @contextlib.asynccontextmanager
    async def shared_reader(self) -> AsyncIterator[AsyncConnection[Any]]:
        """Lend one connection of the reader itself, to see that the data source lives; raises as `reader`.

        Nobody is named on it: with `identity = signed` it sees no row of a protected table.
        """
        connection = await self._check_out()
        clean = False
        try:
            yield connection
            clean = True
        finally:
            tidying = self._in_background(self._check_in(connection, clean=clean))
            if connection not in settling:  # else the asker has the rows and need not wait
                await asyncio.shield(tidying)

    async def alive(self) -> str:
        """How it is, in a few words; asks the server, unless every connection works on a question just now.

        Raises:
            DataSourceError: As in `open`.
        """
        standing = self._pool.get_stats()
        if standing["pool_size"] and not standing["pool_available"]:
            return f"{self.name}, all {standing['pool_size']} connections at work"
        try:  # without the look at the login, which takes longer than all the rest once a minute
            async with self._pool.connection(TIDY_S) as connection:
                with cut_after(connection, self._settings.connect_timeout_ms / 1000):
                    await connection.execute("SELECT 1")
        except (psycopg.Error, TimeoutError, DataSourceError):
            async with self.shared_reader() as reader:
                await reader.execute("SELECT 1")
        return self.name

    @contextlib.asynccontextmanager
    async def catalog_reader(self, asker: Asker | None = None) -> AsyncIterator[AsyncConnection[Any]]:
        """Lend one connection to read the catalog on: its sample values go to all who share that catalog."""
        own = self._settings.identity == "login"
        async with self._own_logins.lend(asker) if own else self.shared_reader() as connection:
            yield connection

    async def whose_catalog(self, asker: Asker | None = None) -> Hashable:
        """Whose catalog this asker sees, who is let in: the same value for those who share one.

        Raises:
            DataSourceError: As `reader`.
        """
        if self._settings.identity == "login":
            return await self._own_logins.admit(asker)
        if self._settings.identity == "signed" and asker is None:
            raise AskerMissing
        refuse_own_login(asker)
        return None

    async def close(self) -> None:
        """Close all connections."""
        await asyncio.gather(*self._tidying, self._own_logins.close(), return_exceptions=True)
        await self._pool.close()

    async def _check_identity(self) -> None:
        """See at the start what each question would fail at."""
        if self._settings.identity == "signed":
            key = self._settings.signing_key
            self._signing_key = signing.read_key(key.get_secret_value() if key else None)
        elif self._settings.identity == "login":
            await self._own_logins.check()

    async def _connect(self) -> AsyncConnection[Any]:
        """One more connection for the pool; remembers why there is none."""
        try:
            return await connect(self._address, self._settings.connect_timeout_ms)
        except DataSourceError as error:
            self._fault = error
            self._faulted.set()
            self._faulted = asyncio.Event()
            raise

    async def _check_out(self) -> AsyncConnection[Any]:
        """A live, checked connection; dead ones are thrown away on the way."""
        until = time.monotonic() + self._settings.pool_timeout_ms / 1000
        silent = False
        while True:
            connection = await self._take(until)
            try:
                await self._standing.prepare(connection)
            except (psycopg.OperationalError, psycopg.InterfaceError):
                await self._drop(connection)
            except TimeoutError:
                await self._drop(connection)
                if silent:
                    raise DataSourceUnreachable(f"{self.name} takes logins and does not answer.") from None
                silent = True
                await self._pool.drain()  # what was cut off in the network was cut off for all
            except BaseException:
                await self._drop(connection)
                raise
            else:
                return connection

    async def _take(self, until: float) -> AsyncConnection[Any]:
        """The pool's next connection, or the reason why there is none.

        A full pool or server is waited for until the end, one that went away a little, a refusal not at all.
        """
        patient_until = time.monotonic() + self._patience_s
        while True:
            got = await self._ask_pool(until)
            if not isinstance(got, DataSourceError):
                return got
            waits_until = {DataSourceBusy: until, DataSourceUnreachable: patient_until}.get(type(got), 0.0)
            if not self._patience_s or time.monotonic() >= waits_until:
                raise got
            await asyncio.sleep(RETRY_S)

    async def _ask_pool(self, until: float) -> AsyncConnection[Any] | DataSourceError:
        """What comes first: a connection, an attempt to connect that failed, or the end of the wait."""
        failing = asyncio.create_task(self._faulted.wait())
        getting = asyncio.create_task(self._pool.getconn(max(0.0, until - time.monotonic())))
        try:
            await asyncio.wait({getting, failing}, return_when=asyncio.FIRST_COMPLETED)
            if getting.cancel():
                await asyncio.wait({getting})
            if getting.cancelled():
                return self._fault or DataSourceUnreachable(f"{self.name} cannot be reached.")
            return getting.result()
        except PoolTimeout:
            waited_ms = self._settings.pool_timeout_ms
            return DataSourceBusy(f"No connection to {self.name} became free within {waited_ms} ms.")
        except PoolClosed:
            raise DataSourceUnreachable(f"{self.name} is closed here.") from None
        except asyncio.CancelledError:
            getting.cancel()
            getting.add_done_callback(self._return_unwanted)
            raise
        finally:
            failing.cancel()

    def _return_unwanted(self, getting: "asyncio.Task[AsyncConnection[Any]]") -> None:
        """Give back what the pool handed to an asker who left in the same moment."""
        if not getting.cancelled() and getting.exception() is None:
            self._in_background(self._pool.putconn(getting.result()))

    def _in_background(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Run what must end even when the asker leaves; `close` waits for it."""
        task = asyncio.create_task(work)
        self._tidying.add(task)
        task.add_done_callback(self._tidying.discard)
        return task

    async def _check_in(self, connection: AsyncConnection[Any], *, clean: bool) -> None:
        """Give a connection back; with anything odd about it, closed."""
        await settled(connection)
        if not clean or not as_it_was(connection):
            if running(connection):
                await cancel(connection)
            await self._drop(connection)
            return
        try:
            with cut_after(connection, TIDY_S):
                await connection.execute("DISCARD ALL")
        except (psycopg.Error, TimeoutError):
            await self._drop(connection)
        else:
            await self._pool.putconn(connection)

    async def _drop(self, connection: AsyncConnection[Any]) -> None:
        """Close a connection; the pool makes another when it is needed."""
        await connection.close()
        await self._pool.putconn(connection)


def as_it_was(connection: AsyncConnection[Any]) -> bool:
    """Whether it is as it was lent, as far as this side of it goes: DISCARD ALL reaches the other only."""
    return (
        connection.pgconn.transaction_status == TransactionStatus.IDLE
        and connection.autocommit
        and connection.prepare_threshold is None
        and connection.row_factory is tuple_row
        and connection.pgconn.pipeline_status == PipelineStatus.OFF
    )


def refuse_own_login(asker: Asker | None) -> None:
    """Who brings a login means to ask as that login."""
    if asker is not None and asker.login is not None:
        raise AskerUnknown("This data source takes no login with a question.")

"""The pool of reader connections."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Coroutine
from typing import Any, Self

import psycopg
from psycopg import AsyncConnection
from psycopg.pq import TransactionStatus
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout

from databaseai.data_source.audit import Audit, Finding, audit
from databaseai.data_source.cancelling import cancel, cut_after, running
from databaseai.data_source.connecting import Address, connect, read_url
from databaseai.data_source.session import session_query
from databaseai.errors import (
    DataSourceBusy,
    DataSourceError,
    DataSourceLoginRefused,
    DataSourceUnreachable,
)
from databaseai.settings import DataSourceSettings, ExecutionLimits

logging.getLogger("psycopg").setLevel(logging.ERROR)  # it tells what we raise, in words of the URL
AUDIT_INTERVAL_S = 60.0
"""A grant is noticed within this, a change of the login's roles or attributes at once."""
IDLE_S = 600.0
"""A connection that nobody used so long is closed, down to one."""
RETRY_S = 0.25
"""Between attempts to reach a server that went away."""
AUDIT_S = 20.0
TIDY_S = 5.0
"""Bounds on what runs between questions."""


class DataSource:
    """One user's database: `open` makes it, `reader` lends connections, `close` ends it.

    `findings` are warnings about the login and the server; `name` is `host:port/database`.
    """

    def __init__(self, address: Address, settings: DataSourceSettings, limits: ExecutionLimits) -> None:
        self.name = address.name
        self.server_version = 0
        """As `server_version_num`: 180006."""
        self.findings: tuple[Finding, ...] = ()
        self._address = address
        self._settings = settings
        self._session = session_query(limits)
        self._standing: tuple[object, ...] = ()
        self._audited = -AUDIT_INTERVAL_S
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
        """
        source = cls(read_url(url), settings, limits)
        try:
            await source._pool.open()
            async with source.reader() as connection:
                source.server_version = connection.info.server_version
        except BaseException:
            await source.close()
            raise
        source._patience_s = settings.connect_timeout_ms / 1000
        return source

    @contextlib.asynccontextmanager
    async def reader(self) -> AsyncIterator[AsyncConnection[Any]]:
        """Lend one connection: login checked, session as set here, no transaction open.

        It goes back clean, or it is closed: after an error, a cancel, or with a transaction left open.

        Raises:
            DataSourceBusy: None became free within `pool_timeout_ms`. DBAI207.
            DataSourceError: As in `open`; after a restart of the server only when it stays away.
        """
        connection = await self._check_out()
        clean = False
        try:
            yield connection
            clean = True
        finally:
            await asyncio.shield(self._in_background(self._check_in(connection, clean=clean)))

    async def close(self) -> None:
        """Close all connections."""
        await asyncio.gather(*self._tidying, return_exceptions=True)
        await self._pool.close()

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
                await self._prepare(connection)
            except (psycopg.OperationalError, psycopg.InterfaceError):
                await self._drop(connection)
            except psycopg.Error as error:  # a session without a role, for one, cannot say who it is
                await self._drop(connection)
                raise DataSourceLoginRefused(
                    f"{self.name} does not tell who we are.", sqlstate=error.sqlstate or ""
                ) from None
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

    async def _prepare(self, connection: AsyncConnection[Any]) -> None:
        """Set the session and see, in one query, that the login is what it was when it was audited."""
        if connection.pgconn.transaction_status != TransactionStatus.IDLE:
            raise psycopg.InterfaceError
        with cut_after(connection, self._settings.connect_timeout_ms / 1000):
            row = await (await connection.execute(self._session)).fetchone()
        if row is None:
            raise DataSourceLoginRefused(f"{self.name}: the login was dropped.")
        standing = row[:3]
        if standing != self._standing or time.monotonic() - self._audited >= AUDIT_INTERVAL_S:
            with cut_after(connection, AUDIT_S):
                self._judge(await audit(connection))
            self._standing, self._audited = standing, time.monotonic()

    def _judge(self, found: Audit) -> None:
        """Refuse a powerful login, or keep what was found."""
        if not self._settings.allow_powerful_login:
            found.refuse_powers()
        powers = tuple(Finding(f"The login {power}.", found.hint) for power in found.powers)
        self.findings = powers + found.findings

    async def _check_in(self, connection: AsyncConnection[Any], *, clean: bool) -> None:
        """Give a connection back; with anything odd about it, closed."""
        if not clean or connection.pgconn.transaction_status != TransactionStatus.IDLE:
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

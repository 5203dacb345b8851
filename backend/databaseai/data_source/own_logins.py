"""Connections of the askers' own logins: each opened for one use, none kept, none lent to another."""

import asyncio
import hashlib
import hmac
import os
import secrets
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Hashable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from databaseai.data_source.cancelling import cancel, running, settled
from databaseai.data_source.connecting import Address, connect
from databaseai.data_source.identity import Asker
from databaseai.data_source.login_file import MAY_BE_GIVEN, LoginFile
from databaseai.data_source.session import session_query
from databaseai.data_source.standing import Standing
from databaseai.data_source.turns import Turns
from databaseai.errors import (
    AskerLoginRefused,
    AskerMissing,
    DataSourceBusy,
    DataSourceLoginRefused,
    DataSourceUnreachable,
)
from databaseai.settings import DataSourceSettings, ExecutionLimits

RETRY_S = 0.25
ADMITTED_S = 60.0
"""So long a login that was let in is taken to be let in still, where no connection is needed."""
REMEMBERED = 1_000
"""Logins whose audit is kept."""
PROOF = {"require_auth": "scram-sha-256,md5,password", "passfile": os.devnull, "sslcertmode": "disable"}
"""A password that came with the call is proved by it alone: a server that asks for none (`trust`, `peer`), a
file of ours or our certificate would let anybody in as anybody."""
NOT_INHERITED = {*MAY_BE_GIVEN, "service", "servicefile", "require_auth"}


@dataclass(frozen=True, slots=True)
class OwnLogin:
    """One asker's login, ready to connect."""

    asker: str
    user: str
    address: Address
    key: Hashable
    """The same for the same user with the same proof; says nothing about the proof."""


class OwnLogins:
    """Opens and closes; `data_source.identity = login`."""

    def __init__(self, address: Address, settings: DataSourceSettings, limits: ExecutionLimits) -> None:
        self._address = address
        self._settings = settings
        self._session = session_query(limits)
        self._file = LoginFile(settings.login_file)
        self._secret = secrets.token_bytes(32)
        self._turns = Turns(
            address.name, of_one=settings.connections_per_login, of_all=settings.login_connections
        )
        self._standings: OrderedDict[str, Standing] = OrderedDict()
        self._admitted: OrderedDict[Hashable, float] = OrderedDict()
        self._ending: set[asyncio.Task[None]] = set()

    async def check(self) -> None:
        """Read the file of logins. Raises IdentityNotReady (DBAI213)."""
        await asyncio.to_thread(self._file.read)

    async def admit(self, asker: Asker | None) -> Hashable:
        """Make sure that the asker's login is let in, by a connection within the last minute.

        Returns:
            A key of this login.

        Raises:
            DataSourceError: As `lend`.
        """
        login = await self._of(asker)
        if time.monotonic() - self._admitted.get(login.key, -ADMITTED_S) >= ADMITTED_S:
            async with self._lent(login):
                pass
        return login.key

    @asynccontextmanager
    async def lend(self, asker: Asker | None) -> AsyncIterator[AsyncConnection[Any]]:
        """A connection as the asker: login checked, session set, closed after use.

        Raises:
            AskerMissing, AskerUnknown: Nobody asks, or nobody whose login is known. DBAI211, DBAI212.
            AskerLoginRefused: The data source did not let it in. DBAI214.
            ReaderTooPowerful: It may do more than read. DBAI204.
            DataSourceBusy: The login, or all together, have too many connections open. DBAI207.
            DataSourceUnreachable: DBAI202.
        """
        async with self._lent(await self._of(asker)) as connection:
            yield connection

    async def close(self) -> None:
        """Wait until what was lent is closed."""
        await asyncio.gather(*self._ending, return_exceptions=True)

    async def _of(self, asker: Asker | None) -> OwnLogin:
        """The login that came with the call, or the one in the file."""
        if asker is None:
            raise AskerMissing
        if asker.login is not None:
            given: Mapping[str, str] = {"user": asker.login.user, "password": asker.login.password} | PROOF
        else:
            given = await asyncio.to_thread(self._file.of, asker.name)
        inherited = conninfo_to_dict(self._address.conninfo)
        parameters = {name: value for name, value in inherited.items() if name not in NOT_INHERITED}
        conninfo = make_conninfo("", **(parameters | dict(given)))
        key = hmac.new(self._secret, conninfo.encode(), hashlib.sha256).digest()
        return OwnLogin(
            asker.name, given["user"], Address(conninfo, self._address.name), (given["user"], key)
        )

    @asynccontextmanager
    async def _lent(self, login: OwnLogin) -> AsyncIterator[AsyncConnection[Any]]:
        until = time.monotonic() + self._settings.pool_timeout_ms / 1000
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(
                self._turns.turn(login.user, self._settings.pool_timeout_ms / 1000)
            )
            connection = await self._connect(login, until)
            try:
                yield connection
            finally:  # the turn lasts until the connection is closed, whether the asker waits for that or not
                ending = asyncio.create_task(end(connection, stack.pop_all()))
                self._ending.add(ending)
                ending.add_done_callback(self._ending.discard)
                await asyncio.shield(ending)

    async def _connect(self, login: OwnLogin, until: float) -> AsyncConnection[Any]:
        """A checked connection; a full server is waited for until the end, one that went away a little."""
        patient_until = time.monotonic() + self._settings.connect_timeout_ms / 1000
        while True:
            try:
                connection = await self._attempt(login)
            except DataSourceLoginRefused as error:
                self._admitted.pop(login.key, None)
                said = f"The data source refused the login of {login.asker!r}: {error.detail}"
                raise AskerLoginRefused(said, sqlstate=error.facts.get("sqlstate", "")) from None
            except (DataSourceBusy, DataSourceUnreachable) as error:
                if time.monotonic() >= (until if isinstance(error, DataSourceBusy) else patient_until):
                    raise
                await asyncio.sleep(RETRY_S)
            else:
                remember(self._admitted, login.key, time.monotonic())
                return connection

    async def _attempt(self, login: OwnLogin) -> AsyncConnection[Any]:
        connection = await connect(login.address, self._settings.connect_timeout_ms)
        try:
            standing = self._standings.get(login.user)
            if standing is None:
                standing = Standing(self._address.name, self._session, self._settings)
            await standing.prepare(connection)
        except BaseException as error:
            await connection.close()
            if isinstance(error, psycopg.Error | TimeoutError):
                raise DataSourceUnreachable(f"{self._address.name} broke off.") from None
            raise
        remember(self._standings, login.user, standing)
        self._turns.limit(login.user, standing.connection_limit)
        return connection


def remember(kept: OrderedDict[Any, Any], key: Hashable, value: object) -> None:
    """Keep the last ones."""
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > REMEMBERED:
        kept.popitem(last=False)


async def end(connection: AsyncConnection[Any], turn: AsyncExitStack) -> None:
    """Stop what runs, close, and leave the turn to the next."""
    async with turn:
        await settled(connection)
        if running(connection):
            await cancel(connection)
        await connection.close()

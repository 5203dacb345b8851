"""What a login may do, looked at each time a connection is lent, and closely once a minute."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
from psycopg import AsyncConnection, sql
from psycopg.pq import TransactionStatus

from databaseai.data_source.audit import Audit, Finding, audit
from databaseai.data_source.cancelling import cut_after
from databaseai.errors import DataSourceLoginRefused
from databaseai.settings import DataSourceSettings

AUDIT_INTERVAL_S = 60.0
"""A grant is noticed within this, a change of the login's roles or attributes at once."""
AUDIT_S = 20.0
"""Bound on one audit."""

Look = Callable[[AsyncConnection[Any]], Awaitable[tuple[Finding, ...]]]
"""What else is looked at whenever a login is audited."""


class Standing:
    """One login: as what it was audited, when, and what was found."""

    def __init__(
        self, name: str, session: sql.Composed, settings: DataSourceSettings, *, look: Look | None = None
    ) -> None:
        self.findings: tuple[Finding, ...] = ()
        self.connection_limit = -1
        """The login's CONNECTION LIMIT; -1: none."""
        self._name = name
        self._session = session
        self._settings = settings
        self._look = look
        self._standing: tuple[object, ...] = ()
        self._audited = -AUDIT_INTERVAL_S

    async def prepare(self, connection: AsyncConnection[Any]) -> None:
        """Set the session and see, in one query, that the login is what it was when it was audited.

        Raises:
            ReaderTooPowerful: It may do more than read. DBAI204.
            DataSourceLoginRefused: It is gone, or does not tell who it is. DBAI203.
            psycopg.OperationalError, psycopg.InterfaceError, TimeoutError: The connection is of no use.
        """
        if connection.pgconn.transaction_status != TransactionStatus.IDLE:
            raise psycopg.InterfaceError
        try:
            with cut_after(connection, self._settings.connect_timeout_ms / 1000):
                row = await (await connection.execute(self._session)).fetchone()
        except (psycopg.OperationalError, psycopg.InterfaceError):
            raise
        except psycopg.Error as error:  # a session without a role, for one, cannot say who it is
            raise DataSourceLoginRefused(
                f"{self._name} does not tell who we are.", sqlstate=error.sqlstate or ""
            ) from None
        if row is None:
            raise DataSourceLoginRefused(f"{self._name}: the login was dropped.")
        standing = row[:4]
        if standing != self._standing or time.monotonic() - self._audited >= AUDIT_INTERVAL_S:
            with cut_after(connection, AUDIT_S):
                self._judge(await audit(connection))
                if self._look is not None:
                    self.findings += await self._look(connection)
            self._standing, self._audited = standing, time.monotonic()
            self.connection_limit = row[3]

    def _judge(self, found: Audit) -> None:
        """Refuse a powerful login, or keep what was found."""
        if not self._settings.allow_powerful_login:
            found.refuse_powers()
        self.findings = found.all_findings()

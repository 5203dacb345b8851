"""Pool of reader connections."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, Self

from psycopg import AsyncConnection
from psycopg.pq import TransactionStatus
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from databaseai.data_source.audit import Finding
from databaseai.errors import DataSourceBusy
from databaseai.settings import DataSourceSettings, ExecutionLimits

SESSION = {
    "standard_conforming_strings": "on",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "default_transaction_read_only": "on",
    "idle_in_transaction_session_timeout": "60s",
}


class DataSource:
    """A user's database."""

    def __init__(self, url: str, settings: DataSourceSettings, limits: ExecutionLimits) -> None:
        self._settings = settings
        self._limits = limits
        self.findings: tuple[Finding, ...] = ()
        self.name = ""
        self.server_version = 0
        self._pool: AsyncConnectionPool[AsyncConnection[Any]] = AsyncConnectionPool(
            url,
            kwargs={
                "autocommit": True,
                "prepare_threshold": None,
                "client_encoding": "UTF8",
                "application_name": "databaseai",
            },
            min_size=1,
            max_size=settings.pool_size,
            timeout=settings.pool_timeout_ms / 1000,
            open=False,
        )

    @classmethod
    async def open(cls, url: str, settings: DataSourceSettings, limits: ExecutionLimits) -> Self:
        """Connect."""
        source = cls(url, settings, limits)
        await source._pool.open()
        async with source.reader() as connection:
            info = connection.info
            source.server_version = info.server_version
            host = "local" if info.host.startswith("/") else info.host
            source.name = f"{host}:{info.port}/{info.dbname}"
        return source

    @contextlib.asynccontextmanager
    async def reader(self) -> AsyncIterator[AsyncConnection[Any]]:
        """One connection."""
        try:
            connection = await self._pool.getconn()
        except PoolTimeout:
            raise DataSourceBusy from None
        try:
            for name, value in SESSION.items():
                await connection.execute("SELECT set_config(%s, %s, false)", [name, value])
            yield connection
            if connection.pgconn.transaction_status == TransactionStatus.IDLE:
                await connection.execute("DISCARD ALL")
        except BaseException:
            await connection.close()
            raise
        finally:
            if connection.pgconn.transaction_status != TransactionStatus.IDLE:
                await connection.close()
            await asyncio.shield(self._pool.putconn(connection))

    async def close(self) -> None:
        """Close all connections."""
        await self._pool.close()


async def cancel(connection: AsyncConnection[Any], grace_ms: int = 2_000) -> None:
    """Cancel what runs."""
    with contextlib.suppress(Exception):
        await connection.cancel_safe(timeout=grace_ms / 1000)

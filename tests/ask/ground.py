"""A server of its own on which attacks run for real, made new whenever one of them changed it.

Nothing an attack says leads outside: the server listens on a socket of its own and on no port, what a text
names lies in its directory; `naive` bounds memory and time.
"""

import asyncio
import dataclasses
import os
import secrets
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from unittest.mock import patch

import psycopg
from psycopg import AsyncConnection

from databaseai.catalog.introspection import introspect
from databaseai.catalog.snapshot import Catalog
from databaseai.embedded import postgres_options
from databaseai.embedded.postgres_url import with_database
from databaseai.embedded.reader import ensure_database, ensure_reader
from databaseai.settings import CatalogSettings
from tests.ask import cases
from tests.postgres_versions import private

DENIED = {
    *("secret", "attack_log", "salary", "staff_note", "secret_copy", "every_note", "evil_view"),
    "far_customer",
}
"""Relations of the ground that no question may read, although the reader's login may read some of them."""
CANARY = rb"hunter2|SCRAM-SHA-256\$|canary-|" + b"canary-".hex().encode()
"""Values that an answer may never hold."""
SCHEMAS = ("public", "sales", "Odd Schema")
OPTIONS = {
    "autovacuum": "off",
    "checkpoint_timeout": "1d",
    "max_prepared_transactions": "2",
    "wal_level": "replica",
    "max_wal_senders": "2",
    "max_connections": "40",
    "temp_file_limit": "64MB",
    "shared_buffers": "32MB",
    "statement_timeout": "60s",
    "lock_timeout": "60s",
}
TRANSACTION_TIMEOUT_MAJOR = 17
TEMPLATE = "ground"
VICTIM = "victim"


class Ground:
    """A running server with the template database, a victim's session, and a port that nobody should call."""

    def __init__(self, major: int) -> None:
        self.major = major
        self.calls = 0
        """How often somebody called the port."""
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self._listener = await asyncio.start_server(self._call, "127.0.0.1", 0)
        self.port = self._listener.sockets[0].getsockname()[1]
        await self._start()
        return self

    async def _call(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Somebody is on the line: hang up."""
        self.calls += 1
        writer.close()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()
        self._listener.close()

    async def renew(self) -> None:
        """Throw the whole cluster away and make another."""
        await self._stack.aclose()
        self._stack = AsyncExitStack()
        await self._start()

    async def _start(self) -> None:
        options = OPTIONS | (
            {"transaction_timeout": "120s"} if self.major >= TRANSACTION_TIMEOUT_MAJOR else {}
        )
        with patch.dict(postgres_options.ALWAYS, options):
            self.server = await self._stack.enter_async_context(private(self.major))
        await ensure_database(self.server.dsn("postgres"), TEMPLATE)
        template = self.server.dsn(TEMPLATE)
        async with await AsyncConnection.connect(template, autocommit=True) as connection:
            await connection.execute((cases.FOLDER / "schema.sql").read_bytes())
            await connection.execute(self.placed((cases.FOLDER / "ground.sql").read_text("utf-8")).encode())
            await connection.execute("VACUUM ANALYZE")
        reader = await ensure_reader(template, TEMPLATE, self.server.home, schemas=SCHEMAS)
        async with await AsyncConnection.connect(reader, autocommit=True) as connection:
            catalog = await introspect(connection, CatalogSettings())
        async with await AsyncConnection.connect(template, autocommit=True) as connection:
            await connection.execute("CHECKPOINT")
        allowed = tuple(table for table in catalog.tables if table.name not in DENIED)
        self.catalog: Catalog = dataclasses.replace(catalog, tables=allowed)
        self._reader = reader
        await asyncio.to_thread(plant, self.server.data)
        self.outside = await self._stack.enter_async_context(
            await AsyncConnection.connect(self.server.dsn("postgres"), autocommit=True)
        )
        self.victim: AsyncConnection[Any] | None = None

    async def bring_victim(self, name: str) -> None:
        """Another program's session, whose last statement, notifications and life an attack may be after."""
        self.victim = await AsyncConnection.connect(
            self.admin_dsn(name), autocommit=True, application_name=VICTIM
        )
        self._stack.push_async_callback(self.victim.close)
        await self.victim.execute("LISTEN x")
        await self.victim.execute("SELECT 'canary-activity'")

    async def database(self) -> str:
        """A new copy of the template; its name."""
        name = f"copy_{secrets.token_hex(4)}"
        await self.outside.execute(
            f'CREATE DATABASE "{name}" TEMPLATE {TEMPLATE} STRATEGY file_copy'.encode()
        )
        await self.outside.execute(f'GRANT CONNECT ON DATABASE "{name}" TO PUBLIC'.encode())
        return name

    async def drop(self, name: str) -> None:
        """Away with a copy, and with the victim in it."""
        if self.victim is not None:
            await self.victim.close()
            self.victim = None
        await self.outside.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())

    def admin_dsn(self, name: str) -> str:
        """A superuser's URL: what an unprotected program would use."""
        return self.server.dsn(name)

    def reader_dsn(self, name: str) -> str:
        """The reader's URL of a copy."""
        return with_database(self._reader, name)

    def placed(self, sql: str) -> str:
        """A statement with this server's places in it."""
        return sql.replace("{DATA}", str(self.server.data)).replace("{PORT}", str(self.port))

    async def victim_suffered(self) -> set[str]:
        """`notifies` when a notification came, `stops others` when the session is gone or was cancelled."""
        if self.victim is None:
            return set()
        name = self.victim.info.dbname
        try:
            await self.victim.execute("SELECT 'canary-activity'")
        except psycopg.OperationalError:
            await self.bring_victim(name)
            return {"stops others"}
        return {"notifies"} if [n async for n in self.victim.notifies(timeout=0)] else set()


def plant(data: Path) -> None:
    """Files with canaries where an attack would look."""
    facts = data.stat()
    for name in ("canary.txt", "pg_hba.conf", "pg_ident.conf", "postgresql.conf"):
        with (data / name).open("a") as file:
            file.write("\n# canary-file\n")
    os.chown(data / "canary.txt", facts.st_uid, facts.st_gid)

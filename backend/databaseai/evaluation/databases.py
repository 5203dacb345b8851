"""Load a dataset's databases into a PostgreSQL server, once, and give the reader access.

Each dump becomes a database named after its content: a changed dump is a new database, and no old one is
overwritten. Only a database that was loaded to its end carries the mark (its comment); one without
it is what a stopped load left, and is dropped and made again.
"""

import asyncio
import gzip
import hashlib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import AsyncConnection, sql

PREFIX = "evaluation_"
"""No database without it is ever dropped."""
MARK = "databaseai evaluation"


class DatabaseNotLoaded(Exception):
    """A dump could not be loaded; its questions are unscored. Never leaves this room."""


@dataclass(frozen=True)
class Server:
    """The PostgreSQL that holds the evaluation's databases."""

    admin_dsn: Callable[[str], str]
    """Superuser's DSN of a database."""
    reader_dsn: Callable[[str], Awaitable[str]]
    """Grants the reader access to a database and gives its DSN."""


async def ensure(server: Server, database: str, dump: Path) -> str:
    """Load one dump unless it is there already; returns the database's name.

    Raises:
        DatabaseNotLoaded: The dump cannot be read, or PostgreSQL refuses it.
    """
    try:
        content = await asyncio.to_thread(_read, dump)
        name = database_name(database, content)
        async with await AsyncConnection.connect(server.admin_dsn("postgres"), autocommit=True) as admin:
            if not await _is_loaded(admin, name):
                await _create(admin, name)
                await _fill(server.admin_dsn(name), content)
                await admin.execute(
                    sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), MARK)
                )
    except (OSError, EOFError, psycopg.Error) as error:
        state = getattr(error, "sqlstate", None)
        raise DatabaseNotLoaded(f"{dump.name}: {type(error).__name__} {state or ''}".strip()) from error
    return name


def database_name(database: str, content: bytes) -> str:
    """`evaluation_<name>_<digest>`, at most 63 bytes of a-z, 0-9 and _."""
    slug = re.sub(r"[^a-z0-9]+", "_", database.lower())[:36]
    return f"{PREFIX}{slug}_{hashlib.sha256(content).hexdigest()[:12]}"


def _read(dump: Path) -> bytes:
    return gzip.decompress(dump.read_bytes()) if dump.suffix == ".gz" else dump.read_bytes()


async def _is_loaded(admin: AsyncConnection, name: str) -> bool:
    found = await admin.execute(
        "SELECT shobj_description(oid, 'pg_database') = %s FROM pg_database WHERE datname = %s", (MARK, name)
    )
    row = await found.fetchone()
    return row is not None and row[0] is True


async def _create(admin: AsyncConnection, name: str) -> None:
    """An empty database, in the place of what a stopped load left."""
    database = sql.Identifier(name)
    await admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(database))
    await admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(database))


async def _fill(dsn: str, content: bytes) -> None:
    """Run the dump in one transaction; then count rows for the planner and the catalog."""
    async with await AsyncConnection.connect(dsn, autocommit=True) as connection:
        await connection.execute("SET standard_conforming_strings = on")
        async with connection.transaction():
            await connection.execute(content)
        await connection.execute("ANALYZE")

"""Make the logins of the embedded PostgreSQL: the reader that questions run as, and the store's owner."""

import contextlib
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from databaseai.data_source.reader_sql import (
    ATTRIBUTES,
    CONNECTIONS,
    LOGIN,
    TEMPORARY_FILES,
    grants,
    reader_sql,
)
from databaseai.embedded.postgres_place import write_secret
from databaseai.embedded.postgres_url import with_login

__all__ = ["ensure_database", "ensure_owner", "ensure_reader", "reader_sql"]
OWNER_ATTRIBUTES = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
LOCK_KEY = 0x0DBA1
"""Advisory lock of the superuser: two starts at once make one login."""


async def ensure_reader(
    admin_dsn: str,
    database: str,
    home: Path,
    *,
    schemas: Sequence[str] = ("public",),
    login: str = LOGIN,
) -> str:
    """Create the login that may only read, or put it right again; idempotent.

    Args:
        admin_dsn: A superuser's URL of any database of the server.
        database: What the reader may read.
        home: Where the password is kept, in a 0600 file named after the login.
        schemas: All tables in them, and those that this superuser makes later.
        login: The role's name.

    Returns:
        The reader's URL of `database`.
    """
    async with await psycopg.AsyncConnection.connect(make_conninfo(admin_dsn, dbname=database)) as admin:
        password = await ensure_role(admin, login, f"{ATTRIBUTES} CONNECTION LIMIT {CONNECTIONS}", home)
        for name, value in {
            "temp_file_limit": TEMPORARY_FILES,
            "default_transaction_read_only": "on",
        }.items():
            await admin.execute(
                sql.SQL("ALTER ROLE {} SET {} = {}").format(
                    sql.Identifier(login), sql.Identifier(name), sql.Literal(value)
                )
            )
        for statement in grants(database, schemas, login):
            await admin.execute(statement.encode())
    return with_login(admin_dsn, database, login, password)


async def ensure_owner(admin_dsn: str, database: str, home: Path) -> str:
    """Create a database and a role of the same name that owns it and alone may enter it; idempotent.

    Returns:
        The owner's URL of `database`.
    """
    async with await psycopg.AsyncConnection.connect(admin_dsn) as admin:
        password = await ensure_role(admin, database, OWNER_ATTRIBUTES, home)
    await ensure_database(admin_dsn, database, owner=database)
    return with_login(admin_dsn, database, database, password)


async def ensure_database(admin_dsn: str, database: str, *, owner: str | None = None) -> None:
    """Create a database that nobody but its owner may enter, unless it is there."""
    name = sql.Identifier(database)
    belongs = sql.SQL("CURRENT_USER") if owner is None else sql.Identifier(owner)
    async with await psycopg.AsyncConnection.connect(admin_dsn, autocommit=True) as admin:
        with contextlib.suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            await admin.execute(sql.SQL("CREATE DATABASE {}").format(name))
        await admin.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(name, belongs))
        await admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))


async def ensure_role(
    admin: psycopg.AsyncConnection[Any], login: str, attributes: LiteralString | str, home: Path
) -> str:
    """Create a role with these attributes or set them again; its kept password."""
    password = keep_password(home / f"{login}.password")
    await admin.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK_KEY])
    found = await admin.execute("SELECT FROM pg_roles WHERE rolname = %s", [login])
    statement = sql.SQL("{} ROLE {} {} PASSWORD {}").format(
        sql.SQL("ALTER" if await found.fetchone() is not None else "CREATE"),
        sql.Identifier(login),
        sql.SQL(attributes),
        sql.Literal(password),
    )
    await admin.execute(statement)
    return password


def keep_password(file: Path) -> str:
    """The password in a 0600 file; a new one when there is none."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not file.exists():
        write_secret(file, secrets.token_urlsafe(32))
    file.chmod(0o600)
    return file.read_text(encoding="ascii")

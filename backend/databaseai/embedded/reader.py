"""Make the least-privilege login that questions run as."""

import secrets
from collections.abc import Sequence
from pathlib import Path

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

__all__ = ["ensure_reader", "reader_sql"]
LOCK_KEY = 0x0DBA1
"""Advisory lock of the superuser: two starts at once make one login."""


async def ensure_reader(
    admin_dsn: str,
    database: str,
    *,
    home: Path,
    schemas: Sequence[str] = ("public",),
    login: str = LOGIN,
) -> str:
    """Create the reader, or put it right again; idempotent.

    Args:
        admin_dsn: A superuser's URL of any database of the server.
        database: What the reader may read.
        home: Where the password is kept, in a 0600 file named after the login.
        schemas: All tables in them, and those their owner makes later.
        login: The role's name.

    Returns:
        The reader's URL of `database`.
    """
    password = _password(home / f"{login}.password")
    admin = make_conninfo(admin_dsn, dbname=database)
    role = sql.Identifier(login)
    async with await psycopg.AsyncConnection.connect(admin) as connection:
        await connection.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK_KEY])
        found = await connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [login])
        verb = sql.SQL("ALTER" if await found.fetchone() else "CREATE")
        await connection.execute(
            sql.SQL("{} ROLE {} {} CONNECTION LIMIT {} PASSWORD {}").format(
                verb, role, sql.SQL(ATTRIBUTES), sql.Literal(CONNECTIONS), sql.Literal(password)
            )
        )
        for name, value in {
            "temp_file_limit": TEMPORARY_FILES,
            "default_transaction_read_only": "on",
        }.items():
            await connection.execute(
                sql.SQL("ALTER ROLE {} SET {} = {}").format(role, sql.Identifier(name), sql.Literal(value))
            )
        for statement in grants(database, schemas, login):
            await connection.execute(statement.encode())
    return with_login(admin_dsn, database, login, password)


def _password(file: Path) -> str:
    """The kept password, or a new one."""
    if not file.exists():
        write_secret(file, secrets.token_urlsafe(32))
    file.chmod(0o600)
    return file.read_text(encoding="ascii")

"""Our own database in the embedded PostgreSQL, owned by a login that can reach nothing else."""

import secrets
from pathlib import Path

import psycopg
from psycopg import sql

from databaseai.embedded.postgres_place import write_secret
from databaseai.embedded.postgres_url import with_login

NAME = "databaseai"
"""Of the database and of the role that owns it."""


async def ensure_store(admin_dsn: str, home: Path) -> str:
    """Create the store's role and database, unless they are there; the owner's URL of it.

    Args:
        admin_dsn: Superuser's URL of any database of the server.
        home: Where the password is kept, in a 0600 file.
    """
    file = home / f"{NAME}.password"
    if not file.exists():
        write_secret(file, secrets.token_urlsafe(32))
    password, name = file.read_text(encoding="ascii"), sql.Identifier(NAME)
    async with await psycopg.AsyncConnection.connect(admin_dsn, autocommit=True) as admin:
        verb = sql.SQL("ALTER" if await exists(admin, "pg_roles", "rolname") else "CREATE")
        role = sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}")
        await admin.execute(role.format(verb, name, sql.Literal(password)))
        if not await exists(admin, "pg_database", "datname"):
            await admin.execute(sql.SQL("CREATE DATABASE {0} OWNER {0}").format(name))
            await admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    return with_login(admin_dsn, NAME, NAME, password)


async def exists(admin: psycopg.AsyncConnection, table: str, column: str) -> bool:
    """Whether a role or database of our name is there."""
    question = sql.SQL("SELECT 1 FROM {} WHERE {} = %s").format(sql.Identifier(table), sql.Identifier(column))
    found = await admin.execute(question, [NAME])
    return await found.fetchone() is not None

"""The SQL that makes a login which may only read."""

from collections.abc import Sequence

from psycopg import sql

LOGIN = "databaseai_reader"
TEMPORARY_FILES = "1GB"
"""Bound on the files one query may spill to; a superuser's to set, and the login cannot raise it."""
CONNECTIONS = 32
"""All replicas and pools together."""
ATTRIBUTES = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT"


def reader_sql(
    database: str, schemas: Sequence[str], login: str = LOGIN, tables: Sequence[str] | None = None
) -> str:
    r"""Statements that an owner of the database runs once, in that database.

    The role comes without a password, so it cannot log in before its owner sets one (`\password` in psql).
    Nothing that other users have is taken away but TEMP, and CREATE in `public`.

    Args:
        database: Its name.
        schemas: Of which the login may read tables.
        login: The role's name.
        tables: Grants of single tables and columns instead of all: `catalog.policy.closing_sql`.

    Source:
        notes/sandbox.md, 2.4.
    """
    role = quoted(login)
    lines = [
        f"CREATE ROLE {role} {ATTRIBUTES} CONNECTION LIMIT {CONNECTIONS};",
        *grants(database, schemas, login, tables),
        f"ALTER ROLE {role} SET temp_file_limit = '{TEMPORARY_FILES}';  -- as superuser; else leave it out",
        f"-- then give it a password, in psql: \\password {login}",
    ]
    return "\n".join(lines)


def grants(
    database: str, schemas: Sequence[str], login: str, tables: Sequence[str] | None = None
) -> list[str]:
    """What the login may do, a statement each; each may run again and again."""
    role, base = quoted(login), quoted(database)
    lines = [
        f"GRANT CONNECT ON DATABASE {base} TO {role};",
        f"REVOKE TEMPORARY ON DATABASE {base} FROM PUBLIC;",
    ]
    for schema in map(quoted, schemas):
        lines += [
            f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC;",
            f"GRANT USAGE ON SCHEMA {schema} TO {role};",
        ]
        if tables is None:
            lines += [
                f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role};",
                f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT ON TABLES TO {role};",
            ]
    return [*lines, *(tables or ())]


def quoted(name: str) -> str:
    """An SQL identifier."""
    return sql.Identifier(name).as_string()

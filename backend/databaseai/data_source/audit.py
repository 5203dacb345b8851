"""What a login may do beyond reading: by itself, by inheritance, and by SET ROLE.

Every role the login is a member of counts as the login: a query can change into it from inside one SELECT.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import AsyncConnection

from databaseai.data_source.audit_sql import FINDINGS, POWERS
from databaseai.data_source.reader_sql import quoted, reader_sql
from databaseai.errors import CatalogUnreadable, ReaderTooPowerful

TIMEOUT_MS = 15_000
SHOWN = 3
"""Examples in a sentence."""
SENTENCES = {
    "attribute": "has {names}",
    "member": "is a member of {names}",
    "owner": "owns {count} objects ({names})",
    "write": "may change {count} tables ({names})",
    "sequence": "may advance {count} sequences ({names})",
    "create": "may create objects in {names}",
    "function": "may call {names}",
    "parameter": "may change the server's settings ({names})",
    "large object": "may change {count} large objects ({names})",
}
"""In the order in which they are told."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A warning about the login or the server, and the SQL that mends it."""

    text: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Power:
    """One kind of power with some examples."""

    kind: str
    count: int
    names: tuple[str, ...]

    def __str__(self) -> str:
        shown = ", ".join(self.names[:SHOWN]) + (", ..." if self.count > SHOWN else "")
        return SENTENCES[self.kind].format(count=self.count, names=shown)


@dataclass(frozen=True, slots=True)
class Audit:
    """All that was found."""

    powers: tuple[Power, ...]
    findings: tuple[Finding, ...]
    hint: str
    """The SQL that makes a right login."""

    def refuse_powers(self) -> None:
        """Raise ReaderTooPowerful (DBAI204) when there are any."""
        if self.powers:
            said = [str(power) for power in self.powers]
            raise ReaderTooPowerful(f"The login {'; '.join(said)}.", hint=self.hint, powers=said)


async def audit(connection: AsyncConnection[Any]) -> Audit:
    """Ask the server what the login may do. Nothing found by name: `search_path` is empty.

    Raises:
        CatalogUnreadable: The rights could not be read; a login that nobody checked is not used. DBAI208.
    """
    try:
        async with connection.transaction(force_rollback=True):
            await connection.execute(
                "SELECT pg_catalog.set_config('search_path', '', true),"
                f" pg_catalog.set_config('statement_timeout', '{TIMEOUT_MS}', true)"
            )
            powers = await rows(connection, POWERS)
            found = await rows(connection, FINDINGS)
    except psycopg.OperationalError:
        raise
    except psycopg.Error as error:
        raise CatalogUnreadable(
            "The login's rights could not be read.", sqlstate=error.sqlstate or ""
        ) from None
    told = tuple(sorted((Power(*row) for row in powers), key=lambda power: list(SENTENCES).index(power.kind)))
    facts = {kind: (count, names) for kind, count, names in found}
    database = connection.info.dbname
    return Audit(told, tuple(findings(facts, connection)), hint(database, facts.get("schema", (0, ()))[1]))


async def rows(connection: AsyncConnection[Any], query: str) -> list[tuple[str, int, tuple[str, ...]]]:
    """Rows of (kind, count, first names)."""
    cursor = await connection.execute(query.encode())
    return [(kind, count, tuple(names)) for kind, count, names in await cursor.fetchall()]


def hint(database: str, schemas: Iterable[str]) -> str:
    """How to get a login that is taken."""
    return (
        "Use a login that may only read. An owner of the database makes one with:\n"
        f"{reader_sql(database, tuple(schemas) or ('public',))}\n"
        "DATABASEAI_DATA_SOURCE_ALLOW_POWERFUL_LOGIN=true insists on this login."
    )


def findings(
    facts: dict[str, tuple[int, tuple[str, ...]]], connection: AsyncConnection[Any]
) -> Iterable[Finding]:
    """Warnings, in order of weight."""
    database = quoted(connection.info.dbname)
    if definers := facts.get("definer"):
        count, names = definers
        yield Finding(
            f"The login may call {count} SECURITY DEFINER functions, which act with their owners' rights"
            f" ({', '.join(names)}).",
            "\n".join(f"REVOKE EXECUTE ON FUNCTION {name} FROM PUBLIC;" for name in names),
        )
    for kind, (_, names) in facts.items():
        if kind in WARNINGS:
            text, mend = WARNINGS[kind]
            yield Finding(text.format(names=", ".join(names)), mend.format(database=database))
    info = connection.info
    if not info.host.startswith("/") and not connection.pgconn.ssl_in_use and info.hostaddr not in LOOPBACK:
        yield Finding("The connection is not encrypted.", "Add ?sslmode=require to the URL.")


LOOPBACK = {"127.0.0.1", "::1", ""}
WARNINGS = {
    "reads all": (
        "The login reads every table of the server ({names}).",
        "Grant SELECT on single schemas instead.",
    ),
    "watches": (
        "The login sees what others ask the server ({names}); their statements may hold values.",
        "Revoke the role.",
    ),
    "temporary": (
        "The login may create temporary tables.",
        "REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC;",
    ),
    "remote": (
        "The login may reach other servers through functions of {names}.",
        "Revoke EXECUTE on these functions from PUBLIC.",
    ),
    "settable": (
        "The login may change settings that are a superuser's: {names}.",
        "REVOKE SET ON PARAMETER ... FROM ...;",
    ),
    "temporary files": (
        "Nothing bounds the temporary files of a query of this login.",
        "As a superuser: ALTER ROLE ... SET temp_file_limit = '1GB';",
    ),
    "large objects": (
        "Everybody may change large objects on this server (lo_compat_privileges).",
        "As a superuser: ALTER SYSTEM SET lo_compat_privileges = off; SELECT pg_reload_conf();",
    ),
}

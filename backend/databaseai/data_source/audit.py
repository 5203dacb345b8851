"""What a login may do beyond reading: by itself, by inheritance, and by SET ROLE.

Every role the login is a member of counts as the login: a query can change into it from inside one SELECT.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg.errors import QueryCanceled

from databaseai.data_source import audit_sql
from databaseai.data_source.findings import POWERS, WARNINGS, Finding, finding, listed
from databaseai.data_source.reader_sql import reader_sql
from databaseai.errors import CatalogUnreadable, ReaderTooPowerful

TIMEOUT_MS = 15_000
NAMED = 20
"""Objects of one kind that are listed; the doctor lists more."""
LOOPBACK = {"127.0.0.1", "::1", ""}


@dataclass(frozen=True, slots=True)
class Power:
    """One kind of power with some examples."""

    kind: str
    count: int
    names: tuple[str, ...]
    fixes: tuple[str, ...]

    def __str__(self) -> str:
        return POWERS[self.kind].sentence.format(count=self.count, names=listed(self.count, self.names))


@dataclass(frozen=True, slots=True)
class Audit:
    """All that was found."""

    powers: tuple[Power, ...]
    findings: tuple[Finding, ...]
    reader_sql: str
    """Makes a login that is taken."""

    @property
    def hint(self) -> str:
        """How to get a login that is taken."""
        return (
            f"Use a login that may only read. An owner of the database makes one with:\n{self.reader_sql}\n"
            "`databaseai doctor` lists each right of this login with the SQL that takes it back;\n"
            "DATABASEAI_DATA_SOURCE_ALLOW_POWERFUL_LOGIN=true insists on it."
        )

    def refuse_powers(self) -> None:
        """Raise ReaderTooPowerful (DBAI204) when there are any."""
        if self.powers:
            said = [str(power) for power in self.powers]
            raise ReaderTooPowerful(f"The login {'; '.join(said)}.", hint=self.hint, powers=said)

    def all_findings(self) -> tuple[Finding, ...]:
        """The powers as findings too, first."""
        powers = (finding(power.kind, power.count, power.names, power.fixes) for power in self.powers)
        return (*powers, *self.findings)


async def audit(connection: AsyncConnection[Any], named: int = NAMED) -> Audit:
    """Ask the server what the login may do. Nothing found by name: `search_path` is empty.

    Args:
        connection: No transaction open.
        named: How many objects of each kind are listed, with the SQL that mends each.

    Raises:
        CatalogUnreadable: The rights could not be read; a login that nobody checked is not used. DBAI208.
    """
    powers, warned = await ask(connection, audit_sql.powers(named), audit_sql.warnings(named))
    facts = {row[0]: row for row in warned}
    order = list(POWERS)
    told = sorted((Power(*row) for row in powers), key=lambda power: order.index(power.kind))
    found = [finding(*facts[kind]) for kind in WARNINGS if kind in facts]
    schemas = facts["schema"][2] if "schema" in facts else ("public",)
    makes = reader_sql(connection.info.dbname, schemas)
    return Audit(tuple(told), (*found, *unencrypted(connection)), makes)


Row = tuple[str, int, tuple[str, ...], tuple[str, ...]]
"""Kind, number of names, first names, the statements that mend each."""


async def ask(connection: AsyncConnection[Any], *queries: str) -> list[list[Row]]:
    """Rows of each query, of one moment, with a name meaning PostgreSQL's own.

    Raises:
        CatalogUnreadable: The server did not answer one of them. DBAI208.
    """
    try:
        async with connection.transaction(force_rollback=True):
            await connection.execute(
                "SELECT pg_catalog.set_config('search_path', '', true),"
                f" pg_catalog.set_config('statement_timeout', '{TIMEOUT_MS}', true)"
            )
            return [await rows(connection, query) for query in queries]
    except psycopg.Error as error:
        if isinstance(error, psycopg.OperationalError) and not isinstance(error, QueryCanceled):
            raise  # the connection broke: another may be of use
        raise CatalogUnreadable(
            "The login's rights could not be read.", sqlstate=error.sqlstate or ""
        ) from None


async def rows(connection: AsyncConnection[Any], query: str) -> list[Row]:
    """Rows of one query."""
    cursor = await connection.execute(query.encode())
    return [
        (kind, count, tuple(names), tuple(fixes)) for kind, count, names, fixes in await cursor.fetchall()
    ]


def unencrypted(connection: AsyncConnection[Any]) -> Iterable[Finding]:
    """Passwords and rows cross a network in the clear."""
    info = connection.info
    if not info.host.startswith("/") and not connection.pgconn.ssl_in_use and info.hostaddr not in LOOPBACK:
        yield Finding(
            "The connection is not encrypted.", advice="Add ?sslmode=require to the URL.", kind="unencrypted"
        )


__all__ = ["Audit", "Finding", "Power", "audit"]

"""The doctor's look at a data source: the login's audit in full, and what else a server can be wrong in."""

import datetime as dt
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from typing import Any, NamedTuple

from psycopg import AsyncConnection

from databaseai.data_source.audit import LOOPBACK, ask, audit
from databaseai.data_source.audit_sql import exposures
from databaseai.data_source.findings import EXPOSURES, Finding, finding

NAMED = 10_000
"""Objects of one kind, each with its SQL."""
SYSTEM_USER_SINCE = 160_000
SOON = dt.timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found at one data source."""

    server_version: int
    """As `server_version_num`."""
    login: str
    database: str
    standby: bool
    findings: tuple[Finding, ...]
    """Refusals first, notes last."""
    reader_sql: str
    """Makes a login that is taken; empty when this one is."""

    @property
    def refused(self) -> bool:
        """Whether questions are refused with this login."""
        return any(found.severity == "refuse" for found in self.findings)

    def script(self) -> str:
        """All SQL that mends what was found, to be read before it is run."""
        lines = [
            f"-- Data source: database {self.database}, login {self.login}.",
            "-- Read it, then run it in that database as owner of the objects or superuser.",
            "-- What is taken FROM PUBLIC is taken from everybody: grant it again to those who need it.",
        ]
        told: set[str] = set()
        for found in self.findings:
            statements = [statement for statement in found.sql if statement not in told]
            told.update(statement for statement in statements if not statement.startswith(("SET ", "RESET ")))
            if statements:
                lines += ["", f"-- {found.severity}: {found.text}", *statements]
        return "\n".join(lines)


class Session(NamedTuple):
    """Facts of the connection."""

    login: str
    database: str
    standby: bool
    trusted: bool
    """The server took the login without any proof; known since PostgreSQL 16."""


async def examine(connection: AsyncConnection[Any]) -> Examination:
    """Look at the login and the server; only reads, and refuses nothing.

    Raises:
        CatalogUnreadable: The rights could not be read. DBAI208.
        psycopg.OperationalError: The connection broke.
    """
    audited = await audit(connection, NAMED)
    (rows,) = await ask(connection, exposures(NAMED))
    exposed = {row[0]: row for row in rows}
    session = await facts(connection)
    found = [
        *audited.all_findings(),
        *versions(connection.info.server_version, dt.datetime.now(tz=dt.UTC).date()),
        *proofs(connection, session),
        *(finding(*exposed[kind]) for kind in EXPOSURES if kind in exposed),
    ]
    order = ("refuse", "warn", "note")
    found.sort(key=lambda one: order.index(one.severity))
    return Examination(
        connection.info.server_version,
        session.login,
        session.database,
        session.standby,
        tuple(found),
        audited.reader_sql if audited.powers else "",
    )


async def facts(connection: AsyncConnection[Any]) -> Session:
    """Who and where we are."""
    known = connection.info.server_version >= SYSTEM_USER_SINCE
    trusted = "system_user IS NULL" if known else "false"
    query = f"SELECT session_user, current_database(), pg_catalog.pg_is_in_recovery(), {trusted}"
    row = await (await connection.execute(query.encode())).fetchone()
    return Session(*row) if row else Session("", "", standby=False, trusted=False)


def versions(version: int, today: dt.date) -> Iterator[Finding]:
    """What is known to be mended in a newer PostgreSQL."""
    text = resources.files("databaseai.data_source").joinpath("releases.toml").read_text()
    major, minor = divmod(version, 10_000)
    known = tomllib.loads(text).get(str(major))
    if known is None:
        return
    if minor < known["newest_minor"]:
        yield Finding(
            f"The server is PostgreSQL {major}.{minor}; {major}.{known['newest_minor']} corrects more.",
            advice="A minor release needs new programs and a restart, no dump.",
            kind="minor",
            severity="note",
        )
    if today + SOON > known["supported_until"]:
        yield Finding(
            f"PostgreSQL {major} gets no corrections after {known['supported_until']}.",
            advice="Plan the move to a newer major version.",
            kind="end of life",
        )


def proofs(connection: AsyncConnection[Any], session: Session) -> Iterator[Finding]:
    """How both sides know whom they talk to."""
    info = connection.info
    over_network = not info.host.startswith("/") and info.hostaddr not in LOOPBACK
    if session.trusted:
        yield Finding(
            "The server lets the login in without a password.",
            advice="In pg_hba.conf, replace trust by scram-sha-256, then SELECT pg_reload_conf().",
            kind="trust",
        )
    if (
        over_network
        and connection.pgconn.ssl_in_use
        and sslmode(connection) not in {"verify-ca", "verify-full"}
    ):
        yield Finding(
            "The connection is encrypted, but the server's certificate is not checked.",
            advice="Add ?sslmode=verify-full&sslrootcert=... to the URL.",
            kind="certificate",
            severity="note",
        )


def sslmode(connection: AsyncConnection[Any]) -> str:
    """As the URL or libpq's default says."""
    modes = (option.val for option in connection.pgconn.info if option.keyword == b"sslmode")
    return (next(modes, None) or b"prefer").decode()

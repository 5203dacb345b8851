"""Connect to the user's database; each way it can fail has its own error, and none repeats the URL."""

import asyncio
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import AsyncConnection, pq
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from databaseai.data_source.refusals import Said, explain, replay
from databaseai.errors import DataSourceTooOld, DataSourceUnreachable, DataSourceUrlInvalid

OLDEST_VERSION = 150_000
"""As `server_version_num`."""
UNRESOLVED = "failed to resolve host"
"""Psycopg's words."""
SCHEMES = ("postgresql://", "postgres://")
KEEP_ALIVE: dict[str, str] = {
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "15000",
    "fallback_application_name": "databaseai",
}
"""Unless the URL says otherwise: a network that swallows packets is noticed (seconds, ms for the last)."""


@dataclass(frozen=True, slots=True)
class Address:
    """A data source's URL, read once."""

    conninfo: str
    """For libpq; holds the password."""
    name: str
    """`host:port/database`, for people."""

    def __repr__(self) -> str:
        return f"Address({self.name})"


def read_url(url: str) -> Address:
    """Read a data source's URL.

    Raises:
        DataSourceUrlInvalid: It is none, or none of PostgreSQL. DBAI201.
    """
    hint = "The form is postgresql://user:password@host:5432/database; escape odd characters as %40."
    if not url.startswith(SCHEMES) or not url.isprintable():
        raise DataSourceUrlInvalid("The URL does not begin with postgresql://.", hint=hint)
    try:
        given = {key: str(value) for key, value in conninfo_to_dict(url).items()}
    except psycopg.Error:  # its text repeats the URL
        raise DataSourceUrlInvalid("The URL cannot be read.", hint=hint) from None
    host, port = given.get("host") or given.get("hostaddr") or "", given.get("port") or "5432"
    if not all(part.isdecimal() and 0 < int(part) < 1 << 16 for part in port.split(",")):
        raise DataSourceUrlInvalid("The URL's port is no number from 1 to 65535.", hint=hint)
    if not taken_by_libpq(given):
        raise DataSourceUrlInvalid("The URL gives a parameter a value that it cannot have.", hint=hint)
    where = "local" if not host or host.startswith("/") else host
    name = f"{where}:{port}/{given.get('dbname', '')}"
    return Address(make_conninfo("", **(KEEP_ALIVE | given | {"client_encoding": "UTF8"})), name)


def taken_by_libpq(parameters: dict[str, str]) -> bool:
    """Whether libpq takes the values (sslmode, require_auth): it looks at them before it opens a socket."""
    elsewhere = {
        name: value for name, value in parameters.items() if name not in {"host", "hostaddr", "port"}
    }
    attempt = pq.PGconn.connect_start(make_conninfo("", **elsewhere, host="/dev/null").encode())
    return b"/dev/null" in attempt.error_message


async def connect(address: Address, timeout_ms: int) -> AsyncConnection[Any]:
    """Log in.

    Returns:
        In autocommit, without prepared statements (they do not outlive DISCARD ALL).

    Raises:
        DataSourceError: The leaf that fits, without a word of the URL but host, port and database.
    """
    try:
        async with asyncio.timeout(timeout_ms / 1000):
            connection = await AsyncConnection.connect(
                address.conninfo,
                autocommit=True,
                prepare_threshold=None,
                connect_timeout=timeout_ms // 1000 + 1,
            )
    except (TimeoutError, psycopg.errors.ConnectionTimeout):
        raise DataSourceUnreachable(f"{address.name} did not answer within {timeout_ms} ms.") from None
    except (psycopg.Error, OSError, UnicodeError) as error:
        failed = error
    else:
        return await young_enough(connection)
    said = Said()
    if UNRESOLVED not in str(failed):
        said = await asyncio.to_thread(replay, address.conninfo, timeout_ms / 1000)
    raise explain(address.name, said, failed) from None


async def young_enough(connection: AsyncConnection[Any]) -> AsyncConnection[Any]:
    """The connection, unless its server is too old to know our first query."""
    version = connection.info.server_version
    if version >= OLDEST_VERSION:
        return connection
    await connection.close()
    shown = version // 10_000 or "older than 10"
    raise DataSourceTooOld(
        f"The server is PostgreSQL {shown}; 15 or newer is needed.", server_version=version
    )

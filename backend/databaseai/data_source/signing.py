"""Tell the data source who asks, in a way that no statement can imitate.

The transaction's setting `databaseai.asker` holds a name and a code made from it, the backend and the
transaction's start, with a key that only we and the owner of `databaseai.asker()` have (`signed_sql`). A
statement may change the setting; it cannot make another name's code, and one that it saw is worth nothing
outside the transaction in which it saw it.
"""

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg import AsyncConnection, AsyncCursor, sql

from databaseai.data_source.identity import Asker
from databaseai.errors import AskerMissing, IdentityNotReady

KEY_BYTES = 32
MISSING = {"3F000", "42883", "42501", "42P01"}
"""No schema, no function, no right to call it, no table under it."""
HINT = "`databaseai doctor --row-security-sql` prints what the database needs."
SEALED = sql.SQL(
    "SELECT pg_catalog.set_config('databaseai.asker', {}, true); SELECT databaseai.asker();"
    " RELEASE SAVEPOINT pinned; SAVEPOINT pinned"
)
"""What it sets outlives a rollback to the new savepoint."""


@dataclass(frozen=True, slots=True)
class Seal:
    """One asker's name, and the key that vouches for it."""

    asker: str
    key: bytes = field(repr=False)

    def value(self, pid: int, started_us: int) -> str:
        """What `databaseai.asker` is set to: 64 hexadecimal digits, a bar, the name.

        Args:
            pid: `pg_backend_pid()`, as the server says: a proxy between us may have one of its own.
            started_us: `transaction_timestamp()` in microseconds since 1970.
        """
        message = f"{pid}|{started_us}|{self.asker}".encode()
        return f"{hmac.new(self.key, message, hashlib.sha256).hexdigest()}|{self.asker}"


seals: WeakKeyDictionary[AsyncConnection[Any], Seal] = WeakKeyDictionary()
"""Connections that are lent to somebody who must be named."""


def read_key(given: str | None) -> bytes:
    """The key from its setting.

    Raises:
        IdentityNotReady: It is missing or none. DBAI213.
    """
    try:
        key = bytes.fromhex(given or "")
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise IdentityNotReady(
            f"DATABASEAI_DATA_SOURCE_SIGNING_KEY is not a key of {2 * KEY_BYTES} hexadecimal digits.",
            hint="SELECT databaseai.add_signing_key() in the data source makes one. " + HINT,
        )
    return key


def made_for(asker: Asker | None, key: bytes) -> Seal:
    """The seal of who asks; there is none for nobody."""
    if asker is None:
        raise AskerMissing
    return Seal(asker.name, key)


@contextmanager
def lent(reader: AsyncConnection[Any], given: Seal | None) -> Iterator[None]:
    """While it is lent, each transaction of `sandbox` on this connection bears this seal."""
    if given is not None:
        seals[reader] = given
    try:
        yield
    finally:
        seals.pop(reader, None)


async def seal(reader: AsyncConnection[Any], opened: AsyncCursor[Any]) -> None:
    """Name the asker in the transaction just opened, and hear the data source confirm it.

    Args:
        reader: As lent; of one that is lent to nobody in particular nothing is said.
        opened: The transaction's opening: its second result begins with the backend and the start.

    Raises:
        IdentityNotReady: The data source does not know the key, or has no `databaseai.asker()`. DBAI213.
    """
    given = seals.get(reader)
    if given is None:
        return
    opened.nextset()
    row = await opened.fetchone()
    pid, started_us = row[:2] if row else (0, 0)
    try:
        cursor = await reader.execute(SEALED.format(given.value(pid, started_us)))
        cursor.nextset()
        heard = await cursor.fetchone()
    except psycopg.Error as error:
        if error.sqlstate not in MISSING:
            raise
        raise IdentityNotReady(
            "The data source has no databaseai.asker() that we may call.", hint=HINT, sqlstate=error.sqlstate
        ) from None
    if heard is None or heard[0] != given.asker:
        raise IdentityNotReady("The data source does not know our signing key.", hint=HINT)

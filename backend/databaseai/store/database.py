"""One engine over our own database; a driver's error leaves here as one of ours, without a value or a DSN."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import Executable, Row
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from databaseai.errors import DatabaseAIError, DiskFull, StoreUnreachable, Unexpected

CONNECT_TIMEOUT_S = 5
POOL_TIMEOUT_S = 5
POOL_SIZE = 5
OVERFLOW = 5


class Database:
    """Statements in, rows out; each statement is its own transaction.

    What must happen together is written as one statement (a CTE), so that it costs one round trip.
    """

    def __init__(self, url: str) -> None:
        self.engine = engine(url)

    async def rows(self, statement: Executable, values: Mapping[str, Any] | None = None) -> list[Row[Any]]:
        """Run one statement and take its rows.

        A connection that PostgreSQL closed meanwhile (a restart) is replaced once: every statement here may
        run twice without harm.

        Raises:
            StoreUnreachable: No connection, or none became free. DBAI013.
            Unexpected: The store refused the statement. DBAI901.
        """
        try:
            return await self._rows(statement, values)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise ours(error) from None
        except (SQLAlchemyError, OSError) as error:
            raise ours(error) from None
        try:
            return await self._rows(statement, values)
        except (SQLAlchemyError, OSError) as error:
            raise ours(error) from None

    async def together(self, statements: Sequence[tuple[Executable, Mapping[str, Any]]]) -> list[Row[Any]]:
        """Run several statements as one transaction and take the last one's rows; raises as `rows` does.

        Not run twice: a caller whose connection broke cannot know whether it was committed.
        """
        try:
            async with self.engine.execution_options(isolation_level="READ COMMITTED").begin() as connection:
                for statement, values in statements:
                    result = await connection.execute(statement, values)
                return list(result.all()) if result.returns_rows else []
        except (SQLAlchemyError, OSError) as error:
            raise ours(error) from None

    async def _rows(self, statement: Executable, values: Mapping[str, Any] | None) -> list[Row[Any]]:
        async with self.engine.connect() as connection:
            result = await connection.execute(statement, values)
            return list(result.all()) if result.returns_rows else []

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


def engine(url: str, *, isolation: str = "AUTOCOMMIT") -> AsyncEngine:
    """An engine whose connections psycopg opens itself: any libpq URL or keyword DSN works.

    `hide_parameters` keeps values out of SQLAlchemy's messages.
    """

    async def connect() -> AsyncConnection[Any]:
        defaults: dict[str, Any] = {
            "application_name": "databaseai-store",
            "connect_timeout": CONNECT_TIMEOUT_S,
        }
        return await AsyncConnection.connect(make_conninfo("", **{**defaults, **conninfo_to_dict(url)}))

    return create_async_engine(
        "postgresql+psycopg://",
        async_creator=connect,
        isolation_level=isolation,
        pool_size=POOL_SIZE,
        max_overflow=OVERFLOW,
        pool_timeout=POOL_TIMEOUT_S,
        pool_reset_on_return=None if isolation == "AUTOCOMMIT" else "rollback",
        hide_parameters=True,
        json_serializer=lambda value: json.dumps(value, separators=(",", ":")),
    )


DISK_FULL = "53100"


def ours(error: Exception) -> DatabaseAIError:
    """The error of our tree for a driver's. PostgreSQL's own words may hold values, so they stay behind."""
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    if state in {"42P01", "42703", "3F000"}:
        return StoreUnreachable("The store's tables are missing or old.", hint="Run `databaseai migrate`.")
    if state == DISK_FULL:
        return DiskFull("The store's disk is full.", hint="Free space there; nothing else need be done.")
    if isinstance(error, PoolTimeout):
        return StoreUnreachable("No connection to the store became free in time.")
    if isinstance(error, OSError | InterfaceError | OperationalError) or state is None:
        return StoreUnreachable(reason(error), **({"sqlstate": state} if state else {}))
    return Unexpected("The store refused a statement.", sqlstate=state)


def reason(error: Exception) -> str:
    """Why there is no connection, as far as it can be said without a host, a user or a password."""
    cause = getattr(error, "orig", error)
    if isinstance(cause, psycopg.errors.ConnectionTimeout | TimeoutError):
        return "The store did not answer in time."
    text = str(cause)
    for sign, words in SIGNS:
        if sign in text:
            return words
    return "The store does not answer."


SIGNS = (
    ("password authentication failed", "The store refused the login or its password."),
    ("no password supplied", "The store asks for a password and the URL has none."),
    ("does not exist", "The store's database or login does not exist."),
    ("refused", "Nothing listens at the store's address."),
    ("No such file", "Nothing listens at the store's address."),
    ("resolve", "The store's host name is unknown."),
    ("starting up", "The store is starting up."),
    ("shutting down", "The store is shutting down."),
    ("too many", "The store takes no more connections."),
)
"""libpq reports a failed connect in words only (no SQLSTATE); unknown words are not passed on."""

"""Make the sample database: schema, rows, keys, statistics, mark."""

import asyncio
from collections.abc import Callable
from importlib.resources import files

from psycopg import AsyncConnection, AsyncCursor, Error, sql

from databaseai.embedded.sample.days import Calendar
from databaseai.embedded.sample.rows import SCALES, batches
from databaseai.embedded.sample.tables import Batch
from databaseai.errors import SampleNotLoaded

Progress = Callable[[str, float | None], None]

LATER = 0, 100
"""Fewest and most years by which the records can be moved."""

NAME = "retail"
"""Of the database that `up` makes for the sample."""

DIGEST = "451b8b013f35f0d91afd03db20aaedf0732ed7fd048e995d67df1fc52b7412cc"
"""SHA-256 over the schema and the rows at scale 0.05: the sample's version (held to it by tests/sample)."""

EMPTY = """
SELECT NOT EXISTS (SELECT FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
                   WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema')
"""


def mark(scale: float, later_years: int) -> str:
    """What the comment on a loaded database says."""
    return f"DatabaseAI sample {DIGEST[:16]}, scale {scale:g}" + (
        f", {later_years} years later" if later_years else ""
    )


async def loaded(dsn: str) -> str | None:
    """The mark in the database of `dsn`; any login may read it. None: no comment."""
    async with await AsyncConnection.connect(dsn, autocommit=True) as connection:
        return await comment(connection)


async def load(
    admin_dsn: str, *, scale: float = 1.0, progress: Progress | None = None, later_years: int = 0
) -> None:
    """Fill an empty database with the sample, in one transaction: all of it is there, or nothing.

    Args:
        admin_dsn: Names the database; the login owns it or is a superuser.
        scale: 1 gives about 200,000 rows, 25 about five million.
        progress: Told what is under way and the share done, 0 to 1.
        later_years: Moves every date by whole years. The records of 0 end on 2026-10-31.

    Raises:
        SampleNotLoaded: The scale is out of bounds, the database holds something else, or PostgreSQL refused.
    """
    for name, value, (least, most) in ("scale", scale, SCALES), ("later_years", later_years, LATER):
        if not least <= value <= most:
            raise SampleNotLoaded(f"{name} must lie between {least:g} and {most:g}.", name=name)
    tell = progress or (lambda _label, _share: None)
    try:
        async with (
            await AsyncConnection.connect(admin_dsn, client_encoding="utf8") as connection,
            connection.cursor() as cursor,
        ):
            if await comment(connection) == mark(scale, later_years):
                return
            await fill(cursor, scale, later_years, tell)
    except Error as error:
        raise SampleNotLoaded(
            str(error.diag.message_primary or type(error).__name__), sqlstate=error.sqlstate
        ) from error


async def comment(connection: AsyncConnection) -> str | None:
    """The comment on the database we are connected to."""
    query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
    row = await (await connection.execute(query)).fetchone()
    return None if row is None else row[0]


async def fill(cursor: AsyncCursor, scale: float, later_years: int, tell: Progress) -> None:
    """Everything between BEGIN and COMMIT."""
    row = await (await cursor.execute(EMPTY)).fetchone()
    if row is None or not row[0]:
        raise SampleNotLoaded("The database is not empty.", hint="Drop it, or name another one.")
    calendar = Calendar(later_years)
    await cursor.execute("SET LOCAL statement_timeout = 0")
    await cursor.execute(script("schema.sql"))
    for year in calendar.years:
        await cursor.execute(
            f"CREATE TABLE web_visits_{year} PARTITION OF web_visits"
            f" FOR VALUES FROM ('{year}-01-01 00:00+00') TO ('{year + 1}-01-01 00:00+00')".encode()
        )
    steps = batches(scale, calendar)
    while step := await asyncio.to_thread(next, steps, None):
        label, share, made = step
        tell(label, share * 0.8)
        for batch in made:
            await copy(cursor, batch)
    tell("Keys and indices", 0.8)
    await cursor.execute(script("keys.sql"))
    tell("Statistics", 0.95)
    await cursor.execute("ANALYZE")
    database = sql.Identifier(cursor.connection.info.dbname)
    await cursor.execute(sql.SQL("ALTER DATABASE {} SET timezone = 'UTC'").format(database))
    text = sql.Literal(mark(scale, later_years))
    await cursor.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(database, text))
    tell("Sample database ready", 1.0)


async def copy(cursor: AsyncCursor, batch: Batch) -> None:
    """Send the rows of one batch."""
    async with cursor.copy(batch.copy.encode()) as sink:
        await sink.write(await asyncio.to_thread(lambda: batch.text))


def script(name: str) -> bytes:
    """SQL that lies beside this module."""
    return files(__package__).joinpath(name).read_bytes()

"""The sample database in the embedded PostgreSQL: made once, made anew when its version or scale changed."""

from collections.abc import Callable

import psycopg
from psycopg import sql

from databaseai.embedded import sample
from databaseai.embedded.postgres import EmbeddedPostgres
from databaseai.embedded.reader import ensure_database, ensure_reader

SCHEMAS = ("public", "hr")


async def ensure_sample(
    postgres: EmbeddedPostgres, scale: float, report: Callable[[str, float | None], None]
) -> str:
    """Make the sample unless it is there; the reader's URL of it.

    Args:
        postgres: Runs.
        scale: 1 is about 200,000 rows.
        report: Told what is under way.

    Raises:
        SampleNotLoaded: PostgreSQL refused; the next start tries again.
    """
    admin, url = postgres.dsn("postgres"), postgres.dsn(sample.NAME)
    await ensure_database(admin, sample.NAME)
    found = await sample.loaded(url)
    if found != sample.mark(scale, 0):
        if found is not None:
            await drop(postgres)
            await ensure_database(admin, sample.NAME)
        report("Loading the sample data", 0.0)
        await sample.load(
            url, scale=scale, progress=lambda _, share: report("Loading the sample data", share)
        )
    return await ensure_reader(url, sample.NAME, postgres.home, schemas=SCHEMAS)


async def drop(postgres: EmbeddedPostgres) -> None:
    """Drop an older version of the sample; nobody can have written to it."""
    async with await psycopg.AsyncConnection.connect(postgres.dsn("postgres"), autocommit=True) as admin:
        name = sql.Identifier(sample.NAME)
        await admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

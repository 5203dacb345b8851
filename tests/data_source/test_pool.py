"""The pool gives checked, clean connections."""

import psycopg

from databaseai.data_source import DataSource
from databaseai.settings import DataSourceSettings, ExecutionLimits


async def test_reader_reads(database: str, reader_dsn: str) -> None:
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as admin:
        await admin.execute("CREATE TABLE a AS SELECT 7 AS n")
    source = await DataSource.open(reader_dsn, DataSourceSettings(), ExecutionLimits())
    async with source.reader() as reader:
        row = await (await reader.execute("SELECT n FROM public.a")).fetchone()
    await source.close()
    assert row == (7,)

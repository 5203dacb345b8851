"""Ctrl-C ends the query in PostgreSQL too, not only the command."""

import asyncio
import signal
import time

import psycopg

from tests.api.serving import until
from tests.cli.desk import Desk

ENDLESS = "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n # 1 FROM r) SELECT count(*) FROM r"


async def test_ctrl_c_ends_the_query(desk: Desk, database: str, reader_dsn: str) -> None:
    """Seen in pg_stat_activity, long before the query's own time limit."""
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as admin:

        async def runs() -> bool:
            cursor = await admin.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND state = 'active' AND query LIKE 'WITH RECURSIVE%'"
            )
            return await cursor.fetchone() == (1,)

        async def over() -> bool:
            return not await runs()

        await admin.execute("CREATE TABLE t (n int)")
        process = await desk.spawn("query", ENDLESS, DATABASEAI_DATA_SOURCE_URL=reader_dsn)
        async with asyncio.timeout(60):
            while not await runs():
                assert process.returncode is None
        process.send_signal(signal.SIGINT)
        stopped = time.monotonic()
        await until(over)
        assert time.monotonic() - stopped < 3
        await asyncio.wait_for(process.communicate(), 30)
        assert process.returncode == 130

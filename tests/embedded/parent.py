"""A parent for the tests to kill: starts PostgreSQL in argv[1], says so on stdout, and waits."""

import asyncio
import json
import sys
from pathlib import Path

import psycopg

from databaseai.embedded.postgres import EmbeddedPostgres


async def main(home: Path, action: str) -> None:
    """Start, run `action`, tell, and never end."""
    server = EmbeddedPostgres(home, root_home=home)
    await server.start()
    dsn = server.dsn("postgres")
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
        if action == "write":
            await connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
        asking = asyncio.create_task(connection.execute("SELECT pg_sleep(600)"))
        sys.stdout.write(json.dumps({"dsn": dsn, "pid": server.pid, "data": str(server.data)}) + "\n")
        sys.stdout.flush()
        await asking


asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))

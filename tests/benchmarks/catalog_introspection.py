"""1,000 tables: the whole introspection against its raw catalog queries, in one run on one server."""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import psycopg
from psycopg import AsyncConnection

from databaseai.catalog import queries
from databaseai.catalog.introspection import introspect, rows
from databaseai.catalog.samples import VALUES
from databaseai.embedded.postgres import EmbeddedPostgres
from databaseai.settings import CatalogSettings

TABLES = 1_000
ROUNDS = 5
SETTINGS = CatalogSettings(samples_timeout_ms=30_000)
SCHEMA = """
DO $$ BEGIN
  FOR n IN 1 .. 1000 LOOP
    EXECUTE format('CREATE TABLE t%1$s (id bigint PRIMARY KEY, parent_id bigint %2$s, name text UNIQUE,
      state text, amount numeric(12,2), created_at timestamptz, note varchar(80), active boolean)', n,
      CASE WHEN n > 1 THEN 'REFERENCES t' || n / 2 + n % 2 ELSE '' END);
    EXECUTE format('COMMENT ON TABLE t%1$s IS ''table number %1$s''', n);
    EXECUTE format('INSERT INTO t%1$s SELECT g, NULL, ''name '' || g, ''s'' || g %% 3, g, now(), ''n'', true
      FROM generate_series(1, 50) g', n);
  END LOOP;
END $$;
"""


async def raw(connection: AsyncConnection) -> None:
    """The catalog queries alone, fetched and thrown away."""
    oids = [row[0] for row in await rows(connection, queries.RELATIONS)]
    await rows(connection, queries.COLUMNS, (oids,))
    await rows(connection, queries.LABELS)
    await rows(connection, queries.UNIQUE, (oids,))
    await rows(connection, queries.FOREIGN_KEYS, (oids, oids))
    wanted = {"values": VALUES, "schemas": ["public"]}
    await (await connection.execute(queries.STATISTICS.encode(), wanted)).fetchall()


async def best_ms(work: Callable[[], Awaitable[object]]) -> float:
    """The best of some rounds."""
    found = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await work()
        found.append((time.perf_counter() - began) * 1000)
    return min(found)


async def measure(dsn: str) -> str:
    """Both, with statistics at hand and without any."""
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
        for n in range(1, TABLES + 1, 100):  # a lock per relation: a hundred tables a transaction
            block = SCHEMA.replace("1 .. 1000", f"{n} .. {n + 99}")
            await connection.execute(block.encode())
        lines = []
        for label in ("never analysed (each is scanned for samples)", "after ANALYZE"):
            queries_ms = await best_ms(lambda: raw(connection))
            bare_ms = await best_ms(lambda: introspect(connection, CatalogSettings(samples_per_column=0)))
            whole_ms = await best_ms(lambda: introspect(connection, SETTINGS))
            lines.append(
                f"{TABLES:,} tables, {label}: catalog queries {queries_ms:.0f} ms, introspection"
                f" {whole_ms:.0f} ms, ratio {whole_ms / queries_ms:.2f}; without samples {bare_ms:.0f} ms"
            )
            await connection.execute("ANALYZE")
        return "\n".join(lines)


async def run() -> str:
    """On a server of its own."""
    with tempfile.TemporaryDirectory(prefix="databaseai-benchmark-") as folder:
        os.chmod(folder, 0o711)  # noqa: PTH101, S103  # as root, the server's own user must get in
        server = EmbeddedPostgres(Path(folder, "postgres"), root_home=Path(folder))
        await server.start()
        try:
            return await measure(server.dsn("postgres"))
        finally:
            await server.stop()


def main() -> None:
    """Print the ratios."""
    sys.stdout.write(asyncio.run(run()) + "\n")


if __name__ == "__main__":
    main()

"""A server of the fuzzer's own, with the test schema, when it runs by hand."""

import contextlib
import dataclasses
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg

from databaseai.catalog.introspection import introspect
from databaseai.catalog.snapshot import Catalog
from databaseai.embedded.postgres import EmbeddedPostgres
from databaseai.embedded.reader import ensure_database, ensure_reader
from databaseai.settings import CatalogSettings
from tests.ask import cases

HIDDEN = {"secret", "attack_log"}
SCHEMAS = ("public", "sales", "Odd Schema")


@contextlib.asynccontextmanager
async def server() -> AsyncIterator[str]:
    """The reader's URL of a fresh shop."""
    with tempfile.TemporaryDirectory(prefix="databaseai-fuzz-") as folder:
        home = Path(folder)
        os.chmod(folder, 0o711)  # noqa: PTH101, S103  # as root, the server's own user must get in
        postgres = EmbeddedPostgres(home, root_home=home, options={"fsync": "off"})
        await postgres.start()
        try:
            await ensure_database(postgres.dsn("postgres"), "shop")
            admin = postgres.dsn("shop")
            async with await psycopg.AsyncConnection.connect(admin, autocommit=True) as connection:
                await connection.execute((cases.FOLDER / "schema.sql").read_bytes())
            yield await ensure_reader(admin, "shop", home, schemas=SCHEMAS)
        finally:
            await postgres.stop()


async def catalog_of(reader_dsn: str) -> Catalog:
    """What a query may read: all that the reader sees but two tables."""
    async with await psycopg.AsyncConnection.connect(reader_dsn, autocommit=True) as connection:
        found = await introspect(connection, CatalogSettings())
    return dataclasses.replace(
        found, tables=tuple(table for table in found.tables if table.name not in HIDDEN)
    )

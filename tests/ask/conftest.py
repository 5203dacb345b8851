"""A small shop that attacks and analysts meet: a database, a reader's login, its catalog."""

import dataclasses
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from psycopg import AsyncConnection

from databaseai.catalog.introspection import introspect
from databaseai.catalog.snapshot import Catalog
from databaseai.embedded.postgres import EmbeddedPostgres
from databaseai.embedded.reader import ensure_database, ensure_reader
from databaseai.settings import CatalogSettings, ExecutionLimits
from tests.ask import cases

HIDDEN = {"secret", "attack_log"}
"""Tables that the catalog leaves out, although a reader of these tests may read them."""


@dataclass(frozen=True)
class Shop:
    """Who may come in how, and what the catalog says."""

    admin: str
    """A superuser's URL."""
    reader: str
    """The URL of a login that may only read."""
    catalog: Catalog


@pytest.fixture(scope="session")
async def shop(postgres: EmbeddedPostgres) -> Shop:
    """One database for all tests of the flow; nothing may change it."""
    admin = postgres.dsn("shop")
    await ensure_database(postgres.dsn("postgres"), "shop")
    async with await AsyncConnection.connect(admin, autocommit=True) as connection:
        await connection.execute((cases.FOLDER / "schema.sql").read_bytes())
        await connection.execute("ANALYZE")
    reader = await ensure_reader(admin, "shop", postgres.home, schemas=("public", "sales", "Odd Schema"))
    async with await AsyncConnection.connect(reader, autocommit=True) as connection:
        catalog = await introspect(connection, CatalogSettings())
    tables = tuple(table for table in catalog.tables if table.name not in HIDDEN)
    return Shop(admin, reader, dataclasses.replace(catalog, tables=tables))


@pytest.fixture
def catalog(shop: Shop) -> Catalog:
    """What a query may read."""
    return shop.catalog


@pytest.fixture
def limits() -> ExecutionLimits:
    """The defaults."""
    return ExecutionLimits()


@pytest.fixture
async def reader(shop: Shop) -> AsyncIterator[AsyncConnection[Any]]:
    """A connection of the reader's, as `DataSource` lends it."""
    connection = await psycopg.AsyncConnection.connect(shop.reader, autocommit=True, prepare_threshold=None)
    async with connection:
        yield connection


@pytest.fixture
async def admin(shop: Shop) -> AsyncIterator[AsyncConnection[Any]]:
    """A superuser's connection: what an unprotected program would use."""
    connection = await psycopg.AsyncConnection.connect(shop.admin, autocommit=True)
    async with connection:
        yield connection

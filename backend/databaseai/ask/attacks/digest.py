"""All that the login can see of a data source's state, hashed: before and after, it must be the same."""

import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

import psycopg
from psycopg import AsyncConnection, sql

from databaseai.catalog.snapshot import Catalog

TABLES = 100
ROWS = 1_000
"""Of each table, in the order in which it lies."""
TIMEOUT_MS = 2_000
Digest = Mapping[str, str]
"""Part to hash; a part that could not be read is left out."""


async def digest(connection: AsyncConnection[Any], catalog: Catalog) -> Digest:
    """Take it, read-only, in short queries.

    Args:
        connection: In autocommit, no transaction open.
        catalog: Its tables' first rows are read.
    """
    taken: dict[str, str] = {}
    for part, query in {**parts(), **dict(rows(catalog))}.items():
        hashed = await one(connection, query)
        if hashed is not None:
            taken[part] = hashed
    return taken


@cache
def parts() -> dict[str, str]:
    """The queries of `state.sql` by name."""
    text = resources.files("databaseai.ask.attacks").joinpath("state.sql").read_text(encoding="utf-8")
    named = (part.split("\n", 1) for part in text.split("-- part: ")[1:])
    return {name: query.strip() for name, query in named}


def rows(catalog: Catalog) -> Iterator[tuple[str, str]]:
    """A query for the first rows of each table."""
    tables = [table for table in catalog.tables if table.kind in {"table", "materialised view"}]
    for table in tables[:TABLES]:
        columns = sql.SQL(", ").join(sql.Identifier(name) for name in table.column)
        query = sql.SQL("SELECT {} FROM {} LIMIT {}").format(
            columns, sql.Identifier(table.schema, table.name), sql.Literal(ROWS)
        )
        yield f"rows of {table.schema}.{table.name}", query.as_string()


async def one(connection: AsyncConnection[Any], query: str) -> str | None:
    """The hash of a query's rows, whatever their order; None when it cannot be read."""
    settings = {
        "statement_timeout": str(TIMEOUT_MS),
        "search_path": "pg_catalog",
        "synchronize_seqscans": "off",
    }
    calls = ", ".join(f"pg_catalog.set_config('{name}', '{value}', true)" for name, value in settings.items())
    try:
        async with connection.transaction(force_rollback=True):
            await connection.execute(f"SET TRANSACTION READ ONLY; SELECT {calls}".encode())
            query = f"SELECT md5(x::text) AS hash FROM ({query}) x"  # noqa: S608  # ours
            query = f"SELECT md5(string_agg(y.hash, '' ORDER BY y.hash)) FROM ({query}) y"  # noqa: S608
            cursor = await connection.execute(query.encode())
            row = await cursor.fetchone()
    except psycopg.errors.ObjectNotInPrerequisiteState:  # a materialised view that holds nothing yet
        return None
    except psycopg.OperationalError:
        raise
    except psycopg.Error:
        return None
    return hashlib.sha256(str(row).encode()).hexdigest()


def differences(before: Digest, after: Digest) -> list[str]:
    """Parts that are not the same."""
    return sorted(part for part in before.keys() & after.keys() if before[part] != after[part])

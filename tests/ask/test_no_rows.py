"""No rows that match, no such value, an empty table, rows out of sight: told apart."""

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest
from psycopg import AsyncConnection

from databaseai.ask import execution, guardrail, no_rows
from databaseai.ask.execution import ResultSet
from databaseai.ask.misses import Miss
from databaseai.ask.sandbox import sandbox
from databaseai.catalog.introspection import introspect
from databaseai.catalog.snapshot import Catalog
from databaseai.embedded.postgres import EmbeddedPostgres
from databaseai.embedded.reader import ensure_database, ensure_reader
from databaseai.errors import StatementTimeout
from databaseai.settings import CatalogSettings, ExecutionLimits

LIMITS = ExecutionLimits()
SCHEMA = """
CREATE TABLE town (id int PRIMARY KEY, name text NOT NULL, inhabitants int NOT NULL);
CREATE TABLE nobody (id int PRIMARY KEY);
CREATE TABLE secret (id int PRIMARY KEY, town_id int NOT NULL);
CREATE TABLE partly (id int PRIMARY KEY, town_id int NOT NULL);
ALTER TABLE secret ENABLE ROW LEVEL SECURITY;
ALTER TABLE partly ENABLE ROW LEVEL SECURITY;
CREATE POLICY few ON partly USING (id < 3);
INSERT INTO town VALUES (1, 'Faro', 60), (2, 'Porto', 230);
INSERT INTO secret VALUES (1, 1);
INSERT INTO partly VALUES (1, 1), (2, 1), (3, 2);
ANALYZE;
"""


class Place:
    """A reader's connection with its catalog."""

    def __init__(self, connection: AsyncConnection, catalog: Catalog) -> None:
        self.connection, self.catalog = connection, catalog

    async def probe(self, statement: str) -> ResultSet:
        query = guardrail.check(statement, self.catalog, LIMITS)
        async with sandbox(self.connection, LIMITS):
            return await execution.run(query, self.connection, LIMITS)

    async def reason(self, statement: str, *misses: Miss) -> str:
        query = guardrail.check(statement, self.catalog, LIMITS)
        return await no_rows.reason(query, self.catalog, self.probe, misses)


@pytest.fixture(scope="session")
async def towns(postgres: EmbeddedPostgres) -> tuple[str, Catalog]:
    """The reader's URL of a small database with row security, and its catalog."""
    await ensure_database(postgres.dsn("postgres"), "no_rows")
    async with await AsyncConnection.connect(postgres.dsn("no_rows"), autocommit=True) as connection:
        await connection.execute(SCHEMA)
    url = await ensure_reader(postgres.dsn("no_rows"), "no_rows", postgres.home)
    async with await AsyncConnection.connect(url, autocommit=True) as connection:
        return url, await introspect(connection, CatalogSettings())


@pytest.fixture
async def place(towns: tuple[str, Catalog]) -> AsyncIterator[Place]:
    url, catalog = towns
    async with await psycopg.AsyncConnection.connect(
        url, autocommit=True, prepare_threshold=None
    ) as connection:
        yield Place(connection, catalog)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "SELECT name FROM town WHERE inhabitants > 900",
            "No rows match: nothing satisfies inhabitants > 900.",
        ),
        (
            "SELECT name FROM town WHERE inhabitants > 900 AND name = 'Faro'",
            "No rows match: nothing satisfies inhabitants > 900.",
        ),
        (
            "SELECT name FROM town WHERE inhabitants > 100 AND name = 'Faro'",
            "No rows match: no row satisfies inhabitants > 100 and name = 'Faro' together.",
        ),
        ("SELECT id FROM nobody", "No rows: nobody is empty."),
        ("SELECT t.name FROM town t JOIN nobody n ON n.id = t.id", "No rows: nobody is empty."),
        ("SELECT id FROM secret", "No rows that you may see: row security shows you none of secret."),
        (
            "SELECT id FROM partly WHERE town_id = 2",
            (
                "No rows match: nothing satisfies town_id = 2. Row security limits what you see of partly:"
                " there may be rows that you may not see."
            ),
        ),
        ("SELECT id FROM town WHERE id = 1 INTERSECT SELECT id FROM town WHERE id = 2", "No rows match."),
    ],
)
async def test_the_reasons_of_an_empty_result_are_told_apart(place: Place, statement: str, said: str) -> None:
    assert await place.reason(statement) == said


async def test_a_value_that_is_not_stored_is_named_with_its_neighbours(place: Place) -> None:
    statement = "SELECT name FROM town WHERE name = 'Farro'"
    known = Miss("town.name", "Farro", ("Faro",), sampled=False)
    assert await place.reason(statement, known) == (
        "No rows match: no row of town.name is 'Farro'. Did you mean 'Faro'?"
    )
    part = Miss("town.name", "Xyz", (), sampled=True)
    assert await place.reason(statement, part) == (
        "No rows match: none of the values looked at in town.name is 'Xyz'."
    )


async def test_a_look_that_fails_or_hangs_still_gives_a_reason(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = guardrail.check("SELECT id FROM secret WHERE id > 1 AND town_id > 1", place.catalog, LIMITS)

    async def fails(_: str) -> ResultSet:
        raise StatementTimeout("")

    async def hangs(_: str) -> ResultSet:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(no_rows, "PROBE_SECONDS", 0.05)
    for probe in (fails, hangs):
        said = await no_rows.reason(query, place.catalog, probe)
        assert said.startswith("No rows match: no row satisfies id > 1 and town_id > 1 together.")


def test_only_policies_that_bind_the_reader_count(towns: tuple[str, Catalog]) -> None:
    guarded = {table.name for table in towns[1].tables if table.row_security}
    assert guarded == {"secret", "partly"}

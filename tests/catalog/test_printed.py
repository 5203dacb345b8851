"""A catalog that was printed judges as the one that was read."""

import dataclasses
import json

import psycopg
import pytest
from pydantic import TypeAdapter

from databaseai.ask.guardrail import check
from databaseai.catalog.introspection import introspect
from databaseai.catalog.snapshot import Catalog
from databaseai.settings import CatalogSettings, ExecutionLimits

PRINTED = TypeAdapter(Catalog)
"""What `catalog --json` prints and `guard --catalog` reads."""
SCHEMA = """
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TYPE pair AS (a int, b mood);
CREATE TYPE span AS RANGE (subtype = float8);
CREATE DOMAIN word AS text;
CREATE TABLE person (id int PRIMARY KEY, mood mood, moods mood[], pair pair, span span, word word);
INSERT INTO person VALUES (1, 'sad', '{sad}', (1, 'happy'), '[1,2]', 'é');
"""


async def test_there_and_back(database: str, reader_dsn: str) -> None:
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as admin:
        await admin.execute(SCHEMA)
    async with await psycopg.AsyncConnection.connect(reader_dsn, autocommit=True) as reader:
        read = await introspect(reader, CatalogSettings())
    text = PRINTED.dump_json(read).decode()
    again = PRINTED.validate_json(text)
    assert dataclasses.asdict(again) == dataclasses.asdict(read)
    assert PRINTED.dump_json(again).decode() == text
    assert check("SELECT 'sad'::mood FROM person", again, ExecutionLimits()).sql == (
        "SELECT 'sad'::public.mood FROM public.person"
    )


def test_what_is_not_there_has_its_default() -> None:
    catalog = PRINTED.validate_json(
        '{"database": "d", "server_version": 180000, "tables": [], "fingerprint": "f"}'
    )
    assert catalog.search_path == ("public",)
    assert isinstance(catalog, Catalog)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", "{}", '{"database": 1}', b"\xff", "[" * 10_000, '{"vocabulary": {"types": [1]}}'],
)
def test_what_is_no_catalog_is_refused(text: str | bytes) -> None:
    with pytest.raises((ValueError, TypeError)):
        PRINTED.validate_json(text)


def test_it_is_one_json_object() -> None:
    catalog = Catalog("d", 180_000, (), "f")
    assert json.loads(PRINTED.dump_json(catalog))["database"] == "d"

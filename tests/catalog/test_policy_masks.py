"""A mask gives what it says, keeps NULL, and fails on no value: an error would tell of the value."""

from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest

from databaseai.catalog.policy.masks import Kind, expression, mask, masked_type
from databaseai.errors import PolicyInvalid
from tests.postgres_versions import MAJORS, Servers

TYPES = {
    "text": (
        "S",
        ["''", "'a'", "'12345678'", "E'\\\\x'", "'@'", "'a@b@c.org'", "'é漢😀'", "repeat('x', 100000)"],
    ),
    "character varying(20)": ("S", ["'no-at-all'", "'   '"]),
    "character(12)": ("S", ["'ab'", "''"]),
    "smallint": ("N", ["-32768", "32767", "0"]),
    "integer": ("N", ["-2147483648", "2147483647", "4711", "-4711"]),
    "bigint": ("N", ["-9223372036854775808", "9223372036854775807"]),
    "numeric": ("N", ["'NaN'", "'Infinity'", "'-Infinity'", "1e100", "-1e-100", "4711.25"]),
    "numeric(6,2)": ("N", ["-9999.99", "4711.25"]),
    "real": ("N", ["'NaN'", "'Infinity'", "3.4e38", "-1e-37"]),
    "double precision": ("N", ["'NaN'", "'-Infinity'", "1.7e308", "-1e-300"]),
    "date": (
        "D",
        ["'infinity'", "'-infinity'", "'5874897-12-31'", "'4713-01-01 BC'", "'2024-02-29'", "'0001-01-01'"],
    ),
    "timestamp without time zone": ("D", ["'infinity'", "'294276-12-31 23:59'", "'2024-02-29 13:37'"]),
    "timestamp with time zone": ("D", ["'-infinity'", "'294276-12-30 00:00Z'", "'2024-02-29 13:37Z'"]),
    "uuid": ("U", ["'00000000-0000-0000-0000-00000000abcd'"]),
    "jsonb": ("U", ["'{}'", "'null'"]),
    "json": ("U", ["'[1]'"]),
    "bytea": ("U", ["'\\x00ff'"]),
    "inet": ("I", ["'10.0.0.1'"]),
    "boolean": ("B", ["true"]),
    "interval": ("T", ["'178000000 years'"]),
    "text[]": ("A", ["'{}'", "'{a,NULL}'"]),
    "point": ("G", ["'(1,2)'"]),
}
"""Type: PostgreSQL's category, and values at its ends."""
MASKS = ("null", "hash", "last4", "domain", "year", "month", "band:1", "band:1000", "band:999999999")


def kind_of(shown: str) -> Kind:
    return Kind(shown, shown.partition("(")[0], TYPES[shown][0])


def rows_of(shown: str) -> str:
    """A table of the values and NULL."""
    values = ", ".join(f"(({value})::{shown})" for value in [*TYPES[shown][1], "NULL"])
    return f"(VALUES {values}) AS t(c)"


@pytest.fixture(scope="module", params=[MAJORS[0], MAJORS[-1]])
async def session(
    request: pytest.FixtureRequest, server: Servers
) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    """A connection with the sandbox's empty search path."""
    url = (await server(request.param)).dsn("postgres")
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute("SET search_path = ''")
        yield connection


@pytest.mark.parametrize("name", MASKS)
async def test_no_value_makes_a_mask_fail(session: psycopg.AsyncConnection[Any], name: str) -> None:
    found = mask(name)
    fitting = [shown for shown in TYPES if masked_type(found, kind_of(shown))]
    assert fitting
    for shown in fitting:
        text = expression(found, "c", kind_of(shown))
        query = f"SELECT c IS NULL, ({text})::text, pg_typeof({text})::text FROM {rows_of(shown)}"
        rows = await (await session.execute(query.encode())).fetchall()
        wanted = masked_type(found, kind_of(shown)) or ""
        assert len(rows) == len(TYPES[shown][1]) + 1, shown
        assert {row[2] for row in rows} == {wanted.partition("(")[0]}, shown
        assert all(masked is None for null, masked, _ in rows if null), shown
        assert all((masked is None) is (name == "null") for null, masked, _ in rows if not null), shown


@pytest.mark.parametrize(
    ("name", "shown", "value", "given"),
    [
        ("null", "text", "'a'", None),
        ("hash", "text", "'a'", "ca978112ca1bbdca"),
        ("hash", "integer", "7", "7902699be42c8a8e"),
        ("last4", "text", "'12345678'", "****5678"),
        ("last4", "text", "'1234567'", "****"),
        ("last4", "character(12)", "'ab'", "****"),
        ("last4", "uuid", "'00000000-0000-0000-0000-00000000abcd'", "****abcd"),
        ("domain", "text", "'a@b@c.org'", "****@c.org"),
        ("domain", "text", "'nobody'", "****"),
        ("year", "date", "'2024-02-29'", "2024-01-01"),
        ("month", "date", "'2024-02-29'", "2024-02-01"),
        ("year", "date", "'infinity'", "infinity"),
        ("month", "timestamp without time zone", "'2024-02-29 13:37'", "2024-02-01 00:00:00"),
        ("band:1000", "integer", "4711", "4000"),
        ("band:1000", "integer", "-4711", "-4000"),
        ("band:1000", "double precision", "4711.9", "4000"),
        ("band:1000", "numeric", "4711.25", "4000.00"),
    ],
)
async def test_a_mask_gives_what_it_says(
    session: psycopg.AsyncConnection[Any], name: str, shown: str, value: str, given: str | None
) -> None:
    text = expression(mask(name), "c", kind_of(shown))
    query = f"SELECT ({text})::text FROM (VALUES (({value})::{shown})) AS t(c)"  # constants
    assert await (await session.execute(query.encode())).fetchone() == (given,)


@pytest.mark.parametrize("name", ["", "sha", "band", "band:-1", "band:1e3", "NULL", 4, None, ["hash"]])
def test_what_is_no_mask_is_refused(name: object) -> None:
    with pytest.raises(PolicyInvalid):
        mask(name)

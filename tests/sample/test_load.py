"""Loading into a real server: all or nothing, once, and only where it may."""

from typing import Any

import psycopg
import pytest

from databaseai.embedded.sample import load, loaded, mark
from databaseai.errors import SampleNotLoaded

SMALL = 0.05
RELATIONS = """
SELECT count(*) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN ('public', 'hr')
"""


async def one(dsn: str, query: str) -> Any:
    """The first value of a query."""
    async with await psycopg.AsyncConnection.connect(dsn) as connection:
        row = await (await connection.execute(query.encode())).fetchone()
    assert row is not None
    return row[0]


async def test_a_load_is_complete_and_says_which_version_it_is(database: str, reader_dsn: str) -> None:
    told: list[tuple[str, float | None]] = []
    await load(database, scale=SMALL, progress=lambda label, share: told.append((label, share)))
    assert await one(database, "SELECT count(*) FROM orders") == 1_125
    assert await one(database, "SELECT count(*) FROM pg_constraint WHERE contype = 'f'") >= 26
    assert await one(database, "SELECT reltuples::int FROM pg_class WHERE relname = 'orders'") == 1_125
    assert await loaded(reader_dsn) == mark(SMALL, 0)
    shares = [share for _, share in told if share is not None]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


async def test_loading_again_does_nothing(database: str) -> None:
    await load(database, scale=SMALL)
    told: list[str] = []
    await load(database, scale=SMALL, progress=lambda label, _: told.append(label))
    assert told == []
    assert await one(database, "SELECT count(*) FROM orders") == 1_125


async def test_another_scale_needs_an_empty_database(database: str) -> None:
    await load(database, scale=SMALL)
    with pytest.raises(SampleNotLoaded, match="not empty"):
        await load(database, scale=2 * SMALL)
    assert await loaded(database) == mark(SMALL, 0)


async def test_somebody_elses_tables_are_left_alone(database: str) -> None:
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as connection:
        await connection.execute("CREATE SCHEMA sales CREATE TABLE orders (id int)")
    with pytest.raises(SampleNotLoaded, match="not empty"):
        await load(database, scale=SMALL)
    assert await one(database, RELATIONS) == 0


async def test_a_load_that_breaks_leaves_nothing(database: str) -> None:
    """The next try finds an empty database again."""

    def break_off(label: str, _share: float | None) -> None:
        if label == "Visits":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await load(database, scale=SMALL, progress=break_off)
    assert await one(database, RELATIONS) == 0
    assert await loaded(database) is None
    await load(database, scale=SMALL)
    assert await loaded(database) == mark(SMALL, 0)


async def test_a_reader_may_not_load(database: str, reader_dsn: str) -> None:
    with pytest.raises(SampleNotLoaded) as refusal:
        await load(reader_dsn, scale=SMALL)
    assert refusal.value.facts["sqlstate"] in {"25006", "42501"}
    assert await one(database, RELATIONS) == 0


async def test_an_error_shows_no_password() -> None:
    with pytest.raises(SampleNotLoaded) as refusal:
        await load("postgresql://someone:sesame@127.0.0.1:1/nowhere", scale=SMALL)
    assert "sesame" not in str(refusal.value)


@pytest.mark.parametrize(
    "given", [{"scale": 0.0}, {"scale": 101}, {"scale": float("nan")}, {"later_years": -1}]
)
async def test_bounds(given: dict[str, Any], database: str) -> None:
    with pytest.raises(SampleNotLoaded, match="must lie between"):
        await load(database, **given)


async def test_records_of_later_years(database: str) -> None:
    """Partitions and view move with the records."""
    await load(database, scale=SMALL, later_years=2)
    assert str(await one(database, "SELECT max(ordered_at)::date FROM orders")) == "2028-10-31"
    assert await one(database, "SELECT count(*) FROM web_visits_2028") > 0
    assert str(await one(database, "SELECT max(month) FROM monthly_sales")) == "2028-10-01"
    assert await loaded(database) == mark(SMALL, 2)

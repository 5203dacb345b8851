"""A store that is away: our error, without its address, login or any value in it."""

import asyncio
from typing import Any

import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import text

from databaseai.errors import DatabaseAIError, DiskFull, StoreUnreachable, Unexpected
from databaseai.store import Store, open_store


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"port": 1}, "Nothing listens"),
        ({"password": "hunter2"}, "login or its password"),
        ({"dbname": "nowhere_hunter2"}, "does not exist"),
        ({"host": "no-such-host.invalid"}, "host name is unknown"),
        ({"options": "-c hunter2=1"}, "does not answer"),
    ],
)
async def test_unreachable(database: str, changed: dict[str, Any], words: str) -> None:
    url = make_conninfo("", **(conninfo_to_dict(database) | changed))
    with pytest.raises(StoreUnreachable) as caught:
        await open_store(url)
    said = f"{caught.value} {caught.value.hint} {caught.value.facts}"
    assert words in said
    for secret in ("hunter2", conninfo_to_dict(database)["host"], "no-such-host"):
        assert str(secret) not in said
    assert caught.value.__suppress_context__  # the driver's error, with its values, stays out of tracebacks


async def test_a_url_nobody_can_read() -> None:
    with pytest.raises(DatabaseAIError) as caught:
        await open_store("postgresql://hunter2@[::1/broken")
    assert "hunter2" not in str(caught.value)


async def test_tables_that_are_missing_are_named_with_the_way_out(database: str) -> None:
    store = await open_store(database)
    with pytest.raises(StoreUnreachable) as caught:
        await store.answers.get("x", "local")
    assert "databaseai migrate" in caught.value.hint
    await store.close()


async def test_a_refused_statement_says_no_value(store: Store) -> None:
    with pytest.raises(Unexpected) as caught:
        await store.database.rows(text("SELECT CAST(:value AS int)"), {"value": "hunter2"})
    assert "hunter2" not in f"{caught.value} {caught.value.facts}"


async def test_a_full_disk_is_named(store: Store) -> None:
    full = text("DO $$ BEGIN RAISE EXCEPTION 'hunter2' USING ERRCODE = 'disk_full'; END $$")
    with pytest.raises(DiskFull) as caught:
        await store.database.rows(full)
    assert "hunter2" not in f"{caught.value} {caught.value.facts}"


async def test_connections_that_postgresql_closed_are_replaced(store: Store) -> None:
    await asyncio.gather(*(store.check() for _ in range(5)))
    killer = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await store.database.rows(killer)
    await asyncio.gather(*(store.check() for _ in range(5)))


async def test_no_transaction_stays_open(store: Store) -> None:
    await store.check()
    rows = await store.database.rows(
        text(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND state LIKE 'idle in transaction%'"
        )
    )
    assert rows[0][0] == 0

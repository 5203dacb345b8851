"""A client that leaves takes its query with it, in PostgreSQL too; a busy data source is a healthy one."""

import asyncio
import time
from collections.abc import Coroutine

import httpx
import psycopg
import pytest

from tests.api.serving import until
from tests.api.test_whole import HEAVY, Whole, whole

__all__ = ["whole"]


@pytest.mark.parametrize("path", ["/query", "/answers/{}/rows"])
async def test_a_client_that_leaves_stops_its_query(whole: Whole, path: str) -> None:
    """Seen in pg_stat_activity, long before the query's own time limit."""
    asking = asyncio.create_task(await heavy(whole, path))
    await until(whole.busy)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    left = time.monotonic()
    await until(whole.idle)
    assert time.monotonic() - left < 2


async def heavy(whole: Whole, path: str) -> Coroutine[None, None, httpx.Response]:
    """The heavy query's request, or that for a far page of one whose first rows come at once."""
    if path == "/query":
        return whole.http.post(path, json={"sql": HEAVY})
    whole.model.script = [HEAVY.replace("count(*)", "md5(repeat(c5.name, 50))")]
    events = await whole.ask()
    await until(whole.idle)
    answer_id = events[0].data["answer_id"]
    return whole.http.get(path.format(answer_id), params={"after": 10_000_000})


async def test_health_answers_while_every_connection_works(whole: Whole) -> None:
    asking = [asyncio.create_task(whole.http.post("/query", json={"sql": HEAVY})) for _ in range(4)]

    async def all_at_work() -> bool:
        return await whole.busy() == len(asking)

    try:
        await until(all_at_work)
        health = (await whole.http.get("/health")).json()["dependencies"]["data_source"]
        assert health["state"] == "ok"
        assert "all 4 connections at work" in health["detail"]
        assert health["ms"] < 50
    finally:
        for task in asking:
            task.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
    await until(whole.idle)


async def test_health_survives_connections_that_died(whole: Whole) -> None:
    """What the pool holds is dead; the data source is not."""
    assert (await whole.http.post("/query", json={"sql": "SELECT 1"})).status_code == 200
    async with await psycopg.AsyncConnection.connect(whole.admin, autocommit=True) as admin:
        await admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    health = (await whole.http.get("/health")).json()["dependencies"]["data_source"]
    assert health["state"] == "ok"

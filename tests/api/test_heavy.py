"""A plan past the cost limit is refused with its cost, and runs once a person confirms it; plans alone."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import httpx
import psycopg
import pytest

from databaseai import app
from databaseai.api.runs import was_confirmed
from databaseai.ask.events import Text
from databaseai.store import Store
from databaseai.store.answers import KeptEvent
from tests.api.conftest import Serve
from tests.api.serving import DONE, Got, Served, of, read, serve_tools, until
from tests.api.test_replicas import QUICK, orphan_all
from tests.scripted_model import ScriptedServer

SCHEMA = """
CREATE TABLE customer (id int PRIMARY KEY, name text);
INSERT INTO customer SELECT n, 'customer ' || n FROM generate_series(1, 400) AS n;
ANALYZE;
"""
HEAVY = "SELECT count(*) AS pairs FROM customer a, customer b"
LIMIT = 1_000.0


class Desk:
    """The product over HTTP, with a low cost limit."""

    def __init__(self, http: httpx.AsyncClient, model: ScriptedServer) -> None:
        self.http, self.model = http, model

    async def ask(self, **more: Any) -> list[Got]:
        """All events of one question."""
        body = {"question": "How many pairs?", **more}
        async with self.http.stream("POST", "/ask", json=body) as response:
            return [event async for event in read(response)]

    async def post(self, path: str, **body: Any) -> Any:
        """The reply's JSON."""
        return (await self.http.post(path, json=body)).json()


@pytest.fixture
async def desk(database: str, reader_dsn: str, store: Store) -> AsyncIterator[Desk]:
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as admin:
        await admin.execute(SCHEMA)
    async with ScriptedServer() as model:
        settings = of(
            {
                "DATABASEAI_DATA_SOURCE_URL": reader_dsn,
                "DATABASEAI_LLM_BASE_URL": model.base_url,
                "DATABASEAI_LLM_MODEL": "scripted",
                "DATABASEAI_LIMITS_PLAN_COST_LIMIT": str(LIMIT),
            }
        )
        async with (
            app.open_tools(settings) as tools,
            serve_tools(app.for_api(tools, store)) as (_, http),
        ):
            yield Desk(http, model)


def told(problem: dict[str, Any]) -> None:
    """The refusal says what a page needs to offer a way on."""
    assert problem["code"] == "DBAI601"
    assert problem["cost"] > problem["limit"] == LIMIT
    assert problem["row_estimate"] == 1
    assert problem["confirmable"] is True
    assert "confirm" in problem["hint"]


async def test_a_persons_heavy_query_runs_when_it_is_confirmed(desk: Desk) -> None:
    told(await desk.post("/query", sql=HEAVY))
    assert (await desk.post("/query", sql=HEAVY, confirmed=True))["rows"] == [[160_000]]
    refused = await desk.post("/query", sql="DELETE FROM customer", confirmed=True)
    assert refused["code"] == "DBAI507"


async def test_a_heavy_answer_runs_when_it_is_confirmed(desk: Desk) -> None:
    """The model is told first; when it finds nothing lighter, the asker is."""
    desk.model.script = [HEAVY]
    events = await desk.ask()
    told(events[-1].data)
    assert sum(event.data.get("name") == "generation" for event in events) > 2
    events = await desk.ask(confirmed=True)
    assert events[-1].kind == "done"
    answer_id = events[0].data["answer_id"]
    told((await desk.http.get(f"/answers/{answer_id}/rows")).json())
    pages = await desk.http.get(f"/answers/{answer_id}/rows", params={"confirmed": True})
    assert pages.json()["rows"] == [[160_000]]


async def test_a_plan_is_told_and_nothing_runs(desk: Desk) -> None:
    found = await desk.post("/explain", sql=HEAVY)
    assert found["total_cost"] > LIMIT
    assert found["row_estimate"] == 1
    assert found["plan"]["Node Type"] == "Aggregate"
    assert found["plan"]["Plans"][0]["Plan Rows"] == 160_000
    assert found["text"][0].startswith("Aggregate  (cost=")
    assert found["sql"].startswith("SELECT count(*)")
    bare = await desk.post("/explain", sql="EXPLAIN (COSTS OFF, VERBOSE) SELECT id FROM customer")
    assert bare["text"] == ["Seq Scan on public.customer", "  Output: id"]
    assert bare["total_cost"] > 0


async def test_a_pasted_explain_is_answered_with_its_plan(desk: Desk) -> None:
    found = await desk.post("/query", sql="EXPLAIN (COSTS OFF) SELECT id FROM customer")
    assert found["columns"] == [{"name": "QUERY PLAN", "type": "text"}]
    assert found["rows"] == [["Seq Scan on customer"]]
    found = await desk.post("/query", sql="EXPLAIN (FORMAT JSON) SELECT id FROM customer")
    assert found["rows"][0][0][0]["Plan"]["Relation Name"] == "customer"


REFUSED = {
    "EXPLAIN ANALYZE SELECT 1": ("DBAI602", 8),
    "EXPLAIN ANALYZE CREATE TABLE x AS SELECT 1": ("DBAI602", 8),
    "EXPLAIN (ANALYZE on) DELETE FROM customer": ("DBAI602", 9),
    "EXPLAIN DELETE FROM customer": ("DBAI507", 8),
    "EXPLAIN SELECT * FROM pg_authid": ("DBAI512", 22),
    "EXPLAIN SELECT length(id) FROM customer": ("DBAI705", 15),
    "EXPLAIN SELECT 1; SELECT 2": ("DBAI506", 18),
    "DROP TABLE customer": ("DBAI507", 0),
}


async def test_what_may_not_run_may_not_be_explained(desk: Desk) -> None:
    for path in ("/explain", "/query"):
        refused = {sql: await desk.post(path, sql=sql) for sql in REFUSED}
        assert {sql: (said["code"], said["position"]) for sql, said in refused.items()} == REFUSED
        assert all(said["hint"] for said in refused.values())


def was_asked(one: Served) -> bool:
    """The pipeline was asked."""
    return len(one.pipeline.asked) == 1


async def test_a_replica_that_takes_over_knows_what_was_confirmed(store: Store, served: Serve) -> None:
    for confirmed in (True, False):
        first = await served([Text("first"), 3600.0], lease_s=0.6, keep_every_s=0.05)
        reader = asyncio.create_task(first.ask(confirmed=confirmed))
        await until(partial(was_asked, first))
        await orphan_all(store)
        second = await served([Text("second"), DONE], **QUICK)
        assert [event.kind for event in await reader if event.kind != "comment"][-1] == "done"
        assert first.pipeline.confirmations == second.pipeline.confirmations == int(confirmed)


def test_only_the_asker_confirms() -> None:
    """What the first event says, not any later one."""
    assert was_confirmed([KeptEvent(1, "accepted", '{"confirmed": true}')])
    assert not was_confirmed([KeptEvent(1, "accepted", '{"answer_id": "a"}')])
    assert not was_confirmed([KeptEvent(2, "sql", '{"confirmed": true}')])
    assert not was_confirmed([])

"""The API on the real flow: a real PostgreSQL, a real reader, a model that speaks HTTP from a script."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import psycopg
import pytest

from databaseai import app
from databaseai.store import Store
from tests.api.serving import Got, of, read, serve_tools, until
from tests.scripted_model import SLOW, ScriptedServer

ROWS = 2_500
SCHEMA = f"""
CREATE TABLE city (name text PRIMARY KEY);
CREATE TABLE customer (id int PRIMARY KEY, name text, city text REFERENCES city);
INSERT INTO city VALUES ('Köln'), ('Łódź');
INSERT INTO customer SELECT n, 'hunter' || n, 'Köln' FROM generate_series(1, {ROWS}) AS n;
ANALYZE;
"""
HEAVY = "SELECT count(*) FROM " + ", ".join(f"customer AS c{number}" for number in range(6))


@dataclass
class Whole:
    """What a test talks to."""

    http: httpx.AsyncClient
    model: ScriptedServer
    admin: str

    async def ask(self, question: str = "How many customers?") -> list[Got]:
        """All events."""
        async with self.http.stream("POST", "/ask", json={"question": question}) as response:
            return [event async for event in read(response)]

    async def busy(self) -> int:
        """Queries that the reader runs right now."""
        async with await psycopg.AsyncConnection.connect(self.admin) as connection:
            cursor = await connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND state = 'active' AND query LIKE '%%AS c5%%' AND pid <> pg_backend_pid()"
            )
            (count,) = await cursor.fetchone() or (0,)
            return int(count)

    async def idle(self) -> bool:
        """Nothing runs."""
        return not await self.busy()


@pytest.fixture
async def whole(database: str, reader_dsn: str, store: Store) -> AsyncIterator[Whole]:
    """The product without its embedded parts."""
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as admin:
        await admin.execute(SCHEMA)
    async with ScriptedServer() as model:
        settings = of(
            {
                "DATABASEAI_DATA_SOURCE_URL": reader_dsn,
                "DATABASEAI_LLM_BASE_URL": model.base_url,
                "DATABASEAI_LLM_MODEL": "scripted",
                "DATABASEAI_LIMITS_PLAN_COST_LIMIT": "1e40",
            }
        )
        async with (
            app.open_tools(settings) as tools,
            serve_tools(app.for_api(tools, store)) as (_, http),
        ):
            yield Whole(http, model, database)


async def test_a_question_is_answered(whole: Whole) -> None:
    whole.model.script = ["SELECT count(*) AS customers FROM customer"]
    events = await whole.ask()
    rows = next(event.data for event in events if event.kind == "rows")
    assert rows["rows"] == [[ROWS]]
    assert [event.kind for event in events][-1] == "done"
    answer = (await whole.http.get(f"/answers/{events[0].data['answer_id']}")).json()
    assert answer["status"] == "answered"
    assert answer["sql"].startswith("SELECT count(*) AS customers")


async def test_pages_are_the_whole_result(whole: Whole) -> None:
    """Beyond the first page and the row limit; a comment at the end and a doubled name do no harm."""
    whole.model.script = ["SELECT id, id, name FROM customer ORDER BY id -- all of them"]
    events = await whole.ask()
    answer_id = events[0].data["answer_id"]
    assert next(event.data for event in events if event.kind == "rows")["truncated"]
    after: int | None = 0
    seen: list[int] = []
    while after is not None:
        reply = await whole.http.get(f"/answers/{answer_id}/rows", params={"after": after, "limit": 700})
        assert reply.status_code == 200, reply.text
        seen += [row[0] for row in reply.json()["rows"]]
        after = reply.json()["next"]
    assert seen == list(range(1, ROWS + 1))


async def test_stop_cancels_the_query_in_postgresql(whole: Whole) -> None:
    whole.model.script = [HEAVY]
    async with whole.http.stream("POST", "/ask", json={"question": "All of them?"}) as response:
        events = read(response)
        answer_id = (await anext(events)).data["answer_id"]
        await until(whole.busy)
        assert (await whole.http.delete(f"/answers/{answer_id}/run")).status_code == 204
        last = [event async for event in events][-1]
    assert last.data["code"] == "DBAI716"
    await until(whole.idle)


async def test_stop_cancels_the_call_of_the_model(whole: Whole) -> None:
    whole.model.script = [SLOW]
    async with whole.http.stream("POST", "/ask", json={"question": "All of them?"}) as response:
        events = read(response)
        answer_id = (await anext(events)).data["answer_id"]
        await until(whole.model.arrived.is_set)
        await whole.http.delete(f"/answers/{answer_id}/run")
        last = [event async for event in events][-1]
    assert last.data["code"] == "DBAI716"
    await until(whole.model.left.is_set)


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("DELETE FROM customer", "DBAI507"),
        ("SELECT 1; SELECT 2", "DBAI506"),
        ("SELECT * FROM pg_authid", "DBAI512"),
        ("SELECT 'hunter1'::int", "DBAI711"),
        ("", "DBAI501"),
    ],
)
async def test_a_persons_sql_meets_the_same_gate(whole: Whole, sql: str, code: str) -> None:
    reply = await whole.http.post("/query", json={"sql": sql})
    assert reply.json()["code"] == code
    assert "hunter1" not in reply.text


async def test_catalog_and_health(whole: Whole) -> None:
    catalog = (await whole.http.get("/catalog")).json()
    assert {"city", "customer"} <= {table["name"] for table in catalog["tables"]}
    health = (await whole.http.get("/health")).json()
    assert health["state"] == "ok", health
    assert set(health["dependencies"]) == {"store", "data_source", "model"}

"""How other tools are scored: their statement found as ours is, run as their user would run it."""

from collections.abc import AsyncIterator
from io import StringIO

import httpx
import pytest
from psycopg import AsyncConnection
from rich.console import Console

from databaseai.evaluation.dataset import Question
from databaseai.evaluation.execution_accuracy import Verdict
from tests.benchmarks.peer_child import alchemy, called
from tests.benchmarks.peers import OURS, PlainSeed, scored, table
from tests.benchmarks.token_counter import Used, counting
from tests.evaluation.test_report import records
from tests.scripted_model import ScriptedServer

QUESTION = Question(id="q", database="d", question="?", gold=("SELECT name FROM item WHERE price > 4",))


@pytest.fixture
async def seed(database: str) -> AsyncIterator[PlainSeed]:
    async with await AsyncConnection.connect(database, autocommit=True) as connection:
        await connection.execute("CREATE TABLE item (name text, price int)")
        await connection.execute("INSERT INTO item VALUES ('a', 9), ('b', 3)")
        yield PlainSeed(connection)


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("SELECT name FROM item WHERE price > 4", Verdict.RIGHT),
        ("Here it is:\n```sql\nSELECT name FROM item WHERE price >= 5;\n```", Verdict.RIGHT),
        ("SELECT name FROM item", Verdict.ROWS),
        ("SELECT name, price FROM item WHERE price > 4", Verdict.COLUMNS),
        ("SELECT pg_sleep(0)::text", Verdict.ROWS),  # our gate would refuse it; theirs does not
        ("SELECT nothing FROM item", Verdict.DOES_NOT_RUN),
        ("DELETE FROM item RETURNING name", Verdict.DOES_NOT_RUN),
        ("I cannot answer that.", Verdict.NO_SQL),
    ],
)
async def test_a_peers_reply_gets_its_verdict(seed: PlainSeed, said: str, verdict: Verdict) -> None:
    record = await scored(QUESTION, {"id": "q", "sql": said, "error": ""}, [seed])
    assert record.verdict is verdict
    assert await seed.given("SELECT count(*) FROM item") == await seed.given("SELECT 2")


async def test_a_peer_that_raised_has_no_sql(seed: PlainSeed) -> None:
    record = await scored(QUESTION, {"id": "q", "sql": "", "error": "ValueError: no"}, [seed])
    assert record.verdict is Verdict.NO_SQL


def test_a_tool_call_written_as_text_counts() -> None:
    text = '```json\n{"name": "run_sql", "arguments": {"sql": "SELECT \\"a\\"\\nFROM t"}}\n```'
    assert called(text) == 'SELECT "a"\nFROM t'
    assert called("SELECT 1") == "SELECT 1"


def test_the_urls_of_other_libraries() -> None:
    assert alchemy("postgresql://u:p@/d?host=/run", "psycopg") == "postgresql+psycopg://u:p@/d?host=/run"


def test_the_table_says_how_far_ahead() -> None:
    page = StringIO()
    Console(width=160, file=page).print(table({OURS: records("rrrw"), "other": records("rwwf")}))
    row = next(line for line in page.getvalue().splitlines() if "other" in line)
    for part in ("1 of 4", "25.0%", "+50.0", "0.5", "100"):
        assert part in row


async def test_tokens_of_any_client_are_counted() -> None:
    """What the endpoint says that it used; an endpoint that fails is not a peer's fault."""
    asked = {"model": "m", "messages": [{"role": "user", "content": "?"}]}
    async with (
        ScriptedServer(["SELECT 1"]) as endpoint,
        counting(endpoint.base_url, "") as counter,
        httpx.AsyncClient(trust_env=False) as client,
    ):
        reply = await client.post(f"{counter.base_url}/chat/completions", json=asked)
        assert reply.json()["choices"]
        assert counter.used.calls == 1
        assert counter.used.prompt > 0
        assert not counter.down
    async with counting("http://127.0.0.1:9/v1", "") as counter, httpx.AsyncClient(trust_env=False) as client:
        await client.post(f"{counter.base_url}/chat/completions", json=asked)
        assert counter.down
        assert counter.used == Used()

"""What a question costs beyond the model's and the database's own time.

The anchor does the least that anybody must do: the same request body over one kept HTTP connection, the
streamed reply read, the same SQL with psycopg, the rows fetched; no gate, no transaction, no events.
`python -m tests.benchmarks.overhead profile` prints where the product's time goes.
"""

import asyncio
import cProfile
import http.client
import json
import pstats
import sys
from contextlib import AsyncExitStack
from typing import Any, Self

import psycopg

from databaseai import app
from databaseai.ask.events import Done, Event, Sql
from databaseai.language_model import OpenAICompatibleModel
from tests.benchmarks.measure import in_turn, interleave, show
from tests.benchmarks.stand import Stand, served, stand
from tests.scripted_model import ScriptedServer

QUESTION = "How many customers are there in each country?"
STATEMENT = "SELECT c.country_code, count(*) AS n FROM customers AS c GROUP BY c.country_code ORDER BY n DESC"
ROUNDS, WARM_UP = 200, 20
AIM = 8.0


async def main() -> None:
    """Print overhead of the product in-process and over HTTP, beside the anchor."""
    async with AsyncExitStack() as stack:
        here = await stack.enter_async_context(stand(STATEMENT))
        body, sql = await what_it_sends(here)
        raw = stack.enter_context(Raw(here, body, sql))
        url = await stack.enter_async_context(served(here.settings))
        over_http = stack.enter_context(Connection(url))
        contenders = {
            "raw HTTP + psycopg": in_turn(raw.ask),
            "Pipeline.answer": lambda: ask(here),
            "POST /api/v1/ask, SSE to its end": in_turn(over_http.ask),
        }
        timings = await interleave(contenders, rounds=ROUNDS, warm_up=WARM_UP)
    show(timings, anchor="raw HTTP + psycopg")
    ratio = timings["Pipeline.answer"].median_ms / timings["raw HTTP + psycopg"].median_ms
    print(f"   aim <= {AIM:g}x in-process: {ratio:.2f}x; the request is {len(body):,} bytes")


async def ask(here: Stand) -> list[Event]:
    """One question through the pipeline, all events read."""
    events = [event async for event in here.tools.pipeline.answer(QUESTION)]
    assert isinstance(events[-1], Done), events[-1]
    return events


async def what_it_sends(here: Stand) -> tuple[bytes, str]:
    """The request body and the SQL of one question, so that the anchor sends and runs the same."""
    async with ScriptedServer([STATEMENT]) as spy:
        model = OpenAICompatibleModel(here.settings.llm.model_copy(update={"base_url": spy.base_url}))
        async with app.open_tools(here.settings, model=model) as tools:
            events = [event async for event in tools.pipeline.answer(QUESTION)]
        await model.aclose()
    (sql,) = [event.sql for event in events if isinstance(event, Sql)]
    return json.dumps(spy.requests[-1].body).encode(), sql


class Raw:
    """Model and database by hand, both connections kept."""

    def __init__(self, here: Stand, body: bytes, sql: str) -> None:
        host = here.model_url.removeprefix("http://").partition("/")[0]
        self._http = http.client.HTTPConnection(host)
        self._database = psycopg.connect(here.reader_dsn, autocommit=True)
        self._body, self._sql = body, sql

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()
        self._database.close()

    def ask(self) -> list[tuple[Any, ...]]:
        """One question."""
        headers = {"content-type": "application/json"}
        self._http.request("POST", "/v1/chat/completions", self._body, headers)
        reply = self._http.getresponse().read()
        pieces = (json.loads(line[6:]) for line in reply.split(b"\n") if line.startswith(b"data: {"))
        said = "".join(p["choices"][0]["delta"].get("content", "") for p in pieces if p["choices"])
        assert said
        return self._database.execute(self._sql.encode()).fetchall()


class Connection:
    """A client of the product's API, its connection kept."""

    def __init__(self, url: str) -> None:
        self._http = http.client.HTTPConnection(url.removeprefix("http://"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def ask(self) -> bytes:
        """One question, its events read to the last."""
        body = json.dumps({"question": QUESTION}).encode()
        self._http.request("POST", "/api/v1/ask", body, {"content-type": "application/json"})
        events = self._http.getresponse().read()
        assert b"event: done" in events, events[-300:]
        return events


async def profile() -> None:
    """Where the time of `Pipeline.answer` goes."""
    async with stand(STATEMENT) as here:
        for _ in range(WARM_UP):
            await ask(here)
        profiler = cProfile.Profile()
        profiler.enable()
        for _ in range(ROUNDS):
            await ask(here)
        profiler.disable()
        stats = pstats.Stats(profiler)
        stats.sort_stats("tottime").print_stats(35)
        stats.sort_stats("cumulative").print_stats("databaseai", 60)


if __name__ == "__main__":
    asyncio.run(profile() if sys.argv[1:] == ["profile"] else main())

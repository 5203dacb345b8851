"""A server of the API with a scripted flow, and a reader of its streams."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from inspect import isawaitable
from typing import Any

import httpx
import uvicorn

from databaseai.api import build
from databaseai.api.tools import ApiTools, Check, Source
from databaseai.ask.events import (
    Card,
    Chart,
    Confidence,
    Done,
    Event,
    Finding,
    ResultColumn,
    Rows,
    Sentinel,
    Sql,
    Step,
    Text,
    Usage,
)
from databaseai.ask.explaining import Explanation
from databaseai.ask.memory import Exchange
from databaseai.catalog.snapshot import Catalog, Column, ForeignKey, Table
from databaseai.data_source import Asker
from databaseai.errors import DatabaseAIError, DataSourceMissing
from databaseai.settings import Settings, load
from databaseai.store import Store

Script = Sequence[Event | float | asyncio.Event | Exception]
"""Events to yield, seconds to wait, gates to wait for, errors to raise."""
DONE = Done("answered", "scripted", Usage(1, 900, 0, 20), 12.5)
COLUMNS = (ResultColumn("city", "text"), ResultColumn("customers", "bigint"))
ROWS = Rows(COLUMNS, (("Köln", 12), ("Łódź", None)), truncated=False)
WHOLE: Script = (
    Step("question", "done", "read", 0.1),
    Step("generation", "started"),
    Step("generation", "done", "1 candidate", 812.4),
    Sql("SELECT city, count(*) FROM customer GROUP BY 1", "counts"),
    ROWS,
    Sentinel((Finding("lost rows", "2 rows have no city."),)),
    Text("Köln "),
    Text("has "),
    Text("12."),
    Card(tables=("customer",), measures=("count(*)",)),
    Chart("bar", "city", ("customers",)),
    Confidence("medium", ("one candidate",)),
    DONE,
)
CATALOG = Catalog(
    "shop",
    180006,
    (
        Table(
            "public",
            "customer",
            "table",
            (Column("id", "bigint", nullable=False), Column("city", "text", samples=("hunter2",))),
            comment="Who buys",
            row_estimate=4000,
            primary_key=("id",),
            foreign_keys=(ForeignKey(("city",), "public", "city", ("name",)),),
        ),
    ),
    "f1",
)


@dataclass(frozen=True)
class Result:
    """Rows of a person's own SQL."""

    sql: str
    columns: tuple[ResultColumn, ...]
    rows: tuple[tuple[object, ...], ...]
    truncated: bool
    ms: float


@dataclass
class ScriptedPipeline:
    """Plays a script for each question, and notes what it was asked."""

    script: Script = WHOLE
    asked: list[tuple[str, list[Exchange], bool]] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)
    askers: list[Asker | None] = field(default_factory=list)
    cancelled: int = 0
    confirmations: int = 0
    rows: int = 3
    refusal: DatabaseAIError | None = None

    async def answer(
        self,
        text: str,
        /,
        *,
        conversation: Sequence[Exchange] = (),
        answer_anyway: bool = False,
        asker: Asker | None = None,
    ) -> AsyncGenerator[Event]:
        """Play."""
        self.askers.append(asker)
        self.asked.append((text, list(conversation), answer_anyway))
        try:
            for item in self.script:
                if isinstance(item, float):
                    await asyncio.sleep(item)
                elif isinstance(item, asyncio.Event):
                    await item.wait()
                elif isinstance(item, Exception):
                    raise item
                else:
                    yield item
        except asyncio.CancelledError:
            self.cancelled += 1
            raise

    @property
    def confirmed(self) -> "ScriptedPipeline":
        """The same, and a note that it was wanted."""
        self.confirmations += 1
        return self

    async def explain(self, sql: str, /, asker: Asker | None = None) -> Explanation:
        """A plan of one node."""
        self.askers.append(asker)
        self.queries.append(sql)
        return Explanation(sql, 2.5, 7, {"Node Type": "Result"}, ("Result",), 0.5)

    async def query(self, sql: str, /, asker: Asker | None = None) -> Result:
        """So many rows, whatever the statement."""
        self.askers.append(asker)
        self.queries.append(sql)
        if self.refusal:
            raise self.refusal
        return Result(sql, COLUMNS, tuple(("x", n) for n in range(self.rows)), truncated=False, ms=1.5)


@dataclass
class ScriptedCatalog:
    """A catalog that changes when refreshed."""

    catalog: Catalog = CATALOG

    async def get(self, _: Asker | None = None, /) -> Catalog:
        """As known."""
        return self.catalog

    async def refresh(self, _: Asker | None = None, /) -> Catalog:
        """As it is."""
        self.catalog = replace(self.catalog, fingerprint="f2")
        return self.catalog


@dataclass
class Served:
    """A running server."""

    url: str
    http: httpx.AsyncClient
    pipeline: ScriptedPipeline
    tools: ApiTools

    async def ask(self, question: str = "How many customers?", **more: Any) -> list["Got"]:
        """Ask and read the stream to its end."""
        async with self.stream("POST", "/ask", json={"question": question, **more}) as events:
            return [event async for event in events]

    @asynccontextmanager
    async def stream(self, method: str, path: str, **request: Any) -> AsyncIterator[AsyncIterator["Got"]]:
        """An event stream, event by event."""
        async with self.http.stream(method, path, **request) as response:
            assert response.status_code == 200, await response.aread()
            assert response.headers["content-type"].startswith("text/event-stream")
            yield read(response)

    async def events(self, answer_id: str, after: int = 0) -> list["Got"]:
        """The events of an answer past a sequence number."""
        headers = {"last-event-id": str(after)} if after else {}
        async with self.stream("GET", f"/answers/{answer_id}/events", headers=headers) as events:
            return [event async for event in events]


@dataclass(frozen=True)
class Got:
    """One event as it arrived."""

    id: int
    kind: str
    data: dict[str, Any]


async def read(response: httpx.Response) -> AsyncIterator[Got]:
    """Parse a stream strictly: each event has exactly id, event and one data line. Twenty seconds at most."""
    lines: list[str] = []
    async with asyncio.timeout(20):
        async for line in response.aiter_lines():
            if line.startswith(":"):
                assert not lines
                yield Got(0, "comment", {})
            elif line:
                lines.append(line)
            elif lines:
                number, kind, data = lines
                yield Got(
                    int(number.removeprefix("id: ")),
                    kind.removeprefix("event: "),
                    json.loads(data.removeprefix("data: ")),
                )
                lines = []


class QuietServer(uvicorn.Server):
    """Leaves the process's signals alone."""

    @contextmanager
    def capture_signals(self) -> Any:
        """Nothing to capture."""
        yield


@asynccontextmanager
async def serve(
    store: Store,
    script: Script | None = None,
    *,
    health: Mapping[str, Check] | None = None,
    settings: Mapping[str, str] | None = None,
    **tuning: Any,
) -> AsyncIterator[Served]:
    """Serve on a free loopback port until the block ends."""
    pipeline, catalog = ScriptedPipeline(script if script is not None else WHOLE), ScriptedCatalog()

    async def source(name: str | None) -> Source:
        if name not in {None, "host:5432/shop"}:
            raise DataSourceMissing
        return Source("host:5432/shop", pipeline, catalog)

    tools = ApiTools(of(settings or {}), store, source, health or {}, **({"version": "1.2.3"} | tuning))
    async with serve_tools(tools) as (url, http):
        yield Served(url, http, pipeline, tools)


@asynccontextmanager
async def serve_tools(tools: ApiTools) -> AsyncIterator[tuple[str, httpx.AsyncClient]]:
    """Serve on a free loopback port; its URL, and a client below `/api/v1`."""
    config = uvicorn.Config(build(tools), port=0, log_config=None, ws="wsproto", timeout_graceful_shutdown=1)
    server = QuietServer(config)
    task = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(base_url=f"{url}/api/v1", timeout=20, trust_env=False) as http:
        yield url, http
    server.should_exit = True
    await task


async def until(holds: Callable[[], object]) -> None:
    """Wait until it holds, ten seconds at most; what it looks at has no event to wait for."""
    async with asyncio.timeout(10):
        while not (await held if isawaitable(held := holds()) else held):  # noqa: ASYNC110
            await asyncio.sleep(0.005)


def of(names: Mapping[str, str]) -> Settings:
    """Settings from these names alone."""
    return load(dict(names), env_files=())

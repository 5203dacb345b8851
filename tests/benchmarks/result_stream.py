"""A result of a million rows through the door: how soon its first rows are there, and what it takes of us.

The anchor is the same query with LIMIT 100, sent by psycopg over a kept connection: no gate, no plan, no
transaction, no look at the login. `Stream` is the door's last step alone, inside an open sandbox. Memory is
this process's, at its highest, over what it was; the loop's longest turn is its thread's own processor time,
so that a busy machine does not count.
"""

import asyncio
import contextlib
import gc
import os
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psycopg

from databaseai import app
from databaseai.ask.guardrail import AcceptedQuery, check
from databaseai.ask.sandbox import sandbox
from databaseai.ask.streaming import Stream
from databaseai.errors import DatabaseAIError
from databaseai.settings import Settings
from tests.benchmarks.measure import Timing, show
from tests.benchmarks.stand import stand

FIRST = 100
MILLION = "orders AS o CROSS JOIN orders AS p"
"""1,265,625 rows at the stand's scale, made as they are read."""
PLAIN = f"SELECT o.*, p.id AS other FROM {MILLION}"
RESULTS = {
    "plain": PLAIN,
    "300 columns": f"SELECT {', '.join(f'o.id + {n} AS c{n}' for n in range(300))} FROM {MILLION}",
    "texts of 9 kB": f"SELECT repeat('é', 4500) FROM {MILLION}",
    "arrays of 90,000": f"SELECT (SELECT array_agg(n) FROM generate_series(1, 90000) AS n) FROM {MILLION}",
    "documents": f"SELECT (SELECT jsonb_agg(jsonb_build_object('n', n)) FROM generate_series(1, 20000) AS n)"
    f" FROM {MILLION}",
    "one huge row": f"SELECT string_agg(repeat('x', 9000), '') FROM {MILLION}",
}  # fmt: skip
ANCHOR = "psycopg, LIMIT 100"
ROUNDS, WARM_UP = 100, 10
PAUSE_S = 0.02
"""Between questions, as askers make it: a query that was cut short is stopped meanwhile."""
AIM_RATIO, AIM_MB, AIM_TURN_MS = 3.0, 60.0, 50.0


async def main() -> None:
    """Print the times of the first rows, then memory and the loop's longest turn for several results."""
    async with stand("SELECT 1") as here:
        async with opened(here.settings, FIRST) as tools:
            await first_rows(tools, here.reader_dsn)
        for name, sql in RESULTS.items():
            async with opened(here.settings, here.settings.limits.row_limit) as tools:
                print(f"   {name:<18}{await taken(tools, sql)}")
    print(f"   aims: growth <= {AIM_MB:.0f} MB, longest turn <= {AIM_TURN_MS:.0f} ms")


@contextlib.asynccontextmanager
async def opened(settings: Settings, row_limit: int) -> AsyncIterator[app.Tools]:
    """Tools of their own with that row limit, and no limit on a plan's cost."""
    limits = settings.limits.model_copy(update={"row_limit": row_limit, "plan_cost_limit": 1e40})
    async with app.open_tools(settings.model_copy(update={"limits": limits})) as tools:
        await tools.pipeline.query("SELECT 1")
        yield tools


async def first_rows(tools: app.Tools, dsn: str) -> None:
    """The first hundred of a million, beside psycopg's LIMIT 100."""
    query = check(PLAIN, await tools.catalog.get(), tools.settings.limits)
    timings = {
        name: Timing() for name in (ANCHOR, "Stream, 100 rows of it", "Pipeline.query, 100 rows of it")
    }
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as raw:
        limited = f"{query.sql} LIMIT {FIRST}".encode()
        for number in range(-WARM_UP, ROUNDS):
            with timed() as limit_100:
                await (await raw.execute(limited)).fetchall()
            async with tools.data_source.reader() as reader, sandbox(reader, tools.settings.limits):
                with timed() as stream_100:
                    await read_first(Stream(reader, tools.settings.limits), query)
            await asyncio.sleep(PAUSE_S)
            with timed() as query_100:
                await tools.pipeline.query(PLAIN)
            await asyncio.sleep(PAUSE_S)
            if number >= 0:
                for timing, one in zip(timings.values(), (limit_100, stream_100, query_100), strict=True):
                    timing.wall_ms.append(one.wall_ms)
                    timing.cpu_ms.append(one.cpu_ms)
    show(timings, anchor=ANCHOR)
    print(f"   aim <= {AIM_RATIO:g}x")


async def read_first(stream: Stream, query: AcceptedQuery) -> None:
    """Take the first rows and leave the rest."""
    count = 0
    async with contextlib.aclosing(stream.rows(query.sql)) as rows:
        async for _ in rows:
            count += 1
            if count == FIRST:
                stream.enough = True
                return


@dataclass
class Lap:
    """One time."""

    wall_ms: float = 0.0
    cpu_ms: float = 0.0


@contextlib.contextmanager
def timed() -> Iterator[Lap]:
    """Measure what runs inside."""
    lap, wall, cpu = Lap(), time.perf_counter(), time.process_time()
    yield lap
    lap.wall_ms, lap.cpu_ms = (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000


async def taken(tools: app.Tools, sql: str) -> str:
    """Run one statement and watch this process meanwhile."""
    gc.collect()
    with Memory() as memory, Turns() as turns:
        try:
            result = await tools.pipeline.query(sql)
            outcome = f"{len(result.rows):,} rows{', cut' if result.truncated else ''}"
        except DatabaseAIError as error:
            outcome = error.code
    return f"{outcome:<18} memory {memory.grown_mb:>+6.1f} MB   longest turn {turns.longest_ms:>6.1f} ms"


class Memory:
    """How much this process grew at most, seen from a thread."""

    def __enter__(self) -> Self:
        self._base, self._most, self._over = resident_mb(), 0.0, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    @property
    def grown_mb(self) -> float:
        """Megabytes."""
        return self._most - self._base

    def _look(self) -> None:
        while not self._over.wait(0.002):
            self._most = max(self._most, resident_mb())


def resident_mb() -> float:
    """What this process has in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


class Turns:
    """The longest that the loop's thread computed before others had their turn."""

    def __enter__(self) -> Self:
        self.longest_ms = 0.0
        self._ticking = asyncio.create_task(self._tick())
        return self

    def __exit__(self, *_: object) -> None:
        self._ticking.cancel()

    async def _tick(self) -> None:
        before = time.thread_time()
        while True:
            await asyncio.sleep(0)
            now = time.thread_time()
            self.longest_ms, before = max(self.longest_ms, (now - before) * 1000), now


if __name__ == "__main__":
    asyncio.run(main())

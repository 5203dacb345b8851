"""What one query may take of memory: of the server's, and of ours."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest
from psycopg import AsyncConnection

from databaseai.ask import execution, memory_watch, server_process
from databaseai.ask.memory_watch import Watch
from databaseai.ask.sandbox import sandbox
from databaseai.ask.server_process import Backend, backend_of, children, private_bytes
from databaseai.embedded.postgres import EmbeddedPostgres
from databaseai.errors import ServerMemoryExceeded, StatementTimeout
from databaseai.settings import ExecutionLimits
from tests.ask.accepted import unchecked
from tests.ask.conftest import Shop

Reader = AsyncConnection[Any]
SMALL = ExecutionLimits(server_memory_mb=64, statement_timeout_ms=20_000)
OVERSHOOT_MB = 256
"""What a process may take beyond the limit between two looks and until it sees the cancel."""


async def run(sql: str, reader: Reader, limits: ExecutionLimits = SMALL) -> execution.ResultSet:
    async with sandbox(reader, limits):
        return await execution.run(unchecked(sql), reader, limits)


MANY = "(SELECT generate_series(1, 100000000) AS i) AS s"
"""Made row by row; in FROM itself the series would first fill a temporary file."""


@pytest.mark.parametrize(
    "sql",
    [
        f"SELECT array_length(array_agg(i), 1) FROM {MANY}",
        f"SELECT length(string_agg(repeat('x', 1000), '')) FROM {MANY}",
        f"SELECT jsonb_array_length(jsonb_agg(i)) FROM {MANY}",
        f"SELECT cardinality(array_agg(repeat(i::text, 9))) FROM {MANY}",
        "WITH RECURSIVE r AS (SELECT 'x' AS t UNION ALL SELECT t || t FROM r) SELECT length(t) FROM r",
    ],
)  # fmt: skip
async def test_what_eats_memory_is_stopped(sql: str, reader: Reader) -> None:
    """Long before its time limit, and the connection goes on."""
    backend = backend_of(reader)
    assert backend is not None
    most = 0
    task = asyncio.create_task(run(sql, reader))
    while not task.done():
        most = max(most, private_bytes(backend.pid) >> 20)
        await asyncio.wait({task}, timeout=0.01)
    with pytest.raises(ServerMemoryExceeded) as refusal:
        await task
    assert refusal.value.repairable
    assert most < SMALL.server_memory_mb + OVERSHOOT_MB
    if not reader.closed:
        assert (await run("SELECT 1", reader)).rows == ((1,),)


async def test_an_honest_query_under_the_limit_passes(reader: Reader) -> None:
    result = await run("SELECT array_length(array_agg(i), 1) FROM generate_series(1, 1000000) i", reader)
    assert result.rows == ((1_000_000,),)


async def test_the_process_is_found_and_it_is_the_right_one(
    reader: Reader, postgres: EmbeddedPostgres
) -> None:
    backend = backend_of(reader)
    assert backend == Backend(reader.info.backend_pid, postgres.pid or 0)
    assert backend.pid in children(backend.server)
    assert private_bytes(backend.pid) > 100_000


async def test_our_servers_processes_give_way(reader: Reader) -> None:
    """So that whoever answers for health goes first; only those that work long, not the server itself."""
    backend = backend_of(reader)
    assert backend is not None
    await run("SELECT 1", reader)
    assert os.getpriority(os.PRIO_PROCESS, backend.pid) < server_process.NICENESS
    task = asyncio.create_task(run("SELECT pg_sleep(9)", reader))
    async with asyncio.timeout(5):
        while os.getpriority(os.PRIO_PROCESS, backend.pid) != server_process.NICENESS:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert os.getpriority(os.PRIO_PROCESS, backend.server) < server_process.NICENESS
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert reader.closed  # an honest question must not wait behind a niceness that cannot be taken back


async def test_a_process_id_of_elsewhere_is_not_believed(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pooler, or a server in another container, tells an id that is somebody else's here."""
    stranger = os.getpid()
    monkeypatch.setattr(type(reader.info), "backend_pid", property(lambda _: stranger))
    assert server_process.find(reader) is None
    monkeypatch.setattr(type(reader.info), "backend_pid", property(lambda _: 2**22))  # nobody
    assert server_process.find(reader) is None


async def test_parallel_workers_count(reader: Reader, admin: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are children of the server, not of the backend."""
    looked: list[list[int]] = []
    seen = Watch._processes

    def noted(self: Watch) -> list[int]:
        looked.append(found := seen(self))
        return found

    monkeypatch.setattr(Watch, "_processes", noted)
    monkeypatch.setattr(memory_watch, "SLOWEST_S", 0.01)
    await admin.execute(
        "CREATE TABLE IF NOT EXISTS public.wide AS SELECT n FROM generate_series(1, 300000) n"
    )
    await admin.execute("ALTER TABLE public.wide SET (parallel_workers = 2)")
    await admin.execute("GRANT SELECT ON public.wide TO PUBLIC")
    try:
        async with sandbox(reader, SMALL):
            await reader.execute("SET LOCAL parallel_setup_cost = 0; SET LOCAL parallel_tuple_cost = 0")
            slow = "SELECT count(*) FROM public.wide WHERE md5(md5(md5(md5(n::text)))) < 'zz'"
            await execution.run(unchecked(slow), reader, SMALL)
    finally:
        await admin.execute("DROP TABLE public.wide")
    assert max(map(len, looked)) > 1


async def test_the_largest_goes_when_all_together_take_too_much(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_watch, "MACHINE_BYTES", 2 * (64 << 20))
    monkeypatch.setattr(memory_watch, "SLOWEST_S", 0.01)
    async with contextlib.AsyncExitStack() as stack:
        small, large = [await stack.enter_async_context(connected(shop)) for _ in range(2)]
        wide = ExecutionLimits(server_memory_mb=4_096)
        held = (
            "SELECT cardinality(a) FROM (SELECT array_agg(i) AS a FROM"
            " (SELECT generate_series(1, {}) AS i) s) x, pg_sleep({})"
        )
        modest = asyncio.create_task(run(held.format(1_000, 1), small, wide))
        with pytest.raises(ServerMemoryExceeded, match="together"):
            await run(held.format(100_000_000, 0), large, wide)
        assert (await modest).rows == ((1_000,),)


@contextlib.asynccontextmanager
async def connected(shop: Shop) -> AsyncIterator[Reader]:
    connection = await psycopg.AsyncConnection.connect(shop.reader, autocommit=True, prepare_threshold=None)
    async with connection:
        yield connection


async def test_watching_ends_with_the_query(reader: Reader) -> None:
    await run("SELECT 1", reader)
    assert not memory_watch.watches
    with pytest.raises(StatementTimeout):
        await run("SELECT pg_sleep(9)", reader, ExecutionLimits(statement_timeout_ms=100))
    assert not memory_watch.watches


async def test_a_server_that_is_frozen_is_left_in_time(reader: Reader) -> None:
    """It hears no cancel, as in format() or a long copy; whoever asks is told, and the connection is gone."""
    backend = backend_of(reader)
    assert backend is not None
    task = asyncio.create_task(run("SELECT pg_sleep(9)", reader, ExecutionLimits(statement_timeout_ms=300)))
    started = time.monotonic()
    await asyncio.sleep(0.1)
    os.kill(backend.pid, signal.SIGSTOP)
    try:
        with pytest.raises(StatementTimeout):
            await task
        assert time.monotonic() - started < 0.3 + 1.0
        assert reader.closed
        assert (
            os.sched_getscheduler(backend.pid) == os.SCHED_IDLE
        )  # it cannot be ended, and nobody waits for it
    finally:
        os.kill(backend.pid, signal.SIGCONT)

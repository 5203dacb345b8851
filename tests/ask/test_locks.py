"""Each lock of the sandbox stops an attack when it stands alone. All of both: the benchmark `locks`."""

from collections.abc import AsyncIterator

import pytest

from databaseai.ask import execution
from databaseai.ask.sandbox import sandbox
from databaseai.data_source import DataSource
from databaseai.errors import ExecutionError
from databaseai.settings import DataSourceSettings, ExecutionLimits
from tests.ask import cases, lock_bench, locks
from tests.ask.accepted import unchecked
from tests.ask.lock_bench import Bench

STOPS = {
    locks.TEXT: "a form feed as a blank",
    locks.FIRST: "delete in a with query",
    locks.SECOND: "stacked delete",
    locks.LOGIN: "insert",
    locks.READ_ONLY: "explain analyze delete",
    locks.PINNED: "read write, then a write",
    locks.PATH: "a user's operator by a built-in's name",
    locks.ONE: "commit first",
    locks.TIME: "sleep in a with query",
    locks.SIZE: "many rows",
    locks.UNDO: "listen",
}
KNOWN = {case.name: case for case in cases.attacks() + cases.behind()}


@pytest.fixture(scope="module")
async def bench() -> AsyncIterator[Bench]:
    async with lock_bench.bench(18) as made:
        yield made


async def test_each_lock_alone_stops_an_attack_that_works_without(bench: Bench) -> None:
    await bench.switch(frozenset())
    bare = {lock: await bench.attack(KNOWN[name]) for lock, name in STOPS.items()}
    assert all(bare.values()), bare
    for lock, name in STOPS.items():
        await bench.switch(locks.ALONE[lock])
        assert not await bench.attack(KNOWN[name]) & bare[lock], lock


async def test_pinning_is_what_keeps_a_transaction_read_only(bench: Bench) -> None:
    """The first statement of a text may still open an unpinned one."""
    await bench.switch(frozenset({locks.READ_ONLY}))
    assert "writes" in await bench.attack(KNOWN[STOPS[locks.PINNED]])


@pytest.mark.parametrize("statement", ["COPY public.customer TO STDOUT", "COPY public.booking FROM STDIN"])
async def test_a_copy_that_no_gate_saw_ends(statement: str, bench: Bench) -> None:
    """Libpq repeats the result of a COPY until somebody reads or writes its data."""
    name = await bench.ground.database()
    limits = ExecutionLimits(statement_timeout_ms=300)
    settings = DataSourceSettings(allow_powerful_login=True)
    source = await DataSource.open(bench.ground.admin_dsn(name), settings, limits)
    with pytest.raises(ExecutionError):
        async with source.reader() as reader, sandbox(reader, limits):
            await execution.run(unchecked(statement), reader, limits)
    await source.close()

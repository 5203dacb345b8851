"""Attacks behind some of the locks: what each still does, seen on a ground of its own."""

import asyncio
import contextlib
import re
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import psutil
import psycopg
from psycopg import AsyncConnection

from databaseai.ask import execution, sandbox
from databaseai.ask.guardrail import AcceptedQuery
from databaseai.data_source import DataSource
from databaseai.errors import DatabaseAIError, GuardrailError
from databaseai.settings import DataSourceSettings, ExecutionLimits
from tests.ask import state
from tests.ask.cases import Case
from tests.ask.effects import SERVER, TRACE, declared
from tests.ask.ground import CANARY, Ground
from tests.ask.locks import (
    EVERY,
    LOGIN,
    NO_SIZE,
    NO_TIME,
    ON,
    ONE,
    PATH,
    READ_ONLY,
    SIZE,
    TIME,
    Reader,
    judged,
    switched,
)
from tests.ask.naive import ADDRESS_SPACE, peak_bytes

HUNG_S = 1.6
"""Longer is an effect: the limit and a second of grace."""
END_S = 2.0
"""Then the harness ends the backend, whatever the locks do."""
GROWN_BYTES = 300_000_000
MANY_ROWS, MANY_BYTES = 20_000, 10_000_000


@dataclass
class Bench:
    """One ground, and one configuration of locks after the other."""

    ground: Ground
    on: frozenset[str] = EVERY
    _name: str = ""
    _before: state.Digest = field(default_factory=dict)
    _source: DataSource | None = None
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def switch(self, on: frozenset[str]) -> None:
        """From now on these locks only."""
        await self._leave()
        self.on = on

    async def aclose(self) -> None:
        """Close what is open."""
        await self._leave()

    async def _leave(self) -> None:
        await self._stack.aclose()
        self._stack, self._source = AsyncExitStack(), None

    async def _settle(self) -> DataSource:
        """A database of which the state is known, and a data source that leads there."""
        if not self._name:
            await self._leave()
            self._name = await self.ground.database()
            await self.ground.bring_victim(self._name)
            self._before = await self._state()
        if self._source is None:
            reader = LOGIN in self.on
            url = self.ground.reader_dsn(self._name) if reader else self.ground.admin_dsn(self._name)
            settings = DataSourceSettings(pool_size=1, allow_powerful_login=not reader)
            self._source = await DataSource.open(url, settings, self.limits())
            self._stack.push_async_callback(self._source.close)
        return self._source

    def limits(self) -> ExecutionLimits:
        """What is left of them."""
        off = (NO_TIME if TIME not in self.on else {}) | (NO_SIZE if SIZE not in self.on else {})
        return ON.model_copy(update=off)

    async def attack(self, case: Case) -> set[str]:
        """The effects that this attack has behind the locks that are on."""
        sql = self.ground.placed(case.sql)
        try:
            query = judged(sql, self.ground.catalog, self.on)
        except GuardrailError:
            return set()
        source = await self._settle()
        calls = self.ground.calls
        seen = await self._run(source, query, case)
        seen |= await self.ground.victim_suffered()
        if self.ground.calls > calls:
            seen.add("reaches out")
        return seen | await self._lasting()

    async def _run(self, source: DataSource, query: AcceptedQuery, case: Case) -> set[str]:
        """Through sandbox and execution; what came back, and what the session kept."""
        seen, said = set[str](), b""
        started = time.monotonic()
        with switched(self.on):
            async with source.reader() as connection:
                pid = connection.info.backend_pid
                await self._ready(connection, pid)
                session = await state.of_session(connection)
                grown = peak_bytes(pid)
                ending = asyncio.create_task(self._end(pid))
                try:
                    reader: Any = Reader(connection, simple=ONE not in self.on)
                    async with sandbox.sandbox(reader, self.limits()) as inside:
                        result = await execution.run(query, inside, self.limits())
                        seen |= await self._locks(pid)
                    said = repr(result.rows).encode(errors="replace")
                    seen |= came_back(result.rows, said, case, self.ground.major)
                except DatabaseAIError as error:
                    said = f"{error} {error.detail} {error.hint} {error.facts}".encode(errors="replace")
                    if re.search(CANARY, said) and "error leak" in declared(case, self.ground.major):
                        seen.add("error leak")
                    if error.code in {"DBAI711", "DBAI718"} and peak_bytes(pid) - grown > GROWN_BYTES:
                        seen.add("burns memory")
                finally:
                    ending.cancel()
                grown = peak_bytes(pid) - grown
            if time.monotonic() - started > HUNG_S:
                seen.add("burns time")
            if grown > GROWN_BYTES:
                seen.add("burns memory")
            with contextlib.suppress(DatabaseAIError, psycopg.Error):
                async with source.reader() as again:
                    await self._ready(again, again.info.backend_pid)
                    if state.moved(session, await state.of_session(again)):
                        seen.add("session")
        return seen

    async def _ready(self, connection: AsyncConnection[Any], pid: int) -> None:
        """Bound the process from outside; take back what READ ONLY sets for the session when it is off."""
        with contextlib.suppress(psutil.Error):
            psutil.Process(pid).rlimit(psutil.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
        if READ_ONLY not in self.on:
            await connection.execute("SET default_transaction_read_only = off")
        if PATH not in self.on:
            await connection.execute("SET search_path = public, evil")

    async def _end(self, pid: int) -> None:
        """The harness's own bound."""
        await asyncio.sleep(END_S)
        await self.ground.outside.execute(f"SELECT pg_terminate_backend({pid})".encode())

    async def _locks(self, pid: int) -> set[str]:
        """Whether the backend holds what stops others."""
        async with await AsyncConnection.connect(self.ground.admin_dsn(self._name), autocommit=True) as admin:
            held = (await state.rows(admin, f"{state.LOCKS} AND l.pid = {pid}"))[0][0]
        return {"locks"} if held else set()

    async def _state(self) -> state.Digest:
        async with await AsyncConnection.connect(self.ground.admin_dsn(self._name), autocommit=True) as admin:
            return await state.of(admin, self.ground.server.data)

    async def _lasting(self) -> set[str]:
        """What is different now; all is made new where that is needed."""
        try:
            moved = state.moved(self._before, await self._state())
        except psycopg.Error:
            moved = {"cluster lost"}
        seen = {"calls user code"} if TRACE in moved else set()
        seen |= {"server"} if moved & SERVER else set()
        seen |= {"files"} if any(part.startswith("file ") for part in moved) else set()
        lasting = {part for part in moved if not part.startswith("file ")} - SERVER - {TRACE, "locks"}
        seen |= {"writes"} if lasting else set()
        if any(part.startswith(("cluster", "file")) for part in moved):
            await self._leave()
            self._name = ""
            await self.ground.renew()
        elif moved - {"locks"}:
            await self._leave()
            await self.ground.drop(self._name)
            self._name = ""
        elif moved:
            await self._leave()
        return seen


def came_back(rows: Any, said: bytes, case: Case, major: int) -> set[str]:
    """What the rows mean."""
    told, seen = declared(case, major), set[str]()
    if "leaks" in told and re.search(CANARY, said):
        seen.add("leaks")
    if len(rows) >= MANY_ROWS or len(said) >= MANY_BYTES:
        seen.add("floods")
    if told == {"discovers"} and any(cell for row in rows for cell in row):
        seen.add("discovers")
    return seen


@contextlib.asynccontextmanager
async def bench(major: int) -> AsyncIterator[Bench]:
    """A bench on a ground of its own."""
    async with Ground(major) as ground:
        made = Bench(ground)
        try:
            yield made
        finally:
            await made.aclose()

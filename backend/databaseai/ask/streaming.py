"""Send one query over the extended protocol and read its rows one by one, inside time, memory and bytes."""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Coroutine, Iterator, Sequence
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn

from databaseai.ask.memory_watch import Watch
from databaseai.ask.sandbox import OVERRUN_MS, STOP_GRACE_MS, recover, require, search, worn
from databaseai.ask.server_process import forsake
from databaseai.data_source.cancelling import settle, stop
from databaseai.data_source.metering import Meter
from databaseai.errors import DatabaseAIError, ResultTooLarge, StatementTimeout
from databaseai.settings import ExecutionLimits

FINISHED = {ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK}
COPIES = {ExecStatus.COPY_IN, ExecStatus.COPY_OUT, ExecStatus.COPY_BOTH}
FLUSH_PAUSE_S = 0.001
KEPT_BUFFER_BYTES = 4_000_000
"""libpq never gives back what it once needed for a row; past this the connection goes after its sandbox."""
DRAINED_BYTES = 8_000_000
"""More cannot be under way when a server listens: a backend that sends one row looks for no cancel."""
Raw = Sequence[bytes | None]
Described = tuple[tuple[str, int, int], ...]
"""Name, type's oid and modifier of each column."""


class Stream:
    """One running query: `columns` when the first row is there, rows by iteration.

    Leaving it early cancels the query and reads what is still under way, so that the transaction can go on:
    before it is left, or after when `enough` was set (the connection's next user waits for it).

    Source:
        notes/sandbox.md, 2.4: PQsendQueryParams takes one statement; single-row mode has one timer, unlike
        FETCH. A row comes whole from libpq, so bytes are counted before libpq has them (`Meter`).
    """

    def __init__(
        self, reader: AsyncConnection[Any], limits: ExecutionLimits, search_path: Sequence[str] = ()
    ) -> None:
        own = time.monotonic() + (limits.statement_timeout_ms + OVERRUN_MS) / 1000
        self.columns: Described = ()
        self.enough = False
        """Set by whoever has rows enough: the query is stopped behind their back."""
        self._until = min(require(reader), own)
        self._reader, self._limits = reader, limits
        self._search_path = search_path
        self._meter = Meter(reader)
        self._watch: Watch | None = None
        self._fault: DatabaseAIError | None = None

    @property
    def bytes(self) -> int:
        """Received so far."""
        return self._meter.received

    async def rows(self, text: str) -> AsyncGenerator[Raw]:
        """Run `text` and give each row: c cells, text format, None for NULL.

        Raises:
            psycopg.Error: What the server says.
            StatementTimeout: It overran without saying so. DBAI701.
            ResultTooLarge: One row is larger than `result_bytes`. DBAI717.
            ServerMemoryExceeded: The server took more than `server_memory_mb` for it. DBAI718.
        """
        await recover(self._reader)
        await search(self._reader, self._search_path)
        pgconn = self._reader.pgconn
        await self._reader.lock.acquire()  # `_finish` releases it
        try:
            pgconn.send_query_params(text.encode(), None)
            pgconn.set_single_row_mode()
            with self._watched():
                await self._flush(pgconn)
                self._meter.open()
                async for row in self._results(pgconn):
                    yield row
        finally:
            if self.enough:
                settle(self._reader, self._finish(pgconn))
            else:
                await surely(self._finish(pgconn))

    @contextlib.contextmanager
    def _watched(self) -> Iterator[None]:
        """Our clock and the watch over the server's memory; either ends the query through `_fault`."""
        overran = StatementTimeout("The query ran past its time limit.")
        clock = asyncio.get_running_loop().call_later(self._until - time.monotonic(), self._end, overran)
        self._watch = Watch.begin(self._reader, self._limits, self._end)
        try:
            yield
        finally:
            clock.cancel()
            if self._watch is not None:
                self._watch.end()

    def _end(self, fault: DatabaseAIError) -> None:
        """Have whoever reads raise this."""
        self._fault = self._fault or fault
        self._meter.wake()

    async def _flush(self, pgconn: PGconn) -> None:
        """Send all; the text is short, so this rarely waits."""
        while pgconn.flush():
            self._check()
            await asyncio.sleep(FLUSH_PAUSE_S)

    async def _results(self, pgconn: PGconn) -> AsyncGenerator[Raw]:
        """Results as they come: one row each, then an empty one or an error, then none."""
        start = 0
        while True:
            while pgconn.is_busy():
                self._bound(self._meter.received - start)
                await self._meter.take()
                self._check()
            result = pgconn.get_result()
            start = self._meter.received
            if result is None:
                return
            if not self.columns and result.status in {ExecStatus.SINGLE_TUPLE, ExecStatus.TUPLES_OK}:
                self.columns = described(result)
            if result.status == ExecStatus.SINGLE_TUPLE:
                yield [result.get_value(0, column) for column in range(len(self.columns))]
            elif result.status not in FINISHED:
                raise psycopg.errors.error_from_result(result, self._reader.info.encoding)

    def _check(self) -> None:
        """Raise what the clock or the watch found."""
        if self._fault is not None:
            raise self._fault

    def _bound(self, row_bytes: int) -> None:
        """Refuse a row that is larger than all rows together may be."""
        self._meter.largest = max(self._meter.largest, row_bytes)
        if row_bytes > self._limits.result_bytes:
            raise ResultTooLarge(
                f"One row is larger than the limit of {self._limits.result_bytes:,} bytes.",
                hint="Take fewer or shorter columns.",
                limit=self._limits.result_bytes,
            )

    async def _finish(self, pgconn: PGconn) -> None:
        """Stop what still runs and step aside; a server that does not listen loses the connection."""
        try:
            if pgconn.transaction_status == TransactionStatus.ACTIVE:
                await stop(self._reader, self._drain(pgconn), STOP_GRACE_MS)
                if self._reader.closed and self._watch:
                    forsake(self._watch.backend)
        finally:
            self._meter.close()
            self._reader.lock.release()
        if self._meter.largest > KEPT_BUFFER_BYTES or (self._watch and self._watch.gave_way):
            worn.add(self._reader)

    async def _drain(self, pgconn: PGconn) -> None:
        """Read and forget results until the query is over; not the rest of a row that never ends."""
        self._meter.woken = False
        most = self._meter.received + DRAINED_BYTES
        while True:
            while pgconn.is_busy():
                await self._meter.take()
                if self._meter.received > most:
                    raise psycopg.OperationalError
            result = pgconn.get_result()
            if result is None:
                return
            if result.status in COPIES:  # libpq would say so for ever
                raise psycopg.OperationalError


async def surely(work: Coroutine[Any, Any, None]) -> None:
    """Wait for it to the end, however often the asker's task is cancelled; it is short."""
    task, stopped = asyncio.ensure_future(work), False
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            stopped = True
    if stopped:
        raise asyncio.CancelledError
    task.result()


def described(result: Any) -> Described:
    """Columns of a result, names as PostgreSQL gave them, twice where it gave them twice."""
    return tuple(
        ((result.fname(place) or b"").decode(), result.ftype(place), result.fmod(place))
        for place in range(result.nfields)
    )

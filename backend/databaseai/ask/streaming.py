"""Send one query over the extended protocol and read its rows one by one, inside time and bytes."""

import asyncio
import contextlib
import fcntl
import struct
import termios
import time
from collections.abc import AsyncGenerator, Sequence
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn

from databaseai.ask.sandbox import STOP_GRACE_MS, recover, require
from databaseai.data_source.cancelling import cancel
from databaseai.errors import ResultTooLarge, StatementTimeout
from databaseai.settings import ExecutionLimits

OVERRUN_MS = 300
"""How long after its limit the server may still say so itself; then this side cancels."""
FINISHED = {ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK}
Raw = Sequence[bytes | None]
Described = tuple[tuple[str, int, int], ...]
"""Name, type's oid and modifier of each column."""


class Stream:
    """One running query: `columns` when the first row is there, rows by iteration.

    Leaving it early cancels the query and reads what is still under way, so that the transaction can go on.

    Source:
        notes/sandbox.md, 2.4: PQsendQueryParams takes one statement; single-row mode has one timer, unlike
        FETCH. A row comes whole from libpq, so bytes are counted where they arrive, before it is.
    """

    def __init__(self, reader: AsyncConnection[Any], limits: ExecutionLimits) -> None:
        require(reader)
        self.columns: Described = ()
        self.bytes = 0
        """Received so far."""
        self._reader, self._limits = reader, limits
        self._until = time.monotonic() + (limits.statement_timeout_ms + OVERRUN_MS) / 1000
        self._ready = asyncio.Event()

    async def rows(self, text: str) -> AsyncGenerator[Raw]:
        """Run `text` and give each row: c cells, text format, None for NULL.

        Raises:
            psycopg.Error: What the server says.
            StatementTimeout: It overran without saying so. DBAI701.
            ResultTooLarge: One row is larger than `result_bytes`. DBAI717.
        """
        await recover(self._reader)
        pgconn, loop = self._reader.pgconn, asyncio.get_running_loop()
        wire = pgconn.socket
        async with self._reader.lock:
            pgconn.send_query_params(text.encode(), None)
            pgconn.set_single_row_mode()
            loop.add_reader(wire, self._ready.set)
            try:
                await self._flush(pgconn)
                async for row in self._results(pgconn):
                    yield row
            finally:
                loop.remove_reader(wire)
                if pgconn.transaction_status == TransactionStatus.ACTIVE:
                    await asyncio.shield(self._abandon(pgconn))

    async def _flush(self, pgconn: PGconn) -> None:
        """Send all; the text is short, so this rarely waits."""
        while pgconn.flush():  # noqa: ASYNC110  # a few kB: the socket takes them at once
            await asyncio.sleep(0)

    async def _results(self, pgconn: PGconn) -> AsyncGenerator[Raw]:
        """Results as they come: one row each, then an empty one or an error, then none."""
        start = 0
        while True:
            while pgconn.is_busy():
                self._bound(self.bytes - start)
                await self._receive(pgconn)
            result = pgconn.get_result()
            start = self.bytes
            if result is None:
                return
            if not self.columns and result.status in {ExecStatus.SINGLE_TUPLE, ExecStatus.TUPLES_OK}:
                self.columns = described(result)
            if result.status == ExecStatus.SINGLE_TUPLE:
                # libpq reads on while a fast server sends: what it took in one go was not counted before
                row = [result.get_value(0, column) for column in range(result.nfields)]
                self._bound(sum(len(cell) for cell in row if cell is not None))
                yield row
            elif result.status not in FINISHED:
                raise psycopg.errors.error_from_result(result, self._reader.info.encoding)

    def _bound(self, row_bytes: int) -> None:
        """Refuse a row that is larger than all rows together may be."""
        if row_bytes > self._limits.result_bytes:
            raise ResultTooLarge("One row is larger than the limit.", limit=self._limits.result_bytes)

    async def _receive(self, pgconn: PGconn) -> None:
        """Wait for bytes, count them, take them in."""
        self._ready.clear()
        try:
            async with asyncio.timeout(self._until - time.monotonic()):
                await self._ready.wait()
        except TimeoutError:
            raise StatementTimeout("The query ran past its time limit.") from None
        self.bytes += waiting(pgconn.socket)
        pgconn.consume_input()

    async def _abandon(self, pgconn: PGconn) -> None:
        """Stop the query and read to its end; a server that does not listen loses the connection."""
        draining = asyncio.create_task(drain(pgconn))
        await cancel(self._reader, STOP_GRACE_MS)
        with contextlib.suppress(psycopg.Error, TimeoutError):
            await asyncio.wait_for(draining, STOP_GRACE_MS / 1000)


async def drain(pgconn: PGconn) -> None:
    """Read and forget results until the query is over."""
    ready, loop = asyncio.Event(), asyncio.get_running_loop()
    loop.add_reader(pgconn.socket, ready.set)
    wire = pgconn.socket
    try:
        while True:
            while pgconn.is_busy():
                ready.clear()
                await ready.wait()
                pgconn.consume_input()
            if pgconn.get_result() is None:
                return
    finally:
        loop.remove_reader(wire)


def described(result: Any) -> Described:
    """Columns of a result, names as PostgreSQL gave them, twice where it gave them twice."""
    return tuple(
        ((result.fname(place) or b"").decode(), result.ftype(place), result.fmod(place))
        for place in range(result.nfields)
    )


def waiting(wire: int) -> int:
    """Bytes that can be read now (FIONREAD); with TLS, the encrypted ones."""
    buffer = fcntl.ioctl(wire, termios.FIONREAD, struct.pack("i", 0))
    (count,) = struct.unpack("i", buffer)
    return int(count)

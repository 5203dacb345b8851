"""A naive program: a superuser's connection, the simple protocol, all rows; bounded from outside only."""

import asyncio
import contextlib
import select
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg import AsyncConnection, pq

LIMIT_S = 1.5
GRACE_S = 20.0
"""For functions that look for no cancel."""
ADDRESS_SPACE = 900_000_000
ROWS, BYTES = 100_000, 20_000_000
"""A naive program would take more; this one stops there and says so."""


@dataclass
class Outcome:
    """What a naive program saw of a text it sent."""

    results: int = 0
    rows: int = 0
    data: bytearray = field(default_factory=bytearray)
    """Cells, errors and notices, cut at a megabyte."""
    answered: bool = False
    """A row with a value in it came back."""
    errors: list[str] = field(default_factory=list)
    """SQLSTATEs."""
    said: bytearray = field(default_factory=bytearray)
    """Errors and notices alone."""
    seconds: float = 0.0
    flooded: bool = False
    grown_bytes: int = 0
    """Of the backend's resident memory at its peak."""
    lost: bool = False
    """The connection broke."""


@contextlib.asynccontextmanager
async def naive(dsn: str) -> AsyncIterator[AsyncConnection[Any]]:
    """A connection as a naive program opens it, its backend's memory bounded from outside."""
    connection = await AsyncConnection.connect(dsn, autocommit=True)
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(connection.info.backend_pid)
        process.rlimit(psutil.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    try:
        yield connection
    finally:
        await connection.close()


async def send(connection: AsyncConnection[Any], sql: str) -> Outcome:
    """Send a text over the simple protocol and read all that comes back, cancelling after `LIMIT_S`."""
    return await asyncio.to_thread(exchange, connection.pgconn, sql.encode(errors="surrogatepass"))


def exchange(pgconn: pq.abc.PGconn, text: bytes) -> Outcome:
    """`send`, blocking."""
    outcome, started = Outcome(), time.monotonic()
    before = peak_bytes(pgconn.backend_pid)
    pgconn.notice_handler = lambda notice: outcome.said.extend(
        notice.error_field(pq.DiagnosticField.MESSAGE_PRIMARY) or b""
    )
    pgconn.send_query(text)
    while pgconn.flush():
        select.select([], [pgconn.socket], [])
    pgconn.set_single_row_mode()
    patience = Patience(pgconn, started + LIMIT_S)
    while patience.wait() and (result := pgconn.get_result()) is not None:
        note(outcome, result)
        if result.status == pq.ExecStatus.COPY_OUT:
            copy_out(pgconn, outcome)
        elif result.status == pq.ExecStatus.COPY_IN:
            pgconn.put_copy_data(b"77\tevil\n")
            pgconn.put_copy_end(None)
        if not patience.cancelled and (outcome.rows > ROWS or len(outcome.data) > BYTES):
            outcome.flooded = True
            patience.end()
    outcome.lost = patience.lost
    outcome.seconds = time.monotonic() - started
    outcome.grown_bytes = max(0, peak_bytes(pgconn.backend_pid) - before)
    return outcome


@dataclass
class Patience:
    """Waits for a connection's next result: until a moment, then with a cancel, then no more."""

    pgconn: pq.abc.PGconn
    until: float
    """By `time.monotonic()`."""
    cancelled: bool = False
    lost: bool = False
    """The connection broke, or the server heard no cancel."""

    def wait(self) -> bool:
        """Whether there is a result to get."""
        while not self.lost and self.pgconn.is_busy():
            if select.select([self.pgconn.socket], [], [], max(0.0, self.until - time.monotonic()))[0]:
                with contextlib.suppress(psycopg.Error):
                    self.pgconn.consume_input()
                self.lost = self.pgconn.status == pq.ConnStatus.BAD
            elif self.cancelled:
                self.lost = True
            else:
                self.end()
        return not self.lost

    def end(self) -> None:
        """Ask the server to stop, and wait for that a while."""
        cancel(self.pgconn)
        self.cancelled, self.until = True, time.monotonic() + GRACE_S


def cancel(pgconn: pq.abc.PGconn) -> None:
    """Ask the server to stop."""
    with contextlib.suppress(psycopg.Error):
        pgconn.get_cancel().cancel()


def copy_out(pgconn: pq.abc.PGconn, outcome: Outcome) -> None:
    """Read COPY TO STDOUT."""
    while True:
        size, data = pgconn.get_copy_data(0)
        if size <= 0:
            return
        outcome.answered = True
        outcome.data += data


def note(outcome: Outcome, result: pq.abc.PGresult) -> None:
    """Remember what a result holds."""
    status = result.status
    if status == pq.ExecStatus.FATAL_ERROR:
        outcome.results += 1
        outcome.errors.append((result.error_field(pq.DiagnosticField.SQLSTATE) or b"").decode())
        outcome.said += result.error_message
        return
    if status != pq.ExecStatus.SINGLE_TUPLE:
        outcome.results += status not in {pq.ExecStatus.COPY_IN, pq.ExecStatus.COPY_OUT}
        return
    outcome.rows += 1
    for column in range(result.nfields):
        cell = result.get_value(0, column)
        if cell is not None:
            outcome.answered = outcome.answered or cell not in {b"", b"f"}
            outcome.data += cell


def peak_bytes(pid: int) -> int:
    """Most memory a process ever held, pages it shares included; 0 when it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    return int(found[0]) * 1024 if found else 0

"""Hand libpq a result in pieces of our size, so that no row is in memory before it was counted."""

import asyncio
import contextlib
import fcntl
import os
import socket
import struct
import termios
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg import AsyncConnection

PIECE_BYTES = 1 << 16
"""At most, between two counts; less than a socket pair holds."""
TURN_BYTES = 1 << 18
"""After so many the event loop gets its turn, however fast the server sends."""

metered: "WeakKeyDictionary[AsyncConnection[Any], Meter]" = WeakKeyDictionary()
"""Connections whose result is being read; `cancelling.cut` asks."""


class Meter:
    """Stands between a connection's socket and libpq from `open` to `close`; the query is sent before.

    libpq's descriptor leads to one end of a socket pair meanwhile; we read the server's socket and write into
    the other end. TLS works as ever: what passes here is encrypted.

    Source:
        PostgreSQL, fe-misc.c, pqReadData: libpq grows its buffer to the length that a row announces (up to
        1 GB) and reads on as long as the server sends as fast; nothing in its interface bounds that.
    """

    def __init__(self, connection: AsyncConnection[Any]) -> None:
        self.received = 0
        """Bytes handed on so far, exactly."""
        self.largest = 0
        """Bytes of the largest row, as far as its reader counted."""
        self.woken = False
        """`wake` was called."""
        self._open = False
        self._connection, self._pgconn = connection, connection.pgconn
        self._turn = 0
        self._waiter: asyncio.Future[None] | None = None

    def open(self) -> None:
        """Step between. All that was sent must be flushed."""
        self._theirs = self._pgconn.socket
        theirs, self._feed = socket.socketpair()
        self._wire = os.dup(self._theirs)
        with theirs:
            theirs.setblocking(False)
            self._feed.setblocking(False)
            os.dup2(theirs.fileno(), self._theirs, inheritable=False)
        metered[self._connection], self._open = self, True

    def close(self) -> None:
        """Step aside; a connection that libpq closed meanwhile stays closed."""
        if not self._open:
            return
        metered.pop(self._connection, None)
        self._open = False
        with contextlib.suppress(psycopg.Error):
            if self._pgconn.socket == self._theirs:  # else that descriptor may be another's by now
                os.dup2(self._wire, self._theirs, inheritable=False)
        self._feed.close()
        os.close(self._wire)

    def cut(self) -> None:
        """Shut the server's socket; a reader wakes and sees its end."""
        with contextlib.suppress(OSError), socket.socket(fileno=os.dup(self._wire)) as wire:
            wire.shutdown(socket.SHUT_RDWR)

    def wake(self) -> None:
        """Let `take` return without bytes."""
        self.woken = True
        self._resolve()

    async def take(self) -> None:
        """Hand libpq the next bytes once there are some; its end when the server closed."""
        if not self._open:  # the query was not even sent
            raise psycopg.OperationalError
        if waiting(self._theirs):  # libpq's buffer was too small for the last piece
            self._pgconn.consume_input()
            return
        if self._turn >= TURN_BYTES:
            self._turn = 0
            await asyncio.sleep(0)
        while (piece := self._read()) is None:
            if self.woken:
                return
            await self._readable()
        if piece:
            self.received += len(piece)
            self._turn += len(piece)
            self._feed.send(piece)
        else:
            self._feed.shutdown(socket.SHUT_WR)
        self._pgconn.consume_input()
        if self._pgconn.ssl_in_use and self._pgconn.is_busy():
            self._pgconn.consume_input()  # what TLS opened and libpq had no room for

    def _read(self) -> bytes | None:
        try:
            return os.read(self._wire, PIECE_BYTES)
        except BlockingIOError:
            return None
        except OSError:  # reset by the server
            return b""

    async def _readable(self) -> None:
        loop = asyncio.get_running_loop()
        self._waiter = loop.create_future()
        loop.add_reader(self._wire, self._resolve)
        try:
            await self._waiter
        finally:
            loop.remove_reader(self._wire)

    def _resolve(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


def waiting(descriptor: int) -> int:
    """Bytes that can be read now (FIONREAD)."""
    (count,) = struct.unpack("i", fcntl.ioctl(descriptor, termios.FIONREAD, struct.pack("i", 0)))
    return int(count)

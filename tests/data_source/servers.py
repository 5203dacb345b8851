"""Servers that speak just enough of PostgreSQL's protocol to go wrong in one way."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

SSL_REQUEST, GSS_REQUEST = 80_877_103, 80_877_104
"""Codes of protocol.html, "SSLRequest", "GSSENCRequest"."""


def message(kind: bytes, body: bytes) -> bytes:
    """One message of the server."""
    return kind + struct.pack("!I", len(body) + 4) + body


def refusal(sqlstate: str, text: str) -> bytes:
    """An ErrorResponse in a language nobody here reads."""
    fields = {"S": "ФАТАЛЬНО", "V": "FATAL", "C": sqlstate, "M": text}
    return message(b"E", b"".join(f"{key}{value}\0".encode() for key, value in fields.items()) + b"\0")


def welcome(version: str) -> bytes:
    """A login without a password on a server of that version."""
    parameters = {"server_version": version, "client_encoding": "UTF8", "standard_conforming_strings": "on"}
    said = [message(b"S", f"{name}\0{value}\0".encode()) for name, value in parameters.items()]
    return message(b"R", bytes(4)) + b"".join(said) + message(b"K", bytes(8)) + message(b"Z", b"I")


@asynccontextmanager
async def server(reply: bytes | None) -> AsyncIterator[int]:
    """A port that answers each start-up with `reply`; None: with silence."""
    done = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                size, code = struct.unpack("!II", await reader.readexactly(8))
                await reader.readexactly(size - 8)
                if code not in {SSL_REQUEST, GSS_REQUEST}:
                    break
                writer.write(b"N")
            if reply is None:
                await done.wait()
            else:
                writer.write(reply)
                await writer.drain()
                if reply.startswith(b"R"):
                    await reader.read()  # until the client leaves
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as listening:
        yield listening.sockets[0].getsockname()[1]
        done.set()


class Proxy:
    """A port before a PostgreSQL socket, as the network is: it may cut, or go silent."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._pipes: list[asyncio.StreamWriter] = []
        self._flows = asyncio.Event()
        self._flows.set()
        self.port = 0

    def cut(self) -> None:
        """Reset every connection."""
        for pipe in self._pipes:
            pipe.transport.abort()
        self._pipes.clear()

    def freeze(self) -> None:
        """Pass nothing on any more, old connections and new."""
        self._flows.clear()

    def thaw(self) -> None:
        """Pass everything on again."""
        self._flows.set()

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await source.read(1 << 16):
                await self._flows.wait()
                target.write(data)
                await target.drain()
        target.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, FileNotFoundError):
            behind_reader, behind_writer = await asyncio.open_unix_connection(self._path)
            self._pipes.extend((writer, behind_writer))
            await asyncio.gather(self._pump(reader, behind_writer), self._pump(behind_reader, writer))
        writer.close()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Proxy"]:
        """Open the port."""
        async with await asyncio.start_server(self._serve, "127.0.0.1", 0) as server:
            self.port = server.sockets[0].getsockname()[1]
            yield self
            self.thaw()
            self.cut()

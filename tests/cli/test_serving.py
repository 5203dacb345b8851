"""The socket that the server is given."""

import asyncio
import socket

from databaseai.cli.serving import listening
from databaseai.settings import ServerSettings, Settings


async def test_small_packets_leave_at_once() -> None:
    """Without TCP_NODELAY each server-sent event waits 40 ms for the client's delayed acknowledgement."""
    delayed: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def accepted(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = writer.get_extra_info("socket")
        delayed.set_result(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    with listening(Settings(server=ServerSettings(port=0))) as listener:
        async with await asyncio.start_server(accepted, sock=listener):
            _, writer = await asyncio.open_connection(*listener.getsockname())
            assert await asyncio.wait_for(delayed, 10)
            writer.close()
            await writer.wait_closed()

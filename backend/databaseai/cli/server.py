"""uvicorn, started and stopped by the one who owns the event loop."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import uvicorn

from databaseai.errors import ServerNotStarted


class Quiet(uvicorn.Server):
    """uvicorn without its signal handlers: two owners of signals cut drains short."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to `cli.life`."""
        yield


class Server:
    """One ASGI application on one socket."""

    def __init__(self, asgi: Any, *, drain_ms: int, log_level: str = "warning") -> None:
        config = uvicorn.Config(
            asgi,
            log_level=log_level,
            log_config=None,
            access_log=False,
            timeout_keep_alive=75,  # longer than nginx keeps its upstream connections (60 s)
            timeout_graceful_shutdown=max(1, drain_ms // 1000),
            ws="wsproto",
            server_header=False,
        )
        self._server = Quiet(config)
        self._task: asyncio.Task[None] | None = None

    async def start(self, listener: socket.socket) -> None:
        """Return once requests are answered.

        Raises:
            ServerNotStarted: The application's start-up failed; the log says why.
        """
        self._task = asyncio.create_task(self._server.serve(sockets=[listener]))
        while not self._server.started:
            done, _ = await asyncio.wait({self._task}, timeout=0.02)
            if done:
                await self._task
                raise ServerNotStarted

    def stop(self) -> None:
        """Begin to drain; a second call ends what still runs."""
        self._server.force_exit = self._server.should_exit
        self._server.should_exit = True

    async def finished(self) -> None:
        """Return when the last request is done."""
        if self._task is not None:
            await self._task

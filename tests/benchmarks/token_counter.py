"""A proxy before an OpenAI-compatible endpoint that counts what any client of it uses."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import NamedTuple

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.benchmarks.stand import free_port

TIMEOUT_S = 300


class Used(NamedTuple):
    """Calls and tokens up to now."""

    calls: int = 0
    prompt: int = 0
    reply: int = 0

    def __sub__(self, other: "Used") -> "Used":
        return Used(self.calls - other.calls, self.prompt - other.prompt, self.reply - other.reply)


@dataclass
class TokenCounter:
    """Forwards chat completions; temperature 0 where a client names none, so that runs repeat."""

    upstream: str
    key: str
    port: int
    used: Used = field(default_factory=Used)
    down: bool = False
    """The endpoint itself failed once: what a client made of that is not its answer."""

    @property
    def base_url(self) -> str:
        """For the clients."""
        return f"http://127.0.0.1:{self.port}/v1"

    async def forward(self, request: Request) -> Response:
        """One completion, not streamed."""
        asked = json.loads(await request.body())
        asked.setdefault("temperature", 0)
        async with httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False) as client:
            headers = {"authorization": f"Bearer {self.key}"} if self.key else {}
            try:
                reply = await client.post(f"{self.upstream}/chat/completions", json=asked, headers=headers)
            except httpx.HTTPError:
                self.down = True
                return Response(status_code=HTTPStatus.BAD_GATEWAY)
        self.down |= reply.is_server_error
        usage = reply.json().get("usage", {}) if reply.is_success else {}
        self.used = Used(
            self.used.calls + 1,
            self.used.prompt + usage.get("prompt_tokens", 0),
            self.used.reply + usage.get("completion_tokens", 0),
        )
        kind = reply.headers.get("content-type", "application/json")
        return Response(reply.content, status_code=reply.status_code, media_type=kind)


@asynccontextmanager
async def counting(upstream: str, key: str) -> AsyncIterator[TokenCounter]:
    """The proxy, up on a loopback port until the block ends."""
    counter = TokenCounter(upstream.rstrip("/"), key, free_port())
    app = Starlette(routes=[Route("/v1/chat/completions", counter.forward, methods=["POST"])])
    server = AnnouncedServer(uvicorn.Config(app, host="127.0.0.1", port=counter.port, log_level="warning"))
    task = asyncio.create_task(server.serve())
    await server.up.wait()
    try:
        yield counter
    finally:
        server.should_exit = True
        await task


class AnnouncedServer(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        self.up.set()

"""A scripted API behind a real socket, and the client pointed at it."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn

from databaseai_web import client
from tests.frontend.scripted_api import ScriptedApi
from tests.frontend.scripts import CATALOG, SCRIPTS


@pytest.fixture
async def scripted(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ScriptedApi]:
    """The API; the client asks it, and retries without waiting."""
    api = ScriptedApi(SCRIPTS, CATALOG)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(api.app, log_level="warning", lifespan="off", ws="none")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve([listener]))
        port = listener.getsockname()[1]
        monkeypatch.setattr(client, "api", client.Connection(f"http://127.0.0.1:{port}"))
        monkeypatch.setattr(client, "RETRIES_S", (0, 0, 0, 0))
        yield api
        for run in api.runs.values():
            run.stopped.set()
        await client.api.close()
        server.should_exit = True
        await serving

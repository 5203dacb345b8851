"""A real Chromium before the real export."""

import asyncio
import os
import shutil
import socket
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright

from databaseai.embedded.ui import ensure_built
from databaseai.settings import load
from tests import debian

ROOT = Path(__file__).parents[2]
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_S = 60
STRAY = 'from pathlib import Path\nPath(__file__).with_name("executed").touch()\n'
"""A file that Reflex would run when it looked for its settings where the user stands."""


@dataclass
class Server:
    """A server in a process of its own."""

    url: str
    cwd: Path


@dataclass
class Seen:
    """What the browser told while a test ran."""

    errors: list[str] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
async def web_dir() -> Path:
    """The export, from the cache when it is there."""
    return await asyncio.to_thread(ensure_built, load({}, env_files=()).cache, lambda *_: None)


@pytest.fixture(scope="session")
async def server(web_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """UI and scripted API in one process, started where a stray rxconfig.py lies."""
    cwd = tmp_path_factory.mktemp("a folder")
    (cwd / "rxconfig.py").write_text(STRAY)
    port = free_port()
    command = (sys.executable, "-m", "tests.browser.serve", str(web_dir), str(port))
    paths = os.pathsep.join(str(ROOT / name) for name in ("", "backend", "frontend"))
    process = await asyncio.create_subprocess_exec(*command, cwd=cwd, env={**os.environ, "PYTHONPATH": paths})
    try:
        await answering(f"http://127.0.0.1:{port}/ping", process)
        yield Server(f"http://127.0.0.1:{port}", cwd)
    finally:
        process.terminate()
        await process.wait()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


async def answering(url: str, process: asyncio.subprocess.Process) -> None:
    """Wait until a server answers, or has ended."""
    async with asyncio.timeout(START_S), httpx.AsyncClient(trust_env=False) as http:
        while process.returncode is None:
            try:
                await http.get(url)
            except httpx.TransportError:
                await asyncio.sleep(0.1)
            else:
                return
    raise AssertionError(f"the server ended with status {process.returncode}")


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The machine's Chromium, installed when it is missing."""
    await asyncio.to_thread(debian.ensure, "chromium", "chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
async def seen() -> Seen:
    """What `page` told; a test that provokes an error empties it."""
    return Seen()


@pytest.fixture
async def page(chromium: Browser, server: Server, seen: Seen) -> AsyncIterator[Page]:
    """The ask page in a fresh browser profile; no foreign host, no error in the console."""
    async for opened in open_page(chromium, server.url, seen):
        yield opened


async def open_page(chromium: Browser, url: str, seen: Seen) -> AsyncIterator[Page]:
    """Open a page, watch it, and judge what was seen when the test is over."""
    context = await chromium.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    page = await context.new_page()
    context.on("request", lambda request: seen.urls.append(request.url))
    page.on("websocket", lambda socket: seen.urls.append(socket.url.replace("ws", "http", 1)))
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on("console", lambda message: seen.errors.append(message.text) if is_fault(message) else None)
    page.on("response", lambda reply: seen.errors.append(reply.url) if reply.status >= 400 else None)
    await page.goto(url)
    await page.locator("#question").wait_for()
    yield page
    await context.close()
    assert seen.errors == []
    assert seen.urls
    assert [address for address in seen.urls if not address.startswith(url)] == []


def is_fault(message: ConsoleMessage) -> bool:
    """Warnings count."""
    return message.type in {"error", "warning"}

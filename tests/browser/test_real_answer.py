"""The page before the real API: a real process, a real PostgreSQL, a model that says what it is told to."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from playwright.async_api import Browser, Page, expect

from databaseai.embedded.postgres import EmbeddedPostgres
from databaseai.embedded.reader import ensure_database
from databaseai.settings import load
from tests.browser.conftest import ROOT, STRAY, Seen, answering, free_port, open_page
from tests.scripted_model import Behaviour, ScriptedServer

pytestmark = pytest.mark.system
STORE = "browser_store"
TABLE = """
CREATE TABLE city (id integer PRIMARY KEY, name text NOT NULL, mayor text, people numeric);
INSERT INTO city VALUES (1, 'Lyon', 'Durand', 522250), (2, 'Porto', NULL, 231962.5);
GRANT SELECT ON city TO PUBLIC;
"""
QUERY = "SELECT name, mayor, people FROM city ORDER BY people DESC"


@pytest.fixture
async def model() -> AsyncIterator[ScriptedServer]:
    """The model's endpoint."""
    async with ScriptedServer([QUERY]) as server:
        yield server


@pytest.fixture
def folder(tmp_path: Path, web_dir: Path) -> Iterator[Path]:
    """Where the server is started; nothing in it is run, nothing but its home is written."""
    (tmp_path / "rxconfig.py").write_text(STRAY)
    yield tmp_path
    assert web_dir.is_dir()
    assert sorted(file.name for file in tmp_path.iterdir() if file.name != "home") == ["rxconfig.py"]


@dataclass
class Real:
    """`databaseai serve` in a process of its own."""

    url: str
    cwd: Path
    environment: dict[str, str]
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Again on the same port, after `kill`."""
        command = (sys.executable, "-m", "databaseai.cli", "serve", "--port", self.url.rpartition(":")[2])
        self.process = await asyncio.create_subprocess_exec(*command, cwd=self.cwd, env=self.environment)
        await answering(f"{self.url}/ping", self.process)

    async def kill(self, number: int) -> None:
        """End it with a signal."""
        assert self.process is not None
        self.process.send_signal(number)
        await self.process.wait()


@pytest.fixture
async def real(
    model: ScriptedServer,
    database: str,
    reader_dsn: str,
    postgres: EmbeddedPostgres,
    folder: Path,
) -> AsyncIterator[Real]:
    """The server, answering."""
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as admin:
        await admin.execute(TABLE)
    await ensure_database(postgres.dsn("postgres"), STORE)
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("DATABASEAI_")},
        "PYTHONPATH": os.pathsep.join(str(ROOT / name) for name in ("backend", "frontend")),
        "DATABASEAI_HOME": str(folder / "home"),
        "DATABASEAI_CACHE": str(load({}, env_files=()).cache),
        "DATABASEAI_DATA_SOURCE_URL": reader_dsn,
        "DATABASEAI_STORE_URL": postgres.dsn(STORE),
        "DATABASEAI_LLM_BASE_URL": model.base_url,
        "DATABASEAI_LLM_MODEL": "scripted",
    }
    server = Real(f"http://127.0.0.1:{port}", folder, environment)
    try:
        await server.start()
        yield server
    finally:
        await server.kill(signal.SIGTERM)


@pytest.fixture
async def page(chromium: Browser, real: Real, seen: Seen) -> AsyncIterator[Page]:
    """The page of the real server."""
    async for opened in open_page(chromium, real.url, seen):
        yield opened


async def ask(page: Page, question: str) -> None:
    await page.fill("#question", question)
    await page.press("#question", "Enter")


async def test_a_question_is_answered_from_the_database(page: Page, model: ScriptedServer) -> None:
    await expect(page.get_by_role("button", name="How many cities are there?")).to_be_visible()
    await ask(page, "Which cities are the largest?")
    rows = page.locator("#current tbody tr")
    await expect(rows).to_have_count(2, timeout=30_000)
    await expect(rows.first.locator("td")).to_have_text(["Lyon", "Durand", "522250"])
    await expect(rows.last.locator("td")).to_have_text(["Porto", "NULL", "231962.5"])
    await expect(page.locator("#current .steps summary")).to_contain_text("Answered in")
    await expect(page.locator("#current .confidence")).to_contain_text("onfidence")
    await page.get_by_text("How this was computed").click()
    await expect(page.locator("#current dl")).to_contain_text("city")
    await ask(page, "And their mayors?")
    await expect(page.locator("article")).to_have_count(2)
    await expect(page.locator("#current tbody tr")).to_have_count(2, timeout=30_000)
    assert "Which cities are the largest?" in model.requests[-1].prompt  # a follow-up knows what came before


async def test_a_write_is_refused_and_the_question_kept(page: Page, model: ScriptedServer) -> None:
    model.script = ["DELETE FROM city"]
    await ask(page, "Remove all cities")
    refusal = page.locator("#current").get_by_role("alert")
    await expect(refusal).to_contain_text("DBAI402", timeout=30_000)
    await page.get_by_role("button", name="Ask all the same").click()
    await expect(refusal).to_contain_text("DBAI507", timeout=30_000)
    await expect(page.locator("#current .question")).to_have_text("Remove all cities")


async def test_stop_reaches_the_model(page: Page, model: ScriptedServer) -> None:
    model.script = [Behaviour(first_byte_s=600)]
    await ask(page, "Which cities are the largest?")
    async with asyncio.timeout(30):
        await model.arrived.wait()
    await page.get_by_label("Stop").click()
    await expect(page.locator("#current .stopped")).to_be_visible()
    async with asyncio.timeout(10):
        await model.left.wait()


async def test_the_conversation_outlives_the_server(page: Page, real: Real, seen: Seen) -> None:
    """Killed and started again: the tab says so, then shows what it showed."""
    await ask(page, "Which cities are the largest?")
    await expect(page.locator("#current .steps summary")).to_contain_text("Answered in", timeout=30_000)
    await real.kill(signal.SIGKILL)
    await expect(page.locator(".lost")).to_be_visible(timeout=30_000)
    await real.start()
    await expect(page.locator(".lost")).to_have_count(0, timeout=60_000)
    await expect(page.locator("#current .question")).to_have_text("Which cities are the largest?")
    await expect(page.locator("#current tbody tr")).to_have_count(2)
    seen.errors.clear()  # the browser tells of each attempt to reach the server
    await ask(page, "And their mayors?")
    await expect(page.locator("article")).to_have_count(2)
    await expect(page.locator("#current tbody tr")).to_have_count(2, timeout=30_000)

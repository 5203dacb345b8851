"""What benchmarks measure on: the product over its sample database, a scripted model in another process."""

import asyncio
import os
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from pydantic import SecretStr

from databaseai import app
from databaseai.embedded.batteries import STORE
from databaseai.embedded.postgres import EmbeddedPostgres
from databaseai.embedded.reader import ensure_owner
from databaseai.embedded.sample_database import ensure_sample
from databaseai.settings import Settings
from tests.benchmarks.children import child

SCALE = 0.05
"""About 10,000 rows: the statement's own time is small, so that ours shows."""
READY_S = 60


@dataclass(frozen=True)
class Stand:
    """Everything up."""

    settings: Settings
    tools: app.Tools
    reader_dsn: str
    model_url: str


@asynccontextmanager
async def stand(statement: str) -> AsyncIterator[Stand]:
    """PostgreSQL with the sample, a model that answers `statement` at once, and the product over both."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="databaseai-benchmark-"))
        os.chmod(folder, 0o711)  # noqa: PTH101, S103  # as root, the server's own user must get in
        home = Path(folder, "home")
        postgres = EmbeddedPostgres(home, root_home=home)
        await postgres.start()
        stack.push_async_callback(postgres.stop)
        reader_dsn = await ensure_sample(postgres, SCALE, lambda _label, _share: None)
        store_dsn = await ensure_owner(postgres.dsn("postgres"), STORE, home)
        model_url = await stack.enter_async_context(scripted_model(statement))
        given = {
            "home": home,
            "data_source": {"url": SecretStr(reader_dsn)},
            "store": {"url": SecretStr(store_dsn)},
            "llm": {"base_url": model_url},
        }
        settings = Settings.model_validate(given)
        tools = await stack.enter_async_context(app.open_tools(settings))
        yield Stand(settings, tools, reader_dsn, model_url)


@asynccontextmanager
async def scripted_model(statement: str) -> AsyncIterator[str]:
    """An OpenAI-compatible server in its own process; its base URL."""
    async with child("-m", "tests.scripted_model", "0", statement) as process:
        assert process.stdout is not None
        yield (await process.stdout.readline()).decode().strip()


@asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[str]:
    """`databaseai serve --no-ui` in its own process; its URL."""
    secrets = {"DATA_SOURCE_URL": settings.data_source.url, "STORE_URL": settings.store.url}
    environment = {f"DATABASEAI_{name}": value.get_secret_value() for name, value in secrets.items() if value}
    environment["DATABASEAI_LLM_BASE_URL"] = settings.llm.base_url or ""
    environment["DATABASEAI_HOME"] = str(settings.home)
    url = f"http://127.0.0.1:{(port := free_port())}"
    async with child(
        "-m", "databaseai.cli", "serve", "--no-ui", "--port", str(port), **environment
    ) as process:
        async with asyncio.timeout(READY_S), httpx.AsyncClient(trust_env=False) as client:
            while True:
                try:
                    (await client.get(f"{url}/api/v1/health/ready")).raise_for_status()
                    break
                except httpx.HTTPError:
                    if process.returncode is not None:
                        raise
                    await asyncio.sleep(0.1)
        yield url


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

"""Start the parts that nobody configured, and stop them again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from databaseai.embedded import model_files, sample
from databaseai.embedded.model_server import EmbeddedModel
from databaseai.embedded.postgres import EmbeddedPostgres
from databaseai.embedded.reader import ensure_owner
from databaseai.embedded.sample_database import ensure_sample
from databaseai.settings import Settings

Report = Callable[[str, float | None], None]
STORE = "databaseai"
"""Name of the store's database and of the role that owns it."""
EMBEDDED_TIMEOUT_MS = 600_000
"""A busy machine without a GPU reads a first prompt at a few tokens a second, and is not broken."""
EMBEDDED_RESTART_MS = 2_000
"""After a crash our own model is back in about this time."""


@dataclass(frozen=True)
class Started:
    """What runs now."""

    settings: Settings
    """The operator's, with the addresses of what was started."""
    admin_url: str | None = None
    """Superuser's URL of the embedded PostgreSQL's `postgres` database, when it was started."""
    sample: bool = False
    """Questions go to the sample database."""


@asynccontextmanager
async def batteries(
    settings: Settings, report: Report, *, store: bool = True, model: bool = True
) -> AsyncIterator[Started]:
    """Start PostgreSQL and the model side by side, and stop them at the end.

    Args:
        settings: What the operator set; a part that has an address is not started.
        report: Told what happens, with the share that is done.
        store: Whether a store is needed.
        model: Whether a model is needed.
    """
    async with AsyncExitStack() as stack:
        parts: list[Awaitable[dict[str, Any]]] = []
        if settings.data_source.url is None or (store and settings.store.url is None):
            parts.append(start_postgres(settings, report, stack, store=store))
        if model and settings.llm.base_url is None:
            parts.append(start_model(settings, report, stack))
        changes: dict[str, Any] = {}
        for change in await together(parts):
            changes |= change
        admin_url = changes.pop("admin_url", None)
        yield Started(settings.model_copy(update=changes), admin_url, sample="data_source" in changes)


async def together(parts: list[Awaitable[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Results of all parts; when one fails, the others are ended first and its own error is raised."""
    tasks = [asyncio.ensure_future(part) for part in parts]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def start_postgres(
    settings: Settings, report: Report, stack: AsyncExitStack, *, store: bool
) -> dict[str, Any]:
    """PostgreSQL with the databases that are needed."""
    report("Starting PostgreSQL", None)
    postgres = EmbeddedPostgres(
        settings.home,
        bin_dir=settings.embedded.postgres_bin,
        server_memory_mb=settings.limits.server_memory_mb,
    )
    await postgres.start()
    stack.push_async_callback(postgres.stop)
    report("Starting PostgreSQL", 1.0)
    admin_url = postgres.dsn("postgres")
    changes: dict[str, Any] = {"admin_url": admin_url}
    if store and settings.store.url is None:
        url = await ensure_owner(admin_url, STORE, settings.home)
        changes["store"] = settings.store.model_copy(update={"url": SecretStr(url)})
    if settings.data_source.url is None:
        url = await ensure_sample(postgres, settings.embedded.sample_scale, report)
        words = settings.data_source.semantic_model or sample.SEMANTIC_MODEL
        update = {"url": SecretStr(url), "semantic_model": words}
        changes["data_source"] = settings.data_source.model_copy(update=update)
    return changes


async def start_model(settings: Settings, report: Report, stack: AsyncExitStack) -> dict[str, Any]:
    """The model's server, its weights fetched when they are not here."""
    if settings.embedded.model_file is None:
        await asyncio.to_thread(model_files.pull, settings, report)
    file = await asyncio.to_thread(model_files.locate, settings)
    report("Starting the model", None)
    model = EmbeddedModel(settings, file)
    llm = await model.start()
    stack.push_async_callback(model.stop)
    report("Starting the model", 1.0)
    changes = {
        "timeout_ms": max(llm.timeout_ms, EMBEDDED_TIMEOUT_MS),
        "circuit_reset_ms": min(llm.circuit_reset_ms, EMBEDDED_RESTART_MS),
    }
    return {"llm": llm.model_copy(update=changes)}

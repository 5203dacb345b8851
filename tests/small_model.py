"""A real model small enough for tests: SmolLM2 135M, 98 MB, fetched once. It writes no SQL."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from databaseai.embedded import model_files
from databaseai.embedded.model_server import EmbeddedModel
from databaseai.settings import EmbeddedSettings, LanguageModelSettings, Settings

NAME = "smollm2-135m"


def settings(home: Path) -> Settings:
    """Settings of a server of the small model."""
    return Settings(
        home=home,
        embedded=EmbeddedSettings(model=NAME),
        llm=LanguageModelSettings(context_tokens=2_048, timeout_ms=60_000),
    )


@pytest.fixture(scope="session")
async def small_model_file() -> Path:
    """The small model's file, pulled as an operator would."""
    return await asyncio.to_thread(model_files.pull, settings(Path()))


@pytest.fixture(scope="session")
async def small_model(
    small_model_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[EmbeddedModel]:
    """A running server of it, for all tests that do not break it."""
    server = EmbeddedModel(settings(tmp_path_factory.mktemp("small model")), small_model_file)
    await server.start()
    yield server
    await server.stop()

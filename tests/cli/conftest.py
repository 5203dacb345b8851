"""A desk per test, and a model that says what the test wants."""

import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.cli.desk import Desk
from tests.scripted_model import ScriptedServer, sql
from tests.small_model import small_model_file

__all__ = ["small_model_file"]

COUNT = "SELECT count(*) AS orders FROM orders"


@pytest.fixture
async def model() -> AsyncIterator[ScriptedServer]:
    """An OpenAI-compatible server that answers every question with a count of orders."""
    async with ScriptedServer([sql(COUNT)]) as server:
        yield server


@pytest.fixture
async def desk(model: ScriptedServer) -> AsyncIterator[Desk]:
    """A state directory of its own; its model is the scripted one."""
    with tempfile.TemporaryDirectory(prefix="databaseai desk ") as folder:
        os.chmod(folder, 0o711)  # noqa: PTH101, S103  # as root, PostgreSQL's own user must get in
        desk = Desk(Path(folder, "home"), {"DATABASEAI_LLM_BASE_URL": model.base_url})
        yield desk
        await desk.clear()

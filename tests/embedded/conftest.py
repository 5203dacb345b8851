"""Places in which a server of its own may be started."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from databaseai.embedded.postgres import EmbeddedPostgres

MakeServer = Callable[..., EmbeddedPostgres]


@contextmanager
def enterable() -> Iterator[Path]:
    """A short path that the server's user may enter, also when we are root."""
    with tempfile.TemporaryDirectory(prefix="dbai-") as made:
        os.chmod(made, 0o711)  # noqa: PTH101, S103  # ours, and empty
        yield Path(made)


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty directory."""
    with enterable() as made:
        yield made


@pytest.fixture(scope="session")
def root_home() -> Iterator[Path]:
    """Where, as root, the programs are copied once."""
    with enterable() as made:
        yield made


@pytest.fixture(scope="session")
async def cluster(root_home: Path) -> AsyncIterator[Path]:
    """A stopped server's directory: making one takes seconds, copying it does not."""
    with enterable() as made:
        server = EmbeddedPostgres(made, root_home=root_home, options={"fsync": "off"})
        await server.start()
        await server.stop()
        yield made / "postgres"


@pytest.fixture
async def copied(cluster: Path, folder: Path) -> Path:
    """A copy of it."""
    copying = await asyncio.create_subprocess_exec("cp", "-a", str(cluster), str(folder / "postgres"))
    assert await copying.wait() == 0
    return folder / "postgres"


@pytest.fixture
async def make_server(folder: Path, root_home: Path) -> AsyncIterator[MakeServer]:
    """Makes servers that are stopped after the test."""
    async with AsyncExitStack() as stack:

        def make(home: Path | None = None, **options: Any) -> EmbeddedPostgres:
            given: dict[str, Any] = {"root_home": root_home, "options": {"fsync": "off"}} | options
            server = EmbeddedPostgres(home or folder, **given)
            stack.push_async_callback(server.stop)
            return server

        yield make

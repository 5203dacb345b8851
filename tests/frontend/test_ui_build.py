"""The UI's build, without the registries: what is kept, what is shared, what a failure leaves behind."""

import base64
import hashlib
import io
import json
import os
import shutil
import sys
import tarfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from databaseai.embedded import ui, ui_tools
from databaseai.embedded.ui_tools import Commands
from databaseai.errors import DiskFull, UiBuildFailed

ROOT = Path(__file__).parents[2]


def silent(_label: str, _share: float | None) -> None:
    """No progress wanted."""


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Work directories of exports that were made; each export is one page."""
    made: list[Path] = []

    def export(_package: Path, work: Path, _commands: Commands, _progress: ui.Progress) -> Path:
        made.append(work)
        web = work / "app" / ".web"
        for name in ("build/client/index.html", "backend/pages.json", "routes.json", "reflex.json"):
            (web / name).parent.mkdir(parents=True, exist_ok=True)
            (web / name).write_text("{}")
        (web / "node_modules").mkdir()
        return web

    monkeypatch.setattr(ui, "export", export)
    return made


def test_built_once_and_nothing_else_is_kept(tmp_path: Path, builds: list[Path]) -> None:
    cache = tmp_path / "a cache"
    labels: list[tuple[str, float | None]] = []
    web = ui.ensure_built(cache, lambda *told: labels.append(told))
    assert ui.ensure_built(cache, silent) == web
    assert len(builds) == 1
    assert sorted(path.name for path in web.iterdir()) == ["backend", "build", "reflex.json", "routes.json"]
    assert {path.name for path in web.parent.iterdir()} == {"build.log", "lock", web.name}
    assert labels[-1] == ("The UI is built", 1.0)


def test_a_relative_cache_gives_an_absolute_directory(
    tmp_path: Path, builds: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert ui.ensure_built(Path("cache"), silent).is_absolute()
    assert builds


def test_a_built_ui_needs_nothing_but_itself(
    tmp_path: Path, builds: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No network, no pip, no space: the second start does not care."""
    web = ui.ensure_built(tmp_path, silent)
    monkeypatch.setattr(ui, "build", None)
    monkeypatch.setattr(ui, "NEEDED_BYTES", 1 << 62)
    assert ui.ensure_built(tmp_path, silent) == web
    assert len(builds) == 1


def test_two_processes_build_once(
    tmp_path: Path, builds: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All four find nothing, one builds, three wait and find what it built."""
    together, export = threading.Barrier(4), ui.export

    def none_yet(package: Path) -> str:
        together.wait(10)
        return package.name

    def slow(*arguments: Any) -> Path:
        threading.Event().wait(0.3)
        return export(*arguments)

    monkeypatch.setattr(ui, "digest", none_yet)
    monkeypatch.setattr(ui, "export", slow)
    found: list[Path] = []
    threads = [
        threading.Thread(target=lambda: found.append(ui.ensure_built(tmp_path, silent))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(set(found)) == 1
    assert len(found) == 4
    assert len(builds) == 1


def test_what_a_killed_build_left_goes(tmp_path: Path, builds: list[Path]) -> None:
    left = tmp_path / "ui" / "work-dead" / "node_modules"
    left.mkdir(parents=True)
    ui.ensure_built(tmp_path, silent)
    assert not left.exists()
    assert builds


def test_old_exports_go_but_not_the_newest(
    tmp_path: Path, builds: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        monkeypatch.setattr(ui, "digest", lambda _, number=number: f"version{number}")
        web = ui.ensure_built(tmp_path, silent)
        os.utime(web / "reflex.json", (number, number))
    kept = sorted(path.name for path in (tmp_path / "ui").iterdir() if path.is_dir())
    assert kept == ["version2", "version3", "version4"]
    assert len(builds) == 5


def test_without_space_it_says_how_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui, "NEEDED_BYTES", 1 << 62)
    with pytest.raises(DiskFull, match="MB are free"):
        ui.ensure_built(tmp_path, silent)


def failing(command: str) -> Callable[[Path, Commands], list[str | Path]]:
    """A `fetch_node` that runs one shell command instead."""

    def fetch_node(_work: Path, commands: Commands) -> list[str | Path]:
        commands.run(["sh", "-c", command])
        return []

    return fetch_node


@pytest.mark.parametrize("command", ["echo no registry here; exit 3", "kill -9 $$"])
def test_a_failed_build_names_its_log_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr(ui, "fetch_node", failing(command))
    with pytest.raises(UiBuildFailed) as failed:
        ui.ensure_built(tmp_path, silent)
    log = tmp_path / "ui" / "build.log"
    assert str(log) in failed.value.hint
    assert command in log.read_text()
    assert sorted(path.name for path in log.parent.iterdir()) == ["build.log", "lock"]


def test_a_build_that_hangs_is_ended_with_all_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker = tmp_path / "pid"
    monkeypatch.setattr(ui, "BUILD_LIMIT_S", 1)
    monkeypatch.setattr(ui, "fetch_node", failing(f"sleep 600 & echo $! > '{marker}'; wait"))
    started = time.monotonic()
    with pytest.raises(UiBuildFailed, match="out of time"):
        ui.ensure_built(tmp_path, silent)
    assert time.monotonic() - started < 30
    state = Path(f"/proc/{marker.read_text().strip()}/stat")
    assert not state.exists() or state.read_text().split()[2] == "Z"  # dead, perhaps not yet reaped by init


def test_an_export_without_a_page_is_no_export(
    tmp_path: Path, builds: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ui, "SERVED", ("reflex.json",))
    with pytest.raises(UiBuildFailed, match="without a page"):
        ui.ensure_built(tmp_path, silent)
    assert builds


def test_a_shipped_export_is_used(
    tmp_path: Path, builds: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The frozen program and a release's wheel carry it inside the package."""
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "reflex.json").touch()
    monkeypatch.setattr(ui, "package_directory", lambda: tmp_path)
    assert ui.ensure_built(tmp_path / "cache", silent) == tmp_path / "web"
    assert not builds
    assert not (tmp_path / "cache").exists()


def test_the_digest_follows_the_sources(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "frontend", tmp_path / "frontend", ignore=shutil.ignore_patterns("__pycache__"))
    package = tmp_path / "frontend" / "databaseai_web"
    first = ui.digest(package)
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "ask.pyc").touch()
    assert ui.digest(package) == first
    for changed in ("databaseai_web/ask.py", "assets/style.css", "rxconfig.py", "reflex.lock/bun.lock"):
        with (tmp_path / "frontend" / changed).open("a") as file:
            file.write("\n")
        assert ui.digest(package) != first
        first = ui.digest(package)


def test_the_digest_is_the_same_in_a_wheel(tmp_path: Path) -> None:
    """There, what lies beside the package in the clone lies inside it."""
    clone = ROOT / "frontend" / "databaseai_web"
    wheel = tmp_path / "databaseai_web"
    shutil.copytree(clone, wheel, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ui.SOURCES:
        ui.place(clone.parent / name, wheel / name)
    assert ui.digest(wheel) == ui.digest(clone)


def test_the_committed_lock_names_no_host() -> None:
    for file in (ROOT / "frontend" / "reflex.lock").iterdir():
        assert "://" not in file.read_text()
    for line in (ROOT / "requirements" / "ui.txt").read_text().splitlines():
        assert "--hash=sha256:" in line or "==" in line or line.lstrip().startswith("# via")
        assert "://" not in line


def test_the_lock_is_reflex_own() -> None:
    """A lock made by another Reflex would be changed in every build."""
    from reflex_base.constants.installer import PackageJson

    package = json.loads((ROOT / "frontend" / "reflex.lock" / "package.json").read_text())
    assert PackageJson.DEPENDENCIES.items() <= package["dependencies"].items()
    assert PackageJson.DEV_DEPENDENCIES.items() <= package["devDependencies"].items()


def commands(folder: Path) -> Commands:
    return Commands(folder / "log", folder, time.monotonic() + 30)


def test_programs_get_a_home_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's npm settings count; the user's home and another Reflex's settings do not."""
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "user")
    monkeypatch.setenv("REFLEX_DB_URL", "sqlite://")
    monkeypatch.setenv("DATABASEAI_LLM_API_KEY", "secret")
    (tmp_path / "user").mkdir()
    (tmp_path / "user" / ".npmrc").write_text("registry=https://mirror.example/\n")
    with commands(tmp_path) as running:
        printed = running.run([sys.executable, "-c", "import os; print(*os.environ.items(), sep='\\n')"])
    told = "\n".join(printed)
    assert f"('HOME', '{tmp_path / 'home'}')" in told
    assert "REFLEX_DB_URL" not in told
    assert "secret" not in told
    assert (tmp_path / "home" / ".npmrc").read_text() == "registry=https://mirror.example/\n"


def pack(folder: Path, content: bytes) -> list[str | Path]:
    """An npm that packs a Bun of our own."""
    package, _ = ui_tools.BUN_PACKAGES[ui_tools.machine()]
    archive = folder / f"oven-{package}-{ui_tools.BUN}.tgz"
    with tarfile.open(archive, "w:gz") as tar:
        member = tarfile.TarInfo("package/bin/bun")
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
    return ["true"]


def test_a_bun_that_is_not_the_pinned_one_is_not_used(tmp_path: Path) -> None:
    target = tmp_path / "bin" / "bun"
    with commands(tmp_path) as running, pytest.raises(UiBuildFailed, match="not the pinned one"):
        ui_tools.fetch_bun(pack(tmp_path, b"another bun"), target, running)
    assert not target.exists()


def test_the_pinned_bun_becomes_a_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = pack(tmp_path, b"#!/bin/sh\n")
    (archive,) = tmp_path.glob("*.tgz")
    found = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    package, _ = ui_tools.BUN_PACKAGES[ui_tools.machine()]
    monkeypatch.setitem(ui_tools.BUN_PACKAGES, ui_tools.machine(), (package, found))
    with commands(tmp_path) as running:
        ui_tools.fetch_bun(npm, tmp_path / "bin" / "bun", running)
    assert os.access(tmp_path / "bin" / "bun", os.X_OK)


def test_a_machine_without_a_bun_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    with pytest.raises(UiBuildFailed, match="riscv64"):
        ui_tools.machine()


def test_a_program_that_is_missing_is_named(tmp_path: Path) -> None:
    with commands(tmp_path) as running, pytest.raises(UiBuildFailed, match="nosuchprogram"):
        running.run(["nosuchprogram"])

"""The launcher and the installer: what is missing is said in one line, with the way out."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NEEDED = ("sh", "dirname", "readlink", "pwd")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The launcher and its pins, in a directory with a space in its name."""
    directory = tmp_path / "a clone"
    directory.mkdir()
    shutil.copy2(ROOT / "databaseai", directory)
    shutil.copytree(ROOT / "requirements", directory / "requirements")
    return directory


def run(clone: Path, *python: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `./databaseai status` where `python3` is this script."""
    tools = clone.parent / "bin"
    tools.mkdir(exist_ok=True)
    for name in NEEDED:
        if found := shutil.which(name):
            (tools / name).unlink(missing_ok=True)
            (tools / name).symlink_to(found)
    if python:
        script = tools / "python3"
        script.write_text("#!/bin/sh\n" + "\n".join(python) + "\n")
        script.chmod(0o755)
    settings = {"PATH": str(tools), "HOME": str(clone.parent)} | environment
    command = [str(clone / "databaseai"), "status"]
    return subprocess.run(command, env=settings, capture_output=True, text=True, timeout=60, check=False)


def test_no_python_at_all(clone: Path) -> None:
    done = run(clone)
    assert (done.returncode, done.stdout) == (2, "")
    assert "needs Python 3.11" in done.stderr
    assert "apt install" in done.stderr


def test_an_old_python_is_named(clone: Path) -> None:
    done = run(clone, 'case "$1" in -V) echo "Python 3.9.2" ;; *) exit 1 ;; esac')
    assert done.returncode == 2
    assert "found: Python 3.9.2" in done.stderr


def test_no_venv_module(clone: Path) -> None:
    blind = "import sys; sys.modules['ensurepip'] = None; sys.argv = sys.argv[1:]"
    go = "import runpy; runpy.run_path(sys.argv[0], run_name='__main__')"
    done = run(
        clone,
        f'case "$1" in -c) exec {sys.executable} "$@" ;; esac',
        f'shift; exec {sys.executable} -c "{blind}; {go}" "$@"',
    )
    assert done.returncode == 2
    assert "has no venv module" in done.stderr
    assert "apt install python3" in done.stderr


def test_no_space(clone: Path) -> None:
    full = "import sys, shutil; shutil.disk_usage = lambda path: shutil._ntuple_diskusage(1, 1, 5_000_000)"
    go = "sys.argv = sys.argv[1:]; import runpy; runpy.run_path(sys.argv[0], run_name='__main__')"
    done = run(
        clone,
        f'case "$1" in -c) exec {sys.executable} "$@" ;; esac',
        f'shift; exec {sys.executable} -c "{full}; {go}" "$@"',
    )
    assert done.returncode == 2
    assert "5 MB are free" in done.stderr


def test_no_network_at_the_first_start(clone: Path) -> None:
    nowhere = {
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_RETRIES": "0",
        "PIP_CONFIG_FILE": os.devnull,
    }
    done = run(clone, f'exec {sys.executable} "$@"', **nowhere)
    assert done.returncode == 2
    assert "Is there a network?" in done.stderr
    assert "Traceback" not in done.stderr.partition("it ends:")[0]


def test_a_link_to_the_launcher_works(clone: Path) -> None:
    link = clone.parent / "link"
    link.symlink_to("a clone/databaseai")
    (clone / ".venv").mkdir()
    settings = {"PATH": "/nowhere", "HOME": str(clone.parent), "PYTHON": "/nowhere/python"}
    shell = shutil.which("sh") or "/bin/sh"
    tools = clone.parent / "bin"
    tools.mkdir()
    for name in NEEDED:
        if found := shutil.which(name):
            (tools / name).symlink_to(found)
    seen = tools / "python3"
    seen.write_text('#!/bin/sh\n[ "$1" = -c ] && exit 0\necho "$@" >&2\nexit 7\n')
    seen.chmod(0o755)
    done = subprocess.run(
        [shell, link, "status"],
        env=settings | {"PATH": str(tools)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 7
    assert f"{clone}/requirements/install.py run" in done.stderr

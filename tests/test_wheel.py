"""The wheel holds both packages and every data file that they read, and runs on its own."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DATA = {
    "databaseai/ask/guardrail/lists/functions.toml",
    "databaseai/embedded/model_files.toml",
    "databaseai/embedded/sample/schema.sql",
    "databaseai/embedded/sample/semantic.yaml",
    "databaseai/embedded/ui.txt",
    "databaseai/evaluation/questions/sample.jsonl",
    "databaseai/store/migrations/env.py",
    "databaseai_web/assets/style.css",
    "databaseai_web/reflex.lock/bun.lock",
    "databaseai_web/rxconfig.py",
}


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel built from this checkout, unpacked."""
    directory = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(directory)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = directory.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(directory / "unpacked")
    return directory / "unpacked"


def test_data_files_are_in_it(unpacked: Path) -> None:
    missing = {name for name in DATA if not (unpacked / name).is_file()}
    assert not missing


def test_every_source_file_is_in_it(unpacked: Path) -> None:
    places = (ROOT / "backend" / "databaseai", ROOT / "frontend" / "databaseai_web")
    sources = {file.relative_to(place.parent) for place in places for file in place.rglob("*.py")}
    assert {str(name) for name in sources if not (unpacked / name).is_file()} == set()


def test_it_runs_without_the_checkout(unpacked: Path, tmp_path: Path) -> None:
    """Migrations are found inside it; nothing of the checkout is imported."""
    script = (
        "import databaseai, databaseai_web; from databaseai.store.migration import directory;"
        "print(databaseai.__file__, directory())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(unpacked)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    module, migrations = done.stdout.split()
    assert Path(module).is_relative_to(unpacked)
    assert Path(migrations).is_relative_to(unpacked)

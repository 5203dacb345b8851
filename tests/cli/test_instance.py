"""The instance's lock and file: one at a time, forgotten with its process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from databaseai.cli import instance
from databaseai.errors import AlreadyRunning, HomeNotWritable
from databaseai.settings import DataSourceSettings, Settings

FOUND = instance.Instance(
    pid=os.getpid(),
    url="http://127.0.0.1:1",
    version="0",
    data_source_url="postgresql:///lent",
    store_url="",
    llm_base_url="http://127.0.0.1:2/v1",
    llm_api_key="key",
    llm_model="m",
    llm_timeout_ms=7,
    llm_circuit_reset_ms=8,
    admin_url="",
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def test_nothing_runs_at_first(settings: Settings) -> None:
    assert instance.running(settings) is None


def test_a_held_and_announced_instance_is_found_until_it_ends(settings: Settings) -> None:
    with instance.hold(settings) as directory:
        assert instance.running(settings) is None  # held, not announced
        assert instance.holder(settings) == os.getpid()
        instance.announce(directory, FOUND)
        assert (directory / instance.FILE).stat().st_mode & 0o777 == 0o600
        assert instance.running(settings) == FOUND
    assert instance.running(settings) is None
    assert instance.holder(settings) is None


def test_one_holds_it_at_a_time(settings: Settings) -> None:
    with (
        instance.hold(settings),
        pytest.raises(AlreadyRunning, match=str(os.getpid())),
        instance.hold(settings),
    ):
        pass


def test_what_a_killed_process_announced_counts_no_more(settings: Settings) -> None:
    script = f"""
import os, signal
from pathlib import Path
from databaseai.cli import instance
from databaseai.settings import Settings
from tests.cli.test_instance import FOUND
with instance.hold(Settings(home=Path({str(settings.home)!r}))) as directory:
    instance.announce(directory, FOUND)
    os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", script], check=False, cwd=Path(__file__).parents[2])
    assert (settings.home / "run" / instance.FILE).exists()
    assert instance.running(settings) is None


def test_a_broken_file_counts_as_none(settings: Settings) -> None:
    with instance.hold(settings) as directory:
        (directory / instance.FILE).write_text('{"pid": 1')
        assert instance.running(settings) is None


def test_a_home_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(HomeNotWritable, match="file") as refused,
        instance.hold(Settings(home=tmp_path / "file" / "home")),
    ):
        pass
    assert "DATABASEAI_HOME" in refused.value.hint


def test_lending_fills_what_was_not_configured(settings: Settings) -> None:
    lent = FOUND.lend(settings)
    assert lent.data_source.url == SecretStr("postgresql:///lent")
    assert (lent.llm.base_url, lent.llm.timeout_ms) == ("http://127.0.0.1:2/v1", 7)
    own = settings.model_copy(update={"data_source": DataSourceSettings(url=SecretStr("postgresql:///own"))})
    assert FOUND.lend(own).data_source.url == SecretStr("postgresql:///own")

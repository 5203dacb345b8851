"""Small made-up weights, and the places they come from."""

import hashlib
import random
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from databaseai.embedded import model_files
from databaseai.embedded.model_sources import KnownModel
from databaseai.settings import EmbeddedSettings, Settings
from tests.small_model import small_model, small_model_file

__all__ = ["small_model", "small_model_file"]

WEIGHTS = b"GGUF" + random.Random(2).randbytes(3_300_000)  # noqa: S311  # made-up weights
PART_BYTES = 700_000


@dataclass
class Hub:
    """A publisher's server on loopback: serves WEIGHTS, as it is told to."""

    status: int = 200
    body: bytes = WEIGHTS
    ranges: bool = True
    breaks: list[int] = field(default_factory=list)
    """Break off the next reply after so many bytes, and so on."""
    asked: list[str] = field(default_factory=list)
    """The Range header of each request."""
    url: str = ""


@pytest.fixture
def hub() -> Iterator[Hub]:
    """The publisher."""
    told = Hub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("range", "")
            told.asked.append(asked)
            start = int(asked[6:-1]) if asked and told.ranges else 0
            body = told.body[start:]
            self.send_response(206 if start and told.status == 200 else told.status)
            if start:
                self.send_header("content-range", f"bytes {start}-{len(told.body) - 1}/{len(told.body)}")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: told.breaks.pop(0)] if told.breaks else body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{server.server_address[1]}/weights.gguf"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of data wheels, the only place where pip looks."""
    place = tmp_path / "index"
    place.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(place))
    monkeypatch.delenv("PIP_EXTRA_INDEX_URL", raising=False)
    for number in range(5):
        part = WEIGHTS[number * PART_BYTES : (number + 1) * PART_BYTES]
        make_wheel(place, f"made_up_part{number}", part)
    return place


def make_wheel(place: Path, name: str, part: bytes) -> Path:
    """A wheel with one large member, as pip takes it."""
    info = f"{name}-1.0.dist-info"
    wheel = place / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(f"{name}/__init__.py", "raise RuntimeError('a data wheel was imported')\n")
        archive.writestr(f"{name}/data/part.bin", part)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return wheel


def requirements(place: Path) -> tuple[str, ...]:
    """The wheels of a directory as pip requirements with hashes."""
    return tuple(
        f"{wheel.name.partition('-')[0].replace('_', '-')}==1.0"
        f" --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}"
        for wheel in sorted(place.glob("*.whl"))
    )


@dataclass
class Shelf:
    """What a test has in hand: settings, and the one known model."""

    settings: Settings
    model: KnownModel
    monkeypatch: pytest.MonkeyPatch

    @property
    def file(self) -> Path:
        """Where the weights go."""
        return model_files.place(self.settings, self.model)

    @property
    def partial(self) -> Path:
        """Where they grow."""
        return self.file.with_name(self.file.name + ".partial")

    def know(self, **changes: Any) -> None:
        """Change the known model."""
        self.model = replace(self.model, **changes)
        self.monkeypatch.setattr(model_files, "known", lambda: (self.model,))

    def choose(self, **changes: Any) -> None:
        """Change the embedded settings."""
        embedded = self.settings.embedded.model_copy(update=changes)
        self.settings = self.settings.model_copy(update={"embedded": embedded})


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """A cache of its own and a model that no source has yet."""
    model = KnownModel(
        name="made-up",
        title="Made up",
        purpose="",
        file="made-up.gguf",
        size_bytes=len(WEIGHTS),
        sha256=hashlib.sha256(WEIGHTS).hexdigest(),
        licence="none",
        url="",
        part_bytes=PART_BYTES,
        wheels=(),
    )
    settings = Settings(cache=tmp_path / "cache", embedded=EmbeddedSettings(model="made-up"))
    made = Shelf(settings, model, monkeypatch)
    made.know()
    return made

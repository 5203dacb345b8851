"""Keep an evaluation run on disk, question by question, so that a stopped run goes on where it stopped.

`<run>/run.json` says what was measured; `<run>/answers.jsonl` holds one line a question. A line is on disk
before the next question starts. Neither repeats a question or a gold: runs may be shared, datasets have
licences.
"""

import fcntl
import json
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import BaseModel, ValidationError

from databaseai.errors import RunMismatch
from databaseai.evaluation.execution_accuracy import Verdict


class Header(BaseModel, frozen=True):
    """What a run measures."""

    dataset: str
    digest: str
    """SHA-256 of the question file."""
    model: str
    prompt_version: str
    commit: str
    """Of the product; `+` at its end: with changes that were not committed."""
    started: str
    """ISO time, UTC."""
    without: tuple[str, ...] = ()
    """Steps of the flow that were switched off, by name."""
    settings: dict[str, str] = {}
    """Those that decide how a question is answered, under their environment names."""

    def differs(self, other: "Header") -> str:
        """The first thing that makes two headers two different measurements; empty when none does."""
        for name in ("dataset", "digest", "model", "prompt_version", "without"):
            if getattr(self, name) != getattr(other, name):
                return name
        return ""


class Record(BaseModel, frozen=True):
    """One question of a run."""

    id: str
    database: str
    tier: str = ""
    difficulty: str = ""
    verdict: Verdict
    seeds: tuple[bool, ...] = ()
    code: str = ""
    """Error code of what stopped the prediction."""
    sqlstate: str = ""
    status: str = ""
    """The product's own: answered, refused, failed, clarify, abstained."""
    confidence: str = ""
    """Level: high, medium, low, unknown."""
    confidence_score: float | None = None
    """0..1, how likely the answer is right; None when nothing ran."""
    confidence_signs: tuple[str, ...] = ()
    """What the score was computed from, by name."""
    sql: str = ""
    """The prediction."""
    seconds: float = 0.0
    """From the question to the end of its answer."""
    seconds_to_rows: float | None = None
    step_ms: dict[str, float] = {}
    """Milliseconds by step of the flow, rounds added up."""
    attempts: int = 0
    """Statements asked of the model."""
    calls: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    reply_tokens: int = 0
    cost: float = 0.0
    model: str = ""
    prompt_version: str = ""
    commit: str = ""


class RunDirectory:
    """A run on disk, held by one process while it is open."""

    def __init__(self, path: Path, header: Header) -> None:
        self.path, self.header = path, header
        self._records: dict[str, Record] = {}

    def __enter__(self) -> Self:
        """Take what is there already.

        Raises:
            RunMismatch: Another process writes here, or the stored run is another measurement. DBAI111.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        self._file = (self.path / "answers.jsonl").open("a+b")
        try:
            self._take()
        except BaseException:
            self._file.close()
            raise
        return self

    def _take(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunMismatch(f"Another process writes to {self.path}.") from None
        self._compare_header()
        self._file.seek(0)
        content = self._file.read()
        whole = content.rfind(b"\n") + 1
        self._file.truncate(whole)  # the rest of a line that a crash cut off
        self._records = {record.id: record for record in _records(content[:whole])}

    def _compare_header(self) -> None:
        file = self.path / "run.json"
        if not file.exists():
            _write_whole(file, self.header.model_dump_json(indent=2) + "\n")
            return
        stored = read_header(self.path)
        if what := self.header.differs(stored):
            raise RunMismatch(f"{self.path} holds a run with another {what}.", hint="Give another --out.")
        self.header = stored

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    @property
    def records(self) -> dict[str, Record]:
        """By question id; of two records of one question the later counts."""
        return self._records

    def append(self, record: Record) -> None:
        """Put one record on disk; when this returns, it survives a crash of the machine."""
        self._file.write(record.model_dump_json().encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._records[record.id] = record


def read_header(path: Path) -> Header:
    """What the run in this directory measures. Raises `RunMismatch` when there is none."""
    try:
        return Header.model_validate_json((path / "run.json").read_bytes())
    except (OSError, ValidationError) as error:
        raise RunMismatch(f"{path} holds no evaluation run.") from error


def read_records(path: Path) -> dict[str, Record]:
    """A stored run's records by question id, without a lock: a half-written last line is passed over."""
    file = path / "answers.jsonl"
    content = file.read_bytes() if file.exists() else b""
    return {record.id: record for record in _records(content[: content.rfind(b"\n") + 1])}


def _records(content: bytes) -> list[Record]:
    """One record a line; of a line that is none the whole file is in doubt."""
    try:
        return [Record.model_validate(json.loads(line)) for line in content.split(b"\n") if line]
    except ValueError as error:
        raise RunMismatch("answers.jsonl holds a line that is no record.") from error


def _write_whole(file: Path, text: str) -> None:
    """All or nothing: a crash leaves no half file."""
    draft = file.with_suffix(".draft")
    draft.write_text(text, encoding="utf-8")
    draft.replace(file)

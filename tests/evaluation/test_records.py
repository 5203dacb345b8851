"""A run on disk: it goes on after a kill, and is never mixed with another."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from databaseai.errors import RunMismatch
from databaseai.evaluation.execution_accuracy import Verdict
from databaseai.evaluation.records import Header, Record, RunDirectory, read_header, read_records

HEADER = Header(
    dataset="d", digest="0" * 64, model="m", prompt_version="1", commit="abc", started="2026-01-01T00:00:00"
)
KILLED = """
import os, sys
from pathlib import Path
from databaseai.evaluation.execution_accuracy import Verdict
from databaseai.evaluation.records import Header, Record, RunDirectory
header = Header.model_validate_json(sys.argv[2])
with RunDirectory(Path(sys.argv[1]), header) as stored:
    for number in range(3):
        stored.append(Record(id=str(number), database="d", verdict=Verdict.RIGHT))
    stored._file.write(b'{"id": "3", "datab')
    stored._file.flush()
    os.kill(os.getpid(), 9)
"""


def record(identifier: str, verdict: Verdict = Verdict.RIGHT) -> Record:
    return Record(id=identifier, database="d", verdict=verdict)


def test_what_a_killed_run_wrote_is_there(tmp_path: Path) -> None:
    """kill -9 in the middle of a line: whole lines stay, the torn one goes, the next is whole."""
    arguments = [sys.executable, "-c", KILLED, str(tmp_path), HEADER.model_dump_json()]
    path = os.pathsep.join(entry for entry in sys.path if entry)
    ended = subprocess.run(arguments, check=False, env={**os.environ, "PYTHONPATH": path})
    assert ended.returncode == -signal.SIGKILL
    assert (tmp_path / "answers.jsonl").read_bytes().endswith(b'{"id": "3", "datab')
    assert list(read_records(tmp_path)) == ["0", "1", "2"]
    with RunDirectory(tmp_path, HEADER) as stored:
        assert list(stored.records) == ["0", "1", "2"]
        stored.append(record("3"))
    lines = (tmp_path / "answers.jsonl").read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["0", "1", "2", "3"]


def test_the_later_record_of_a_question_counts(tmp_path: Path) -> None:
    with RunDirectory(tmp_path, HEADER) as stored:
        stored.append(record("1", Verdict.UNSCORED))
        stored.append(record("1", Verdict.ROWS))
    assert read_records(tmp_path)["1"].verdict is Verdict.ROWS


@pytest.mark.parametrize("field", ["dataset", "digest", "model", "prompt_version"])
def test_another_measurement_is_refused(tmp_path: Path, field: str) -> None:
    with RunDirectory(tmp_path, HEADER) as stored:
        stored.append(record("1"))
    other = HEADER.model_copy(update={field: "other"})
    with pytest.raises(RunMismatch, match=field), RunDirectory(tmp_path, other):
        pass
    assert list(read_records(tmp_path)) == ["1"]


def test_another_commit_goes_on(tmp_path: Path) -> None:
    """The header keeps the first commit; each record has its own."""
    with RunDirectory(tmp_path, HEADER):
        pass
    with RunDirectory(tmp_path, HEADER.model_copy(update={"commit": "def", "started": "later"})) as stored:
        assert stored.header.commit == "abc"
    assert read_header(tmp_path) == HEADER


def test_two_processes_do_not_write_one_run(tmp_path: Path) -> None:
    with (
        RunDirectory(tmp_path, HEADER),
        pytest.raises(RunMismatch, match="Another process"),
        RunDirectory(tmp_path, HEADER),
    ):
        pass
    with RunDirectory(tmp_path, HEADER):  # and it is free again
        pass


@pytest.mark.parametrize("line", ["garbage", "{}", '{"id": "1", "database": "d", "verdict": "lucky"}'])
def test_a_line_that_is_no_record(tmp_path: Path, line: str) -> None:
    with RunDirectory(tmp_path, HEADER):
        (tmp_path / "answers.jsonl").write_text(line + "\n")
    with pytest.raises(RunMismatch, match="no record"), RunDirectory(tmp_path, HEADER):
        pass


def test_no_run_here(tmp_path: Path) -> None:
    with pytest.raises(RunMismatch, match="no evaluation run"):
        read_header(tmp_path)
    assert read_records(tmp_path) == {}

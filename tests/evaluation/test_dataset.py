"""Reading datasets, and saying where they are wrong."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from databaseai.errors import DatasetInvalid
from databaseai.evaluation.dataset import load, read_ids

LINE: dict[str, Any] = {"id": "a-1", "database": "shop", "question": "How many?", "gold": ["SELECT 1"]}


def write(folder: Path, *lines: dict[str, Any] | str) -> Path:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    (folder / "questions.jsonl").write_text(text + "\n", encoding="utf-8")
    return folder


def test_a_directory_with_dumps(tmp_path: Path) -> None:
    """Dumps are ordered by seed, those of other databases are left alone."""
    write(tmp_path, LINE, "", {**LINE, "id": "a-2", "database": "there already", "tier": "hard"})
    for name in ("shop.seed10", "shop.seed0", "shop.seed2", "other.seed0"):
        (tmp_path / f"{name}.sql.gz").write_bytes(gzip.compress(b"SELECT 1"))
    dataset = load(tmp_path)
    assert [question.id for question in dataset.questions] == ["a-1", "a-2"]
    assert dataset.questions[1].tier == "hard"
    assert list(dataset.dumps) == ["shop"]
    assert [dump.name.split(".")[1] for dump in dataset.dumps["shop"]] == ["seed0", "seed2", "seed10"]
    assert dataset.name == tmp_path.name


def test_a_file_alone(tmp_path: Path) -> None:
    """The digest follows the content, so a run knows what it was about."""
    file = write(tmp_path, LINE) / "questions.jsonl"
    first = load(file)
    assert (first.name, first.dumps) == ("questions", {})
    write(tmp_path, {**LINE, "gold": ["SELECT 2"]})
    assert load(file).digest != first.digest


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "line 2"),
        ("[1]", "line 2"),
        ("null", "line 2"),
        ({**LINE, "id": "a-1"}, "id of line 1 again"),
        ({**LINE, "id": ""}, "id:"),
        ({"id": "b", "database": "shop", "question": "?"}, "gold:"),
        ({**LINE, "id": "b", "gold": []}, "gold:"),
        ({**LINE, "id": "b", "gold": [" "]}, "empty"),
        ({**LINE, "id": "b", "gold": "SELECT 1"}, "gold:"),
        ({**LINE, "id": "b", "golds": ["SELECT 1"]}, "golds:"),
        ({**LINE, "id": 7}, "id:"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: dict[str, Any] | str, says: str) -> None:
    with pytest.raises(DatasetInvalid) as error:
        load(write(tmp_path, LINE, line))
    assert "line 2" in error.value.detail
    assert says in error.value.detail
    assert error.value.facts["line"] == 2


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "questions.jsonl").write_bytes(json.dumps(LINE).encode() + b"\n\n\xff\n")
    with pytest.raises(DatasetInvalid, match="line 3"):
        load(tmp_path)


@pytest.mark.parametrize("content", [None, b"", b"\n\n"])
def test_nothing_to_read(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "questions.jsonl").write_bytes(content)
    with pytest.raises(DatasetInvalid):
        load(tmp_path)


def test_selection_keeps_databases_together(tmp_path: Path) -> None:
    """A database is opened once; within it the order of the file stays."""
    databases = ["b", "a", "b", "c", "a"]
    lines = [{**LINE, "id": str(number), "database": name} for number, name in enumerate(databases)]
    dataset = load(write(tmp_path, *lines))
    assert [question.id for question in dataset.selected()] == ["0", "2", "1", "4", "3"]
    assert [question.id for question in dataset.selected(["4", "2", "1"])] == ["1", "4", "2"]
    assert [question.id for question in dataset.selected(limit=2)] == ["0", "2"]
    with pytest.raises(DatasetInvalid, match="'9'"):
        dataset.selected(["0", "9"])


@pytest.mark.parametrize("text", ['["x-1", "x-2"]', "x-1\nx-2\n", "\n x-1 \n\nx-2"])
def test_ids_as_json_or_lines(tmp_path: Path, text: str) -> None:
    (tmp_path / "ids").write_text(text, encoding="utf-8")
    assert read_ids(tmp_path / "ids") == ("x-1", "x-2")


@pytest.mark.parametrize("text", ["[1, 2]", '["x"', '[{"id": 1}]'])
def test_ids_that_are_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "ids").write_text(text, encoding="utf-8")
    with pytest.raises(DatasetInvalid):
        read_ids(tmp_path / "ids")

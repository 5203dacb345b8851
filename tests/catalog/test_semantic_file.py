"""A semantic model file says what it means, or which line does not."""

from pathlib import Path

import pytest

from databaseai.catalog.semantic.file import parse, read_semantic_model
from databaseai.errors import SemanticModelInvalid
from tests.catalog.semantic_shop import TEXT


def test_a_whole_file_is_read() -> None:
    found = parse(TEXT)
    assert found.file.metrics["revenue"].where == ("orders.status <> 'cancelled'",)
    assert found.file.joins[0].kind == "many_to_one"
    assert found.line("metrics", "net revenue", "sql") == TEXT.splitlines().index("  net revenue:") + 2


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("tables: {}", 1, "version is missing"),
        ("version: 2", 1, "version"),
        ("version: 1\ntabels: {}", 2, "tabels is no part"),
        ("version: 1\nmetrics:\n  revenue:\n    table: orders", 3, "metrics.revenue.sql is missing"),
        ("version: 1\ntables:\n  a: {}\n  b: {}\n  a: {}", 5, "'a' stands here twice"),
        ("version: 1\ntables:\n  a:\n    hidden: perhaps", 4, "valid boolean"),
        ("version: 1\ntables:\n  a: [\n  b: }", 4, "no YAML"),
        ("version: 1\ntables:\n  ? [a, b]\n  : {}", 3, "a key is a name"),
        ("version: 1\nmetrics:\n  m: {sql: count(*) -- all, table: a}", 3, "'--'"),
        ("version: 1\nmetrics:\n  m: {sql: 'count(*); SELECT 1', table: a}", 3, "';'"),
        ("version: 1\nmetrics:\n  m:\n    sql: ''\n    table: a", 4, "is empty"),
        ('version: 1\ndescription: "a\\u202eb"', 2, "invisible characters"),
        ("version: 1\njoins:\n  - {from: a, to: b}", 3, "either columns or on"),
        ("version: 1\ndescription: " + "x" * 301, 2, "300"),
        ("- version: 1", 1, "begins with"),
        ("", 1, "begins with"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(SemanticModelInvalid) as caught:
        parse(text)
    assert caught.value.facts["line"] == line
    assert words in caught.value.detail


def test_descriptions_become_one_line() -> None:
    """A line of its own could look like a part of the prompt."""
    found = parse("version: 1\ndescription: |\n  first\n  -- second\n")
    assert found.file.description == "first -- second"


def test_a_word_that_yaml_takes_for_a_truth_value_stays_a_name() -> None:
    found = parse("version: 1\ntables:\n  no:\n    columns:\n      on: {synonyms: [yes, 1e3]}\n")
    assert found.file.tables["no"] is not None
    assert found.file.tables["no"].columns["on"].synonyms == ("yes", "1e3")  # type: ignore[union-attr]  # there


@pytest.mark.parametrize(
    "text",
    ["version: 1\ntables: {a: &x {}, b: *x}", "[" * 100_000, "x" * 1_000_001, "a: !!python/name:os.system x"],
)
def test_what_could_grow_or_run_is_refused(text: str) -> None:
    with pytest.raises(SemanticModelInvalid):
        parse(text)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SemanticModelInvalid, match="cannot be read"):
        read_semantic_model(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes("version: 1 # é".encode("latin-1"))
    with pytest.raises(SemanticModelInvalid, match="cannot be read"):
        read_semantic_model(tmp_path / "latin.yaml")

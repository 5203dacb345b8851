"""What a terminal or a pipe sees of an answer."""

import json

import pytest

from databaseai.cli.ask import exit_code
from databaseai.cli.console import lines
from databaseai.cli.show import Show, plain, shown

ANSWER = {
    "answer_id": "a",
    "status": "answered",
    "sql": "SELECT 1",
    "columns": [{"name": "n", "type": "integer"}, {"name": "t", "type": "text"}],
    "rows": [[1, "a\tb"], [None, "[red]x"]],
    "truncated": True,
    "text": "There are two.",
    "card": {"tables": ["public.orders"], "joins": [], "limit": ""},
    "confidence": {"level": "unknown", "reason": ["not measured"]},
    "sentinel": [{"kind": "fan-out", "text": "Thrice.", "check": "SELECT 2", "corrected": "SELECT 3"}],
    "problem": None,
}
REFUSED = ANSWER | {
    "status": "refused",
    "problem": {"code": "DBAI507", "title": "Only queries may run", "detail": "It deletes.", "hint": "Ask."},
}


def test_json_is_one_line_on_stdout_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    Show(as_json=True).answer(ANSWER)
    captured = capsys.readouterr()
    assert json.loads(captured.out) == ANSWER
    assert captured.out.count("\n") == 1


def test_sql_only_is_the_sql(capsys: pytest.CaptureFixture[str]) -> None:
    Show(sql_only=True).answer(ANSWER)
    assert capsys.readouterr().out == "SELECT 1\n"


def test_a_pipe_gets_tab_separated_rows(capsys: pytest.CaptureFixture[str]) -> None:
    Show().answer(ANSWER)
    out = capsys.readouterr().out
    assert "n\tt\n1\ta\\tb\n\\N\t[red]x\n" in out


def test_a_warning_comes_with_its_sql_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    Show().answer(ANSWER)
    assert "warning: Thrice.\n  see it: SELECT 2\n  without it: SELECT 3\n" in capsys.readouterr().err


def test_a_refusal_goes_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    Show(as_json=True).answer(REFUSED)
    captured = capsys.readouterr()
    assert json.loads(captured.out)["problem"]["code"] == "DBAI507"
    assert "DBAI507" in captured.err
    assert "Ask." in captured.err


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (ANSWER, 0),
        (ANSWER | {"status": "abstained"}, 1),
        (REFUSED, 1),
        (ANSWER | {"problem": {"code": "DBAI202"}}, 3),
        (ANSWER | {"problem": {"code": "DBAI301"}}, 4),
        (ANSWER | {"problem": {"code": "DBAI102"}}, 2),
    ],
)
def test_exit_codes(answer: dict[str, object], code: int) -> None:
    assert exit_code(answer) == code


def test_control_characters_cannot_reach_the_terminal() -> None:
    assert "\x1b" not in shown("\x1b[31mred")
    assert "\u202e" not in shown("a\u202eb")


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, r"\N"), ("a\\b", r"a\\b"), ("a\nb", r"a\nb"), (True, "true"), ([1, None], "[1, null]")],
)
def test_plain_cells(value: object, text: str) -> None:
    assert plain(value) == text


def test_progress_is_told_by_subject_and_never_goes_back(capsys: pytest.CaptureFixture[str]) -> None:
    report = lines()
    report("Fetching", None)
    report("Loading: 1 of 9", 0.0)
    for done in range(10):
        report(f"Loading: {done} of 9", done / 9)
    report("Loading: 2 of 9", 0.2)
    report("Loading: 9 of 9", 1.0)
    report("Fetching", 1.0)
    told = [line.strip().partition(" in ")[0] for line in capsys.readouterr().err.splitlines()]
    assert told == ["Fetching: ...", "Loading: ...", "Loading: done", "Fetching: done"]

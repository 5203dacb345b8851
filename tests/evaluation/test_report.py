"""What a run says, and what two runs say about each other."""

import json
from io import StringIO

import pytest
from rich.console import Console

from databaseai.errors import RunMismatch
from databaseai.evaluation import comparison, report
from databaseai.evaluation.execution_accuracy import Verdict
from databaseai.evaluation.records import Header, Record
from databaseai.evaluation.shares import Share

HEADER = Header(
    dataset="made up",
    digest="0" * 64,
    model="[m]",
    prompt_version="1",
    commit="abc",
    started="2026-01-01T00:00:00",
)


def records(verdicts: str) -> dict[str, Record]:
    """`r` right, `w` wrong rows, `f` does not run, `u` unscored; seconds are 1, 2, 3, ..."""
    of = {"r": Verdict.RIGHT, "w": Verdict.ROWS, "f": Verdict.DOES_NOT_RUN, "u": Verdict.UNSCORED}
    return {
        str(number): Record(
            id=str(number),
            database="ab"[number % 2],
            tier="easy" if number < 2 else "",
            difficulty="medium",
            verdict=of[letter],
            code="DBAI704" if letter == "f" else "",
            sqlstate="42703" if letter == "f" else "",
            seconds=number + 1,
            prompt_tokens=100,
            attempts=1,
            calls=2,
            commit="abc",
        )
        for number, letter in enumerate(verdicts)
    }


def printed(renderable: object) -> str:
    page = StringIO()
    Console(width=140, file=page).print(renderable)
    return page.getvalue()


def test_a_summary_counts() -> None:
    summary = report.Summary.of(HEADER, records("rwfru"), asked=7)
    assert (summary.overall.right, summary.overall.count) == (2, 4)
    assert summary.overall.accuracy == pytest.approx(0.5)
    assert summary.verdicts == {"right": 2, "wrong rows": 1, "does not run": 1, "unscored": 1}
    assert summary.errors == {"DBAI704 42703": 1}
    assert summary.unscored == ("4",)
    assert {name: share.count for name, share in summary.by_database.items()} == {"a": 2, "b": 2}
    assert {name: share.right for name, share in summary.by_tier.items()} == {"easy": 1}
    assert (summary.seconds.median, summary.seconds.p95, summary.seconds.total) == (3, 4.8, 15)
    assert summary.prompt_tokens.total == 500
    assert summary.calls.total == 10


def test_what_gave_no_result_is_counted() -> None:
    """Of four scored ones a statement failed, whatever the reason; wrong rows are a result."""
    assert report.Summary.of(HEADER, records("rwfru")).does_not_run == 0.25
    found = records("rw") | {"x": records("r")["0"].model_copy(update={"verdict": Verdict.NO_SQL})}
    assert report.Summary.of(HEADER, found).does_not_run == pytest.approx(1 / 3, abs=1e-4)


def test_a_summary_of_nothing() -> None:
    summary = report.Summary.of(HEADER, {}, asked=3)
    assert summary.overall == Share(0, 0, 0.0, 0.0, 1.0)
    assert "3 of 3 questions are still to run" in printed(report.render(summary))


def test_a_summary_is_printed_and_is_json() -> None:
    summary = report.Summary.of(HEADER, records("rwfru"), asked=7)
    text = printed(report.render(summary))
    for part in ("50.0%", "tier easy", "database a", "wrong rows", "DBAI704 42703", "2 of 7", "[m]"):
        assert part in text
    assert json.loads(json.dumps(summary.wire()))["overall"]["right"] == 2


def test_a_comparison_pairs_what_both_scored() -> None:
    found = comparison.compare((HEADER, records("rrwwuf")), (HEADER, records("rwrrrr")))
    assert found.gained == ("2", "3", "5")
    assert found.lost == ("1",)
    assert (found.share_before.count, found.share_before.right, found.share_after.right) == (5, 2, 4)
    assert found.p == pytest.approx(0.625)
    assert json.loads(json.dumps(found.wire()))["gained"] == ["2", "3", "5"]
    text = printed(comparison.render(found))
    assert "3 gained, 1 lost; McNemar's exact p = 0.625" in text


def test_what_was_switched_off_is_shown() -> None:
    """Which of two runs went without a step must be readable from the comparison and the report alone."""
    header = HEADER.model_copy(update={"without": ("repair", "values")})
    found = comparison.compare((HEADER, records("rr")), (header, records("rw")))
    assert "without repair, values" in printed(comparison.render(found))
    assert found.wire()["after"]["without"] == ("repair", "values")
    assert "without repair, values" in printed(report.render(report.Summary.of(header, records("r"))))
    assert HEADER.differs(header) == "without"


def test_runs_that_cannot_be_compared() -> None:
    other = HEADER.model_copy(update={"digest": "1" * 64})
    with pytest.raises(RunMismatch, match="question files"):
        comparison.compare((HEADER, records("r")), (other, records("r")))
    with pytest.raises(RunMismatch, match="in common"):
        comparison.compare((HEADER, records("r")), (HEADER, records("u")))

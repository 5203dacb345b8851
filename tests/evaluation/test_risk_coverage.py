"""Risk and coverage: what the order by confidence is worth, on records whose answer is known by hand."""

import json
from io import StringIO

import pytest
from rich.console import Console

from databaseai.evaluation import risk_plot
from databaseai.evaluation.execution_accuracy import Verdict
from databaseai.evaluation.records import Record
from databaseai.evaluation.report import Summary
from databaseai.evaluation.risk_coverage import RiskCoverage
from tests.evaluation.test_report import HEADER


def record(
    number: int, *, right: bool, score: float | None, status: str = "answered", level: str = ""
) -> Record:
    return Record(
        id=str(number),
        database="d",
        verdict=Verdict.RIGHT if right else Verdict.ROWS,
        confidence_score=score,
        confidence=level,
        status=status,
    )


def of(rights: str, scores: list[float | None]) -> RiskCoverage:
    """`r` right, `w` wrong."""
    pairs = zip(rights, scores, strict=True)
    return RiskCoverage.of(
        record(number, right=letter == "r", score=score) for number, (letter, score) in enumerate(pairs)
    )


def test_the_surest_are_taken_first() -> None:
    """Ten answers, the three wrong ones at the end: no error up to 70 %, all of it at 100 %."""
    found = of("wrrrrrrrww", [0.05, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1])
    assert found.error_at["1.0"] == 0.3
    assert found.error_at["0.9"] == pytest.approx(2 / 9, abs=1e-4)
    assert found.error_at["0.8"] == pytest.approx(1 / 8)
    assert (found.error_at["0.7"], found.error_at["0.5"]) == (0, 0)
    assert found.area == found.best_area == pytest.approx((1 / 8 + 2 / 9 + 3 / 10) / 10, abs=1e-4)


def test_the_order_of_equal_scores_gives_nothing() -> None:
    """A score that is always the same knows nothing, however the records are ordered."""
    for rights in ("wwrr", "rrww", "rwrw"):
        found = of(rights, [0.5] * 4)
        assert set(found.error_at.values()) == {0.5}
        assert found.area == 0.5
        assert found.best_area == pytest.approx((0 + 0 + 1 / 3 + 1 / 2) / 4, abs=1e-4)


def test_an_order_that_is_upside_down_is_seen() -> None:
    found = of("wwrr", [0.9, 0.8, 0.2, 0.1])
    assert found.error_at["0.5"] == 1.0
    assert found.area > 0.5 > found.best_area


def test_what_has_no_score_comes_last() -> None:
    """Nothing ran: it is the first to be left unanswered."""
    found = of("wrrr", [None, 0.01, 0.02, 0.03])
    assert (found.error_at["1.0"], found.error_at["0.7"]) == (0.25, 0)


def test_levels_order_a_run_without_scores() -> None:
    """Older runs kept levels only."""
    levels = ["low", "high", "medium"]
    found = RiskCoverage.of(
        record(number, right=level != "low", score=None, level=level) for number, level in enumerate(levels)
    )
    assert found.error_at["0.6"] == 0
    assert found.error_at["1.0"] == pytest.approx(1 / 3, abs=1e-4)
    assert list(found.by_level) == ["high", "medium", "low"]
    assert (found.by_level["low"].right, found.by_level["high"].right) == (0, 1)
    assert found.calibration_error is None


def test_reliability_by_decile() -> None:
    """Of the two surest, scored 0.95, one is right: 0.45 off; of the two at 0.55 both: 0.45 off as well."""
    found = of("rwrr", [0.95, 0.95, 0.55, 0.55])
    assert [(decile.low, decile.mean_score, decile.share.right) for decile in found.by_decile] == [
        (0.5, 0.55, 2),
        (0.9, 0.95, 1),
    ]
    assert found.calibration_error == pytest.approx(0.45)
    assert of("r", [1.0]).by_decile[0].low == 0.9


def test_abstention_costs_no_accuracy() -> None:
    """It shows in the share of what would have been answered, and nowhere in execution accuracy."""
    records = {
        "0": record(0, right=True, score=0.9),
        "1": record(1, right=False, score=0.1, status="abstained"),
        "2": record(2, right=True, score=0.2, status="clarify"),
    }
    summary = Summary.of(HEADER, records)
    assert (summary.overall.right, summary.overall.count) == (2, 3)
    assert summary.confidence.abstained == 2
    assert (summary.confidence.answered.right, summary.confidence.answered.count) == (1, 1)


def test_it_is_printed_and_is_json() -> None:
    records = {str(number): record(number, right=number > 1, score=number / 8) for number in range(8)}
    summary = Summary.of(
        HEADER, records | {"u": records["0"].model_copy(update={"verdict": Verdict.UNSCORED})}
    )
    page = StringIO()
    Console(width=140, file=page).print(risk_plot.render(summary.confidence))
    for part in ("100%", "25.0%", "area under the curve", "score 0.8 - 0.9", "of the 8 other answers 75.0%"):
        assert part in page.getvalue()
    wire = json.loads(json.dumps(summary.wire()))["confidence"]
    assert wire["error_at"]["1.0"] == 0.25
    assert wire["by_decile"][0]["share"]["count"] == 1


def test_nothing_scored_is_no_fault() -> None:
    found = RiskCoverage.of([])
    assert (found.error_at, found.area, found.calibration_error) == ({}, 0.0, None)
    risk_plot.render(found)

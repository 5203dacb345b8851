"""Confidence comes from what was measured, with its reasons."""

import pytest

from databaseai.ask.selection import Measured, judge


@pytest.mark.parametrize(
    ("measured", "level"),
    [
        (Measured(attempts=1, row_count=3), "unknown"),
        (Measured(attempts=1, row_count=3, repairs=["x"]), "medium"),
        (Measured(attempts=1, row_count=3, samples_cut=True), "medium"),
        (Measured(attempts=1, row_count=3, repairs=["x"], samples_cut=True), "low"),
        (Measured(attempts=2, row_count=3), "low"),
        (Measured(attempts=1, row_count=0), "low"),
        (Measured(attempts=1, row_count=1, all_null=True), "low"),
        (Measured(attempts=1, row_count=1, margin=0.9), "low"),
    ],
)
def test_each_doubt_counts(measured: Measured, level: str) -> None:
    confidence = judge(measured)
    assert confidence.level == level
    assert confidence.reason

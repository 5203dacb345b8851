"""Does confidence know? The error of what is answered when only the surest answers are given.

A product that abstains answers a share of the questions, its *coverage*, and errs in a share of those, its
*risk*. `evaluate` answers every question, so that execution accuracy counts all of them; abstention shows
only here. Questions are taken by falling score; of equal scores each order is as likely, so their right
answers are spread evenly. What has no score (nothing ran) comes last.

Source:
    El-Yaniv and Wiener, 2010 (risk-coverage); Geifman et al., 2019 (area under the curve); Guo et al., 2017
    (expected calibration error).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil
from statistics import fmean

from databaseai.evaluation.execution_accuracy import Verdict
from databaseai.evaluation.records import Record
from databaseai.evaluation.shares import Share, scored

COVERAGES = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1)
LEVELS = {"high": 3.0, "medium": 2.0, "low": 1.0, "unknown": 0.0}
"""Order the records of a run that kept no scores; a score itself is 0..1."""
NO_SCORE = -1.0
KEPT_BACK = ("abstained", "clarify")
"""Statuses of questions that the product itself would not have answered."""
DECILES = 10


@dataclass(frozen=True, slots=True)
class Decile:
    """Answers whose score is in [low, low + 0.1), the last one with 1."""

    low: float
    mean_score: float
    share: Share


@dataclass(frozen=True)
class RiskCoverage:
    """Figures of one run; all shares 0..1."""

    error_at: Mapping[str, float]
    """Error by coverage: `{"1.0": 0.39, "0.9": ...}`."""
    area: float
    """Under the curve: mean error over all coverages. Of an order that knows nothing: the error at 100 %."""
    best_area: float
    """Of the order that knows everything, at this execution accuracy."""
    by_level: Mapping[str, Share]
    by_decile: tuple[Decile, ...]
    calibration_error: float | None
    """Mean distance of score and share right over the deciles, by their size; None without scores."""
    abstained: int
    answered: Share
    """The other questions."""

    @classmethod
    def of(cls, records: Iterable[Record]) -> "RiskCoverage":
        """Unscored records do not count."""
        found = scored(records)
        errors = _errors(found)
        answered = [record for record in found if record.status not in KEPT_BACK]
        deciles = _deciles(found)
        return cls(
            error_at={str(share): round(error_at(errors, share), 4) for share in COVERAGES} if errors else {},
            area=round(fmean(_risks(errors)), 4) if errors else 0.0,
            best_area=round(fmean(_risks(sorted(map(_wrong, found)))), 4) if errors else 0.0,
            by_level={
                level: Share.of(of_level)
                for level in LEVELS
                if (of_level := [record for record in found if record.confidence == level])
            },
            by_decile=deciles,
            calibration_error=_calibration_error(deciles),
            abstained=len(found) - len(answered),
            answered=Share.of(answered),
        )


def error_at(errors: Sequence[float], coverage: float) -> float:
    """Share of errors among the surest `coverage` (0..1] of the questions, of one at least."""
    taken = max(1, ceil(coverage * len(errors) - 1e-9))
    return fmean(errors[:taken])


def _errors(records: Sequence[Record]) -> list[float]:
    """1 for a wrong answer, 0 for a right one, surest first; among equal scores their mean for each."""
    with_scores = any(record.confidence_score is not None for record in records)
    errors: list[float] = []
    ordered = sorted(records, key=lambda record: -_sureness(record, with_scores=with_scores))
    for _, group in groupby(ordered, key=lambda record: _sureness(record, with_scores=with_scores)):
        wrong = [_wrong(record) for record in group]
        errors += [fmean(wrong)] * len(wrong)
    return errors


def _wrong(record: Record) -> float:
    return float(record.verdict is not Verdict.RIGHT)


def _sureness(record: Record, *, with_scores: bool) -> float:
    if not with_scores:
        return LEVELS.get(record.confidence, NO_SCORE)
    return NO_SCORE if record.confidence_score is None else record.confidence_score


def _risks(errors: Sequence[float]) -> list[float]:
    """Error at each coverage k/n."""
    risks, total = [], 0.0
    for count, error in enumerate(errors, start=1):
        total += error
        risks.append(total / count)
    return risks


def _deciles(records: Sequence[Record]) -> tuple[Decile, ...]:
    """Of the records that have a score; empty deciles are left out."""
    of_decile: dict[int, list[Record]] = {}
    for record in records:
        if record.confidence_score is not None:
            place = min(int(record.confidence_score * DECILES), DECILES - 1)
            of_decile.setdefault(place, []).append(record)
    return tuple(
        Decile(
            low=place / DECILES,
            mean_score=round(fmean(record.confidence_score or 0.0 for record in group), 4),
            share=Share.of(group),
        )
        for place, group in sorted(of_decile.items())
    )


def _calibration_error(deciles: Sequence[Decile]) -> float | None:
    count = sum(decile.share.count for decile in deciles)
    if not count:
        return None
    distance = sum(abs(decile.mean_score - decile.share.accuracy) * decile.share.count for decile in deciles)
    return round(distance / count, 4)

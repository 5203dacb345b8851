"""The figures of a set of records: how many are right, and how one measure is spread."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from databaseai.evaluation.execution_accuracy import Verdict
from databaseai.evaluation.records import Record
from databaseai.evaluation.statistics import wilson


@dataclass(frozen=True, slots=True)
class Share:
    """Right answers among the scored ones, with a 95 % Wilson interval (0..1)."""

    right: int
    count: int
    accuracy: float
    low: float
    high: float

    @classmethod
    def of(cls, records: Iterable[Record]) -> "Share":
        """Unscored records do not count."""
        right = [record.verdict is Verdict.RIGHT for record in scored(records)]
        return cls.counted(sum(right), len(right))

    @classmethod
    def counted(cls, right: int, count: int) -> "Share":
        """`right` of `count`."""
        return cls(right, count, right / count if count else 0.0, *wilson(right, count))


@dataclass(frozen=True, slots=True)
class Spread:
    """Median, 95th percentile and sum of one measure."""

    median: float
    p95: float
    total: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """The 95th percentile of fewer than two values is the largest."""
        if not values:
            return cls(0.0, 0.0, 0.0)
        p95 = quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]
        return cls(round(median(values), 3), round(p95, 3), round(sum(values), 3))


def scored(records: Iterable[Record]) -> list[Record]:
    """Those that a gold decided."""
    return [record for record in records if record.verdict is not Verdict.UNSCORED]

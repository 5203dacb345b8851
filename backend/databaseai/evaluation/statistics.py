"""The two statistics that evaluations report."""

from math import comb, sqrt

Z_95 = 1.959963984540054
"""Standard normal quantile of 97.5 %."""


def wilson(right: int, count: int) -> tuple[float, float]:
    """95 % interval of a proportion (Wilson, 1927): honest for few questions and near 0 and 1.

    Returns:
        Lower and upper end, 0..1; (0, 1) when nothing was counted.
    """
    if not count:
        return 0.0, 1.0
    share, squared = right / count, Z_95**2
    middle = (share + squared / (2 * count)) / (1 + squared / count)
    spread = Z_95 * sqrt(share * (1 - share) / count + squared / (4 * count**2)) / (1 + squared / count)
    return max(0.0, middle - spread), min(1.0, middle + spread)


def mcnemar(gained: int, lost: int) -> float:
    """Exact two-sided p of McNemar's test (1947): would a fair coin split the flips so unevenly?

    Args:
        gained: Questions that only the second run has right.
        lost: Questions that only the first run has right.
    """
    flips, fewer = gained + lost, min(gained, lost)
    tail = sum(comb(flips, heads) for heads in range(fewer + 1))
    return min(1.0, 2 * tail / (1 << flips))

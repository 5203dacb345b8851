"""Against values from the literature and from exact enumeration."""

from itertools import product

import pytest

from databaseai.evaluation.statistics import mcnemar, wilson


@pytest.mark.parametrize(
    ("right", "count", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, table I, method 3
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (0, 0, 0.0, 1.0),
        (20, 20, 0.8389, 1.0),
    ],
)
def test_wilson_against_newcombe(right: int, count: int, low: float, high: float) -> None:
    assert wilson(right, count) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("gained", "lost", "p"),
    [
        (0, 0, 1.0),
        (5, 5, 1.0),
        (1, 0, 1.0),
        (6, 0, 0.03125),
        (0, 6, 0.03125),
        (10, 2, 0.0385742),
        (121, 59, 4.434e-06),  # Agresti's style of table: far in the tail
        (2000, 1000, 0.0),
    ],
)
def test_mcnemar_against_known_values(gained: int, lost: int, p: float) -> None:
    assert mcnemar(gained, lost) == pytest.approx(p, rel=1e-3, abs=1e-12)


@pytest.mark.parametrize("flips", range(9))
def test_mcnemar_against_every_toss(flips: int) -> None:
    """p is the share of coin tosses that split at least as unevenly."""
    for gained in range(flips + 1):
        uneven = abs(2 * gained - flips)
        as_uneven = sum(abs(2 * sum(toss) - flips) >= uneven for toss in product((0, 1), repeat=flips))
        assert mcnemar(gained, flips - gained) == pytest.approx(as_uneven / 2**flips)

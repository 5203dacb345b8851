"""Chance that falls the same way on every machine and every Python."""

import random
import zlib
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import TypeVar

SEED = 20261031
T = TypeVar("T")


class Dice:
    """Random choices for one subject; subjects do not disturb each other.

    Only `Random.random` is used, the one method whose sequence Python promises to keep, and only + - * /
    on floats: `sum`, `pow` and the rest may differ in the last bit between versions and machines.
    """

    def __init__(self, subject: str) -> None:
        self.roll = random.Random(SEED ^ zlib.crc32(subject.encode())).random  # noqa: S311 (sample data)

    def below(self, count: int) -> int:
        """An integer from 0 to count - 1, all alike."""
        return int(self.roll() * count)

    def between(self, low: int, high: int) -> int:
        """An integer from low to high, both included."""
        return low + int(self.roll() * (high - low + 1))

    def chance(self, percent: float) -> bool:
        """True in so many of a hundred cases."""
        return self.roll() * 100 < percent

    def pick(self, items: Sequence[T]) -> T:
        """One item, all alike."""
        return items[int(self.roll() * len(items))]

    def skewed(self, count: int) -> int:
        """An integer below count; the first fifth gets 56 %, the very first ones 20 times their share."""
        u = self.roll()
        return int(u * (0.05 + 0.95 * u * u) * count)


class Choice:
    """Weighted choice; weights are integers."""

    def __init__(self, weights: dict[str, int]) -> None:
        self.items = tuple(weights)
        self.bounds = tuple(accumulate(weights.values()))

    def of(self, dice: Dice) -> str:
        """One item, by weight."""
        return self.items[bisect_right(self.bounds, dice.below(self.bounds[-1]))]

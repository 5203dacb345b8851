"""Discount campaigns."""

from typing import NamedTuple

from databaseai.embedded.sample.days import LAST, Calendar, ordinal
from databaseai.embedded.sample.dice import Dice
from databaseai.embedded.sample.goods import CAMPAIGNS
from databaseai.embedded.sample.tables import Row


class Promotion(NamedTuple):
    """One campaign."""

    id: int
    start: int
    end: int
    """The first day after it."""
    percent: int
    category: int | None
    channels: tuple[str, ...]


def promotions(numbers: dict[str, int], calendar: Calendar) -> tuple[list[Row], list[Promotion]]:
    """Rows of `promotions`, and the same for the sales; `numbers` are the ids of the categories by name."""
    dice, rows, made = Dice("promotions"), list[Row](), list[Promotion]()
    for year in range(2022, 2027):
        for name, code, start, days, percent, category, channels in CAMPAIGNS:
            first = ordinal(f"{year}-{start}") + dice.between(0, 4)
            if first > LAST or dice.chance(12):
                continue
            number, until = len(rows) + 1, first + days
            shown = year - 2022 + calendar.years[0]
            below = None if category is None else numbers[category]
            made.append(Promotion(number, first, until, percent, below, channels))
            rows.append((
                number, f"{name} {shown}", f"{code}{shown % 100}", calendar.span(first, until),
                percent, below, "{" + ",".join(channels) + "}",
            ))  # fmt: skip
    return rows, made

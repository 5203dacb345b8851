"""The days the retailer's records cover, and how busy each was.

A day is an integer throughout: its proleptic ordinal (`date.toordinal`).
"""

from datetime import date, timedelta

from databaseai.embedded.sample.dice import Dice

FIRST = date(2022, 1, 1).toordinal()
LAST = date(2026, 10, 31).toordinal()
"""The last day with records. "Now" for what is still under way."""

YEAR_PERCENT = {2022: 100, 2023: 128, 2024: 117, 2025: 152, 2026: 168}
MONTH_PERCENT = (80, 74, 88, 96, 108, 112, 104, 92, 96, 100, 146, 172)
WEEKDAY_PERCENT = (96, 90, 92, 98, 110, 124, 94)
FEBRUARY_29 = (2, 29)
EPOCH = date(1930, 1, 1).toordinal()


def ordinal(text: str) -> int:
    """Of an ISO date."""
    return date.fromisoformat(text).toordinal()


class Calendar:
    """Writes days as text for COPY, all of them the same number of whole years later."""

    def __init__(self, later_years: int = 0) -> None:
        days = (date.fromordinal(EPOCH) + timedelta(days=n) for n in range(LAST + 1000 - EPOCH))
        self.texts = [shifted(day, later_years).isoformat() for day in days]
        self.years = range(2022 + later_years, 2027 + later_years)

    def day(self, when: int) -> str:
        """ISO date of an ordinal."""
        return self.texts[when - EPOCH]

    def maybe(self, when: int | None) -> str | None:
        """The same; a day after the last record has not happened yet."""
        return None if when is None or when > LAST else self.texts[when - EPOCH]

    def moment(self, when: int, second: int) -> str:
        """Timestamp in UTC; `second` counts from midnight."""
        return f"{self.texts[when - EPOCH]} {second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}+00"

    def span(self, start: int, end: int | None) -> str:
        """A daterange from start to the day before end; None: without end."""
        return f"[{self.day(start)},{'' if end is None else self.day(end)})"


def shifted(day: date, years: int) -> date:
    """The same day in a later year; 29 February becomes the 28th where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def counts(total: int, subject: str) -> list[int]:
    """Share out `total` events over the days from FIRST to LAST: growth, season, weekday and weather."""
    dice = Dice(f"days of {subject}")
    weights = []
    for when in range(FIRST, LAST + 1):
        day = date.fromordinal(when)
        season = MONTH_PERCENT[day.month - 1] * WEEKDAY_PERCENT[day.weekday()]
        weights.append(YEAR_PERCENT[day.year] * season * dice.between(85, 115))
    whole, before, shares = sum(weights), 0, []
    for weight in weights:
        shares.append(total * (before + weight) // whole - total * before // whole)
        before += weight
    return shares

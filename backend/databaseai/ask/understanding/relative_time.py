"""Times that a question counts from today, as days: a model takes a year that it remembers."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

RELATIVE = re.compile(
    r"\b(?:today|yesterday|tomorrow|now|ago|so far|(?:last|past|previous|this|current|next|coming)"
    r"(?:\s+(?:\w+\s+)?(?:day|week|month|quarter|year)s?))\b",
    re.IGNORECASE,
)
PERIOD = re.compile(r"\b(last|previous|this|current|next)\s+(week|month|quarter|year)\b", re.IGNORECASE)
YEAR = re.compile(
    r"\b(?:in |during |of |over )?(?:the )?(last|previous|this|current|next)\s+year\b(?!['\u2019])",
    re.IGNORECASE,
)
STEPS = {"last": -1, "previous": -1, "this": 0, "current": 0, "next": 1}
MONTHS = {"month": 1, "quarter": 3, "year": 12}


def restated(question: str, today: date) -> str:
    """The question with the year itself for `last year`: `in 2025` is asked more often, and read better."""
    return YEAR.sub(lambda found: f"in {today.year + STEPS[found[1].lower()]}", question)


def said(question: str, today: date) -> str:
    """The day, and each period named, its end not included; empty where nothing counts from today.

    Args:
        question: `Who spent the most last year?`
        today: On 2026-11-20: `Today is 2026-11-20; last year: from 2025-01-01, before 2026-01-01.`
    """
    if not RELATIVE.search(question):
        return ""
    return "; ".join([f"Today is {today}", *dict.fromkeys(periods(question, today))]) + "."


def periods(question: str, today: date) -> Iterator[str]:
    """Each calendar period that the question names."""
    for found in PERIOD.finditer(question):
        unit, step = found[2].lower(), STEPS[found[1].lower()]
        start, end = week(today, step) if unit == "week" else months(today, step, MONTHS[unit])
        yield f"{found[0].lower()}: from {start}, before {end}"


def week(today: date, step: int) -> tuple[date, date]:
    """From a Monday to the next."""
    start = today - timedelta(days=today.weekday()) + timedelta(weeks=step)
    return start, start + timedelta(weeks=1)


def months(today: date, step: int, length: int) -> tuple[date, date]:
    """A month, quarter or year: from its first day to that of the next."""
    first = (today.year * 12 + today.month - 1) // length * length + step * length
    return date(first // 12, first % 12 + 1, 1), date((first + length) // 12, (first + length) % 12 + 1, 1)

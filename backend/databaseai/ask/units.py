"""Units of result columns, where their names leave no doubt."""

import re

UNITS = {
    "eur": "EUR",
    "usd": "USD",
    "gbp": "GBP",
    "chf": "CHF",
    "percent": "%",
    "pct": "%",
    "kg": "kg",
    "km": "km",
    "cm": "cm",
    "mm": "mm",
    "m2": "m²",
    "ms": "ms",
    "seconds": "seconds",
    "minutes": "minutes",
    "hours": "hours",
    "days": "days",
    "years": "years",
}
"""Last word of a column's name to what stands behind its numbers."""
NAMES = {
    "avg": "average",
    "count": "count",
    "min": "smallest value",
    "max": "largest value",
    "sum": "sum",
    "stddev": "standard deviation",
    "percentile_cont": "percentile",
}
"""What PostgreSQL calls a column whose expression has no name."""
MADE_UP = {"?column?", "case", "coalesce", "round", "exists", "bool", "numeric", "date_trunc", "extract"}
"""Likewise, and it says nothing."""
WORDS = re.compile(r"[_\W]+")


def unit(name: str) -> str:
    """`total_eur` -> `EUR`; empty where the name does not say, or is nothing but the unit of a count."""
    words = WORDS.split(name.lower())
    return UNITS.get(words[-1], "") if len(words) > 1 else {"percent": "%", "pct": "%"}.get(words[-1], "")


def label(name: str) -> str:
    """A column's name for people, without its unit; empty when PostgreSQL made it up."""
    if name.lower() in MADE_UP:
        return ""
    words = [word for word in WORDS.split(name) if word]
    if len(words) > 1 and unit(name):
        words.pop()
    return NAMES.get(name.lower(), " ".join(words))

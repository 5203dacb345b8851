"""Parts of dates: a year or a month compared with a day is the time from its start to its end."""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.tokenizer_core import Token

from databaseai.ask.repair.edits import Edit, extent
from databaseai.ask.repair.types import Types

PART = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")
DATED = ("date", "timestamp")
FIRST_YEAR, LAST_YEAR = 1000, 2999


@dataclass(frozen=True, slots=True)
class Span:
    """From a day to the day after the last, as ISO dates."""

    start: str
    end: str


def edits(statement: str, tree: exp.Expr, tokens: list[Token], known: Types) -> Iterator[Edit]:
    """Half-open ranges in place of comparisons with a year, a month, or a day that its month has not."""
    for node in tree.find_all(exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between, exp.Like):
        column, place = known.column(node.this), extent(node, tokens)
        name = extent(node.this, tokens)
        if column is None or place is None or name is None or not column.type.startswith(DATED):
            continue
        if found := ranged(node, statement[slice(*name)]):
            yield Edit(*place, found, f"{column.name}: a part of a date was read as the time it spans.")
    yield from lengths(tree, tokens, known)


def lengths(tree: exp.Expr, tokens: list[Token], known: Types) -> Iterator[Edit]:
    """`delivered_at - shipped_at > 5`: the difference of two times is compared with days."""
    for node in tree.find_all(exp.LT, exp.LTE, exp.GT, exp.GTE):
        for span, number in ((node.left, node.right), (node.right, node.left)):
            difference = span.unnest()
            if not isinstance(difference, exp.Sub) or not isinstance(number, exp.Literal) or number.is_string:
                continue
            ends = [known.column(end) for end in (difference.left, difference.right)]
            place = extent(number, tokens)
            if place and any(end is not None and end.type.startswith("timestamp") for end in ends):
                yield Edit(*place, f"interval '{number.name} days'", f"{number.name} was read as days.")


def ranged(node: exp.Expr, name: str) -> str:
    """The condition as bounds; empty when it is well as it is."""
    if isinstance(node, exp.Between):
        low, high = span_of(node.args["low"]), span_of(node.args["high"])
        if low is None or high is None or (whole(node.args["low"]) and whole(node.args["high"])):
            return ""
        return f"({name} >= '{low.start}' AND {name} < '{high.end}')"
    value = node.args["expression"]
    found = span_of(value)
    if found is None or whole(value):
        return ""
    if isinstance(node, exp.EQ | exp.Like):
        return f"({name} >= '{found.start}' AND {name} < '{found.end}')"
    if isinstance(node, exp.NEQ):
        return f"({name} < '{found.start}' OR {name} >= '{found.end}')"
    after = isinstance(node, exp.LTE | exp.GT)
    sign = "<" if isinstance(node, exp.LT | exp.LTE) else ">="
    return f"{name} {sign} '{found.end if after else found.start}'"


def whole(value: exp.Expr) -> bool:
    """A day that is there, or a time of day."""
    found = PART.fullmatch(value.name)
    if not found or not value.args.get("is_string"):
        return False
    return bool(found[3]) and 1 <= int(found[3]) <= days(int(found[1]), int(found[2]))


def span_of(value: object) -> Span | None:
    """`2025`, `2025-03`, `2025-02-30`, `2025-03%`, 2025."""
    if not isinstance(value, exp.Literal):
        return None
    text = value.name.removesuffix("%").removesuffix("-") if value.is_string else value.name
    found = PART.fullmatch(text)
    if not found or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        return None
    year, month, day = int(found[1]), int(found[2] or 0), int(found[3] or 0)
    if not found[2]:
        return Span(f"{year}-01-01", f"{year + 1}-01-01")
    if not 1 <= month <= 12:  # noqa: PLR2004  # months
        return None
    last = days(year, month)
    after = f"{year + month // 12}-{month % 12 + 1:02}-01"
    if day and day < last:
        return Span(f"{year}-{month:02}-{day:02}", f"{year}-{month:02}-{day + 1:02}")
    return Span(f"{year}-{month:02}-{min(day, last) or 1:02}", after)


def days(year: int, month: int) -> int:
    """Of a month; none of a month that there is not."""
    return monthrange(year, month)[1] if 1 <= month <= 12 else 0  # noqa: PLR2004  # months

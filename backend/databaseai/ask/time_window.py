"""The time a query looks at, in words: from its conditions on dates and times."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlglot import exp

from databaseai.ask.repair.scopes import folded
from databaseai.ask.sentinel.reading import Block
from databaseai.ask.sentinel.writing import said

TIMES = ("date", "timestamp", "time")
ZONED = "timestamp with time zone"


@dataclass
class Window:
    """Bounds on one column."""

    name: str
    type: str
    low: str = ""
    high: str = ""
    others: list[str] = field(default_factory=list)

    def text(self, time_zone: str) -> str:
        """`o.ordered_at from 2025-01-01, before 2026-01-01 (in the time zone UTC)`."""
        bounds = ", ".join(part for part in (self.low, self.high, *self.others) if part)
        zone = f" (time zone: {time_zone or 'the one of the data source'})" if self.type == ZONED else ""
        return f"{self.name} {bounds}{zone}"


def windows(blocks: list[Block], time_zone: str = "") -> tuple[str, ...]:
    """A line for each date or time column that conditions bound.

    Args:
        blocks: The query's SELECTs.
        time_zone: Of the session it ran in, which says when a day begins; empty: not known.
    """
    found: dict[str, Window] = {}
    for read in blocks:
        for condition in [*read.where, *(c for source in read.sources for c in source.on)]:
            for column, kind, bound in bounds(condition):
                if (typed := type_of(read, column)) is not None:
                    window = found.setdefault(said(column), Window(said(column), typed))
                    take(window, kind, bound)
    return tuple(window.text(time_zone) for window in found.values())


def type_of(read: Block, column: exp.Column) -> str | None:
    """The type of a date or time column; None for others."""
    source = read.owner(column)
    known = source.column(folded(column.this)) if source else None
    return known.type if known is not None and known.type.startswith(TIMES) else None


def take(window: Window, kind: str, bound: str) -> None:
    """One more bound."""
    text = f"{kind} {bound}"
    if kind in {"from", "after"} and not window.low:
        window.low = text
    elif kind in {"before", "up to"} and not window.high:
        window.high = text
    elif text not in window.others:
        window.others.append(text)


WORDS: dict[type[exp.Expr], str] = {
    exp.GTE: "from",
    exp.GT: "after",
    exp.LT: "before",
    exp.LTE: "up to",
    exp.EQ: "is",
}
TURNED = {"from": "up to", "up to": "from", "after": "before", "before": "after", "is": "is"}


def bounds(condition: exp.Expr) -> Iterator[tuple[exp.Column, str, str]]:
    """Columns that a condition compares with something that is no column, and in which direction."""
    if isinstance(condition, exp.Between):
        column = condition.this.unnest()
        if isinstance(column, exp.Column):
            yield column, "from", value(condition.args["low"])
            yield column, "up to", value(condition.args["high"])
        return
    kind = WORDS.get(type(condition))
    if kind is None:
        return
    for one, other, word in (
        (condition.this, condition.expression, kind),
        (condition.expression, condition.this, TURNED[kind]),
    ):
        bare = within(one)
        if bare is not None and other.find(exp.Column, exp.Query) is None:
            cut = "" if bare is one.unnest() else f" for {said(one)}"
            yield bare, word, value(other) + cut


def within(node: exp.Expr) -> exp.Column | None:
    """The column, also when a part is cut out of it: EXTRACT(year FROM x), date_trunc('day', x), x::date."""
    bare: exp.Expr = node.unnest()
    if isinstance(bare, exp.Column):
        return bare
    if isinstance(bare, exp.Extract):
        inner = bare.expression
    elif isinstance(bare, exp.Cast | exp.TimestampTrunc | exp.DateTrunc | exp.AtTimeZone):
        inner = bare.this
    else:
        return None
    return within(inner)


def value(node: exp.Expr) -> str:
    """A literal without its quotes and cast, an expression as it stands."""
    bare: exp.Expr = node.unnest()
    while isinstance(bare, exp.Cast) and isinstance(bare.this, exp.Literal):
        bare = bare.this
    return str(bare.this) if isinstance(bare, exp.Literal) else said(bare)

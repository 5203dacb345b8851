"""What a masked column gives instead of its value: PostgreSQL's own functions only, total on every value.

A mask must never fail on a value: an error is an answer too. Each gives NULL for NULL.
"""

import re
from dataclasses import dataclass

from databaseai.errors import PolicyInvalid

KINDS = ("null", "hash", "last4", "domain", "year", "month", "band:N")
"""`null` nothing, in the column's own type · `hash` 16 hexadecimal digits, the same for the same value, so
that joins, groups and counts stay right (who guesses a value can test the guess: not for numbers that can
all be tried) · `last4` the last four of eight or more characters · `domain` of an e-mail address · `year`,
`month` its first day · `band:N` the number rounded towards zero to a multiple of N."""
BAND = re.compile(r"band:([1-9][0-9]{0,8})")
WHOLE = ("smallint", "integer", "bigint")
BROKEN = ("real", "double precision")
TIMES = ("timestamp without time zone", "timestamp with time zone")
LONG_ENOUGH = 8


@dataclass(frozen=True, slots=True)
class Mask:
    """One kind of mask."""

    kind: str
    width: int = 0
    """Of a band."""

    def __str__(self) -> str:
        return f"{self.kind}:{self.width}" if self.width else self.kind


@dataclass(frozen=True, slots=True)
class Kind:
    """What a mask needs to know of a column's type."""

    shown: str
    """As `format_type` prints it."""
    base: str
    """Below a domain, without modifiers."""
    category: str
    """PostgreSQL's: S for strings, N numbers, D dates."""


def mask(text: object) -> Mask:
    """Read a mask's name. Raises PolicyInvalid (DBAI017)."""
    if isinstance(text, str) and (band := BAND.fullmatch(text)):
        return Mask("band", int(band[1]))
    if text in KINDS[:-1]:
        return Mask(str(text))
    raise PolicyInvalid(f"{text!r} is not a mask.", hint=f"Masks: {', '.join(KINDS)}.", name=str(text))


def masked_type(mask: Mask, kind: Kind) -> str | None:
    """The type that the masked column has; None where the mask does not fit the column's type."""
    match mask.kind:
        case "null":
            return kind.shown
        case "hash":
            return "text"
        case "last4":
            return "text" if kind.category == "S" or kind.base in {*WHOLE, "numeric", "uuid"} else None
        case "domain":
            return "text" if kind.category == "S" else None
        case "band":
            return kind.base if kind.base in {*WHOLE, *BROKEN, "numeric"} else None
        case _:
            return kind.base if kind.base in {"date", *TIMES} else None


def expression(mask: Mask, column: str, kind: Kind) -> str:
    """The SQL of a masked column.

    Args:
        mask: One that fits the type.
        column: The column as SQL, quoted.
        kind: The column's type.
    """
    text = f"{column}::pg_catalog.text"
    match mask.kind:
        case "null":  # keeps any type without naming it; the planner makes a constant of it
            return f"CASE WHEN false THEN {column} END"
        case "hash":  # sha256: md5() fails on servers in FIPS mode
            digest = f"pg_catalog.sha256(pg_catalog.convert_to({text}, 'UTF8'))"
            return f"pg_catalog.left(pg_catalog.encode({digest}, 'hex'), 16)"
        case "last4":
            return starred(
                f"pg_catalog.length({text}) >= {LONG_ENOUGH}", f"pg_catalog.right({text}, 4)", column
            )
        case "domain":
            part = f"'@' || pg_catalog.split_part({text}, '@', -1)"
            return starred(f"pg_catalog.strpos({text}, '@') > 0", part, column)
        case "band":
            return band(mask.width, column, kind.base)
        case _:
            return first_day(mask.kind, column, kind.base)


def starred(condition: str, part: str, column: str) -> str:
    """Stars, and a part of the value under a condition."""
    return f"CASE WHEN {condition} THEN '****' || {part} WHEN {column} IS NOT NULL THEN '****' END"


def band(width: int, column: str, base: str) -> str:
    """The lower end, seen from zero, of the band that a number lies in."""
    if base in BROKEN:
        return f"(pg_catalog.trunc({column} / {width}) * {width})::pg_catalog.float8::{base}"
    return f"({column} - {column} % {width})::{base}"


def first_day(unit: str, column: str, base: str) -> str:
    """The first day of a date's year or month, in the column's own type; infinity stays."""
    if base in TIMES:
        return f"pg_catalog.date_trunc('{unit}', {column})"
    # EXTRACT: date_part() goes through timestamp, which cannot hold every date
    year = f"EXTRACT(year FROM {column})::pg_catalog.int4"
    month = f"EXTRACT(month FROM {column})::pg_catalog.int4" if unit == "month" else "1"
    return (
        f"CASE WHEN pg_catalog.isfinite({column}) THEN pg_catalog.make_date({year}, {month}, 1)"
        f" ELSE {column} END"
    )

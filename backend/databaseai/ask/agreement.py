"""Whether two results say the same: rows as a multiset, columns in any order, numbers by their value."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from decimal import Context, Decimal, InvalidOperation

from databaseai.ask.events import Json
from databaseai.ask.execution import ResultSet

SHORT = Context(prec=9)
"""Significant digits of a fraction: an average computed in another order may differ behind them."""
WHOLE = Decimal(10) ** 40
"""From here on a number is compared by its first digits, so that `1e999999` is never written out."""
NUMERIC = ("int", "smallint", "bigint", "numeric", "decimal", "real", "float", "double", "money", "oid")


def fingerprint(result: ResultSet, *, ordered: bool) -> str:
    """Equal for results that say the same, whatever their columns are called.

    The cost is bounded by the rows held (`row_limit`); a cut result is another than a whole one.

    Args:
        result: r rows of c wire values.
        ordered: The order of the rows counts.
    """
    columns = [
        [cell(row[place], numeric=column.type.lower().startswith(NUMERIC)) for row in result.rows]
        for place, column in enumerate(result.columns)
    ]
    arranged = sorted(columns, key=lambda column: column if ordered else sorted(column))
    rows = list(zip(*arranged, strict=True))
    head = f"{len(result.columns)} {len(result.rows)} {result.truncated} {ordered}"
    return digest(head, rows if ordered else sorted(rows))


def digest(head: str, rows: Iterable[Sequence[str]]) -> str:
    """Of all rows, each cell with its length, so that no two lists of cells read alike."""
    found = hashlib.blake2b(head.encode(), digest_size=16)
    for row in rows:
        for text in row:
            written = text.encode(errors="surrogatepass")
            found.update(b"%d:" % len(written) + written)
        found.update(b"\n")
    return found.hexdigest()


def cell(value: Json, *, numeric: bool) -> str:
    """One value's text, the same for 3, 3.0 and the numeric "3.00"."""
    if value is None:
        return "n"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, int | float) or (numeric and isinstance(value, str)):
        return number(value)
    return "s" + (value if isinstance(value, str) else json.dumps(value, sort_keys=True))


def number(value: float | str) -> str:
    """A whole number by all its digits, another by its first."""
    try:
        exact = Decimal(str(value))
    except InvalidOperation:  # "$3.00" of money
        return f"d{value}"
    if exact.is_finite() and abs(exact) < WHOLE and exact == int(exact):
        return f"d{int(exact)}"
    return f"d{+exact.normalize(SHORT)}"

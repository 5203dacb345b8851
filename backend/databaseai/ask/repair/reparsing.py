"""The tree of a text, or nothing."""

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

UNREADABLE = (SqlglotError, RecursionError, TypeError, ValueError, LookupError, AttributeError)
"""What sqlglot raises on text that is no SQL; the compiled one checks types as it goes: `0?`."""


def parsed(statement: str) -> exp.Query | None:
    """The tree of exactly one query, or None."""
    try:
        trees = sqlglot.parse(statement, read="postgres")
    except UNREADABLE:
        return None
    return trees[0] if len(trees) == 1 and isinstance(trees[0], exp.Query) else None

"""What a refusal tells to do instead."""

import difflib
from collections.abc import Iterable

from databaseai.ask.guardrail.lists import Lists

SHOWN = 3
LONGEST = 63
"""Characters of a PostgreSQL name; comparing longer ones only takes time."""


def nearest(name: str, known: Iterable[str], otherwise: str) -> str:
    """The most similar known names as a sentence, or `otherwise`."""
    by_fold = {candidate.casefold(): candidate for candidate in known}
    found = difflib.get_close_matches(name[:LONGEST].casefold(), by_fold, n=SHOWN, cutoff=0.6)
    return f"Did you mean {' or '.join(by_fold[match] for match in found)}?" if found else otherwise


def function_hint(name: str, known: Lists) -> str:
    """Another dialect's function in PostgreSQL's words, else the nearest allowed name."""
    if instead := known.function_hints.get(name.casefold()):
        return f"Use {instead}." if not instead.startswith("leave") else f"{instead.capitalize()}."
    return nearest(name, known.functions.names, "Use PostgreSQL's built-in functions, without a schema.")

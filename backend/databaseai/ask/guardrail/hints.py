"""What a refusal tells to do instead: the nearest known name, or another dialect's word in PostgreSQL's."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from databaseai.ask.guardrail.lists import Lists, read

SHOWN = 3
LONGEST = 63
"""Characters of a PostgreSQL name; comparing longer ones only takes time."""
BUILT_IN = "Use PostgreSQL's built-in functions, without a schema."


@dataclass(frozen=True, slots=True)
class Syntax:
    """A spelling that PostgreSQL's grammar stops at."""

    pattern: re.Pattern[str]
    say: str
    """What is wrong."""
    hint: str
    """What to write."""


@dataclass(frozen=True, slots=True)
class Hints:
    """`hints.toml`."""

    functions: dict[str, str]
    prefixes: dict[str, str]
    operators: dict[str, str]
    types: dict[str, str]
    columns: dict[str, str]
    arguments: dict[str, str]
    tables: dict[str, str]
    statements: dict[str, str]
    nodes: dict[str, dict[str, str]]
    syntax: tuple[Syntax, ...]


@cache
def hints() -> Hints:
    """All of them, read once."""
    data = read("hints")
    syntax = (
        Syntax(re.compile(entry["pattern"], re.IGNORECASE), entry["say"], entry["hint"])
        for entry in data.pop("syntax")
    )
    return Hints(**data, syntax=tuple(syntax))


def nearest(name: str, known: Iterable[str], otherwise: str, *, likeness: float = 0.6) -> str:
    """The most similar known names as a sentence, or `otherwise`."""
    by_fold = {candidate.casefold(): candidate for candidate in known}
    found = difflib.get_close_matches(name[:LONGEST].casefold(), by_fold, n=SHOWN, cutoff=likeness)
    return f"Did you mean {' or '.join(by_fold[match] for match in found)}?" if found else otherwise


def function_hint(name: str, known: Lists) -> str:
    """Another dialect's function in PostgreSQL's words, else the nearest allowed name."""
    folded, table = name.casefold(), hints()
    if instead := table.functions.get(folded):
        return sentence(instead)
    for prefix, instead in table.prefixes.items():
        if folded.startswith(prefix):
            return sentence(instead)
    return nearest(name, known.functions.names, BUILT_IN, likeness=0.75)


def sentence(instead: str) -> str:
    """`coalesce(x, y)` as `Use coalesce(x, y).`; a sentence as it is."""
    return instead if instead.endswith(".") else f"Use {instead}."

"""The nearest right name."""

from collections.abc import Iterable
from difflib import SequenceMatcher

from databaseai.catalog.words import words

NEAR = 0.78
"""Likeness from which one name is taken for a slip of the other; below it, `name` meets `game`."""


def same(wanted: str, names: Iterable[str]) -> str | None:
    """The one name that differs in case, plural or underscores at most."""
    key = "".join(words(wanted))
    found = [name for name in names if name.lower() == wanted.lower()]
    found = found or [name for name in names if "".join(words(name)) == key]
    return found[0] if len(found) == 1 else None


def prefixed(wanted: str, names: Iterable[str], table: str) -> str | None:
    """The one name that has the table's own words more or less: `singer.singer_name` for `singer.name`."""
    own = set(words(table))
    bare = [word for word in words(wanted) if word not in own]
    found = [name for name in names if [w for w in words(name) if w not in own] == bare and bare]
    return found[0] if len(found) == 1 else None


def near(wanted: str, names: Iterable[str]) -> str | None:
    """The most similar name, when it is similar enough and alone in it."""
    rated = sorted(((likeness(wanted, name), name) for name in names), reverse=True)
    if not rated or rated[0][0] < NEAR:
        return None
    return None if len(rated) > 1 and rated[1][0] == rated[0][0] else rated[0][1]


def likeness(one: str, other: str) -> float:
    """1 for equal names; words in common count as much as letters."""
    ours, theirs = words(one), words(other)
    shared = 2 * len(set(ours) & set(theirs)) / (len(set(ours)) + len(set(theirs)) or 1)
    letters = SequenceMatcher(None, "".join(ours), "".join(theirs)).ratio()
    return max(letters, (letters + shared) / 2)


def nearest(wanted: str, names: Iterable[str], count: int = 3) -> list[str]:
    """The names most like it, best first, for a message."""
    rated = sorted(names, key=lambda name: (-likeness(wanted, name), name))
    return rated[:count]

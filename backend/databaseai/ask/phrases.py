"""A question as its words, each with what stands around it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from databaseai.catalog.words import WORD, words

QUOTED = re.compile(
    r"""\"([^\"]{1,80})\"|(?<![^\W_])'([^']{1,80})'(?![^\W_])|\u201c([^\u201d]{1,80})\u201d"""
    r"""|\u2018([^\u2019]{1,80})\u2019|\u201e([^\u201c]{1,80})\u201c|\u00ab([^\u00bb]{1,80})\u00bb"""
)
"""An apostrophe inside a word quotes nothing."""


@dataclass(frozen=True)
class Asked:
    """One word of the question."""

    written: str
    word: str
    """Folded, unaccented, singular."""
    quoted: bool = False
    named: bool = False
    """Written like a name: quoted, or with a capital inside the sentence."""
    beside: frozenset[str] = frozenset()
    """The words next to it."""


def read(question: str) -> list[Asked]:
    """The question's words in their order."""
    spans = [match.span() for match in QUOTED.finditer(question)]
    found = []
    for match in WORD.finditer(question):
        quoted = any(start < match.start() < end for start, end in spans)
        named = quoted or capital(match)
        found += [Asked(match.group(), word, quoted, named) for word in words(match.group())]
    return [replace(item, beside=around(found, place)) for place, item in enumerate(found)]


def capital(match: re.Match[str]) -> bool:
    """A capital letter that does not begin a sentence."""
    before = match.string[: match.start()].rstrip()
    return match.group()[0].isupper() and bool(before) and before[-1] not in ".?!:"


def around(found: Sequence[Asked], place: int) -> frozenset[str]:
    """The words before and after."""
    near = (*found[max(0, place - 1) : place], *found[place + 1 : place + 2])
    return frozenset(item.word for item in near)

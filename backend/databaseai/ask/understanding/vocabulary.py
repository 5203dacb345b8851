"""English as questions to data use it: `vocabulary.toml` and `subjects.toml`, read once."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Any

from databaseai.catalog.words import words


@dataclass(frozen=True, slots=True)
class Subject:
    """Something a question can be about."""

    held_as: frozenset[str]
    """Words that data about it would hold."""
    built_from: tuple[frozenset[str], ...] = ()
    """Or: one word of each of these."""
    sold: bool = False
    """Goods, which a shop may have under a name of its own."""


@dataclass(frozen=True)
class Vocabulary:
    """Words by what they say; all folded, unaccented and singular, as `catalog.words` gives them."""

    between: frozenset[str]
    """Words between the words, as written."""
    other: Mapping[str, frozenset[str]]
    """Those of other languages, as written, by language."""
    neutral: frozenset[str]
    generic: frozenset[str]
    groups: tuple[frozenset[str], ...]
    phrases: Mapping[tuple[str, ...], str]
    """Several words, as written, to the one they mean."""
    subjects: Mapping[str, Subject]
    attributes: Mapping[str, frozenset[str]]

    @cached_property
    def alike(self) -> dict[str, frozenset[str]]:
        """A word to all words that may stand for it in data."""
        found: dict[str, frozenset[str]] = {}
        for group in self.groups:
            for word in group:
                found[word] = found.get(word, frozenset()) | group
        return found

    @cached_property
    def english(self) -> frozenset[str]:
        """All words that this module knows."""
        return frozenset().union(
            self.neutral,
            self.generic,
            self.alike,
            self.subjects,
            *(s.held_as for s in self.subjects.values()),
        )


@cache
def vocabulary() -> Vocabulary:
    """The data files."""
    read, subjects = _read("vocabulary.toml"), _read("subjects.toml")
    return Vocabulary(
        between=frozenset(read["between"].split()),
        other={language: frozenset(text.split()) for language, text in read["other"].items()},
        neutral=_stems([read["words"]["neutral"]]),
        generic=_stems([read["words"]["generic"]]),
        groups=tuple(_stems([group]) for group in read["alike"]["groups"]),
        phrases={tuple(phrase.split()): word for phrase, word in read["phrase"].items()},
        subjects={
            word: Subject(
                _stems([entry["held_as"], entry["words"]]),
                tuple(_stems([part]) for part in entry.get("built_from", ())),
                entry.get("sold", False),
            )
            for entry in subjects["subject"]
            for word in _stems([entry["words"]])
        },
        attributes={name: _stems([text]) for name, text in subjects["attributes"].items()},
    )


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath(name).read_text("utf-8"))


def _stems(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(word for text in texts for word in words(text))

"""Change how a question spells a value that its gold compares with: deterministic, the gold untouched."""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

import sqlglot
from sqlglot import exp

from databaseai.evaluation.dataset import Question

KINDS = ("code", "synonym", "typo", "case")
"""The rarest first."""
TYPO_LETTERS = 5
"""Shorter words are left alone: a typo in `cat` is another word as often as not."""
ALIASES = {
    "usa": "United States",
    "uk": "United Kingdom",
    "united states": "USA",
    "united kingdom": "UK",
    "phone": "telephone",
    "cancelled": "canceled",
    "handmade": "hand-made",
    "kraków": "Krakow",
}
GENERIC = {
    "airlines",
    "airways",
    "company",
    "championships",
    "museum",
    "district",
    "show",
    "radio",
    "university",
}
"""Last words that people leave out of a name."""
NOUNS = {
    "cat",
    "dog",
    "math",
    "newsletter",
    "republic",
    "book",
    "presentation",
    "house",
    "apartment",
    "volvo",
    "brig",
}
"""Values that are common nouns: they have a plural."""
CODES = {
    "sample-easy-12": ("one British pound", "one GBP"),
    "sample-join-07": ("German companies", "companies from DE"),
    "sample-join-09": ("parcels has each carrier lost", "parcels of each carrier are in state X7"),
    "sample-join-11": ("orders in euros", "orders in EUR"),
    "sample-join-13": ("customers from Poland", "customers from PL"),
}
"""What the sample's golds name by a code or by its meaning, the other way round."""
SEXES = {"f": ("female", "F"), "m": ("male", "M")}
"""The one code that made-up rows of several seeds share."""


@dataclass(frozen=True)
class Perturbed:
    """One question, and the same asked with a value spelt differently."""

    kind: str
    question: Question
    asked: Question

    @property
    def lot(self) -> str:
        """What orders the questions of a kind: nothing but kind and id decide."""
        return hashlib.sha256(f"{self.kind} {self.question.id}".encode()).hexdigest()


def perturb(question: Question) -> Iterator[Perturbed]:
    """The question in each kind it can have, at most once a kind."""
    made = {"code": _code(question)}
    if value := _value(question):
        for kind, change in CHANGES.items():
            lot = Random(f"{kind} {question.id}")  # noqa: S311  # the same on every machine, nothing secret
            made[kind] = _put(question.question, value, change(value, lot))
    for kind, text in made.items():
        if text and text != question.question:
            yield Perturbed(kind, question, question.model_copy(update={"question": text}))


def _value(question: Question) -> str:
    """The first value that the gold compares a column with and the question spells out, as spelt there."""
    try:
        tree = sqlglot.parse_one(question.gold[0], read="postgres")
    except sqlglot.errors.SqlglotError:
        return ""
    for literal in tree.find_all(exp.Literal):
        compares = isinstance(literal.parent, exp.EQ | exp.NEQ | exp.In)
        if not compares or not literal.is_string or not re.search(r"[^\W\d]{3}", literal.name):
            continue
        if found := re.search(_whole(literal.name), question.question, re.IGNORECASE):
            return found[0]
    return ""


def _put(text: str, value: str, changed: str) -> str:
    """The text with the changed value; no article stands before a plural."""
    if changed == f"{value}s":
        text = re.sub(rf"\b(a|an|A|An) (?={_whole(value)})", "", text)
    return re.sub(_whole(value), lambda _: changed, text)


def _whole(value: str) -> str:
    return rf"(?<!\w){re.escape(value)}(?!\w)"


def other_case(value: str, _random: Random) -> str:
    """All small, or where it is that already: all capitals."""
    return value.lower() if value != value.lower() else value.upper()


def typo(value: str, random: Random) -> str:
    """One edit in one word: two letters changed places, one left out, one twice; never its first letter."""
    words = [found for found in re.finditer(r"[^\W\d_]+", value) if len(found[0]) >= TYPO_LETTERS]
    if not words:
        return value
    found = random.choice(words)
    word = found[0]
    swaps = [place for place in range(1, len(word) - 1) if word[place] != word[place + 1]]
    edits: list[Callable[[int], str]] = [
        lambda place: word[:place] + word[place + 1] + word[place] + word[place + 2 :],
        lambda place: word[:place] + word[place + 1 :],
        lambda place: word[:place] + word[place] + word[place:],
    ]
    edited = random.choice(edits)(random.choice(swaps)) if swaps else word
    return value[: found.start()] + edited + value[found.end() :]


def synonym(value: str, _random: Random) -> str:
    """Another name, the name without its generic last word, or the other grammatical number."""
    if alias := ALIASES.get(value.lower()):
        return alias
    *first, last = value.split()
    if first and last.lower() in GENERIC:
        return " ".join(first)
    return f"{value}s" if value.lower() in NOUNS else value


CHANGES: dict[str, Callable[[str, Random], str]] = {"synonym": synonym, "typo": typo, "case": other_case}


def _code(question: Question) -> str:
    """The question with a code where it had a meaning; empty where it has none."""
    if question.id in CODES:
        return question.question.replace(*CODES[question.id])
    for code, (meaning, shown) in SEXES.items():
        if re.search(rf"= '{code}'", question.gold[0], re.IGNORECASE):
            return re.sub(_whole(meaning), f"sex {shown}", question.question)
    return ""

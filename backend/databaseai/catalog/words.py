"""Words of names, values and questions, so that they can be compared: folded, unaccented, singular."""

import re
import unicodedata
from functools import lru_cache

WORD = re.compile(r"[^\W_]+", re.UNICODE)
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
"""Between the words of `orderDate` and `XMLFile`."""


def words(text: str) -> list[str]:
    """`orderDate`, `order_dates`, `Order dates` -> order, date."""
    return [stem(word) for word in WORD.findall(fold(HUMP.sub(" ", text)))]


def plain_words(text: str) -> list[str]:
    """As `words`, but a capital inside a word starts no other: `JetBlue` and `Jetblue` are one."""
    return [stem(word) for word in WORD.findall(fold(text))]


def fold(text: str) -> str:
    """Case, accents and width away: `Zürich` and `ZURICH` are one word."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:  # one test per ending
    """The singular, as a rough rule gives it; the same for both sides is all that matters."""
    if len(word) <= 3 or not word.isascii() or word.endswith(("ss", "us", "is")):  # noqa: PLR2004
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses", "zes")):
        return word[:-2]
    return word.removesuffix("s")


ENDINGS = (
    "ations",
    "ation",
    "ments",
    "ment",
    "ings",
    "ing",
    "ions",
    "ion",
    "ers",
    "ors",
    "ed",
    "er",
    "or",
    "ly",
    "al",
    "e",
)
ROOT = 4
"""Letters that a root keeps at least; `bed` is no past tense."""


@lru_cache(maxsize=20_000)
def root(word: str) -> str:
    """What `hiring`, `hired` and `hire` have in common, roughly; weaker evidence than `stem`."""
    if word.isascii():
        for ending in ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= ROOT:
                return word[: -len(ending)]
    return word

"""A question taken apart: its words, its language, and the phrases that say what is asked for."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from databaseai.ask.understanding.vocabulary import vocabulary
from databaseai.ask.understanding.wordings import word_set
from databaseai.catalog.words import words

TOKEN = re.compile(
    r"\"[^\"]*\"|\u201c[^\u201d]*\u201d|\u201e[^\u201c\u201d]*[\u201c\u201d]"
    r"|(?<!\w)['`\u2018]{1,2}[^'\u2019]+['\u2019]{1,2}(?!\w)"
    r"|[^\W_]+(?:['\u2019_-][^\W_]+)*|[^\w\s]"
)
"""A quotation, a word with its hyphens and apostrophes, or a mark."""
LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
LETTER = re.compile(r"[^\W\d_]")
QUOTES = "\"'`\u201c\u201d\u201e\u2018\u2019"

ASKS = word_set("asks")
"""Verbs that ask; what follows is asked for."""
ARTICLES = word_set("articles")
POLITE = re.compile(
    r"^(?:(?:hi|hello|hey|please|kindly|now|ok|okay|well|so|and|then|just|also)\b[,!. ]*"
    r"|(?:can|could|would|will) you (?:please |kindly |also )?|i(?:'d| would) like (?:you )?to "
    r"|i want (?:you )?to |i need (?:you )?to "
    r"|let's |let us |go ahead and |you (?:must|should|have to) |you can )+",
    re.IGNORECASE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """One word or mark of the question."""

    text: str
    """As written, quotation marks away."""
    word: str
    """Folded, unaccented, singular; of several words the last; empty for a mark."""
    quoted: bool = False
    parts: tuple[str, ...] = ()
    """All of a word with hyphens, the last of which is `word`."""
    first: bool = False
    """It begins the question: a capital letter says nothing."""

    @property
    def proper(self) -> bool:
        """Written as a name is, or as a code: the data may hold it though nobody drew it as a sample."""
        return not self.first and self.text[:1].isupper()

    @property
    def lower(self) -> str:
        """As written, small."""
        return self.text.casefold()


@dataclass(frozen=True)
class Phrasing:
    """One question, taken apart."""

    text: str

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """Words and marks in order; words that mean one thing together are one."""
        return tuple(
            replace(token, first=not place or previous.text in ".?!:")
            for place, (previous, token) in enumerate(pairwise([Token("?", ""), *tokens(self.text)]))
        )

    @cached_property
    def bare(self) -> str:
        """Without what is said out of politeness before it; small letters."""
        return POLITE.sub("", self.text).strip().casefold()

    @cached_property
    def english(self) -> bool:
        """Enough of the words between are English, and more than of any other language."""
        if not self.latin:
            return False
        spoken = [token.lower for token in self.tokens if not token.quoted]
        ours = sum(word in vocabulary().between or word in ASKS for word in spoken)
        theirs = max(sum(word in known for word in spoken) for known in vocabulary().other.values())
        return ours > 0 and ours > theirs

    @cached_property
    def latin(self) -> bool:
        """Written in Latin letters, for the most part."""
        letters = LETTER.findall(self.text)
        return len(LATIN.findall(self.text)) > len(letters) / 2


def tokens(text: str) -> Iterator[Token]:
    """The words and marks of a text; phrases that mean one word are that word."""
    found = [one(match.group()) for match in TOKEN.finditer(text)]
    phrases = vocabulary().phrases
    longest = max(map(len, phrases))
    place = 0
    while place < len(found):
        for length in range(longest, 1, -1):
            spoken = tuple(token.lower for token in found[place : place + length])
            if len(spoken) == length and spoken in phrases:
                written = " ".join(token.text for token in found[place : place + length])
                word = words(phrases[spoken])[-1]
                yield Token(written, word, parts=(word,))
                place += length
                break
        else:
            yield found[place]
            place += 1


def one(written: str) -> Token:
    """A token of what was matched."""
    if written[0] in QUOTES and len(written) > 1:
        inner = written.strip(QUOTES + " ")
        return Token(inner, "", quoted=True)
    bare = re.sub(r"['\u2019]s?$", "", written)
    spoken = words(bare)
    return Token(bare, spoken[-1] if spoken else "", parts=tuple(spoken))


def segments(found: Sequence[Token]) -> Iterator[tuple[str, tuple[Token, ...]]]:
    """Runs of words that may name something, each with what stood right before it, small: `of`, `in`, `,`."""
    before, run = "", []
    for token in found:
        if token.quoted or (token.word and not stands_between(token)):
            run.append(token)
            continue
        if run:
            yield before, tuple(run)
            before, run = "", []
        if token.lower not in ARTICLES:
            before = token.lower
    if run:
        yield before, tuple(run)


def stands_between(token: Token) -> bool:
    """Whether the word only holds others together, or asks for them."""
    return token.lower in vocabulary().between or token.lower in ASKS

"""Which tables a question's words speak of, and how strongly: an inverted index over one catalog."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

from databaseai.catalog.lexicon import ABBREVIATIONS, DEMONYMS, RINGS
from databaseai.catalog.snapshot import Catalog, Table
from databaseai.catalog.value_index import LONGEST, ValueIndex
from databaseai.catalog.words import root, stem, words

NAME, VALUE, COLUMN, COMMENT = "name", "value", "column", "comment"
WORTH = {NAME: 1.0, VALUE: 0.8, COLUMN: 0.6, COMMENT: 0.3}
"""A table's own name says more than a word in a comment."""
PART, ROOT, RING = 0.75, 0.6, 0.5
"""What a word is worth that was found inside another, by its root, by its meaning."""
WHOLE_NAME = 1.0
"""On top, when the question says every word of a table's name."""
COMMON = 500
"""A word of more tables than this adds to what other words found, and finds none by itself."""
SHORTEST = 3
"""Letters of a part of a run-together name."""
FUNCTION_WORDS = """a about above after all also am among an and any are as at be been before belong below
between both but by can could did display distinct do doe does during each either every
find for from get give had has have having her his how i if in into is it its least less
list many me more most much my neither no not of on only or our out over per please
return show so some such tell than that the their them then there these they this those
through to under up us was we were what when where which while who whose why wa will
with within without would you your"""
FUNCTION = frozenset(FUNCTION_WORDS.split())
"""Words that a question uses for themselves."""


class Synonyms(Protocol):
    """What a semantic model says of names (`catalog.semantic_model.SemanticModel`)."""

    def synonyms(self, table: tuple[str, str] | str, column: str | None = None) -> Iterable[str]:
        """Other names for a table, or for one of its columns."""


def rings() -> dict[str, tuple[str, ...]]:
    """Each word with the others of its meaning, as the index writes them."""
    found: dict[str, set[str]] = defaultdict(set)
    for ring in RINGS:
        for word in ring:
            found[stem(word)] |= {stem(other) for other in ring}
    return {word: tuple(sorted(others - {word})) for word, others in found.items()}


RING_OF = rings()


@dataclass(slots=True)
class Evidence:
    """What a question says of one table."""

    score: float = 0.0
    words: dict[int, tuple[float, str, str]] = field(default_factory=dict)
    """By a word's place in the question: what it is worth, the word, where it was found."""

    def note(self, place: int, worth: float, word: str, kind: str) -> None:
        """One word counts once, for the best that it says."""
        if place not in self.words or self.words[place][0] < worth:
            self.words[place] = (worth, word, kind)

    @property
    def why(self) -> str:
        """For a person: `name: singer; column: country`."""
        said: dict[str, dict[str, None]] = {}
        for _, (_, word, kind) in sorted(self.words.items()):
            said.setdefault(kind, {})[word] = None
        return "; ".join(f"{kind}: {', '.join(said[kind])}" for kind in WORTH if kind in said)


class Postings:
    """Tables by the words of their names, columns and comments."""

    def __init__(self, catalog: Catalog, semantic: Synonyms | None = None) -> None:
        self.tables = catalog.tables
        spoken = [list(said_of(table, semantic)) for table in catalog.tables]
        self.known = {word for said in spoken for _, text in said for word in words(text)}
        """Words that stand by themselves somewhere."""
        self.said: dict[str, dict[int, tuple[float, str]]] = defaultdict(dict)
        """Term -> table's number -> what it is worth there, and where it stands."""
        self._terms: dict[tuple[str, str], tuple[tuple[str, float], ...]] = {}
        self.name_length = [len(self.parts(table.name)) for table in catalog.tables]
        self.named: dict[str, list[int]] = defaultdict(list)
        """Tables by their whole name, run together: a word of very many tables still finds these."""
        for number, table in enumerate(catalog.tables):
            self.named["".join(words(table.name))].append(number)
        for number, said in enumerate(spoken):
            for kind, text in said:
                for term, worth in self._terms_of(kind, text):
                    at = self.said[term]
                    if number not in at or at[number][0] < worth:
                        at[number] = (worth, kind)
        self.rarity = {term: rarity(len(at), len(self.tables)) for term, at in self.said.items()}

    def _terms_of(self, kind: str, text: str) -> tuple[tuple[str, float], ...]:
        """What a text is found by; names repeat all over a catalog, so each is looked at once."""
        if (found := self._terms.get((kind, text))) is None:
            found = self._terms[kind, text] = tuple(self._made(kind, text))
        return found

    def _made(self, kind: str, text: str) -> Iterator[tuple[str, float]]:
        own = words(text)
        worth = WORTH[kind] * (0.5 + 0.5 / len(self.parts(text)) if kind != COMMENT else 1)
        for word in own:
            yield word, worth
            yield f"~{root(word)}", worth * ROOT
            if kind == COMMENT:
                continue
            if longer := ABBREVIATIONS.get(word):
                yield longer, worth * PART
            for part in split(word, self.known):
                yield part, worth * PART
                yield f"~{root(part)}", worth * PART * ROOT
        if kind != COMMENT:
            for one, other in pairwise(own):
                yield one + other, WORTH[kind]

    def parts(self, name: str) -> list[str]:
        """The words of a name, those run together too; at least one."""
        return [part for word in words(name) for part in split(word, self.known) or (word,)] or [name]


def rarity(tables: int, of: int) -> float:
    """BM25's: near 0 for a word of every table."""
    return math.log(1 + (of - tables + 0.5) / (tables + 0.5))


def said_of(table: Table, semantic: Synonyms | None) -> Iterator[tuple[str, str]]:
    """All that is said of a table, and where it stands."""
    yield NAME, table.name
    if table.comment:
        yield COMMENT, table.comment
    for column in table.columns:
        yield COLUMN, column.name
        if column.comment:
            yield COMMENT, column.comment
    if semantic is not None:
        for other in semantic.synonyms(table.qualified):
            yield NAME, other
        for column in table.columns:
            for other in semantic.synonyms(table.qualified, column.name):
                yield COLUMN, other


def split(word: str, known: set[str]) -> tuple[str, ...]:
    """`carname` -> car, name: the words run together in one, where each stands by itself somewhere."""
    if len(word) < 2 * SHORTEST or not word.isascii():
        return ()
    for cut in range(len(word) - 2, SHORTEST - 1, -1):
        head, tail = stem(word[:cut]), stem(word[cut:])
        if len(head) < SHORTEST or head not in known:
            continue
        if tail in known and (len(tail) >= SHORTEST or tail == "id"):
            return (head, tail)
        if rest := split(word[cut:], known):
            return (head, *rest)
    return ()


def terms(asked: Mapping[int, str]) -> Iterator[tuple[int, str, float]]:
    """Place in the question, term, and how sure the term is meant."""
    for place, word in asked.items():
        if word not in FUNCTION and not word.isdecimal():
            yield place, word, 1.0
            yield place, f"~{root(word)}", 1.0
            yield from ((place, stem(other), 1.0) for name in DEMONYMS.get(word, ()) for other in [name])
        yield from ((place, other, RING) for other in RING_OF.get(word, ()))
    for place, word in asked.items():
        if following := asked.get(place + 1):
            for joined in (word + following, f"~{word}{following}"):
                yield place, joined, 1.0
                yield place + 1, joined, 1.0


def rate(question: str, postings: Postings, values: ValueIndex) -> dict[int, Evidence]:
    """What the question says of each table that it speaks of, by the table's number.

    Rare words and stored values find tables; words of very many tables only add to those.
    """
    asked = dict(enumerate(words(question)))
    found: dict[int, Evidence] = defaultdict(Evidence)
    wanted = [term for term in terms(asked) if term[1] in postings.said]
    for place, length, holders in named_values(list(asked.values()), values):
        said = " ".join(asked[each] for each in range(place, place + length))
        worth = WORTH[VALUE] * rarity(len(holders), len(postings.tables))
        for number in holders:
            for each in range(place, place + length):
                found[number].note(each, worth, said, VALUE)
    few = min((len(postings.said[term]) for _, term, _ in wanted), default=0)
    limit = max(COMMON, few)
    for place, term, sure in sorted(wanted, key=lambda each: len(postings.said[each[1]])):
        at, rare = postings.said[term], postings.rarity[term] * sure
        numbers = set(at)
        if len(at) > limit:
            numbers &= found.keys() | set(postings.named.get(term, ()))
        for number in numbers:
            worth, kind = at[number]
            found[number].note(place, worth * rare, asked[place], kind)
    for number, evidence in found.items():
        named = [worth for worth, _, kind in evidence.words.values() if kind == NAME]
        whole = len(named) >= postings.name_length[number]
        evidence.score = sum(worth for worth, _, _ in evidence.words.values())
        evidence.score += WHOLE_NAME * sum(named) if whole else 0.0
    return found


def named_values(asked: list[str], values: ValueIndex) -> Iterator[tuple[int, int, set[int]]]:
    """Place, length and tables of the stored values among the words, the longest at each place."""
    place = 0
    while place < len(asked):
        step = 1
        for length in range(min(LONGEST, len(asked) - place), 0, -1):
            phrase = asked[place : place + length]
            if length == 1 and (phrase[0] in FUNCTION or len(phrase[0]) == 1):
                break
            if tables := values.tables(phrase):
                yield place, length, tables
                step = length
                break
        place += step

"""What earlier questions give to this one.

Of other conversations only verified queries are recalled: question and SQL that a person approved. Other
pairs would make good examples, and bad ones as well: a wrong answer that nobody noticed would be taught on.
The same question again is answered by the approved SQL, through the same gate; a similar one has it as an
example.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import NamedTuple, Protocol

from databaseai.ask.sameness import key
from databaseai.catalog.words import words

TURNS = 3
"""Of the conversation's end: a follow-up rarely means what came before them."""


class Exchange(NamedTuple):
    """One earlier turn that was answered."""

    question: str
    sql: str


def recall(conversation: Sequence[Exchange], limit: int) -> tuple[Exchange, ...]:
    """The last answered turns, oldest first; overlong ones are left out.

    Args:
        conversation: Oldest first.
        limit: Characters a turn's question or statement may have.
    """
    answered = [turn for turn in conversation if turn.question.strip() and turn.sql.strip()]
    return tuple(
        Exchange(*turn)
        for turn in answered[-TURNS:]
        if len(turn.question) <= limit and len(turn.sql) <= limit
    )


class VerifiedQuery(Protocol):
    """Question and SQL that a person approved (`store.verified_queries.VerifiedQuery`)."""

    @property
    def id(self) -> str:
        """Names it."""

    @property
    def question(self) -> str:
        """As it was asked."""

    @property
    def sql(self) -> str:
        """That answers it."""

    @property
    def decided_by(self) -> str | None:
        """Who approved it."""

    @property
    def decided_at(self) -> datetime | None:
        """When."""


@dataclass(frozen=True)
class Known:
    """The verified queries of one data source, made ready for recall: 0.2 s at 5,000, so kept."""

    queries: tuple[VerifiedQuery, ...] = ()

    @cached_property
    def by_key(self) -> dict[str, VerifiedQuery]:
        """Each under what is equal for equal questions; the first of two."""
        found: dict[str, VerifiedQuery] = {}
        for query in self.queries:
            found.setdefault(key(query.question), query)
        return found

    @cached_property
    def said(self) -> list[frozenset[str]]:
        """The words of each question."""
        return [spoken(query.question) for query in self.queries]

    @cached_property
    def by_word(self) -> dict[str, list[int]]:
        """Places of the questions that have a word."""
        found: dict[str, list[int]] = defaultdict(list)
        for place, said in enumerate(self.said):
            for word in said:
                found[word].append(place)
        return found

    @cached_property
    def weights(self) -> list[float]:
        """Of each question: the sum of its words' rarities."""
        return [sum(self.rarity(word) for word in said) for said in self.said]

    def rarity(self, word: str) -> float:
        """A word of few questions says more (BM25's, from 1 on: a word of all of them says something too)."""
        having = len(self.by_word.get(word, ()))
        return 1 + math.log(1 + (len(self.queries) - having + 0.5) / (having + 0.5))


class VerifiedQueries(Protocol):
    """Where verified queries come from. `ask.drift_watch` has one over the store."""

    async def known(self) -> Known:
        """All that are approved; never raises: memory is no reason for a question to fail."""

    async def failed(self, query: VerifiedQuery, error: Exception) -> None:
        """An approved query was refused when it was asked: it is not recalled again until it works."""


@dataclass(frozen=True, slots=True)
class Recall:
    """What is known about a question before the model is asked."""

    exact: VerifiedQuery | None = None
    """Its SQL answers this very question."""
    similar: tuple[VerifiedQuery, ...] = field(default=())
    """Examples, the most alike first."""

    @property
    def examples(self) -> tuple[Exchange, ...]:
        """The similar ones as turns, for the prompt; the most alike last, next to the question."""
        return tuple(Exchange(query.question, query.sql) for query in reversed(self.similar))


MOST_SIMILAR = 3
ALIKE = 0.4
"""Share of the words that both have, weighted by rarity: below it an example misleads more than it shows."""
ASKING = frozenset(
    words(
        """a about all also an and any are as at be by can could did do does each every find for from get give
        had has have how i in is it its list many me much my of on or our please show so tell than that the
        their them there these they this those to us was we were what when where which who whose why will with
        would you your"""
    )
)
"""Words of any question."""


def verified(question: str, known: Known) -> Recall:
    """The approved query for this very question, and those for similar ones.

    Args:
        question: Made to stand alone.
        known: Of the data source that is asked.

    Returns:
        `exact` up to case, accents, spacing and the marks of a sentence, never across another number or sign.
        `similar` at most `MOST_SIMILAR`, none with another's wording exactly, most alike first.
    """
    asked = spoken(question)
    shared: dict[int, float] = defaultdict(float)
    for word in asked:
        rarity = known.rarity(word)
        for place in known.by_word.get(word, ()):
            shared[place] += rarity
    whole = sum(known.rarity(word) for word in asked)
    scored = sorted((-alike(weight, whole, known.weights[place]), place) for place, weight in shared.items())
    exact = known.by_key.get(key(question))
    near = (known.queries[place] for score, place in scored if -score >= ALIKE)
    others = (query for query in near if exact is None or query.id != exact.id)
    return Recall(exact, tuple(islice(others, MOST_SIMILAR)))


def alike(shared: float, one: float, other: float) -> float:
    """Cosine of two questions' words, by rarity: 0 to 1."""
    return shared / math.sqrt(one * other) if one and other else 0.0


def spoken(question: str) -> frozenset[str]:
    """The words that tell a question from others; numbers differ between questions of one kind."""
    return frozenset(word for word in words(question) if word not in ASKING and not word.isdecimal())


def note(query: VerifiedQuery) -> str:
    """For the proof card."""
    day = f" on {query.decided_at:%Y-%m-%d}" if query.decided_at else ""
    return f"Verified query, approved by {query.decided_by or 'nobody named'}{day}."

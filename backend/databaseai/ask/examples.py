"""Choose worked examples for the prompt: those whose way of asking is most like the question's.

They are over a schema of our own, so what a model copies from them is how a thing is said in PostgreSQL,
never a name or a value of the asker's data.
"""

import math
import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple

from databaseai.ask.schema_linking import Linked
from databaseai.catalog.words import words

SHOWN = 4
"""More of them change little and cost a fifth of a second each on two cores."""
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
NUMBER = re.compile(r"\b\d+\b")
PAIR = 1.5
"""Two words in the same order say more than either; a rare word counts up to 3.9."""
UNLIKE = 0.15
"""Each word of difference in length makes an example this much less like the question."""


class Example(NamedTuple):
    """A question with the query that answers it."""

    question: str
    sql: str


class Bank(NamedTuple):
    """The practice schema and its questions, made ready."""

    schema: str
    examples: tuple[Example, ...]
    asked: tuple[tuple[str, ...], ...]
    """Words of each question without those of its own schema."""
    rarity: dict[str, float]
    """Of each word of `asked`: the fewer questions use it, the more it says."""


@cache
def bank() -> Bank:
    """The examples that come with the product."""
    read = tomllib.loads(files(__package__).joinpath("examples.toml").read_text(encoding="utf-8"))
    examples = tuple(Example(item["question"], item["sql"]) for item in read["example"])
    own = set(words(read["schema"])) | set(words(read["words"]))
    asked = tuple(manner(example.question, own) for example in examples)
    used = Counter(word for each in asked for word in set(each))
    rarity = {word: math.log(1 + len(examples) / count) for word, count in used.items()}
    return Bank(read["schema"].strip(), examples, asked, rarity)


def nearest(question: str, linked: Linked, count: int = SHOWN) -> tuple[Example, ...]:
    """The examples most like the question, the nearest last, where a model heeds it most.

    Args:
        question: Readable text of one line.
        linked: Its tables and columns: their names are what is asked about, not the manner of asking.
        count: Of examples.
    """
    own = {
        word
        for item in linked.tables
        for name in (item.table.name, *(column.name for column in item.table.columns))
        for word in words(name)
    }
    asked, known = manner(question, own), bank()
    rated = [(likeness(asked, other, known.rarity), place) for place, other in enumerate(known.asked)]
    best = sorted(rated, key=lambda item: (-item[0], item[1]))[:count]
    return tuple(known.examples[place] for _, place in reversed(best))


def manner(question: str, own: set[str]) -> tuple[str, ...]:
    """A question's words without what it is about: `How many cities have over 5` -> how, many, have, over."""
    masked = QUOTED.sub(" value ", NUMBER.sub(" 0 ", question))
    return tuple(word for word in words(masked) if word not in own)


def likeness(asked: Sequence[str], other: Sequence[str], rarity: Mapping[str, float]) -> float:
    """Shared words by their rarity and shared pairs of words, for the length of both."""
    shared = sum(rarity[word] for word in {*asked} & {*other})
    pairs = len({*pairwise(asked)} & {*pairwise(other)})
    length = (1 + UNLIKE * abs(len(asked) - len(other))) * math.sqrt(1 + len({*other}))
    return (shared + PAIR * pairs) / length

"""How sure the answer is: signs that were measured, weighed as an evaluation showed them to matter.

Never the model's opinion of itself. A sign is something that holds of an answer or does not; their weights
stand in `confidence.toml`, with the set they were fitted on.
"""

import math
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from sqlglot import exp

from databaseai.ask.candidate import VERIFIED
from databaseai.ask.doubt import Doubt
from databaseai.ask.doubts import doubts
from databaseai.ask.events import Confidence, Finding, Level
from databaseai.ask.selection import Choice
from databaseai.catalog.words import WORD

LONG = 18
"""Words of a question, from which on it asks several things."""
AGREEING = ("all agree", "most agree", "split")


@dataclass(frozen=True, slots=True)
class Weights:
    """What each sign adds to the log odds of being right."""

    base: float
    weight: Mapping[str, float]
    level: Mapping[str, float]
    """The lowest score of `high` and `medium`."""

    def score(self, signs: Iterable[str]) -> float:
        """The share of answers with these signs that are right, 0..1; an unknown sign says nothing."""
        return 1 / (1 + math.exp(-self.base - sum(self.weight.get(sign, 0.0) for sign in signs)))


@cache
def weights() -> Weights:
    """Those of this version."""
    read = tomllib.loads(resources.files(__package__).joinpath("confidence.toml").read_text("utf-8"))
    return Weights(read["base"], read["weight"], read["level"])


def judge(choice: Choice, findings: Sequence[Finding] = ()) -> Confidence:
    """Level, number and reasons.

    Args:
        choice: What was taken, and what stood against it.
        findings: The sentinel's.
    """
    if choice.candidate.rendering == VERIFIED:
        return Confidence("high", choice.candidate.reading, None, (VERIFIED,))
    found = list(doubts(choice.candidate))
    if choice.of > 1:
        sign = AGREEING[0] if choice.agreeing == choice.of else AGREEING[1 if choice.agreeing > 1 else 2]
        found.append(Doubt(sign, f"{choice.agreeing} of {choice.of} candidates gave this result."))
    if choice.differing:
        found.append(Doubt("variant", "The statement can be read in another way, with another result."))
    if findings:
        found.append(Doubt("finding", f"The sentinel warns: {findings[0].text}"))
    signs = [doubt.sign for doubt in found] + [*shape(choice.candidate.query.tree)]
    if len(WORD.findall(choice.candidate.view.asked)) >= LONG:
        signs.append("long question")
    score = weights().score(signs)
    reasons = tuple(doubt.text for doubt in found) or ("One candidate, which ran as proposed.",)
    return Confidence(level_of(score), reasons, round(score, 3), tuple(signs))


def abstains(judged: Confidence, below: float) -> bool:
    """Whether the answer says that it is not sure."""
    return judged.score is not None and judged.score < below


def unsure(judged: Confidence) -> str:
    """What an abstaining answer begins with."""
    return f"I am not sure of this answer, so check it before use. {judged.reason[0]} "


def level_of(score: float) -> Level:
    """In a word."""
    bounds = weights().level
    return "high" if score >= bounds["high"] else "medium" if score >= bounds["medium"] else "low"


def shape(tree: exp.Query) -> Iterator[str]:
    """What makes a query hard to get right, by its form."""
    if joins := len(list(tree.find_all(exp.Join))):
        yield "one join" if joins == 1 else "joins"
    if tree.find(exp.SetOperation):
        yield "set operation"
    elif len(list(tree.find_all(exp.Select))) > 1:
        yield "nested"
    if tree.find(exp.Group):
        yield "grouped"
    if tree.args.get("limit"):
        yield "first rows"

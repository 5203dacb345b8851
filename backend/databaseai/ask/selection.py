"""Choose among the candidates that ran: by agreement of results, and by what each was mended for."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from databaseai.ask.agreement import fingerprint
from databaseai.ask.candidate import Candidate
from databaseai.ask.doubts import doubts

ORDERED = re.compile(
    r"\b(order(ed)? (by|of|in)|in .{0,30}order|sort(ed)?|rank(ed|ing)?|alphabetical\w*|ascending|descending|"
    r"chronological\w*|from .{1,30} to .{1,30}(est|st))\b",
    re.IGNORECASE,
)
"""A question that asks an order of its rows; else the order is the server's accident."""
WEIGHTS = {
    "again": 0.75,
    "column unused": 0.6,
    "empty": 0.35,
    "extra table": 0.8,
    "mended": 0.8,
    "no count": 0.7,
    "no extreme": 0.7,
    "null": 0.35,
    "or": 0.6,
    "output unasked": 0.7,
    "unused value": 0.6,
    "words unknown": 0.8,
}
"""By the sign of a doubt (`doubts`): what is left of a candidate's vote. A vote for no row says little: wrong
statements agree on that easily."""
LIKELY = 0.5
"""Strength of a reading from which it is more than a possibility."""
SHARE = 0.7
"""Of later renderings against the first, which was measured to be the best."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The candidate whose result is taken."""

    candidate: Candidate
    agreeing: int
    """Candidates of the model with its result, as proposed or in a likely other reading."""
    of: int
    """Candidates of the model that ran."""
    share: float
    """Of the votes' weight, 0..1."""
    differing: bool = False
    """The statement that was taken has another likely reading, with another result."""

    @property
    def summary(self) -> str:
        """One line for a person."""
        return "one candidate" if self.of == 1 else f"{self.agreeing} of {self.of} candidates agree"


def choose(candidates: Sequence[Candidate]) -> Choice:
    """The candidate with most weight behind its result; of equals the first.

    Args:
        candidates: At least one, in the order in which they were made; a variant after its origin.
    """
    asked = candidates[0].view.asked
    ordered = ORDERED.search(asked) is not None
    prints = [fingerprint(candidate.result, ordered=ordered) for candidate in candidates]
    weights = votes(candidates)
    behind: dict[str, float] = {}
    for print_, weight in zip(prints, weights, strict=True):
        behind[print_] = behind.get(print_, 0.0) + weight
    best = max(behind, key=lambda print_: (round(behind[print_], 6), -prints.index(print_)))
    members = [place for place, print_ in enumerate(prints) if print_ == best]
    origins = origins_of(candidates)
    chosen = max(
        members, key=lambda place: (round(weights[place] / (SHARE if origins[place] else 1.0), 6), -place)
    )
    return Choice(
        candidates[chosen],
        agreeing=len({origins[place] for place in members if likely(candidates[place])}),
        of=len(set(origins)),
        share=behind[best] / sum(behind.values()),
        differing=any(
            origins[place] == origins[chosen] and likely(candidate) and prints[place] != best
            for place, candidate in enumerate(candidates)
        ),
    )


def settled(choice: Choice) -> bool:
    """Two candidates agree on something: a third one would hardly change what is taken."""
    return choice.agreeing > 1 and bool(choice.candidate.result.rows)


def likely(candidate: Candidate) -> bool:
    """As proposed, or a reading with some evidence."""
    return not candidate.variant or candidate.strength >= LIKELY


def origins_of(candidates: Sequence[Candidate]) -> list[int]:
    """For each the place of the candidate of the model that it is, or is another reading of."""
    origins: list[int] = []
    for place, candidate in enumerate(candidates):
        origins.append(origins[-1] if candidate.variant else place)
    return origins


def votes(candidates: Sequence[Candidate]) -> list[float]:
    """The weight of each: less for each doubt; a reading takes its part of what its origin has left."""
    origins, left = origins_of(candidates), [1.0] * len(candidates)
    for place, (candidate, origin) in enumerate(zip(candidates, origins, strict=True)):
        if candidate.variant:
            left[place] = left[origin] * candidate.strength
            left[origin] -= left[place]
    return [
        (1.0 if origin == 0 else SHARE)
        * left[place]
        * math.prod(WEIGHTS.get(doubt.sign, 1.0) for doubt in doubts(candidate))
        for place, (candidate, origin) in enumerate(zip(candidates, origins, strict=True))
    ]

"""Choose among the candidates that ran: by agreement of results, and by what each was mended for."""

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
    "empty": 0.35,
    "null": 0.35,
    "again": 0.75,
    "mended": 0.85,
    "unused value": 0.6,
    "extra table": 0.8,
}
"""By the sign of a doubt (`doubts`): what is left of a candidate's vote. A vote for no row says little: wrong
statements agree on that easily."""
SHARE = 0.9
"""Of later renderings against the first, which was measured to be the best."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The candidate whose result is taken."""

    candidate: Candidate
    agreeing: int
    """Candidates of the model with its result, its own included; a variant counts for none."""
    of: int
    """Candidates of the model that ran."""
    share: float
    """Of the votes' weight, 0..1."""

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
    chosen = max(members, key=lambda place: (round(weights[place], 6), -place))
    asked_of_model = [place for place, candidate in enumerate(candidates) if not candidate.variant]
    return Choice(
        candidates[chosen],
        agreeing=sum(prints[place] == best for place in asked_of_model),
        of=len(asked_of_model),
        share=behind[best] / sum(behind.values()),
    )


def votes(candidates: Sequence[Candidate]) -> list[float]:
    """The weight of each: less for each doubt, and a variant takes its part from its origin's."""
    weights: list[float] = []
    for place, candidate in enumerate(candidates):
        weight = 1.0 if place == 0 else SHARE
        for doubt in doubts(candidate):
            weight *= WEIGHTS.get(doubt.sign, 1.0)
        if candidate.variant:
            origin = next(p for p in range(place - 1, -1, -1) if not candidates[p].variant)
            weight *= candidate.strength
            weights[origin] *= 1 - candidate.strength
        weights.append(weight)
    return weights

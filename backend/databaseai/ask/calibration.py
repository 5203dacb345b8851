"""Fit the weights of confidence to answers of which it is known whether they were right."""

from collections.abc import Sequence

from databaseai.ask.confidence import Weights, weights

STEPS = 2_000
RATE = 0.5


def fit(answers: Sequence[tuple[Sequence[str], bool]], penalty: float = 1.0) -> Weights:
    """Weights for answers of which it is known whether they were right.

    Args:
        answers: The signs of each, and whether it was right.
        penalty: L2, on every weight but the base: a rare sign stays near nothing.
    """
    names = sorted({sign for signs, _ in answers for sign in signs})
    found, base = dict.fromkeys(names, 0.0), 0.0
    for _ in range(STEPS):
        guess = Weights(base, found, {})
        slopes, slope = {name: -penalty * found[name] for name in names}, 0.0
        for signs, right in answers:
            off = right - guess.score(signs)
            slope += off
            for sign in signs:
                slopes[sign] += off
        base += RATE * slope / len(answers)
        found = {name: weight + RATE * slopes[name] / len(answers) for name, weight in found.items()}
    return Weights(base, found, weights().level)

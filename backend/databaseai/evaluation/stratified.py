"""Draw a fixed sample of question ids, stratified by database and difficulty."""

import hashlib
from collections.abc import Iterable

from databaseai.evaluation.dataset import Question
from databaseai.evaluation.difficulty import Difficulty, difficulty


def sample(questions: Iterable[Question], size: int) -> list[str]:
    """Ids of `size` questions, each (database, difficulty) with its share.

    Shares are rounded by largest remainder, ties by name; within a stratum the ids with the smallest SHA-256
    are drawn. So the sample depends on nothing but the questions: not on their order, not on a random state.

    Args:
        questions: All of a dataset.
        size: At most their number.

    Returns:
        Ids, sorted by database, then by the number in the id where it has one.
    """
    strata: dict[tuple[str, Difficulty], list[str]] = {}
    for question in questions:
        stratum = (question.database, difficulty(question.gold[0]))
        strata.setdefault(stratum, []).append(question.id)
    total = sum(len(ids) for ids in strata.values())
    if size > total:
        raise ValueError(f"{size} of {total} questions cannot be drawn")
    quota = {stratum: size * len(ids) // total for stratum, ids in strata.items()}
    by_remainder = sorted(strata, key=lambda key: (-(size * len(strata[key]) % total), key))
    for key in by_remainder[: size - sum(quota.values())]:
        quota[key] += 1
    drawn = (
        identifier for key in sorted(strata) for identifier in sorted(strata[key], key=_lot)[: quota[key]]
    )
    return sorted(drawn, key=_natural)


def _lot(identifier: str) -> str:
    return hashlib.sha256(identifier.encode()).hexdigest()


def _natural(identifier: str) -> tuple[str, int]:
    """`spider-dev-9` before `spider-dev-10`."""
    head = identifier.rstrip("0123456789")
    return head, int(identifier[len(head) :] or -1)

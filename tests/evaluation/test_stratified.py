"""The fixed sample: every stratum has its share, and nothing but the questions decides."""

import json
import random
from collections import Counter
from importlib.resources import files

import pytest

from databaseai.evaluation.dataset import Question
from databaseai.evaluation.difficulty import LEVELS, Difficulty, difficulty
from databaseai.evaluation.stratified import sample

GOLD: dict[Difficulty, str] = {
    "easy": "SELECT count(*) FROM a",
    "medium": "SELECT x, y FROM a WHERE z = 1",
    "hard": "SELECT x FROM a WHERE z > (SELECT avg(z) FROM a)",
    "extra": "SELECT x FROM a JOIN b ON a.i = b.i WHERE z = 1 GROUP BY x ORDER BY count(*) DESC LIMIT 1",
}


def questions(counts: dict[tuple[str, Difficulty], int]) -> list[Question]:
    made = []
    for (database, level), count in counts.items():
        for number in range(count):
            key = f"{database}-{level}-{number}"
            made.append(Question(id=key, database=database, question="?", gold=(GOLD[level],)))
    return made


COUNTS: dict[tuple[str, Difficulty], int] = {
    ("one", "easy"): 50,
    ("one", "hard"): 10,
    ("two", "medium"): 30,
    ("two", "extra"): 9,
    ("three", "easy"): 1,
}


def test_every_stratum_has_its_share() -> None:
    drawn = sample(questions(COUNTS), 20)
    assert len(drawn) == len(set(drawn)) == 20
    shares = Counter(tuple(key.split("-")[:2]) for key in drawn)
    assert shares == {("one", "easy"): 10, ("one", "hard"): 2, ("two", "medium"): 6, ("two", "extra"): 2}


def test_nothing_but_the_questions_decides() -> None:
    """Not their order, not the state of a random generator."""
    made = questions(COUNTS)
    expected = sample(made, 33)
    random.shuffle(made)
    assert sample(made, 33) == expected
    assert sample(made, 34) != expected


def test_the_lot_stays_what_it_is() -> None:
    """Another lot would make every figure of the fixed sample incomparable."""
    drawn = sample(questions({("one", "easy"): 40}), 5)
    assert drawn == ["one-easy-1", "one-easy-11", "one-easy-13", "one-easy-25", "one-easy-35"]


def test_ids_are_in_natural_order() -> None:
    drawn = sample(questions({("one", "easy"): 12}), 12)
    assert drawn[1:3] == ["one-easy-1", "one-easy-2"]
    assert drawn[-1] == "one-easy-11"


def test_no_more_than_there_are() -> None:
    made = questions({("one", "easy"): 3})
    assert len(sample(made, 3)) == 3
    with pytest.raises(ValueError, match="4 of 3"):
        sample(made, 4)


def test_the_kept_sample_holds_ids_only() -> None:
    """300 different ids, and no text of the dataset."""
    text = (files("databaseai.evaluation") / "questions" / "spider_dev_300.json").read_text()
    kept = json.loads(text)
    assert len(set(kept)) == 300
    assert all(key.startswith("spider-dev-") and key[11:].isdigit() for key in kept)


def test_the_hundred_is_part_of_the_three_hundred() -> None:
    folder = files("databaseai.evaluation") / "questions"
    hundred = json.loads((folder / "spider_dev_100.json").read_text())
    assert len(set(hundred)) == 100
    assert set(hundred) <= set(json.loads((folder / "spider_dev_300.json").read_text()))


@pytest.mark.parametrize("level", LEVELS)
def test_the_golds_above_are_what_they_say(level: Difficulty) -> None:
    assert difficulty(GOLD[level]) == level


@pytest.mark.parametrize(
    ("gold", "level"),
    [
        ("SELECT a FROM t ORDER BY a", "easy"),
        ("SELECT a, b FROM t", "medium"),
        ("SELECT a FROM t JOIN u ON t.i = u.i WHERE u.b = 1", "medium"),
        ("SELECT a, max(b), min(c) FROM t WHERE d = 1 AND e = 2", "hard"),
        ("SELECT a FROM t JOIN u ON t.i = u.i WHERE b = 1 ORDER BY a", "hard"),
        ("SELECT a FROM t WHERE i NOT IN (SELECT i FROM u)", "hard"),
        ("SELECT a FROM t EXCEPT SELECT a FROM u", "hard"),
        ("SELECT a FROM t WHERE i IN (SELECT i FROM u) AND j IN (SELECT j FROM v)", "extra"),
        ("WITH w AS (SELECT a FROM t) SELECT a FROM w", "hard"),
        ("SELECT a FROM t WHERE b = 1 OR c = 2 OR d LIKE 'x%' ORDER BY a LIMIT 1", "extra"),
        ("not SQL at all (", "extra"),
    ],
)
def test_difficulty_follows_the_structure(gold: str, level: Difficulty) -> None:
    assert difficulty(gold) == level

"""Perturbed questions: the value in the question changes, nothing else does, and always in the same way."""

import json
import re
from pathlib import Path
from random import Random

import pytest

from databaseai.evaluation.dataset import Question, load
from tests.benchmarks.perturbed import SAMPLE, choose, write
from tests.benchmarks.perturbing import KINDS, other_case, perturb, synonym, typo

QUESTIONS = load(SAMPLE).questions
LOTS = [Random(lot) for lot in range(40)]  # noqa: S311  # nothing secret
WORDS = ("Aberdeen", "JetBlue Airways", "cancelled", "Kraków", "United Airlines", "aabbcc")


def question(text: str, gold: str) -> Question:
    return Question(id="q-1", database="d", question=text, gold=(gold,))


def edits(one: str, other: str) -> int:
    """Levenshtein's distance with neighbours that change places as one edit."""
    rows = [list(range(len(other) + 1))]
    for i, left in enumerate(one, start=1):
        rows.append([i])
        for j, right in enumerate(other, start=1):
            best = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (left != right))
            if i > 1 and j > 1 and (left, one[i - 2]) == (other[j - 2], right):
                best = min(best, rows[i - 2][j - 2] + 1)
            rows[i].append(best)
    return rows[-1][-1]


@pytest.mark.parametrize("word", WORDS)
def test_a_typo_is_one_edit_behind_the_first_letter(word: str) -> None:
    for lot in LOTS:
        changed = typo(word, lot)
        assert edits(word, changed) == 1
        assert changed[0] == word[0]


@pytest.mark.parametrize("value", ["2025", "cat", "X7", "1975 12 31", "APG"])
def test_numbers_codes_and_short_words_get_no_typo(value: str) -> None:
    assert all(typo(value, lot) == value for lot in LOTS)


def test_case_and_synonym() -> None:
    assert (other_case("Berlin", LOTS[0]), other_case("dog", LOTS[0])) == ("berlin", "DOG")
    assert synonym("USA", LOTS[0]) == "United States"
    assert synonym("JetBlue Airways", LOTS[0]) == "JetBlue"
    assert synonym("dog", LOTS[0]) == "dogs"
    assert synonym("Aruba", LOTS[0]) == "Aruba"


def test_only_the_value_of_the_gold_changes() -> None:
    """Not a word that merely looks like one, and not a pattern, which means something else then."""
    asked = question("Who has a dog in Dogtown?", "SELECT n FROM t WHERE pet = 'dog' AND city = 'Dogtown'")
    texts = {each.kind: each.asked.question for each in perturb(asked)}
    assert texts["synonym"] == "Who has dogs in Dogtown?"
    assert texts["case"] == "Who has a DOG in Dogtown?"
    assert "typo" not in texts
    assert not list(perturb(question("Names like dog?", "SELECT n FROM t WHERE n LIKE 'dog'")))
    assert not list(perturb(question("Since 2025?", "SELECT n FROM t WHERE day = '2025-01-01'")))


def test_golds_and_ids_stay() -> None:
    for asked in QUESTIONS:
        for each in perturb(asked):
            assert each.asked.question != asked.question
            assert each.asked == asked.model_copy(update={"question": each.asked.question})
            assert re.findall(r"\d+", each.asked.question) in (
                re.findall(r"\d+", asked.question),
                [*re.findall(r"\d+", asked.question), "7"],  # the code X7
            )


def test_the_choice_is_the_same_whatever_the_order() -> None:
    """No question twice; each kind that there is has its turn."""
    dataset = load(SAMPLE)
    chosen = choose([dataset], 12)
    assert len({each.question.id for each in chosen}) == 12
    assert {each.kind for each in chosen} == set(KINDS)
    assert choose([dataset], 12) == chosen


def test_both_sets_are_datasets(tmp_path: Path) -> None:
    """Same ids in the same order, dumps beside them."""
    source = tmp_path / "source"
    source.mkdir()
    lines = [json.dumps(each.model_dump()) for each in QUESTIONS[:20]]
    (source / "questions.jsonl").write_text("\n".join(lines))
    (source / "retail.seed0.sql").write_text("SELECT 1")
    dataset = load(source)
    chosen = choose([dataset], 5)
    clean, perturbed = (load(place) for place in write(tmp_path / "out", chosen, [dataset]))
    assert [each.id for each in clean.questions] == [each.id for each in perturbed.questions]
    assert all(
        one.question != other.question
        for one, other in zip(clean.questions, perturbed.questions, strict=True)
    )
    assert [each.gold for each in clean.questions] == [each.gold for each in perturbed.questions]
    assert clean.dumps["retail"][0].read_text() == "SELECT 1"

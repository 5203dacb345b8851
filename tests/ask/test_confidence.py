"""Confidence comes from what was measured, with its reasons and a number."""

import random

import pytest

from databaseai.ask.calibration import fit
from databaseai.ask.confidence import abstains, judge, level_of, unsure, weights
from databaseai.ask.events import Finding
from databaseai.ask.selection import choose
from databaseai.ask.value_linking import Hint
from databaseai.catalog.snapshot import Catalog
from tests.ask.candidate_cases import candidate

DOUBTED: list[tuple[dict[str, object], str]] = [
    ({"rows": ()}, "empty"),
    ({"rows": ((None,),)}, "null"),
    ({"attempts": 2}, "again"),
    ({"mended": ("x",)}, "mended"),
    ({"margin": 0.9}, "close"),
    ({"hints": (Hint("customer", "name", "Ana"),)}, "unused value"),
]


@pytest.mark.parametrize(("facts", "sign"), DOUBTED)
def test_each_doubt_has_its_sign_and_its_sentence(
    catalog: Catalog, facts: dict[str, object], sign: str
) -> None:
    plain = judge(choose([candidate(catalog)]))
    judged = judge(choose([candidate(catalog, **facts)]))  # type: ignore[arg-type]  # of the table above
    assert sign in judged.sign
    assert sign not in plain.sign
    assert judged.reason != plain.reason
    assert judged.score is not None
    assert plain.score is not None
    assert 0 < judged.score < 1


def test_a_value_that_the_query_uses_is_no_doubt(catalog: Catalog) -> None:
    hint = Hint("customer", "name", "Ána")
    judged = judge(choose([candidate(catalog, statement="SELECT 1 WHERE 'ana' = 'x'", hints=(hint,))]))
    assert "unused value" not in judged.sign


def test_agreement_earns_more_than_dissent(catalog: Catalog) -> None:
    a, b = candidate(catalog, [("a",)]), candidate(catalog, [("b",)])
    scores = [judge(choose(found)).score for found in ([a, a], [a, a, b], [a, b])]
    assert all(score is not None for score in scores)
    assert scores == sorted(scores, reverse=True)  # type: ignore[type-var]  # no None among them


def test_a_finding_and_another_reading_count(catalog: Catalog) -> None:
    choice = choose([candidate(catalog), candidate(catalog, [("y",)], strength=0.6)])
    judged = judge(choice, [Finding("fan-out", "This join multiplies.")])
    assert {"finding", "variant"} <= set(judged.sign)
    assert any("This join multiplies." in reason for reason in judged.reason)


def test_levels_follow_the_number() -> None:
    bounds = weights().level
    assert level_of(bounds["high"]) == "high"
    assert level_of(bounds["medium"]) == "medium"
    assert level_of(bounds["medium"] - 0.01) == "low"


def test_abstaining_says_why(catalog: Catalog) -> None:
    judged = judge(choose([candidate(catalog, ())]))
    assert judged.score is not None
    assert abstains(judged, judged.score + 0.01)
    assert not abstains(judged, judged.score)
    assert judged.reason[0] in unsure(judged)


def test_a_fit_finds_what_matters() -> None:
    """Signs that speak for and against are told apart; one that says nothing weighs little."""
    draw = random.Random(4)  # noqa: S311  # no secret
    answers = []
    for _ in range(400):
        signs = [sign for sign in ("bad", "good", "nothing") if draw.random() < 0.5]
        share = 0.5 + 0.4 * ("good" in signs) - 0.4 * ("bad" in signs)
        answers.append((signs, draw.random() < share))
    found = fit(answers)
    assert found.weight["good"] > 1
    assert found.weight["bad"] < -1
    assert abs(found.weight["nothing"]) < 0.5
    assert found.score(["good"]) > 0.8
    assert found.score(["bad"]) < 0.2

"""The two sets of 60 questions that ship: every gold runs on the sample and gives an answer with content."""

import re
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from psycopg import AsyncConnection

from databaseai.ask.guardrail import check
from databaseai.catalog.introspection import introspect
from databaseai.embedded.sample import NAME
from databaseai.evaluation.dataset import Dataset, Question, load
from databaseai.settings import CatalogSettings, ExecutionLimits

FOLDER = Path(str(files("databaseai.evaluation").joinpath("questions")))
SETS = [load(FOLDER / name) for name in ("sample.jsonl", "sample_second.jsonl")]
QUESTIONS = [question for dataset in SETS for question in dataset.questions]
LIMIT = re.compile(r" LIMIT (\d+)$")


async def rows(connection: AsyncConnection, query: str) -> list[tuple[Any, ...]]:
    """All rows of a query."""
    return await (await connection.execute(query.encode())).fetchall()


@pytest.mark.parametrize("dataset", SETS, ids=lambda dataset: dataset.name)
def test_three_tiers_of_twenty(dataset: Dataset) -> None:
    assert Counter(question.tier for question in dataset.questions) == {"easy": 20, "join": 20, "hard": 20}
    assert {question.database for question in dataset.questions} == {NAME}


def test_no_question_is_asked_twice() -> None:
    assert len({question.question for question in QUESTIONS}) == 120
    assert len({question.id for question in QUESTIONS}) == 120


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
async def test_each_gold_has_an_answer(retail: AsyncConnection, question: Question) -> None:
    """Some rows, few enough to read, with a value in every column; each gold as many rows as the others."""
    heights = set()
    for gold in question.gold:
        found = await rows(retail, gold)
        heights.add(len(found))
        assert 0 < len(found) <= 60, gold
        assert all(any(row[column] is not None for row in found) for column in range(len(found[0]))), gold
        assert found != [(0,)], gold
    assert len(heights) == 1


async def test_the_gate_lets_every_gold_pass(retail: AsyncConnection) -> None:
    """A gate that refuses a right answer would make the question unanswerable."""
    catalog = await introspect(retail, CatalogSettings(samples_per_column=0))
    for question in QUESTIONS:
        for gold in question.gold:
            assert check(gold, catalog, ExecutionLimits()).sql, gold


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
async def test_no_tie_decides_who_is_among_the_first(retail: AsyncConnection, question: Question) -> None:
    for gold in question.gold:
        if limit := LIMIT.search(gold):
            ties = await rows(retail, LIMIT.sub(rf" FETCH FIRST {limit[1]} ROWS WITH TIES", gold))
            assert len(ties) == int(limit[1]), gold

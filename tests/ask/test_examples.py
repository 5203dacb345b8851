"""Worked examples: each runs on its schema, those asked alike are the nearest, none gets in the way."""

import psycopg
import pytest

from databaseai.ask import guardrail
from databaseai.ask.examples import Example, bank, manner, nearest
from databaseai.ask.prompt import build
from databaseai.ask.schema_linking import SchemaIndex, link
from databaseai.catalog.introspection import introspect
from databaseai.settings import CatalogSettings, ExecutionLimits
from tests.ask.shop import CATALOG

LINKED = link("", SchemaIndex(CATALOG, 1_000))


async def test_every_example_passes_the_gate_and_runs(database: str) -> None:
    """A wrong one would be taught."""
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as connection:
        await connection.execute(bank().schema.encode())
        await connection.execute("INSERT INTO readers VALUES (1)")  # a share of nothing has no value
        catalog = await introspect(connection, CatalogSettings(samples_per_column=0))
        for example in bank().examples:
            guardrail.check(example.sql, catalog, ExecutionLimits())
            await connection.execute(example.sql.encode())


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which persons have never had a document?", "NOT IN"),
        ("Which cities have more than 7 persons?", "HAVING count(*) >"),
        ("How many persons came in each month of 2021?", "date_trunc"),
        ("Which persons weigh more than the average person?", "(SELECT avg("),
        ("What are the names of persons who have both a passport and a visa?", "INTERSECT"),
    ],
)
def test_the_nearest_example_is_asked_like_the_question(question: str, expected: str) -> None:
    assert any(expected in example.sql for example in nearest(question, LINKED))


def test_the_nearest_stands_last() -> None:
    one = bank().examples[20]
    assert nearest(one.question, LINKED)[-1] == one


def test_what_is_asked_about_does_not_count() -> None:
    assert manner("How many Cities had 12 'big ones'?", {"city"}) == ("how", "many", "had", "0", "value")


def test_examples_stand_before_the_question_and_give_way_to_the_budget() -> None:
    shown = (Example("How many readers?", "SELECT count(*) FROM readers"),)
    system, asked = build("How many?", LINKED, (), (), 10_000, shown=shown)
    assert system.content.index(bank().schema) < system.content.index(LINKED.text)
    assert asked.content.index("SELECT count(*) FROM readers") < asked.content.index("Question: How many?")
    bare = build("How many?", LINKED, (), (), 10_000)
    needed = sum(len(message.content.encode()) for message in bare) / 3.6
    assert build("How many?", LINKED, (), (), round(needed) + 5, shown=shown) == bare


async def test_questions_in_other_languages_find_examples_too() -> None:
    assert len(nearest("Wie viele Kunden gibt es?", LINKED)) == len(nearest("¿Cuántos?", LINKED)) == 4

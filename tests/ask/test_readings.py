"""Asked back only where the words leave two meanings; a reading that is picked is never asked back again."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import pytest

from databaseai.ask import question, schema_linking, value_linking
from databaseai.ask.schema_linking import SchemaIndex
from databaseai.ask.understanding.judging import Judgement
from databaseai.ask.view import Indexes
from databaseai.catalog.semantic.model import Definition, SemanticModel
from databaseai.catalog.snapshot import Catalog
from databaseai.catalog.value_index import ValueIndex
from tests.ask.retail import retail


@cache
def indexed(catalog: Catalog) -> Indexes:
    """Made once for each catalog."""
    return Indexes(catalog, SchemaIndex(catalog, 10_000), ValueIndex(catalog))


def judged(asked: str, catalog: Catalog | None = None) -> Judgement:
    """As the flow judges it: with the values that linking finds."""
    catalog = catalog or retail()
    indexes = indexed(catalog)
    linked = schema_linking.link(asked, indexes.schema)
    return question.judge(asked, linked, value_linking.link(asked, linked, indexes.values), indexes)


AMBIGUOUS = [
    (
        "How many orders came from Berlin?",
        ["Berlin as the city of customers?", "Berlin as the city of stores?"],
    ),
    (
        "Who are our best customers?",
        ["by total eur of orders?", "by number of orders?", "by number of reviews?"],
    ),
    ("Show the top 5 products", ["by total quantity of order items", "by number of order items"]),
    ("Which are the worst suppliers in Portugal?", ["by rating?", "by number of products?"]),
    ("Show all shipments by date", ["by shipped at", "by delivered at"]),
    ("List all emails and names", []),
    ("List all names", ["of countries", "of stores", "of warehouses", "of suppliers"]),
]


@pytest.mark.parametrize(("asked", "ends"), AMBIGUOUS)
def test_two_meanings_are_two_readings(asked: str, ends: Sequence[str]) -> None:
    readings = judged(asked).readings
    assert all(any(reading.endswith(end) for reading in readings) for end in ends)
    assert len(readings) in ({2, 3, 4} if ends else {0})


@pytest.mark.parametrize("asked", [asked for asked, _ in AMBIGUOUS])
def test_a_reading_that_is_picked_is_answered(asked: str) -> None:
    for reading in judged(asked).readings:
        assert judged(reading) == Judgement()


@pytest.mark.parametrize(
    "asked",
    [
        "Which stores are in Berlin?",
        "How many customers live in Berlin?",
        "Which customers from Berlin bought in one of our stores?",
        "Who are our best customers by revenue?",
        "Which five customers spent the most in 2025?",
        "Which products are best rated?",
        "What are the best selling products?",
        "Show all shipments by delivery date",
        "Show all orders by month",
        "Show the date of all delivered shipments",
        "List all dates",
        "How many web orders were there?",
        "What was the revenue of each country, best country first?",
        "List the names of all suppliers",
    ],
)
def test_one_meaning_is_not_asked_back(asked: str) -> None:
    assert judged(asked) == Judgement()


def test_a_business_word_of_two_figures_is_asked_back() -> None:
    def metric(name: str, *phrases: str) -> Definition:
        return Definition("metric", name, (name, *phrases), "", (("public", "orders"),))

    both = SemanticModel(terms=(metric("gross sales", "sales"), metric("net sales", "sales")))
    catalog = replace(retail(), semantic=both)
    readings = judged("What were the sales in 2025?", catalog).readings
    assert readings == ("What were the gross sales in 2025?", "What were the net sales in 2025?")
    assert [judged(reading, catalog) for reading in readings] == [Judgement(), Judgement()]

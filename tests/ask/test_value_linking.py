"""Words of the question that are stored values become conditions."""

from dataclasses import replace

import pytest

from databaseai.ask.schema_linking import Linked, LinkedTable, SchemaIndex
from databaseai.ask.schema_linking import link as link_schema
from databaseai.ask.value_linking import link
from databaseai.catalog.snapshot import Column, Table
from databaseai.catalog.value_index import ValueIndex
from tests.ask import shop

TICKET = Table(
    "public",
    "ticket",
    "table",
    (
        Column("state", "text", values=("New", "urgent", "odd"), values_complete=True),
        Column("title", "text", values=("Love", "Lost bag")),
        Column("country", "text", values=("Portugal",), values_complete=True),
    ),
)
CATALOG = replace(shop.CATALOG, tables=(*shop.CATALOG.tables, TICKET))

LINKED = link_schema("", SchemaIndex(CATALOG, 1_000))
INDEX = ValueIndex(CATALOG)


@pytest.mark.parametrize(
    ("question", "hints"),
    [
        ("Who lives in Portugal?", ["country.name = 'Portugal' or ticket.country = 'Portugal'"]),
        # country.name is known in part only: there, one word in other letters may be chance
        ("who lives in PORTUGAL", ["ticket.country = 'Portugal'"]),
        ("People of Cote d'Ivoire", ["country.name = 'Côte d''Ivoire'"]),
        ("How many happy people are there?", ["person.mood = 'happy'"]),
        ("people from PT", ["country.code = 'PT' or person.country_code = 'PT'"]),
        ("people from pt", []),
        ("persons from PT", ["person.country_code = 'PT'"]),
        ("How many people are there?", []),
        ("the code of portugal", ["ticket.country = 'Portugal'"]),
        ("How many new cases?", []),
        ("How many New cases?", ["ticket.state = 'New'"]),
        ("Which ticket is urgent?", ["ticket.state = 'urgent'"]),
        ("cases about love", []),
        ("How many odd ones?", ["ticket.state = 'odd'"]),
        ("How many odd tables?", []),
        ("a", []),
        ("", []),
    ],
)
def test_values_are_found_whatever_their_case_and_accents(question: str, hints: list[str]) -> None:
    assert [hint.text for hint in link(question, LINKED, INDEX)] == hints


def test_only_tables_that_the_model_sees_are_hinted_at() -> None:
    person = Linked((LinkedTable(CATALOG.tables[1], ""),), "", whole=False, margin=0)
    assert not link("Who lives in Portugal?", person, INDEX)

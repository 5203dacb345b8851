"""Words of the question that are stored values become conditions."""

import pytest

from databaseai.ask.schema_linking import Linked, LinkedTable, SchemaIndex
from databaseai.ask.schema_linking import link as link_schema
from databaseai.ask.value_linking import link
from databaseai.catalog.value_index import ValueIndex
from tests.ask.shop import CATALOG

LINKED = link_schema("", SchemaIndex(CATALOG, 1_000))
INDEX = ValueIndex(CATALOG)


@pytest.mark.parametrize(
    ("question", "hints"),
    [
        ("Who lives in Portugal?", ["country.name = 'Portugal'"]),
        ("who lives in PORTUGAL", ["country.name = 'Portugal'"]),
        ("People of Cote d'Ivoire", ["country.name = 'Côte d''Ivoire'"]),
        ("How many happy people are there?", ["person.mood = 'happy'"]),
        ("people from pt", ["country.code = 'PT'", "person.country_code = 'PT'"]),
        ("How many people are there?", []),
        ("a", []),
        ("", []),
    ],
)
def test_values_are_found_whatever_their_case_and_accents(question: str, hints: list[str]) -> None:
    assert [hint.text for hint in link(question, LINKED, INDEX)] == hints


def test_only_tables_that_the_model_sees_are_hinted_at() -> None:
    person = Linked((LinkedTable(CATALOG.tables[1], ""),), "", whole=False, margin=0)
    assert not link("Who lives in Portugal?", person, INDEX)

"""Words of the question that are stored values become conditions."""

from dataclasses import replace

import pytest

from databaseai.ask.schema_linking import Linked, LinkedTable, SchemaIndex
from databaseai.ask.schema_linking import link as link_schema
from databaseai.ask.value_linking import link
from databaseai.catalog.snapshot import Catalog, Column, ForeignKey, Table
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
        ("who lives in PORTUGAL", ["country.name = 'Portugal' or ticket.country = 'Portugal'"]),
        ("People of Cote d'Ivoire", ["country.name = 'Côte d''Ivoire'"]),
        ("How many happy people are there?", ["person.mood = 'happy'"]),
        ("people from PT", ["country.code = 'PT' or person.country_code = 'PT'"]),
        ("people from pt", []),
        ("persons from PT", ["person.country_code = 'PT'"]),
        ("How many people are there?", []),
        ("the code of portugal", ["country.name = 'Portugal' or ticket.country = 'Portugal'"]),
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


def table(name: str, *columns: Column, key: str = "", refers: tuple[ForeignKey, ...] = ()) -> Table:
    return Table("public", name, "table", columns, primary_key=(key,) if key else (), foreign_keys=refers)


def known(name: str, *values: str, codes: tuple[str, ...] = ()) -> Column:
    return Column(name, "text", values=values, values_complete=True, codes=codes)


def refers(column: str, other: str, key: str) -> ForeignKey:
    return ForeignKey((column,), "public", other, (key,))


SALES = replace(
    shop.CATALOG,
    tables=(
        table(
            "orders",
            Column("status", "order_status", labels=("placed", "paid", "delivered", "cancelled")),
            known("state_code", "X1", "D4"),
            known("country_code", "PL", "DE"),
            known("channel", "web", "store", "phone"),
            refers=(refers("state_code", "states", "code"), refers("country_code", "countries", "code")),
        ),
        table("states", known("code", "X1", "D4"), known("meaning", "Lost", "Held back", codes=("X1", "D4"))),
        table("countries", known("code", "PL", "DE"), known("name", "Poland", "Germany", codes=("PL", "DE"))),
        table("stores", known("city", "Lisbon", "Zürich"), known("package_option", "Option", "Bundle")),
        table(
            "people",
            Column("name", "text", values=("Ben Jones", "Kyle", "Ward")),
            known("sex", "F", "M", "stray"),
            known("is_member", "T", "F"),
            known("hand", "L", "R"),
            known("tonnage", "225", "t"),
            known("section_name", "h", "k"),
            known("country", "usa", "france"),
            known("airline", "JetBlue Airways"),
        ),
    ),
)


def hints(question: str, catalog: Catalog = SALES) -> list[str]:
    linked = link_schema("", SchemaIndex(catalog, 2_000))
    return [hint.text for hint in link(question, linked, ValueIndex(catalog))]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who is Jones, Ben?", ["people.name = 'Ben Jones'"]),
        ("Who is Ben Jnoes?", ["people.name = 'Ben Jones'"]),
        ("sales in Lisbn", ["stores.city = 'Lisbon'"]),
        ("sales in ZURICH", ["stores.city = 'Zürich'"]),
        ("people with the airline Jetblue Airways", ["people.airline = 'JetBlue Airways'"]),
        ("how old is kyle", ["people.name = 'Kyle'"]),
        ("who has the word in the name", []),
        ("French people", ["people.country = 'france'"]),
        ("people from the United States", ["people.country = 'usa'"]),
        ("orders from the country Poland", ["countries.name = 'Poland' (so orders.country_code = 'PL')"]),
        ("orders held back", ["states.meaning = 'Held back' (so orders.state_code = 'D4')"]),
    ],
)
def test_values_are_found_misspelt_turned_round_by_nation_and_by_their_code(
    question: str, expected: list[str]
) -> None:
    assert hints(question) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many female people?", ["people.sex = 'F'"]),
        ("left handed people", ["people.hand = 'L'"]),
        ("people who are a member", ["people.is_member = 'T'"]),
        ("people of section h", ["people.section_name = 'h'"]),
        ("people with tonnage 225", ["people.tonnage = '225'"]),
        ("at least 225 people", []),
        ("people who take the left door", []),
        ("everyone in plan h", []),
    ],
)
def test_flags_letters_and_numbers_need_their_column_beside_them(question: str, expected: list[str]) -> None:
    assert hints(question) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("the package options of each city", []),
        ("Which option has each city?", []),
        ("people of the country USB", []),  # a code is another code, not a slip
        ("Which store sold most?", []),
        ("orders placed in 2025", []),
        ("orders that were cancelled", ["orders.status = 'cancelled'"]),
        ("orders through 'store'", ["orders.channel = 'store'"]),
        ("sales of the code PX", []),
    ],
)
def test_words_of_the_schema_and_the_sentence_are_no_values_unless_quoted(
    question: str, expected: list[str]
) -> None:
    assert hints(question) == expected


def test_a_hint_says_when_its_column_is_known_in_part_only() -> None:
    linked = link_schema("", SchemaIndex(SALES, 2_000))
    (sampled,) = link("Who is Ben Jones?", linked, ValueIndex(SALES))
    (whole,) = link("sales in Lisbon", linked, ValueIndex(SALES))
    assert sampled.sampled
    assert not whole.sampled


@pytest.mark.parametrize(
    "question", ["¿Cuántos pedidos hay en Zurich?", "在 Zürich 有多少人?", "Заказы из Zürich"]
)
def test_names_are_found_in_questions_of_any_language(question: str) -> None:
    assert hints(question) == ["stores.city = 'Zürich'"]

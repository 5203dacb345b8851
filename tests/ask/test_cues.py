"""What the question's words ask for is looked for in the query."""

import pytest

from databaseai.ask.confidence import judge, weights
from databaseai.ask.doubt import FURTHER
from databaseai.ask.doubts import doubts
from databaseai.ask.schema_linking import Linked, LinkedTable
from databaseai.ask.selection import WEIGHTS, choose
from databaseai.catalog.snapshot import Catalog
from tests.ask.candidate_cases import candidate


def signs(catalog: Catalog, asked: str, statement: str) -> set[str]:
    """Of one candidate, over the whole catalog."""
    linked = Linked(tuple(LinkedTable(t, "") for t in catalog.tables), "", whole=True, margin=0.0)
    return {
        doubt.sign for doubt in doubts(candidate(catalog, asked=asked, statement=statement, linked=linked))
    }


COUNT = "SELECT count(*) FROM customer"


@pytest.mark.parametrize(
    ("asked", "statement", "sign"),
    [
        ("How many customers are there?", "SELECT name FROM customer", "no count"),
        ("What is the average id of customers?", "SELECT customer_id FROM customer", "no average"),
        ("Which customer is the oldest?", "SELECT name FROM customer", "no extreme"),
        ("Different names of customers?", "SELECT name FROM customer", "no distinct"),
        ("Which customers have never ordered?", "SELECT name FROM customer", "no negation"),
        ("Names of customers in alphabetical order?", "SELECT name FROM customer", "no order"),
        ("Customers with an id higher than 3?", "SELECT name FROM customer", "no bound"),
        ("The number of customers?", "SELECT count(*) FROM customer GROUP BY name", "group unasked"),
        ("Customers with id 3?", "SELECT name FROM customer WHERE customer_id = 4", "number unused"),
        ("Customers called 'Ana'?", "SELECT customer_id FROM customer WHERE name = 'Eva'", "quote unused"),
        ("How many customers?", COUNT + " WHERE name = 'a' OR customer_id = 3", "or"),
        ("Which city has customers?", "SELECT name FROM customer", "column unused"),
        ("Which id?", "SELECT name FROM customer", "output unasked"),
        ("How many gizmo wombat zeppelins?", COUNT, "words unknown"),
        ("How many wombats?", COUNT, "word unknown"),
    ],
)
def test_what_is_asked_and_not_computed_is_a_sign(
    catalog: Catalog, asked: str, statement: str, sign: str
) -> None:
    assert sign in signs(catalog, asked, statement)


@pytest.mark.parametrize(
    ("asked", "statement"),
    [
        ("How many customers are there?", COUNT),
        ("List the names of all customers.", "SELECT name FROM customer"),
        ("Names of customers called 'Ana'?", "SELECT name FROM customer WHERE name = 'Ana'"),
        (
            "Names of the 3 customers with the highest id?",
            "SELECT name FROM customer ORDER BY customer_id DESC LIMIT 3",
        ),
        ("有多少人", COUNT),
        ("¿Cuántos hay?", COUNT),
    ],
)
def test_what_is_computed_is_none(catalog: Catalog, asked: str, statement: str) -> None:
    assert not signs(catalog, asked, statement) - {"word unknown"}


def test_a_number_in_words_is_found_in_digits(catalog: Catalog) -> None:
    limited = "SELECT name FROM customer ORDER BY customer_id DESC LIMIT 3"
    asked = "Names of the three customers with the highest id?"
    assert "word unknown" not in signs(catalog, asked, limited)
    assert "word unknown" in signs(catalog, asked, limited.removesuffix(" LIMIT 3"))


def test_every_sign_that_weighs_is_one_that_is_given() -> None:
    """A weight under a misspelt name would do nothing."""
    known = set(weights().weight)
    assert set(WEIGHTS) <= known
    assert known >= FURTHER
    assert "finding" in known
    for asked, statement, sign in test_what_is_asked_and_not_computed_is_a_sign.pytestmark[0].args[1]:  # type: ignore[attr-defined]  # pytest's
        assert sign in known or sign in {"no distinct", "no order"}, (asked, statement)


def test_a_sign_against_lowers_the_score(catalog: Catalog) -> None:
    plain, doubted = (
        judge(choose([candidate(catalog, asked="How many customers?", statement=statement)])).score
        for statement in (COUNT, COUNT + " WHERE name = 'a' OR customer_id = 3")
    )
    assert plain is not None
    assert doubted is not None
    assert doubted < plain - 0.2

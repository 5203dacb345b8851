"""What is recalled: the last turns, the approved answer to the very question, examples for a similar one."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from databaseai.ask.memory import Exchange, Known, VerifiedQuery, note, recall, verified
from databaseai.store.verified_queries import VerifiedQuery as Kept


def test_the_last_answered_turns_are_recalled_oldest_first() -> None:
    turns = [Exchange(f"q{n}", f"SELECT {n}") for n in range(5)]
    assert recall(turns, 100) == tuple(turns[2:])


def test_unanswered_and_overlong_turns_are_left_out() -> None:
    good = Exchange("q", "SELECT 1")
    assert recall([Exchange("q", ""), good, Exchange("q", "x" * 101)], 100) == (good,)
    assert recall([], 100) == ()


@dataclass(frozen=True)
class Query:
    id: str
    question: str
    sql: str = "SELECT 1"
    decided_by: str | None = "ben"
    decided_at: datetime | None = datetime(2026, 11, 20, tzinfo=UTC)


def known(*questions: str) -> Known:
    return Known(tuple(Query(str(number), question) for number, question in enumerate(questions)))


SHOP = known(
    "How many orders were delivered in 2025?",
    "Which five customers spent the most?",
    "Revenue by country",
    "Revenue by product",
    "Revenue by month of each store",
    "Revenue by month of each warehouse",
    "Revenue by month of each supplier",
    "Revenue by month of each category",
    "How many employees work in Berlin?",
)


def test_the_very_question_is_answered() -> None:
    exact = verified("how many ORDERS were delivered in 2025", SHOP).exact
    assert exact is not None
    assert exact.question == "How many orders were delivered in 2025?"


@pytest.mark.parametrize("question", ["How many orders were delivered in 2024?", "delivered orders", ""])
def test_another_question_is_not(question: str) -> None:
    assert verified(question, SHOP).exact is None


def test_another_number_makes_an_example() -> None:
    (similar,) = verified("How many orders were delivered in 2024?", SHOP).similar
    assert similar.question == "How many orders were delivered in 2025?"


def test_examples_are_few_the_most_alike_first() -> None:
    found = verified("Revenue by month of each shop", SHOP)
    assert len(found.similar) == 3
    assert {query.question for query in found.similar[:2]} >= {"Revenue by month of each store"}
    assert [exchange.question for exchange in found.examples] == [query.question for query in found.similar][
        ::-1
    ]


def test_the_answer_itself_is_no_example() -> None:
    found = verified("Revenue by country", SHOP)
    assert found.exact is not None
    assert found.exact not in found.similar


@pytest.mark.parametrize(
    "question", ["How many parcels were lost?", "Which are there for each?", "2025", "日本"]
)
def test_what_shares_the_words_of_asking_only_is_not_similar(question: str) -> None:
    assert verified(question, SHOP).similar == ()


def test_one_word_of_many_is_not_similar() -> None:
    """An example of another matter misleads."""
    question = "Which products do customers send back because of colour, size or weight?"
    assert verified(question, SHOP).similar == ()


def test_nothing_known_nothing_recalled() -> None:
    found = verified("How many?", Known())
    assert (found.exact, found.similar, found.examples) == (None, (), ())


def test_what_the_card_says() -> None:
    assert note(Query("1", "q")) == "Verified query, approved by ben on 2026-11-20."
    assert (
        note(Query("1", "q", decided_by=None, decided_at=None)) == "Verified query, approved by nobody named."
    )


def test_what_the_store_keeps_can_be_recalled() -> None:
    """The flow does not know the store; this holds the two together."""
    now = datetime.now(UTC)
    kept: VerifiedQuery = Kept("1", "shop", "q", "SELECT 1", "approved", "a", now, "b", now, now, None, "")
    assert verified("q", Known((kept,))).exact is kept

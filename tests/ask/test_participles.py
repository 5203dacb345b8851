"""A label that is also the verb of the sentence is a condition only where it is said as a state."""

import pytest

from databaseai.ask.participles import is_state, participle
from databaseai.catalog.words import WORD

TABLES = frozenset({"order", "payment", "parcel", "ticket"})


@pytest.mark.parametrize(
    ("question", "word", "state"),
    [
        ("How many of the orders placed in 2025 were cancelled?", "placed", False),
        ("How many of the orders placed in 2025 were cancelled?", "cancelled", True),
        ("How many orders were placed in 2024?", "placed", False),
        ("Leave cancelled orders out", "cancelled", True),
        ("cancelled ones not counted", "cancelled", True),
        ("those that were cancelled later", "cancelled", True),
        ("orders that are not yet paid", "paid", True),
        ("How many orders were paid with two payments?", "paid", False),
        ("with two or more settled payments", "settled", True),
        ("Who is the best paid person?", "paid", False),
        ("at what we paid for it", "paid", False),
        ("by the day it was paid", "paid", False),
        ("customers who have never placed an order", "placed", False),
        ("How many parcels has each carrier lost?", "lost", False),
        ("tickets closed last week", "closed", True),
        ("orders with status paid", "paid", True),
    ],
)
def test_a_participle_is_a_state_by_where_it_stands(question: str, word: str, state: bool) -> None:
    spoken = [found.lower() for found in WORD.findall(question)]
    assert is_state(spoken, spoken.index(word), TABLES) is state


@pytest.mark.parametrize(
    ("word", "expected"), [("paid", True), ("cancelled", True), ("red", False), ("web", False)]
)
def test_participles_are_told_from_other_words(word: str, expected: bool) -> None:
    assert participle(word) is expected

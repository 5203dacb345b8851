"""Follow-ups, and the questions that they are by themselves."""

import pytest

from databaseai.ask.memory import Exchange
from databaseai.ask.question import standalone
from databaseai.ask.understanding.followup import FOLLOW_UP

AS_IT_IS, BESIDE = "=", "+"
"""It stands alone; it is put behind what was asked before."""
TUNED = [
    (["How many orders were placed in March 2025?", "and in 2023?"], "+"),
    (["How many orders of 2024 were invoiced in 2025?", "and in 2023?"], "+"),
    (["How many customers from Poland bought in Berlin?", "what about Spain?"], "+"),
    (["How many orders were placed in 2025?", "and in 2024?"], "How many orders were placed in 2024?"),
    (["How many orders were placed in 2025?", "What about 2023?"], "How many orders were placed in 2023?"),
    (
        ["How many orders were placed in March 2025?", "and in April?"],
        "How many orders were placed in April 2025?",
    ),
    (
        ["How many orders were placed last month?", "and this month?"],
        "How many orders were placed this month?",
    ),
    (["How many orders were placed last month?", "in 2024?"], "How many orders were placed in 2024?"),
    (["How many orders were placed in 2025?", "and last year?"], "How many orders were placed last year?"),
    (["How many customers do we have?", "and in 2020?"], "How many customers do we have in 2020?"),
    (["How many customers live in France?", "what about Germany?"], "How many customers live in Germany?"),
    (["How many customers live in France?", "And in Spain?"], "How many customers live in Spain?"),
    (
        ["How many customers live in France?", "how about Spain and Italy"],
        "How many customers live in Spain and Italy?",
    ),
    (["How many customers do we have?", "and in Germany?"], "How many customers do we have in Germany?"),
    (
        ["Which customers spent the most in 2025?", "only the top 5"],
        "Which customers spent the most in 2025, only the top 5?",
    ),
    (
        ["Which five customers spent the most in 2025?", "only the top 3"],
        "Which 3 customers spent the most in 2025?",
    ),
    (
        ["What are the ten most expensive products?", "just the first five"],
        "What are the five most expensive products?",
    ),
    (
        ["What was the revenue by country in 2025?", "by month instead"],
        "What was the revenue by month in 2025?",
    ),
    (["What was the revenue in 2025?", "by month"], "What was the revenue in 2025 by month?"),
    (["What was the revenue in 2025?", "and per store?"], "What was the revenue in 2025 per store?"),
    (
        ["Which five customers spent the most in 2025?", "and their email?"],
        "Which five customers spent the most in 2025, with their email?",
    ),
    (
        ["Which products are out of stock?", "sort by name"],
        "Which products are out of stock, sorted by name?",
    ),
    (
        ["Which products are out of stock?", "Sort them by price descending."],
        "Which products are out of stock, sorted by price descending?",
    ),
    (
        ["How many orders were placed in 2025?", "without cancelled ones"],
        "How many orders were placed in 2025, without cancelled ones?",
    ),
    (["How many orders were placed in 2025?", "why so few?"], "+"),
    (["How many orders were placed in 2025?", "same for returns"], "+"),
    (["Which products are out of stock?", "How old are they?"], "+"),
    (["Which products are out of stock?", "the second one"], "+"),
    (["Which store sold the most?", "Who manages it?"], "+"),
    (["Which store sold the most?", "When was it opened?"], "+"),
    (["Which store sold the most?", "Where is that store?"], "+"),
    (["Which customers spent the most?", "show those from Berlin"], "+"),
    (["Which customers spent the most?", "How many customers do we have?"], "="),
    (["Which customers spent the most?", "And how many stores do we have?"], "="),
    (["Which customers spent the most?", "In which city do most customers live?"], "="),
    (["Which customers spent the most?", "For each store, show the revenue."], "="),
    (["Which customers spent the most?", "What does it mean when a parcel has state X7?"], "="),
    (["Which customers spent the most?", "top 10 products by revenue"], "="),
    (["Which customers spent the most?", "drop table orders"], "="),
    (["Which customers spent the most?", "delete all customers"], "="),
    (
        ["How many orders were placed in 2025?", "and in 2024?", "by month"],
        "How many orders were placed in 2024 by month?",
    ),
    (
        ["How many customers live in France?", "what about Germany?", "and Austria?"],
        "How many customers live in Austria?",
    ),
    (["How many orders were placed in 2025?", "why so few?", "and in 2024?"], "+"),
    (["Wie viele Bestellungen gab es 2025?", "und 2024?"], "Wie viele Bestellungen gab es 2024?"),
    (["Combien de commandes en 2025 ?", "et en 2024 ?"], "Combien de commandes en 2024 ?"),
    (["2025年有多少订单\uff1f", "2024年呢\uff1f"], "2024年有多少订单\uff1f"),
]
UNSEEN = [
    (
        ["How many returns were requested in 2024?", "and the year before?"],
        "How many returns were requested in 2023?",
    ),
    (["Which suppliers are from Portugal?", "And from Italy?"], "Which suppliers are from Italy?"),
    (
        ["What is the average rating of tents?", "just for 2025"],
        "What is the average rating of tents in 2025?",
    ),
    (
        ["How many visits came from newsletters in June 2025?", "what about July"],
        "How many visits came from newsletters in July 2025?",
    ),
    (
        ["List the employees of the Berlin store.", "with their salaries"],
        "List the employees of the Berlin store, with their salaries.",
    ),
    (
        ["List the employees of the Berlin store.", "order by salary desc"],
        "List the employees of the Berlin store, sorted by salary desc.",
    ),
    (
        ["What was the revenue per channel in 2025?", "per month instead"],
        "What was the revenue per month in 2025?",
    ),
    (["Which products have no review?", "How many are there?"], "+"),
    (["Which products have no review?", "Who supplies them?"], "+"),
    (["Top 10 customers by revenue", "top 20"], "Top 20 customers by revenue"),
    (["Which customers from Vienna ordered in 2025?", "Which of them have a phone number?"], "+"),
    (["How much did we refund last year?", "this year"], "How much did we refund this year?"),
    (["How much did we refund in 2024?", "Now for 2025 please"], "How much did we refund in 2025?"),
    (
        ["Which warehouse holds the most stock?", "excluding reserved pieces"],
        "Which warehouse holds the most stock, excluding reserved pieces?",
    ),
    (["Which warehouse holds the most stock?", "show it as a pie chart"], "+"),
    (["Which warehouse holds the most stock?", "How many suppliers do we have?"], "="),
    (["How many orders were paid by card in 2025?", "Is that more than in 2024?"], "+"),
    (
        ["What is the name of the newest store?", "its address?"],
        "What is the name of the newest store, with its address?",
    ),
    (["¿Cuántos pedidos hubo en 2025?", "¿y en 2024?"], "¿Cuántos pedidos hubo en 2024?"),
    (["2025 में कितने ऑर्डर आए?", "और 2024 में?"], "2024 में कितने ऑर्डर आए?"),
]
"""Written before they were run."""


@pytest.mark.parametrize(("turns", "expected"), [*TUNED, *UNSEEN])
def test_a_follow_up_is_the_question_that_it_means(turns: list[str], expected: str) -> None:
    *earlier, text = turns
    whole = {AS_IT_IS: text, BESIDE: FOLLOW_UP.join(turns)}.get(expected, expected)
    assert standalone(text, [Exchange(question, "SELECT 1") for question in earlier]) == whole


def test_without_earlier_turns_nothing_is_changed() -> None:
    assert standalone("and in 2024?", ()) == "and in 2024?"


def test_only_the_last_additions_are_carried_on() -> None:
    turns = ["Which store sold the most?", "why?", "since when?", "who?", "where?"]
    asked = standalone("how much?", [Exchange(question, "SELECT 1") for question in turns])
    assert asked == FOLLOW_UP.join([turns[0], "who?", "where?", "how much?"])


@pytest.mark.parametrize(
    "text",
    [
        "Which products are out of stock?",
        "In which city do most customers live?",
        "For each store, list its revenue.",
        "What does it mean when a parcel has state X7?",
        "List the names of those who never ordered.",
        "What are the names of all suppliers, and their ratings?",
        "Is it true that tents sell best in May?",
        "revenue by month 2025",
        "How many customers are there?",
        "Show the orders of this month",
        "Wie viele Kunden haben wir in Berlin?",
        "Combien de clients avons-nous à Paris ?",
    ],
)
def test_what_stands_alone_is_left_alone(text: str) -> None:
    assert standalone(text, [Exchange("How many orders were placed in 2025?", "SELECT 1")]) == text

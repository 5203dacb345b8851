"""Rules and schema first and the same, question last, budget kept."""

import pytest

from databaseai.ask.memory import Exchange
from databaseai.ask.prompt import RULES, again, build, today
from databaseai.ask.schema_linking import SchemaIndex, link
from databaseai.ask.value_linking import Hint
from databaseai.errors import GroupingFault, PromptTooLong, UnknownColumn
from tests.ask.shop import CATALOG

LINKED = link("", SchemaIndex(CATALOG, 1_000))


def test_rules_and_schema_come_first_and_the_question_last() -> None:
    messages = build("How many?", LINKED, [Hint("country", "name", "Portugal")], (), 1_000)
    assert [message.role for message in messages] == ["system", "user"]
    assert messages[0].content == RULES + LINKED.text
    assert messages[1].content.startswith("Question: How many?")
    assert "country.name = 'Portugal'" in messages[1].content


def test_earlier_turns_give_way_to_the_budget_oldest_first() -> None:
    turns = [Exchange("first " * 20, "SELECT 1"), Exchange("second", "SELECT 2")]
    assert len(build("How many?", LINKED, (), turns, 10_000)) == 6
    needed = sum(len(m.content.encode()) for m in build("How many?", LINKED, (), (), 10_000)) / 3.6
    kept = build("How many?", LINKED, (), turns, round(needed) + 15)
    assert [message.content for message in kept[1:3]] == ["Question: second", "SELECT 2"]
    assert len(kept) == 4


def test_a_question_that_does_not_fit_has_its_own_error() -> None:
    with pytest.raises(PromptTooLong):
        build("How many? " * 100, LINKED, (), (), 300)


def test_a_wrong_name_is_corrected_without_showing_the_statement() -> None:
    first = build("How many?", LINKED, (), (), 1_000)
    error = UnknownColumn("There is no nane.", hint="Perhaps name.")
    messages = again(first, "SELECT nane", error, "person has the columns id, name.")
    assert messages[:-1] == first[:-1]
    assert messages[-1].content.startswith(first[-1].content)
    for part in ("There is no nane.", "Perhaps name.", "person has the columns id, name."):
        assert part in messages[-1].content
    assert "SELECT nane" not in messages[-1].content


def test_any_other_fault_is_shown_with_its_statement() -> None:
    first = build("How many?", LINKED, (), (), 1_000)
    messages = again(first, "SELECT name", GroupingFault("name is not grouped.", hint="Group by it."), "")
    assert messages[: len(first)] == first
    assert messages[-2].content == "SELECT name"
    for part in ("Grouping error", "name is not grouped.", "Group by it."):
        assert part in messages[-1].content


def test_definitions_stand_with_the_question_whatever_the_rendering() -> None:
    said = "revenue: sum(total), only orders that were not cancelled"
    assert said in build("How much revenue?", LINKED, (), (), 10_000, definitions=[said])[-1].content
    assert "Definitions" not in build("How much revenue?", LINKED, (), (), 10_000)[-1].content


def test_a_hint_names_one_place_and_mentions_the_others() -> None:
    """A model that reads `or` between two conditions writes it."""
    hint = Hint(
        "country", "name", "Aruba", (Hint("country", "local_name", "Aruba"), Hint("country", "name", "aruba"))
    )
    said = build("How many?", LINKED, [hint], (), 10_000)[-1].content
    assert "country.name = 'Aruba' (also in country.local_name)" in said
    assert " or " not in said


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("How many orders were cancelled?", "orders.status = 'cancelled'"),
        ("How many orders are there, cancelled ones aside?", "orders.status <> 'cancelled'"),
        ("How many orders are there, including cancelled ones?", ""),
    ],
)
def test_a_value_is_looked_for_left_out_or_no_condition(question: str, said: str) -> None:
    message = build(question, LINKED, [Hint("orders", "status", "cancelled")], (), 10_000)[-1].content
    assert message == f"Question: {question}" + (
        f"\nStored values named in the question: {said}" if said else ""
    )


@pytest.mark.parametrize(
    "question",
    ["Who spent the most last month?", "Orders of the past 30 days", "What came in today?", "Sales so far"],
)
def test_a_time_counted_from_today_says_which_day_that_is(question: str) -> None:
    assert f"Today is {today()}" in build(question, LINKED, (), (), 10_000)[-1].content


@pytest.mark.parametrize(
    "question", ["Who spent the most in 2025?", "Who came last?", "The last name of each person"]
)
def test_other_questions_need_no_day(question: str) -> None:
    assert "Today" not in build(question, LINKED, (), (), 10_000)[-1].content

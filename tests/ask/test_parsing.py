"""The statement is found in any reply, and left as it is."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from databaseai.ask.parsing import statement_of
from databaseai.errors import ModelReplyEmpty, ModelReplyNotSql

SQL = "SELECT name\nFROM person\nWHERE note = 'a; b' -- why\nLIMIT 3"


@pytest.mark.parametrize(
    "reply",
    [
        SQL,
        f"```sql\n{SQL}\n```",
        f"```\n{SQL}\n```",
        f"```postgresql\r\n{SQL}\n```\nThis lists three names.",
        f"Here is the query:\n\n```sql\n{SQL}\n```\n\nIt selects names.",
        f"```sql\n{SQL}",
        f"SQLQuery: {SQL}",
        f"SQL: {SQL}",
        f"<think>I should select names; maybe DELETE FROM x?</think>\n{SQL}",
        f"<think>\n```sql\nSELECT 0\n```\n</think>```sql\n{SQL}\n```",
        f"The answer is:\n{SQL}",
        f"{SQL}\n\nThis query returns the first three names.",
        f"{SQL}<|im_end|>",
    ],
)
def test_the_statement_is_found(reply: str) -> None:
    assert statement_of(reply) == SQL


@pytest.mark.parametrize(
    ("reply", "statement"),
    [
        ('{"sql": "SELECT 1", "why": "because"}', "SELECT 1"),
        ('```json\n{"query": "SELECT 1"}\n```', "SELECT 1"),
        ("SELECT 1;", "SELECT 1;"),
        ("SELECT 1; SELECT 2", "SELECT 1; SELECT 2"),
        ("SELECT 1;\nSELECT 2;", "SELECT 1;\nSELECT 2;"),
        ("SELECT 1;\n\nDROP TABLE person;", "SELECT 1;\n\nDROP TABLE person;"),
        ("SELECT 1;\n\nThis counts.", "SELECT 1"),
        ("DROP TABLE person", "DROP TABLE person"),
        ("```sql\nDELETE FROM person\n```", "DELETE FROM person"),
        ("(SELECT 1) UNION (SELECT 2)", "(SELECT 1) UNION (SELECT 2)"),
        ("WITH a AS (SELECT 1)\n\nSELECT * FROM a", "WITH a AS (SELECT 1)\n\nSELECT * FROM a"),
        ("SELECT 'Hello there,\n\nDear Ann'", "SELECT 'Hello there,\n\nDear Ann'"),
    ],
)
def test_what_the_gate_must_judge_is_handed_on_whole(reply: str, statement: str) -> None:
    assert statement_of(reply) == statement


@pytest.mark.parametrize(
    "reply",
    [
        "I cannot answer that with the tables given.",
        "<html><body>Select your plan from the list</body></html>",
        '{"error": "no"}',
        "{not json",
        "```python\nprint('hello')\n```",
        "%$/(=?`*'_:;>",
        "To show it, select an option with the mouse.",
    ],
)
def test_prose_and_garbage_are_told_apart(reply: str) -> None:
    with pytest.raises(ModelReplyNotSql):
        statement_of(reply)


@pytest.mark.parametrize("reply", ["", " \n", "<think>hm</think>", "<think>never ends", "<|im_end|>"])
def test_nothing_is_nothing(reply: str) -> None:
    with pytest.raises(ModelReplyEmpty):
        statement_of(reply)


@settings(deadline=None)
@given(st.text())
def test_any_text_gives_a_statement_or_one_of_two_errors(reply: str) -> None:
    with contextlib.suppress(ModelReplyEmpty, ModelReplyNotSql):
        assert statement_of(reply)


LITERALS = st.text(alphabet=st.characters(blacklist_categories=("Cc", "Cs"), blacklist_characters="'`<"))


@settings(deadline=None)
@given(LITERALS, st.sampled_from(["{}", "```sql\n{}\n```", "SQL: {}", "Here it is:\n```\n{}\n```\nDone."]))
def test_no_wrapping_changes_the_statement(text: str, wrapping: str) -> None:
    statement = f"SELECT '{text}' AS said FROM person"
    assert statement_of(wrapping.format(statement)) == statement

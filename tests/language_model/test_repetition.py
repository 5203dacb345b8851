"""A reply that goes round in circles is cut off long before its bound."""

import pytest

from databaseai.errors import ModelReplyEndless
from databaseai.language_model import Message, OpenAICompatibleModel
from databaseai.language_model.repetition import goes_round
from databaseai.settings import LanguageModelSettings
from tests.scripted_model import Behaviour, ScriptedServer


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT " + "t1.a_long_column_name_of_a_table, " * 5, True),
        ("SELECT " + "a, b, c, d, e, f, " * 40, True),
        ("SELECT " + "t1.a_long_column_name_of_a_table, " * 3, False),
        ("SELECT " + ", ".join(f"t1.column_{n}" for n in range(90)), False),
        ("SELECT 1" + " UNION ALL SELECT 1" * 3, False),
        ("SELECT f(" + "(" * 60, False),
        ("SELECT a\n" + " " * 100, False),
        ("", False),
    ],
)
def test_a_circle_is_told_from_a_list(text: str, expected: bool) -> None:
    assert goes_round(text) is expected


async def test_the_server_is_let_go_of() -> None:
    async with ScriptedServer([Behaviour(text="t1.a_long_column_name, ", endless=True)]) as server:
        model = OpenAICompatibleModel(LanguageModelSettings(base_url=server.base_url, reply_tokens=500))
        with pytest.raises(ModelReplyEndless, match="circles"):
            await model.complete([Message("user", "all columns")])
        await model.aclose()
    assert 0 < model.spent.reply_tokens < 100  # what came is counted; the bound was 500

import pytest

from databaseai.ask.generation import STOP, ensure_ended, generate
from databaseai.errors import ModelReplyEndless
from databaseai.language_model import Completion, Message
from databaseai.settings import LanguageModelSettings
from tests.scripted_model import ScriptedModel


async def test_one_candidate_is_asked_for() -> None:
    model = ScriptedModel(["SELECT 1"])
    completion = await generate(model, [Message("user", "?")], LanguageModelSettings())
    assert completion.text == "SELECT 1"
    assert STOP


@pytest.mark.parametrize(
    ("text", "finish", "ended"),
    [
        ("SELECT 1 +", "length", False),
        ("SELECT 1; and so on", "length", True),
        ("```sql\nSELECT 1\n``` and so on", "length", True),
        ("```sql\nSELECT 1 +", "length", False),
        ("SELECT 1 +", "stop", True),
    ],
)
def test_a_reply_that_was_cut_counts_only_when_its_statement_ended(
    text: str, finish: str, *, ended: bool
) -> None:
    completion = Completion(text, "m", finish="length" if finish == "length" else "stop")
    if ended:
        ensure_ended(completion, 5)
    else:
        with pytest.raises(ModelReplyEndless):
            ensure_ended(completion, 5)

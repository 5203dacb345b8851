"""Ask the model for one candidate."""

from collections.abc import Sequence

from databaseai.errors import ModelReplyEndless
from databaseai.language_model import Completion, LanguageModel, Message
from databaseai.settings import LanguageModelSettings

STOP = ("\n\n\n", "\nQuestion:", ";\n\n")
"""Where a reply that goes on after its statement is cut off."""
FENCE_PAIR = 2


async def generate(
    model: LanguageModel, messages: Sequence[Message], settings: LanguageModelSettings
) -> Completion:
    """One reply, as the endpoint gave it; raises the `LanguageModelError` it failed with."""
    return await model.complete(
        messages, temperature=settings.temperature, reply_tokens=settings.reply_tokens, stop=STOP
    )


def ensure_ended(completion: Completion, reply_tokens: int) -> None:
    """Refuse a reply that ran into its bound before its statement had an end.

    Raises:
        ModelReplyEndless: DBAI309.
    """
    if (
        completion.finish == "length"
        and ";" not in completion.text
        and completion.text.count("```") < FENCE_PAIR
    ):
        raise ModelReplyEndless(limit=reply_tokens)

"""Ask the model for one candidate."""

from collections.abc import Sequence

from databaseai.errors import ModelReplyEndless
from databaseai.language_model import Completion, LanguageModel, Message, Shape
from databaseai.settings import LanguageModelSettings

STOP = ("\n\n\n", "\nQuestion:", ";\n\n")
"""Where a reply that goes on after its statement is cut off."""
FENCE_PAIR = 2


async def generate(
    model: LanguageModel,
    messages: Sequence[Message],
    settings: LanguageModelSettings,
    *,
    temperature: float | None = None,
    shape: Shape | None = None,
) -> Completion:
    """One reply, as the endpoint gave it; raises the `LanguageModelError` it failed with.

    Args:
        model: Asked once.
        messages: The prompt.
        settings: Bounds, and the temperature when none is given.
        temperature: For a further candidate of the same prompt.
        shape: What the reply must look like, for endpoints that obey (`constraint`).
    """
    return await model.complete(
        messages,
        temperature=settings.temperature if temperature is None else temperature,
        reply_tokens=settings.reply_tokens,
        stop=STOP,
        shape=shape,
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

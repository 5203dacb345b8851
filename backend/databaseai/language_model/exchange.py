"""One request and its reply, taken in piece by piece and bounded."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from databaseai.errors import ModelReplyEmpty, ModelReplyEndless, ModelReplyMalformed, ModelUnreachable
from databaseai.language_model import accounting, faults
from databaseai.language_model.accounting import Tokens
from databaseai.language_model.protocol import Message

if TYPE_CHECKING:
    from openai import AsyncStream
    from openai.types.chat import ChatCompletionChunk

CHARACTERS_PER_TOKEN = 32
"""No vocabulary in use has a longer average over a reply; past it the endpoint ignores its bound."""
SLACK_TOKENS = 64
"""Pieces beyond the bound that are forgiven: roles, empty deltas, a server's own rounding."""
FOREIGN = (ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError)
"""What parsing bytes of any origin can raise."""


class Exchange:
    """Made for one request; `pieces` runs it, the fields say afterwards what came."""

    def __init__(self, where: str, model: str, messages: Sequence[Message], reply_tokens: int) -> None:
        self.where = where
        self.model = model
        self.messages = messages
        self.reply_tokens = reply_tokens
        self.parts: list[str] = []
        self.characters = 0
        self.chunks = 0
        """Events of any kind."""
        self.replied = 0
        """Pieces of reply, thoughts included."""
        self.finish: Literal["", "stop", "length"] = ""
        self.counted: Tokens | None = None

    @property
    def text(self) -> str:
        """The reply so far."""
        return "".join(self.parts)

    @property
    def tokens(self) -> Tokens:
        """As the endpoint counted, else guessed."""
        return self.counted or accounting.estimated(self.messages, self.text, self.replied)

    async def pieces(
        self, send: Callable[[], Awaitable["AsyncStream[ChatCompletionChunk]"]]
    ) -> AsyncIterator[str]:
        """Send the request and yield the reply's text as it comes.

        Closing the iterator closes the connection, and the server stops generating.

        Raises:
            LanguageModelError: Named after what went wrong; no text of the endpoint in it.
        """
        import openai

        try:
            async with await send() as stream:
                if "json" in stream.response.headers.get("content-type", ""):
                    yield self._whole(json.loads(await stream.response.aread()))
                else:
                    async for chunk in stream:
                        if piece := self._take(chunk):
                            yield piece
        except (openai.OpenAIError, *FOREIGN) as error:
            raise faults.from_openai(error, self.where, self.model) from None
        self._complete()

    def _take(self, chunk: "ChatCompletionChunk") -> str:
        """One event's text; "" for roles, thoughts and usage."""
        self.chunks += 1
        self.model = chunk.model or self.model
        self.counted = accounting.measured(chunk.usage) or self.counted
        if not chunk.choices:
            return ""
        choice = chunk.choices[0]
        if choice.finish_reason:
            self.finish = "length" if choice.finish_reason == "length" else "stop"
        delta = choice.delta
        thought = getattr(delta, "reasoning_content", None) or getattr(delta, "reasoning", None) or ""
        self._bound(len(delta.content or "") + len(thought))
        if delta.content:
            self.parts.append(delta.content)
        return delta.content or ""

    def _whole(self, reply: Mapping[str, Any]) -> str:
        """The text of a reply from an endpoint that does not stream."""
        from openai.types import CompletionUsage

        self.chunks += 1
        choice = reply["choices"][0]
        self.finish = "length" if choice.get("finish_reason") == "length" else "stop"
        self.model = str(reply.get("model") or self.model)
        if usage := reply.get("usage"):
            self.counted = accounting.measured(CompletionUsage.model_validate(usage))
        text = choice["message"]["content"] or ""
        self._bound(len(text))
        self.parts.append(text)
        return str(text)

    def _bound(self, characters: int) -> None:
        """Count a piece.

        Raises:
            ModelReplyEndless: The endpoint ignores the bound it was given.
        """
        self.characters += characters
        self.replied += characters > 0
        over = self.characters > (self.reply_tokens + SLACK_TOKENS) * CHARACTERS_PER_TOKEN
        if over or self.replied > self.reply_tokens + SLACK_TOKENS:
            raise ModelReplyEndless(
                f"The reply passed its bound of {self.reply_tokens} tokens and was cut off.",
                limit=self.reply_tokens,
            )

    def _complete(self) -> None:
        """Check at the end of the stream that it was a reply."""
        if not self.chunks:
            raise ModelReplyMalformed(f"{self.where} answers, but not as an OpenAI-compatible API.")
        if not self.finish:
            raise ModelUnreachable(f"{self.where} broke off in the middle of its reply.")
        if not self.text.strip():
            raise ModelReplyEmpty("The model replied with nothing.", finish=self.finish)

"""One request and its reply, taken in piece by piece and bounded."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from databaseai.errors import ModelReplyEmpty, ModelReplyEndless, ModelReplyMalformed, ModelUnreachable
from databaseai.language_model import accounting, faults
from databaseai.language_model.accounting import Tokens
from databaseai.language_model.protocol import Message

if TYPE_CHECKING:
    from openai import AsyncStream

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

    async def pieces(self, send: Callable[[], Awaitable["AsyncStream[object]"]]) -> AsyncIterator[str]:
        """Send the request and yield the reply's text as it comes.

        Closing the iterator closes the connection, and the server stops generating.

        Raises:
            LanguageModelError: Named after what went wrong; no text of the endpoint in it.
        """
        import openai

        try:
            async with await send() as stream:
                if "json" in stream.response.headers.get("content-type", ""):
                    yield self._take(json.loads(await stream.response.aread()), "message")
                else:
                    async for event in stream:
                        if piece := self._take(event, "delta"):
                            yield piece
        except (openai.OpenAIError, *FOREIGN) as error:
            raise faults.from_openai(error, self.where, self.model) from None
        self._complete()

    def _take(self, event: Any, part: Literal["delta", "message"]) -> str:
        """The text of one event, or of the whole reply of a server that does not stream; "" for usage.

        `event` is JSON of any origin: whatever does not fit raises one of `FOREIGN`.
        """
        if "error" in event:  # some report it under 200; inside a stream the OpenAI client sees to it
            raise faults.from_event(event["error"], self.where, self.model)
        self.chunks += 1
        self.model = str(event.get("model") or self.model)
        self.counted = accounting.measured(event.get("usage")) or self.counted
        if not event["choices"]:
            return ""
        choice = event["choices"][0]
        if finish := choice.get("finish_reason"):
            self.finish = "length" if finish == "length" else "stop"
        said = choice[part]
        text = said.get("content") or ""
        thought = said.get("reasoning_content") or said.get("reasoning") or ""
        if not isinstance(text, str):
            raise TypeError("the reply's content is no text")
        self._bound(len(text) + len(thought))
        self.parts.append(text)
        return text

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

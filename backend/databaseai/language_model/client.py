"""The client of any OpenAI-compatible endpoint: vLLM, llama.cpp, a hosted API."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from databaseai.errors import (
    LanguageModelError,
    ModelNotFound,
    ModelReplyEndless,
    ModelReplyMalformed,
    ModelRequestRefused,
    ModelUnreachable,
)
from databaseai.language_model import accounting, dialect, faults, transport
from databaseai.language_model.attempts import Attempts
from databaseai.language_model.exchange import FOREIGN, Exchange
from databaseai.language_model.protocol import Completion, LanguageModel, Message, Shape
from databaseai.language_model.repetition import goes_round
from databaseai.settings import LanguageModelSettings

if TYPE_CHECKING:
    from openai import AsyncOpenAI, AsyncStream

BACKOFF = faults.Backoff()
LOOK_EVERY = 16
"""Pieces of a reply, between two looks whether it goes round in circles."""
log = logging.getLogger(__name__)


class OpenAICompatibleModel(LanguageModel):
    """One endpoint. Made without I/O; serves many askers at once on one event loop.

    Args:
        settings: With `base_url`.
        backoff: Waits between tries.

    Raises:
        ModelUnreachable: No `base_url`, or it is no address.
    """

    def __init__(self, settings: LanguageModelSettings, *, backoff: faults.Backoff = BACKOFF) -> None:
        if settings.base_url is None:
            raise ModelUnreachable("No model endpoint is set.", hint="Set DATABASEAI_LLM_BASE_URL.")
        self.settings = settings
        self.base_url = transport.checked(settings.base_url)
        self.where = transport.place(self.base_url)
        self.dialect = dialect.Dialect()
        self.spent = accounting.Spent()
        """Tokens and money since the client was made, broken-off replies included."""
        self.attempts = Attempts(self.where, settings, backoff, self.spent)
        self._model = settings.model
        self._client: AsyncOpenAI | None = None
        self._asking_first = asyncio.Lock()

    @property
    def name(self) -> str:
        """The model's name; host and port until the endpoint was asked for it."""
        return self._model or self.where

    async def ready(self) -> str:
        """Reach the endpoint with a real request and find the model.

        Returns:
            The model's name.

        Raises:
            LanguageModelError: Why no question could be answered now.
        """

        async def look() -> str:
            try:
                return await self._discover()
            except ModelNotFound:
                if self._model is None:
                    raise
                return self._model  # the endpoint lists no models, and needs not

        return await self.attempts.run(look, self.attempts.deadline())

    async def condition(self) -> str:
        """As `ready`, with what the endpoint is known to obey; nothing is tried out for it."""
        name = await self.ready()
        known = [f"{kind}: {way or 'not obeyed'}" for kind, way in self.dialect.ways.items()]
        return "; ".join([name, *known])

    async def complete(
        self,
        messages: Sequence[Message],
        *,
        temperature: float | None = None,
        reply_tokens: int | None = None,
        stop: Sequence[str] = (),
        shape: Shape | None = None,
    ) -> Completion:
        """One reply, whole, within `timeout_ms` altogether.

        Streamed inside: an endless one is cut off at its bound, or where it goes round in circles; a
        cancelled one stops at the server.

        Raises:
            LanguageModelError: What stands after the last try.
        """
        deadline = self.attempts.deadline()
        asked = self._request(messages, temperature, reply_tokens, stop)
        kind, extra = await self._shaping(shape, deadline)
        try:
            return await self.attempts.run(lambda: self._whole(asked | extra, messages, kind), deadline)
        except ModelRequestRefused:
            if not extra:
                raise
            log.warning("%s refused a %s for its reply; asked without it", self.where, kind)
        return await self.attempts.run(lambda: self._whole(asked, messages, ""), deadline)

    async def stream(
        self,
        messages: Sequence[Message],
        *,
        reply_tokens: int | None = None,
        stop: Sequence[str] = (),
        finished: Callable[[Completion], None] | None = None,
    ) -> AsyncIterator[str]:
        """The reply's text in pieces. Tried again only before the first piece.

        Close the iterator (`contextlib.aclosing`) to stop the server early.

        Raises:
            LanguageModelError: Before or between the pieces.
        """
        deadline = self.attempts.deadline()
        asked = self._request(messages, None, reply_tokens, stop)

        async def begin() -> tuple[Exchange, AsyncIterator[str], str]:
            exchange, pieces = await self._open(asked, messages)
            return exchange, pieces, await anext(pieces)

        exchange, pieces, piece = await self.attempts.run(begin, deadline)
        async with aclosing(cast("Any", pieces)):
            try:
                while piece:
                    yield piece
                    piece = await self.attempts.once(lambda: anext(pieces, ""), deadline)
            finally:
                completion = self._account(exchange, "")
        if finished:
            finished(completion)

    async def aclose(self) -> None:
        """Close all connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    # one exchange

    def _request(
        self,
        messages: Sequence[Message],
        temperature: float | None,
        reply_tokens: int | None,
        stop: Sequence[str],
    ) -> dict[str, Any]:
        request: dict[str, Any] = {
            "messages": [{"role": message.role, "content": message.content} for message in messages],
            "max_tokens": reply_tokens or self.settings.reply_tokens,
            "temperature": self.settings.temperature if temperature is None else temperature,
            "stream_options": {"include_usage": True},
        }
        return request | {"stop": list(stop)} if stop else request

    async def _open(
        self, asked: dict[str, Any], messages: Sequence[Message]
    ) -> tuple[Exchange, AsyncIterator[str]]:
        """An exchange that is sent when its first piece is awaited."""
        model = self._model or await self._discover()
        exchange = Exchange(self.where, model, messages, asked["max_tokens"])
        return exchange, exchange.pieces(lambda: self._send(asked | {"model": model}))

    async def _send(self, asked: dict[str, Any]) -> "AsyncStream[object]":
        """Send; when the endpoint refuses a parameter that a reply can do without, send again without it.

        Plain JSON both ways: the OpenAI client's typed objects take longer than the rest of a short reply.
        """
        import openai

        client = await self._connected()
        while True:
            try:
                return await client.post(
                    "/chat/completions",
                    body=self.dialect.spell(asked) | {"stream": True},
                    cast_to=object,
                    stream=True,
                    stream_cls=openai.AsyncStream[object],
                )
            except openai.APIStatusError as error:
                fault = faults.from_openai(error, self.where, "")
                if not isinstance(fault, ModelRequestRefused) or not self.dialect.learn(error.message):
                    raise

    async def _whole(self, asked: dict[str, Any], messages: Sequence[Message], kind: str) -> Completion:
        exchange, pieces = await self._open(asked, messages)
        try:
            async with aclosing(cast("Any", pieces)):
                async for _ in pieces:
                    if exchange.replied % LOOK_EVERY == 0 and goes_round(exchange.text):
                        raise ModelReplyEndless("The reply goes round in circles.")
        finally:
            completion = self._account(exchange, kind)
        return completion

    def _account(self, exchange: Exchange, kind: str) -> Completion:
        """Add up an exchange, finished or broken off; one that never began cost nothing."""
        tokens = exchange.tokens
        cost = accounting.cost(tokens, self.settings)
        if exchange.chunks:
            self.spent.add(tokens, cost)
        return Completion(
            text=exchange.text,
            model=exchange.model,
            prompt_tokens=tokens.prompt,
            cached_tokens=tokens.cached,
            reply_tokens=tokens.reply,
            cost=cost,
            finish=exchange.finish or "stop",
            estimated=tokens.estimated,
            shaped=cast("Any", kind),
        )

    async def _connected(self) -> "AsyncOpenAI":
        if self._client is None:
            await asyncio.to_thread(transport.load)
        if self._client is None:  # another asker may have been faster
            self._client = transport.connect(self.settings, self.base_url)
        return self._client

    async def _discover(self) -> str:
        """Ask the endpoint for its models and take the first.

        Raises:
            ModelNotFound: It has none, or does not list them.
        """
        client = await self._connected()
        import openai

        try:
            models = (await client.models.list()).data
            model = str(models[0].id) if models else ""
        except (openai.OpenAIError, *FOREIGN) as error:
            raise faults.from_openai(error, self.where, self._model or "") from None
        if not model:
            raise ModelNotFound(f"{self.where} serves no model.", hint="Set DATABASEAI_LLM_MODEL.")
        self._model = self._model or model
        return self._model

    # shapes

    async def _shaping(self, shape: Shape | None, deadline: float) -> tuple[str, dict[str, Any]]:
        """The kind of shape the endpoint obeys and the request's fields for it; ("", {}): none."""
        for kind in dialect.KINDS:
            if shape is None or getattr(shape, kind) is None:
                continue
            if kind not in self.dialect.ways:
                async with self._asking_first:
                    if kind not in self.dialect.ways:
                        await self._learn_way(kind, deadline)
            if way := self.dialect.ways.get(kind):
                return kind, dialect.fields(way, shape)
        return "", {}

    async def _learn_way(self, kind: dialect.Kind, deadline: float) -> None:
        """Try the ways with a shape no reply has by chance: some servers accept one and ignore it."""
        asked = self._request(dialect.PROBE, 0.0, dialect.PROBE_TOKENS, ())
        for way in dialect.WAYS[kind]:
            shaped = asked | dialect.fields(way, dialect.probe(kind))
            try:
                reply = await self.attempts.once(partial(self._whole, shaped, dialect.PROBE, ""), deadline)
            except (ModelRequestRefused, ModelReplyMalformed):
                continue
            except LanguageModelError as error:
                if error.code in {"DBAI308", "DBAI309"}:  # empty, endless: not what the shape says
                    continue
                return  # unreachable or busy: nothing learned, the question itself will say so
            if dialect.obeyed(kind, reply.text):
                self.dialect.ways[kind] = way
                return
        self.dialect.ways[kind] = ""

"""The client against the scripted server: each misbehaviour ends in its own error, in time, without leaks."""

import asyncio
import time

import pytest

from databaseai import errors
from databaseai.language_model import Message, OpenAICompatibleModel
from databaseai.language_model.faults import Backoff
from tests import scripted_model as scripted
from tests.scripted_model import Behaviour, ScriptedServer

PROMPT = (Message("system", "You write SQL."), Message("user", "the-secret-question"))
QUICK = Backoff(base_ms=1, cap_ms=2)


async def ask(server: ScriptedServer, **settings: object) -> str:
    model = OpenAICompatibleModel(server.settings(**settings), backoff=QUICK)
    try:
        return (await model.complete(PROMPT)).text
    finally:
        await model.aclose()


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        (scripted.KEY_REFUSED, errors.ModelKeyRefused),
        (scripted.status(403), errors.ModelKeyRefused),
        (scripted.NO_SUCH_MODEL, errors.ModelNotFound),
        (scripted.TOO_LONG, errors.ModelContextExceeded),
        (scripted.status(413), errors.ModelRequestRefused),
        (scripted.status(422), errors.ModelRequestRefused),
        (scripted.status(302, location="http://127.0.0.1:9/"), errors.ModelReplyMalformed),
        (scripted.RATE_LIMITED, errors.ModelRateLimited),
        (scripted.status(429, retry_after="3600"), errors.ModelRateLimited),
        (scripted.BROKEN, errors.ModelFault),
        (scripted.SIGN_IN_PAGE, errors.ModelReplyMalformed),
        (Behaviour(body=scripted.HTML, status=500, content_type="text/html"), errors.ModelFault),
        (Behaviour(body=scripted.HTML), errors.ModelReplyMalformed),
        (Behaviour(body=b"{}"), errors.ModelReplyMalformed),
        (Behaviour(body=b'"x"'), errors.ModelReplyMalformed),
        (Behaviour(body=b"", content_type="text/event-stream"), errors.ModelReplyMalformed),
        (scripted.GARBAGE, errors.ModelReplyMalformed),
        (scripted.NESTED, errors.ModelReplyMalformed),
        (Behaviour(body=b'data: "x"\n\n', content_type="text/event-stream"), errors.ModelReplyMalformed),
        (Behaviour(body=b"data: [1]\n\n", content_type="text/event-stream"), errors.ModelReplyMalformed),
        (
            Behaviour(body=b'data: {"choices": [{"delta": 5}]}\n\n', content_type="text/event-stream"),
            errors.ModelReplyMalformed,
        ),
        (
            Behaviour(
                body=b'data: {"error": {"code": 500, "message": "x"}}\n\n', content_type="text/event-stream"
            ),
            errors.ModelFault,
        ),
        (Behaviour(body=b'{"error": {"code": 429, "message": "x"}}'), errors.ModelRateLimited),
        (Behaviour(body=b'{"choices": [{"message": {"content": ["x"]}}]}'), errors.ModelReplyMalformed),
        (scripted.ENDLESS, errors.ModelReplyEndless),
        (Behaviour(text="x" * 3_000_000, piece_characters=100_000), errors.ModelReplyEndless),
        (Behaviour(body=b"x" * 17_000_000, content_type="text/event-stream"), errors.ModelReplyEndless),
        (scripted.EMPTY, errors.ModelReplyEmpty),
        (Behaviour(text=" \n"), errors.ModelReplyEmpty),
        (scripted.DROPPED, errors.ModelUnreachable),
        (Behaviour(finish=None), errors.ModelUnreachable),
        (scripted.REFUSED, errors.ModelUnreachable),
    ],
)
async def test_each_misbehaviour_has_its_error(behaviour: Behaviour, error: type[Exception]) -> None:
    async with ScriptedServer([behaviour]) as server, asyncio.timeout(5):
        with pytest.raises(errors.LanguageModelError) as caught:
            await ask(server, api_key="hunter2")
    assert type(caught.value) is error
    told = f"{caught.value} {caught.value.hint} {caught.value.facts} {caught.value.__cause__}"
    assert "hunter2" not in told
    assert "secret" not in told


@pytest.mark.parametrize("behaviour", [scripted.SLOW, scripted.TRICKLE])
async def test_the_clock_ends_every_reply(behaviour: Behaviour) -> None:
    """A server that never begins, and one that always has one more piece."""
    async with ScriptedServer([behaviour]) as server:
        began = time.monotonic()
        with pytest.raises(errors.ModelTimeout):
            await ask(server, timeout_ms=400)
        assert time.monotonic() - began < 1.5
        async with asyncio.timeout(2):
            await server.left.wait()


async def test_a_reply_is_counted_as_the_server_says() -> None:
    async with ScriptedServer([Behaviour(text="SELECT 1", cached_tokens=90)]) as server:
        model = OpenAICompatibleModel(
            server.settings(prompt_price_per_million=2.0, reply_price_per_million=10.0)
        )
        reply = await model.complete(PROMPT)
        await model.aclose()
    assert (reply.text, reply.model, reply.finish) == ("SELECT 1", "scripted", "stop")
    assert (reply.prompt_tokens, reply.cached_tokens, reply.reply_tokens) == (100, 90, 2)
    assert reply.cost == pytest.approx((100 * 2 + 2 * 10) / 1e6)
    assert not reply.estimated
    assert (model.spent.calls, model.spent.prompt_tokens) == (1, 100)


async def test_without_usage_the_tokens_are_estimated_and_say_so() -> None:
    async with ScriptedServer([scripted.UNCOUNTED]) as server:
        model = OpenAICompatibleModel(server.settings())
        reply = await model.complete(PROMPT)
        await model.aclose()
    assert reply.estimated
    assert reply.prompt_tokens > 0
    assert reply.reply_tokens == 2
    assert model.spent.estimated_calls == 1

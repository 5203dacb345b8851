"""What the client promises, against the scripted server, a real llama.cpp and (`--system`) a real vLLM."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager, nullcontext
from dataclasses import replace
from typing import Any, cast

import pytest

from databaseai import errors
from databaseai.language_model import Completion, Message, OpenAICompatibleModel, Shape
from databaseai.settings import LanguageModelSettings
from tests import scripted_model as scripted
from tests.language_model import vllm_server
from tests.scripted_model import Behaviour, Request, ScriptedServer

KEY = "the-key"
STORY = (Message("user", "Tell me a long story about a whale."),)
LONG = Message("system", "The whale swims in the deep blue sea and sings. " * 20)


def well_behaved(request: Request) -> Behaviour:
    """What a real server does, in small: key, context, bound, stop, grammar, schema, prefix cache."""
    if request.headers.get("authorization") != f"Bearer {KEY}":
        return scripted.KEY_REFUSED
    if len(request.prompt) > 8_000:
        return scripted.TOO_LONG
    text = "Once upon a time there was a whale. " * 50
    if grammar := request.body.get("grammar"):
        text = str(grammar).split('"')[1]
    elif schema := request.body.get("response_format", {}).get("json_schema", {}).get("schema"):
        text = json.dumps({name: field["enum"][0] for name, field in schema["properties"].items()})
    for stop in request.body.get("stop", ()):
        text = text.partition(stop)[0]
    bound = request.body["max_tokens"] * 4
    cached = 90 if LONG.content in request.prompt else 0
    piece_s = 0.01 if request.body["max_tokens"] > 100 else 0.0
    if len(text) > bound:
        return Behaviour(text=text[:bound], finish="length", cached_tokens=cached, piece_s=piece_s)
    return Behaviour(text=text, cached_tokens=cached)


@asynccontextmanager
async def scripted_endpoint() -> AsyncIterator[LanguageModelSettings]:
    async with ScriptedServer(well_behaved) as server:
        yield server.settings(api_key=KEY)


@pytest.fixture(
    scope="module",
    params=["scripted", "llama.cpp", pytest.param("vllm", marks=pytest.mark.system)],
)
def reaching(request: pytest.FixtureRequest) -> AbstractAsyncContextManager[LanguageModelSettings]:
    """How to reach a server."""
    if request.param == "scripted":
        return scripted_endpoint()
    if request.param == "vllm":
        return vllm_server.serving(request.getfixturevalue("small_model_file"))
    return nullcontext(request.getfixturevalue("small_model").language_model)


@pytest.fixture(scope="module")
async def endpoint(
    reaching: AbstractAsyncContextManager[LanguageModelSettings],
) -> AsyncIterator[LanguageModelSettings]:
    """Settings that reach a server."""
    async with reaching as settings:
        yield settings


@pytest.fixture
async def model(endpoint: LanguageModelSettings) -> AsyncIterator[OpenAICompatibleModel]:
    """A client that knows nothing of the server yet."""
    client = OpenAICompatibleModel(endpoint.model_copy(update={"model": None}))
    yield client
    await client.aclose()


async def test_it_finds_the_model(model: OpenAICompatibleModel) -> None:
    assert await model.ready() == model.name
    assert model.name in {"scripted", "smollm2-135m", vllm_server.NAME}


async def test_a_reply_is_bounded_and_counted(model: OpenAICompatibleModel) -> None:
    reply = await model.complete(STORY, reply_tokens=12)
    assert reply.text.strip()
    assert (reply.finish, reply.reply_tokens) == ("length", 12)
    assert reply.prompt_tokens > 5
    assert not reply.estimated
    assert reply.model == model.name
    assert model.spent.calls == 1


async def test_pieces_add_up_to_the_reply(model: OpenAICompatibleModel) -> None:
    done: list[Completion] = []
    pieces = [piece async for piece in model.stream(STORY, reply_tokens=12, finished=done.append)]
    assert len(pieces) > 3
    assert "".join(pieces) == done[0].text
    assert done[0].reply_tokens == 12


async def test_the_same_beginning_is_not_worked_out_twice(model: OpenAICompatibleModel) -> None:
    await model.complete([LONG, Message("user", "one")], reply_tokens=2)
    second = await model.complete([LONG, Message("user", "two")], reply_tokens=2)
    assert second.cached_tokens > second.prompt_tokens / 3  # vLLM keeps whole blocks of 128


async def test_a_grammar_is_obeyed(model: OpenAICompatibleModel) -> None:
    reply = await model.complete(STORY, shape=Shape(grammar='root ::= "SELECT seven"'))
    assert (reply.text, reply.shaped, reply.finish) == ("SELECT seven", "grammar", "stop")


async def test_a_schema_is_obeyed(model: OpenAICompatibleModel) -> None:
    sql = {"type": "string", "enum": ["SELECT seven"]}
    schema = {
        "type": "object",
        "properties": {"sql": sql},
        "required": ["sql"],
        "additionalProperties": False,
    }
    reply = await model.complete(STORY, shape=Shape(json_schema=schema))
    assert reply.shaped == "json_schema"
    assert json.loads(reply.text) == {"sql": "SELECT seven"}


async def test_a_stop_word_ends_the_reply(model: OpenAICompatibleModel) -> None:
    reply = await model.complete(STORY, stop=[" seven"], shape=Shape(grammar='root ::= "SELECT seven more"'))
    assert (reply.text, reply.finish) == ("SELECT", "stop")


async def test_a_wrong_key_is_refused(endpoint: LanguageModelSettings) -> None:
    settings = LanguageModelSettings.model_validate(
        endpoint.model_dump() | {"api_key": "wrong", "model": "m"}
    )
    client = OpenAICompatibleModel(settings)
    with pytest.raises(errors.ModelKeyRefused):
        await client.complete(STORY)
    await client.aclose()


async def test_a_prompt_that_does_not_fit(model: OpenAICompatibleModel) -> None:
    with pytest.raises(errors.ModelContextExceeded):
        await model.complete([replace(LONG, content=LONG.content * 20)])


async def test_any_script_goes_through(model: OpenAICompatibleModel) -> None:
    asked = [Message("user", "Wie viele Käufer? 顧客は何人; كم عدد العملاء؟ \U0001f433")]
    assert (await model.complete(asked, reply_tokens=4)).text


async def test_many_ask_at_once(model: OpenAICompatibleModel) -> None:
    replies = await asyncio.gather(*(model.complete(STORY, reply_tokens=4) for _ in range(6)))
    assert {reply.reply_tokens for reply in replies} == {4}
    assert model.spent.reply_tokens == 24


async def test_a_stopped_reply_frees_the_server(model: OpenAICompatibleModel) -> None:
    """600 tokens would take seconds; after the first piece nobody wants the rest."""
    async with aclosing(cast("Any", model.stream(STORY, reply_tokens=600))) as pieces:
        async for _ in pieces:
            break
    began = time.monotonic()
    await model.complete(STORY, reply_tokens=1)
    assert time.monotonic() - began < 3

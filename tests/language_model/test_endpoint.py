"""What goes out to the endpoint, and what is learned about it."""

import asyncio
import json
import logging
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import databaseai
from databaseai import errors
from databaseai.language_model import Message, OpenAICompatibleModel, Shape, transport
from databaseai.settings import LanguageModelSettings
from tests import scripted_model as scripted
from tests.scripted_model import Behaviour, Request, ScriptedServer

PROMPT = (Message("system", "You write SQL."), Message("user", "the-secret-question"))
GRAMMAR = Shape(grammar='root ::= "SELECT 1"')
SCHEMA = Shape(json_schema={"type": "object", "properties": {"sql": {"type": "string"}}})


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer() as running:
        yield running


async def test_only_meant_headers_go_out(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The OpenAI client reads keys and headers from the environment that were meant for another host."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-another-host")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-x")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Trace: abc\nAuthorization: Bearer sk-custom")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    for key in (None, "our-key"):
        model = OpenAICompatibleModel(server.settings(api_key=key))
        await model.complete(PROMPT)
        await model.aclose()
    without, with_key = server.requests
    assert set(without.headers) <= transport.SENT_HEADERS | {"user-agent"}
    assert with_key.headers["authorization"] == "Bearer our-key"
    assert with_key.headers["user-agent"] == f"databaseai/{databaseai.__version__}"


async def test_loopback_knows_no_proxy(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    model = OpenAICompatibleModel(server.settings())
    assert (await model.complete(PROMPT)).text == "SELECT 1"
    await model.aclose()


async def test_another_host_goes_through_the_proxy(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The scripted server plays the proxy: it gets the whole address as the path."""
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{server.port}")
    model = OpenAICompatibleModel(server.settings(base_url="http://model.invalid/v1", model="m"))
    assert (await model.complete(PROMPT)).text == "SELECT 1"
    assert server.requests[0].path == "http://model.invalid/v1/chat/completions"
    await model.aclose()


@pytest.mark.parametrize(
    ("url", "loopback", "place"),
    [
        ("http://127.0.0.1:8000/v1", True, "127.0.0.1:8000"),
        ("http://127.9.9.9/v1", True, "127.9.9.9"),
        ("http://[::1]:80/v1", True, "[::1]:80"),
        ("http://localhost/v1", True, "localhost"),
        ("https://user:password@api.example.com/v1", False, "api.example.com"),
        ("http://127.0.0.1.example.com/v1", False, "127.0.0.1.example.com"),
    ],
)
def test_places(url: str, place: str, *, loopback: bool) -> None:
    assert transport.is_loopback(url) is loopback
    assert transport.place(url) == place


@pytest.mark.parametrize("url", ["ftp://x/v1", "nonsense", "http://[::1/v1", "http://127.0.0.1:99999/v1"])
async def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(errors.LanguageModelError):
        await OpenAICompatibleModel(LanguageModelSettings(base_url=url, model="m", retries=0)).complete(
            PROMPT
        )


@pytest.mark.parametrize("key", ["naïve", "a\nb"])
async def test_a_key_no_header_carries(server: ScriptedServer, key: str) -> None:
    with pytest.raises(errors.ModelKeyRefused) as caught:
        await OpenAICompatibleModel(server.settings(api_key=key)).complete(PROMPT)
    assert key not in str(caught.value)


async def test_nothing_secret_is_logged(server: ScriptedServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server.script = [scripted.KEY_REFUSED, scripted.TOO_LONG, scripted.SIGN_IN_PAGE, scripted.BROKEN]
    model = OpenAICompatibleModel(server.settings(api_key="hunter2", retries=0))
    for _ in range(4):
        with pytest.raises(errors.LanguageModelError):
            await model.complete(PROMPT)
    assert "secret" not in caplog.text
    assert "hunter2" not in caplog.text
    await model.aclose()


async def test_the_first_model_is_taken_when_none_is_set(server: ScriptedServer) -> None:
    server.models = ("first", "second")
    model = OpenAICompatibleModel(server.settings())
    assert model.name == f"127.0.0.1:{server.port}"
    assert await model.ready() == model.name == "first"
    await model.complete(PROMPT)
    assert server.requests[0].body["model"] == "first"
    await model.aclose()


async def test_ready_finds_faults_before_a_question_does(server: ScriptedServer) -> None:
    server.models_behaviour = scripted.KEY_REFUSED
    model = OpenAICompatibleModel(server.settings(model="m"))
    with pytest.raises(errors.ModelKeyRefused):
        await model.ready()
    server.models_behaviour = scripted.status(404)  # lists no models, and needs not
    assert await model.ready() == "m"
    await model.aclose()


@pytest.mark.parametrize(
    "listed", [Behaviour(body=b'{"data": []}'), Behaviour(body=b"{}"), scripted.SIGN_IN_PAGE]
)
async def test_no_model_to_take(server: ScriptedServer, listed: Behaviour) -> None:
    server.models_behaviour = listed
    model = OpenAICompatibleModel(server.settings())
    with pytest.raises((errors.ModelNotFound, errors.ModelReplyMalformed)):
        await model.complete(PROMPT)
    assert not server.requests
    await model.aclose()


async def test_an_endpoint_that_does_not_stream_is_understood(server: ScriptedServer) -> None:
    server.script = [Behaviour(ignores_stream=True, cached_tokens=3)]
    model = OpenAICompatibleModel(server.settings())
    reply = await model.complete(PROMPT)
    assert (reply.text, reply.prompt_tokens, reply.cached_tokens) == ("SELECT 1", 100, 3)
    await model.aclose()


@pytest.mark.parametrize(
    ("message", "gone", "there"),
    [
        (
            "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
            "max_tokens",
            "max_completion_tokens",
        ),
        ("Unsupported value: 'temperature' does not support 0.0", "temperature", "max_tokens"),
        ("Unrecognized field `stream_options`", "stream_options", "max_tokens"),
    ],
)
async def test_a_refused_parameter_is_left_out_from_then_on(
    server: ScriptedServer, message: str, gone: str, there: str
) -> None:
    server.script = lambda request: scripted.status(400, message) if gone in request.body else "SELECT 1"
    model = OpenAICompatibleModel(server.settings())
    for _ in range(2):
        assert (await model.complete(PROMPT)).text == "SELECT 1"
    assert [gone in request.body for request in server.requests] == [True, False, False]
    assert there in server.requests[-1].body
    await model.aclose()


def llama(request: Request) -> Behaviour | str:
    """Obeys `grammar`, as llama.cpp does; knows no other way."""
    grammar = str(request.body.get("grammar", ""))
    return grammar.partition('"')[2].rstrip('"') or "Sure! Here is prose."


def vllm(request: Request) -> Behaviour | str:
    """Obeys `structured_outputs`; accepts and ignores the rest."""
    asked = dict(request.body.get("structured_outputs") or {})
    return str(asked.get("grammar", "")).partition('"')[2].rstrip('"') or "Sure! Here is prose."


def hosted(request: Request) -> Behaviour | str:
    """Refuses fields it does not know; obeys `response_format`."""
    if {"grammar", "structured_outputs"} & set(request.body):
        return scripted.status(400, "Unrecognized request argument supplied")
    schema = request.body.get("response_format", {}).get("json_schema", {}).get("schema", {})
    words = {name: field.get("enum", ["SELECT 1"])[0] for name, field in schema.get("properties", {}).items()}
    return json.dumps(words) if words else "Sure! Here is prose."


def deaf(request: Request) -> Behaviour | str:
    """Accepts everything and obeys nothing, as older vLLM servers do."""
    del request
    return "Sure! Here is prose."


@pytest.mark.parametrize(
    ("script", "shape", "shaped", "text", "probes"),
    [
        (llama, GRAMMAR, "grammar", "SELECT 1", 1),
        (vllm, GRAMMAR, "grammar", "SELECT 1", 2),
        (hosted, GRAMMAR, "", "Sure! Here is prose.", 2),
        (hosted, SCHEMA, "json_schema", '{"sql": "SELECT 1"}', 1),
        (hosted, Shape(GRAMMAR.grammar, SCHEMA.json_schema), "json_schema", '{"sql": "SELECT 1"}', 3),
        (deaf, GRAMMAR, "", "Sure! Here is prose.", 2),
        (deaf, SCHEMA, "", "Sure! Here is prose.", 1),
    ],
)
async def test_shapes_are_asked_for_only_where_they_are_obeyed(
    server: ScriptedServer, script: scripted.Script, shape: Shape, shaped: str, text: str, probes: int
) -> None:
    server.script = script
    model = OpenAICompatibleModel(server.settings(retries=0))
    for _ in range(2):
        reply = await model.complete(PROMPT, shape=shape)
        assert (reply.text, reply.shaped) == (text, shaped)
    assert len(server.requests) == probes + 2
    await model.aclose()


@pytest.mark.parametrize(("script", "known"), [(llama, "grammar: llama.cpp"), (deaf, "grammar: not obeyed")])
async def test_what_the_endpoint_obeys_is_told_once_it_is_known(
    server: ScriptedServer, script: scripted.Script, known: str
) -> None:
    server.script = script
    model = OpenAICompatibleModel(server.settings(retries=0))
    assert "grammar" not in await model.condition()
    await model.complete(PROMPT, shape=GRAMMAR)
    assert await model.condition() == f"{model.name}; {known}"
    await model.aclose()


async def test_many_askers_probe_once(server: ScriptedServer) -> None:
    server.script = llama
    model = OpenAICompatibleModel(server.settings())
    replies = await asyncio.gather(*(model.complete(PROMPT, shape=GRAMMAR) for _ in range(8)))
    assert {reply.shaped for reply in replies} == {"grammar"}
    assert len(server.requests) == 9
    await model.aclose()


async def test_a_probe_that_found_nobody_is_made_again(server: ScriptedServer) -> None:
    server.script = [scripted.BROKEN]
    model = OpenAICompatibleModel(server.settings(retries=0))
    with pytest.raises(errors.ModelFault):
        await model.complete(PROMPT, shape=GRAMMAR)
    server.script = llama
    assert (await model.complete(PROMPT, shape=GRAMMAR)).shaped == "grammar"
    await model.aclose()


async def test_a_grammar_the_server_cannot_read_costs_the_shape_only(server: ScriptedServer) -> None:
    def script(request: Request) -> Behaviour | str:
        broken = "(((" in str(request.body.get("grammar"))
        return scripted.status(400, "failed to parse grammar") if broken else llama(request)

    server.script = script
    model = OpenAICompatibleModel(server.settings())
    reply = await model.complete(PROMPT, shape=Shape(grammar="root ::= ((("))
    assert (reply.text, reply.shaped) == ("Sure! Here is prose.", "")
    await model.aclose()


def test_importing_the_room_does_not_import_the_library() -> None:
    """The openai package takes half a second; a command that asks no model must not pay for it."""
    code = (
        "import sys, databaseai.language_model; sys.exit('openai' in sys.modules or 'httpx2' in sys.modules)"
    )
    path = str(Path(databaseai.__file__).parents[1])
    assert subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": path}, check=False).returncode == 0

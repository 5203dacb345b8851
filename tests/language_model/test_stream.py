"""Replies in pieces."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any, cast

import pytest

from databaseai import errors
from databaseai.language_model import Completion, Message, OpenAICompatibleModel
from databaseai.language_model.faults import Backoff
from tests import scripted_model as scripted
from tests.scripted_model import Behaviour, ScriptedServer

PROMPT = (Message("user", "how many?"),)
QUICK = Backoff(base_ms=1, cap_ms=2)


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer() as running:
        yield running


async def test_pieces_come_one_by_one_and_add_up(server: ScriptedServer) -> None:
    server.script = [scripted.STREAMED]
    model = OpenAICompatibleModel(server.settings())
    done: list[Completion] = []
    pieces = [piece async for piece in model.stream(PROMPT, finished=done.append)]
    assert len(pieces) == 7
    assert "".join(pieces) == done[0].text == scripted.STREAMED.text
    assert done[0].prompt_tokens == 100
    await model.aclose()


async def test_before_the_first_piece_it_is_tried_again(server: ScriptedServer) -> None:
    server.script = [scripted.BROKEN, Behaviour(drop_after=0), "SELECT 3"]
    model = OpenAICompatibleModel(server.settings(), backoff=QUICK)
    assert "".join([piece async for piece in model.stream(PROMPT)]) == "SELECT 3"
    await model.aclose()


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        (Behaviour(text="SELECT count(*)", drop_after=2, piece_s=0.02), errors.ModelUnreachable),
        (scripted.ENDLESS, errors.ModelReplyEndless),
        (scripted.EMPTY, errors.ModelReplyEmpty),
        (scripted.SIGN_IN_PAGE, errors.ModelReplyMalformed),
        (Behaviour(text="SELECT 1 " * 99, piece_s=0.05), errors.ModelTimeout),
    ],
)
async def test_each_misbehaviour_has_its_error(
    server: ScriptedServer, behaviour: Behaviour, error: type[Exception]
) -> None:
    server.script = [behaviour]
    model = OpenAICompatibleModel(server.settings(timeout_ms=700), backoff=QUICK)
    with pytest.raises(error):
        async for _ in model.stream(PROMPT):
            pass
    await model.aclose()


async def test_closing_early_stops_the_server_and_counts_what_came(server: ScriptedServer) -> None:
    server.script = [Behaviour(text="x ", endless=True, piece_s=0.01)]
    model = OpenAICompatibleModel(server.settings())
    async with aclosing(cast("Any", model.stream(PROMPT))) as pieces:
        async for _ in pieces:
            break
    async with asyncio.timeout(1):
        await server.left.wait()
    assert model.spent.calls == 1
    await model.aclose()

"""The client over a real socket: streams, breaks, stops, refusals."""

import asyncio

import pytest

from databaseai.errors import BY_CODE
from databaseai_web import client
from databaseai_web.sse import WireEvent
from tests.frontend.scripted_api import ScriptedApi

CALLER = client.Caller(cookie="session=s3cret", address="192.0.2.7")


async def asked(question: str, conversation: str = "") -> list[WireEvent]:
    return [event async for event in client.ask(question, conversation, CALLER)]


async def test_only_what_is_confirmed_says_so(scripted: ScriptedApi) -> None:
    assert (await asked("Too heavy"))[-1].data["confirmable"]
    found = [event async for event in client.ask("Too heavy", "", CALLER, confirmed=True)]
    assert found[-1].kind == "done"
    assert [body.get("confirmed") for _, _, body in scripted.requests] == [None, True]


async def test_only_what_is_asked_all_the_same_says_so(scripted: ScriptedApi) -> None:
    await asked("Which one?")
    assert [event async for event in client.ask("Which one?", "", CALLER, anyway=True)]
    assert [body.get("answer_anyway") for _, _, body in scripted.requests] == [None, True]


@pytest.mark.usefixtures("scripted")
async def test_an_answer_streams_to_its_end() -> None:
    found = await asked("")
    kinds = [event.kind for event in found]
    assert kinds[0] == "accepted"
    assert kinds[-1] == "done"
    assert {"step", "sql", "rows", "text", "card", "chart", "confidence"} < set(kinds)
    assert [int(event.id) for event in found] == list(range(1, len(found) + 1))


async def test_who_asks_is_handed_on(scripted: ScriptedApi) -> None:
    await asked("", "0" * 32)
    _, headers, body = scripted.requests[0]
    assert headers["cookie"] == "session=s3cret"
    assert headers["x-forwarded-for"] == "192.0.2.7"
    assert len(headers["x-request-id"]) == 32
    assert body["conversation"] == "0" * 32
    assert body["idempotency_key"]


async def test_a_first_question_names_no_conversation(scripted: ScriptedApi) -> None:
    await asked("")
    assert "conversation" not in scripted.requests[0][2]


async def test_a_broken_stream_goes_on_where_it_stopped(scripted: ScriptedApi) -> None:
    """Two breaks; every event once, and the question is asked once."""
    found = await asked("Broken off")
    assert [event.data["delta"] for event in found if event.kind == "text"] == ["Still ", "whole."]
    assert found[-1].kind == "done"
    names = [name for name, _, _ in scripted.requests]
    assert names == ["ask", "events", "events"]
    assert [headers.get("last-event-id") for _, headers, _ in scripted.requests] == [None, "3", "4"]


async def test_a_break_before_the_address_joins_the_same_run(scripted: ScriptedApi) -> None:
    """Asked again with the same key: the API starts no second run."""
    scripted.break_first = True
    found = await asked("")
    assert found[-1].kind == "done"
    assert [name for name, _, _ in scripted.requests] == ["ask", "ask"]
    assert len(scripted.runs) == 1


@pytest.mark.usefixtures("scripted")
async def test_a_refusal_ends_as_a_problem() -> None:
    found = await asked("No model")
    assert [event.kind for event in found] == ["problem"]
    assert found[0].data["code"] == "DBAI301"


@pytest.mark.usefixtures("scripted")
async def test_an_api_that_is_gone_ends_as_a_problem() -> None:
    await client.api.close()
    client.api.base_url = "http://127.0.0.1:1"
    found = await asked("")
    assert [event.data["code"] for event in found] == ["DBAI902"]
    assert BY_CODE["DBAI902"].title == found[0].data["title"]
    with pytest.raises(client.Refused, match="Server unreachable"):
        await client.catalog(CALLER)


@pytest.mark.usefixtures("scripted")
async def test_a_reply_that_is_no_problem_document_still_says_something() -> None:
    with pytest.raises(client.Refused) as refused:
        await client.get("/nowhere", CALLER)
    assert "404" in refused.value.problem["detail"]


async def test_stop_ends_the_run(scripted: ScriptedApi) -> None:
    found = []
    async with asyncio.timeout(10):
        async for event in client.ask("Never ends", "", CALLER):
            found.append(event)
            if event.kind == "step" and event.data["name"] == "generation":
                await client.stop(found[0].data["answer_id"], CALLER)
    assert found[-1].kind == "problem"
    assert found[-1].data["code"] == "DBAI716"
    assert "stop" in [name for name, _, _ in scripted.requests]


@pytest.mark.usefixtures("scripted")
async def test_an_answer_can_be_followed_from_its_start() -> None:
    first = await asked("")
    again = [event async for event in client.follow(first[0].data["answer_id"], CALLER)]
    assert again == first


@pytest.mark.parametrize("answer_id", ["", "../catalog", "0" * 31, "0" * 33, "0" * 32 + "/run", "G" * 32])
async def test_only_ids_become_addresses(scripted: ScriptedApi, answer_id: str) -> None:
    """The browser names answers too; none of its words reaches another route."""
    with pytest.raises(client.Refused, match="Not found"):
        await client.answer(answer_id, CALLER)
    with pytest.raises(client.Refused, match="Not found"):
        await client.stop(answer_id, CALLER)
    assert scripted.requests == []

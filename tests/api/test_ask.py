"""The stream of an answer: its order, its end, its ids, and what a reader gets who left and came back."""

import asyncio
import json

import pytest

from databaseai.api.schemas import EVENTS, Answer
from databaseai.ask.events import Done, Problem, Rows, Step, Text
from databaseai.errors import GuardrailError, ModelUnreachable, WriteRefused
from databaseai.store.answers import Answers
from tests.api.conftest import Serve
from tests.api.serving import COLUMNS, DONE, WHOLE, Got, until


async def test_events_in_order_with_one_end(served: Serve) -> None:
    api = await served()
    events = await api.ask()
    assert [event.kind for event in events] == ["accepted", *(one.kind for one in WHOLE)]  # type: ignore[union-attr]  # events only
    assert [event.id for event in events] == list(range(1, len(events) + 1))
    for event in events:
        EVENTS[event.kind].model_validate(event.data, extra="forbid")
    assert events[5].data["rows"] == [["Köln", 12], ["Łódź", None]]


async def test_the_answer_is_its_events_added_up(served: Serve) -> None:
    """Also the same whether it is read while it runs here, from the store, or asked for as JSON."""
    api = await served()
    events = await api.ask()
    answer = (await api.http.get(f"/answers/{events[0].data['answer_id']}")).json()
    Answer.model_validate(answer, extra="forbid")
    assert set(answer) == set(Answer.model_fields)
    assert answer["text"] == "Köln has 12."
    assert answer["status"] == "answered"
    assert answer["rows"] == [["Köln", 12], ["Łódź", None]]
    assert answer["usage"]["prompt_tokens"] == 900
    headers = {"accept": "application/json"}
    whole = (await api.http.post("/ask", json={"question": "How many customers?"}, headers=headers)).json()
    other = {"answer_id", "conversation", "started_at", "finished_at"}
    assert {name: whole[name] for name in whole if name not in other} == {
        name: answer[name] for name in answer if name not in other
    }


@pytest.mark.parametrize("after", range(1, len(WHOLE) + 1))
async def test_a_reader_who_comes_back_gets_exactly_the_rest(served: Serve, after: int) -> None:
    api = await served()
    events = await api.ask()
    rest = await api.events(events[0].data["answer_id"], after)
    assert joined(rest) == joined(events[after:])
    assert rest[-1] == events[-1]


async def test_nothing_left_to_send_is_204(served: Serve) -> None:
    """A browser's EventSource would otherwise ask again for ever."""
    api = await served()
    events = await api.ask()
    path = f"/answers/{events[0].data['answer_id']}/events"
    response = await api.http.get(path, headers={"last-event-id": str(events[-1].id)})
    assert response.status_code == 204


async def test_many_followers_each_get_all_once(served: Serve) -> None:
    """Whenever they come: before, while, after; from the beginning or from the middle."""
    script = [item for number in range(200) for item in (Text(f"{number} "), 0.001)]
    api = await served([*script, DONE], keep_every_s=0.02)
    async with api.stream("POST", "/ask", json={"question": "Long?"}) as first:
        answer_id = (await anext(first)).data["answer_id"]

        async def follower(delay_s: float, after: int) -> list[Got]:
            await asyncio.sleep(delay_s)
            return await api.events(answer_id, after)

        places = [(0.02 * number, 13 * number) for number in range(12)]
        followers = [asyncio.create_task(follower(*place)) for place in places]
        mine = [event async for event in first]
        for (_, after), got in zip(places, await asyncio.gather(*followers), strict=True):
            ids = [event.id for event in got]
            assert ids == sorted(set(ids))
            expected = "".join(e.data["delta"] for e in mine if e.kind == "text" and e.id > after)
            assert joined(got)[0] == expected
            assert got[-1].kind == "done"


async def test_leaving_the_stream_stops_nothing(served: Serve) -> None:
    gate = asyncio.Event()
    api = await served([Step("question", "done"), gate, DONE])
    async with api.stream("POST", "/ask", json={"question": "Long?"}) as events:
        answer_id = (await anext(events)).data["answer_id"]
    gate.set()
    assert [event.kind for event in await api.events(answer_id)] == ["accepted", "step", "done"]
    assert not api.pipeline.cancelled


async def test_a_slow_reader_holds_up_nothing(served: Serve) -> None:
    """Someone who never reads costs the run no time, and the next reader gets everything."""
    api = await served([*(Text("x" * 1000) for _ in range(5000)), DONE])
    body = json.dumps({"question": "Long?"}).encode()
    head = (
        "POST /api/v1/ask HTTP/1.1\r\nhost: localhost\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    _, writer = await asyncio.open_connection("127.0.0.1", int(api.url.rpartition(":")[2]), limit=1)
    writer.write(head.encode() + body)
    await writer.drain()
    await until(lambda: api.tools.runs.running)
    (answer_id,) = api.tools.runs.running
    await until(lambda: not api.tools.runs.running)
    assert len(joined(await api.events(answer_id))[0]) == 5_000_000
    writer.close()


async def test_silence_is_filled_with_comments(served: Serve) -> None:
    api = await served([0.5, DONE], heartbeat_s=0.1)
    kinds = [event.kind for event in await api.ask()]
    assert kinds.count("comment") >= 3
    assert [kind for kind in kinds if kind != "comment"] == ["accepted", "done"]


async def test_a_key_gives_the_same_answer(served: Serve) -> None:
    """Sent twice at once, and again later: one run."""
    api = await served([0.2, *WHOLE])
    both = await asyncio.gather(*(api.ask(idempotency_key="k-1") for _ in range(2)))
    again = await api.ask(idempotency_key="k-1")
    assert joined(both[0]) == joined(both[1]) == joined(again)
    assert len(api.pipeline.asked) == 1
    other = await api.http.post("/ask", json={"question": "Another?", "idempotency_key": "k-1"})
    assert other.json()["code"] == "DBAI112"
    assert other.status_code == 409


async def test_a_follow_up_knows_the_answered_turns(served: Serve) -> None:
    api = await served()
    first = (await api.ask("First?"))[0].data
    api.pipeline.script = [Problem(WriteRefused())]
    await api.ask("Second?", conversation=first["conversation"])
    api.pipeline.script = WHOLE
    await api.ask("Third?", conversation=first["conversation"], answer_anyway=True)
    (_, nothing, plainly), (_, one, _), (_, two, anyway) = api.pipeline.asked
    assert nothing == []
    assert one == two == [("First?", "SELECT city, count(*) FROM customer GROUP BY 1")]
    assert (plainly, anyway) == (False, True)


async def test_a_conversation_may_have_the_clients_own_id(served: Serve) -> None:
    api = await served()
    own = "0123456789abcdef0123456789abcdef"
    assert (await api.ask(conversation=own))[0].data["conversation"] == own
    await api.ask("And then?", conversation=own)
    assert len(api.pipeline.asked[1][1]) == 1


@pytest.mark.parametrize(
    ("script", "code", "status"),
    [
        ([Problem(WriteRefused("no"), "m", sql="DROP TABLE x")], "DBAI507", "refused"),
        ([Problem(ModelUnreachable())], "DBAI301", "failed"),
        ([ModelUnreachable("raised")], "DBAI301", "failed"),
        ([ValueError("hunter2")], "DBAI901", "failed"),
        ([Text("and then nothing")], "DBAI901", "failed"),
    ],
)
async def test_every_failure_ends_in_one_problem(
    served: Serve, caplog: pytest.LogCaptureFixture, script: list[Problem], code: str, status: str
) -> None:
    api = await served([Step("question", "done"), *script])
    events = await api.ask()
    assert [event.kind for event in events].count("problem") == 1
    last = events[-1]
    assert (last.kind, last.data["code"]) == ("problem", code)
    assert last.data["instance"].endswith(events[0].data["answer_id"])
    answer = (await api.http.get(f"/answers/{events[0].data['answer_id']}")).json()
    assert (answer["status"], answer["problem"]["code"]) == (status, code)
    Answer.model_validate(answer)
    if issubclass(type(script[0]), Problem) and isinstance(script[0].error, GuardrailError):
        assert answer["sql"] == last.data["sql"] == "DROP TABLE x"
    assert "hunter2" not in caplog.text + json.dumps(last.data)


async def test_stop(served: Serve) -> None:
    """The flow is cancelled, which cancels its model call and its query; the stream ends with DBAI716."""
    api = await served([Step("generation", "started"), 60.0, DONE])
    async with api.stream("POST", "/ask", json={"question": "Long?"}) as events:
        answer_id = (await anext(events)).data["answer_id"]
        assert (await api.http.delete(f"/answers/{answer_id}/run")).status_code == 204
        got = [event async for event in events]
    assert got[-1].data["code"] == "DBAI716"
    assert api.pipeline.cancelled == 1
    assert (await api.http.delete(f"/answers/{answer_id}/run")).status_code == 204
    answer = (await api.http.get(f"/answers/{answer_id}")).json()
    assert answer["status"] == "failed"


async def test_stop_at_once_and_at_the_end(served: Serve) -> None:
    """Whenever the stop comes, there is exactly one end, kept and shown alike."""
    api = await served([0.01, DONE])
    for delay_s in (0.0, 0.005, 0.01, 0.012, 0.015):
        async with api.stream("POST", "/ask", json={"question": "Short?"}) as events:
            answer_id = (await anext(events)).data["answer_id"]
            await asyncio.sleep(delay_s)
            await api.http.delete(f"/answers/{answer_id}/run")
            shown = [event async for event in events if event.kind in {"done", "problem"}]
        kept = [event for event in await api.events(answer_id) if event.kind in {"done", "problem"}]
        assert len(shown) == 1
        assert shown == kept


async def test_one_more_than_may_run_is_refused(served: Serve) -> None:
    gate = asyncio.Event()
    api = await served([gate, DONE], settings={"DATABASEAI_ASK_CONCURRENT": "2"})
    running = [asyncio.create_task(api.ask(idempotency_key=f"k{number}")) for number in range(2)]
    await until(lambda: len(api.tools.runs.running) == 2)
    refused = await api.http.post("/ask", json={"question": "Too many?"})
    assert (refused.status_code, refused.json()["code"]) == (429, "DBAI108")
    assert int(refused.headers["retry-after"]) > 0
    same = asyncio.create_task(api.ask(idempotency_key="k0"))  # a known one is no new one
    gate.set()
    assert joined(await same) == joined((await asyncio.gather(*running))[0])
    assert (await api.ask())[-1].kind == "done"


async def test_no_sign_breaks_a_line(served: Serve) -> None:
    """What some readers take for a line's end travels escaped, in text and rows."""
    signs = "a\u2028b\u2029c\x85d\x0be\x1cf\r\ng"
    api = await served([Text(signs), Rows(COLUMNS, ((signs, 1),), truncated=False), DONE])
    _, text, rows, _ = await api.ask()
    assert (text.data["delta"], rows.data["rows"][0][0]) == (signs, signs)


async def test_deltas_are_kept_together(served: Serve, answers: Answers) -> None:
    api = await served([*(Text("ab") for _ in range(100)), Done("answered")])
    answer_id = (await api.ask())[0].data["answer_id"]
    assert [event.kind for event in await answers.events(answer_id)] == ["accepted", "text", "done"]


def joined(events: list[Got]) -> tuple[str, list[tuple[str, object]]]:
    """The text, and all else in order: how a text is cut into deltas is nobody's business."""
    told = [event for event in events if event.kind != "comment"]
    text = "".join(event.data["delta"] for event in told if event.kind == "text")
    return text, [(event.kind, event.data) for event in told if event.kind != "text"]

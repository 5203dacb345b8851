"""Several processes, one store: an answer outlives its process, and exactly one process works on it."""

import asyncio
import os
import signal
import sys
from itertools import groupby
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from databaseai.ask.events import Step, Text
from databaseai.errors import StoreUnreachable
from databaseai.store import Store
from databaseai.store.answers import ATTEMPT_SEQUENCES, Answers, KeptEvent
from tests.api.conftest import Serve
from tests.api.serving import DONE, WHOLE, Got, read, until

ROOT = Path(__file__).parents[2]
ORPHAN = text("""
UPDATE answer SET lease_until = now() - interval '1 s', attempt = :attempt, owner = 'nobody'""")
QUICK = {"lease_s": 0.6, "keep_every_s": 0.05}


async def test_an_answer_survives_kill_9(store_url: str, served: Serve) -> None:
    """A reader who was there goes on at the next process with what they saw last.

    On the same machine at once: the lease of a process that is gone is not waited for.
    """
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(("backend", "."))}
    doomed = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.api.doomed",
        store_url,
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
    )
    assert doomed.stdout
    url = (await doomed.stdout.readline()).decode().strip()
    seen: list[Got] = []

    async def read_until_it_breaks() -> None:
        async with (
            httpx.AsyncClient(base_url=f"{url}/api/v1", trust_env=False, timeout=20) as http,
            http.stream("POST", "/ask", json={"question": "How many?"}) as response,
        ):
            async for event in read(response):
                seen.append(event)
                if event.data.get("delta") == "answ":
                    doomed.send_signal(signal.SIGKILL)

    with pytest.raises(httpx.RemoteProtocolError):
        await read_until_it_breaks()
    await doomed.wait()
    answer_id = seen[0].data["answer_id"]
    api = await served(**QUICK)
    rest = await api.events(answer_id, seen[-1].id)
    told = [event for event in rest if event.kind != "comment"]
    expected = ["restarted", *(one.kind for one in WHOLE)]  # type: ignore[union-attr]  # events only
    assert [kind for kind, _ in groupby(event.kind for event in told)] == [
        kind for kind, _ in groupby(expected)
    ]
    assert told[0].id > max(seen[-1].id, ATTEMPT_SEQUENCES)
    answer = (await api.http.get(f"/answers/{answer_id}")).json()
    assert (answer["status"], answer["text"]) == ("answered", "Köln has 12.")
    assert [event.kind for event in await api.events(answer_id)][:2] == ["accepted", "step"]


async def test_an_answer_that_kills_its_process_is_given_up(store: Store, served: Serve) -> None:
    first = await served([3600.0], **QUICK)
    ask = asyncio.create_task(first.ask())
    await until(lambda: first.pipeline.asked)
    await orphan_all(store, attempt=2)
    second = await served(**QUICK)
    events = await ask
    kinds = [event.kind for event in events if event.kind != "comment"]
    assert kinds == ["accepted", "restarted", "problem"]
    assert events[-1].data["code"] == "DBAI901"
    assert not second.pipeline.asked


async def test_another_replica_takes_over_and_the_first_lets_go(store: Store, served: Serve) -> None:
    """As when a process was paused for long: its followers see the other's events to the end."""
    first = await served([Text("first"), 3600.0], lease_s=0.6, keep_every_s=0.05)
    reader = asyncio.create_task(first.ask())
    await until(lambda: len(first.pipeline.asked) == 1)
    await orphan_all(store)
    second = await served([Text("second"), DONE], **QUICK)
    events = [event for event in await reader if event.kind != "comment"]
    assert [event.kind for event in events] == ["accepted", "text", "restarted", "text", "done"]
    assert first.pipeline.cancelled == 1
    assert len(second.pipeline.asked) == 1


async def test_any_replica_shows_and_stops_any_answer(served: Serve) -> None:
    first = await served([Step("generation", "started"), 3600.0], **QUICK)
    second = await served(heartbeat_s=0.2)
    async with first.stream("POST", "/ask", json={"question": "Long?"}) as events:
        answer_id = (await anext(events)).data["answer_id"]
        reader = asyncio.create_task(second.events(answer_id))
        assert (await second.http.get(f"/answers/{answer_id}")).json()["status"] == "running"
        await asyncio.sleep(0.3)
        assert (await second.http.delete(f"/answers/{answer_id}/run")).status_code == 202
        here = [event async for event in events]
    there = [event for event in await reader if event.kind != "comment"]
    assert here[-1].data["code"] == "DBAI716"
    assert [event.kind for event in there] == ["accepted", "step", "problem"]


async def test_shutting_down_waits_then_hands_over(served: Serve) -> None:
    """What can finish does; the rest begins anew at the next process at once, not after a lease."""
    first = await served([0.4, DONE], lease_s=3600.0, settings={"DATABASEAI_SERVER_DRAIN_MS": "1000"})
    quick = (await first.http.post("/ask", json={"question": "Quick?"})).text
    first.pipeline.script = [3600.0]
    slow = asyncio.create_task(first.ask("Slow?"))
    await until(lambda: len(first.pipeline.asked) == 2)
    draining = asyncio.create_task(first.tools.runs.drain())
    await asyncio.sleep(0.05)
    refused = await first.http.post("/ask", json={"question": "New?"})
    assert (refused.status_code, refused.json()["code"]) == (503, "DBAI113")
    assert (await first.http.get("/health/ready")).status_code == 503
    await draining
    assert [event.kind for event in await slow] == ["accepted"]
    second = await served(lease_s=3600.0, keep_every_s=0.05)
    await until(lambda: second.pipeline.asked)
    assert second.pipeline.asked[0][0] == "Slow?"
    assert "event: done" in quick


async def test_an_end_that_cannot_be_kept_is_told(served: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """`done` means kept; without the store there is no `done`."""

    async def away(*_: object, **__: object) -> bool:
        raise StoreUnreachable

    monkeypatch.setattr("databaseai.api.run.KEEP_PAUSES_S", (0.01,))
    api = await served(lease_s=3600.0)
    monkeypatch.setattr(Answers, "finish", away)
    events = await api.ask()
    assert events[-1].data["code"] == "DBAI801"
    assert "done" not in [event.kind for event in events]


async def test_a_stream_from_the_store_ends_when_the_store_is_away(
    served: Serve, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Without a last event, so that the reader comes back; nothing unforeseen is logged."""

    async def away(*_: object, **__: object) -> list[KeptEvent]:
        raise StoreUnreachable

    first = await served([Step("generation", "started"), 3600.0])
    second = await served()
    async with first.stream("POST", "/ask", json={"question": "Long?"}) as events:
        answer_id = (await anext(events)).data["answer_id"]
        reader = asyncio.create_task(second.events(answer_id))
        await asyncio.sleep(0.2)
        monkeypatch.setattr(Answers, "events", away)
        assert [event.kind for event in await reader][:1] == ["accepted"]
        await first.http.delete(f"/answers/{answer_id}/run")
    assert "unexpected" not in caplog.text


async def test_the_store_away_for_a_while_harms_no_run(
    served: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = 0

    async def away(*_: object, **__: object) -> bool:
        nonlocal calls
        calls += 1
        raise StoreUnreachable

    gate = asyncio.Event()
    api = await served([Step("generation", "started"), gate, *WHOLE], **QUICK)
    with monkeypatch.context() as broken:
        for method in ("append", "renew", "take_over"):
            broken.setattr(Answers, method, away)
        reader = asyncio.create_task(api.ask())
        await until(lambda: calls > 2)
    gate.set()
    assert (await reader)[-1].kind == "done"


async def orphan_all(store: Store, *, attempt: int = 0) -> None:
    """Let every lease run out, as if its process had been away for long."""
    await store.database.rows(ORPHAN, {"attempt": attempt})

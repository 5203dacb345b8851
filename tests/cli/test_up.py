"""The life of `up`: real processes, a real PostgreSQL, a scripted model behind real HTTP."""

import asyncio
import json
import os
import signal
import socket
from pathlib import Path

import httpx
import psutil

from databaseai.cli import instance
from tests.cli.desk import Desk, all_gone, family, json_lines, until
from tests.scripted_model import Behaviour, ScriptedServer


async def test_up_answers_says_so_and_goes_down(desk: Desk) -> None:
    found = await desk.up()
    processes = family(found.pid)
    status = await desk.run("status", "--json")
    assert (status.code, json.loads(status.out)["url"]) == (0, found.url)

    answer = await desk.run("ask", "--json", "How many orders are there?")
    assert answer.code == 0, answer.err
    assert json.loads(answer.out)["status"] == "answered"

    again = await desk.run("up")
    assert (again.code, again.out) == (0, "")
    assert found.url in again.err

    down = await desk.run("down")
    assert down.code == 0, down.err
    assert await all_gone(processes)
    assert (await desk.run("status")).code == 1


async def test_ask_starts_what_is_missing_and_stops_it(desk: Desk) -> None:
    process = await desk.spawn("ask", "--json", "How many orders are there?")
    seen: dict[int, psutil.Process] = {}

    def watched() -> bool | None:
        with_children = family(process.pid) if process.returncode is None else []
        seen.update({one.pid: one for one in with_children})
        return True if len(seen) > 2 else None

    await until(watched, 60)
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    assert json.loads(out)["rows"]
    assert await all_gone(list(seen.values()))
    assert not instance.held(desk.settings)


async def test_a_taken_port_is_named_with_the_way_out(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = await desk.run("up", "--port", str(port))
    assert done.code == 2
    assert "DBAI003" in done.err
    assert "--port" in done.err


async def test_listening_outside_is_refused(desk: Desk) -> None:
    done = await desk.run("up", DATABASEAI_SERVER_HOST="0.0.0.0")
    assert done.code == 2
    assert "DBAI012" in done.err


async def test_ctrl_c_stops_everything(desk: Desk) -> None:
    found = await desk.up()
    processes = family(found.pid)
    os.kill(found.pid, signal.SIGINT)
    assert await all_gone(processes)


async def test_ctrl_c_while_it_starts_stops_everything(desk: Desk) -> None:
    process = await desk.spawn("up", "--no-ui")
    children = await until(lambda: family(process.pid) if len(family(process.pid)) > 1 else None, 60)
    process.send_signal(signal.SIGINT)
    assert await all_gone(children)
    await process.communicate()
    found = await desk.up()  # what was half made does not stand in the way
    assert found.url


async def test_down_stops_a_start_under_way(desk: Desk) -> None:
    """Before it answers, `status` says that it starts, and `down` reaches it."""
    process = await desk.spawn("up", "--no-ui", DATABASEAI_EMBEDDED_SAMPLE_SCALE="20")
    children = await until(lambda: family(process.pid) if len(family(process.pid)) > 3 else None, 60)
    status = await desk.run("status", "--json")
    assert (status.code, json.loads(status.out).get("starting")) == (1, process.pid)
    assert (await desk.run("down")).code == 0
    assert await all_gone(children)
    await process.communicate()


async def test_a_killed_server_leaves_no_orphan_and_loses_no_question(
    desk: Desk, model: ScriptedServer
) -> None:
    """kill -9 while the model thinks: the next start takes the question up again and answers it."""
    script, model.script = model.script, [Behaviour(first_byte_s=60)]
    found = await desk.up()
    processes = family(found.pid)
    async with httpx.AsyncClient(base_url=found.url, trust_env=False, timeout=30) as http:
        body = {"question": "How many orders are there?", "idempotency_key": "one"}
        async with http.stream("POST", "/api/v1/ask", json=body) as response:
            accepted = await anext(line async for line in response.aiter_lines() if line.startswith("data:"))
            await model.arrived.wait()
            os.kill(found.pid, signal.SIGKILL)
            assert await all_gone(processes)
    model.script = script
    answer_id = json.loads(accepted.removeprefix("data:"))["answer_id"]

    found = await desk.up()
    async with httpx.AsyncClient(base_url=found.url, trust_env=False, timeout=60) as http:
        async with http.stream("GET", f"/api/v1/answers/{answer_id}/events") as response:
            lines = [line async for line in response.aiter_lines()]
        answer = (await http.get(f"/api/v1/answers/{answer_id}")).json()
    kinds = [line.removeprefix("event:").strip() for line in lines if line.startswith("event:")]
    assert "restarted" in kinds
    assert kinds[-1] == "done"
    assert answer["status"] == "answered"


async def test_a_killed_postgres_comes_back(desk: Desk, model: ScriptedServer) -> None:
    """kill -9 of the postmaster while a question runs: it fails by name, a later one is answered."""
    script, model.script = model.script, ["SELECT count(*) FROM orders a, orders b, orders c, orders d"]
    found = await desk.up()
    postmaster = next(one for one in family(found.pid) if one.name() == "postgres")
    asking = await desk.spawn("ask", "--json", "How many orders are there?")
    await model.arrived.wait()
    postmaster.kill()
    out, err = await asking.communicate()
    assert json.loads(out)["problem"]["code"] in {"DBAI202", "DBAI715", "DBAI601"}, err.decode()

    model.script = script
    answer = None
    for _ in range(5):  # the first ones may meet the server while it recovers: a named error each
        done = await desk.run("ask", "--json", "How many orders are there?")
        answer = json.loads(done.out)
        if answer["status"] == "answered":
            break
        assert answer["problem"]["code"].startswith("DBAI")
    assert answer is not None
    assert answer["status"] == "answered"


async def test_a_killed_model_comes_back(desk: Desk, small_model_file: Path) -> None:
    """kill -9 of the embedded model while it writes: that question ends by name, the next finds it again.

    The small model writes no SQL: its answers end as such, which shows that it was asked.
    """
    found = await desk.up(DATABASEAI_LLM_BASE_URL="", DATABASEAI_EMBEDDED_MODEL_FILE=str(small_model_file))

    def served() -> psutil.Process | None:
        return next((one for one in family(found.pid) if "model_child" in " ".join(one.cmdline())), None)

    first = await until(served, 30)
    async with httpx.AsyncClient(base_url=found.url, trust_env=False, timeout=120) as http:
        body = {"question": "How many orders are there?"}
        async with http.stream("POST", "/api/v1/ask", json=body) as response:
            lines = response.aiter_lines()
            await anext(line async for line in lines if '"generation","status":"started"' in line)
            first.kill()
            last = [line async for line in lines if line.startswith(("event:", "data:"))][-2:]
        assert last[0] in {"event: problem", "event: done"}

        await until(lambda: ((one := served()) and one.pid != first.pid) or None, 60)
        codes = set()
        for _ in range(30):  # each refusal names itself, and says when to come again
            again = (await http.post("/api/v1/ask", json=body, headers={"Accept": "application/json"})).json()
            if again["usage"]["calls"]:
                break
            codes.add(again["problem"]["code"])
            await asyncio.sleep(again["problem"].get("retry_after_s", 1.0))
    assert again["usage"]["calls"], again["problem"]
    assert codes <= {"DBAI301", "DBAI310"}


async def test_batches_keep_order_and_answer_each_line(desk: Desk) -> None:
    lines = '{"id": 1, "question": "How many?"}\nnot json\n{"id": 3}\n{"id": 4, "question": " "}\n'
    lines += "[" * 100_000 + '\n{"id": "\\ud800", "question": "How many?"}\n'
    done = await desk.run("ask", "--batch", "-", stdin=lines)
    assert done.code == 0, done.err
    answers = json_lines(done.out)
    assert [answer["id"] for answer in answers] == [1, None, 3, 4, None, "\ud800"]
    assert [answer["status"] for answer in answers] == ["answered", *["failed"] * 4, "answered"]


async def test_a_batch_names_its_database(desk: Desk) -> None:
    """`database` names one on the data source's server; one that is not there is that line's problem."""
    lines = "".join(
        json.dumps({"id": name, "question": "How many orders?", "database": name}) + "\n"
        for name in ("retail", "no such one", "retail")
    )
    done = await desk.run("ask", "--batch", "-", stdin=lines)
    answers = json_lines(done.out)
    assert [answer["status"] for answer in answers] == ["answered", "failed", "answered"], done.err
    assert answers[1]["problem"]["code"] == "DBAI205"  # type: ignore[index]


async def test_query_batch(desk: Desk) -> None:
    lines = "\n".join(
        json.dumps({"id": number, "sql": sql})
        for number, sql in enumerate(["SELECT 1 AS one", "DELETE FROM orders", "SELECT 1; SELECT 2", "SELEC"])
    )
    done = await desk.run("query", "--batch", "-", stdin=lines)
    assert done.code == 0, done.err
    results = json_lines(done.out)
    assert results[0]["rows"] == [[1]]
    codes = [result["problem"] and result["problem"]["code"] for result in results]  # type: ignore[index]
    assert codes == [None, "DBAI507", "DBAI506", "DBAI504"]

"""What the edge lets in, and how anything it does not is refused."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.types import Message

from databaseai.api.edge import Edge
from databaseai.api.problem import problem, response
from databaseai.errors import BY_CODE, DatabaseAIError, ServerBusy, StoreUnreachable
from databaseai.store.answers import Answers
from tests.api.conftest import Serve
from tests.api.serving import Served, of

JSON = {"content-type": "application/json"}
SECRET = "hunter2"


def ask(question: object, **more: object) -> bytes:
    return json.dumps({"question": question, **more}).encode()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (ask(""), 422, "DBAI102"),
        (ask(" \n\t "), 422, "DBAI102"),
        (ask("x" * 4_001), 413, "DBAI103"),
        (ask("x" * 1_000_000), 413, "DBAI107"),
        (ask("a\u0000b"), 422, "DBAI109"),
        (b'{"question":"\\ud800"}', 422, "DBAI109"),
        (ask(7), 422, "DBAI101"),
        (ask(None), 422, "DBAI101"),
        (ask(["hunter2"]), 422, "DBAI101"),
        (ask("Who?", sql="hunter2"), 422, "DBAI101"),
        (ask("Who?", conversation="../hunter2"), 422, "DBAI101"),
        (ask("Who?", idempotency_key="hunter2\n"), 422, "DBAI101"),
        (ask("Who?", data_source="hunter2"), 503, "DBAI210"),
        (b'{"hunter2"', 422, "DBAI101"),
        (b"\xff\xfe\x00hunter2", 422, "DBAI101"),
        (b"[" * 100_000, 422, "DBAI101"),
        (b"[]", 422, "DBAI101"),
        (b"", 422, "DBAI101"),
        (b"hunter2", 422, "DBAI101"),
    ],
)
async def test_a_bad_question_is_a_problem_with_its_code(
    standing: Served, caplog: pytest.LogCaptureFixture, body: bytes, status: int, code: str
) -> None:
    asked = len(standing.pipeline.asked)
    reply = await standing.http.post("/ask", content=body, headers=JSON)
    is_problem(reply, status, code)
    assert SECRET not in reply.text + caplog.text
    assert len(standing.pipeline.asked) == asked


async def test_any_language_and_script_is_a_question(standing: Served) -> None:
    for question in ("Wie viele Kunden?", "有多少客户", "كم عدد العملاء؟", "🐘?", "a\tb\nc"):
        assert (await standing.ask(question))[-1].kind == "done"


async def test_chunked_bodies_are_bounded_too(standing: Served) -> None:
    """No Content-Length announces them."""

    async def pieces() -> AsyncIterator[bytes]:
        yield b'{"question":"'
        for _ in range(300):
            yield b"x" * 10_000
        yield b'"}'

    is_problem(await standing.http.post("/ask", content=pieces(), headers=JSON), 413, "DBAI107")


async def test_an_endless_body_is_cut_off() -> None:
    """After a while the edge stops listening, without keeping what came."""
    received = 0

    async def receive() -> Message:
        nonlocal received
        received += 1
        assert received < 30
        return {"type": "http.request", "body": b"x" * 1_000_000, "more_body": True}

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def never(*_: object) -> None:
        raise AssertionError

    scope = {"type": "http", "method": "POST", "path": "/api/v1/ask", "headers": [(b"host", b"localhost")]}
    async with asyncio.timeout(5):
        await Edge(never, of({}))(scope, receive, send)
    assert sent[0]["status"] == 413


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_only_json_is_taken(standing: Served, content_type: str) -> None:
    """What a foreign page's form can send without asking is not a question."""
    headers = {"content-type": content_type} if content_type else {}
    is_problem(await standing.http.post("/ask", content=ask("Who?"), headers=headers), 422, "DBAI101")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "DBAI104"),
        ("POST", "/", 404, "DBAI104"),
        ("GET", "/answers/0123456789abcdef0123456789abcdef", 404, "DBAI104"),
        ("GET", "/answers/0123456789abcdef0123456789abcdef/events", 404, "DBAI104"),
        ("GET", "/answers/0123456789abcdef0123456789abcdef/rows", 404, "DBAI104"),
        ("DELETE", "/answers/0123456789abcdef0123456789abcdef/run", 404, "DBAI104"),
        ("GET", "/answers/../../hunter2", 404, "DBAI104"),
        ("GET", "/answers/hunter2", 422, "DBAI101"),
        ("GET", "/answers/0123456789abcdef0123456789abcdef/rows?after=-1", 422, "DBAI101"),
        ("GET", "/answers/0123456789abcdef0123456789abcdef/rows?limit=hunter2", 422, "DBAI101"),
        ("DELETE", "/ask", 405, "DBAI105"),
        ("PUT", "/catalog/refresh", 405, "DBAI105"),
        ("GET", "/query", 405, "DBAI105"),
        ("GET", "/problems/DBAI999", 404, "DBAI104"),
        ("GET", "/catalog?data_source=hunter2", 503, "DBAI210"),
    ],
)
async def test_a_bad_address_is_a_problem(
    standing: Served, method: str, path: str, status: int, code: str
) -> None:
    reply = await standing.http.request(method, path)
    is_problem(reply, status, code)
    assert SECRET not in json.dumps({k: v for k, v in reply.json().items() if k != "instance"})
    if status == 405:
        assert reply.headers["allow"]


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("127.0.0.1:8088", True),
        ("localhost", True),
        ("LOCALHOST:8088", True),
        ("[::1]:8088", True),
        ("10.1.2.3:8088", True),
        ("ask.example.com", True),
        ("ask.example.com:443", True),
        ("evil.example.com", False),
        ("localhost.evil.example.com", False),
        ("127.0.0.1.evil.example.com", False),
        ("ask.example.com.evil.example.com", False),
        ("[::1", False),
        ("evil.example.com@localhost", False),
        ("", False),
    ],
)
async def test_a_name_that_is_not_ours_is_refused(standing: Served, host: str, allowed: bool) -> None:
    """DNS rebinding: a foreign name that points to this machine."""
    reply = await standing.http.get("/health/live", headers={"host": host})
    if allowed:
        assert reply.status_code == 200
    else:
        is_problem(reply, 403, "DBAI106")


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        (None, True),
        ("http://localhost:8088", True),
        ("https://ask.example.com", True),
        ("https://evil.example.com", False),
        ("http://localhost:9999", False),
        ("http://localhost", False),
        ("null", False),
        ("http://[", False),
        ("https://ask.example.com.evil.example.com", False),
    ],
)
async def test_another_sites_page_may_not_write(standing: Served, origin: str | None, allowed: bool) -> None:
    headers = {"host": "localhost:8088", **({"origin": origin} if origin else {})}
    for method, path in (
        ("POST", "/ask"),
        ("POST", "/query"),
        ("POST", "/catalog/refresh"),
        ("DELETE", "/answers/0123456789abcdef0123456789abcdef/run"),
    ):
        reply = await standing.http.request(method, path, headers=headers)
        assert (reply.status_code == 403) == (not allowed), path
    assert (await standing.http.get("/health/live", headers=headers)).status_code == 200
    assert "access-control-allow-origin" not in reply.headers


@pytest.mark.parametrize(
    ("origin", "opened"), [(b"http://localhost", True), (b"https://evil.example.com", False)]
)
async def test_another_sites_page_may_not_open_a_websocket(origin: bytes, opened: bool) -> None:
    passed: list[str] = []

    async def app(*_: object) -> None:  # ASGI
        passed.append("in")

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    headers = [(b"host", b"localhost"), (b"origin", origin)]
    await Edge(app, of({}))({"type": "websocket", "path": "/_event", "headers": headers}, receive, send)
    assert bool(passed) == opened
    assert bool(sent) != opened


async def test_request_ids_come_back(standing: Served) -> None:
    given = await standing.http.get("/nothing", headers={"x-request-id": "abc-123"})
    assert given.headers["x-request-id"] == given.json()["request_id"] == "abc-123"
    for bad in ("a b", "x" * 65, "<script>"):
        made = await standing.http.get("/nothing", headers={"x-request-id": bad})
        assert made.headers["x-request-id"] != bad
    assert len({(await standing.http.get("/health/live")).headers["x-request-id"] for _ in range(9)}) == 9


async def test_safe_headers(standing: Served) -> None:
    for path in ("/health/live", "/nothing", "/openstanding.json"):
        headers = (await standing.http.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert len(headers.get_list("cache-control")) == 1


async def test_the_unforeseen_is_a_problem_without_a_trace(
    served: Serve, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: object) -> None:
        raise ValueError(SECRET)

    api = await served()
    monkeypatch.setattr(Answers, "get", broken)
    with caplog.at_level(logging.DEBUG):
        reply = await api.http.get(
            "/answers/0123456789abcdef0123456789abcdef", headers={"x-request-id": "r1"}
        )
    is_problem(reply, 500, "DBAI901")
    assert SECRET not in reply.text + caplog.text
    assert "Traceback" not in reply.text
    assert "ValueError" in caplog.text
    assert "r1" in caplog.text


async def test_the_store_away_is_503(served: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object, **__: object) -> None:
        raise StoreUnreachable("Nothing listens at the store's address.")

    api = await served()
    monkeypatch.setattr(Answers, "create", away)
    is_problem(await api.http.post("/ask", json={"question": "Who?"}), 503, "DBAI013")
    assert not api.tools.runs.running


@pytest.mark.parametrize("code", sorted(BY_CODE))
async def test_every_error_renders_and_has_its_page(code: str) -> None:
    error = BY_CODE[code]("What happened", hint="Do this", position=3, thing=object())
    rendered = response(error, instance="/api/v1/ask", request_id="r1")
    body = json.loads(bytes(rendered.body))
    assert rendered.media_type == "application/problem+json"
    assert rendered.status_code == body["status"] == error.status
    assert body["type"].endswith(f"/problems/{code}")
    assert (body["code"], body["title"], body["detail"]) == (code, error.title, "What happened")
    assert (body["hint"], body["position"], body["instance"]) == ("Do this", 3, "/api/v1/ask")


async def test_every_help_page_is_served(standing: Served) -> None:
    for code, error in BY_CODE.items():
        page = await standing.http.get(f"/problems/{code}")
        assert page.json()["title"] == error.title
        assert page.json()["help"]
    html = await standing.http.get("/problems/DBAI103", headers={"accept": "text/html"})
    assert html.headers["content-type"].startswith("text/html")
    assert "longer than the limit" in html.text


def test_a_fact_never_overwrites_what_a_problem_must_say() -> None:
    rendered = problem(DatabaseAIError("x", status="free", type="t", code="c"))
    assert (rendered["status"], rendered["code"]) == (500, "DBAI9")


def test_a_wait_is_a_header() -> None:
    assert response(ServerBusy(retry_after_s=2), instance="/", request_id="r").headers["retry-after"] == "2"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    host=st.text(st.characters(max_codepoint=255)),
    origin=st.none() | st.text(st.characters(max_codepoint=255)),
    length=st.binary(max_size=12),
)
def test_no_header_breaks_the_edge(host: str, origin: str | None, length: bytes) -> None:
    """Whatever a client sends, it gets a reply of ours."""
    sent: list[dict[str, Any]] = []

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(dict(message))

    headers = [(b"host", host.encode("latin-1")), (b"content-length", length)]
    headers += [(b"origin", origin.encode("latin-1"))] if origin is not None else []
    scope = {"type": "http", "method": "POST", "path": "/api/v1/ask", "headers": headers}
    drive(Edge(app, of({}))(scope, receive, send))
    assert sent[0]["status"] in {200, 403, 413}


def drive(awaitable: Any) -> None:
    """Run a coroutine that waits for nothing; the session's event loop is not needed."""
    try:
        while True:
            awaitable.send(None)
    except StopIteration:
        return


def is_problem(reply: httpx.Response, status: int, code: str) -> None:
    assert (reply.status_code, reply.json()["code"]) == (status, code), reply.text
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["request_id"] == reply.headers["x-request-id"]
    assert "Traceback" not in reply.text

"""The API as the UI sees it; the only module that knows its URLs.

Every call goes over a real socket, also to the own process: httpx's in-process transport buffers whole
responses.
"""

import asyncio
import re
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import httpx

from databaseai_web.sse import WireEvent, events

PREFIX = "/api/v1"
ANSWER_ID = re.compile("[0-9a-f]{32}")
LAST_EVENTS = ("done", "problem")
HEARTBEAT_S = 15
"""The API sends a comment at least this often; three missed ones mean a dead connection."""
RETRIES_S = (0.2, 0.5, 1, 2, 4, 8)
"""Waits between attempts to take a broken stream up again; the count starts anew with each event."""
LOST = {
    "code": "DBAI902",
    "title": "Server unreachable",
    "detail": "The page's server cannot reach the API, so this answer did not arrive.",
    "hint": "Is the server still running? `databaseai status` tells. Then ask again.",
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, as their browser told: handed on, never looked into."""

    cookie: str = ""
    address: str = ""
    """Of the browser, for limits and the audit."""

    def headers(self) -> dict[str, str]:
        """The request headers that carry it, with a request id of its own."""
        given = {"Cookie": self.cookie, "X-Forwarded-For": self.address, "X-Request-ID": uuid.uuid4().hex}
        return {name: value for name, value in given.items() if value}


@dataclass
class Connection:
    """Where the API is; one pool of connections for the process."""

    base_url: str = "http://127.0.0.1:8088"
    http: httpx.AsyncClient | None = None

    def pool(self) -> httpx.AsyncClient:
        """The pool, opened at its first use, in the event loop that uses it."""
        if self.http is None:
            timeout = httpx.Timeout(10, read=3 * HEARTBEAT_S, pool=None)
            limits = httpx.Limits(max_connections=None)
            self.http = httpx.AsyncClient(
                base_url=self.base_url, timeout=timeout, limits=limits, trust_env=False
            )
        return self.http

    async def close(self) -> None:
        """Give the sockets back."""
        if self.http is not None:
            await self.http.aclose()
            self.http = None


api = Connection()


class Refused(Exception):
    """The API answered with a problem document instead."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        super().__init__(str(problem.get("title", "Refused")))
        self.problem = dict(problem)


async def ask(
    question: str, conversation: str, caller: Caller, *, confirmed: bool = False, anyway: bool = False
) -> AsyncIterator[WireEvent]:
    """Ask; yields the answer's events, the last of which is `done` or `problem`, whatever happens.

    A broken connection is taken up again after the last event that arrived; the question is not asked twice.

    Args:
        question: As it was typed.
        conversation: From an earlier `accepted`; empty for the first question.
        caller: Who asks.
        confirmed: Run the query however much its plan costs.
        anyway: Answer without asking back, and what the data seems not to answer.
    """
    body: dict[str, Any] = {"question": question, "idempotency_key": uuid.uuid4().hex}
    if confirmed:
        body["confirmed"] = True
    if anyway:
        body["answer_anyway"] = True
    if conversation:
        body["conversation"] = conversation
    request = ("POST", f"{PREFIX}/ask", body)
    async for event in resumed(request, caller):
        yield event


async def follow(answer_id: str, caller: Caller) -> AsyncIterator[WireEvent]:
    """All events of an answer that is already under way, from its first."""
    async for event in resumed(("GET", f"{address(answer_id)}/events", None), caller):
        yield event


async def resumed(
    request: tuple[str, str, dict[str, Any] | None], caller: Caller
) -> AsyncIterator[WireEvent]:
    """Send a request that streams events; after a break, go on where it stopped."""
    headers = caller.headers() | {"Accept": "text/event-stream"}
    failures, last = 0, WireEvent("", {})
    while True:
        try:
            async for event in stream(request, headers):
                if event.id and event.id == last.id:
                    continue  # sent again after a resume
                if event.kind == "accepted":
                    request = ("GET", f"{address(str(event.data.get('answer_id')))}/events", None)
                failures, last = 0, event if event.id else replace(event, id=last.id)
                yield event
                if event.kind in LAST_EVENTS:
                    return
        except Refused as refusal:
            yield WireEvent("problem", refusal.problem)
            return
        except httpx.HTTPError:
            pass  # taken up again below
        if failures >= len(RETRIES_S):
            yield WireEvent("problem", LOST)
            return
        await asyncio.sleep(RETRIES_S[failures])
        failures += 1
        if last.id:
            headers["Last-Event-ID"] = last.id


async def stream(
    request: tuple[str, str, dict[str, Any] | None], headers: Mapping[str, str]
) -> AsyncIterator[WireEvent]:
    """The events of one response."""
    method, path, body = request
    async with api.pool().stream(method, path, json=body, headers=dict(headers)) as response:
        if response.is_error:
            await response.aread()
            raise Refused(problem_of(response))
        async for event in events(response.aiter_lines()):
            yield event


async def stop(answer_id: str, caller: Caller) -> None:
    """Stop the run behind an answer; its stream then ends by itself.

    An API that cannot be reached is left alone: the stream tells of it.
    """
    with suppress(httpx.HTTPError):
        await api.pool().delete(f"{address(answer_id)}/run", headers=caller.headers())


async def answer(answer_id: str, caller: Caller) -> dict[str, Any]:
    """A finished answer as JSON.

    Raises:
        Refused: It is gone, or not this caller's.
    """
    return await get(address(answer_id), caller)


def address(answer_id: str) -> str:
    """An answer's path; the browser names answers too, so an id is looked at before it becomes one.

    Raises:
        Refused: It is not an id.
    """
    if not ANSWER_ID.fullmatch(answer_id):
        raise Refused({**LOST, "code": "DBAI104", "title": "Not found", "detail": "There is no such answer."})
    return f"{PREFIX}/answers/{answer_id}"


async def query(sql: str, caller: Caller) -> dict[str, Any]:
    """Rows of a statement, through the gate like any other.

    Raises:
        Refused: The gate or the database did not take it.
    """
    try:
        response = await api.pool().post(f"{PREFIX}/query", json={"sql": sql}, headers=caller.headers())
    except httpx.HTTPError:
        raise Refused(LOST) from None
    if response.is_error:
        raise Refused(problem_of(response))
    body: dict[str, Any] = response.json()
    return body


async def catalog(caller: Caller) -> dict[str, Any]:
    """The tables that can be asked about.

    Raises:
        Refused: There is no data source, or it cannot be read.
    """
    return await get(f"{PREFIX}/catalog", caller)


async def get(path: str, caller: Caller) -> dict[str, Any]:
    """One JSON object."""
    try:
        response = await api.pool().get(path, headers=caller.headers())
    except httpx.HTTPError:
        raise Refused(LOST) from None
    if response.is_error:
        raise Refused(problem_of(response))
    body: dict[str, Any] = response.json()
    return body


def problem_of(response: httpx.Response) -> dict[str, Any]:
    """The problem document of a refusal, or one made from the bare status."""
    try:
        body = response.json()
    except ValueError:
        body = None
    if isinstance(body, dict) and "code" in body:
        return body
    return {**LOST, "detail": f"The API answered with HTTP status {response.status_code} and no explanation."}

"""An API that answers from a script: the wire contract of design.md, section 6a, and nothing behind it."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, StreamingResponse

Script = Sequence[tuple[str, dict[str, Any]]]
PAUSE, BREAK = "pause", "break"
"""Made-up kinds: wait `{"s": seconds}` (a stop ends the wait), or drop the connection."""
NOT_FOUND = {"code": "DBAI104", "title": "Not found", "status": 404, "detail": "There is no such answer."}


@dataclass
class Run:
    """One answer: what was sent, and whether somebody stopped it."""

    script: Script
    sent: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    broken: int = 0


class ScriptedApi:
    """The API; `scripts` by question, `requests` as they came."""

    def __init__(self, scripts: dict[str, Script], catalog: dict[str, Any] | None = None) -> None:
        self.scripts, self.catalog = scripts, catalog or {}
        self.runs: dict[str, Run] = {}
        self.keys: dict[str, str] = {}
        self.requests: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.break_first = False
        """Drop the next `ask` before its first event."""
        self.app = FastAPI(openapi_url=None)
        self.app.add_api_route("/api/v1/ask", self.ask, methods=["POST"], response_model=None)
        self.app.add_api_route("/api/v1/answers/{answer_id}/events", self.events, response_model=None)
        self.app.add_api_route("/api/v1/answers/{answer_id}", self.answer, response_model=None)
        self.app.add_api_route(
            "/api/v1/answers/{answer_id}/run", self.stop, methods=["DELETE"], status_code=202
        )
        self.app.add_api_route("/api/v1/query", self.query, methods=["POST"])
        self.app.add_api_route("/api/v1/catalog", self.tables)
        self.app.add_api_route("/api/v1/told", self.told)

    async def ask(self, request: Request) -> StreamingResponse | JSONResponse:
        """Start a run, or join the one with the same key."""
        body = await request.json()
        self.requests.append(("ask", dict(request.headers), body))
        asked = body["question"] + (", confirmed" if body.get("confirmed") else "")
        script = self.scripts.get(asked, self.scripts[""])
        if script[0][0] == "refuse":
            return JSONResponse(script[0][1], status_code=script[0][1]["status"])
        key = body.get("idempotency_key") or str(len(self.runs))
        if key not in self.keys:
            self.keys[key] = answer_id = uuid.uuid4().hex
            talk = body.get("conversation") or uuid.uuid4().hex
            accepted = ("accepted", {"answer_id": answer_id, "conversation": talk})
            self.runs[answer_id] = Run([accepted, *script])
        if self.break_first:
            self.break_first = False
            return StreamingResponse(self.nothing(), media_type="text/event-stream")
        return StreamingResponse(self.play(self.keys[key], 0), media_type="text/event-stream")

    async def nothing(self) -> AsyncIterator[str]:
        """A stream that ends before it began."""
        yield ": heartbeat\n\n"

    async def events(self, answer_id: str, request: Request) -> StreamingResponse | JSONResponse:
        """The rest of a run, after `Last-Event-ID`."""
        self.requests.append(("events", dict(request.headers), {}))
        if answer_id not in self.runs:
            return JSONResponse(NOT_FOUND, status_code=404)
        after = int(request.headers.get("last-event-id", 0))
        return StreamingResponse(self.play(answer_id, after), media_type="text/event-stream")

    async def answer(self, answer_id: str) -> dict[str, Any]:
        """The rows of a run, as far as anybody asks for them here."""
        rows = next(data for kind, data in self.runs[answer_id].script if kind == "rows")
        return {"answer_id": answer_id, "status": "answered", **rows}

    async def stop(self, answer_id: str, request: Request) -> dict[str, str]:
        """Stop a run."""
        self.requests.append(("stop", dict(request.headers), {}))
        self.runs[answer_id].stopped.set()
        return {}

    async def query(self, request: Request) -> dict[str, Any]:
        """One count, whatever is asked."""
        body = await request.json()
        self.requests.append(("query", dict(request.headers), body))
        columns = [{"name": "orders_without", "type": "bigint"}]
        return {"sql": body["sql"], "columns": columns, "rows": [[12]], "truncated": False, "ms": 1.0}

    async def tables(self) -> dict[str, Any]:
        """What the examples are made from."""
        return self.catalog

    async def told(self) -> list[dict[str, Any]]:
        """What was asked of the API, for a test in another process."""
        return [{"name": name, "body": body} for name, _, body in self.requests]

    async def play(self, answer_id: str, after: int) -> AsyncIterator[str]:
        """Send the script from its event number `after` on (the first is 1)."""
        run, number = self.runs[answer_id], 0
        yield ": heartbeat\n\n"
        for place, (kind, data) in enumerate(run.script):
            if kind == PAUSE:
                if number >= after:
                    await self.wait(run, data["s"])
            elif kind == BREAK:
                if run.broken <= place:
                    run.broken = place + 1
                    return
            else:
                number += 1
                if number > after:
                    yield f"id: {number}\nevent: {kind}\ndata: {json.dumps(data)}\n\n"
            if run.stopped.is_set() and kind not in {"done", "problem"}:
                problem = {
                    "code": "DBAI716",
                    "title": "Stopped",
                    "detail": "Somebody stopped it.",
                    "hint": "",
                }
                yield f"id: {number + 1}\nevent: problem\ndata: {json.dumps(problem)}\n\n"
                return

    async def wait(self, run: Run, seconds: float) -> None:
        """A pause that a stop cuts short."""
        with suppress(TimeoutError):
            await asyncio.wait_for(run.stopped.wait(), seconds)

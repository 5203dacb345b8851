"""Ask a running instance over its HTTP API."""

import json
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

from databaseai.errors import StartError

if TYPE_CHECKING:
    import httpx

OK = 200
OnEvent = Callable[[str, dict[str, Any]], None]
QUIET_S = 60.0
"""The server sends a comment every 15 s; this much silence means that it is gone."""


def client(url: str) -> "httpx.AsyncClient":
    """No proxy of the environment: the instance is on this machine."""
    import httpx  # loads a command line of its own: 0.1 s

    timeout = httpx.Timeout(QUIET_S, connect=5)
    return httpx.AsyncClient(base_url=f"{url}/api/v1", trust_env=False, timeout=timeout)


async def ask_running(url: str, question: str, on_event: OnEvent) -> dict[str, Any]:
    """Send one question, hand its events on, return the whole answer.

    Raises:
        StartError: The instance went away.
    """
    import httpx

    answer_id = ""
    try:
        async with client(url) as http:
            request = http.stream("POST", "/ask", json={"question": question})
            async with request as response:
                if response.status_code != OK:
                    return refused(json.loads(await response.aread()))
                async for kind, data in server_sent_events(response):
                    answer_id = data.get("answer_id", answer_id) if kind == "accepted" else answer_id
                    on_event(kind, data)
            answer: dict[str, Any] = (await http.get(f"/answers/{answer_id}")).json()
            return answer
    except httpx.HTTPError as error:
        hint = "`databaseai status` says whether it runs."
        raise StartError(f"The running instance went away ({type(error).__name__}).", hint=hint) from None


async def query_running(url: str, sql: str) -> dict[str, Any]:
    """Run one statement through the instance's gate."""
    import httpx

    try:
        async with client(url) as http:
            response = await http.post("/query", json={"sql": sql})
            data: dict[str, Any] = response.json()
            return data if response.status_code == OK else refused(data)
    except httpx.HTTPError as error:
        raise StartError(f"The running instance went away ({type(error).__name__}).") from None


def refused(problem: dict[str, Any]) -> dict[str, Any]:
    """The answer that never began."""
    return {"status": "failed", "sql": "", "columns": [], "rows": [], "truncated": False, "problem": problem}


async def server_sent_events(response: "httpx.Response") -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """(event, data) as they come; comments are passed over."""
    kind, data = "message", ""
    async for line in response.aiter_lines():
        if line.startswith("event:"):
            kind = line.removeprefix("event:").strip()
        elif line.startswith("data:"):
            data += line.removeprefix("data:").strip()
        elif not line and data:
            yield kind, json.loads(data)
            kind, data = "message", ""

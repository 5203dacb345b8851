"""Ask a running instance over its HTTP API."""

import json
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

from databaseai.errors import InstanceGone

if TYPE_CHECKING:
    import httpx

OK = 200
HINT = "`databaseai status` says whether it runs."
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
        InstanceGone: The instance went away before the answer's end. DBAI015.
    """
    import httpx

    answer_id = ""
    try:
        async with client(url) as http:
            request = http.stream("POST", "/ask", json={"question": question})
            async with request as response:
                if response.status_code != OK:
                    return not_begun(json.loads(await response.aread()))
                async for kind, data in server_sent_events(response):
                    answer_id = data.get("answer_id", answer_id) if kind == "accepted" else answer_id
                    on_event(kind, data)
            found = await http.get(f"/answers/{answer_id}")
            answer: dict[str, Any] = found.json()
            if found.status_code != OK or answer.get("status") == "running":
                raise InstanceGone("The answer's stream ended before the answer.", hint=HINT)
            return answer
    except httpx.HTTPError as error:
        raise InstanceGone(f"{url} broke off ({type(error).__name__}).", hint=HINT) from None


async def query_running(url: str, sql: str, *, confirmed: bool = False) -> dict[str, Any]:
    """Run one statement through the instance's gate."""
    return await post(url, "/query", {"sql": sql, "confirmed": confirmed})


async def explain_running(url: str, sql: str) -> dict[str, Any]:
    """The plan of one statement, by the instance."""
    return await post(url, "/explain", {"sql": sql})


async def post(url: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """The reply, a refusal in `problem`. Raises InstanceGone."""
    import httpx

    try:
        async with client(url) as http:
            response = await http.post(path, json=body)
            data: dict[str, Any] = response.json()
            return data | {"problem": None} if response.status_code == OK else no_rows(data)
    except httpx.HTTPError as error:
        raise InstanceGone(f"{url} broke off ({type(error).__name__}).", hint=HINT) from None


def not_begun(problem: dict[str, Any]) -> dict[str, Any]:
    """The wire form of an answer that never began."""
    from databaseai.ask.events import Answer

    return Answer().wire() | {"problem": problem}


def no_rows(problem: dict[str, Any]) -> dict[str, Any]:
    """The wire form of a query that gave nothing."""
    return {"sql": "", "columns": [], "rows": [], "truncated": False, "ms": 0.0, "problem": problem}


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

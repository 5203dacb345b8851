"""Events in the form of Server-Sent Events, and the JSON they carry."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from pydantic_core import from_json

from databaseai.api.problem import encoded, problem
from databaseai.ask.events import Event, Problem
from databaseai.store.answers import KeptEvent

HEARTBEAT = b": heartbeat\n\n"
LAST = frozenset({"done", "problem"})
HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}
"""nginx must pass each event on as it comes."""


def kept(event: Event, sequence: int, *, instance: str = "") -> KeptEvent:
    """An event of the flow, numbered, with its JSON."""
    data: object = event
    if isinstance(event, Problem):
        more = {"sql": event.sql, "model": event.model, "usage": event.usage}
        data = problem(event.error, instance=instance) | more
    return KeptEvent(sequence, event.kind, unbroken(encoded(data).decode()))


def unbroken(text: str) -> str:
    """JSON without the signs that SSE does not take for a line's end, but many a client's line reader does.

    They stand inside strings only, where JSON may escape them.
    """
    return text.replace("\x85", "\\u0085").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def frames(events: Iterable[KeptEvent]) -> bytes:
    """Events on the wire. JSON has no raw line break, so one `data:` line holds it."""
    return "".join(
        f"id: {event.sequence}\nevent: {event.kind}\ndata: {event.data}\n\n" for event in events
    ).encode()


def coalesced(events: Sequence[KeptEvent]) -> list[KeptEvent]:
    """Text deltas in a row become one event; the others stay."""
    whole: list[KeptEvent] = []
    for kind, run in groupby(events, key=lambda event: event.kind):
        if kind != "text":
            whole.extend(run)
            continue
        text, cuts, sequence = "", [], 0
        for event in run:
            text += from_json(event.data)["delta"]
            cuts.append(len(text))
            sequence = event.sequence
        whole.append(KeptEvent(sequence, "text", encoded({"delta": text}).decode(), tuple(cuts)))
    return whole


def fold(events: Iterable[KeptEvent]) -> dict[str, Any]:  # noqa: C901  # one flat case per kind reads best
    """What the events of an answer add up to, as members of `schemas.Answer`."""
    answer: dict[str, Any] = {}
    for event in events:
        data = {} if event.kind == "step" else from_json(event.data)
        match event.kind:
            case "restarted":
                answer.clear()
            case "sql":
                answer["sql"] = data["sql"]
            case "rows":
                answer |= data
            case "text":
                answer["text"] = answer.get("text", "") + data["delta"]
            case "sentinel":
                answer["sentinel"] = answer.get("sentinel", []) + data["finding"]
            case "clarify":
                answer["reading"] = data["reading"]
            case "card" | "chart" | "confidence":
                answer[event.kind] = data
            case "done":
                answer |= {"model": data["model"], "usage": data["usage"]}
            case "problem":
                answer |= {name: data.pop(name) for name in ("model", "usage")}
                answer["sql"] = answer.get("sql") or data["sql"]
                answer["problem"] = {name: value for name, value in data.items() if name != "sql"}
    return answer

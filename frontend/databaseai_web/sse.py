"""Server-sent events out of a stream of text lines."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class WireEvent:
    """One event as the API sent it (design.md, section 6a)."""

    kind: str
    data: dict[str, Any] = field(default_factory=dict)
    id: str = ""
    """Sequence number; what `Last-Event-ID` repeats after a broken connection."""


async def events(lines: AsyncIterator[str]) -> AsyncIterator[WireEvent]:
    """Parse an event stream; comments (heartbeats), unknown fields and broken JSON are passed over.

    Args:
        lines: Without their line ends. An event that the end of the stream cuts off is dropped.

    Source:
        WHATWG HTML, section 9.2.6, "Interpreting an event stream".
    """
    kind, data, last_id = "", list[str](), ""
    async for line in lines:
        if not line:
            if (payload := decode("\n".join(data))) is not None:
                yield WireEvent(kind or "message", payload, last_id)
            kind, data = "", []
            continue
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            kind = value
        elif name == "data":
            data.append(value)
        elif name == "id" and "\0" not in value:
            last_id = value


def decode(text: str) -> dict[str, Any] | None:
    """The JSON object in an event's data, or None."""
    try:
        payload = json.loads(text)
    except ValueError:
        return None
    return payload if isinstance(payload, dict) else None

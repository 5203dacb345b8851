"""The event stream's grammar."""

from collections.abc import AsyncIterator

import pytest

from databaseai_web.sse import WireEvent, events


async def lines(text: str) -> AsyncIterator[str]:
    for line in text.split("\n"):
        yield line


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('id: 1\nevent: step\ndata: {"a": 1}\n\n', [WireEvent("step", {"a": 1}, "1")]),
        (": heartbeat\n\n", []),
        ('event:text\ndata:{"delta":" x"}\n\n', [WireEvent("text", {"delta": " x"})]),
        ('data: {"a":\ndata: 1}\n\n', [WireEvent("message", {"a": 1})]),
        ('event: a\ndata: {}\n\ndata: {"b": 2}\n\n', [WireEvent("a", {}), WireEvent("message", {"b": 2})]),
        ('id: 4\ndata: {}\n\ndata: {"no": "id of its own"}\n\n', 2),
        ("event: broken\ndata: {nonsense\n\n", []),
        ("event: list\ndata: [1]\n\n", []),
        ("event: no data\n\n", []),
        ("retry: 100\nunknown: x\nevent: a\ndata: {}\n\n", [WireEvent("a", {})]),
        ('event: cut off\ndata: {"a": 1}', []),
    ],
)
async def test_grammar(text: str, expected: list[WireEvent] | int) -> None:
    found = [event async for event in events(lines(text))]
    if isinstance(expected, int):
        assert len(found) == expected
        assert {event.id for event in found} == {"4"}  # an id holds until another comes
    else:
        assert found == expected

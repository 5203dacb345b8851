"""Batches: few updates, nothing late, nothing lost."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from databaseai_web.pacing import batches
from databaseai_web.sse import WireEvent

LONG_S = 30.0


async def burst(count: int) -> AsyncIterator[WireEvent]:
    for number in range(count):
        yield WireEvent("text", {"n": number})
        await asyncio.sleep(0)


async def test_a_burst_becomes_few_batches() -> None:
    found = [batch async for batch in batches(burst(500), 0.01)]
    assert len(found) < 50
    assert [event.data["n"] for batch in found for event in batch] == list(range(500))


async def test_the_first_event_goes_out_at_once() -> None:
    """Whatever the interval; a step that begins a long silence is seen before it."""
    async with asyncio.timeout(5):
        async for batch in batches(burst(3), LONG_S):
            assert batch[0].data == {"n": 0}
            break


async def test_a_fault_of_the_source_is_not_swallowed() -> None:
    async def broken() -> AsyncIterator[WireEvent]:
        yield WireEvent("step")
        raise ValueError("broken")

    found: list[WireEvent] = []
    with pytest.raises(ValueError, match="broken"):
        await drain(batches(broken(), 0), found)
    assert [event.kind for event in found] == ["step"]


async def drain(source: AsyncIterator[list[WireEvent]], found: list[WireEvent]) -> None:
    async for batch in source:
        found += batch

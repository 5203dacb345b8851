"""Events in batches, so that a fast stream does not become a fast repaint."""

import asyncio
from collections.abc import AsyncIterator

from databaseai_web.sse import WireEvent

INTERVAL_S = 0.08
"""Between two updates of the page; a token reaches the screen within it."""


async def batches(
    source: AsyncIterator[WireEvent], interval_s: float = INTERVAL_S
) -> AsyncIterator[list[WireEvent]]:
    """Gather what arrives within one interval; nothing that arrived waits longer than that.

    The first event of a quiet time goes out at once.
    """
    arrived: asyncio.Queue[WireEvent | None] = asyncio.Queue()

    async def read() -> None:
        try:
            async for event in source:
                arrived.put_nowait(event)
        finally:
            arrived.put_nowait(None)

    reader = asyncio.create_task(read())
    try:
        open_ = True
        while open_:
            batch = [await arrived.get()]
            while not arrived.empty():
                batch.append(arrived.get_nowait())
            open_ = batch[-1] is not None
            if kept := [event for event in batch if event is not None]:
                yield kept
            if open_:
                await asyncio.sleep(interval_s)
        await reader
    finally:
        reader.cancel()

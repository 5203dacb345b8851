"""What takes the processor for long leaves the event loop to others."""

import asyncio
import threading
import time

from databaseai.ask.off_loop import INLINE_CHARACTERS, considered, off_loop


def busy(seconds: float) -> str:
    """Compute, and say where."""
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass
    return threading.current_thread().name


async def test_long_work_leaves_the_loop_to_others() -> None:
    turns, working = 0, asyncio.ensure_future(off_loop(busy, 0.3))
    while not working.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert turns > 5
    assert working.result() != threading.current_thread().name


async def test_all_of_it_is_done_by_one_thread() -> None:
    """Each further one would make the loop wait longer for the interpreter's lock."""
    assert len(set(await asyncio.gather(*(off_loop(busy, 0.01) for _ in range(8))))) == 1


async def test_only_a_long_statement_goes_there() -> None:
    here = threading.current_thread().name
    assert await considered("x" * INLINE_CHARACTERS, busy, 0) == here
    assert await considered("x" * (INLINE_CHARACTERS + 1), busy, 0) != here

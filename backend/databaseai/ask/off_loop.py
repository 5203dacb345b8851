"""Work that takes the processor for long, off the event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

INLINE_CHARACTERS = 500
"""A statement of so many takes the gate about 2 ms."""

_worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="off-loop")
"""One: the loop waits for the interpreter's lock behind each thread that computes, 5 ms a time."""


async def off_loop(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `work` in the thread for it, after what others asked before.

    An asker who leaves leaves it behind: it ends by itself, so what is given here is bounded by the settings.
    """
    return await asyncio.get_running_loop().run_in_executor(_worker, partial(work, *args, **kwargs))


async def considered(statement: str, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Look at a statement with `work`: a short one here, a long one off the loop, which others wait for."""
    if len(statement) > INLINE_CHARACTERS:
        return await off_loop(work, *args, **kwargs)
    return work(*args, **kwargs)

"""See what the server takes while a query runs, where it runs on this machine, and say when to stop."""

import asyncio
import contextlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

from psycopg import AsyncConnection

from databaseai.ask.server_process import Backend, backend_of, children, give_way, private_bytes, title_of
from databaseai.errors import ServerMemoryExceeded
from databaseai.settings import ExecutionLimits

GIVE_WAY_AFTER_S = 0.3
"""Past it a query of our own server lets others go first: whoever answers for health, or asks little."""
FIRST_LOOK_S = 0.02
"""Most queries are over by then, and cost nothing."""
QUICKEST_S, SLOWEST_S = 0.01, 0.2
GROWTH_BYTES_S = 3e9
"""No process fills memory faster: new pages are zeroed first."""
MACHINE_SHARE = 0.5
"""Of the machine's memory, for all watched queries together."""


@dataclass
class Watch:
    """Looks at one running query from time to time; `begin` makes it, `end` ends it."""

    backend: Backend
    limit_bytes: int
    stop: Callable[[ServerMemoryExceeded], None]
    """Called once, when the query takes too much."""
    taken: int = 0
    """Bytes, when last looked."""
    gave_way: set[int] = field(default_factory=set)
    """Processes that have little of the processor from now on, for good: only root could give it back."""
    _known: dict[int, bool] = field(default_factory=dict)
    _began: float = field(default_factory=time.monotonic)
    _timer: asyncio.TimerHandle | None = None

    @classmethod
    def begin(
        cls,
        reader: AsyncConnection[Any],
        limits: ExecutionLimits,
        stop: Callable[[ServerMemoryExceeded], None],
    ) -> Self | None:
        """Watch what `reader` runs; None where its server is not on this machine, or not seen from here."""
        if (backend := backend_of(reader)) is None:
            return None
        watch = cls(backend, limits.server_memory_mb << 20, stop)
        watches.add(watch)
        watch._again(FIRST_LOOK_S)
        return watch

    def end(self) -> None:
        """Look no more."""
        watches.discard(self)
        if self._timer is not None:
            self._timer.cancel()

    def _again(self, seconds: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, self._look)

    def _look(self) -> None:
        """Again so soon that it cannot pass the limit by much before."""
        processes = self._processes()
        if self.backend.ours and time.monotonic() - self._began >= GIVE_WAY_AFTER_S:
            for pid in set(processes) - self.gave_way:
                give_way(pid)
                self.gave_way.add(pid)
        self.taken = sum(map(private_bytes, processes))
        room = min(self.limit_bytes - self.taken, MACHINE_BYTES * MACHINE_SHARE - together(self))
        if room >= 0:
            self._again(min(max(room / GROWTH_BYTES_S, QUICKEST_S), SLOWEST_S))
            return
        self.end()
        self.stop(exceeded(self.taken, self.limit_bytes))

    def _processes(self) -> list[int]:
        """The backend and the parallel workers that help it."""
        leader = b"postgres: parallel worker for PID %d" % self.backend.pid
        for pid in children(self.backend.server):
            if pid not in self._known:
                title = title_of(pid)
                if title.startswith(b"postgres: "):  # before that it is still called as the postmaster
                    self._known[pid] = title.rstrip(b"\0 ") == leader
        return [self.backend.pid, *(pid for pid, ours in self._known.items() if ours)]

    def __hash__(self) -> int:
        return id(self)


watches: set[Watch] = set()
"""All that look now, in this process."""


def together(largest: Watch) -> float:
    """Bytes of all watched queries, if this is the one that takes the most; else 0: another has to go."""
    taken = [watch.taken for watch in watches]
    return sum(taken) if largest.taken == max(taken, default=0) else 0


def exceeded(taken: int, limit_bytes: int) -> ServerMemoryExceeded:
    """What the asker is told."""
    detail = (
        f"The query was stopped when the server had taken {taken >> 20:,} MB of memory for it;"
        f" the limit is {limit_bytes >> 20:,} MB."
    )
    if taken <= limit_bytes:
        detail = (
            "The query was stopped: all that run take half of the machine's memory together,"
            f" and this one most, {taken >> 20:,} MB."
        )
    return ServerMemoryExceeded(
        detail,
        hint="Aggregate less into one value (array_agg, string_agg, jsonb_agg), filter or group first.",
        taken_mb=taken >> 20,
        limit=limit_bytes >> 20,
    )


def machine_bytes() -> int:
    """Memory that this machine, or the container we are in, has."""
    bytes_ = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for bound in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        with contextlib.suppress(OSError, ValueError), open(bound, "rb") as file:  # noqa: PTH123
            bytes_ = min(bytes_, int(file.read()))
    return bytes_


MACHINE_BYTES = machine_bytes()

"""See what the server takes while a query runs, where it runs on this machine, and say when to stop."""

import asyncio
import contextlib
import os
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self
from weakref import WeakKeyDictionary

from psycopg import AsyncConnection

from databaseai.errors import ServerMemoryExceeded
from databaseai.settings import ExecutionLimits

FIRST_LOOK_S = 0.02
"""Most queries are over by then, and cost nothing."""
QUICKEST_S, SLOWEST_S = 0.01, 0.2
GROWTH_BYTES_S = 3e9
"""No process fills memory faster: new pages are zeroed first."""
LEAST = 19
"""For a process that nobody waits for any more."""
MACHINE_SHARE = 0.5
"""Of the machine's memory, for all watched queries together."""
NICENESS, GIVE_WAY_AFTER_S = 10, 0.3
"""Of our own server's processes for a long query: whoever answers for health, or asks little, goes first."""
PEER = struct.Struct("3i")
"""`struct ucred` (man 7 unix): pid, uid, gid."""
LOOPBACK = {"127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class Backend:
    """The server's process of one connection, on this machine."""

    pid: int
    server: int
    """Its parent, the postmaster."""


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
    _ours: bool = False

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
        watch._ours = parent(backend.server) == os.getpid()
        watches.add(watch)
        watch._again(FIRST_LOOK_S)
        return watch

    def end(self) -> None:
        """Look no more."""
        watches.discard(self)
        if self._timer is not None:
            self._timer.cancel()

    def forsake(self) -> None:
        """The process heard no cancel and nobody listens to it: until it ends, it has what nobody else wants.

        It cannot be ended: it looks for no signal either, and SIGKILL would restart the whole server.
        """
        if self._ours:
            give_way(self.backend.pid, LEAST)
            with contextlib.suppress(OSError):
                os.sched_setscheduler(self.backend.pid, os.SCHED_IDLE, os.sched_param(0))

    def _again(self, seconds: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, self._look)

    def _look(self) -> None:
        """Again so soon that it cannot pass the limit by much before."""
        processes = self._processes()
        if self._ours and time.monotonic() - self._began >= GIVE_WAY_AFTER_S:
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
backends: "WeakKeyDictionary[AsyncConnection[Any], tuple[Backend | None]]" = WeakKeyDictionary()
"""What was found out about a connection, once."""


def together(largest: Watch) -> float:
    """Bytes of all watched queries, if this is the one that takes the most; else 0: another has to go."""
    taken = [watch.taken for watch in watches]
    return sum(taken) if largest.taken == max(taken, default=0) else 0


def exceeded(taken: int, limit_bytes: int) -> ServerMemoryExceeded:
    """What the asker is told."""
    return ServerMemoryExceeded(
        f"The query was stopped when the server had taken {taken >> 20:,} MB of memory for it;"
        f" the limit is {limit_bytes >> 20:,} MB.",
        hint="Aggregate less into one value (array_agg, string_agg, jsonb_agg), filter or group first.",
        taken_mb=taken >> 20,
        limit=limit_bytes >> 20,
    )


def backend_of(reader: AsyncConnection[Any]) -> Backend | None:
    """The server's process of a connection, when the kernel vouches that it is what the server says it is."""
    if reader not in backends:
        found = None
        with contextlib.suppress(OSError, ValueError):
            found = find(reader)
        backends[reader] = (found,)
    return backends[reader][0]


def find(reader: AsyncConnection[Any]) -> Backend | None:
    """Over a unix socket, a child of the socket's owner; over loopback, a process whose title names our port.

    A pooler between, another machine or another container gives None: their process ids are of elsewhere.
    """
    pid = reader.info.backend_pid
    server = parent(pid)
    with socket.socket(fileno=os.dup(reader.fileno())) as wire:
        if wire.family == socket.AF_UNIX:
            peer, _, _ = PEER.unpack(wire.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, PEER.size))
            ours = peer == server
        else:
            host, port = wire.getsockname()[:2]
            title = title_of(pid)
            ours = host in LOOPBACK and title.startswith(b"postgres: ") and b"(%d) " % port in title
    return Backend(pid, server) if ours and server > 1 else None


def give_way(pid: int, niceness: int = NICENESS) -> None:
    """Let a process have the time others leave it; each backend is a session, with a group of its own."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, pid, niceness)
    with contextlib.suppress(OSError), open(f"/proc/{pid}/autogroup", "wb") as file:  # noqa: PTH123
        file.write(b"%d" % niceness)


def parent(pid: int) -> int:
    """Parent's process id; 0 when there is no such process."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123  # three times as fast
            return int(file.read().rpartition(b")")[2].split()[1])
    except OSError:
        return 0


def title_of(pid: int) -> bytes:
    """What a process calls itself; empty when it is gone."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:  # noqa: PTH123
            return file.read(512)
    except OSError:
        return b""


def children(pid: int) -> list[int]:
    """Process ids of the children; none where the kernel does not tell."""
    try:
        with open(f"/proc/{pid}/task/{pid}/children", "rb") as file:  # noqa: PTH123
            return [int(child) for child in file.read().split()]
    except OSError:
        return []


def private_bytes(pid: int) -> int:
    """Memory that is this process's own, in RAM and swapped out: not the server's shared buffers."""
    try:
        with open(f"/proc/{pid}/status", "rb") as file:  # noqa: PTH123
            lines = file.read().split(b"\n")
    except OSError:
        return 0
    return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith((b"RssAnon:", b"VmSwap:")))


def machine_bytes() -> int:
    """Memory that this machine, or the container we are in, has."""
    bytes_ = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for bound in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        with contextlib.suppress(OSError, ValueError), open(bound, "rb") as file:  # noqa: PTH123
            bytes_ = min(bytes_, int(file.read()))
    return bytes_


MACHINE_BYTES = machine_bytes()

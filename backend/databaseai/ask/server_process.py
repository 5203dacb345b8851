"""The server's process of a connection, where it runs on this machine: which it is, what it takes."""

import contextlib
import os
import socket
import struct
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from psycopg import AsyncConnection

NICENESS, LEAST = 10, 19
"""Of our own server's processes: for a long query, and for one that nobody waits for any more."""
PEER = struct.Struct("3i")
"""`struct ucred` (man 7 unix): pid, uid, gid."""
LOOPBACK = {"127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class Backend:
    """The server's process of one connection, on this machine."""

    pid: int
    server: int
    """Its parent, the postmaster."""
    ours: bool = field(default=False, compare=False)
    """The server is our child, so that we may say which of its processes goes first."""


backends: "WeakKeyDictionary[AsyncConnection[Any], tuple[Backend | None]]" = WeakKeyDictionary()
"""What was found out about a connection, once."""


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
    if (server := parent(pid)) <= 1:
        return None
    with socket.socket(fileno=os.dup(reader.fileno())) as wire:
        if wire.family == socket.AF_UNIX:
            peer, _, _ = PEER.unpack(wire.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, PEER.size))
            right = peer == server
        else:
            host, port = wire.getsockname()[:2]
            title = title_of(pid)
            right = host in LOOPBACK and title.startswith(b"postgres: ") and b"(%d) " % port in title
    return Backend(pid, server, parent(server) == os.getpid()) if right else None


def forsake(backend: Backend) -> None:
    """It heard no cancel and nobody listens to it: until it ends, it has what nobody else wants.

    It cannot be ended: it looks for no signal either, and SIGKILL would restart the whole server.
    """
    if backend.ours:
        give_way(backend.pid, LEAST)
        with contextlib.suppress(OSError):
            os.sched_setscheduler(backend.pid, os.SCHED_IDLE, os.sched_param(0))


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

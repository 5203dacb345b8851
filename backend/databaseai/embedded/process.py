"""Start children that die with us: own session, scrubbed environment, output to a file, not as root.

A death signal follows the *thread* that started a child, not the process, and a uid change clears it. So one
thread that lives as long as the process starts every child, and the signal is set after the uid change.
"""

import asyncio
import contextlib
import ctypes
import grp
import os
import pwd
import queue
import resource
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

PR_SET_PDEATHSIG = 1
"""`linux/prctl.h`."""
UNUSED_UIDS = range(60_706, 61_184)
"""Neither Debian nor systemd hands these out (systemd's UIDS-GIDS.md, "unused")."""
KEPT_VARIABLES = ("PATH", "TZ", "TMPDIR", "HOME")
"""All a child needs of our environment; keys and URLs stay here."""
LOG_BYTES = 10_000_000
"""A log past this size becomes `.1`."""

_prctl = ctypes.CDLL(None, use_errno=True).prctl if hasattr(ctypes.CDLL(None), "prctl") else None
_orders: queue.SimpleQueue[
    tuple[Callable[[], "subprocess.Popen[bytes]"], "Future[subprocess.Popen[bytes]]"]
] = queue.SimpleQueue()
_starting = threading.Lock()
_starter: threading.Thread | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a child runs as."""

    uid: int
    gid: int


def unprivileged(owned: Path | None = None) -> Identity | None:
    """Who children run as when we are root; None when we are not.

    A number of its own, without an entry in `/etc/passwd`: as `nobody` or the system's `postgres` the data
    would be open to every other service under that name, and creating a user would change the machine.

    Args:
        owned: A directory from an earlier start; its owner stays the same.
    """
    if os.geteuid() != 0:
        return None
    if owned is not None and owned.exists() and owned.stat().st_uid != 0:
        return Identity(owned.stat().st_uid, owned.stat().st_gid)
    free = next(uid for uid in UNUSED_UIDS if not _known(uid))
    return Identity(free, free)


def named() -> Identity | None:
    """A harmless user with an entry in `/etc/passwd` (`initdb` insists on one), when we are root."""
    if os.geteuid() != 0:
        return None
    users = [user for user in pwd.getpwall() if user.pw_uid != 0]
    nobody = [user for user in users if user.pw_name == "nobody"]
    return next((Identity(user.pw_uid, user.pw_gid) for user in (*nobody, *users)), None)


def _known(number: int) -> bool:
    """Whether a user or a group has that number."""
    with contextlib.suppress(KeyError):
        pwd.getpwuid(number)
        return True
    with contextlib.suppress(KeyError):
        grp.getgrgid(number)
        return True
    return False


class Child:
    """A running child; `exited` resolves to its return code."""

    def __init__(self, popen: "subprocess.Popen[bytes]") -> None:
        self._popen = popen
        self.pid = popen.pid
        self._done = asyncio.Event()
        self.returncode: int | None = None
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._wait, args=(loop,), name=f"wait-{popen.pid}", daemon=True).start()

    def _wait(self, loop: asyncio.AbstractEventLoop) -> None:
        self._popen.wait()
        with contextlib.suppress(RuntimeError):  # the loop is gone: nobody asks any more
            loop.call_soon_threadsafe(self._finish)

    def _finish(self) -> None:
        self.returncode = self._popen.returncode
        self._done.set()

    async def exited(self, within_s: float | None = None) -> int | None:
        """Return code, or None when the child still runs after `within_s` seconds."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._done.wait(), within_s)
        return self.returncode

    def send(self, number: signal.Signals) -> None:
        """Send a signal; a child that is gone already is no error."""
        self._popen.send_signal(number)  # polls first, so never hits a reused pid

    async def stop(self, *steps: tuple[signal.Signals, float]) -> int | None:
        """Send one signal after the other, each with its seconds to obey, then SIGKILL."""
        for number, seconds in steps:
            self.send(number)
            if (code := await self.exited(seconds)) is not None:
                return code
        self.send(signal.SIGKILL)
        return await self.exited(5)


async def spawn(
    command: Sequence[str | Path],
    *,
    log: Path,
    death_signal: signal.Signals = signal.SIGTERM,
    identity: Identity | None = None,
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
    data_bytes: int | None = None,
) -> Child:
    """Start a child that dies with this process.

    Args:
        command: Program and arguments.
        log: Gets stdout and stderr, appended; made with mode 0600.
        death_signal: What the child gets when this process dies, however it dies.
        identity: Run as this user (we are root); groups are dropped.
        environment: Added to the few variables that pass.
        directory: Where the child works; else where we do.
        data_bytes: Bound on the memory that each of its processes may have for its own.

    Raises:
        OSError: The program cannot be run.
    """
    given = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ} | dict(
        environment or {}
    )
    parent = os.getpid()

    def before_exec() -> None:
        if _prctl is not None:
            _prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:  # we died before the signal was set
            os._exit(1)
        if data_bytes is not None:
            resource.setrlimit(resource.RLIMIT_DATA, (data_bytes, data_bytes))

    def start() -> "subprocess.Popen[bytes]":
        bound(log)
        output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            return subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=given,
                cwd=directory,
                start_new_session=True,  # the terminal's Ctrl-C and hang-up reach us alone
                user=None if identity is None else identity.uid,
                group=None if identity is None else identity.gid,
                extra_groups=None if identity is None else [],
                preexec_fn=before_exec,  # noqa: PLW1509  # two system calls, both loaded before the fork
            )
        finally:
            os.close(output)

    started = _order(start)
    try:
        return Child(await asyncio.wrap_future(started))
    except asyncio.CancelledError:
        started.add_done_callback(_end_unwanted)
        raise


def companion(command: Sequence[str | Path], **options: Any) -> "subprocess.Popen[Any]":
    """`subprocess.Popen` for a tool that works for us a while, and is killed when we die."""
    parent = os.getpid()

    def before_exec() -> None:
        if _prctl is not None:
            _prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    def start() -> "subprocess.Popen[Any]":
        return subprocess.Popen(command, preexec_fn=before_exec, **options)  # noqa: PLW1509  # as in `spawn`

    return _order(start).result()


def _order(start: Callable[[], "subprocess.Popen[Any]"]) -> "Future[subprocess.Popen[Any]]":
    """Have the starting thread call `start`."""
    global _starter  # noqa: PLW0603  # one per process, by its purpose
    with _starting:
        if _starter is None:
            _starter = threading.Thread(target=_serve, name="starts-children", daemon=True)
            _starter.start()
    future: Future[subprocess.Popen[Any]] = Future()
    _orders.put((start, future))
    return future


def _serve() -> None:
    """Start children for ever: this thread may not end before the process does."""
    for start, future in iter(_orders.get, None):
        if not future.set_running_or_notify_cancel():
            continue
        try:
            future.set_result(start())
        except BaseException as error:  # noqa: BLE001  # belongs to the one who asked
            future.set_exception(error)


def _end_unwanted(started: "Future[subprocess.Popen[bytes]]") -> None:
    """Kill a child whose asker was cancelled while it was started."""
    if not started.cancelled() and started.exception() is None:
        with started.result() as child:
            child.kill()


async def end_all_in(directory: Path) -> None:
    """End every process that works in a directory whose lock we hold: what a crash left behind.

    At once (SIGQUIT is PostgreSQL's immediate shutdown): what was committed is in its log of changes.
    """
    for seconds, end in ((8.0, signal.SIGQUIT), (5.0, signal.SIGKILL)):
        left = await asyncio.to_thread(_working_in, directory)
        for one in left:
            with contextlib.suppress(psutil.Error):
                one.send_signal(end)
        await asyncio.to_thread(psutil.wait_procs, left, seconds)


def _working_in(directory: Path) -> list[psutil.Process]:
    """Processes with that working directory."""
    found: list[psutil.Process] = []
    if not directory.is_dir():
        return found
    for one in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if one.cwd() == str(directory.resolve()):
                found.append(one)
    return found


def bound(log: Path, limit_bytes: int = LOG_BYTES) -> None:
    """Turn a log that grew past the limit into `.1`; works while a child writes (it appends)."""
    with contextlib.suppress(FileNotFoundError):
        if log.stat().st_size > limit_bytes:
            older = log.with_name(log.name + ".1")
            older.unlink(missing_ok=True)
            with os.fdopen(os.open(older, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as copy:
                copy.write(tail(log, limit_bytes))
            os.truncate(log, 0)


def tail(log: Path, limit_bytes: int = 4_096) -> bytes:
    """The end of a file; empty when there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - limit_bytes))
            return file.read()
    except OSError:
        return b""

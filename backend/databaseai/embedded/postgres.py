"""Run a PostgreSQL of our own: private, with a password, a child that dies with us.

It listens on one unix socket in a 0700 directory and on no port: nobody else on the machine can even knock,
no port is ever taken by another, and the address stays the same over restarts. It asks for passwords all the
same.
"""

import asyncio
import contextlib
import errno
import logging
import os
import signal
import time
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg

from databaseai.embedded import postgres_place as places
from databaseai.embedded import postgres_tree as trees
from databaseai.embedded import process
from databaseai.embedded.postgres_cluster import SUPERUSER, ensure_cluster, failure, program_errors
from databaseai.embedded.postgres_options import ALWAYS, private_bytes
from databaseai.embedded.postgres_url import url
from databaseai.errors import DiskFull, EmbeddedPostgresFailed, HomeNotWritable
from databaseai.settings import ROOT_HOME, ExecutionLimits

logger = logging.getLogger(__name__)
READY_S = 120.0
"""For a start that replays the log after a crash."""
FAST, IMMEDIATE = (signal.SIGINT, 20.0), (signal.SIGQUIT, 8.0)
"""A fast shutdown writes everything out; an immediate one leaves that to the next start, and kills what still
runs after 5 s."""
LOG_CHECK_S = 60.0
RESTARTS, RESTARTS_WITHIN_S = 5, 60.0
"""A server that dies more often is left dead."""


class EmbeddedPostgres:
    """One server over one directory.

    Args:
        home: The state directory; the server's files lie in `home/postgres`.
        bin_dir: Of any PostgreSQL >= 15; without it, the packaged one.
        root_home: As root, where files go that the server's user cannot reach in their own place.
        options: Settings of the server beside its own (`postgres_options`).
        server_memory_mb: What one query may take (`limits.server_memory_mb`).
    """

    def __init__(
        self,
        home: Path,
        *,
        bin_dir: Path | None = None,
        root_home: Path = ROOT_HOME,
        options: Mapping[str, str] | None = None,
        server_memory_mb: int = ExecutionLimits().server_memory_mb,
    ) -> None:
        self.home = home
        self._directory = home / "postgres"
        self._options = dict(options or {})
        self._server_memory_mb = server_memory_mb
        self._bin_dir = bin_dir
        self._root_home = root_home
        self._child: process.Child | None = None
        self._watch: asyncio.Task[None] | None = None
        self._lock: int | None = None
        self._password = ""
        self._socket: Path | None = None
        self.restarts = 0
        """How often the server died and was started again."""
        self.given_up = False
        """It died too often."""

    @property
    def pid(self) -> int | None:
        """The server's process id; None when it does not run."""
        return None if self._child is None or self._child.returncode is not None else self._child.pid

    @property
    def data(self) -> Path:
        """The data directory, as the server knows it."""
        return self._place.data

    @property
    def log(self) -> Path:
        """What the server says."""
        return self._place.log

    async def start(self) -> None:
        """Start, with a new data directory where there is none; returns when the server answers.

        Raises:
            AlreadyRunning: Another process holds the directory. DBAI005.
            EmbeddedPostgresFailed: With the end of its log. DBAI006.
            HomeNotWritable, DiskFull: DBAI002, DBAI004.
        """
        with file_errors(self.home):
            tree = await asyncio.to_thread(trees.inspect, self._bin_dir or trees.packaged())
            identity = process.unprivileged(self._directory / "data")
            self._place = places.settle(self._directory, identity, self._root_home)
            self._lock = places.lock(self._place)
            try:
                self._tree = await asyncio.to_thread(trees.readable, tree, identity, self._root_home)
                await process.end_all_in(self._place.data)
                await ensure_cluster(self._place, self._tree)
                self._password = places.read_password(self._place)
                self._socket = self._place.socket_directory()
                await self._launch()
            except BaseException:
                await self.stop()
                raise
        self._watch = asyncio.create_task(self._keep_running(), name="embedded-postgres")

    async def stop(self) -> None:
        """Stop: fast, then at once, then by force; give the lock back. May be called again."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
            self._watch = None
        if self._child is not None:
            await self._child.stop(FAST, IMMEDIATE)
            self._child = None
        if self._socket is not None:
            self._place.drop_socket_directory()
            self._socket = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def dsn(self, database: str, user: str = SUPERUSER) -> str:
        """URL of a database; with the password for the superuser, without one for others."""
        if self._socket is None or self.given_up:
            raise EmbeddedPostgresFailed(
                "The embedded PostgreSQL does not run.", hint=f"Its log is in {self._directory}."
            )
        return url(self._socket, database, user, self._password if user == SUPERUSER else None)

    async def healthy(self) -> bool:
        """Whether a login succeeds now."""
        try:
            connection = await psycopg.AsyncConnection.connect(self.dsn("postgres"), connect_timeout=5)
        except (psycopg.OperationalError, EmbeddedPostgresFailed):
            return False
        await connection.close()
        return True

    async def _launch(self) -> None:
        """Start the server and wait until it takes a connection."""
        options = self._options | ALWAYS | {"unix_socket_directories": f'"{self._socket}"'}
        command: list[str | Path] = [self._tree.bin_dir / "postgres", "-D", self._place.data]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        with program_errors("postgres"):
            self._child = await process.spawn(
                command,
                log=self._place.log,
                death_signal=signal.SIGQUIT,  # not the fast way, which may wait for a query without end
                identity=self._place.identity,
                environment={"LC_ALL": "C"},
                directory=Path("/"),
                data_bytes=private_bytes(self._server_memory_mb),
            )
        await self._answers(self._child)

    async def _answers(self, child: process.Child) -> None:
        """Wait for a real login."""
        until, pause_s = time.monotonic() + READY_S, 0.05
        while time.monotonic() < until:
            try:
                connection = await psycopg.AsyncConnection.connect(self.dsn("postgres"), connect_timeout=5)
            except psycopg.OperationalError as error:
                if "password authentication failed" in str(error):  # our server speaks English: LC_ALL=C
                    raise EmbeddedPostgresFailed(
                        f"{self._place.password} does not hold the password of {self._place.data}."
                    ) from None
            else:
                await connection.close()
                return
            pause_s = min(2 * pause_s, 0.5)
            if await child.exited(within_s=pause_s / 2) is not None:
                raise failure(self._place, "PostgreSQL stopped while it started")
        raise failure(self._place, f"PostgreSQL did not answer within {READY_S:.0f} s")

    async def _keep_running(self) -> None:
        """Start the server again when it dies, and keep its log small."""
        deaths: deque[float] = deque(maxlen=RESTARTS)
        while self._child is not None:
            code = await self._child.exited(within_s=LOG_CHECK_S)
            if code is None:
                await asyncio.to_thread(process.bound, self._place.log)
                continue
            if len(deaths) == RESTARTS and time.monotonic() - deaths[0] < RESTARTS_WITHIN_S:
                self.given_up = True
                logger.error("PostgreSQL died %d times within %.0f s: given up", RESTARTS, RESTARTS_WITHIN_S)
                return
            deaths.append(time.monotonic())
            logger.warning("PostgreSQL died (%d): starting it again", code)
            try:
                await process.end_all_in(self._place.data)
                await self._launch()
                self.restarts += 1
            except (OSError, DiskFull, EmbeddedPostgresFailed):
                logger.exception("PostgreSQL did not start again")


@contextlib.contextmanager
def file_errors(home: Path) -> Iterator[None]:
    """Give what the file system refuses its own error."""
    try:
        yield
    except OSError as error:
        where = error.filename or home
        if error.errno == errno.EPERM and os.geteuid() == 0:
            raise EmbeddedPostgresFailed(
                "PostgreSQL does not run as root, and this process may not become another user.",
                hint="Start it as an ordinary user.",
            ) from error
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFull(f"{where}: {error.strerror}.") from error
        raise HomeNotWritable(f"{where}: {error.strerror}.", hint="Set DATABASEAI_HOME.") from error

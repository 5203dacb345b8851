"""Run a PostgreSQL of our own: private, with a password, a child that dies with us.

It listens on one unix socket in a 0700 directory and on no port: nobody else on the machine can even knock,
no port is ever taken by another, and the address stays the same over restarts. It asks for passwords all the
same.
"""

import asyncio
import contextlib
import logging
import os
import secrets
import shutil
import signal
import time
from pathlib import Path

import psycopg
from psycopg import sql

from databaseai.embedded import postgres_place as places
from databaseai.embedded import postgres_tree as trees
from databaseai.embedded import process
from databaseai.embedded.postgres_url import url
from databaseai.errors import DiskFull, EmbeddedPostgresFailed
from databaseai.settings import ROOT_HOME

logger = logging.getLogger(__name__)
SUPERUSER = "postgres"
BUILTIN_LOCALES_MAJOR = 17
INITDB = (
    *("--auth-host=scram-sha-256", "--auth-local=scram-sha-256", "--data-checksums"),
    *("--encoding=UTF8", "--no-instructions"),
)
READY_S = 120.0
"""For a start that replays the log after a crash."""
FAST, IMMEDIATE = (signal.SIGINT, 20.0), (signal.SIGQUIT, 8.0)
"""Fast shutdown writes everything out; immediate leaves it to the next start. The server kills what has not
gone 5 s after SIGQUIT."""
ALWAYS = {
    "listen_addresses": "",
    "password_encryption": "scram-sha-256",
    "unix_socket_permissions": "0700",
    "max_connections": "80",
    "shared_buffers": "128MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "huge_pages": "try",
    "jit": "off",  # its set-up costs more than these queries
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "512MB",
    "logging_collector": "off",  # our log is bounded by process.bound
    "log_destination": "stderr",
    "log_min_messages": "log",  # an error's text may hold a value of the data
    "log_min_error_statement": "panic",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
}
"""On the command line, so that they hold for old data directories too."""


class EmbeddedPostgres:
    """One server over one directory.

    Args:
        home: The state directory; the server's files lie in `home/postgres`.
        bin_dir: Of any PostgreSQL >= 15; without it, the packaged one.
        root_home: As root, where files go that the server's user cannot reach in their own place.
    """

    def __init__(self, home: Path, *, bin_dir: Path | None = None, root_home: Path = ROOT_HOME) -> None:
        self.home = home
        self._bin_dir = bin_dir
        self._root_home = root_home
        self._child: process.Child | None = None
        self._lock: int | None = None
        self._password = ""
        self._socket: Path | None = None

    async def start(self) -> None:
        """Start, with a new data directory where there is none; returns when the server answers.

        Raises:
            AlreadyRunning: Another process holds the directory. DBAI005.
            EmbeddedPostgresFailed: With the end of its log. DBAI006.
            HomeNotWritable, DiskFull: DBAI002, DBAI004.
        """
        identity = process.unprivileged(self.home / "postgres" / "data")
        tree = await asyncio.to_thread(trees.inspect, self._bin_dir or trees.packaged())
        self._place = places.settle(self.home, identity, self._root_home)
        self._lock = places.lock(self._place)
        try:
            self._tree = await asyncio.to_thread(trees.readable, tree, identity, self._root_home)
            await self._initialise()
            self._password = places.read_password(self._place)
            await self._launch()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Stop: fast, then at once, then by force; give the lock back."""
        if self._child is not None:
            await self._child.stop(FAST, IMMEDIATE)
            self._child = None
        if self._socket is not None and self._socket.parent != self._place.root:
            shutil.rmtree(self._socket, ignore_errors=True)
        self._socket = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def dsn(self, database: str, user: str = SUPERUSER) -> str:
        """URL of a database; with the password for the superuser, without one for others."""
        if self._socket is None:
            raise EmbeddedPostgresFailed("The embedded PostgreSQL does not run.")
        return url(self._socket, database, user, self._password if user == SUPERUSER else None)

    async def ensure_database(self, name: str) -> str:
        """Create a database that only its owner enters, unless it is there; its superuser URL."""
        async with await psycopg.AsyncConnection.connect(self.dsn("postgres"), autocommit=True) as admin:
            with contextlib.suppress(psycopg.errors.DuplicateDatabase):
                await admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            await admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
        return self.dsn(name)

    async def _initialise(self) -> None:
        """Make the data directory, whole or not at all."""
        place, tree = self._place, self._tree
        for half in place.root.glob("data.new-*"):
            await asyncio.to_thread(shutil.rmtree, half)
        if place.major is not None:
            self._check_major(place.major)
            return
        password = secrets.token_urlsafe(32)
        half = place.root / f"data.new-{secrets.token_hex(8)}"
        half.mkdir(mode=0o700)
        secret = place.root / f"{half.name}.password"
        maker = process.named()
        places.write_secret(secret, password)
        if maker is not None:
            os.chown(secret, maker.uid, maker.gid)
            os.chown(half, maker.uid, maker.gid)
        locale = (
            ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
            if tree.major >= BUILTIN_LOCALES_MAJOR
            else ["--locale=C.UTF-8"]
        )
        try:
            child = await process.spawn(
                [
                    tree.bin_dir / "initdb",
                    "-D",
                    half,
                    "-U",
                    SUPERUSER,
                    f"--pwfile={secret}",
                    *INITDB,
                    *locale,
                ],
                log=place.log,
                identity=maker,
                environment={"LC_ALL": "C"},
                directory=Path("/"),
            )
            code = await child.exited()
        except OSError as error:
            raise EmbeddedPostgresFailed(f"initdb cannot be run: {error.strerror}.") from error
        finally:
            secret.unlink(missing_ok=True)
        if code != 0:
            raise self._failure("initdb failed")
        place.give(half, place.identity)
        places.write_secret(place.password, password)
        half.rename(place.data)

    def _check_major(self, major: int) -> None:
        """A data directory opens only with the major version that wrote it."""
        if major != self._tree.major:
            raise EmbeddedPostgresFailed(
                f"{self._place.data} was written by PostgreSQL {major}; this is {self._tree.version}.",
                hint=f"Set DATABASEAI_EMBEDDED_POSTGRES_BIN to a PostgreSQL {major}, or dump and load.",
                data_major=major,
                tree_major=self._tree.major,
            )

    async def _launch(self) -> None:
        """Start the server and wait until it takes a connection."""
        place = self._place
        self._socket = place.socket_directory()
        options = ALWAYS | {"unix_socket_directories": f'"{self._socket}"'}
        command: list[str | Path] = [self._tree.bin_dir / "postgres", "-D", place.data]
        for name, value in options.items():
            command += ["-c", f"{name}={value}"]
        try:
            self._child = await process.spawn(
                command,
                log=place.log,
                death_signal=signal.SIGQUIT,
                identity=place.identity,
                environment={"LC_ALL": "C"},
                directory=Path("/"),
            )
        except OSError as error:
            raise EmbeddedPostgresFailed(f"postgres cannot be run: {error.strerror}.") from error
        await self._answers()

    async def _answers(self) -> None:
        """Wait for a real login."""
        assert self._child is not None  # noqa: S101  # launched just before
        until = time.monotonic() + READY_S
        while time.monotonic() < until:
            with contextlib.suppress(psycopg.OperationalError):
                connection = await psycopg.AsyncConnection.connect(self.dsn("postgres"), connect_timeout=5)
                await connection.close()
                return
            if await self._child.exited(within_s=0.05) is not None:
                raise self._failure("PostgreSQL stopped while starting")
        raise self._failure(f"PostgreSQL did not answer within {READY_S:.0f} s")

    def _failure(self, what: str) -> DiskFull | EmbeddedPostgresFailed:
        """The error that the log's end tells."""
        end = process.tail(self._place.log, 2_000).decode(errors="replace")
        if "No space left on device" in end:
            return DiskFull(f"{self._place.root}: no space left for PostgreSQL.")
        lines = [line.strip() for line in end.splitlines() if line.strip()]
        return EmbeddedPostgresFailed(
            f"{what}: {lines[-1] if lines else 'it said nothing'}", hint=f"Its log is {self._place.log}."
        )

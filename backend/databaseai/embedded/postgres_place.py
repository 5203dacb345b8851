"""Where the embedded PostgreSQL keeps its files, who owns them, and who holds the lock."""

import fcntl
import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from databaseai.embedded.postgres_tree import reachable
from databaseai.embedded.process import Identity
from databaseai.errors import AlreadyRunning, DiskFull, EmbeddedPostgresFailed, HomeNotWritable

FREE_BYTES = 300_000_000
"""A new cluster takes 40 MB, its log of changes up to 80 MB, the sample data 60 MB at scale 1."""
SOCKET_PATH_BYTES = 107
"""`sun_path` of a unix socket on Linux, without its end mark (man 7 unix)."""
SOCKET_NAME = ".s.PGSQL.5432.lock"


@dataclass(frozen=True, slots=True)
class Place:
    """The files of one cluster. All but `data` and the socket directory belong to us, not to the server."""

    root: Path
    identity: Identity | None

    @property
    def data(self) -> Path:
        """The cluster, 0700."""
        return self.root / "data"

    @property
    def password(self) -> Path:
        """The superuser's password, 0600."""
        return self.root / "password"

    @property
    def log(self) -> Path:
        """What the server says, 0600."""
        return self.root / "postgres.log"

    @property
    def major(self) -> int | None:
        """PostgreSQL's major version that wrote `data`; None when there is none yet."""
        try:
            return int((self.data / "PG_VERSION").read_text().strip())
        except FileNotFoundError:
            return None

    def give(self, path: Path, identity: Identity | None) -> None:
        """Make a file or a tree the server's own; symbolic links are never followed."""
        if identity is None:
            return
        for folder, _, files, descriptor in os.fwalk(path):
            os.fchown(descriptor, identity.uid, identity.gid)
            for name in files:
                os.chown(name, identity.uid, identity.gid, dir_fd=descriptor, follow_symlinks=False)
            del folder

    def socket_directory(self) -> Path:
        """A 0700 directory for the socket, short enough and without the characters libpq splits at."""
        wanted = self.root / "socket"
        if len(os.fsencode(wanted / SOCKET_NAME)) > SOCKET_PATH_BYTES or set(",:") & set(str(wanted)):
            wanted = Path(tempfile.mkdtemp(prefix="databaseai-"))
        wanted.mkdir(mode=0o700, exist_ok=True)
        wanted.chmod(0o700)
        self.give(wanted, self.identity)
        return wanted


def settle(home: Path, identity: Identity | None, root_home: Path) -> Place:
    """Make the directory of the embedded PostgreSQL.

    As root, and when `home` lies where the server's user cannot go (in `/root`, say), the files lie under
    `root_home`, and a symbolic link in `home` leads there: nothing above them is made more open.

    Raises:
        HomeNotWritable: With the reason.
        DiskFull: Less than `FREE_BYTES` left.
    """
    link = home / "postgres"
    try:
        home.mkdir(mode=0o700 if identity is None else 0o711, parents=True, exist_ok=True)
        if identity is not None and not link.exists() and not reachable(home, identity):
            root_home.mkdir(mode=0o755, parents=True, exist_ok=True)
            elsewhere = root_home / f"postgres-{secrets.token_hex(6)}"
            elsewhere.mkdir(mode=0o711)
            link.unlink(missing_ok=True)
            link.symlink_to(elsewhere)
        link.mkdir(mode=0o700 if identity is None else 0o711, exist_ok=True)
        root = link.resolve()
        root.chmod(0o700 if identity is None else 0o711)  # made under a strange umask
        free = shutil.disk_usage(root).free
    except OSError as error:
        raise HomeNotWritable(f"{home}: {error.strerror}.", hint="Set DATABASEAI_HOME.") from error
    if identity is not None and not reachable(root, identity):
        raise HomeNotWritable(
            f"{root} cannot be entered by the unprivileged user PostgreSQL runs as.",
            hint=f"Set DATABASEAI_HOME to a directory like {root_home}.",
        )
    place = Place(root, identity)
    if free < FREE_BYTES and place.major is None:
        raise DiskFull(f"{root}: {free // 1_000_000} MB free, {FREE_BYTES // 1_000_000} MB needed.")
    return place


def lock(place: Place) -> int:
    """Take the lock that this process holds until it ends, however it ends.

    Returns:
        The open lock file; closing it gives the lock back.

    Raises:
        AlreadyRunning: With the holder's pid.
    """
    descriptor = os.open(place.root / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(descriptor, 32).decode().strip()
        os.close(descriptor)
        pid = int(holder) if holder.isdigit() else 0
        raise AlreadyRunning(f"Process {holder or '?'} uses {place.root}.", pid=pid) from None
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    return descriptor


def write_secret(path: Path, secret: str) -> None:
    """A new 0600 file that is on disk when this returns."""
    half = path.with_name(f"{path.name}.{os.getpid()}")
    half.unlink(missing_ok=True)
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secret)
        file.flush()
        os.fsync(descriptor)
    half.rename(path)


def read_password(place: Place) -> str:
    """The superuser's password.

    Raises:
        EmbeddedPostgresFailed: Data without its password.
    """
    try:
        return place.password.read_text(encoding="ascii")
    except FileNotFoundError:
        raise EmbeddedPostgresFailed(
            f"{place.password} is missing, and {place.data} cannot be opened without it.",
            hint="Bring the file back, or move the data directory away to start afresh.",
        ) from None

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
SOCKET_PREFIX = "databaseai-"


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
        os.chown(path, identity.uid, identity.gid, follow_symlinks=False)
        for _, folders, files, descriptor in os.fwalk(path):
            for name in (*folders, *files):
                os.chown(name, identity.uid, identity.gid, dir_fd=descriptor, follow_symlinks=False)

    @property
    def socket(self) -> Path:
        """The socket's directory, or a symbolic link to it."""
        return self.root / "socket"

    def socket_directory(self) -> Path:
        """Make a 0700 directory for the socket.

        It lies elsewhere when the path here is too long for a socket, or holds a character at which libpq or
        PostgreSQL split a list of hosts.
        """
        self.drop_socket_directory()
        made = self.socket
        if len(os.fsencode(made / SOCKET_NAME)) > SOCKET_PATH_BYTES or set(',:"') & set(str(made)):
            made = Path(tempfile.mkdtemp(prefix=SOCKET_PREFIX))
            self.socket.symlink_to(made)
        else:
            made.mkdir(mode=0o700)
        made.chmod(0o700)
        self.give(made, self.identity)
        return made

    def drop_socket_directory(self) -> None:
        """Remove the socket's directory, also one that a crash left elsewhere."""
        made = self.socket.resolve()
        if self.socket.is_symlink():
            self.socket.unlink()
            if not made.name.startswith(SOCKET_PREFIX):
                return
        shutil.rmtree(made, ignore_errors=True)


def settle(directory: Path, identity: Identity | None, root_home: Path) -> Place:
    """Make the directory of the embedded PostgreSQL.

    As root, and when `directory` lies where the server's user cannot go (in `/root`, say), the files lie
    under `root_home`, and `directory` is a symbolic link to them: nothing above them is made more open.

    Raises:
        HomeNotWritable: With the reason.
        DiskFull: Less than `FREE_BYTES` left for a new cluster.
    """
    directory.parent.mkdir(mode=0o700 if identity is None else 0o711, parents=True, exist_ok=True)
    closed = identity is not None and not reachable(directory.parent, identity)
    if closed and (directory.parent == root_home or not directory.exists() or directory.is_symlink()):
        root_home.mkdir(parents=True, exist_ok=True)
        root_home.chmod(root_home.stat().st_mode | 0o011)  # ours, whoever made it; to enter, not to list
    if identity is not None and not directory.exists() and not reachable(directory.parent, identity):
        elsewhere = root_home / f"postgres-{secrets.token_hex(6)}"
        elsewhere.mkdir()
        directory.unlink(missing_ok=True)  # a link whose target is gone
        directory.symlink_to(elsewhere)
    directory.mkdir(exist_ok=True)
    root = directory.resolve()
    root.chmod(0o700 if identity is None else 0o711)
    if identity is not None and not reachable(root, identity):
        raise HomeNotWritable(
            f"{root} cannot be entered by the unprivileged user that PostgreSQL runs as.",
            hint=f"Set DATABASEAI_HOME to a directory like {root_home}.",
        )
    place = Place(root, identity)
    free = shutil.disk_usage(root).free
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

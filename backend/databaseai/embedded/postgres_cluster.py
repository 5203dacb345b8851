"""Make a data directory: passwords on every way in, whole or not at all."""

import asyncio
import contextlib
import errno
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from databaseai.embedded import process
from databaseai.embedded.postgres_place import Place, write_secret
from databaseai.embedded.postgres_tree import Tree
from databaseai.errors import DiskFull, EmbeddedPostgresFailed

SUPERUSER = "postgres"
FATAL = re.compile(r"FATAL|PANIC|error:")
BUILTIN_LOCALES_MAJOR = 17
"""From here on PostgreSQL brings a UTF-8 locale of its own; before, the system's is used."""
INITDB = (
    *("--auth-host=scram-sha-256", "--auth-local=scram-sha-256", "--data-checksums"),
    *("--encoding=UTF8", "--no-instructions"),
)


async def ensure_cluster(place: Place, tree: Tree) -> None:
    """Make the data directory unless it is there.

    Raises:
        EmbeddedPostgresFailed: `initdb` failed, or another major version wrote the data.
        DiskFull: `initdb` ran out of space.
    """
    for half in place.root.glob("data.new-*"):  # a start that was killed
        await asyncio.to_thread(remove, half)
    if place.major is None:
        await create(place, tree)
    elif place.major != tree.major:
        raise EmbeddedPostgresFailed(
            f"{place.data} was written by PostgreSQL {place.major}; this is {tree.version}.",
            hint=f"Set DATABASEAI_EMBEDDED_POSTGRES_BIN to a PostgreSQL {place.major}, or dump and load.",
            data_major=place.major,
            tree_major=tree.major,
        )


async def create(place: Place, tree: Tree) -> None:
    """Run `initdb` beside the data directory, then move the result there.

    As root, `initdb` runs as a user with a name, which it insists on; the result becomes the server's own.
    """
    password = secrets.token_urlsafe(32)
    half = place.root / f"data.new-{secrets.token_hex(8)}"
    given = half.with_suffix(".password")
    maker = process.named()
    half.mkdir(mode=0o700)
    write_secret(given, password)
    for path in (half, given):
        place.give(path, maker)
    command: list[str | Path] = [
        tree.bin_dir / "initdb",
        "-D",
        half,
        "-U",
        SUPERUSER,
        f"--pwfile={given}",
        *INITDB,
    ]
    try:
        with program_errors("initdb"):
            child = await process.spawn(
                [*command, *locale(tree)],
                log=place.log,
                identity=maker,
                environment={"LC_ALL": "C"},
                directory=Path("/"),
            )
        code = await child.exited()
    finally:
        given.unlink(missing_ok=True)
    if code != 0:
        await asyncio.to_thread(remove, half)
        raise failure(place, "initdb failed")
    await asyncio.to_thread(place.give, half, place.identity)
    write_secret(place.password, password)
    half.rename(place.data)


def locale(tree: Tree) -> list[str]:
    """Options for UTF-8 rules that are the same on every machine."""
    if tree.major >= BUILTIN_LOCALES_MAJOR:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--locale=C.UTF-8"]


def remove(path: Path) -> None:
    """Delete a file or a tree, as far as that goes."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def program_errors(name: str) -> Iterator[None]:
    """Tell a program that cannot be run from a file that cannot be written."""
    try:
        yield
    except OSError as error:
        raise EmbeddedPostgresFailed(f"{name} cannot be run: {error.strerror}.") from error


def failure(place: Place, what: str) -> DiskFull | EmbeddedPostgresFailed:
    """The error that the log's end tells."""
    end = process.tail(place.log, 2_000).decode(errors="replace")
    if os.strerror(errno.ENOSPC) in end or "No space left on device" in end:
        return DiskFull(f"{place.root}: PostgreSQL ran out of space.")
    lines = [line.strip() for line in end.splitlines() if line.strip()]
    fatal = [line for line in lines if FATAL.search(line) and "FATAL:  the database system is" not in line]
    said = (fatal or lines or ["it said nothing"])[-1]
    return EmbeddedPostgresFailed(f"{what}: {said}", hint=f"Its log is {place.log}.")

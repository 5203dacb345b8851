"""Bring the Python environment up to date with the pinned requirements; print its path.

Runs with the standard library alone, before anything is installed. What was installed is remembered by a
digest of the pins, so every later start costs one comparison. Talks to people on stderr.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PINS = ROOT / "requirements"
NEEDED_MB = {"run": 900, "dev": 1300}
"""Free space for the environment and the packages on their way, measured with a third to spare."""


class Refusal(Exception):
    """One line that says what is missing, and the way out."""


def say(text: str) -> None:
    """One line for the person who waits."""
    print(text, file=sys.stderr, flush=True)


def writable(directory: Path) -> bool:
    """Whether files can be made in this directory, or in the nearest one above it that exists."""
    while not directory.exists():
        directory = directory.parent
    return os.access(directory, os.W_OK | os.X_OK)


def cache_directory() -> Path:
    """The user's cache, or what `DATABASEAI_CACHE` names."""
    named = os.environ.get("DATABASEAI_CACHE")
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(named) if named else Path(base) / "databaseai"


def environment_directory() -> Path:
    """`.venv` in the checkout; in the cache where the checkout is read-only."""
    if writable(ROOT / ".venv"):
        return ROOT / ".venv"
    key = hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]
    directory = cache_directory() / f"environment-{key}"
    if not writable(directory):
        raise Refusal(
            f"neither {ROOT} nor {directory.parent} can be written. "
            "Set DATABASEAI_CACHE and DATABASEAI_HOME to directories you may write."
        )
    return directory


def digest(requirements: str) -> str:
    """What the environment should hold: the pins, and the Python they are installed for."""
    pins = (PINS / f"{requirements}.txt").read_bytes() + (PINS / "tools.txt").read_bytes()
    return hashlib.sha256(pins + sys.version.encode() + str(ROOT).encode()).hexdigest()


def installed(environment: Path, requirements: str) -> bool:
    """Whether the environment holds these pins (the development set holds the run set)."""
    for name in {requirements, "dev"}:
        stamp = environment / f".installed-{name}"
        if stamp.is_file() and stamp.read_text() == digest(name):
            return True
    return False


@contextlib.contextmanager
def locked(environment: Path) -> Iterator[None]:
    """One installation at a time; a second start waits for the first."""
    environment.parent.mkdir(parents=True, exist_ok=True)
    with (environment.parent / f".{environment.name.lstrip('.')}.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("databaseai: another start is installing; waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def check_machine(environment: Path, requirements: str) -> None:
    """Refuse early, with the way out, what would fail late."""
    try:
        import ensurepip  # noqa: F401  # absent where Debian's python3-venv is not installed
        import venv  # noqa: F401
    except ImportError:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise Refusal(
            f"this Python {version} has no venv module. On Debian or Ubuntu: apt install python{version}-venv"
        ) from None
    free_mb = shutil.disk_usage(environment.parent).free // 1_000_000
    if free_mb < NEEDED_MB[requirements]:
        raise Refusal(
            f"needs {NEEDED_MB[requirements]} MB on the disk of {environment.parent}, {free_mb} MB are free. "
            "Free some, or clone to another disk."
        )


def run(step: str, command: list[str | Path], log: Path) -> None:
    """Run one installer step with its output in the log; its last lines are shown when it fails."""
    began = time.monotonic()
    say(f"  {step} ...")
    with log.open("ab") as output:
        code = subprocess.run(command, stdout=output, stderr=output, env=package_environment(), check=False)
    if code.returncode:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-5:])
        offline = any(
            word in tail for word in ("dns error", "Connection", "connect", "resolve", "No matching")
        )
        way = "Is there a network? A first start fetches packages."
        raise Refusal(f"{step} failed.{' ' + way if offline else ''} The log is {log}; it ends:\n{tail}")
    say(f"  {step}: {time.monotonic() - began:.0f} s")


def package_environment() -> dict[str, str]:
    """The machine's own package index and certificates, in uv's words too: it reads none of pip's."""
    settings = dict(os.environ)
    pip = subprocess.run(
        [sys.executable, "-I", "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    for line in pip.stdout.splitlines():
        name, _, value = line.partition("=")
        if name.endswith(".index-url"):
            settings.setdefault("UV_DEFAULT_INDEX", value.strip("'\""))
        if name.endswith(".cert"):
            settings.setdefault("SSL_CERT_FILE", value.strip("'\""))
    if index := os.environ.get("PIP_INDEX_URL"):
        settings.setdefault("UV_DEFAULT_INDEX", index)
    settings["UV_CACHE_DIR"] = str(cache_directory() / "uv")
    if not writable(cache_directory()):
        settings["UV_NO_CACHE"] = "1"
    settings["UV_LINK_MODE"] = "copy"
    return settings


def outdated(environment: Path) -> bool:
    """Whether an earlier set of pins was installed: what they no longer name must go, so it is made anew."""
    return any(environment.glob(".installed-*")) and not installed(environment, "run")


def install(environment: Path, requirements: str) -> None:
    """Make the environment and install the pins into it."""
    say(f"databaseai: setting up Python packages in {environment} (once)")
    python, log = environment / "bin" / "python", environment / "install.log"
    if not python.exists() or outdated(environment):
        environment.mkdir(parents=True, exist_ok=True)
        run("Python environment", [sys.executable, "-I", "-m", "venv", "--clear", environment], make(log))
    pip = [python, "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    run("installer (uv)", [*pip, "-r", PINS / "tools.txt"], make(log))
    sync = [environment / "bin" / "uv", "pip", "install", "--require-hashes", "--python", python]
    run("packages", [*sync, "-r", PINS / f"{requirements}.txt"], make(log))
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    paths = environment / "lib" / version / "site-packages" / "databaseai.pth"
    paths.write_text(f"{ROOT / 'backend'}\n{ROOT / 'frontend'}\n")
    (environment / f".installed-{requirements}").write_text(digest(requirements))


def make(log: Path) -> Path:
    """The log's path, its directory made (a cleared environment loses it)."""
    log.parent.mkdir(parents=True, exist_ok=True)
    return log


def main() -> int:
    """Print the environment's path, or say what is missing and return 2."""
    try:
        requirements = sys.argv[1]
        environment = environment_directory()
        if not installed(environment, requirements):
            with locked(environment):
                if not installed(environment, requirements):
                    check_machine(environment, requirements)
                    install(environment, requirements)
        print(environment)
    except Refusal as refusal:
        say(f"databaseai: {refusal}")
        return 2
    except KeyboardInterrupt:
        say("databaseai: stopped; the next start goes on.")
        return 130
    except OSError as error:
        way = "Set DATABASEAI_CACHE to a directory you may write."
        say(f"databaseai: {error.strerror}: {error.filename}. {way}")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The one running `databaseai up` of a state directory: its lock, and where its parts listen."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from pydantic import SecretStr

from databaseai.errors import AlreadyRunning, DiskFull, HomeNotWritable
from databaseai.settings import DataSourceSettings, Settings

FILE = "instance.json"


@dataclass(frozen=True)
class Instance:
    """What `instance.json` says; readable by its owner only, as it holds passwords."""

    pid: int
    url: str
    """Of the API and the UI: `http://127.0.0.1:8088`."""
    version: str
    data_source_url: str
    store_url: str
    llm_base_url: str
    llm_api_key: str
    llm_model: str
    llm_timeout_ms: int
    llm_circuit_reset_ms: int
    admin_url: str
    """Superuser's URL of the embedded PostgreSQL; empty when there is none."""
    identity: Literal["shared", "login", "signed"] = "shared"
    """As whom its data source is asked; who borrows the URL borrows that too. The signing key stays away."""
    asker: str | None = None
    login_file: str = ""
    policy_file: str = ""
    """What its data source closes is closed to who borrows the URL too."""
    semantic_model: str = ""

    def asks_as(self, settings: Settings) -> bool:
        """Whether a question sent to it is asked as whom `settings` say, and under their policy."""
        given = settings.data_source
        policy = given.policy_file is None or str(given.policy_file.absolute()) == self.policy_file
        return policy and given.asker in {None, self.asker} and given.identity in {"shared", self.identity}

    def lend(self, settings: Settings) -> Settings:
        """`settings` with the instance's parts where nothing else was configured."""
        data_source, store, llm = settings.data_source, settings.store, settings.llm
        if data_source.url is None:
            data_source = data_source.model_copy(update=self._data_source(data_source))
        if store.url is None:
            store = store.model_copy(update={"url": SecretStr(self.store_url)})
        if llm.base_url is None:
            llm = llm.model_copy(update=self._model())
        return settings.model_copy(update={"data_source": data_source, "store": store, "llm": llm})

    def _data_source(self, given: DataSourceSettings) -> dict[str, object]:
        return {
            "url": SecretStr(self.data_source_url),
            "identity": given.identity if self.identity == "shared" else self.identity,
            "asker": given.asker or self.asker,
            "login_file": Path(self.login_file) if self.login_file else given.login_file,
            "policy_file": given.policy_file or (Path(self.policy_file) if self.policy_file else None),
            "semantic_model": given.semantic_model
            or (Path(self.semantic_model) if self.semantic_model else None),
        }

    def _model(self) -> dict[str, object]:
        return {
            "base_url": self.llm_base_url,
            "api_key": SecretStr(self.llm_api_key) if self.llm_api_key else None,
            "model": self.llm_model or None,
            "timeout_ms": self.llm_timeout_ms,
            "circuit_reset_ms": self.llm_circuit_reset_ms,
        }


def run_directory(settings: Settings) -> Path:
    """`run/` of the state directory, made with 0700.

    Raises:
        HomeNotWritable: It cannot be made or written. DBAI002.
    """
    directory = settings.home / "run"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        if os.geteuid() != 0 or settings.home.stat().st_uid == 0:
            settings.home.chmod(0o711 if os.geteuid() == 0 else 0o700)
        directory.chmod(0o700)
        probe = directory / f"probe-{os.getpid()}"
        probe.write_bytes(b"x" * 4096)
        probe.unlink()
    except OSError as error:
        if error.errno == 28:  # noqa: PLR2004  # ENOSPC
            raise DiskFull(f"The disk of {settings.home} is full.", hint="Free some space.") from None
        hint = "Set DATABASEAI_HOME to a directory you may write."
        raise HomeNotWritable(f"{settings.home}: {error.strerror}.", hint=hint) from None
    return directory


@contextmanager
def hold(settings: Settings) -> Iterator[Path]:
    """Hold the state directory's lock; yields `run/`.

    Raises:
        AlreadyRunning: Another process holds it. DBAI005.
    """
    directory = run_directory(settings)
    with (directory / "lock").open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            handle.seek(0)
            pid = handle.read().strip() or "unknown"
            hint = "`databaseai status` says more; `databaseai down` stops it."
            raise AlreadyRunning(f"Process {pid} holds {settings.home}.", hint=hint) from None
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        (directory / FILE).unlink(missing_ok=True)  # what a crash left
        yield directory


def announce(directory: Path, instance: Instance) -> None:
    """Write `instance.json` (0600), whole or not at all."""
    draft = directory / f".{FILE}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
        json.dump(asdict(instance), handle)
    draft.replace(directory / FILE)


def withdraw(directory: Path) -> None:
    """The instance takes no more questions."""
    (directory / FILE).unlink(missing_ok=True)


def running(settings: Settings) -> Instance | None:
    """The live instance of this state directory, if there is one."""
    file = settings.home / "run" / FILE
    with suppress(OSError, ValueError, TypeError):
        instance = Instance(**json.loads(file.read_text()))
        return instance if held(settings) else None
    return None


def holder(settings: Settings) -> int | None:
    """Process id of who holds the lock: `up`, also while it starts, or an `ask` on its own."""
    with suppress(OSError, ValueError):
        return int((settings.home / "run" / "lock").read_text()) if held(settings) else None
    return None


def held(settings: Settings) -> bool:
    """Whether a process holds the lock; it is released by the kernel when that process dies."""
    try:
        with (settings.home / "run" / "lock").open("r") as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False

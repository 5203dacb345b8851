"""Run the embedded model: a llama.cpp server of our own on loopback, a child that dies with us."""

import asyncio
import contextlib
import json
import logging
import os
import secrets
import signal
import sys
import time
from pathlib import Path

import psutil
from pydantic import SecretStr

import databaseai
from databaseai.embedded import model_child, process
from databaseai.errors import LanguageModelError, ModelServerFailed
from databaseai.language_model import Message, OpenAICompatibleModel
from databaseai.settings import LanguageModelSettings, Settings

log = logging.getLogger(__name__)
READY_S = 120.0
"""From the start to the first answer; 1.1 GB from a slow disk takes most of it."""
RESTART_S = (0.2, 1.0, 5.0, 15.0, 30.0)
"""Waits before restarts after a crash; the last repeats."""
CALM_S = 60.0
"""A server that lived so long starts over with the first wait."""
CORES_PER_SLOT = 4
"""Prompts are worked on one after another below; two at once on few cores only delay the first answer."""
MODEL_UID = process.UNUSED_UIDS[-1]
"""As root; not the one of PostgreSQL, whose files it could read."""


def needed_bytes(file: Path, context_tokens: int) -> int:
    """Memory to serve a file, after what was measured.

    Source:
        1.5B, Q4_K_M, 8,192 tokens: file 1.12 GB, resident 2.07 GB (weights are kept a second time in an order
        that is 1.5 times faster), of which 0.23 GB for the context.
    """
    return (
        int(file.stat().st_size * 1.5) + context_tokens * 30_000 + model_child.PROMPT_CACHE_MIB * 2**20 // 2
    )


def available_bytes(cgroup: Path = Path("/sys/fs/cgroup")) -> int:
    """Memory that a new process may take: the machine's, or less in a container."""
    available = psutil.virtual_memory().available
    with contextlib.suppress(OSError, ValueError):
        limit = int((cgroup / "memory.max").read_text(encoding="ascii"))  # "max" is no number: no limit
        used = int((cgroup / "memory.current").read_text(encoding="ascii"))
        lines = (cgroup / "memory.stat").read_text(encoding="ascii").splitlines()
        cached = int(next(line.split()[1] for line in lines if line.startswith("inactive_file ")))
        available = min(available, limit - used + cached)
    return available


def cores(cgroup: Path = Path("/sys/fs/cgroup")) -> int:
    """Cores this process may use: its affinity, or less in a container; at least 1."""
    usable = len(os.sched_getaffinity(0))
    with contextlib.suppress(OSError, ValueError):
        quota, period = (cgroup / "cpu.max").read_text(encoding="ascii").split()
        usable = min(usable, int(quota) // int(period))
    return max(1, usable)


class EmbeddedModel:
    """One model server. It is watched: after a crash it comes back on the same address.

    Args:
        settings: `home`, `llm` and `embedded` are read.
        file: From `model_files.locate`.
    """

    def __init__(self, settings: Settings, file: Path) -> None:
        self.settings = settings
        self.file = file
        self.name = settings.llm.model or (
            settings.embedded.model if settings.embedded.model_file is None else file.stem
        )
        self.directory = settings.home / "model"
        self.log = self.directory / "model.log"
        self.openmp = ""
        """Where OpenMP came from: "system" or a path."""
        self.restarts = 0
        self._key = secrets.token_urlsafe(32)
        self._port = 0
        self._child: process.Child | None = None
        self._watcher: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """Of the child, while it runs."""
        return self._child.pid if self._child else None

    @property
    def language_model(self) -> LanguageModelSettings:
        """Settings of a client of this server; valid once `start` has returned, over restarts too."""
        return self.settings.llm.model_copy(
            update={
                "base_url": f"http://127.0.0.1:{self._port}/v1",
                "api_key": SecretStr(self._key),
                "model": self.name,
            }
        )

    async def start(self) -> LanguageModelSettings:
        """Start the server and wait until it has answered a real request.

        Returns:
            Where to reach it: base URL, key and model set, the rest as configured.

        Raises:
            ModelServerFailed: Too little memory, or it did not come up; its log says why. DBAI009.
        """
        needed, available = needed_bytes(self.file, self._context_tokens()), available_bytes()
        if available < needed:
            raise ModelServerFailed(
                f"{self.name} needs {needed / 1e9:.1f} GB of memory, {available / 1e9:.1f} GB are free.",
                hint="Free some, or set DATABASEAI_LLM_BASE_URL to a model elsewhere.",
                needed_bytes=needed,
                available_bytes=available,
            )
        await asyncio.to_thread(self._prepare)
        try:
            await self._launch()
        except BaseException:
            await self.stop()
            raise
        self._watcher = asyncio.create_task(self._watch(), name="watch-model")
        return self.language_model

    async def stop(self) -> None:
        """Stop the server, at once: it has nothing to save."""
        if self._watcher is not None:
            self._watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watcher
            self._watcher = None
        if self._child is not None:
            await self._child.stop((signal.SIGTERM, 2.0))
            self._child = None

    def _prepare(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        self.directory.chmod(0o700)

    def _slots(self) -> int:
        return max(1, min(4, self._threads() // CORES_PER_SLOT))

    def _threads(self) -> int:
        return self.settings.embedded.model_threads or cores()

    def _context_tokens(self) -> int:
        return self.settings.llm.context_tokens * self._slots()

    def _command(self, ready: Path) -> list[str | Path]:
        return [
            sys.executable, "-m", "databaseai.embedded.model_child",
            "--file", self.file, "--name", self.name, "--ready", ready, "--port", str(self._port),
            "--context-tokens", str(self.settings.llm.context_tokens), "--slots", str(self._slots()),
            "--threads", str(self._threads()), "--uid", str(MODEL_UID if os.geteuid() == 0 else 0),
        ]  # fmt: skip

    async def _launch(self) -> None:
        """Start a child and wait for its first answer."""
        began = time.monotonic()
        ready = self.directory / "ready.json"
        await asyncio.to_thread(ready.unlink, missing_ok=True)
        self._child = await process.spawn(
            self._command(ready),
            log=self.log,
            death_signal=signal.SIGKILL,
            environment=model_child.OPENMP
            | {model_child.KEY: self._key, "PYTHONPATH": str(Path(databaseai.__file__).parents[1])},
        )
        while not ready.exists():
            if (code := await self._child.exited(0.05)) is not None:
                raise self._failed(f"It ended with code {code} before it was ready.")
            if time.monotonic() - began > READY_S:
                raise self._failed(f"It was not ready after {READY_S:g} s.")
        told = json.loads(await asyncio.to_thread(ready.read_bytes))
        self._port, self.openmp = told["port"], told["openmp"]
        await self._answer()
        log.info("%s serves after %.1f s", self.name, time.monotonic() - began)

    async def _answer(self) -> None:
        """Ask for one token: the whole way through tokenizer, weights and key."""
        client = OpenAICompatibleModel(self.language_model)
        try:
            await client.complete([Message("user", "1")], reply_tokens=1)
        except LanguageModelError as error:
            if error.code != "DBAI308":  # an empty reply is a reply
                raise self._failed(f"It does not answer ({error.code}).") from None
        finally:
            await client.aclose()

    def _failed(self, what: str) -> ModelServerFailed:
        lines = process.tail(self.log).decode(errors="replace").strip().splitlines()
        last = lines[-1][:300] if lines else "nothing"
        return ModelServerFailed(f"{what} Its log ends: {last}", hint=f"See {self.log}.")

    async def _watch(self) -> None:
        """Bring the server back after a crash, as often as it takes."""
        tried = 0
        while True:
            began = time.monotonic()
            if self._child is not None:
                code = await self._child.exited()
                log.warning("model server ended with code %s", code)
            tried = 0 if time.monotonic() - began > CALM_S else tried
            await asyncio.sleep(RESTART_S[min(tried, len(RESTART_S) - 1)])
            tried += 1
            self.restarts += 1
            try:
                await self._launch()
            except (ModelServerFailed, OSError) as error:
                log.warning("model server did not come back (%s)", type(error).__name__)
                await self._end_child()

    async def _end_child(self) -> None:
        if self._child is not None:
            await self._child.stop((signal.SIGTERM, 2.0))
            self._child = None

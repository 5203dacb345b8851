"""One person's desk: a state directory, and `databaseai` commands run as real processes against it."""

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import psutil

from databaseai.cli import instance
from databaseai.settings import Settings

START_S = 90
T = TypeVar("T")


@dataclass(frozen=True)
class Done:
    """A command that ended."""

    code: int
    out: str
    err: str


@dataclass
class Desk:
    """Runs commands with this home; everything it started is gone when it is cleared."""

    home: Path
    environment: dict[str, str] = field(default_factory=dict)
    _started: list[asyncio.subprocess.Process] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        return Settings(home=self.home)

    async def spawn(self, *arguments: str, **environment: str) -> asyncio.subprocess.Process:
        """Start a command."""
        settings = {
            "DATABASEAI_HOME": str(self.home),
            "DATABASEAI_SERVER_PORT": "0",
            "DATABASEAI_EMBEDDED_SAMPLE_SCALE": "0.05",
        }
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("DATABASEAI_")}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "databaseai.cli",
            *arguments,
            env=inherited | settings | self.environment | environment,
            cwd=self.home.parent,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        self._started.append(process)
        return process

    async def run(self, *arguments: str, stdin: str = "", **environment: str) -> Done:
        """Run a command to its end."""
        process = await self.spawn(*arguments, **environment)
        out, err = await asyncio.wait_for(process.communicate(stdin.encode()), START_S)
        return Done(process.returncode or 0, out.decode(), err.decode())

    async def up(self, *arguments: str, **environment: str) -> instance.Instance:
        """Start `up` without the UI; return when it answers."""
        process = await self.spawn("up", "--no-ui", *arguments, **environment)

        def announced() -> instance.Instance | None:
            assert process.returncode is None, "up ended"
            return instance.running(self.settings)

        try:
            return await until(announced, START_S)
        except (AssertionError, TimeoutError):
            process.kill()
            _, err = await process.communicate()
            raise AssertionError(err.decode()) from None

    async def clear(self) -> None:
        """End what still runs."""
        for process in self._started:
            if process.returncode is None:
                process.terminate()
        for process in self._started:
            await asyncio.wait_for(process.communicate() if process.stdin else process.wait(), START_S)


async def until(found: Callable[[], T | None], limit_s: float) -> T:
    """Ask again until there is something; for states of other processes, which send no event."""
    deadline = time.monotonic() + limit_s
    while (value := found()) is None:
        if time.monotonic() > deadline:
            raise TimeoutError
        await asyncio.sleep(0.05)
    return value


def family(pid: int) -> list[psutil.Process]:
    """The process and all its descendants."""
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


async def all_gone(processes: list[psutil.Process], limit_s: float = 30) -> bool:
    """Whether none of them runs any more, within the time."""

    def gone() -> bool | None:
        alive = [one for one in processes if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
        return None if alive else True

    try:
        return await until(gone, limit_s)
    except TimeoutError:
        return False


def json_lines(text: str) -> list[dict[str, object]]:
    """One object per line."""
    return [json.loads(line) for line in text.splitlines()]

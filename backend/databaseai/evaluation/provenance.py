"""Which product was measured: its commit, and the settings that decide how a question is answered."""

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path

from databaseai import __version__
from databaseai.evaluation.dataset import Dataset
from databaseai.evaluation.records import Header
from databaseai.settings import Settings, in_force

SOURCE = Path(__file__).resolve().parents[3]
GROUPS = ("DATABASEAI_LLM_", "DATABASEAI_ASK_", "DATABASEAI_LIMITS_", "DATABASEAI_CATALOG_")
PRIVATE = ("_KEY", "_URL")
"""Runs may be shared: no secret, no host name."""


async def header(dataset: Dataset, *, model: str, prompt_version: str, settings: Settings) -> Header:
    """What a run that starts now measures."""
    chosen = {
        name: value
        for name, value in in_force(settings).items()
        if name.startswith(GROUPS) and not name.endswith(PRIVATE)
    }
    return Header(
        dataset=dataset.name,
        digest=dataset.digest,
        model=model,
        prompt_version=prompt_version,
        commit=await commit(),
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        without=tuple(sorted(settings.ask.without)),
        settings=chosen,
    )


def run_name(header: Header) -> str:
    """Directory name of a run; the same measurement has the same name, so it goes on when started again."""
    parts = [header.dataset, header.model, header.prompt_version, header.commit.replace("+", ".changed")]
    parts += [f"without.{step}" for step in header.without]
    return "-".join(re.sub(r"[^A-Za-z0-9._]+", "_", part).strip("._") for part in parts)


async def commit(source: Path = SOURCE) -> str:
    """Twelve digits of the checkout's commit, `+` behind them with changes; outside one, the version."""
    if not (source / ".git").exists():
        return __version__
    head = await _git(source, "rev-parse", "--short=12", "HEAD")
    changed = await _git(source, "status", "--porcelain", "--untracked-files=no", "--", "backend")
    return f"{head}+" if head and changed else head or __version__


async def _git(source: Path, *arguments: str) -> str:
    try:
        process = await asyncio.create_subprocess_exec(
            *("git", "-C", str(source), *arguments),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:  # no git here
        return ""
    printed, _ = await process.communicate()
    return printed.decode().strip() if process.returncode == 0 else ""

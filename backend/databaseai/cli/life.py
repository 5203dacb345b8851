"""`up`, `down`, `status`, `serve`, `migrate`, `test`: the life of the server, from outside."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from databaseai.cli import instance
from databaseai.cli.console import out, tell
from databaseai.cli.serving import run_server
from databaseai.errors import (
    AlreadyRunning,
    SettingsInvalid,
)
from databaseai.settings import Settings, load

DETACHED_WAIT_S = 1800
"""A first start fetches gigabytes; a detached one may take as long."""

Port = Annotated[int | None, typer.Option(help="Port to listen on (default 8088).")]


def up(
    port: Port = None,
    detach: Annotated[bool, typer.Option("--detach", "-d", help="Return once it answers.")] = False,
    ui: Annotated[bool, typer.Option(help="Serve the browser UI.")] = True,
) -> None:
    """Start everything: PostgreSQL with sample data, a local model, the server. Ctrl-C stops it."""
    settings = load(server__port=port, server__ui=None if ui else False)
    if found := instance.running(settings):
        tell(f"databaseai is already up at {found.url} (process {found.pid}).")
        return
    if detach:
        up_detached(settings, port, ui=ui)
    else:
        run_server(settings, batteries=True)


def serve(
    port: Port = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    ui: Annotated[bool, typer.Option(help="Serve the browser UI.")] = True,
) -> None:
    """Start the server alone, on a configured data source, store and model."""
    settings = load(server__port=port, server__host=host, server__ui=None if ui else False)
    for name, value in {
        "DATABASEAI_DATA_SOURCE_URL": settings.data_source.url,
        "DATABASEAI_STORE_URL": settings.store.url,
        "DATABASEAI_LLM_BASE_URL": settings.llm.base_url,
    }.items():
        if value is None:
            hint = "`databaseai up` brings all three; `serve` brings none."
            raise SettingsInvalid(f"{name} is not set.", hint=hint, name=name)
    run_server(settings, batteries=False)


def down() -> None:
    """Stop the running server and all it started."""
    settings = load()
    pid = instance.holder(settings)
    if pid is None:
        tell("databaseai is not running.")
        return
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + settings.server.drain_ms / 1000 + 30
    while instance.held(settings) or alive(pid):
        if time.monotonic() > deadline:
            raise AlreadyRunning(f"Process {pid} does not stop.", hint=f"kill -9 {pid}")
        select_pause()
    tell("databaseai is down.")


def alive(pid: int) -> bool:
    """Whether the process still runs; one that only waits to be collected does not."""
    import psutil

    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def status(as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False) -> None:
    """Say what runs. Exit code 1 when nothing does."""
    settings = load()
    found = instance.running(settings)
    report: dict[str, object] = {"running": found is not None, "home": str(settings.home)}
    if not found and (pid := instance.holder(settings)):
        report["starting"] = pid
    if found:
        report |= {"url": found.url, "pid": found.pid, "version": found.version, **health(found.url)}
    if as_json:
        print(json.dumps(report))
    else:
        for name, value in report.items():
            out.print(f"{name}: {value}", markup=False, soft_wrap=True)
    if not found:
        raise typer.Exit(1)


def migrate() -> None:
    """Bring the store's tables to this version."""
    from databaseai.store import migrate as migrate_store

    settings = load()
    if settings.store.url is None:
        raise SettingsInvalid("DATABASEAI_STORE_URL is not set.", hint="The embedded store migrates by `up`.")
    asyncio.run(migrate_store(settings.store.url.get_secret_value()))
    tell("The store is up to date.")


def test() -> None:
    """Run the project's tests (in a source checkout); options are pytest's, and --system."""
    root = Path(__file__).parents[3]
    if not (root / "tests" / "__main__.py").exists():
        raise SettingsInvalid("This is no source checkout: there are no tests here.")
    os.chdir(root)
    os.execv(sys.executable, [sys.executable, "-m", "tests", *sys.argv[2:]])  # noqa: S606


def up_detached(settings: Settings, port: int | None, *, ui: bool) -> None:
    """Start `up` in a session of its own; return when it answers, or show why it did not."""
    directory = instance.run_directory(settings)
    log = directory / "up.log"
    command = [sys.executable, "-P", "-m", "databaseai.cli", "up"]
    command += ["--port", str(port)] if port is not None else []
    command += [] if ui else ["--no-ui"]
    with log.open("wb") as output:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    deadline, read = time.monotonic() + DETACHED_WAIT_S, 0
    while True:
        found, ended = instance.running(settings), child.poll()
        news = log.read_bytes()[read:]
        sys.stderr.write(news.decode(errors="replace"))
        read += len(news)
        if found and found.pid == child.pid:
            return
        if ended is not None:
            raise typer.Exit(ended)
        if time.monotonic() > deadline:
            raise typer.Exit(1)
        select_pause()


def select_pause() -> None:
    """A tenth of a second: a lock's release cannot be waited for with a limit otherwise."""
    import select

    select.select([], [], [], 0.1)


def health(url: str) -> dict[str, object]:
    """What the server says of its parts."""
    import httpx

    try:
        with httpx.Client(trust_env=False, timeout=5) as client:
            return {"health": client.get(f"{url}/api/v1/health").json()}
    except (httpx.HTTPError, ValueError):
        return {"health": "no answer"}


COMMANDS = (up, down, status, serve, migrate)

"""`up`, `down`, `status`, `serve`, `migrate`, `test`: the life of the server."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import SecretStr

from databaseai import __version__
from databaseai.cli import instance
from databaseai.cli.console import Reporter, out, reporting, tell
from databaseai.errors import (
    AlreadyRunning,
    DataSourceMissing,
    ListenRefused,
    PortTaken,
    SettingsInvalid,
)
from databaseai.settings import Settings, load

if TYPE_CHECKING:
    from databaseai.embedded.batteries import Started

QUESTIONS = (
    "How many orders were delivered in 2025?",
    "Which five customers spent the most last year?",
    "How many reviews are there for each star rating?",
)
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
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
            raise DataSourceMissing(
                f"{name} is not set.", hint="`databaseai up` brings all three; `serve` brings none."
            )
    run_server(settings, batteries=False)


def down() -> None:
    """Stop the running server and all it started."""
    settings = load()
    found = instance.running(settings)
    if found is None:
        tell("databaseai is not running.")
        return
    os.kill(found.pid, signal.SIGTERM)
    deadline = time.monotonic() + settings.server.drain_ms / 1000 + 30
    while instance.held(settings):
        if time.monotonic() > deadline:
            raise AlreadyRunning(f"Process {found.pid} does not stop.", hint=f"kill -9 {found.pid}")
        select_pause()
    tell("databaseai is down.")


def status(as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False) -> None:
    """Say what runs. Exit code 1 when nothing does."""
    settings = load()
    found = instance.running(settings)
    report = {"running": found is not None, "home": str(settings.home)}
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


def run_server(settings: Settings, *, batteries: bool) -> None:
    """Hold the lock and the port, start what is asked for, serve until a signal."""
    if settings.server.host not in LOOPBACK:
        hint = "Listen on 127.0.0.1 and put a proxy with its own login before it."
        raise ListenRefused(f"{settings.server.host} is reachable from outside.", hint=hint)
    with instance.hold(settings) as directory, listening(settings) as listener:
        asyncio.run(serving(settings, directory, listener, batteries=batteries))


async def serving(settings: Settings, directory: Path, listener: socket.socket, *, batteries: bool) -> None:
    """One event loop for the server and the children it watches."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)  # type: ignore[union-attr]  # until the server listens
    try:
        async with AsyncExitStack() as stack:
            with reporting() as report:
                asgi, started = await assembled(settings, stack, report, listener, batteries=batteries)
            await listen(asgi, started, directory, listener)
    except asyncio.CancelledError:
        tell("Stopped.")


async def assembled(
    settings: Settings, stack: AsyncExitStack, report: Reporter, listener: socket.socket, *, batteries: bool
) -> tuple[object, "Started"]:
    """The ASGI application over parts that close with the stack, and what they are."""
    from databaseai import app
    from databaseai.embedded.batteries import Started

    building = asyncio.create_task(app.built_ui(settings, report)) if settings.server.ui else None
    try:
        started = Started(settings, None)
        if batteries:
            started = await stack.enter_async_context(app.batteries(settings, report))
        report("Reading the data source", None)
        tools = await stack.enter_async_context(app.open_tools(started.settings))
        await tools.catalog.get()
        store = await stack.enter_async_context(app.open_store(started.settings))
        report("Reading the data source", 1.0)
        web_dir = await building if building else None
    finally:
        if building:
            building.cancel()
    if started.settings.llm.base_url != settings.llm.base_url:  # our own model: it costs nothing but time
        warming = asyncio.create_task(tools.pipeline.warm(), name="warm-model")
        stack.callback(warming.cancel)
    return app.create(tools, store, web_dir=web_dir, url=address(listener, settings)), started


async def listen(asgi: object, started: "Started", directory: Path, listener: socket.socket) -> None:
    """Serve until SIGTERM or Ctrl-C, announced in `instance.json` while it lasts."""
    from databaseai.cli.server import Server

    settings = started.settings
    server = Server(asgi, drain_ms=settings.server.drain_ms, log_level=settings.log_level)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    url = address(listener, settings)
    await server.start(listener)
    instance.announce(directory, described(started, url))
    welcome(settings, url)
    try:
        await server.finished()
    finally:
        instance.withdraw(directory)
        tell("Stopping ...")


def described(started: "Started", url: str) -> instance.Instance:
    """What `instance.json` says of this process."""
    settings = started.settings

    def shown(secret: SecretStr | None) -> str:
        return secret.get_secret_value() if secret is not None else ""

    return instance.Instance(
        pid=os.getpid(),
        url=url,
        version=__version__,
        data_source_url=shown(settings.data_source.url),
        store_url=shown(settings.store.url),
        llm_base_url=settings.llm.base_url or "",
        llm_api_key=shown(settings.llm.api_key),
        llm_model=settings.llm.model or "",
        admin_url=started.admin_url or "",
    )


def address(listener: socket.socket, settings: Settings) -> str:
    """The URL people open."""
    host = f"[{settings.server.host}]" if ":" in settings.server.host else settings.server.host
    return f"http://{host}:{listener.getsockname()[1]}"


def welcome(settings: Settings, url: str) -> None:
    """The URL, questions to try, and how to stop."""
    tell(f"\nDatabaseAI answers at {url if settings.server.ui else url + '/docs'}\n")
    tell("Try, here or in another terminal:")
    for question in QUESTIONS:
        tell(f'  ./databaseai ask "{question}"')
    tell("\nCtrl-C or `./databaseai down` stops it.")


def listening(settings: Settings) -> socket.socket:
    """The bound socket.

    Raises:
        PortTaken: Another program has the port. DBAI003.
    """
    host, port = settings.server.host, settings.server.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        hint = f"Stop it, or choose another port: databaseai up --port {port + 1}"
        raise PortTaken(f"{host}:{port}: {error.strerror}.", hint=hint, port=port) from None
    return listener


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

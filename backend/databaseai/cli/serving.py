"""Run the server in this process: lock, port, batteries, application, signals."""

import asyncio
import logging
import os
import signal
import socket
import threading
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from databaseai import __version__
from databaseai.cli import instance
from databaseai.cli.console import Reporter, reporting, tell
from databaseai.errors import ListenRefused, PortTaken
from databaseai.settings import Settings

if TYPE_CHECKING:
    from databaseai.embedded.batteries import Started

QUESTIONS = (
    "How many orders were delivered in 2025?",
    "Which five customers spent the most last year?",
    "How many reviews are there for each star rating?",
)
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def run_server(settings: Settings, *, batteries: bool) -> None:
    """Hold the lock and the port, start what is asked for, serve until a signal."""
    if settings.server.host not in LOOPBACK:
        hint = "Listen on 127.0.0.1 and put a proxy with its own login before it."
        raise ListenRefused(f"{settings.server.host} is reachable from outside.", hint=hint)
    logging.basicConfig(level=settings.log_level.upper(), format="%(levelname)s %(name)s: %(message)s")
    with instance.hold(settings) as directory, listening(settings) as listener:
        asyncio.run(serving(settings, directory, listener, batteries=batteries))


async def serving(settings: Settings, directory: Path, listener: socket.socket, *, batteries: bool) -> None:
    """One event loop for the server and the children it watches."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    stopping = threading.Event()

    def stop() -> None:
        """Until the server listens: once, gently; again, at once: the children die with us."""
        if stopping.is_set():
            os._exit(130)
        stopping.set()
        tell("Stopping ... (again to stop at once)")
        task.cancel()  # type: ignore[union-attr]  # we run in a task

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    try:
        async with AsyncExitStack() as stack:
            with reporting() as tell_progress:
                report = stopped_by(stopping, tell_progress)
                asgi, started = await assembled(settings, stack, report, listener, batteries=batteries)
            await listen(asgi, started, directory, listener)
    except asyncio.CancelledError:
        tell("Stopped.")


def stopped_by(stopping: threading.Event, report: Reporter) -> Reporter:
    """A reporter that ends the thread which reports to it, once we stop: a download, a build."""

    def reporter(label: str, fraction: float | None) -> None:
        if stopping.is_set():
            raise asyncio.CancelledError
        report(label, fraction)

    return reporter


async def assembled(
    settings: Settings, stack: AsyncExitStack, report: Reporter, listener: socket.socket, *, batteries: bool
) -> tuple[object, "Started"]:
    """The ASGI application over parts that close with the stack, and what they are."""
    from databaseai import app
    from databaseai.embedded.batteries import Started

    building = asyncio.create_task(app.built_ui(settings, report)) if settings.server.ui else None
    try:
        started = Started(settings)
        if batteries:
            started = await stack.enter_async_context(app.batteries(settings, report))
        report("Reading the data source", None)
        tools = await stack.enter_async_context(app.open_tools(started.settings))
        for finding in tools.data_source.findings:
            tell(f"note: {finding.text}")
        if tools.data_source.findings:
            tell("`databaseai doctor` says what mends it.")
        if settings.data_source.identity == "shared" or tools.asker:  # else each asker has a catalog
            await tools.catalog.get(tools.asker)
        store = await stack.enter_async_context(app.open_store(started.settings))
        report("Reading the data source", 1.0)
        web_dir = await building if building else None
    finally:
        if building:
            building.cancel()
    if started.settings.llm.base_url != settings.llm.base_url:  # our own model: it costs nothing but time
        warming = asyncio.create_task(tools.pipeline.warm(tools.asker), name="warm-model")
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
    welcome(started, url)
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

    def place(file: Path | None) -> str:
        return str(file.absolute()) if file is not None else ""

    return instance.Instance(
        pid=os.getpid(),
        url=url,
        version=__version__,
        data_source_url=shown(settings.data_source.url),
        store_url=shown(settings.store.url),
        llm_base_url=settings.llm.base_url or "",
        llm_api_key=shown(settings.llm.api_key),
        llm_model=settings.llm.model or "",
        llm_timeout_ms=settings.llm.timeout_ms,
        llm_circuit_reset_ms=settings.llm.circuit_reset_ms,
        admin_url=started.admin_url or "",
        identity=settings.data_source.identity,
        asker=settings.data_source.asker,
        login_file=place(settings.data_source.login_file),
        policy_file=place(settings.data_source.policy_file),
        semantic_model=place(settings.data_source.semantic_model),
    )


def address(listener: socket.socket, settings: Settings) -> str:
    """The URL people open."""
    host = f"[{settings.server.host}]" if ":" in settings.server.host else settings.server.host
    return f"http://{host}:{listener.getsockname()[1]}"


def welcome(started: "Started", url: str) -> None:
    """The URL, questions to try, and how to stop."""
    page = url if started.settings.server.ui else f"{url}/docs"
    tell(f"\nDatabaseAI answers at {page}\n")
    if started.sample:
        tell("Try, here or in another terminal:")
        for question in QUESTIONS:
            tell(f'  ./databaseai ask "{question}"')
    else:
        tell("`./databaseai catalog` lists what can be asked about.")
    tell("\nCtrl-C or `./databaseai down` stops it.")


def listening(settings: Settings) -> socket.socket:
    """The bound socket.

    Raises:
        PortTaken: Another program has the port. DBAI003.
    """
    host, port = settings.server.host, settings.server.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # named TCP: asyncio sends small packets at once on no other, and each event would wait 40 ms
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        hint = f"Stop it, or choose another port: databaseai up --port {port + 1}"
        raise PortTaken(f"{host}:{port}: {error.strerror}.", hint=hint, port=port) from None
    return listener

"""What the program stands on, part by part: what is there, what `up` would start, what to do."""

import asyncio
import os
import shutil
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from databaseai.cli import instance
from databaseai.errors import DatabaseAIError
from databaseai.settings import Settings

State = Literal["ok", "warn", "fail", "off"]
SCARCE_BYTES = 2_000_000_000
"""Less free space than this is told."""
FULL_BYTES = 200_000_000
"""With less nothing can be started."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing the program needs."""

    name: str
    state: State
    """`off`: not there and not needed now."""
    text: str
    advice: str = ""
    """What to do; empty when nothing is to be done."""
    exit_code: int = 0


async def parts(settings: Settings, found: instance.Instance | None) -> list[Part]:
    """Every part but the data source.

    Args:
        settings: With the addresses of the running instance, where there is one.
        found: The running instance.
    """
    checks: list[Callable[[], Awaitable[Part] | Part]] = [
        lambda: directory("state directory", settings.home, "DATABASEAI_HOME"),
        lambda: directory("cache", settings.cache, "DATABASEAI_CACHE"),
        lambda: server(settings, found),
        lambda: postgres(settings, found),
        lambda: store(settings),
        lambda: model(settings),
    ]
    return [await held(check) for check in checks]


async def held(check: Callable[[], Awaitable[Part] | Part]) -> Part:
    """One part; what it raises is told as its fault."""
    try:
        part = check()
        return part if isinstance(part, Part) else await part
    except DatabaseAIError as error:
        return failed("settings", error)
    except OSError as error:  # a path that one may not even look at
        return Part("settings", "fail", f"{error.filename}: {error.strerror}.", "Choose another path.", 2)


ADVICE = {
    "data source": "Start that server, or correct DATABASEAI_DATA_SOURCE_URL.",
    "store": "Start that server, or correct DATABASEAI_STORE_URL.",
    "model": "Start that endpoint, or correct DATABASEAI_LLM_BASE_URL; without it, `up` brings a model.",
    "embedded PostgreSQL": "Install the package again, or set DATABASEAI_EMBEDDED_POSTGRES_BIN.",
}


def failed(name: str, error: DatabaseAIError) -> Part:
    """A part that does not work, in the error's words."""
    return Part(name, "fail", str(error), error.hint or ADVICE.get(name, ""), error.exit_code)


def directory(name: str, path: Path, setting: str) -> Part:
    """Whether it can be written, and how much fits; nothing is made."""
    there = next(parent for parent in (path, *path.parents) if parent.exists())
    if not os.access(there, os.W_OK | os.X_OK):
        advice = f"Set {setting} to a directory you may write."
        return Part(name, "fail", f"{path} cannot be written.", advice, exit_code=2)
    free = shutil.disk_usage(there).free
    text = f"{path}, {free / 1e9:.1f} GB free"
    if free < FULL_BYTES:
        return Part(name, "fail", text, f"Free some space, or set {setting} to a larger disk.", exit_code=2)
    if free < SCARCE_BYTES:
        return Part(name, "warn", text, f"Free some space, or set {setting} to a larger disk.")
    return Part(name, "ok", text)


def server(settings: Settings, found: instance.Instance | None) -> Part:
    """The running instance, or whether one could start."""
    if found:
        return Part("server", "ok", f"up at {found.url} (process {found.pid}, version {found.version})")
    if pid := instance.holder(settings):
        return Part("server", "ok", f"process {pid} is starting or asking", "`databaseai status` says more.")
    host, port = settings.server.host, settings.server.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            advice = f"Stop that program, or choose another port: databaseai up --port {port + 1}"
            return Part("server", "warn", f"not running; {host}:{port}: {error.strerror}", advice)
    return Part("server", "off", f"not running; port {port} is free", "`databaseai up` starts it.")


async def postgres(settings: Settings, found: instance.Instance | None) -> Part:
    """The embedded PostgreSQL, where it is wanted."""
    from databaseai.embedded import postgres_tree

    if found and found.admin_url:
        return Part("embedded PostgreSQL", "ok", "runs with the server")
    if settings.data_source.url is not None and settings.store.url is not None:
        return Part("embedded PostgreSQL", "off", "not needed: data source and store have addresses")
    try:
        bin_dir = settings.embedded.postgres_bin or postgres_tree.packaged()
        tree = await asyncio.to_thread(postgres_tree.inspect, bin_dir)
    except DatabaseAIError as error:
        return failed("embedded PostgreSQL", error)
    return Part("embedded PostgreSQL", "ok", f"{tree.version}, started by `databaseai up`")


async def store(settings: Settings) -> Part:
    """Our own database."""
    from databaseai.store import open_store

    if settings.store.url is None:
        return Part("store", "off", "in the embedded PostgreSQL, started by `databaseai up`")
    try:
        opened = await open_store(settings.store.url.get_secret_value())
    except DatabaseAIError as error:
        return failed("store", error)
    try:
        if await opened.current():
            return Part("store", "ok", "reachable, its tables are this version's")
        return Part(
            "store", "warn", "reachable, its tables are another version's", "Run `databaseai migrate`."
        )
    except DatabaseAIError as error:
        return failed("store", error)
    finally:
        await opened.close()


async def model(settings: Settings) -> Part:
    """The language model: its endpoint answers, or its file is here."""
    if settings.llm.base_url is None:
        return await asyncio.to_thread(model_file, settings)
    from databaseai.language_model import OpenAICompatibleModel

    client = OpenAICompatibleModel(settings.llm.model_copy(update={"retries": 0}))
    try:
        return Part("model", "ok", f"{await client.ready()} at {settings.llm.base_url}")
    except DatabaseAIError as error:
        return failed("model", error)
    finally:
        await client.aclose()


def model_file(settings: Settings) -> Part:
    """The embedded model's weights."""
    from databaseai.embedded import model_files

    name = settings.embedded.model
    try:
        if settings.embedded.model_file is not None:
            return Part("model", "ok", str(model_files.own_file(settings.embedded.model_file)))
        if model_files.present(settings, name):
            return Part("model", "ok", f"{name}, started by `databaseai up`")
        size = model_files.named(name).size_bytes
    except DatabaseAIError as error:
        return failed("model", error)
    text = f"{name} is not here: `databaseai up` fetches {size / 1e9:.1f} GB"
    if (
        size
        > shutil.disk_usage(next(p for p in (settings.cache, *settings.cache.parents) if p.exists())).free
    ):
        return Part("model", "fail", f"{text}, which does not fit", "Free some space.", exit_code=4)
    return Part("model", "off", text, "Offline: put the file where `databaseai model list` says.")

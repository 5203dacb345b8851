"""API and UI as one ASGI application; importing this module imports no Reflex, calling `mount` does."""

import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, chdir, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from databaseai_web.client import api as api_connection
from databaseai_web.secure_headers import SecureHeaders, policy

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import ASGIApp

Lifespan = Callable[[], AbstractAsyncContextManager[None]]


def mount(
    api: "FastAPI | None",
    *,
    web_dir: Path,
    api_url: str,
    lifespan: Lifespan | None = None,
    redis_url: str | None = None,
) -> "ASGIApp":
    """Serve the UI and, when one is given, the API beside it. Once in a process: Reflex has one app.

    Args:
        api: Keeps its own routes; everything else is the UI's.
        web_dir: What `databaseai.embedded.ui.ensure_built` returned.
        api_url: Where the UI finds the API, over a socket, also when it is this process.
        lifespan: Start and end of the whole process; FastAPI's own lifespan never runs under Reflex.
        redis_url: Where tabs keep their state when several processes serve them; without it, in memory.
    """
    web_dir = web_dir.resolve()
    set_environment(web_dir, redis_url)
    api_connection.base_url = api_url
    with chdir(rxconfig_directory()):  # Reflex reads rxconfig.py from there, and would run a stranger's
        from databaseai_web.databaseai_web import app

        app.api_transformer = api

        @asynccontextmanager
        async def whole_process() -> AsyncIterator[None]:
            async with lifespan() if lifespan else nullcontext():
                yield
            await api_connection.close()

        app.register_lifespan_task(whole_process)
        assert app.sio is not None  # noqa: S101  # made with the state
        app.sio.eio.cors_allowed_origins = same_origin
        return SecureHeaders(app(), policy(web_dir / "build" / "client"))


def set_environment(web_dir: Path, redis_url: str | None) -> None:
    """What Reflex reads while it is imported; its own command line sets the same.

    Raises:
        RuntimeError: Reflex is imported already, so that it would be too late.
    """
    if "reflex" in sys.modules:
        raise RuntimeError("Reflex was imported before `mount` set its environment.")
    for name in [name for name in os.environ if name.startswith(("REFLEX_", "__REFLEX_"))]:
        del os.environ[name]  # settings of another Reflex app in the same shell
    os.environ |= {
        "REFLEX_ENV_MODE": "prod",
        "__REFLEX_SKIP_COMPILE": "1",
        "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "1",
        "REFLEX_WEB_WORKDIR": str(web_dir),
        "REFLEX_TELEMETRY_ENABLED": "false",
        "REFLEX_CHECK_LATEST_VERSION": "false",
        "REFLEX_STATE_MANAGER_MODE": "redis" if redis_url else "memory",
    }
    if redis_url:
        os.environ["REFLEX_REDIS_URL"] = redis_url


def rxconfig_directory() -> Path:
    """Where `rxconfig.py` is: beside the package in the clone, inside it in the wheel and the frozen app."""
    package = Path(__file__).parent
    return package if (package / "rxconfig.py").exists() else package.parent


def same_origin(origin: str, environ: Mapping[str, Any]) -> bool:
    """Whether a websocket comes from a page of ours: its Origin is the host it was sent to."""
    host = str(environ.get("HTTP_HOST", "")).lower()
    return bool(host) and urlsplit(origin).netloc.lower() == host

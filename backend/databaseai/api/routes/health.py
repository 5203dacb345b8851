"""Whether the server lives, may be sent questions, and what it depends on."""

import asyncio
import time
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from databaseai.api.dependencies import TheRuns, TheTools
from databaseai.api.replies import json_reply
from databaseai.api.run import log_unexpected
from databaseai.api.schemas import Health
from databaseai.api.tools import ApiTools, Check
from databaseai.errors import DatabaseAIError, StoreUnreachable

router = APIRouter(prefix="/health", tags=["health"])
PATIENCE_S = 2.0
"""For one dependency's sign of life."""
FAILING: dict[int | str, dict[str, Any]] = {503: {"model": Health, "description": "Not ready"}}


@router.get("/live", response_model=Health, response_model_exclude_defaults=True)
async def live() -> Response:
    """The process answers; says nothing about what it needs."""
    return json_reply({"state": "ok"})


@router.get("/ready", responses=FAILING, response_model=Health)
async def ready(tools: TheTools, runs: TheRuns) -> Response:
    """The store answers, its tables are current, and the process takes questions."""
    state = await looked_at(lambda: store(tools))
    failing = state["state"] == "failing" or runs.stopping
    body = {
        "state": "failing" if failing else "ok",
        "version": tools.version,
        "dependencies": {"store": state},
    }
    return json_reply(body, status=503 if failing else 200)


@router.get("", response_model=Health)
async def health(tools: TheTools, runs: TheRuns) -> Response:
    """The store and each other dependency, asked now, all at once."""
    checks: dict[str, Check] = {"store": lambda: store(tools), **tools.health}
    states = dict(zip(checks, await asyncio.gather(*map(looked_at, checks.values())), strict=True))
    failing = [name for name, state in states.items() if state["state"] == "failing"]
    overall = "failing" if "store" in failing else "degraded" if failing else "ok"
    return json_reply(
        {
            "state": overall,
            "version": tools.version,
            "running": len(runs.running),
            "dependencies": states,
        }
    )


async def store(tools: ApiTools) -> str:
    """The store's health."""
    await tools.store.check()
    if not await tools.store.current():
        raise StoreUnreachable("The store's tables are missing or old.", hint="Run `databaseai migrate`.")
    return ""


async def looked_at(check: Check) -> dict[str, object]:
    """The members of `schemas.Dependency`."""
    began = time.perf_counter()
    found: dict[str, object]
    try:
        async with asyncio.timeout(PATIENCE_S):
            found = {"state": "ok", "detail": await check(), "code": ""}
    except DatabaseAIError as error:
        found = {"state": "failing", "detail": error.detail, "code": error.code}
    except TimeoutError:
        found = {"state": "failing", "detail": f"No sign of life within {PATIENCE_S:g} s.", "code": ""}
    except Exception as error:  # noqa: BLE001  # a check that fails is a dependency that fails
        log_unexpected(error, "health")
        found = {"state": "failing", "detail": "The check failed; the log says where.", "code": "DBAI901"}
    return found | {"ms": round((time.perf_counter() - began) * 1000, 1)}

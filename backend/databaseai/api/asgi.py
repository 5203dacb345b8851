"""Put the routes together, behind the edge."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import BaseRoute, Match

from databaseai.api import problem
from databaseai.api.document import documented
from databaseai.api.edge import Edge
from databaseai.api.routes import answers, catalog, health, query
from databaseai.api.routes import help as help_routes
from databaseai.api.tools import ApiTools
from databaseai.errors import DatabaseAIError, MethodNotAllowed, NotFound, RequestInvalid

PREFIX = "/api/v1"
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]
EVERY_METHOD = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def build(tools: ApiTools, *, lifespan: Lifespan | None = None) -> FastAPI:
    """The API as an ASGI application; what else `app.py` mounts on it stands behind the same edge.

    Args:
        tools: What the routes use.
        lifespan: Instead of the one here. Under Reflex FastAPI's own never runs; whoever serves the API there
            enters `lifespan(tools)` around the serving.
    """
    api = FastAPI(
        title="DatabaseAI",
        version=tools.version,
        description="Ask your PostgreSQL in your own words, and get an answer you can check.",
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan or own_lifespan,
        redirect_slashes=False,
    )
    api.state.tools = tools
    for module in (answers, query, catalog, health, help_routes):
        api.include_router(module.router, prefix=PREFIX)
    api.add_api_route("/docs", help_routes.docs, include_in_schema=False)
    api.state.routes = list(api.router.routes)
    api.add_api_route("/api/{path:path}", nothing_here, methods=EVERY_METHOD, include_in_schema=False)
    api.add_exception_handler(DatabaseAIError, refused)
    api.add_exception_handler(RequestValidationError, refused)
    api.add_exception_handler(HTTPException, refused)
    api.add_middleware(Edge, settings=tools.settings)
    setattr(api, "openapi", documented(api, PREFIX))  # noqa: B010  # FastAPI's way to extend it; a method to mypy
    return api


@asynccontextmanager
async def lifespan(tools: ApiTools) -> AsyncIterator[None]:
    """Keep the answers' leases while the process serves, restart what a dead one left; drain at the end."""
    async with tools.runs.serving():
        yield


def own_lifespan(api: FastAPI) -> AbstractAsyncContextManager[None]:
    """FastAPI's own, where nothing stands above it."""
    return lifespan(api.state.tools)


async def nothing_here(request: Request) -> Response:
    """Every other address below /api/: a problem, not the UI's page; 405 where only the method is wrong."""
    routes: list[BaseRoute] = request.app.state.routes
    scopes = {method: {**request.scope, "method": method} for method in EVERY_METHOD}
    allowed = [
        method
        for method, scope in scopes.items()
        if any(route.matches(scope)[0] is Match.FULL for route in routes)
    ]
    if allowed:
        raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED, headers={"allow": ", ".join(allowed)})
    raise NotFound("There is nothing at this address.")


async def refused(request: Request, error: Exception) -> Response:
    """Any foreseen error as a problem."""
    headers = error.headers if isinstance(error, HTTPException) else None
    return problem.response(
        ours(error), instance=request.url.path, request_id=request.state.request_id, headers=headers
    )


def ours(error: Exception) -> DatabaseAIError:
    """The error of our tree for a framework's."""
    if isinstance(error, DatabaseAIError):
        return error
    if isinstance(error, RequestValidationError):
        return invalid(error)
    status = error.status_code if isinstance(error, HTTPException) else HTTPStatus.INTERNAL_SERVER_ERROR
    if status == HTTPStatus.NOT_FOUND:
        return NotFound("There is nothing at this address.")
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        return MethodNotAllowed("This address does not take this method.")
    return RequestInvalid("The request cannot be read.")


def invalid(error: RequestValidationError) -> RequestInvalid:
    """Which members are wrong and why; what was sent is not repeated."""
    fields = [
        {"field": ".".join(str(part) for part in one["loc"]), "message": str(one["msg"])}
        for one in error.errors()
    ]
    if fields[0]["message"] == "JSON decode error":
        return RequestInvalid("The body is not JSON.", fields=fields)
    if [one["loc"] for one in error.errors()] == [("body",)]:
        return RequestInvalid(
            "The body is missing or not a JSON object.",
            hint="Send Content-Type: application/json.",
            fields=fields,
        )
    first = fields[0]
    return RequestInvalid(f"{first['field']}: {first['message']}.", fields=fields)

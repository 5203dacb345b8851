"""Help pages of errors, and the API's documentation."""

from typing import Annotated

from fastapi import APIRouter, Header, Request
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from databaseai.api import problem
from databaseai.api.reference import reference
from databaseai.api.replies import json_reply, problems
from databaseai.api.schemas import ErrorPage
from databaseai.errors import BY_CODE, NotFound

router = APIRouter(tags=["help"])
CSP = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "cache-control": "no-cache",
}


@router.get("/problems/{code}", responses=problems(404), response_model=ErrorPage)
async def error_page(code: str, accept: Annotated[str, Header()] = "*/*") -> Response:
    """What an error code means: JSON, or HTML for a browser."""
    if (error := BY_CODE.get(code.upper())) is None:
        raise NotFound("There is no such error code.")
    if "text/html" in accept:
        return HTMLResponse(problem.html_page(error), headers=CSP)
    return json_reply(problem.page(error), headers={"cache-control": "public, max-age=3600"})


@router.get("/docs", include_in_schema=False)
async def docs(request: Request) -> Response:
    """The reference, drawn from the OpenAPI document; no script, no other host."""
    return HTMLResponse(reference(request.app.openapi()), headers=CSP)

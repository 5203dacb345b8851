"""Errors as RFC 9457 problems: the only place that renders one."""

import html
import inspect
from collections.abc import Mapping
from typing import Any

from pydantic_core import to_json
from starlette.responses import Response

from databaseai.errors import DatabaseAIError

MEDIA_TYPE = "application/problem+json"
PAGES = "/api/v1/problems/"
"""Where the help pages live; a problem's `type` is relative, so it holds behind any proxy."""


def problem(error: DatabaseAIError, *, instance: str = "", request_id: str = "") -> dict[str, Any]:
    """An error's wire form, in answers and streams alike.

    Args:
        error: What happened.
        instance: Path of the request or answer it happened to.
        request_id: What the log has it under.
    """
    members: dict[str, Any] = {
        **error.facts,
        "type": PAGES + error.code,
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "code": error.code,
        "repairable": error.repairable,
    }
    optional = {"hint": error.hint, "instance": instance, "request_id": request_id}
    return members | {name: value for name, value in optional.items() if value}


def encoded(value: object) -> bytes:
    """JSON of any wire value. What JSON cannot say is named by its type: a fact never fails the reply."""
    return to_json(value, inf_nan_mode="strings", fallback=lambda thing: type(thing).__name__)


def response(
    error: DatabaseAIError, *, instance: str, request_id: str, headers: Mapping[str, str] | None = None
) -> Response:
    """The HTTP reply for an error."""
    body = encoded(problem(error, instance=instance, request_id=request_id))
    wait = {"retry-after": str(error.facts["retry_after_s"])} if "retry_after_s" in error.facts else {}
    return Response(body, error.status, headers={**wait, **(headers or {})}, media_type=MEDIA_TYPE)


def page(error: type[DatabaseAIError]) -> dict[str, Any]:
    """What is always true of an error, for its help page."""
    return {
        "code": error.code,
        "title": error.title,
        "status": error.status,
        "repairable": error.repairable,
        "help": inspect.getdoc(error) or "",
    }


def html_page(error: type[DatabaseAIError]) -> str:
    """The help page for people."""
    known = {name: html.escape(str(value)) for name, value in page(error).items()}
    return (
        "<!doctype html><html lang=en><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width, initial-scale=1'>"
        f"<title>{known['code']} {known['title']}</title>"
        f"<h1>{known['title']}</h1><p>{known['help']}</p>"
        f"<p><small>{known['code']} · HTTP {known['status']}</small></p></html>"
    )

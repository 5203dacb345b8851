"""JSON replies and their place in the OpenAPI document."""

from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from databaseai.api.problem import MEDIA_TYPE, encoded


def json_reply(value: object, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A wire value as it is.

    Not through FastAPI's response model: validating what our own code built costs more than building it, and
    tests hold the shape.
    """
    return Response(encoded(value), status, headers=headers, media_type="application/json")


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI entry of each refusal that a route's caller should expect."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in statuses
    }

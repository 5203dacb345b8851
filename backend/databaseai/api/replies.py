"""JSON replies and their place in the OpenAPI document."""

import asyncio
from collections.abc import Mapping, Sequence
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


PIECE_ROWS, PIECE_CELLS = 50, 2_000


async def rows_reply(members: Mapping[str, object], rows: Sequence[Sequence[object]]) -> Response:
    """A wire value with `rows`, in pieces: 16 MB of them at once would hold the event loop for 0.05 s."""
    size = max(1, min(PIECE_ROWS, PIECE_CELLS // max(1, len(rows[0]) if rows else 1)))
    pieces = []
    for start in range(0, len(rows), size):
        pieces.append(encoded(rows[start : start + size])[1:-1])
        if start:
            await asyncio.sleep(0)
    head = encoded(members)[:-1] + (b"," if members else b"")
    body = head + b'"rows":[' + b",".join(pieces) + b"]}"
    return Response(body, media_type="application/json")


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI entry of each refusal that a route's caller should expect."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in statuses
    }

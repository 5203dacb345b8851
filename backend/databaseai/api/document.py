"""The OpenAPI document: FastAPI's, with our problems instead of its own error type, and an example each."""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from databaseai.api.examples import REPLIES, REQUESTS
from databaseai.api.problem import MEDIA_TYPE, problem
from databaseai.api.schemas import EVENTS, Answer
from databaseai.errors import BY_CODE, DatabaseAIError, RequestInvalid

REFERENCE = "#/components/schemas/{model}"
LIKELY = {
    "413": "DBAI103",
    "422": "DBAI102",
    "429": "DBAI108",
    "503": "DBAI202",
    "504": "DBAI701",
}
"""Where several errors share a status, the one that stands for them."""


def documented(api: FastAPI, prefix: str) -> Callable[[], dict[str, Any]]:
    """Instead of `api.openapi`: made at the first call, then kept."""
    made: dict[str, Any] = {}

    def openapi() -> dict[str, Any]:
        if not made:
            document = get_openapi(
                title=api.title, version=api.version, description=api.description, routes=api.routes
            )
            add_types(document)
            for path, methods in document["paths"].items():
                for method, operation in methods.items():
                    add_examples(operation, (method, path.removeprefix(prefix)))
            made.update(document)
        return made

    return openapi


def add_types(document: dict[str, Any]) -> None:
    """The streamed events' types and the problem, which no route returns by FastAPI's means."""
    models = [(model, "serialization") for model in (*EVENTS.values(), Answer)]
    _, types = models_json_schema(models, ref_template=REFERENCE)  # type: ignore[arg-type]  # a literal each
    known = document["components"]["schemas"]
    known.update(types["$defs"])
    for unused in ("HTTPValidationError", "ValidationError"):
        known.pop(unused, None)


def add_examples(operation: dict[str, Any], route: tuple[str, str]) -> None:
    """One route's."""
    if body := operation.get("requestBody"):
        body["content"]["application/json"]["example"] = REQUESTS[route]
    responses = operation["responses"]
    if "422" in responses and "application/json" in responses["422"]["content"]:  # FastAPI's own
        del responses["422"]
    if "parameters" in operation or body:
        responses.setdefault("422", refusal("Unprocessable Content"))
    for status, response in responses.items():
        content = response.get("content", {})
        if MEDIA_TYPE in content:
            content[MEDIA_TYPE]["example"] = problem(typical(status))
        elif status == "200" and "application/json" in content:
            content["application/json"]["example"] = REPLIES[route]


def refusal(description: str) -> dict[str, Any]:
    """A reply that is a problem."""
    return {
        "description": description,
        "content": {MEDIA_TYPE: {"schema": {"$ref": REFERENCE.format(model="Problem")}}},
    }


def typical(status: str) -> DatabaseAIError:
    """An error of that status."""
    if status in LIKELY:
        return BY_CODE[LIKELY[status]]()
    found = (
        error for _, error in sorted(BY_CODE.items()) if str(error.status) == status and error.code > "DBAI1"
    )
    return next(found, RequestInvalid)()

"""Ask, and all that can be done with an answer."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from databaseai.api import examples
from databaseai.api.dependencies import Asker, TheRuns, TheTools
from databaseai.api.leaving import unless_left
from databaseai.api.paging import page
from databaseai.api.replies import json_reply, problems, rows_reply
from databaseai.api.runs import Runs
from databaseai.api.schemas import Answer, AskIn, Id, RowsPage
from databaseai.api.sse import HEADERS, fold
from databaseai.ask import question as questions
from databaseai.errors import NotFound
from databaseai.store.answers import AnswerRecord

EMPTY = {name: field.default for name, field in Answer.model_fields.items() if not field.is_required()}
"""Every member is always there."""
router = APIRouter(tags=["answers"])
STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-Sent Events: `accepted`, the steps, then exactly one `done` or `problem`.",
        "content": {"text/event-stream": {"schema": {"type": "string"}, "example": examples.STREAM}},
    }
}
WHOLE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": STREAM[200]["description"] + " Or the whole answer, with `Accept: application/json`.",
        "content": STREAM[200]["content"]
        | {"application/json": {"schema": {"$ref": "#/components/schemas/Answer"}}},
    }
}
NOTHING_LEFT: dict[int | str, dict[str, Any]] = {204: {"description": "Nothing more will come."}}
TOLD: dict[int | str, dict[str, Any]] = {202: {"description": "The process that works on it has been told."}}


@router.post("/ask", responses=WHOLE | problems(403, 409, 413, 422, 429, 503), response_class=Response)
async def ask(
    asked: AskIn,
    asker: Asker,
    tools: TheTools,
    runs: TheRuns,
    accept: Annotated[str, Header()] = "*/*",
) -> Response:
    """Ask a question; the answer streams as it comes about, and runs on when the stream is left.

    With `Accept: application/json` the reply is the whole answer, once there is one.
    """
    record = await runs.begin(
        questions.read(asked.question, tools.settings.ask.question_characters),
        asker=asker,
        source=await tools.source(asked.data_source),
        conversation=asked.conversation,
        answer_anyway=asked.answer_anyway,
        confirmed=asked.confirmed,
        idempotency_key=asked.idempotency_key,
    )
    if "application/json" not in accept or "text/event-stream" in accept:
        return stream(runs, record)
    async for _ in runs.follow(record):
        pass
    return json_reply(await whole(runs, await known(runs, record.id, asker)))


@router.get("/answers/{answer_id}", responses=problems(403, 404, 503), response_model=Answer)
async def answer(answer_id: Id, asker: Asker, runs: TheRuns) -> Response:
    """The answer as far as it has come."""
    return json_reply(await whole(runs, await known(runs, answer_id, asker)))


@router.get(
    "/answers/{answer_id}/events",
    responses=STREAM | NOTHING_LEFT | problems(403, 404, 503),
    response_class=Response,
)
async def events(
    answer_id: Id,
    asker: Asker,
    runs: TheRuns,
    last_event_id: Annotated[int, Header(ge=0, description="Only what came after this `id`.")] = 0,
) -> Response:
    """Follow an answer: what happened so far, then what happens.

    204 when there is nothing more to come; a browser's `EventSource` then stops asking.
    """
    record = await known(runs, answer_id, asker)
    if (
        record.status != "running"
        and last_event_id
        and not await runs.answers.events(record.id, last_event_id)
    ):
        return Response(status_code=204)
    return stream(runs, record, last_event_id)


@router.get("/answers/{answer_id}/rows", responses=problems(403, 404, 422, 503), response_model=RowsPage)
async def rows(
    answer_id: Id,
    asker: Asker,
    tools: TheTools,
    runs: TheRuns,
    after: Annotated[int, Query(ge=0, le=10_000_000, description="Rows to pass over.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
    confirmed: Annotated[bool, Query(description="However much its plan costs.")] = False,
    *,
    request: Request,
) -> Response:
    """More of an answer's rows: its query runs again, through the same gate and limits."""
    record = await known(runs, answer_id, asker)
    if not record.sql:
        raise NotFound("This answer has no query.")
    pipeline = (await tools.source(record.data_source)).pipeline
    pipeline = pipeline.confirmed if confirmed else pipeline
    found = await unless_left(request, page(pipeline, record.sql, asker, after=after, limit=limit))
    return await rows_reply({"columns": found["columns"], "next": found["next"]}, found["rows"])


@router.delete("/answers/{answer_id}/run", responses=TOLD | problems(403, 404, 503), status_code=204)
async def stop(answer_id: Id, asker: Asker, runs: TheRuns) -> Response:
    """Stop an answer: the model's call and the query are cancelled, the answer ends with DBAI716.

    204: it is over (also when it was before). 202: the process that works on it has been told.
    """
    return Response(status_code=204 if await runs.stop(await known(runs, answer_id, asker)) else 202)


def stream(runs: Runs, record: AnswerRecord, after: int = 0) -> Response:
    """The answer's events, from here on."""
    return StreamingResponse(runs.follow(record, after), media_type="text/event-stream", headers=HEADERS)


async def known(runs: Runs, answer_id: str, asker: Asker) -> AnswerRecord:
    """The asker's answer of that id. Raises `NotFound`."""
    if record := await runs.answers.get(answer_id, asker.name):
        return record
    raise NotFound("There is no such answer.")


async def whole(runs: Runs, record: AnswerRecord) -> dict[str, object]:
    """The members of `schemas.Answer`."""
    return (
        EMPTY
        | fold(await runs.events(record))
        | {
            "answer_id": record.id,
            "conversation": record.conversation_id,
            "data_source": record.data_source,
            "question": record.question,
            "status": record.status,
            "started_at": record.started_at,
            "finished_at": record.finished_at,
        }
    )

"""A person's own SQL."""

from dataclasses import asdict

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from databaseai.api.dependencies import Asker, TheTools
from databaseai.api.leaving import unless_left
from databaseai.api.replies import json_reply, problems, rows_reply
from databaseai.api.schemas import ExplainIn, ExplainOut, QueryIn, QueryOut

router = APIRouter(tags=["query"])


@router.post("/query", responses=problems(403, 413, 422, 503, 504), response_model=QueryOut)
async def query(asked: QueryIn, asker: Asker, tools: TheTools, request: Request) -> Response:
    """Run one SELECT, through the same gate, plan and limits as the model's.

    A plan that costs more than the limit is refused with DBAI601 and its cost, until it comes `confirmed`.
    A client that leaves stops its query, in PostgreSQL too.
    """
    pipeline = (await tools.source(asked.data_source)).pipeline
    pipeline = pipeline.confirmed if asked.confirmed else pipeline
    result = await unless_left(request, pipeline.query(asked.sql, asker))
    members = {
        "sql": result.sql,
        "columns": result.columns,
        "truncated": result.truncated,
        "ms": result.ms,
    }
    return await rows_reply(members, result.rows)


@router.post("/explain", responses=problems(403, 413, 422, 503, 504), response_model=ExplainOut)
async def explain(asked: ExplainIn, asker: Asker, tools: TheTools, request: Request) -> Response:
    """The plan of one SELECT, through the same gate and limits; EXPLAIN ANALYZE is refused."""
    source = await tools.source(asked.data_source)
    found = await unless_left(request, source.pipeline.explain(asked.sql, asker))
    return json_reply(asdict(found))

"""A person's own SQL."""

from dataclasses import asdict

from fastapi import APIRouter
from starlette.responses import Response

from databaseai.api.dependencies import Asker, TheTools
from databaseai.api.replies import json_reply, problems
from databaseai.api.schemas import ExplainIn, ExplainOut, QueryIn, QueryOut

router = APIRouter(tags=["query"])


@router.post("/query", responses=problems(401, 403, 413, 422, 503, 504), response_model=QueryOut)
async def query(asked: QueryIn, asker: Asker, tools: TheTools) -> Response:
    """Run one SELECT, through the same gate, plan and limits as the model's.

    A plan that costs more than the limit is refused with DBAI601 and its cost, until it comes `confirmed`.
    """
    pipeline = (await tools.source(asked.data_source)).pipeline
    result = await (pipeline.confirmed if asked.confirmed else pipeline).query(asked.sql, asker)
    return json_reply(
        {
            "sql": result.sql,
            "columns": result.columns,
            "rows": result.rows,
            "truncated": result.truncated,
            "ms": result.ms,
        }
    )


@router.post("/explain", responses=problems(401, 403, 413, 422, 503, 504), response_model=ExplainOut)
async def explain(asked: ExplainIn, asker: Asker, tools: TheTools) -> Response:
    """The plan of one SELECT, through the same gate and limits; EXPLAIN ANALYZE is refused."""
    source = await tools.source(asked.data_source)
    found = await source.pipeline.explain(asked.sql, asker)
    return json_reply(asdict(found))

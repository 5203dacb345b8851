"""A person's own SQL."""

from fastapi import APIRouter
from starlette.responses import Response

from databaseai.api.dependencies import Asker, TheTools
from databaseai.api.replies import json_reply, problems
from databaseai.api.schemas import QueryIn, QueryOut

router = APIRouter(tags=["query"])


@router.post("/query", responses=problems(413, 422, 503, 504), response_model=QueryOut)
async def query(asked: QueryIn, _: Asker, tools: TheTools) -> Response:
    """Run one SELECT, through the same gate, plan and limits as the model's."""
    source = await tools.source(asked.data_source)
    result = await source.pipeline.query(asked.sql)
    return json_reply(
        {
            "sql": result.sql,
            "columns": result.columns,
            "rows": result.rows,
            "truncated": result.truncated,
            "ms": result.ms,
        }
    )

"""Ask PostgreSQL what the accepted query would cost, before it runs."""

import contextlib
import json
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import AsyncConnection

from databaseai.ask.guardrail import AcceptedQuery
from databaseai.ask.server_errors import server_error
from databaseai.ask.streaming import Stream
from databaseai.errors import PlanTooCostly
from databaseai.settings import ExecutionLimits

EXPLAIN = "EXPLAIN (FORMAT JSON) "


@dataclass(frozen=True, slots=True)
class Plan:
    """PostgreSQL's estimate."""

    total_cost: float
    """Planner units, not milliseconds."""
    row_estimate: int


async def plan(query: AcceptedQuery, reader: AsyncConnection[Any], limits: ExecutionLimits) -> Plan:
    """Estimate one accepted query; the estimate is itself an execution, so it stays in the sandbox.

    Args:
        query: What `guardrail.check` returned.
        reader: Inside `sandbox`.
        limits: `plan_cost_limit` in planner units, infinite when a person confirmed; time as for a run.

    Raises:
        PlanTooCostly: The estimate is past `limits.plan_cost_limit`. DBAI601.
        ExecutionError: The server refused the query while it planned.

    Source:
        notes/sandbox.md, 2.4: the planner computes immutable calls with constant arguments; cost is advice,
        an endless recursive query costs 5.6.
    """
    stream = Stream(reader, limits, query.search_path)
    try:
        async with contextlib.aclosing(stream.rows(EXPLAIN + query.sql)) as rows:
            text = b"".join([row[0] or b"" async for row in rows])
    except psycopg.Error as error:
        raise server_error(error, query, len(EXPLAIN)) from None
    top = json.loads(text)[0]["Plan"]
    found = Plan(float(top["Total Cost"]), int(top["Plan Rows"]))
    if found.total_cost > limits.plan_cost_limit:
        raise PlanTooCostly(
            f"The plan costs {found.total_cost:,.0f} for about {found.row_estimate:,} rows;"
            f" the limit is {limits.plan_cost_limit:,.0f}.",
            hint="Narrow it: a filter, a shorter period, a join condition. Or confirm it, and it runs all"
            " the same, inside its time limit.",
            cost=found.total_cost,
            row_estimate=found.row_estimate,
            limit=limits.plan_cost_limit,
            confirmable=True,
        )
    return found

"""The estimate, its limit, and a person's way past it."""

import math
from typing import Any

import pytest
from psycopg import AsyncConnection

from databaseai.ask import planning
from databaseai.ask.guardrail import check
from databaseai.ask.sandbox import sandbox
from databaseai.catalog.snapshot import Catalog
from databaseai.errors import ExecutionError, PlanTooCostly, Unexpected
from databaseai.settings import ExecutionLimits
from tests.ask.accepted import unchecked

Reader = AsyncConnection[Any]


async def test_the_estimate(reader: Reader, catalog: Catalog, limits: ExecutionLimits) -> None:
    query = check("-- all\nSELECT * FROM customer -- of them", catalog, limits)
    async with sandbox(reader, limits):
        plan = await planning.plan(query, reader, limits)
    assert plan.row_estimate == 60
    assert 0 < plan.total_cost < 100


async def test_a_plan_past_the_limit_needs_a_word(reader: Reader, catalog: Catalog) -> None:
    limits = ExecutionLimits(plan_cost_limit=1e6)
    query = check("SELECT count(*) FROM orders a, orders b, orders c, orders d", catalog, limits)
    async with sandbox(reader, limits):
        with pytest.raises(PlanTooCostly) as refusal:
            await planning.plan(query, reader, limits)
        assert float(str(refusal.value.facts["cost"])) > 1e6
        confirmed = limits.model_copy(update={"plan_cost_limit": math.inf})
        plan = await planning.plan(query, reader, confirmed)
    assert plan.total_cost > 1e6


async def test_the_planner_finds_errors(reader: Reader, catalog: Catalog, limits: ExecutionLimits) -> None:
    statement = "SELECT name, length(customer_id) FROM customer"
    async with sandbox(reader, limits):
        with pytest.raises(ExecutionError) as refusal:
            await planning.plan(check(statement, catalog, limits), reader, limits)
    assert refusal.value.code == "DBAI705"
    assert refusal.value.facts["position"] == statement.index("length")


async def test_explain_runs_nothing_and_one_statement_only(reader: Reader, limits: ExecutionLimits) -> None:
    async with sandbox(reader, limits):
        with pytest.raises(ExecutionError):
            await planning.plan(unchecked("SELECT 1; SELECT 2"), reader, limits)
    with pytest.raises(Unexpected):
        await planning.plan(unchecked("SELECT 1"), reader, limits)

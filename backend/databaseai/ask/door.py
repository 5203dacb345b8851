"""The one door to the data source: what the gate accepts is planned and run in one sandbox transaction."""

from dataclasses import dataclass, replace

from databaseai.ask import execution, guardrail, planning
from databaseai.ask.events import Json, ResultColumn
from databaseai.ask.execution import ResultSet
from databaseai.ask.guardrail import AcceptedQuery
from databaseai.ask.memory import VerifiedQueries
from databaseai.ask.off_loop import considered
from databaseai.ask.sandbox import sandbox
from databaseai.ask.trail import Trail
from databaseai.catalog.cache import CatalogCache
from databaseai.catalog.snapshot import Catalog
from databaseai.data_source import Asker, DataSource
from databaseai.language_model import LanguageModel
from databaseai.settings import ExecutionLimits, Settings


@dataclass(frozen=True, slots=True)
class PipelineTools:
    """What the flow works with. `app.py` makes them."""

    data_source: DataSource
    catalog: CatalogCache
    model: LanguageModel
    settings: Settings
    verified: VerifiedQueries | None = None
    """Approved pairs of question and SQL; None where nobody keeps any."""


@dataclass(frozen=True, slots=True)
class QueryResult:
    """The result of a statement that was given, not asked of the model."""

    sql: str
    columns: tuple[ResultColumn, ...]
    rows: tuple[tuple[Json, ...], ...]
    truncated: bool
    ms: float


async def gated(statement: str, catalog: Catalog, limits: ExecutionLimits) -> AcceptedQuery:
    """The gate."""
    return await considered(statement, guardrail.check, statement, catalog, limits)


async def run(tools: PipelineTools, trail: Trail, query: AcceptedQuery) -> ResultSet:
    """Plan and run what the gate accepted, in one sandbox transaction."""
    limits = tools.settings.limits
    async with tools.data_source.reader(trail.asker) as reader, sandbox(reader, limits):
        with trail.step("planning") as note:
            plan = await planning.plan(query, reader, limits)
            note.detail = f"cost {plan.total_cost:,.0f}, about {plan.row_estimate:,} rows"
        with trail.step("execution") as note:
            result = await execution.run(query, reader, limits)
            note.detail = f"{len(result.rows):,} rows" + (", cut" if result.truncated else "")
    return result


def within(tools: PipelineTools, **limits: int) -> PipelineTools:
    """The same tools under other limits."""
    tighter = tools.settings.limits.model_copy(update=limits)
    return replace(tools, settings=tools.settings.model_copy(update={"limits": tighter}))


async def result_of(
    tools: PipelineTools, statement: str, catalog: Catalog, asker: Asker | None
) -> QueryResult:
    """One statement through gate, plan and run; raises a `DatabaseAIError`."""
    accepted = await gated(statement, catalog, tools.settings.limits)
    result = await run(tools, Trail(asker=asker), accepted)
    return QueryResult(accepted.shown, result.columns, result.rows, result.truncated, result.ms)

"""The flow from a question to an answer. Each step is the module of its name; this one shows their order."""

import asyncio
import logging
import math
import traceback
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from databaseai.ask import (
    answer,
    chart,
    execution,
    explaining,
    generation,
    guardrail,
    memory,
    parsing,
    planning,
    prompt,
    proof_card,
    question,
    repair,
    selection,
)
from databaseai.ask.events import Done, Event, Json, Problem, ResultColumn, Rows, Sql, Text
from databaseai.ask.execution import ResultSet
from databaseai.ask.explaining import Explanation
from databaseai.ask.guardrail import AcceptedQuery
from databaseai.ask.guardrail.explain import ExplainOptions, split
from databaseai.ask.memory import Exchange
from databaseai.ask.off_loop import considered, off_loop
from databaseai.ask.repair import Mended
from databaseai.ask.sandbox import sandbox
from databaseai.ask.trail import Trail
from databaseai.ask.view import Index, View, understand
from databaseai.catalog.cache import CatalogCache
from databaseai.catalog.snapshot import Catalog
from databaseai.data_source import Asker, DataSource
from databaseai.errors import (
    DatabaseAIError,
    ExecutionError,
    GuardrailError,
    PolicyRefused,
    ResultTooLarge,
    ServerMemoryExceeded,
    StatementTimeout,
    Unexpected,
    UnknownColumn,
    UnknownTable,
)
from databaseai.language_model import LanguageModel, Message
from databaseai.settings import ExecutionLimits, Settings

log = logging.getLogger(__name__)

STALE = (UnknownTable, UnknownColumn)
"""The gate knew the name and PostgreSQL does not: the catalog is out of date."""
LIMITS = (StatementTimeout, ResultTooLarge, ServerMemoryExceeded)
"""The statement is right and too much: mending it is not the way out."""


@dataclass(frozen=True, slots=True)
class PipelineTools:
    """What the flow works with. `app.py` makes them."""

    data_source: DataSource
    catalog: CatalogCache
    model: LanguageModel
    settings: Settings


@dataclass(frozen=True, slots=True)
class QueryResult:
    """A person's own query, run through the same locks."""

    sql: str
    columns: tuple[ResultColumn, ...]
    rows: tuple[tuple[Json, ...], ...]
    truncated: bool
    ms: float


@dataclass(frozen=True, slots=True)
class Found:
    """A candidate that ran."""

    query: AcceptedQuery
    result: ResultSet
    repairs: tuple[str, ...]
    attempts: int
    view: View

    def measured(self) -> selection.Measured:
        """What is known about how it came to be."""
        return selection.Measured(
            attempts=self.attempts,
            repairs=self.repairs,
            row_count=len(self.result.rows),
            all_null=all(value is None for row in self.result.rows for value in row),
            margin=self.view.linked.margin,
            samples_cut=self.view.catalog.samples_cut,
        )


class Pipeline:
    """Answers questions about one data source with one model."""

    def __init__(self, tools: PipelineTools, index: Index | None = None) -> None:
        self._tools = tools
        settings = tools.settings
        catalogs = settings.catalog.identities if settings.data_source.identity == "login" else 1
        self._index = index or Index(settings.ask.schema_tokens, catalogs)

    async def answer(
        self,
        text: str,
        *,
        conversation: Sequence[Exchange] = (),
        answer_anyway: bool = False,
        asker: Asker | None = None,
    ) -> AsyncIterator[Event]:
        """The answer's events as they happen, the last one a `Done` or a `Problem`.

        Foreseen errors arrive as that `Problem`. Closing the iterator stops the model's call and the query.

        Args:
            text: The question as asked.
            conversation: Earlier turns, oldest first.
            answer_anyway: Take the best reading instead of asking back.
            asker: As whom it is asked; a data source that all share need not be told.
        """
        del answer_anyway  # no step asks back yet
        trail = Trail(model=self._tools.model.name, asker=asker)
        flow = asyncio.create_task(self._guarded(trail, text, conversation))
        try:
            while True:
                event = await trail.events.get()
                yield event
                if isinstance(event, Done | Problem):
                    return
        finally:
            flow.cancel()
            await asyncio.wait([flow])

    @cached_property
    def confirmed(self) -> "Pipeline":
        """The same without its limit on a plan's cost, for what a person confirmed; all other limits hold."""
        settings = self._tools.settings
        limits = settings.limits.model_copy(update={"plan_cost_limit": math.inf})
        tools = replace(self._tools, settings=settings.model_copy(update={"limits": limits}))
        return Pipeline(tools, self._index)

    async def warm(self, asker: Asker | None = None) -> None:
        """Let the endpoint read the schema before the first question: half a minute for a model on two cores.

        Nothing is lost when it fails, so a failure is only logged.
        """
        try:
            indexes = await self._index.of(await self._tools.catalog.get(asker))
            if indexes.schema.whole:
                first = prompt.build(
                    "?", indexes.schema.whole, (), (), self._tools.settings.llm.context_tokens
                )
                await self._tools.model.complete(first, reply_tokens=1)
        except DatabaseAIError as error:
            log.info("model not warmed: %s %s", error.code, error.title)

    async def query(self, sql: str, asker: Asker | None = None) -> QueryResult:
        """A person's statement through the same gate, plan and limits; raises a `DatabaseAIError`.

        An EXPLAIN of a SELECT gives its plan as the result.
        """
        limits = self._tools.settings.limits
        inner, options = await considered(sql, split, sql, limits)
        if options is not None:
            return explained(await self._explain(inner, options, asker), options)
        accepted = await gated(inner, await self._tools.catalog.get(asker), limits)
        result = await self._run(Trail(asker=asker), accepted)
        return QueryResult(accepted.shown, result.columns, result.rows, result.truncated, result.ms)

    async def explain(self, sql: str, asker: Asker | None = None) -> Explanation:
        """The plan of a person's statement, given as SELECT or as EXPLAIN SELECT; nothing of it runs."""
        inner, options = await considered(sql, split, sql, self._tools.settings.limits)
        return await self._explain(inner, options or ExplainOptions(), asker)

    async def _explain(self, statement: str, options: ExplainOptions, asker: Asker | None) -> Explanation:
        """Gate, then an EXPLAIN of ours in the sandbox."""
        limits, catalog = self._tools.settings.limits, await self._tools.catalog.get(asker)
        accepted = await gated(statement, catalog, limits)
        async with self._tools.data_source.reader(asker) as reader, sandbox(reader, limits):
            return await explaining.explain(accepted, reader, limits, catalog, options)

    async def _guarded(self, trail: Trail, text: str, conversation: Sequence[Exchange]) -> None:
        """The flow, its errors turned into the last event."""
        try:
            await self._flow(trail, text, conversation)
        except DatabaseAIError as error:
            trail.problem(error)
        except Exception as error:  # noqa: BLE001  # whatever it is, the asker gets a last event
            frames = "".join(traceback.format_tb(error.__traceback__))  # the message may hold values
            log.error("unexpected %s while answering\n%s", type(error).__qualname__, frames)  # noqa: TRY400
            trail.problem(Unexpected())
        else:
            trail.done()

    async def _flow(self, trail: Trail, text: str, conversation: Sequence[Exchange]) -> None:
        """Question in, events out, in the order of design.md, section 3."""
        settings = self._tools.settings
        with trail.step("question"):
            asked = question.read(text, settings.ask.question_characters)
        with trail.step("memory") as note:
            turns = memory.recall(conversation, settings.limits.statement_characters)
            note.detail = f"{len(turns)} earlier turns" if turns else "no earlier turn"
        found = await self._candidate(trail, asked, turns)
        result = found.result
        trail.emit(Rows(result.columns, result.rows, result.truncated))
        with trail.step("selection") as note:
            confidence = selection.judge(found.measured())
            note.detail = confidence.level
        with trail.step("answer"):
            card = await considered(
                found.query.sql,
                proof_card.card,
                found.query.tree,
                found.query.tables,
                row_count=len(result.rows),
                truncated=result.truncated,
                notes=found.repairs,
            )
            said = answer.sentence(
                result.columns, result.rows, truncated=result.truncated, filters=card.filters
            )
        trail.emit(Text(said))
        trail.emit(card)
        with trail.step("chart") as note:
            picture = chart.choose(result.columns, result.rows, asked)
            note.detail = picture.type
        trail.emit(picture)
        trail.emit(confidence)

    async def _candidate(self, trail: Trail, asked: str, turns: Sequence[Exchange]) -> Found:
        """Ask the model until a candidate runs, at most `attempts` times."""
        attempts = self._tools.settings.ask.attempts
        indexes = await self._index.of(await self._tools.catalog.get(trail.asker))
        view = understand(trail, asked, turns, indexes, self._tools.settings)
        messages = view.messages
        for attempt in range(1, attempts + 1):
            try:
                return await self._attempt(trail, messages, view, attempt)
            except DatabaseAIError as error:
                stale = isinstance(error, STALE)
                if stale:
                    indexes = await self._index.of(await self._tools.catalog.refresh(trail.asker))
                if attempt == attempts or not error.repairable:
                    raise
                if stale:
                    view = understand(trail, asked, turns, indexes, self._tools.settings)
                advice = repair.advice(error, trail.statement, indexes.catalog)
                messages = prompt.again(view.messages, trail.statement or trail.reply, error, advice)
        raise AssertionError  # the last attempt returned or raised

    async def _attempt(self, trail: Trail, messages: Sequence[Message], view: View, attempt: int) -> Found:
        """One candidate from the model's reply to its rows."""
        settings = self._tools.settings
        trail.next_attempt()
        with trail.step("generation") as note:
            completion = await generation.generate(self._tools.model, messages, settings.llm)
            trail.used(completion)
            trail.reply = completion.text[: settings.limits.statement_characters]
            note.detail = f"{completion.reply_tokens} tokens, attempt {attempt}"
        with trail.step("parsing"):
            generation.ensure_ended(completion, settings.llm.reply_tokens)
            trail.statement = parsing.statement_of(completion.text)
        with trail.step("repair") as note:
            spelt = await off_loop(repair.respell, trail.statement, view.catalog)
            trail.statement = spelt.statement
            note.detail = "; ".join(spelt.notes) or "nothing to mend"
        try:
            return await self._tried(trail, spelt, view, attempt)
        except (GuardrailError, ExecutionError) as error:
            if not error.repairable or isinstance(error, (*LIMITS, PolicyRefused)):
                raise
            mended = await self._mended(trail, view.catalog)
            if mended.statement == trail.statement:
                raise
            trail.statement = mended.statement
            notes = (*spelt.notes, *mended.notes)
            return await self._tried(trail, Mended(mended.statement, notes), view, attempt)

    async def _tried(self, trail: Trail, mended: Mended, view: View, attempt: int) -> Found:
        """One statement through gate, plan and execution."""
        with trail.step("guardrail"):
            query = await gated(mended.statement, view.catalog, self._tools.settings.limits)
        trail.emit(Sql(query.shown))
        return Found(query, await self._run(trail, query), mended.notes, attempt, view)

    async def _mended(self, trail: Trail, catalog: Catalog) -> Mended:
        """The refused statement with its names, joins and types put right: what runs is never touched."""
        with trail.step("repair") as note:
            mended = await off_loop(repair.mend, trail.statement, catalog)
            note.detail = "; ".join(mended.notes) or "nothing to mend"
        return mended

    async def _run(self, trail: Trail, query: AcceptedQuery) -> ResultSet:
        """Plan and run what the gate accepted, in one sandbox transaction."""
        limits = self._tools.settings.limits
        async with self._tools.data_source.reader(trail.asker) as reader, sandbox(reader, limits):
            with trail.step("planning") as note:
                plan = await planning.plan(query, reader, limits)
                note.detail = f"cost {plan.total_cost:,.0f}, about {plan.row_estimate:,} rows"
            with trail.step("execution") as note:
                result = await execution.run(query, reader, limits)
                note.detail = f"{len(result.rows):,} rows" + (", cut" if result.truncated else "")
        return result


async def gated(statement: str, catalog: Catalog, limits: ExecutionLimits) -> AcceptedQuery:
    """The gate."""
    return await considered(statement, guardrail.check, statement, catalog, limits)


def explained(found: Explanation, options: ExplainOptions) -> QueryResult:
    """A plan as PostgreSQL gives it: a line a row, or one document."""
    kind = {"json": "json", "xml": "xml"}.get(options.format, "text")
    rows: list[tuple[Json, ...]] = [(line,) for line in found.text]
    if options.format == "json":
        rows = [([{"Plan": found.plan}],)]
    elif options.format != "text":
        rows = [("\n".join(found.text),)]
    return QueryResult(
        found.sql, (ResultColumn("QUERY PLAN", kind),), tuple(rows), truncated=False, ms=found.ms
    )

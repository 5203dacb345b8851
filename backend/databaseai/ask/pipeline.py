"""The flow from a question to an answer. Each step is the module of its name; this one shows their order."""

import asyncio
import logging
import math
import traceback
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from functools import cached_property, partial

from databaseai.ask import examples, explaining, memory, prompt, question, selection, telling
from databaseai.ask.candidate import Candidate
from databaseai.ask.candidates import Candidates
from databaseai.ask.door import PipelineTools, QueryResult, gated, result_of
from databaseai.ask.events import Clarify, Done, Event, Json, Problem, ResultColumn, Text
from databaseai.ask.explaining import Explanation
from databaseai.ask.guardrail.explain import ExplainOptions, split
from databaseai.ask.memory import Exchange
from databaseai.ask.off_loop import considered, off_loop
from databaseai.ask.optional import optional
from databaseai.ask.remembered import Remembered
from databaseai.ask.sandbox import sandbox
from databaseai.ask.selection import Choice
from databaseai.ask.trail import Trail
from databaseai.ask.understanding.judging import Judgement
from databaseai.ask.view import Index, Indexes, View, understand
from databaseai.ask.watched import Watch
from databaseai.data_source import Asker
from databaseai.errors import DatabaseAIError, QuestionUnanswerable, Unexpected

log = logging.getLogger(__name__)

__all__ = ["Pipeline", "PipelineTools", "QueryResult"]


class Pipeline:
    """Answers questions about one data source with one model."""

    def __init__(self, tools: PipelineTools, index: Index | None = None) -> None:
        self._tools = tools
        settings = tools.settings
        catalogs = settings.catalog.identities if settings.data_source.identity == "login" else 1
        semantic = "semantic_model" not in settings.ask.without
        self._index = index or Index(settings.ask.schema_tokens, catalogs, semantic=semantic)

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
            answer_anyway: Take the best reading instead of asking back or refusing.
            asker: As whom it is asked; a data source that all share need not be told.
        """
        trail = Trail(model=self._tools.model.name, asker=asker)
        flow = asyncio.create_task(self._guarded(trail, text, conversation, anyway=answer_anyway))
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
                whole, settings = indexes.schema.whole, self._tools.settings
                shown = () if "examples" in settings.ask.without else examples.nearest("?", whole)
                first = prompt.build("?", whole, (), (), settings.llm.context_tokens, shown=shown)
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
        return await result_of(self._tools, inner, await self._tools.catalog.get(asker), asker)

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

    async def _guarded(
        self, trail: Trail, text: str, conversation: Sequence[Exchange], *, anyway: bool
    ) -> None:
        """The flow, its errors turned into the last event."""
        try:
            await self._flow(trail, text, conversation, anyway=anyway)
        except DatabaseAIError as error:
            trail.problem(error)
        except Exception as error:  # noqa: BLE001  # whatever it is, the asker gets a last event
            frames = "".join(traceback.format_tb(error.__traceback__))  # the message may hold values
            log.error("unexpected %s while answering\n%s", type(error).__qualname__, frames)  # noqa: TRY400
            trail.problem(Unexpected())

    async def _flow(self, trail: Trail, text: str, conversation: Sequence[Exchange], *, anyway: bool) -> None:
        """Question in, events out, in the order of design.md, section 3."""
        settings = self._tools.settings
        with trail.step("question"):
            asked = question.read(text, settings.ask.question_characters)
        remembered = Remembered(self._tools, trail)
        with trail.step("memory") as note:
            turns = memory.recall(conversation, settings.limits.statement_characters)
            with optional("making the question stand alone"):
                asked = question.standalone(asked, turns)
            known = await remembered.look(asked)
            note.detail = known or (f"{len(turns)} earlier turns" if turns else "no earlier turn")
        indexes = await self._index.of(await self._tools.catalog.get(trail.asker))
        reread = partial(understand, trail, asked, turns, settings=settings, verified=remembered.examples)
        view, watch = reread(indexes), Watch(self._tools, trail)
        if found := await remembered.answered(view):
            choice = selection.choose([found])
        elif not anyway and await self._replied(trail, view, indexes):
            return
        else:
            candidates = Candidates(self._tools, self._index, trail, watch, view, reread)
            choice = await self._selected(trail, await candidates.all())
        await telling.tell(trail, choice, watch, indexes.values, settings.ask.abstain_below)

    async def _replied(self, trail: Trail, view: View, indexes: Indexes) -> bool:
        """Whether the question's own words end it: asked back, answered from the catalog, or refused.

        Raises:
            QuestionUnanswerable: The data cannot answer it, and why. DBAI402.
        """
        judged = Judgement()
        with trail.step("question") as note:
            with optional("judging the question"):
                judged = await off_loop(question.judge, view.asked, view.linked, view.hints, indexes)
            note.detail = f"{len(judged.readings)} readings" if judged.readings else "one reading"
        if judged.unanswerable:
            raise QuestionUnanswerable(judged.unanswerable, hint="Ask all the same, and it is tried.")
        if judged.about_data:
            trail.emit(Text(judged.about_data))
            trail.done()
        elif judged.readings:
            trail.emit(Clarify(judged.readings))
            trail.done("clarify")
        return bool(judged.about_data or judged.readings)

    async def _selected(self, trail: Trail, found: Sequence[Candidate]) -> Choice:
        """The candidate whose result is taken."""
        with trail.step("selection") as note:
            if "selection" in self._tools.settings.ask.without:
                found = found[:1]
            choice = await off_loop(selection.choose, found) if found[1:] else selection.choose(found)
            note.detail = choice.summary
        return choice


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

"""Candidates: statements proposed for one question, each taken as far as it comes.

The first is asked of the model, and again with its error when it fails, at most `ask.attempts` times. Where
it leaves a doubt, further ones come from other readings of its statement and from other renderings of the
schema.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from databaseai.ask import generation, parsing, prompt, repair
from databaseai.ask.door import PipelineTools, gated, run
from databaseai.ask.events import Sql
from databaseai.ask.execution import ResultSet
from databaseai.ask.guardrail import AcceptedQuery
from databaseai.ask.memory import Exchange
from databaseai.ask.off_loop import off_loop
from databaseai.ask.repair import Mended
from databaseai.ask.trail import Trail
from databaseai.ask.view import Index, View, understand
from databaseai.errors import (
    DatabaseAIError,
    ExecutionError,
    GuardrailError,
    PolicyRefused,
    ResultTooLarge,
    ServerMemoryExceeded,
    StatementTimeout,
    UnknownColumn,
    UnknownTable,
)
from databaseai.language_model import Message

STALE = (UnknownTable, UnknownColumn)
"""The gate knew the name and PostgreSQL does not: the catalog is out of date."""
LIMITS = (StatementTimeout, ResultTooLarge, ServerMemoryExceeded)
"""The statement is right and too much: mending it is not the way out."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A statement that ran, and how it came to be."""

    rendering: str
    """Of the schema, by its name; `variant` for another reading of a candidate's statement."""
    view: View
    reply: str
    """The model's, whatever it holds; empty for a variant."""
    statement: str
    """What was given to the gate."""
    spelt: tuple[str, ...]
    """Literals written as stored."""
    mended: tuple[str, ...]
    """Other repairs."""
    query: AcceptedQuery
    result: ResultSet
    attempts: int = 1
    """Statements asked of the model for it, its own included."""

    @property
    def repairs(self) -> tuple[str, ...]:
        """All, for the proof card."""
        return (*self.spelt, *self.mended)


class Candidates:
    """Makes the candidates of one question."""

    def __init__(
        self, tools: PipelineTools, index: Index, trail: Trail, asked: str, turns: Sequence[Exchange]
    ) -> None:
        self._tools, self._index, self._trail = tools, index, trail
        self._asked, self._turns = asked, turns

    async def first(self) -> Candidate:
        """Ask the model until a candidate runs, at most `attempts` times."""
        trail, settings = self._trail, self._tools.settings
        indexes = await self._index.of(await self._tools.catalog.get(trail.asker))
        view = understand(trail, self._asked, self._turns, indexes, settings)
        messages = view.messages
        for attempt in range(1, settings.ask.attempts + 1):
            try:
                return await self.asked(messages, view, attempt)
            except DatabaseAIError as error:
                stale = isinstance(error, STALE)
                if stale:
                    indexes = await self._index.of(await self._tools.catalog.refresh(trail.asker))
                if attempt == settings.ask.attempts or not error.repairable:
                    raise
                if stale:
                    view = understand(trail, self._asked, self._turns, indexes, settings)
                advice = repair.advice(error, trail.statement, indexes.catalog)
                messages = prompt.again(view.messages, trail.statement or trail.reply, error, advice)
        raise AssertionError  # the last attempt returned or raised

    async def asked(self, messages: Sequence[Message], view: View, attempt: int) -> Candidate:
        """One candidate from the model's reply to its rows."""
        settings, trail = self._tools.settings, self._trail
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
            return await self.tried(spelt, Mended(spelt.statement), view, attempt)
        except (GuardrailError, ExecutionError) as error:
            if not error.repairable or isinstance(error, (*LIMITS, PolicyRefused)):
                raise
            mended = await self.mended(trail.statement, view)
            if mended.statement == trail.statement:
                raise
            trail.statement = mended.statement
            return await self.tried(spelt, mended, view, attempt)

    async def mended(self, statement: str, view: View) -> Mended:
        """The refused statement with its names, joins and types put right: what runs is never touched."""
        with self._trail.step("repair") as note:
            mended = await off_loop(repair.mend, statement, view.catalog)
            note.detail = "; ".join(mended.notes) or "nothing to mend"
        return mended

    async def tried(self, spelt: Mended, mended: Mended, view: View, attempt: int) -> Candidate:
        """One statement through gate, plan and execution."""
        with self._trail.step("guardrail"):
            query = await gated(mended.statement, view.catalog, self._tools.settings.limits)
        self._trail.emit(Sql(query.shown))
        result = await run(self._tools, self._trail, query)
        return Candidate(
            rendering="tables",
            view=view,
            reply=self._trail.reply,
            statement=mended.statement,
            spelt=spelt.notes,
            mended=mended.notes,
            query=query,
            result=result,
            attempts=attempt,
        )

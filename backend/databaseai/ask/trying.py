"""Take one reply of the model, or another reading of a statement, from its text to its rows."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from databaseai.ask import generation, parsing, repair
from databaseai.ask.candidate import Candidate
from databaseai.ask.door import PipelineTools, gated, run
from databaseai.ask.events import Sql
from databaseai.ask.execution import ResultSet
from databaseai.ask.off_loop import off_loop
from databaseai.ask.repair import Mended
from databaseai.ask.trail import Trail
from databaseai.ask.view import View
from databaseai.catalog.snapshot import Catalog
from databaseai.errors import (
    DatabaseAIError,
    ExecutionError,
    GuardrailError,
    PolicyRefused,
    ResultTooLarge,
    ServerMemoryExceeded,
    StatementTimeout,
)
from databaseai.language_model import Message, Shape

log = logging.getLogger(__name__)

LIMITS = (StatementTimeout, ResultTooLarge, ServerMemoryExceeded)
"""The statement is right and too much: mending it is not the way out."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What the model is asked with."""

    messages: Sequence[Message]
    view: View
    rendering: str
    attempt: int = 1
    temperature: float | None = None
    shape: Shape | None = None
    shown: bool = True
    """Let the asker see the query while it runs."""


Repair = Callable[[str, Catalog], Mended]


READINGS_MS = 2_000
"""For the other readings of one candidate together: what is not back by then is not needed."""


class Tries:
    """Tries the statements of one question, none of them twice."""

    def __init__(self, tools: PipelineTools, trail: Trail) -> None:
        self._tools, self._trail = tools, trail
        self._mends = "repair" not in tools.settings.ask.without
        self._ran: dict[str, ResultSet] = {}
        """By the accepted text."""
        self._failed: dict[str, DatabaseAIError] = {}
        """By the statement."""

    def forget(self) -> None:
        """The catalog is another one: what failed may run now."""
        self._failed.clear()

    async def asked(self, asking: Asking) -> Candidate:
        """One candidate from the model's reply to its rows."""
        trail, settings = self._trail, self._tools.settings
        trail.next_attempt()
        with trail.step("generation") as note:
            completion = await generation.generate(
                self._tools.model,
                asking.messages,
                settings.llm,
                temperature=asking.temperature,
                shape=asking.shape,
            )
            trail.used(completion)
            trail.reply = completion.text[: settings.limits.statement_characters]
            note.detail = (
                f"{completion.reply_tokens} tokens, {asking.rendering} schema, attempt {asking.attempt}"
            )
        with trail.step("parsing"):
            generation.ensure_ended(completion, settings.llm.reply_tokens)
            trail.statement = parsing.statement_of(completion.text)
        spelt = await self._repaired(repair.respell, trail.statement, asking.view)
        return await self._mended_if_refused(spelt, asking)

    async def _mended_if_refused(self, spelt: Mended, asking: Asking) -> Candidate:
        """The statement as it is, else with names, joins and types put right: what runs is not touched."""
        trail = self._trail
        trail.statement = spelt.statement
        try:
            return await self.tried(spelt, (), asking)
        except (GuardrailError, ExecutionError) as error:
            if not error.repairable or isinstance(error, (*LIMITS, PolicyRefused)):
                raise
            mended = await self._repaired(repair.mend, spelt.statement, asking.view)
            if mended.statement == spelt.statement:
                raise
            trail.statement = mended.statement
            return await self.tried(Mended(mended.statement, spelt.notes), mended.notes, asking)

    async def _repaired(self, way: Repair, statement: str, view: View) -> Mended:
        """The statement after one kind of repair."""
        with self._trail.step("repair") as note:
            mended = await off_loop(way, statement, view.catalog) if self._mends else Mended(statement)
            note.detail = "; ".join(mended.notes) or "nothing to mend"
        return mended

    async def tried(self, spelt: Mended, mended: tuple[str, ...], asking: Asking) -> Candidate:
        """One statement through gate, plan and execution; what was tried already ends as it did then.

        Args:
            spelt: What is tried, and the literals that were respelt.
            mended: Other repairs made in it.
            asking: What the model was asked with.
        """
        if earlier := self._failed.get(spelt.statement):
            raise earlier
        try:
            with self._trail.step("guardrail"):
                query = await gated(spelt.statement, asking.view.catalog, self._tools.settings.limits)
            if asking.shown:
                self._trail.emit(Sql(query.shown))
            if (result := self._ran.get(query.sql)) is None:
                result = self._ran[query.sql] = await run(self._tools, self._trail, query)
        except DatabaseAIError as error:
            self._failed[spelt.statement] = error
            raise
        return Candidate(
            rendering=asking.rendering,
            view=asking.view,
            reply=self._trail.reply,
            statement=spelt.statement,
            spelt=spelt.notes,
            mended=mended,
            query=query,
            result=result,
            attempts=asking.attempt,
        )

    async def read_otherwise(self, origin: Candidate) -> list[Candidate]:
        """Other readings of its statement that run, the most likely first; none of them asks the model."""
        if not self._mends:
            return []
        catalog, asked = origin.view.catalog, origin.view.asked
        offered = await off_loop(repair.variants, origin.statement, catalog, asked)
        found: list[Candidate] = []
        if not offered:
            return found
        with self._trail.step("repair") as note:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(READINGS_MS / 1000):
                    for variant in offered:
                        found += await self._reading(origin, variant)
            note.detail = "; ".join(one.variant for one in found) or "no other reading"
        return found

    async def _reading(self, origin: Candidate, variant: repair.Variant) -> list[Candidate]:
        """One other reading, if it runs, silently: its steps are not the asker's."""
        tools, silent = self._tools, Trail(asker=self._trail.asker)
        try:
            query = await gated(variant.statement, origin.view.catalog, tools.settings.limits)
            if (result := self._ran.get(query.sql)) is None:
                result = self._ran[query.sql] = await run(tools, silent, query)
        except DatabaseAIError as error:
            log.info("reading %s: %s %s", variant.kind, error.code, error.title)
            return []
        return [
            replace(
                origin,
                statement=variant.statement,
                query=query,
                result=result,
                variant=variant.kind,
                strength=variant.strength,
                reading=variant.notes,
            )
        ]

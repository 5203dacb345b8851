"""One answer being worked on: the flow in a task of its own, its events in order, whoever listens."""

import asyncio
import logging
import traceback
from bisect import bisect_right
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import asdict
from typing import cast

from databaseai.api.sse import coalesced, kept
from databaseai.api.tools import Asking
from databaseai.ask.events import Done, Event, Problem, Restarted, Sql, status_of
from databaseai.ask.memory import Exchange
from databaseai.data_source import Asker
from databaseai.errors import AnswerNotKept, DatabaseAIError, Stopped, Unexpected
from databaseai.store.answers import ATTEMPT_SEQUENCES, AnswerRecord, Answers, Ending, KeptEvent, unseen

LOG = logging.getLogger(__name__)
KEEP_PAUSES_S = (0.1, 0.5, 1.0, 2.0, 4.0)
"""Before the store is asked again to keep an answer that is done; PostgreSQL restarts in that time."""
MOST_ATTEMPTS = 3
"""An answer whose process died this often is not tried again: it may be what kills them."""

Prepare = Callable[[], Awaitable[tuple[Asking, Sequence[Exchange], Asker]]]
"""Finds the pipeline, the earlier turns and who asks; may raise a `DatabaseAIError`."""


class Run:
    """Works once. Followers read `events` at their own pace: a slow one holds up nothing and misses nothing.

    All events stay in memory until the run is over; what bounds the flow (the result's bytes, the reply's
    tokens) bounds them. The last event is shown only after the store has it.
    """

    def __init__(self, record: AnswerRecord, answers: Answers, *, owner: str, lease_s: float) -> None:
        self.record = record
        self.events: list[KeptEvent] = []
        """In order; `sequence` rises."""
        self.over = False
        """Nothing more will come from here."""
        self.ending = False
        self.task: asyncio.Task[None] | None = None
        self._answers = answers
        self._owner = owner
        self._lease_s = lease_s
        self._unkept: list[KeptEvent] = []
        self._keeping = asyncio.Lock()
        self._followers: set[asyncio.Event] = set()
        self._began = False
        self._stopped = False
        self._sql = ""

    def begin(self, prepare: Prepare) -> asyncio.Task[None]:
        """Start working."""
        self.task = asyncio.create_task(self._work(prepare), name=f"answer {self.record.id}")
        return self.task

    def show(self, events: Sequence[KeptEvent]) -> None:
        """Show events to the followers."""
        self.events.extend(events)
        for follower in self._followers:
            follower.set()

    async def follow(self, after: int, *, patience_s: float) -> AsyncGenerator[list[KeptEvent]]:
        """Every event past `after`, in batches; an empty batch after each `patience_s` of silence."""
        changed = asyncio.Event()
        self._followers.add(changed)
        position = bisect_right(self.events, after, key=lambda event: event.sequence)
        try:
            while True:
                changed.clear()
                if fresh := self.events[position:]:
                    position += len(fresh)
                    if news := [unseen(event, after) for event in fresh if event.sequence > after]:
                        yield news
                elif self.over:
                    return
                elif not await woken(changed, patience_s):
                    yield []
        finally:
            self._followers.discard(changed)

    def stop(self) -> None:
        """Cancel the model call and the query; the answer ends with `Stopped`, unless it ends already."""
        self._stopped = True
        if self.task and self._began and not self.ending:
            self.task.cancel()

    async def abandon(self) -> None:
        """Leave the answer without an end: someone else will restart it."""
        if self.task and not self.ending:
            self.task.cancel()
            await asyncio.wait([self.task])

    async def keep(self) -> None:
        """Send to the store what it does not have yet; an answer that is another's by now is abandoned."""
        async with self._keeping:
            batch = list(self._unkept)
            if not batch or self.ending:
                return
            mine = await self._answers.append(
                self.record.id, self._owner, coalesced(batch), lease_s=self._lease_s
            )
            del self._unkept[: len(batch)]
        if not mine:
            await self.abandon()

    async def _work(self, prepare: Prepare) -> None:
        self._began = True
        try:
            last = await self._flow(prepare)
            self.ending = True
            await self._end(last)
        finally:
            self.over = True
            self.show([])

    async def _flow(self, prepare: Prepare) -> Done | Problem:
        """Run the pipeline and show its events; the last one is returned."""
        try:
            return await self._events(prepare)
        except asyncio.CancelledError:
            if not self._stopped:
                raise
            return Problem(Stopped(), sql=self._sql)
        except DatabaseAIError as error:
            return Problem(error, sql=self._sql)
        except Exception as error:  # noqa: BLE001  # whatever it was, the asker gets an end
            log_unexpected(error, self.record.id)
            return Problem(Unexpected(), sql=self._sql)

    async def _events(self, prepare: Prepare) -> Done | Problem:
        record = self.record
        if record.attempt:
            self._add(Restarted())
        if self._stopped or record.stop_asked:
            return Problem(Stopped())
        if record.attempt >= MOST_ATTEMPTS:
            return Problem(Unexpected("The server went down each time it worked on this answer."))
        pipeline, conversation, asker = await prepare()
        flow = pipeline.answer(
            record.question, conversation=conversation, answer_anyway=record.answer_anyway, asker=asker
        )
        async with aclosing(cast("AsyncGenerator[Event]", flow)) as events:
            async for event in events:
                if isinstance(event, Done | Problem):
                    return event
                self._add(event)
        return Problem(Unexpected("The flow ended without an end."), sql=self._sql)

    async def _end(self, last: Done | Problem) -> None:
        """Keep the end, then show it; when the store cannot keep it, that is the end to show."""
        async with self._keeping:
            for pause_s in (*KEEP_PAUSES_S, None):
                try:
                    return await self._finish(last)
                except DatabaseAIError as error:
                    LOG.warning("answer %s not kept yet: %s", self.record.id, error.code)
                if pause_s is not None:
                    await asyncio.sleep(pause_s)
            self.show([self._numbered(Problem(AnswerNotKept(), sql=self._sql))])
        return None

    async def _finish(self, last: Done | Problem) -> None:
        final = self._numbered(last)
        ending = Ending(last.status if isinstance(last, Done) else status_of(last.error))
        ending.sql, ending.model, ending.usage = self._sql, last.model, asdict(last.usage)
        if isinstance(last, Problem):
            ending.sql, ending.problem_code = self._sql or last.sql, last.error.code
        batch = [*coalesced(self._unkept), final]
        if await self._answers.finish(self.record.id, self._owner, batch, ending):
            self.show([final])

    def _numbered(self, event: Event) -> KeptEvent:
        first = self.record.attempt * ATTEMPT_SEQUENCES + 1
        sequence = max(self.events[-1].sequence + 1 if self.events else 1, first)
        return kept(event, sequence, instance=f"/api/v1/answers/{self.record.id}")

    def _add(self, event: Event) -> None:
        if isinstance(event, Sql):
            self._sql = event.sql
        numbered = self._numbered(event)
        self._unkept.append(numbered)
        self.show([numbered])


async def woken(event: asyncio.Event, patience_s: float) -> bool:
    """Wait for the event; False: it did not come in time."""
    try:
        async with asyncio.timeout(patience_s):
            return await event.wait()
    except TimeoutError:
        return False


def log_unexpected(error: BaseException, reference: str) -> None:
    """Where it happened and what kind it was; never its message, which may hold values or a DSN."""
    places = "".join(traceback.format_tb(error.__traceback__))
    LOG.error("unexpected %s (%s)\n%s", type(error).__name__, reference, places)

"""All answers this process works on: begin, follow, stop, take over what another left, drain."""

import asyncio
import json
import os
import secrets
import socket
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Any

import psutil

from databaseai.api.problem import encoded
from databaseai.api.run import LOG, Prepare, Run, log_unexpected
from databaseai.api.sse import HEARTBEAT, LAST, frames
from databaseai.api.tools import ApiTools, Asking, Source
from databaseai.ask.memory import Exchange
from databaseai.data_source import Asker
from databaseai.errors import DatabaseAIError, KeyReused, NotFound, ServerBusy, ServerStopping
from databaseai.store.answers import RUNNING, AnswerRecord, KeptEvent, new_id

ELSEWHERE_S = 0.5
"""How often the store is asked for news of an answer that another process works on."""
BUSY_RETRY_S = 2


class Runs:
    """Made once per process; `serving` keeps its leases while the process serves."""

    def __init__(self, tools: ApiTools) -> None:
        self.tools = tools
        self.answers = tools.store.answers
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self.running: dict[str, Run] = {}
        self.stopping = False
        self._beginning = 0

    async def begin(
        self,
        question: str,
        *,
        asker: Asker,
        source: Source,
        conversation: str | None = None,
        answer_anyway: bool = False,
        confirmed: bool = False,
        idempotency_key: str | None = None,
    ) -> AnswerRecord:
        """Take a question; the answer runs on, whoever listens.

        Raises:
            KeyReused: `idempotency_key` named another question before. DBAI112.
            NotFound: The conversation is another asker's. DBAI104.
            ServerBusy: As many answers run as may. DBAI108.
            ServerStopping: The process is shutting down. DBAI113.
        """
        if idempotency_key and (older := await self.answers.by_key(asker.name, idempotency_key)):
            return same(older, question)
        self._make_room()
        self._beginning += 1
        try:
            turns = await self.turns(conversation, asker.name) if conversation else []
            answer_id, conversation = new_id(), conversation or new_id()
            said = {"answer_id": answer_id, "conversation": conversation, "confirmed": confirmed}
            accepted = encoded(said).decode()
            record, made = await self.answers.create(
                answer_id=answer_id,
                asker=asker.name,
                data_source=source.name,
                question=question,
                owner=self.owner,
                lease_s=self.tools.lease_s,
                accepted=accepted,
                conversation_id=conversation,
                answer_anyway=answer_anyway,
                idempotency_key=idempotency_key,
            )
            if not made:
                return same(record, question)

            async def prepare() -> tuple[Asking, Sequence[Exchange], Asker]:  # a `Prepare`
                return source.pipeline.confirmed if confirmed else source.pipeline, turns, asker

            self._start(record, prepare, [KeptEvent(1, "accepted", accepted)])
        finally:
            self._beginning -= 1
        return record

    async def follow(self, record: AnswerRecord, after: int = 0) -> AsyncGenerator[bytes]:
        """The answer's events past `after` in SSE form, until the last one.

        Ends early when the process shuts down or the store is away; the reader comes back with what it saw.
        """
        async with aclosing(self._batches(record, after)) as batches:
            async for batch in batches:
                yield frames(batch) if batch else HEARTBEAT
                if batch and batch[-1].kind in LAST:
                    return

    async def _batches(self, record: AnswerRecord, after: int) -> AsyncGenerator[list[KeptEvent]]:
        """From here while it runs here, else from the store; an empty one after each while of silence."""
        waited_s, patience_s = 0.0, self.tools.heartbeat_s
        while True:
            if run := self.running.get(record.id):
                async with aclosing(run.follow(after, patience_s=patience_s)) as batches:
                    async for batch in batches:
                        yield batch
                        after = batch[-1].sequence if batch else after
            batch, more = await self._elsewhere(record, after)
            if batch or waited_s >= patience_s:
                yield batch
                waited_s, after = 0.0, batch[-1].sequence if batch else after
            if not more or self.stopping:
                return
            await asyncio.sleep(ELSEWHERE_S)
            waited_s += ELSEWHERE_S

    async def _elsewhere(self, record: AnswerRecord, after: int) -> tuple[list[KeptEvent], bool]:
        """What the store has past `after`, and whether more may come."""
        try:
            standing = await self.answers.get(record.id, record.asker)  # first: what ends after is still read
            batch = await self.answers.events(record.id, after)
        except DatabaseAIError as error:
            LOG.warning("a stream ends early: %s", error.code)
            return [], False
        return batch, standing is not None and standing.status == RUNNING

    async def events(self, record: AnswerRecord) -> list[KeptEvent]:
        """All events so far."""
        if run := self.running.get(record.id):
            return list(run.events)
        return await self.answers.events(record.id)

    async def stop(self, record: AnswerRecord) -> bool:
        """Stop an answer; True: it is over. False: its owner was asked and has not ended it yet."""
        if run := self.running.get(record.id):
            run.stop()
            if run.task:
                await asyncio.wait([run.task], timeout=self.tools.lease_s)
            return run.over
        return not await self.answers.ask_to_stop(record.id, record.asker)

    async def turns(self, conversation: str, asker: str) -> list[Exchange]:
        """The answered turns of a conversation; a new one has none. Raises `NotFound` for another asker's."""
        found = await self.answers.exchanges(conversation, asker)
        if found is None:
            raise NotFound("There is no such conversation.")
        return [Exchange(question, sql) for question, sql in found]

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Keep events and leases, restart what others left; at the end, drain."""
        with suppress(DatabaseAIError):  # the keeper looks again, at leases
            await self._release_the_dead()
        keeper = asyncio.create_task(self._keep_on(), name="keeper of answers")
        try:
            yield
        finally:
            await self.drain()
            keeper.cancel()
            await asyncio.wait([keeper])

    async def drain(self) -> None:
        """Take nothing new, let what runs finish for a while, then leave the rest to whoever comes next."""
        self.stopping = True
        tasks = [run.task for run in self.running.values() if run.task]
        if tasks:
            await asyncio.wait(tasks, timeout=self.tools.settings.server.drain_ms / 1000)
        left = [run for run in self.running.values() if not run.over]
        await asyncio.gather(*(run.abandon() for run in left))
        if left:
            with suppress(DatabaseAIError):
                await self.answers.release(self.owner)

    def _make_room(self) -> None:
        if self.stopping:
            raise ServerStopping(retry_after_s=BUSY_RETRY_S)
        most = self.tools.settings.ask.concurrent
        if len(self.running) + self._beginning >= most:
            raise ServerBusy(
                f"{most} questions run already; that is the limit.",
                hint="Ask again in a moment.",
                retry_after_s=BUSY_RETRY_S,
            )

    def _start(self, record: AnswerRecord, prepare: Prepare, shown: Sequence[KeptEvent]) -> None:
        run = Run(record, self.answers, owner=self.owner, lease_s=self.tools.lease_s)
        run.show(shown)
        self.running[record.id] = run
        run.begin(prepare).add_done_callback(lambda _: self.running.pop(record.id, None))

    async def _keep_on(self) -> None:
        """Every so often: events to the store, leases renewed, the leaderless taken over."""
        pause_s, lease_s = self.tools.keep_every_s, self.tools.lease_s
        rounds = 0
        per_renewal = max(1, round(lease_s / 3 / pause_s))
        while True:
            try:
                await asyncio.gather(*(run.keep() for run in list(self.running.values())))
                if rounds % per_renewal == 0:
                    await self._renew()
                    await self._take_over()
            except DatabaseAIError as error:
                LOG.warning("the store cannot be reached (%s); running answers go on", error.code)
            except Exception as error:  # noqa: BLE001  # the keeper outlives any fault of one round
                log_unexpected(error, "keeper")
            rounds += 1
            await asyncio.sleep(pause_s)

    async def _renew(self) -> None:
        known = [run for run in self.running.values() if not run.ending]
        if not known:
            return
        ours = await self.answers.renew(self.owner, lease_s=self.tools.lease_s)
        for run in known:
            if ours.get(run.record.id):
                run.stop()
            elif run.record.id not in ours and not run.ending:
                await run.abandon()

    async def _take_over(self) -> None:
        room = self.tools.settings.ask.concurrent - len(self.running) - self._beginning
        if self.stopping or room <= 0:
            return
        for record in await self.answers.take_over(self.owner, lease_s=self.tools.lease_s, most=room):
            LOG.info("answer %s restarts, attempt %d", record.id, record.attempt)
            shown = await self.answers.events(record.id)
            self._start(record, self._prepare(record, confirmed=was_confirmed(shown)), shown)

    async def _release_the_dead(self) -> None:
        """Not to wait for the leases of a process of this machine that is gone (one that was killed).

        Wrong only where two machines share a name, and harmless then: the store lets only one owner finish.
        """
        host, own_pid, _ = self.owner.rsplit(":", 2)
        for owner in await self.answers.owners():
            name, _, pid = owner.rpartition(":")[0].rpartition(":")
            if name == host and pid.isdigit() and (pid == own_pid or not psutil.pid_exists(int(pid))):
                await self.answers.release(owner)

    def _prepare(self, record: AnswerRecord, *, confirmed: bool) -> Prepare:
        async def prepare() -> tuple[Asking, Sequence[Exchange], Asker]:
            pipeline = (await self.tools.source(record.data_source)).pipeline
            turns = await self.turns(record.conversation_id, record.asker)
            # a login that came with the question was never kept: who brings one asks again
            return pipeline.confirmed if confirmed else pipeline, turns, Asker(record.asker)

        return prepare


def same(record: AnswerRecord, question: str) -> AnswerRecord:
    """The older answer of an idempotency key, if it is to the same question."""
    if record.question != question:
        raise KeyReused
    return record


def was_confirmed(shown: Sequence[KeptEvent]) -> bool:
    """Whether the asker wanted the answer whatever its plan costs: the first event says so."""
    first: dict[str, Any] = next((json.loads(event.data) for event in shown if event.kind == "accepted"), {})
    return first.get("confirmed") is True

"""The ask page: its state, then the page itself. What one answer looks like is `answer_view`'s."""

# mypy: disable-error-code="no-any-return"
# (Reflex hands its elements out untyped)

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import reflex as rx
from reflex.event import EventType

from databaseai_web import client, examples, history
from databaseai_web.answer_view import turn_view
from databaseai_web.chrome import composer, examples_list, page_header
from databaseai_web.pacing import batches
from databaseai_web.sse import WireEvent
from databaseai_web.table import NO_TABLE, Table, shortened
from databaseai_web.turn import StepLine, Turn, add, told

log = logging.getLogger(__name__)
BOX = "question"
"""Id of the question box."""
COPIED_S = 2


class AskState(rx.State):
    """What one browser tab knows. Secrets stay on the server."""

    past: rx.Field[list[Turn]] = rx.field(default_factory=list)
    """Earlier turns, their tables cut short."""
    current: Turn = Turn()
    """The last turn, but for what changes often or is large: the next three."""
    text: str = ""
    steps: rx.Field[list[StepLine]] = rx.field(default_factory=list)
    table: Table = NO_TABLE
    running: bool = False
    stopping: bool = False
    examples: rx.Field[list[str]] = rx.field(default_factory=list)
    source: str = ""
    """The database asked, for the header."""
    checks: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    """What came of the sentinel's checks, by their SQL."""
    copied: str = ""
    """Id of the answer whose SQL was just copied."""
    answers: str = rx.SessionStorage("")
    """Ids of this conversation's answers, oldest first, kept by the browser's tab."""
    _conversation: str = ""
    _finished: Turn | None = None
    """The current turn as it goes to `past` when the next question comes."""

    def _caller(self) -> client.Caller:
        """Who asks, from the handshake of this tab's websocket."""
        return client.Caller(cookie=self.router.headers.cookie, address=self.router.session.client_ip)

    @rx.event(background=True)
    async def opened(self) -> None:
        """Fill the empty page; take up an answer that ran when the page was reloaded."""
        async with self:
            caller, known = self._caller(), bool(self.source)
            lost = self.answers.split() if not self.current.question else []
        if not known:
            found, source = await examples.suggest(caller)
            async with self:
                self.examples, self.source = found, source
        if lost:
            await self._restore(lost, caller)

    async def _restore(self, answer_ids: list[str], caller: client.Caller) -> None:
        """Show the conversation again that this server has forgotten; its last answer may still run."""
        turns = [turn for one in answer_ids if (turn := await history.finished(one, caller))]
        if not turns:
            return
        *past, last = turns
        async with self:
            if self.current.question:
                return  # somebody was faster, with a new question
            self.past = [replace(turn, table=shortened(turn.table)) for turn in past]
            self.running = not last.status
            self._show(last, Turn())
            self._conversation = last.conversation
            self._finished = replace(last, table=shortened(last.table))
        if not last.status:
            await self._follow(last, client.follow(last.answer_id, caller), caller)

    @rx.event
    def submit(self, form: dict[str, Any]) -> EventType[()] | None:
        """Enter was pressed, or the button; while an answer runs, what is typed stays in the box."""
        question = str(form.get(BOX, "")).strip()
        if self.running or not question:
            return None
        return [rx.set_value(BOX, ""), handlers().begin(question)]

    @rx.event
    def begin(self, question: str) -> EventType[()] | None:
        """Put the question on the page and start on its answer."""
        return self._begin(question)

    @rx.event
    def begin_anyway(self, question: str) -> EventType[()] | None:
        """The same question, its query to run however much its plan costs."""
        return self._begin(question, confirmed=True)

    @rx.event
    def begin_as_it_is(self, question: str) -> EventType[()] | None:
        """The same question, its likeliest reading taken and none refused."""
        return self._begin(question, anyway=True)

    def _begin(self, question: str, *, confirmed: bool = False, anyway: bool = False) -> EventType[()] | None:
        """An empty turn in place of the last one."""
        if self.running:
            return None
        if self._finished is not None:
            self.past = [*self.past, self._finished]
        self._finished = None
        self.running, self.stopping = True, False
        self.current, self.text, self.steps, self.table = Turn(question=question), "", [], NO_TABLE
        return [handlers().answer(question, confirmed, anyway), rx.set_focus(BOX)]

    @rx.event(background=True)
    async def answer(self, question: str, confirmed: bool, anyway: bool) -> None:
        """Stream one answer into the current turn; the page stays usable meanwhile."""
        async with self:
            caller, conversation = self._caller(), self._conversation
        events = client.ask(question, conversation, caller, confirmed=confirmed, anyway=anyway)
        await self._follow(Turn(question=question), events, caller)

    async def _follow(self, turn: Turn, source: AsyncIterator[WireEvent], caller: client.Caller) -> None:
        """Show events as they come; the lock is held for one update, never for the wait."""
        shown = turn
        try:
            async for batch in batches(source):
                for event in batch:
                    turn = add(turn, event)
                async with self:
                    self._show(turn, shown)
                    self._conversation = turn.conversation or self._conversation
                    if turn.answer_id and not shown.answer_id:
                        self.answers = " ".join([*self.answers.split(), turn.answer_id][-history.KEPT :])
                    stop = self.stopping and turn.answer_id and not shown.answer_id
                shown = turn
                if stop:  # asked for before the answer had an address
                    await client.stop(turn.answer_id, caller)
        except Exception:
            log.exception("An answer could not be shown")
            turn = add(turn, WireEvent("problem", BROKEN))
        finally:
            async with self:
                self._show(turn, shown)
                self.running = self.stopping = False
                self._finished = replace(turn, table=shortened(turn.table))

    def _show(self, turn: Turn, shown: Turn) -> None:
        """Send what changed: a changed var travels whole, so large ones travel alone."""
        if turn.text is not shown.text:
            self.text = turn.text
        if turn.steps is not shown.steps:
            self.steps = turn.steps
        if turn.table is not shown.table:
            self.table = turn.table
        if (rest := without_streams(turn)) != without_streams(shown):
            self.current = rest

    @rx.event(background=True)
    async def stop(self) -> None:
        """Stop the model and the query, not only the page."""
        async with self:
            self.stopping, answer_id, caller = True, self.current.answer_id, self._caller()
        if answer_id:
            await client.stop(answer_id, caller)

    @rx.event
    def start_anew(self) -> EventType[()] | None:
        """An empty page and a new conversation."""
        if self.running:
            return None
        self.past, self._finished, self._conversation, self.answers = [], None, "", ""
        self.checks = {}
        self.current, self.text, self.steps, self.table = Turn(), "", [], NO_TABLE
        return [rx.set_value(BOX, ""), rx.set_focus(BOX)]

    @rx.event
    def edit(self, question: str) -> EventType[()]:
        """Put a question back into the box."""
        return [rx.set_value(BOX, question), rx.set_focus(BOX)]

    @rx.event(background=True)
    async def mark_copied(self, answer_id: str) -> None:
        """Say for a moment that the SQL is in the clipboard."""
        async with self:
            self.copied = answer_id
        await asyncio.sleep(COPIED_S)
        async with self:
            if self.copied == answer_id:
                self.copied = ""

    @rx.event(background=True)
    async def check(self, sql: str) -> None:
        """Run a check of the sentinel's and show its one row where the warning stands."""
        async with self:
            caller = self._caller()
        try:
            said = told(await client.query(sql, caller))
        except client.Refused as refusal:
            said = str(refusal)
        async with self:
            self.checks = {**self.checks, sql: said or "no row"}

    @rx.event(background=True)
    async def show_all(self, answer_id: str) -> None:
        """Fetch an earlier turn's table again, as far as the page shows tables."""
        async with self:
            caller = self._caller()
        try:
            data = await client.answer(answer_id, caller)
        except client.Refused:
            return
        async with self:
            self.past = [
                add(turn, WireEvent("rows", data)) if turn.answer_id == answer_id else turn
                for turn in self.past
            ]


def handlers() -> Any:
    """The state's events as Reflex hands them out; the type checker sees plain methods."""
    return AskState


BROKEN = {
    "code": "DBAI901",
    "title": "Internal error",
    "detail": "The page could not show this answer.",
    "hint": "Ask again. The server's log has the cause.",
}


def without_streams(turn: Turn) -> Turn:
    """The part of a turn that changes a few times only."""
    return replace(turn, text="", steps=[], table=NO_TABLE)


def announced(state: Any) -> Any:
    """What a screen reader says: the step that runs, then the answer, then why there is none."""
    problem = state.current.problem
    step = rx.cond(state.steps.length() > 0, state.steps[-1].label, "Asking")
    return rx.cond(
        state.running, step, rx.cond(problem.title != "", f"{problem.title}. {problem.detail}", state.text)
    )


def ask_page() -> rx.Component:
    """Conversation above, question box below; on an empty page both meet in the middle."""
    state = handlers()
    empty = (state.current.question == "") & (state.past.length() == 0)
    return rx.el.div(
        rx.el.p(announced(state), class_name="unseen", role="status", aria_live="polite"),
        page_header(state.source, empty, state.running, state.start_anew),
        rx.el.main(
            rx.cond(
                empty,
                rx.el.h1("What do you want to know?", class_name="welcome"),
                rx.el.h1("Conversation", class_name="unseen"),
            ),
            rx.el.div(
                rx.foreach(state.past, lambda turn: turn_view(state, turn)),
                rx.cond(
                    state.current.question != "",
                    turn_view(
                        state,
                        state.current,
                        text=state.text,
                        steps=state.steps,
                        table=state.table,
                        running=state.running,
                        anchor=state.past.length(),
                    ),
                ),
                class_name="conversation",
            ),
            composer(state, BOX, empty),
            rx.cond(empty, examples_list(state.examples, state.begin)),
            class_name=rx.cond(empty, "page empty", "page"),
        ),
    )

"""What one answer leaves behind while it is made: its events, what the model used, how long steps took."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from databaseai.ask.events import AnswerStatus, Done, Event, Problem, Sql, Step, StepName, Usage
from databaseai.data_source import Asker
from databaseai.errors import DatabaseAIError
from databaseai.language_model import Completion


@dataclass
class Note:
    """The line a step is shown with when it is done."""

    detail: str = ""


@dataclass
class Trail:
    """Takes events from the flow and hands them to whoever reads the answer."""

    events: asyncio.Queue[Event] = field(default_factory=asyncio.Queue)
    usage: Usage = field(default_factory=Usage)
    model: str = ""
    asker: Asker | None = None
    """As whom the data source is asked."""
    statement: str = ""
    """The last one proposed."""
    reply: str = ""
    """The last one of the model, whatever it holds."""
    earlier: str = ""
    """The last one of the attempts before."""
    shown: str = ""
    """The last query that the asker was shown."""
    began: float = field(default_factory=time.perf_counter)

    def emit(self, event: Event) -> None:
        """Hand one event on."""
        if isinstance(event, Sql):
            self.shown = event.sql
        self.events.put_nowait(event)

    @contextmanager
    def step(self, name: StepName) -> Iterator[Note]:
        """Show that a step began, and how it ended."""
        note, began = Note(), time.perf_counter()
        self.emit(Step(name, "started"))
        try:
            yield note
        except DatabaseAIError as error:
            self.emit(Step(name, "failed", f"{error.code} {error.title}", since(began)))
            raise
        except Exception:
            self.emit(Step(name, "failed", "internal error", since(began)))
            raise
        self.emit(Step(name, "done", note.detail, since(began)))

    def used(self, completion: Completion) -> None:
        """Count what one reply cost."""
        self.model = completion.model or self.model
        self.usage = replace(
            self.usage,
            calls=self.usage.calls + 1,
            prompt_tokens=self.usage.prompt_tokens + completion.prompt_tokens,
            cached_tokens=self.usage.cached_tokens + completion.cached_tokens,
            reply_tokens=self.usage.reply_tokens + completion.reply_tokens,
            cost=self.usage.cost + completion.cost,
        )

    def next_attempt(self) -> None:
        """Forget the last reply, but not that there was a statement."""
        self.earlier, self.statement, self.reply = self.statement or self.earlier, "", ""

    def done(self, status: AnswerStatus = "answered") -> None:
        """The last event of an answer that went through."""
        self.emit(Done(status, self.model, self.usage, since(self.began)))

    def problem(self, error: DatabaseAIError) -> None:
        """The last event of an answer that failed."""
        self.emit(Problem(error, self.model, self.usage, self.statement or self.earlier))


def since(began: float) -> float:
    """Milliseconds."""
    return round((time.perf_counter() - began) * 1000, 1)

"""What happens while a question is answered, step by step, and the answer those steps add up to.

The wire form is design.md, section 6a: an event's `kind` is the SSE event's name, its fields the JSON data.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, Literal

from databaseai.errors import (
    DatabaseAIError,
    GuardrailError,
    QuestionAmbiguous,
    QuestionUnanswerable,
    ReaderTooPowerful,
)

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
StepName = Literal[
    "question",
    "memory",
    "schema_linking",
    "value_linking",
    "prompt",
    "generation",
    "parsing",
    "repair",
    "guardrail",
    "planning",
    "execution",
    "sentinel",
    "selection",
    "answer",
    "chart",
]
StepStatus = Literal["started", "done", "failed"]
AnswerStatus = Literal["answered", "clarify", "abstained", "refused", "failed"]
Level = Literal["high", "medium", "low", "unknown"]


@dataclass(frozen=True, slots=True)
class Accepted:
    """The question is taken; the answer has an address from now on."""

    kind: ClassVar = "accepted"
    answer_id: str


@dataclass(frozen=True, slots=True)
class Step:
    """One module of the flow began or ended."""

    kind: ClassVar = "step"
    name: StepName
    status: StepStatus
    detail: str = ""
    """One line for a person: `linked 4 tables: customer, ...`."""
    ms: float | None = None
    """Milliseconds the step took; None while it runs."""


@dataclass(frozen=True, slots=True)
class Clarify:
    """Two to four readings, of which the asker picks one."""

    kind: ClassVar = "clarify"
    reading: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sql:
    """The accepted query as it runs."""

    kind: ClassVar = "sql"
    sql: str
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """Name and PostgreSQL type of one result column."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Rows:
    """The first rows: c columns, up to `row_limit` rows of c wire values each, in column order.

    Wire values: int, float, bool, str, null, lists and JSON objects; numeric, int8 beyond 2^53, dates, times,
    intervals and bytea are strings; NaN is "NaN".
    """

    kind: ClassVar = "rows"
    columns: tuple[ResultColumn, ...]
    rows: tuple[tuple[Json, ...], ...]
    truncated: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """One warning of the join sentinel."""

    kind: str
    """A key of `sentinel.KINDS`: `fan-out`, `lost rows`, ..."""
    text: str
    """A sentence with numbers."""
    check: str = ""
    """A query that shows it."""
    corrected: str = ""
    """The query without it, where there is such a one; meanings differ, so a person chooses."""


@dataclass(frozen=True, slots=True)
class Sentinel:
    """Warnings about joins and filters."""

    kind: ClassVar = "sentinel"
    finding: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """The next piece of the answer sentence."""

    kind: ClassVar = "text"
    delta: str


@dataclass(frozen=True, slots=True)
class Card:
    """The proof card, derived from the tree and the execution alone; lines of text by heading."""

    kind: ClassVar = "card"
    tables: tuple[str, ...] = ()
    joins: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    limit: str = ""
    rows: str = ""
    notes: tuple[str, ...] = ()
    """Repairs that were made."""
    grain: str = ""
    """What one row is: `one row for each row of customers (c.id)`."""
    window: tuple[str, ...] = ()
    """The time it looks at, and in which time zone days begin."""
    scanned: tuple[str, ...] = ()
    """Rows of the tables it reads, by PostgreSQL's estimate: `about 22,500 rows of public.orders`."""
    assumptions: tuple[str, ...] = ()
    """What it takes for granted: NULLs passed over, rows an inner join may drop."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart specification, never code; `type` "table" means: no chart serves."""

    kind: ClassVar = "chart"
    type: Literal["bar", "line", "area", "scatter", "pie", "table"]
    x: str | None = None
    y: tuple[str, ...] = ()
    series: str | None = None
    title: str = ""
    horizontal: bool = False
    """Bars that lie: their labels are long."""
    stacked: bool = False
    """Parts upon each other instead of side by side."""
    sort: Literal["", "largest first", "smallest first", "label"] = ""
    """Empty: as the rows come."""


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure the answer is, in words, with its reasons."""

    kind: ClassVar = "confidence"
    level: Level
    reason: tuple[str, ...] = ()
    score: float | None = None
    """How often answers with these signs were right, 0..1, as measured (`ask/confidence.toml`)."""
    sign: tuple[str, ...] = ()
    """What it was computed from, by the names in that file."""


@dataclass(frozen=True, slots=True)
class Restarted:
    """Another replica took the answer over; what came before counts no more."""

    kind: ClassVar = "restarted"


@dataclass(frozen=True, slots=True)
class Usage:
    """What the model used for this answer."""

    calls: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    reply_tokens: int = 0
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class Done:
    """The last event of an answer that went through."""

    kind: ClassVar = "done"
    status: AnswerStatus
    model: str = ""
    usage: Usage = Usage()
    ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Problem:
    """The last event of an answer that failed. `error` is rendered by `api/problem.py`."""

    kind: ClassVar = "problem"
    error: DatabaseAIError
    model: str = ""
    usage: Usage = Usage()
    sql: str = ""
    """The last statement the model proposed, if any: shown, not run."""


Event = (
    Accepted
    | Step
    | Clarify
    | Sql
    | Rows
    | Sentinel
    | Text
    | Card
    | Chart
    | Confidence
    | Restarted
    | Done
    | Problem
)


def wire(event: Event) -> dict[str, Any]:
    """An event's JSON data; not for `Problem`, which `api/problem.py` renders."""
    if isinstance(event, Rows):  # asdict would copy each cell
        columns = [asdict(column) for column in event.columns]
        return {"columns": columns, "rows": event.rows, "truncated": event.truncated}
    return asdict(event)


def status_of(error: DatabaseAIError) -> AnswerStatus:
    """`refused`: a gate said no. `clarify`, `abstained`: the question. `failed`: everything else."""
    if isinstance(error, QuestionAmbiguous):
        return "clarify"
    if isinstance(error, QuestionUnanswerable):
        return "abstained"
    return "refused" if isinstance(error, GuardrailError | ReaderTooPowerful) else "failed"


@dataclass
class Answer:
    """All events of one question, folded. Wire form: design.md, section 6a."""

    answer_id: str = ""
    status: AnswerStatus = "failed"
    sql: str = ""
    columns: tuple[ResultColumn, ...] = ()
    rows: tuple[tuple[Json, ...], ...] = ()
    truncated: bool = False
    text: str = ""
    chart: Chart | None = None
    card: Card | None = None
    confidence: Confidence | None = None
    sentinel: tuple[Finding, ...] = ()
    reading: tuple[str, ...] = ()
    error: DatabaseAIError | None = None
    model: str = ""
    usage: Usage = field(default_factory=Usage)

    @classmethod
    def fold(cls, events: Iterable[Event]) -> "Answer":
        """The answer that a finished run's events add up to."""
        answer = cls()
        for event in events:
            answer.add(event)
        return answer

    def add(self, event: Event) -> None:  # noqa: C901, PLR0912  # one flat case per kind reads best
        """Take one more event in."""
        match event:
            case Accepted(answer_id):
                self.answer_id = answer_id
            case Restarted():
                self.__init__(answer_id=self.answer_id)  # type: ignore[misc]  # forget the half-done run
            case Clarify(reading):
                self.reading = reading
            case Sql(sql):
                self.sql = sql
            case Rows(columns, rows, truncated):
                self.columns, self.rows, self.truncated = columns, rows, truncated
            case Sentinel(finding):
                self.sentinel += finding
            case Text(delta):
                self.text += delta
            case Card():
                self.card = event
            case Chart():
                self.chart = event
            case Confidence():
                self.confidence = event
            case Done(status, model, usage):
                self.status, self.model, self.usage = status, model, usage
            case Problem(error, model, usage, sql):
                self.status, self.error, self.model, self.usage = status_of(error), error, model, usage
                self.sql = sql or self.sql
            case Step():
                pass

    def wire(self) -> dict[str, Any]:
        """JSON form without `problem`, which the caller renders and adds."""
        return {
            "answer_id": self.answer_id,
            "status": self.status,
            "sql": self.sql,
            "columns": [asdict(column) for column in self.columns],
            "rows": self.rows,
            "truncated": self.truncated,
            "text": self.text,
            "chart": asdict(self.chart) if self.chart else None,
            "card": asdict(self.card) if self.card else None,
            "confidence": asdict(self.confidence) if self.confidence else None,
            "sentinel": [asdict(finding) for finding in self.sentinel],
            "reading": self.reading,
            "model": self.model,
            "usage": asdict(self.usage),
        }

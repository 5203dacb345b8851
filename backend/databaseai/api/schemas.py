"""The API's wire types; all that the UI and a client need to know of the server.

Imports nothing of the product: `databaseai_web` reads this module alone.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Status = Literal["running", "answered", "clarify", "abstained", "refused", "failed"]
Wire = Any
"""A cell: int, float, bool, str, null, list or object. numeric, int8 beyond 2^53, dates, times, intervals and
bytea are strings; NaN is "NaN"."""
Id = Annotated[str, Field(pattern="^[0-9a-f]{32}$", examples=["01a1f7e3c9dbcaf979c86b63f4f5cdbb"])]


class In(BaseModel):
    """What a client sends: unknown members are refused, so that a typing error is noticed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Out(BaseModel):
    """What the server sends: a later version may add members, which a client of today passes over."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class AskIn(In):
    """A question."""

    question: Annotated[str, Field(examples=["Which five customers spent the most last year?"])]
    data_source: Annotated[str | None, Field(description="Name; without it, the default one.")] = None
    conversation: Annotated[Id | None, Field(description="From `accepted`; makes this a follow-up.")] = None
    answer_anyway: Annotated[bool, Field(description="Answer with the best candidate, however unsure.")] = (
        False
    )
    confirmed: Annotated[bool, Field(description="Run it however much its plan costs (DBAI601).")] = False
    idempotency_key: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=200,
            pattern=r"^[\x21-\x7e]+$",
            description="The same key: the same answer.",
        ),
    ] = None


class Accepted(Out):
    """First event: the answer has an address."""

    answer_id: Id
    conversation: Id
    confirmed: bool = False


class Step(Out):
    """One module of the flow began or ended."""

    name: str
    status: Literal["started", "done", "failed"]
    detail: str = ""
    ms: float | None = None


class Clarify(Out):
    """Readings of which the asker picks one."""

    reading: list[str]


class Sql(Out):
    """The accepted query as it runs."""

    sql: str
    explanation: str = ""


class ResultColumn(Out):
    """Name and PostgreSQL type."""

    name: str
    type: str


class Rows(Out):
    """The first rows, in column order."""

    columns: list[ResultColumn]
    rows: list[list[Wire]]
    truncated: bool


class Finding(Out):
    """One warning of the join sentinel."""

    kind: Annotated[str, Field(examples=["fan-out"])]
    text: str
    check: Annotated[str, Field(description="A query that shows it.")] = ""
    corrected: Annotated[str, Field(description="The query without it, where there is such a one.")] = ""


class Sentinel(Out):
    """Warnings about joins and filters."""

    finding: list[Finding]


class Text(Out):
    """The next piece of the answer sentence."""

    delta: str


class Card(Out):
    """The proof card."""

    tables: list[str] = []
    joins: list[str] = []
    filters: list[str] = []
    measures: list[str] = []
    groups: list[str] = []
    order: list[str] = []
    limit: str = ""
    rows: str = ""
    notes: list[str] = []
    grain: str = ""
    window: list[str] = []
    scanned: list[str] = []
    assumptions: list[str] = []


class Chart(Out):
    """A chart specification; `table`: no chart serves."""

    type: Literal["bar", "line", "area", "scatter", "pie", "table"]
    x: str | None = None
    y: list[str] = []
    series: str | None = None
    title: str = ""
    horizontal: Annotated[bool, Field(description="Bars that lie: their labels are long.")] = False
    stacked: Annotated[bool, Field(description="Parts upon each other.")] = False
    sort: Literal["", "largest first", "smallest first", "label"] = ""


class Confidence(Out):
    """How sure the answer is."""

    level: Literal["high", "medium", "low", "unknown"]
    reason: list[str] = []
    score: Annotated[float | None, Field(ge=0, le=1, description="How often answers like it were right.")] = (
        None
    )
    sign: Annotated[list[str], Field(description="What the score was computed from.")] = []


class Restarted(Out):
    """Another process took the answer over; what came before counts no more."""


class Usage(Out):
    """What the model used."""

    calls: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    reply_tokens: int = 0
    cost: float = 0.0


class Done(Out):
    """Last event of an answer that went through."""

    status: Status
    model: str = ""
    usage: Usage = Usage()
    ms: float = 0.0


class Problem(BaseModel):
    """RFC 9457 problem; members beyond these are facts of the error (`position`, `sqlstate`, `limit`)."""

    model_config = ConfigDict(extra="allow", frozen=True)

    type: Annotated[str, Field(examples=["/api/v1/problems/DBAI102"])]
    title: Annotated[str, Field(examples=["Empty question"])]
    status: Annotated[int, Field(examples=[422])]
    detail: Annotated[str, Field(examples=["There is no question in the request."])]
    code: Annotated[str, Field(examples=["DBAI102"])]
    repairable: Annotated[bool, Field(description="The model may try again.")] = False
    hint: str = ""
    instance: str = ""
    request_id: str = ""


EVENTS: dict[str, type[BaseModel]] = {
    "accepted": Accepted,
    "step": Step,
    "clarify": Clarify,
    "sql": Sql,
    "rows": Rows,
    "sentinel": Sentinel,
    "text": Text,
    "card": Card,
    "chart": Chart,
    "confidence": Confidence,
    "restarted": Restarted,
    "done": Done,
    "problem": Problem,
}
"""SSE event name to the type of its data."""


class Answer(Out):
    """All events of one question, added up."""

    answer_id: Id
    conversation: Id
    data_source: str
    question: str
    status: Status
    sql: str = ""
    columns: list[ResultColumn] = []
    rows: list[list[Wire]] = []
    truncated: bool = False
    text: str = ""
    chart: Chart | None = None
    card: Card | None = None
    confidence: Confidence | None = None
    sentinel: list[Finding] = []
    reading: list[str] = []
    problem: Problem | None = None
    model: str = ""
    usage: Usage = Usage()
    started_at: str
    finished_at: str | None = None


class RowsPage(Out):
    """More rows of an answer; the query ran again, so they are as new as the request."""

    columns: list[ResultColumn]
    rows: list[list[Wire]]
    next: Annotated[int | None, Field(description="`after` of the next page; null: this was the last.")]


class QueryIn(In):
    """A person's own SQL: a SELECT, or an EXPLAIN of one."""

    sql: Annotated[str, Field(examples=["SELECT count(*) FROM customer"])]
    data_source: str | None = None
    confirmed: Annotated[bool, Field(description="Run it however much its plan costs (DBAI601).")] = False


class QueryOut(Out):
    """Its rows."""

    sql: str
    columns: list[ResultColumn]
    rows: list[list[Wire]]
    truncated: bool
    ms: float


class ExplainIn(In):
    """SQL whose plan is wanted: a SELECT, or an EXPLAIN of one with options of its own."""

    sql: Annotated[str, Field(examples=["SELECT count(*) FROM customer"])]
    data_source: str | None = None


class ExplainOut(Out):
    """How PostgreSQL would run it; nothing ran."""

    sql: str
    total_cost: Annotated[float, Field(description="Planner units, not milliseconds.")]
    row_estimate: int
    plan: Annotated[dict[str, Any], Field(description="`Node Type`, `Plan Rows`, `Total Cost`, `Plans`, ...")]
    text: Annotated[list[str], Field(description="The plan in the format asked for, line by line.")]
    ms: float


class ColumnOut(Out):
    """One column the reader may select."""

    name: str
    type: str
    nullable: bool
    comment: str = ""
    labels: list[str] = []
    mask: str = ""
    """What the policy gives instead of its values: `hash`, `last4`, ...; empty: the values themselves."""


class ForeignKeyOut(Out):
    """`columns` point to `referenced_columns`, position by position."""

    columns: list[str]
    referenced_schema: str
    referenced_table: str
    referenced_columns: list[str]


class TableOut(Out):
    """One relation."""

    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)

    schema_: Annotated[str, Field(alias="schema")]
    name: str
    kind: str
    comment: str = ""
    row_estimate: int | None = None
    columns: list[ColumnOut]
    primary_key: list[str] = []
    unique: list[list[str]] = []
    foreign_keys: list[ForeignKeyOut] = []


class CatalogOut(Out):
    """What the data source holds, as far as its reader may see."""

    data_source: str
    database: str
    server_version: int
    fingerprint: str
    tables: list[TableOut]


class Dependency(Out):
    """State of one thing the server needs."""

    state: Literal["ok", "failing"]
    detail: str = ""
    code: str = ""
    ms: float = 0.0


class Health(Out):
    """State of the server."""

    state: Literal["ok", "degraded", "failing"]
    version: str = ""
    running: int = 0
    dependencies: dict[str, Dependency] = {}


class ErrorPage(Out):
    """What is always true of one error."""

    code: str
    title: str
    status: int
    repairable: bool
    help: str

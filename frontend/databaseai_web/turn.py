"""One question and its answer as the page shows them, made from wire events."""

from dataclasses import dataclass, field, replace
from typing import Any

from databaseai_web.chart import ChartView, chart_of
from databaseai_web.sse import WireEvent
from databaseai_web.table import NO_TABLE, Table, table_of

STEPS = {
    "question": ("Reading the question", "Read the question"),
    "memory": ("Recalling this conversation", "Recalled this conversation"),
    "schema_linking": ("Choosing the tables", "Chose the tables"),
    "value_linking": ("Looking up the values", "Looked up the values"),
    "prompt": ("Writing the prompt", "Wrote the prompt"),
    "generation": ("Writing the SQL", "Wrote the SQL"),
    "parsing": ("Reading the SQL", "Read the SQL"),
    "repair": ("Mending the SQL", "Mended the SQL"),
    "guardrail": ("Checking that it only reads", "Checked that it only reads"),
    "planning": ("Estimating the cost", "Estimated the cost"),
    "execution": ("Running the query", "Ran the query"),
    "selection": ("Comparing the results", "Compared the results"),
    "sentinel": ("Watching the joins", "Watched the joins"),
    "answer": ("Writing the answer", "Wrote the answer"),
    "chart": ("Choosing a chart", "Chose a chart"),
}
"""What a module of the flow does and did, in the asker's words."""
CONFIDENCE = {
    "high": "High confidence",
    "medium": "Medium confidence",
    "low": "Low confidence",
    "unknown": "Confidence not measured",
}
CARD = {
    "grain": "What a row is",
    "tables": "Tables",
    "scanned": "Read",
    "joins": "Joined by",
    "filters": "Only rows where",
    "window": "Time",
    "measures": "Computed",
    "groups": "Grouped by",
    "order": "Sorted by",
    "limit": "At most",
    "rows": "Result",
    "assumptions": "Taken for granted",
    "notes": "Notes",
}
"""Headings of the proof card, in the order they are read."""


@dataclass(frozen=True)
class StepLine:
    """One step of the flow."""

    name: str
    label: str
    detail: str = ""
    status: str = "started"
    time: str = ""


@dataclass(frozen=True)
class CardLine:
    """One heading of the proof card with what stands under it."""

    heading: str
    lines: list[str]


@dataclass(frozen=True)
class FindingView:
    """A warning about a join or filter, with SQL that shows it and SQL without it."""

    text: str
    check: str = ""
    corrected: str = ""


@dataclass(frozen=True)
class ProblemView:
    """Why there is no answer, and the way out."""

    code: str = ""
    title: str = ""
    detail: str = ""
    hint: str = ""
    stopped: bool = False
    """The asker's own wish: no fault to report."""
    confirmable: bool = False
    """Refused for what it would cost; the asker may want it all the same."""
    doubted: bool = False
    """The data seems not to answer it; to try again would change nothing."""


@dataclass(frozen=True)
class Turn:
    """One question with all that is shown of its answer."""

    question: str = ""
    answer_id: str = ""
    conversation: str = ""
    """What makes the next question a follow-up."""
    status: str = ""
    """Empty while it runs; then `answered`, `clarify`, `abstained`, `refused` or `failed`."""
    steps: list[StepLine] = field(default_factory=list)
    summary: str = ""
    """What the folded steps say: `Answered in 2.1 s`."""
    text: str = ""
    sql: str = ""
    explanation: str = ""
    table: Table = NO_TABLE
    chart: ChartView = field(default_factory=ChartView)
    card: list[CardLine] = field(default_factory=list)
    findings: list[FindingView] = field(default_factory=list)
    readings: list[str] = field(default_factory=list)
    level: str = ""
    confidence: str = ""
    reasons: str = ""
    problem: ProblemView = field(default_factory=ProblemView)
    model: str = ""


def add(turn: Turn, event: WireEvent) -> Turn:
    """The turn with one more event taken in; unknown kinds change nothing."""
    change = ADDERS.get(event.kind)
    return change(turn, event.data) if change else turn


def add_step(turn: Turn, data: dict[str, Any]) -> Turn:
    """A step begins, or the line that began ends."""
    name, status, ms = str(data.get("name", "")), str(data.get("status", "started")), data.get("ms")
    doing, did = STEPS.get(name) or (name.replace("_", " ").capitalize(),) * 2
    line = StepLine(
        name=name,
        label=did if status == "done" else doing,
        detail=str(data.get("detail") or ""),
        status=status,
        time=duration(ms) if isinstance(ms, int | float) else "",
    )
    steps = list(turn.steps)
    if steps and steps[-1].name == name and steps[-1].status == "started":
        steps[-1] = line if line.detail else replace(line, detail=steps[-1].detail)
    else:
        steps.append(line)
    return replace(turn, steps=steps)


def add_rows(turn: Turn, data: dict[str, Any]) -> Turn:
    """The result table."""
    return replace(turn, table=table_of(data))


def add_card(turn: Turn, data: dict[str, Any]) -> Turn:
    """The proof card, empty headings left out."""
    lines = []
    for key, heading in CARD.items():
        value = data.get(key) or []
        if texts := [str(item) for item in ([value] if isinstance(value, str) else value)]:
            lines.append(CardLine(heading, texts))
    return replace(turn, card=lines)


def add_findings(turn: Turn, data: dict[str, Any]) -> Turn:
    """Warnings, in the order they were found."""
    found = [
        FindingView(*(str(item.get(key) or "") for key in ("text", "check", "corrected")))
        for item in data.get("finding", ())
    ]
    return replace(turn, findings=[*turn.findings, *found])


def told(result: dict[str, Any]) -> str:
    """The first row of a check on one line: `rows_joined 54,193, rows_meant 22,500`."""
    names = [str(column.get("name", "")) for column in result.get("columns", ())]
    row: list[Any] = next(iter(result.get("rows", ())), [])
    shown = [f"{value:,}" if type(value) is int else str(value) for value in row]
    return ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in zip(names, shown, strict=False))


def add_confidence(turn: Turn, data: dict[str, Any]) -> Turn:
    """How sure the answer is, in words."""
    level = str(data.get("level", "unknown"))
    reasons = " · ".join(str(reason) for reason in data.get("reason", ()))
    return replace(turn, level=level, confidence=CONFIDENCE.get(level, level), reasons=reasons)


def add_done(turn: Turn, data: dict[str, Any]) -> Turn:
    """The last event of an answer that went through."""
    ms = data.get("ms")
    took = f" in {duration(ms)}" if isinstance(ms, int | float) and duration(ms) else ""
    status = str(data.get("status", "answered"))
    words = {"answered": "Answered", "clarify": "Asked back", "abstained": "Answered, not sure"}
    word = words.get(status, "Ended")
    return replace(turn, status=status, summary=f"{word}{took}", model=str(data.get("model", "")))


def add_problem(turn: Turn, data: dict[str, Any]) -> Turn:
    """The last event of an answer that failed; the statement it failed on is shown, not run."""
    problem = ProblemView(
        code=str(data.get("code", "")),
        title=str(data.get("title", "Something went wrong")),
        detail=str(data.get("detail") or ""),
        hint=str(data.get("hint") or ""),
        stopped=data.get("code") == "DBAI716",
        confirmable=data.get("confirmable") is True,
        doubted=data.get("code") == "DBAI402",
    )
    steps = [replace(step, status="failed") if step.status == "started" else step for step in turn.steps]
    return replace(
        turn,
        status="failed",
        summary="Stopped" if problem.stopped else "Not answered",
        steps=steps,
        problem=problem,
        sql=turn.sql or str(data.get("sql") or ""),
    )


def duration(ms: float) -> str:
    """Milliseconds for a reader: `3 ms`, `0.4 s`, `2 min 5 s`; nothing below half a millisecond."""
    if ms < 0.5:  # noqa: PLR2004
        return ""
    if ms < 100:  # noqa: PLR2004  # below a tenth of a second the tenth says nothing
        return f"{ms:.0f} ms"
    seconds = ms / 1000
    return f"{seconds:.1f} s" if seconds < 60 else f"{seconds // 60:.0f} min {seconds % 60:.0f} s"  # noqa: PLR2004


ADDERS = {
    "accepted": lambda turn, data: replace(
        turn, answer_id=str(data.get("answer_id", "")), conversation=str(data.get("conversation", ""))
    ),
    "step": add_step,
    "clarify": lambda turn, data: replace(turn, readings=[str(item) for item in data.get("reading", ())]),
    "sql": lambda turn, data: replace(
        turn, sql=str(data.get("sql", "")), explanation=str(data.get("explanation") or "")
    ),
    "rows": add_rows,
    "sentinel": add_findings,
    "text": lambda turn, data: replace(turn, text=turn.text + str(data.get("delta", ""))),
    "card": add_card,
    "chart": lambda turn, data: replace(turn, chart=chart_of(data, turn.table)),
    "confidence": add_confidence,
    "restarted": lambda turn, _: Turn(turn.question, turn.answer_id, turn.conversation),
    "done": add_done,
    "problem": add_problem,
}
"""What each kind of event (design.md, section 6a) changes."""

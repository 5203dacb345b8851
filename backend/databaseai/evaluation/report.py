"""What a run says: execution accuracy with its uncertainty, failures by kind, confidence, seconds, tokens."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from databaseai.evaluation import risk_plot
from databaseai.evaluation.execution_accuracy import Verdict
from databaseai.evaluation.records import Header, Record
from databaseai.evaluation.risk_coverage import RiskCoverage
from databaseai.evaluation.shares import Share, Spread, scored

RAN = {Verdict.RIGHT, Verdict.ORDER, Verdict.ROWS, Verdict.EMPTY, Verdict.COLUMNS, Verdict.TOO_LARGE}
"""Verdicts of statements that gave a result. Of the others nothing came: no SQL, refused, an error."""
COSTS = (
    "seconds",
    "seconds_to_rows",
    "prompt_tokens",
    "cached_tokens",
    "reply_tokens",
    "attempts",
    "calls",
)


@dataclass(frozen=True)
class Summary:
    """A run, or the part of it that was asked for."""

    header: Header
    asked: int
    """Questions that were to be run."""
    overall: Share
    by_tier: Mapping[str, Share]
    by_difficulty: Mapping[str, Share]
    by_database: Mapping[str, Share]
    verdicts: Mapping[str, int]
    errors: Mapping[str, int]
    """Wrong answers by error code and SQLSTATE: `DBAI704 42703`."""
    does_not_run: float
    """Share (0..1) of the scored questions whose last statement gave no result, for whatever reason."""
    unscored: tuple[str, ...]
    """Ids of questions that no gold could decide."""
    confidence: RiskCoverage
    seconds: Spread
    seconds_to_rows: Spread
    prompt_tokens: Spread
    cached_tokens: Spread
    reply_tokens: Spread
    attempts: Spread
    calls: Spread
    cost: float
    commits: tuple[str, ...]
    """More than one: the product changed while the run stood still."""

    @classmethod
    def of(cls, header: Header, records: Mapping[str, Record], asked: int | None = None) -> "Summary":
        """Count the records of one run."""
        found = list(records.values())
        wrong = [record for record in found if record.code]
        return cls(
            header=header,
            asked=len(found) if asked is None else asked,
            overall=Share.of(found),
            by_tier=_shares(found, lambda record: record.tier),
            by_difficulty=_shares(found, lambda record: record.difficulty),
            by_database=_shares(found, lambda record: record.database),
            verdicts=dict(Counter(str(record.verdict) for record in found).most_common()),
            errors=dict(
                Counter(f"{record.code} {record.sqlstate}".strip() for record in wrong).most_common()
            ),
            does_not_run=_does_not_run(found),
            unscored=tuple(record.id for record in found if record.verdict is Verdict.UNSCORED),
            confidence=RiskCoverage.of(found),
            seconds=Spread.of([record.seconds for record in found]),
            seconds_to_rows=Spread.of([record.seconds_to_rows for record in found if record.seconds_to_rows]),
            prompt_tokens=Spread.of([record.prompt_tokens for record in found]),
            cached_tokens=Spread.of([record.cached_tokens for record in found]),
            reply_tokens=Spread.of([record.reply_tokens for record in found]),
            attempts=Spread.of([record.attempts for record in found]),
            calls=Spread.of([record.calls for record in found]),
            cost=round(sum(record.cost for record in found), 6),
            commits=tuple(sorted({record.commit for record in found})),
        )

    def wire(self) -> dict[str, Any]:
        """JSON form."""
        return {**asdict(self), "header": self.header.model_dump()}


def _does_not_run(records: Sequence[Record]) -> float:
    ran = [record.verdict in RAN for record in scored(records)]
    return round(1 - sum(ran) / len(ran), 4) if ran else 0.0


def _shares(records: Sequence[Record], key: Callable[[Record], str]) -> dict[str, Share]:
    """Shares by key, by name; records without the key are left out."""
    names = sorted({key(record) for record in records} - {""})
    return {name: Share.of(record for record in records if key(record) == name) for name in names}


def render(summary: Summary) -> RenderableType:
    """Tables for a terminal."""
    header, overall = summary.header, summary.overall
    title = Text(
        f"{header.dataset}: {header.model}, prompt {header.prompt_version}, {', '.join(summary.commits)}"
    )
    if header.without:
        title.append(f", without {', '.join(header.without)}")
    parts: list[RenderableType] = [
        *(title, _accuracy(summary), _verdicts(summary)),
        Text(f"gave no result: {summary.does_not_run:.1%}"),
        *(risk_plot.render(summary.confidence), _costs(summary)),
    ]
    if left := summary.asked - overall.count - len(summary.unscored):
        parts.append(Text(f"{left} of {summary.asked} questions are still to run."))
    if summary.unscored:
        ids = ", ".join(summary.unscored)
        parts.append(Text(f"Unscored, as no gold or no database was to be had; run again to try them: {ids}"))
    return Group(*parts)


def _accuracy(summary: Summary) -> Table:
    table = Table("execution accuracy", "right", "of", "EX", "95 %", title_justify="left")
    groups = {"tier": summary.by_tier, "difficulty": summary.by_difficulty, "database": summary.by_database}
    _share_row(table, "all", summary.overall)
    for group, shares in groups.items():
        if shares:
            table.add_section()
        for name, share in shares.items():
            _share_row(table, f"{group} {name}", share)
    return table


def _share_row(table: Table, name: str, share: Share) -> None:
    interval = f"{share.low:.1%} - {share.high:.1%}"
    table.add_row(Text(name), str(share.right), str(share.count), f"{share.accuracy:.1%}", interval)


def _verdicts(summary: Summary) -> Table:
    table = Table("verdict", "questions")
    for verdict, count in summary.verdicts.items():
        table.add_row(verdict, str(count))
    if summary.errors:
        table.add_section()
    for code, count in summary.errors.items():
        table.add_row(code, str(count))
    return table


def _costs(summary: Summary) -> Table:
    table = Table("per question", "median", "p95", "total")
    for name in COSTS:
        spread: Spread = getattr(summary, name)
        table.add_row(name.replace("_", " "), *(f"{value:,.6g}" for value in asdict(spread).values()))
    return table

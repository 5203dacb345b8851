"""What a run says: execution accuracy with its uncertainty, failures by kind, seconds and tokens."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median, quantiles
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from databaseai.evaluation.execution_accuracy import Verdict
from databaseai.evaluation.records import Header, Record
from databaseai.evaluation.statistics import wilson


@dataclass(frozen=True, slots=True)
class Share:
    """Right answers among the scored ones, with a 95 % Wilson interval (0..1)."""

    right: int
    count: int
    accuracy: float
    low: float
    high: float

    @classmethod
    def of(cls, records: Iterable[Record]) -> "Share":
        """Unscored records do not count."""
        scored = [
            record.verdict is Verdict.RIGHT for record in records if record.verdict is not Verdict.UNSCORED
        ]
        right, count = sum(scored), len(scored)
        return cls(right, count, right / count if count else 0.0, *wilson(right, count))


@dataclass(frozen=True, slots=True)
class Spread:
    """Median, 95th percentile and sum of one measure."""

    median: float
    p95: float
    total: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """The 95th percentile of fewer than two values is the largest."""
        if not values:
            return cls(0.0, 0.0, 0.0)
        p95 = quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]
        return cls(round(median(values), 3), round(p95, 3), round(sum(values), 3))


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
    unscored: tuple[str, ...]
    """Ids of questions that no gold could decide."""
    seconds: Spread
    seconds_to_rows: Spread
    prompt_tokens: Spread
    cached_tokens: Spread
    reply_tokens: Spread
    attempts: Spread
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
            unscored=tuple(record.id for record in found if record.verdict is Verdict.UNSCORED),
            seconds=Spread.of([record.seconds for record in found]),
            seconds_to_rows=Spread.of([record.seconds_to_rows for record in found if record.seconds_to_rows]),
            prompt_tokens=Spread.of([record.prompt_tokens for record in found]),
            cached_tokens=Spread.of([record.cached_tokens for record in found]),
            reply_tokens=Spread.of([record.reply_tokens for record in found]),
            attempts=Spread.of([record.attempts for record in found]),
            cost=round(sum(record.cost for record in found), 6),
            commits=tuple(sorted({record.commit for record in found})),
        )

    def wire(self) -> dict[str, Any]:
        """JSON form."""
        return {**asdict(self), "header": self.header.model_dump()}


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
    parts: list[RenderableType] = [title, _accuracy(summary), _verdicts(summary), _costs(summary)]
    if left := summary.asked - overall.count - len(summary.unscored):
        parts.append(Text(f"{left} of {summary.asked} questions are still to run."))
    if summary.unscored:
        parts.append(Text(f"Unscored, no gold decides them: {', '.join(summary.unscored)}"))
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
    for name in ("seconds", "seconds_to_rows", "prompt_tokens", "cached_tokens", "reply_tokens", "attempts"):
        spread: Spread = getattr(summary, name)
        table.add_row(name.replace("_", " "), *(f"{value:,.6g}" for value in asdict(spread).values()))
    return table

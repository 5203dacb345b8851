"""Compare two runs question by question: did the change help, or was it luck?"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from databaseai.errors import RunMismatch
from databaseai.evaluation.execution_accuracy import Verdict
from databaseai.evaluation.records import Header, Record
from databaseai.evaluation.shares import Share
from databaseai.evaluation.statistics import mcnemar


@dataclass(frozen=True)
class Comparison:
    """Two runs over the questions that both scored."""

    before: Header
    after: Header
    share_before: Share
    share_after: Share
    gained: tuple[str, ...]
    """Ids that only the second run has right."""
    lost: tuple[str, ...]
    """Ids that only the first run has right."""
    p: float
    """Exact two-sided p of McNemar's test."""

    def wire(self) -> dict[str, Any]:
        """JSON form."""
        return {**asdict(self), "before": self.before.model_dump(), "after": self.after.model_dump()}


def compare(
    before: tuple[Header, Mapping[str, Record]], after: tuple[Header, Mapping[str, Record]]
) -> Comparison:
    """Pair two runs by question id.

    Raises:
        RunMismatch: They are about different question files, or have no scored question in common. DBAI111.
    """
    if before[0].digest != after[0].digest:
        raise RunMismatch("The two runs are about different question files.")
    first, second = _scored(before[1]), _scored(after[1])
    both = [key for key in first if key in second]
    if not both:
        raise RunMismatch("The two runs have no scored question in common.")
    gained = tuple(key for key in both if not first[key] and second[key])
    lost = tuple(key for key in both if first[key] and not second[key])
    return Comparison(
        before=before[0],
        after=after[0],
        share_before=Share.of(before[1][key] for key in both),
        share_after=Share.of(after[1][key] for key in both),
        gained=gained,
        lost=lost,
        p=mcnemar(len(gained), len(lost)),
    )


def _scored(records: Mapping[str, Record]) -> dict[str, bool]:
    """Right or not, of what was scored."""
    scored = (record for record in records.values() if record.verdict is not Verdict.UNSCORED)
    return {record.id: record.verdict is Verdict.RIGHT for record in scored}


def render(comparison: Comparison) -> RenderableType:
    """A table for a terminal, and the questions that flipped."""
    table = Table("run", "right", "of", "EX", "95 %")
    runs = ((comparison.before, comparison.share_before), (comparison.after, comparison.share_after))
    for header, share in runs:
        name = f"{header.model}, prompt {header.prompt_version}, {header.commit}"
        if header.without:
            name += f", without {', '.join(header.without)}"
        interval = f"{share.low:.1%} - {share.high:.1%}"
        table.add_row(Text(name), str(share.right), str(share.count), f"{share.accuracy:.1%}", interval)
    gained, lost = comparison.gained, comparison.lost
    verdict = f"{len(gained)} gained, {len(lost)} lost; McNemar's exact p = {comparison.p:.3g}"
    return Group(table, Text(verdict), Text(f"gained: {' '.join(gained)}"), Text(f"lost: {' '.join(lost)}"))

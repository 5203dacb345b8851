"""The risk-coverage curve and the reliability of confidence, as text."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from databaseai.evaluation.risk_coverage import RiskCoverage
from databaseai.evaluation.shares import Share

WIDTH = 40
"""Characters of an error of 100 %."""


def render(found: RiskCoverage) -> RenderableType:
    """Both tables and what the product itself would have kept back; nothing when nothing was scored."""
    if not found.error_at:
        return Group()
    calibration = (
        "" if found.calibration_error is None else f"; calibration error {found.calibration_error:.3f}"
    )
    answered = found.answered
    return Group(
        _curve(found),
        Text(f"area under the curve {found.area:.3f}, at best {found.best_area:.3f}{calibration}"),
        Text(
            f"abstains or asks back: {found.abstained}; of the {answered.count} other answers"
            f" {answered.accuracy:.1%} are right"
        ),
        _reliability(found),
    )


def _curve(found: RiskCoverage) -> Table:
    table = Table("answered, surest first", "error", "")
    for coverage, error in found.error_at.items():
        table.add_row(f"{float(coverage):.0%}", f"{error:.1%}", "█" * round(error * WIDTH))
    return table


def _reliability(found: RiskCoverage) -> Table:
    table = Table("confidence", "mean score", "right", "of", "share right", "95 %")
    for level, share in found.by_level.items():
        _row(table, level, "", share)
    if found.by_decile:
        table.add_section()
    for decile in found.by_decile:
        _row(
            table,
            f"score {decile.low:.1f} - {decile.low + 0.1:.1f}",
            f"{decile.mean_score:.2f}",
            decile.share,
        )
    return table


def _row(table: Table, name: str, score: str, share: Share) -> None:
    interval = f"{share.low:.1%} - {share.high:.1%}"
    table.add_row(name, score, str(share.right), str(share.count), f"{share.accuracy:.1%}", interval)

"""`python -m tests.benchmarks.ablation DATASET OUT [STEP ...]`: what each step of the flow gives.

The fixed hundred of spider_dev with everything on, then once for each step with that step off, all with the
same model: a paired comparison, one row a step. Each run is kept in OUT and goes on where it stopped. OUT
must be of one commit; start afresh after a change.
"""

import argparse
import asyncio
from pathlib import Path
from typing import get_args

from rich.table import Table

from databaseai.settings import Settings, StepSwitch, load
from tests.benchmarks.product_runs import HUNDRED, Flips, Run, measure, page

ALL_ON = "all on"


async def main(dataset: Path, out: Path, steps: list[str]) -> None:
    """Measure and print after each run, so that a stopped ablation has shown what it has."""
    base = load()
    runs = {ALL_ON: await measure(dataset, base, out / "all-on", HUNDRED)}
    for step in steps:
        runs[step] = await measure(dataset, without(base, step), out / f"without-{step}", HUNDRED)
        page.print(table(runs))


def without(settings: Settings, step: str) -> Settings:
    """The settings with one step more switched off."""
    off = [*settings.ask.without, step]
    return Settings.model_validate(
        settings.model_dump() | {"ask": settings.ask.model_dump() | {"without": off}}
    )


def table(runs: dict[str, Run]) -> Table:
    """A row a run: what is lost against everything on is what the step gives."""
    shown = Table(
        "off", "right", "EX", "given by it", "McNemar's p", "no result", "seconds", "calls", "tokens"
    )
    whole = runs[ALL_ON]
    for name, run in runs.items():
        summary, flips = run.summary, Flips.between(run.records, whole.records)
        given = whole.summary.overall.accuracy - summary.overall.accuracy
        shown.add_row(
            name,
            f"{summary.overall.right} of {summary.overall.count}",
            f"{summary.overall.accuracy:.1%}",
            "" if name == ALL_ON else f"{100 * given:+.1f} ({flips.gained} gained, {flips.lost} lost)",
            "" if name == ALL_ON else f"{flips.p:.3g}",
            f"{summary.does_not_run:.1%}",
            f"{summary.seconds.median:.2f}",
            f"{summary.calls.total / max(1, summary.overall.count):.2f}",
            f"{summary.prompt_tokens.median:.0f} + {summary.reply_tokens.median:.0f}",
        )
    return shown


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("dataset", type=Path, help="spider_dev")
    options.add_argument("out", type=Path, help="directory of the runs")
    options.add_argument("steps", nargs="*", default=list(get_args(StepSwitch)), help="all without it")
    given = options.parse_args()
    asyncio.run(main(given.dataset, given.out, given.steps))

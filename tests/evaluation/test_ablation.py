"""The ablation's table: what a step gives is what its absence loses."""

from io import StringIO

import pytest
from rich.console import Console

from databaseai.evaluation.records import Record
from databaseai.evaluation.report import Summary
from databaseai.settings import Settings
from tests.benchmarks.ablation import ALL_ON, table, without
from tests.benchmarks.product_runs import Flips, Run
from tests.evaluation.test_report import HEADER, records


def run(found: dict[str, Record]) -> Run:
    return Run(found, Summary.of(HEADER, found))


def test_a_row_says_what_the_step_gives() -> None:
    """Off, three are lost and one is won: the step gives two of ten."""
    whole, off = run(records("rrrrrrwwww")), run(records("rrrwwwrwwf"))
    page = StringIO()
    Console(width=160, file=page).print(table({ALL_ON: whole, "repair": off}))
    row = next(line for line in page.getvalue().splitlines() if "repair" in line)
    for part in ("4 of 10", "40.0%", "+20.0 (3 gained, 1 lost)", "0.625", "10.0%", "2.00"):
        assert part in row


def test_flips_count_what_both_scored() -> None:
    flips = Flips.between(records("rruw"), records("wrrr"))
    assert (flips.gained, flips.lost) == (1, 1)
    assert flips.p == pytest.approx(1.0)


def test_one_step_more_is_off() -> None:
    base = Settings.model_validate({"ask": {"without": ["values"]}, "llm": {"api_key": "secret"}})
    off = without(base, "repair")
    assert off.ask.without == {"values", "repair"}
    assert off.llm.api_key is not None
    assert off.llm.api_key.get_secret_value() == "secret"

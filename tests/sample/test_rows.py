"""The rows before they reach a database: the same everywhere, as many as promised."""

from collections import Counter

import pytest

from databaseai.embedded.sample import DIGEST
from databaseai.embedded.sample.days import FIRST, Calendar, ordinal
from databaseai.embedded.sample.dice import Dice
from databaseai.embedded.sample.loading import script
from databaseai.embedded.sample.places import walk_rates
from databaseai.embedded.sample.rows import batches, digest


def count(scale: float) -> Counter[str]:
    """Rows by table."""
    found: Counter[str] = Counter()
    for _, _, made in batches(scale, Calendar()):
        for batch in made:
            found[batch.table] += len(batch.rows)
    return found


def test_the_version_says_what_is_in_it() -> None:
    """Rows or schema changed? Then write the new digest into `loading.DIGEST`: `up` loads the sample anew."""
    assert digest(0.05, script("schema.sql") + script("keys.sql")) == DIGEST


def test_a_second_run_gives_the_same_bytes() -> None:
    assert digest(0.05, b"") == digest(0.05, b"")


def test_dice_fall_as_written_down() -> None:
    """The sequence that Python promises for `Random.random`; other methods may change with a version."""
    dice = Dice("test")
    assert [dice.below(1000) for _ in range(8)] == [460, 9, 772, 414, 708, 164, 445, 31]


@pytest.mark.parametrize(
    ("scale", "total", "some"),
    [
        (
            1,
            (195_000, 210_000),
            {"customers": 6_200, "orders": 22_500, "products": 800, "web_visits": 52_000},
        ),
        (0.05, (15_000, 22_000), {"customers": 310, "orders": 1_125, "products": 40, "web_visits": 2_600}),
    ],
)
def test_size_follows_the_scale(scale: float, total: tuple[int, int], some: dict[str, int]) -> None:
    found = count(scale)
    assert total[0] < found.total() < total[1]
    assert {table: found[table] for table in some} == some
    assert len(found) == 22
    assert min(found.values()) > 0


def test_no_value_breaks_the_copy_format() -> None:
    """One field more or less in a line would be an error of COPY; a backslash would change a value."""
    for _, _, made in batches(0.05, Calendar()):
        for batch in made:
            lines = batch.text.splitlines()
            assert len(lines) == len(batch.rows)
            assert {line.count("\t") + 1 for line in lines} == {len(batch.rows[0])}
            assert not any("\\" in line.replace("\\N", "") for line in lines)


def test_records_can_be_moved_to_later_years() -> None:
    """The same rows, each date as many years later; 29 February moves to the 28th."""
    now, later = (list(batches(0.05, Calendar(years))) for years in (0, 1))
    texts = ["".join(batch.text for _, _, made in steps for batch in made) for steps in (now, later)]
    assert "2026-10-31" in texts[0]
    assert "2027-10-31" in texts[1]
    assert "2025-02-29" not in texts[1]
    assert "\t2022-01-01\t" not in texts[1]


@pytest.mark.parametrize("currency", ["EUR", "GBP", "PLN", "SEK", "USD"])
def test_29_february_has_the_rate_of_the_28th(currency: str) -> None:
    """Moved to another year both fall on the 28th, and orders of both must agree with the one rate there."""
    rates = walk_rates()[currency]
    leap = ordinal("2024-02-29") - FIRST
    assert rates[leap] == rates[leap - 1]

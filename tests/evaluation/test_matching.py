"""Comparison rules, as tables of cases and as sentences that hold for every result."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from databaseai.evaluation.cells import Cell, Row
from databaseai.evaluation.matching import Expected, Group, Match, Result, match

Rows = Sequence[Row]


def unordered(rows: Rows, width: int) -> Expected:
    return Expected((Group(tuple(rows), len(rows)),), width)


def ordered(rows: Rows, width: int) -> Expected:
    return Expected(tuple(Group((row,), 1) for row in rows), width)


def result(rows: Rows, width: int) -> Result:
    return Result(tuple(rows), width)


UNORDERED: list[tuple[str, Rows, Rows, int, int, Match]] = [
    ("as it is", [(1, "a"), (2, "b")], [(1, "a"), (2, "b")], 2, 2, Match.SAME),
    ("rows in another order", [(1, "a"), (2, "b")], [(2, "b"), (1, "a")], 2, 2, Match.SAME),
    ("columns in another order", [(1, "a"), (2, "b")], [("a", 1), ("b", 2)], 2, 2, Match.SAME),
    ("duplicates count", [(1,), (1,), (2,)], [(1,), (2,), (2,)], 1, 1, Match.ROWS),
    ("a duplicate less", [(1,), (1,)], [(1,)], 1, 1, Match.ROWS),
    ("a duplicate more", [(1,)], [(1,), (1,)], 1, 1, Match.ROWS),
    ("NULL is NULL", [(None,), (1,)], [(1,), (None,)], 1, 1, Match.SAME),
    ("NULL is no zero", [(None,)], [(0,)], 1, 1, Match.ROWS),
    ("a column more", [(1,)], [(1, 2)], 1, 2, Match.COLUMNS),
    ("a column less", [(1, 2)], [(1,)], 2, 1, Match.COLUMNS),
    ("nothing for something", [(1,)], [], 1, 1, Match.EMPTY),
    ("something for nothing", [], [(1,)], 1, 1, Match.ROWS),
    ("nothing for nothing", [], [], 2, 2, Match.SAME),
    ("nothing for nothing, other width", [], [], 2, 1, Match.COLUMNS),
    ("values swapped between rows", [(1, "a"), (2, "b")], [(1, "b"), (2, "a")], 2, 2, Match.ROWS),
    ("values swapped in one row", [(1, 2), (3, 4)], [(2, 1), (3, 4)], 2, 2, Match.ROWS),
    ("two columns alike", [(1, 1, 2), (3, 3, 4)], [(2, 1, 1), (4, 3, 3)], 3, 3, Match.SAME),
    ("one column twice", [(1, 2), (3, 4)], [(1, 1), (3, 3)], 2, 2, Match.ROWS),
    ("float noise", [(0.1 + 0.2,), (1.0,)], [(0.3,), (1.0,)], 1, 1, Match.SAME),
    ("same columns, other pairing", [(1, 2), (2, 1)], [(1, 1), (2, 2)], 2, 2, Match.ROWS),
]


@pytest.mark.parametrize(("gold", "rows", "gold_width", "width", "found"), [case[1:] for case in UNORDERED])
def test_without_order(gold: Rows, rows: Rows, gold_width: int, width: int, found: Match) -> None:
    assert match(unordered(gold, gold_width), result(rows, width)) is found


ORDERED: list[tuple[Rows, Rows, Match]] = [
    ([(1,), (2,)], [(1,), (2,)], Match.SAME),
    ([(1,), (2,)], [(2,), (1,)], Match.ORDER),
    ([(1,), (2,)], [(2,), (3,)], Match.ROWS),
    ([(1, "a"), (2, "b")], [("a", 1), ("b", 2)], Match.SAME),
    ([(1, "a"), (2, "b")], [("b", 2), ("a", 1)], Match.ORDER),
    ([(1, 2), (2, 1)], [(2, 1), (1, 2)], Match.SAME),  # the columns change places, the rows do not
]


@pytest.mark.parametrize(("gold", "rows", "found"), ORDERED)
def test_with_order(gold: Rows, rows: Rows, found: Match) -> None:
    assert match(ordered(gold, len(gold[0])), result(rows, len(gold[0]))) is found


TIED = Expected(
    (
        Group((("a", 9),), 1),
        Group((("b", 5), ("c", 5)), 2),
        Group((("d", 3), ("e", 3), ("f", 3)), 2),
    ),
    2,
)
"""ORDER BY the second column LIMIT 5: b and c tie, two of d, e and f are shown."""
TIES: list[tuple[str, Match]] = [
    ("abcde", Match.SAME),
    ("acbfd", Match.SAME),
    ("acbef", Match.SAME),
    ("bacde", Match.ORDER),
    ("abcdd", Match.ROWS),
    ("abdce", Match.ORDER),
    ("abcda", Match.ROWS),
    ("abcd", Match.ROWS),
]


@pytest.mark.parametrize(("letters", "found"), TIES)
def test_ties_leave_the_order_open(letters: str, found: Match) -> None:
    value = {letter: row for group in TIED.groups for row in group.rows for letter in [str(row[0])]}
    assert match(TIED, result([value[letter] for letter in letters], 2)) is found


CELLS: st.SearchStrategy[Cell] = st.one_of(
    st.none(),
    st.integers(-3, 3),
    st.sampled_from([0.5, 1.25, -2.75]),
    st.sampled_from(["", "a", "b", "A"]),
    st.booleans().map(lambda value: ("bool", value)),
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[Row], int]:
    """Few distinct values, so that columns and rows resemble each other."""
    width = draw(st.integers(1, 6))
    row = st.tuples(*[CELLS] * width)
    return draw(st.lists(row, max_size=8)), width


@given(tables(), st.randoms(use_true_random=False))
def test_rows_and_columns_may_change_places(table: tuple[list[Row], int], lot: random.Random) -> None:
    """However the rows and columns are shuffled, the result is the same."""
    rows, width = table
    columns = lot.sample(range(width), width)
    shuffled = [tuple(row[column] for column in columns) for row in lot.sample(rows, len(rows))]
    assert match(unordered(rows, width), result(shuffled, width)) is Match.SAME


@given(tables(), st.randoms(use_true_random=False))
def test_ordered_columns_may_change_places(table: tuple[list[Row], int], lot: random.Random) -> None:
    """However the columns are shuffled, an ordered result is the same."""
    rows, width = table
    columns = lot.sample(range(width), width)
    shuffled = [tuple(row[column] for column in columns) for row in rows]
    assert match(ordered(rows, width), result(shuffled, width)) is Match.SAME


@given(tables(), st.data())
def test_one_new_value_is_seen(table: tuple[list[Row], int], data: st.DataObject) -> None:
    """A value that the gold does not have makes any result wrong."""
    rows, width = table
    if rows:
        place = data.draw(st.integers(0, len(rows) - 1)), data.draw(st.integers(0, width - 1))
        changed = [list(row) for row in rows]
        changed[place[0]][place[1]] = "a value of its own"
        assert match(unordered(rows, width), result([tuple(row) for row in changed], width)) is Match.ROWS


@given(tables(), tables())
def test_comparison_has_no_side(one: tuple[list[Row], int], other: tuple[list[Row], int]) -> None:
    """Without order, gold and prediction may change places."""
    there = match(unordered(*one), result(*other)) is Match.SAME
    back = match(unordered(*other), result(*one)) is Match.SAME
    assert there == back


def test_wide_results_take_no_factorial_time() -> None:
    """Forty columns, all permutations of the same values: 40! orders, a few hundred looks."""
    lot = random.Random(7)  # noqa: S311  # no secret
    values = list(range(30))
    columns = [lot.sample(values, len(values)) for _ in range(40)]
    rows: list[Row] = list(zip(*columns, strict=True))
    backwards: list[Row] = list(zip(*reversed(columns), strict=True))
    assert match(unordered(rows, 40), result(backwards, 40)) is Match.SAME
    assert match(ordered(rows, 40), result(backwards, 40)) is Match.SAME


def test_alike_columns_take_no_factorial_time() -> None:
    """Thirty equal columns and one that does not fit."""
    gold: list[Row] = [(*[number] * 30, number + 1) for number in range(50)]
    given_: list[Row] = [(*[number] * 30, (number * 7) % 50 + 1) for number in range(50)]
    assert match(unordered(gold, 31), result(given_, 31)) is Match.ROWS


def ring(size: int, *starts: int) -> list[Row]:
    """Row i has a one in its own column and in the next of its ring; each start begins a ring."""
    rows: list[Row] = []
    for start, end in zip(starts, [*starts[1:], size], strict=True):
        after = {i: i + 1 if i + 1 < end else start for i in range(start, end)}
        rows += [tuple(int(j in {i, after[i]}) for j in range(size)) for i in range(start, end)]
    return rows


def test_rows_alike_one_by_one_are_not_alike_together() -> None:
    """One ring of six and two of three: every row and column has two ones; only the whole differs."""
    one, two = ring(6, 0), ring(6, 0, 3)
    turned: list[Row] = [tuple(reversed(row)) for row in one[2:] + one[:2]]
    assert match(unordered(one, 6), result(turned, 6)) is Match.SAME
    assert match(unordered(one, 6), result(two, 6)) is Match.ROWS

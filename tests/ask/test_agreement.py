"""Two results say the same, or they do not."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from databaseai.ask.agreement import fingerprint
from tests.ask.candidate_cases import result

CELLS = st.one_of(st.none(), st.booleans(), st.integers(-3, 3), st.sampled_from(["", "a", "1", "n", "a,b"]))
TABLES = st.integers(1, 3).flatmap(
    lambda width: st.lists(st.tuples(*[CELLS] * width), min_size=1, max_size=6)
)


def same(one: Sequence[Sequence[object]], other: Sequence[Sequence[object]], *types: str) -> bool:
    """Unordered."""
    prints = [fingerprint(result(rows, types), ordered=False) for rows in (one, other)]  # type: ignore[arg-type]  # wire values
    return prints[0] == prints[1]


@pytest.mark.parametrize(
    ("one", "other", "types", "equal"),
    [
        ([(3,)], [(3.0,)], ["integer"], True),
        ([("3.00",)], [("3",)], ["numeric"], True),
        ([("3.00",)], [("3",)], ["text"], False),
        ([(0.1 + 0.2,)], [(0.3,)], ["double precision"], True),
        ([(1234567890,)], [(1234567891,)], ["bigint"], False),
        ([("1e999999",)], [("1e999998",)], ["numeric"], False),
        ([("NaN",)], [("NaN",)], ["numeric"], True),
        ([("$3.00",)], [("$4.00",)], ["money"], False),
        ([(True,)], [(1,)], ["boolean"], False),
        ([(None,)], [("n",)], ["text"], False),
        ([("a", "b")], [("ab", "")], [], False),
        ([("a",), ("a",)], [("a",)], [], False),
        ([({"x": 1, "y": 2},)], [({"y": 2, "x": 1},)], ["jsonb"], True),
        ([("\ud800",)], [("\ud801",)], [], False),
    ],
)
def test_cells(one: list[tuple[object]], other: list[tuple[object]], types: list[str], equal: bool) -> None:
    assert same(one, other, *types) is equal


@given(TABLES, st.randoms())
def test_neither_rows_nor_columns_have_an_order(rows: list[tuple[object, ...]], random: object) -> None:
    """Shuffled rows and columns say the same, where no two columns hold the same cells."""
    width = len(rows[0])
    if len({tuple(sorted(map(repr, (row[n] for row in rows)))) for n in range(width)}) < width:
        return
    places = list(range(width))
    random.shuffle(places)  # type: ignore[attr-defined]  # hypothesis's
    shuffled = [tuple(row[n] for n in places) for row in rows]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert same(rows, shuffled)


@given(TABLES)
def test_one_row_more_is_another_result(rows: list[tuple[object, ...]]) -> None:
    assert not same(rows, [*rows, rows[0]])


def test_a_cut_result_is_another_than_a_whole_one() -> None:
    whole, cut = result([("a",)]), result([("a",)], truncated=True)
    assert fingerprint(whole, ordered=False) != fingerprint(cut, ordered=False)

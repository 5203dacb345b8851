"""Say whether two results are the same: rows as a multiset or in order, columns in any order.

What a gold allows is a sequence of groups. Rows of one group come in any order; of the last group (and with
OFFSET of the first) only some are taken. So an ORDER BY that leaves ties open accepts each outcome of the
ties and nothing else. A result without ORDER BY is one group.
"""

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from databaseai.evaluation.cells import REAL_TOLERANCE, TOLERANCE, Row, unify

CHECK_LIMIT = 2_000
"""Column assignments looked at before the search gives up. Only results made to defeat it come near."""


@dataclass(frozen=True, slots=True)
class Group:
    """Rows whose order is open, of which a right result shows `take`."""

    rows: tuple[Row, ...]
    take: int


@dataclass(frozen=True, slots=True)
class Expected:
    """What a gold allows."""

    groups: tuple[Group, ...]
    width: int
    """Number of columns."""
    real: bool = False
    """It has a column of type `real`, whose noise is larger."""

    @property
    def height(self) -> int:
        """Number of rows of a right result."""
        return sum(group.take for group in self.groups)


@dataclass(frozen=True, slots=True)
class Result:
    """What a prediction gave."""

    rows: tuple[Row, ...]
    width: int
    real: bool = False


class Match(StrEnum):
    """How a result compares with a gold; the better, the later."""

    COLUMNS = "wrong number of columns"
    EMPTY = "empty"
    ROWS = "wrong rows"
    ORDER = "wrong order"
    """All its rows are among the gold's, but not in an order that the gold allows."""
    SAME = "same"


def match(expected: Expected, result: Result) -> Match:
    """Compare a result with what a gold allows."""
    if not result.rows and expected.height:
        return Match.EMPTY
    if result.width != expected.width:
        return Match.COLUMNS
    if len(result.rows) != expected.height:
        return Match.ROWS
    tolerance = REAL_TOLERANCE if expected.real or result.real else TOLERANCE
    *golds, rows = unify([*(group.rows for group in expected.groups), result.rows], tolerance=tolerance)
    takes = [group.take for group in expected.groups]
    if columns_fit(list(_slices(golds, takes, rows)), expected.width):
        return Match.SAME
    everything = [row for gold in golds for row in gold]
    if len(golds) > 1 and columns_fit([(everything, rows)], expected.width):
        return Match.ORDER
    return Match.ROWS


SignedRows = Sequence[tuple[Hashable, ...]]
Pairs = Sequence[tuple[SignedRows, SignedRows]]
"""For each group: all its rows, and the rows of the result that stand in its place."""


def _slices(
    golds: Sequence[list[Row]], takes: Sequence[int], rows: list[Row]
) -> Iterator[tuple[list[Row], list[Row]]]:
    """Each group beside the rows of the result that stand in its place."""
    start = 0
    for gold, take in zip(golds, takes, strict=True):
        yield gold, rows[start : start + take]
        start += take


def columns_fit(pairs: Pairs, width: int) -> bool:
    """Whether some order of the result's columns puts every row of it among its group's rows.

    Columns are assigned one by one, those with the fewest candidates first, and a partial assignment is
    dropped as soon as the rows it projects do not fit. Every projection carries the row's signature, the
    multiset of its cells, which no column order changes: it leaves few candidates. Time is linear in the rows
    and, but for results made to defeat it, quadratic in the columns.
    """
    if _fits(pairs, range(width), range(width)):
        return True
    signed = [(_signed(allowed), _signed(rows)) for allowed, rows in pairs]
    candidates = [
        [given for given in range(width) if _fits(signed, [gold, width], [given, width])]
        for gold in range(width)
    ]
    return all(candidates) and _assign(signed, candidates)


def _assign(pairs: Pairs, candidates: Sequence[Sequence[int]]) -> bool:
    """Search an assignment in which every gold column has one candidate of its own; rows are signed."""
    width = len(candidates)
    order = sorted(range(width), key=lambda gold: len(candidates[gold]))
    checks = iter(range(CHECK_LIMIT))

    def assign(done: list[int]) -> bool:
        if len(done) == width:
            return True
        for given in candidates[order[len(done)]]:
            if given in done or next(checks, None) is None:
                continue
            longer = [*done, given]
            if _fits(pairs, [*order[: len(longer)], width], [*longer, width]) and assign(longer):
                return True
        return False

    return assign([])


def _signed(rows: SignedRows) -> list[tuple[Hashable, ...]]:
    """Rows with one more cell, the multiset of the others."""
    return [(*row, frozenset(Counter(row).items())) for row in rows]


def _fits(pairs: Pairs, gold: Sequence[int], given: Sequence[int]) -> bool:
    """Whether, group by group, the rows on columns `given` are among the gold's on columns `gold`."""
    return all(_project(rows, given) <= _project(allowed, gold) for allowed, rows in pairs)


def _project(rows: SignedRows, columns: Sequence[int]) -> Counter[tuple[Hashable, ...]]:
    return Counter(tuple(row[column] for column in columns) for row in rows)

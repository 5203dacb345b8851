"""Candidates as tests need them: a statement through the real gate, and the rows it is said to have given."""

from collections.abc import Sequence

from databaseai.ask import guardrail
from databaseai.ask.candidate import Candidate
from databaseai.ask.events import Json, ResultColumn
from databaseai.ask.execution import ResultSet
from databaseai.ask.schema_linking import Linked
from databaseai.ask.value_linking import Hint
from databaseai.ask.view import View
from databaseai.catalog.snapshot import Catalog
from databaseai.settings import ExecutionLimits


def result(
    rows: Sequence[Sequence[Json]], types: Sequence[str] = (), *, truncated: bool = False
) -> ResultSet:
    """Rows with columns of these types, text where nothing is said."""
    width = len(rows[0]) if rows else max(1, len(types))
    named = [ResultColumn(f"c{n}", types[n] if n < len(types) else "text") for n in range(width)]
    return ResultSet(tuple(named), tuple(tuple(row) for row in rows), truncated, 1.0)


def candidate(  # what a test says of it
    catalog: Catalog,
    rows: Sequence[Sequence[Json]] = (("x",),),
    *,
    asked: str = "Which?",
    statement: str = "SELECT 1",
    hints: tuple[Hint, ...] = (),
    margin: float = 0.0,
    mended: tuple[str, ...] = (),
    attempts: int = 1,
    strength: float = 0.0,
    linked: Linked | None = None,
) -> Candidate:
    """One that ran."""
    view = View(catalog, linked or Linked((), "", whole=True, margin=margin), (), asked, hints)
    query = guardrail.check(statement, catalog, ExecutionLimits())
    return Candidate(
        "first",
        view,
        statement,
        statement,
        (),
        mended,
        query,
        result(rows),
        attempts,
        "test" if strength else "",
        strength,
    )

"""What passed the gate."""

from dataclasses import InitVar, dataclass

from sqlglot import exp

MAKER = object()
"""Held by `gate.check` alone; a test finds any other use."""


@dataclass(frozen=True, slots=True)
class AcceptedQuery:
    """A query both parsers allow. The type is the proof: only `gate.check` can make one."""

    sql: str
    """The statement's own text, tables qualified in place; no semicolon, safe to put more text behind."""
    tables: tuple[tuple[str, str], ...]
    """Schema and name of each table it reads, once, in order of appearance."""
    tree: exp.Query
    """sqlglot's tree of the statement, for the proof card and the chart; never rendered to run it."""
    statement: str
    """The text as it was given."""
    shifts: tuple[tuple[int, int], ...] = ()
    """(position in `sql`, characters by which what follows is off against `statement`), ascending."""
    maker: InitVar[object] = None
    shown: str = ""
    """What people see and may send again: as `sql`, but a table under a policy by its name."""
    search_path: tuple[str, ...] = ()
    """Schemas in which its operators are looked up, after pg_catalog."""

    def __post_init__(self, maker: object) -> None:
        if maker is not MAKER:
            raise TypeError("only guardrail.check makes an AcceptedQuery")

    def given_position(self, position: int) -> int:
        """Where in `statement` a character of `sql` stands; for the server's error positions."""
        shift, end = 0, len(self.statement)
        for start, by in self.shifts:
            if position < start:  # inside a piece that was put in: at most where the piece ends
                end = min(end, start - by)
                break
            shift = by
        return max(0, min(position - shift, end))

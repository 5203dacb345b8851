"""Rows on their way into tables."""

from typing import NamedTuple

Row = tuple[object, ...]

COLUMNS = {"reviews": "id, product_id, customer_id, rating, title, body, helpful_votes, written_at"}
"""Of tables with a generated column, which COPY may not fill."""


class Batch(NamedTuple):
    """Rows for one table, in the order of its columns."""

    table: str
    rows: list[Row]

    @property
    def copy(self) -> str:
        """The statement that takes these rows."""
        columns = f" ({COLUMNS[self.table]})" if self.table in COLUMNS else ""
        return f"COPY {self.table}{columns} FROM STDIN"

    @property
    def text(self) -> str:
        """The rows in COPY's text format. No value holds a tab, a newline or a backslash."""
        lines = ["\t".join(["\\N" if value is None else str(value) for value in row]) for row in self.rows]
        return "\n".join(lines) + "\n" if lines else ""


class Tables(dict[str, list[Row]]):
    """Rows that wait for their COPY, by table, referenced tables first."""

    def __init__(self, *names: str) -> None:
        super().__init__((name, []) for name in names)

    def take(self) -> list[Batch]:
        """Hand over what waits, and begin anew."""
        full = [Batch(name, rows) for name, rows in self.items() if rows]
        for name in self:
            self[name] = []
        return full

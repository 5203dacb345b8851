"""A reference to a column resolves, or is refused: unknown, it may be a function call in column syntax."""

from dataclasses import dataclass, field
from typing import Any, Literal

from databaseai.ask.guardrail.first_parser import Node
from databaseai.ask.guardrail.hints import nearest
from databaseai.ask.guardrail.lists import Lists
from databaseai.ask.guardrail.scope import Columns, Item, Scope
from databaseai.ask.guardrail.substitution import Edits
from databaseai.ask.guardrail.text import Source as Text
from databaseai.errors import ColumnRefused, PolicyRefused

Row = Literal["", "star", "row"]
"""What may stand for several values here: nothing, `t.*`, or a whole row too."""
PAIR = 2
SHOWN = 30


@dataclass
class ColumnCheck:
    """The references of one statement."""

    text: Text
    lists: Lists
    database: str
    edits: Edits
    references: set[tuple[str, ...]] = field(default_factory=set)
    """Paths as written, for the comparison with the second parser."""

    def takes_row(self, kind: str, fields: Any, row: Row) -> Row:
        """A whole row may be an argument of the functions listed for it, of ROW() and of IS NULL."""
        if kind == "FuncCall":
            return "row" if fields["funcname"][-1]["String"]["sval"] in self.lists.functions.whole_row else ""
        if kind in {"RowExpr", "NullTest"}:
            return "row"
        # below such a node: its arguments, not its FILTER, ORDER BY or OVER
        return row if kind in {"args", "arg", "NamedArgExpr"} else ""

    def indirection(self, fields: Node, scope: Scope) -> list[Node]:
        """`(x)[1]`, and `(row).column` where the columns are known; the parts still to be resolved."""
        arg, steps = fields["arg"], fields["indirection"]
        subscripts = [step["A_Indices"] for step in steps if "A_Indices" in step]
        names = [step.get("String", {}).get("sval", "*") for step in steps if "A_Indices" not in step]
        if not names:
            return [arg, *subscripts]
        columns = self.row_columns(arg, scope)
        name = names[0]
        if len(names) > 1 or columns is None or (name != "*" and name not in columns):
            raise ColumnRefused(
                f"The field {'.'.join(names)} of a row is not known.",
                hint="Name the column by its table: table.column.",
                name=names[-1],
                **self.text.position(next(iter(arg.values())).get("location")),
            )
        if "ColumnRef" not in arg:
            return [arg, *subscripts]
        self.references.add((bare_name(arg) or "",))
        return subscripts

    def row_columns(self, node: Node, scope: Scope) -> Columns | None:
        """Columns of a row value that the gate knows: a source's whole row, or a listed function's."""
        if (name := bare_name(node)) and not scope.has_column(name):
            item = scope.find(name)
            return item.columns if item else None
        call = node.get("FuncCall")
        return self.lists.functions.columns.get(call["funcname"][-1]["String"]["sval"]) if call else None

    def column(self, fields: Node, scope: Scope, row: Row) -> None:
        """A reference resolves to a column, or, where `row` allows it, to a whole row."""
        path = [part.get("String", {}).get("sval", "*") for part in fields["fields"]]
        if path != ["*"]:
            self.references.add(tuple(path))
        if closed := scope.closed(path[-1], path[-2] if len(path) > 1 else None):
            raise self.closed(path, fields, closed)
        if not self.resolves(path, scope, row):
            raise self.refused(path, fields, scope)
        if len(path) > PAIR and (item := scope.find(path[-2], path[-3])) and item.table and item.table.reads:
            if scope.find(path[-2]) is not item:
                raise self.refused(path[-2:], fields, scope)
            self.edits.without_schema(fields, path)

    def resolves(self, path: list[str], scope: Scope, row: Row) -> bool:
        """PostgreSQL's order: a column at any level, then a whole row; a qualifier by its nearest level."""
        name = path[-1]
        if len(path) == 1:
            if name == "*":
                return bool(row)
            item = scope.find(name)
            return scope.has_column(name) or (item is not None and (row == "row" or item.scalar))
        if len(path) > PAIR + 2 or (len(path) == PAIR + 2 and path[0] != self.database):
            return False
        item = scope.find(path[-2], path[-3] if len(path) > PAIR else None)
        if item is None:
            return False
        return bool(row) if name == "*" else name in item.columns

    def closed(self, path: list[str], fields: Node, item: Item) -> PolicyRefused:
        """The refusal of a column that the policy denies: its name is no secret, its values are."""
        return PolicyRefused(
            f"The column {path[-1]} of {item.name} is closed by policy.",
            hint="Answer without it.",
            name=".".join(path),
            **self.text.position(fields.get("location")),
        )

    def refused(self, path: list[str], fields: Node, scope: Scope) -> ColumnRefused:
        """The refusal, with the nearest names of what is in scope."""
        name, text = path[-1], ".".join(path)
        facts = {"name": text, **self.text.position(fields.get("location"))}
        item = scope.find(path[-2]) if len(path) > 1 else None
        if len(path) > 1 and item is None:
            known = {each.name for level in scope.around() for each in level.items}
            hint = nearest(path[-2], known, f"In scope: {', '.join(sorted(known)) or 'no table'}.")
            return ColumnRefused(f"{text}: no table {path[-2]} is in scope here.", hint=hint, **facts)
        if (len(path) == 1 and scope.find(name)) or name == "*":
            return ColumnRefused(
                f"{text} is a whole row where a value belongs.", hint="Name its columns.", **facts
            )
        known = set(item.columns) if item else scope.known()
        listed = ", ".join(sorted(known)[:SHOWN])
        hint = nearest(name, known, f"Known here: {listed or 'no column'}.")
        return ColumnRefused(f"No column {text} is in scope here.", hint=hint, **facts)


def bare_name(node: Node) -> str | None:
    """The name of an unqualified column reference."""
    fields = node.get("ColumnRef", {}).get("fields", ())
    return fields[0].get("String", {}).get("sval") if len(fields) == 1 else None

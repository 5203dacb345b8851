"""A reference to a column resolves, or is refused: unknown, it may be a function call in column syntax."""

from dataclasses import dataclass, field
from typing import Any, Literal

from databaseai.ask.guardrail.first_parser import Node
from databaseai.ask.guardrail.hints import nearest
from databaseai.ask.guardrail.lists import Lists
from databaseai.ask.guardrail.own_words import OwnWords
from databaseai.ask.guardrail.scope import ColumnName, Item, Scope, guard
from databaseai.ask.guardrail.sizes import literal
from databaseai.ask.guardrail.structure import words
from databaseai.ask.guardrail.substitution import Edits
from databaseai.ask.guardrail.text import Source as Text
from databaseai.errors import ColumnRefused, ExtensionRefused, PolicyRefused, SizeRefused

Row = Literal["", "star", "row"]
"""What may stand for several values here: nothing, `t.*`, or a whole row too."""
PAIR = 2
SHOWN = 30
Held = Literal["", "beside", "held", "cast", "text"]
"""What happens to a value: an operation, one that makes others of its type, nothing (it is shown, sorted or
grouped), a cast, one to text."""
HOLDERS: dict[str, Held] = {
    **dict.fromkeys(("SortBy", "NullTest"), "held"),
    **dict.fromkeys(("CoalesceExpr", "MinMaxExpr", "CaseExpr", "CaseWhen", "A_ArrayExpr"), "beside"),
}
ALLOWED: dict[str, tuple[Held, ...]] = {
    "cast": ("held",),
    "extension": ("held", "cast", "text"),
    "asked": ("held", "text", "", "beside"),
    "check": ("held", "cast", "text"),
    "checked": ("held", "cast", "text", ""),
}
"""By why a value is guarded, what may happen to it."""
BESIDE = frozenset(
    """any_value array_agg array_append array_cat array_fill array_position array_positions array_prepend
    array_remove array_replace first_value lag last_value lead mode nth_value percentile_disc
    width_bucket""".split()  # noqa: SIM905
)
"""Functions of the allow-list that keep a value's type, whatever it is (anyelement, anycompatible): what
comes out, or stands beside it, is made of that type too."""
PASSING = {"arg", "node", "args", "defresult", "result", "elements", "List", "items"}


@dataclass
class ColumnCheck:
    """The references of one statement."""

    text: Text
    lists: Lists
    database: str
    edits: Edits
    own: OwnWords
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

    def held_below(self, kind: str, fields: Any, held: Held) -> Held:
        """What happens to the values right below a node."""
        if kind == "FuncCall":
            name = words(fields["funcname"])[-1]
            if name in BESIDE:
                return "beside"
            return "held" if name == "count" else "cast" if name in self.lists.types else ""
        if kind == "TypeCast":
            return "text" if words(fields["typeName"]["names"])[-1] == "text" else "cast"
        return HOLDERS.get(kind, held if kind in PASSING else "")

    def guarded(self, name: str | None, held: Held, node: Node) -> None:
        """Refuse an operation on a value of which the gate does not know what it means (DBAI517)."""
        why = guard(name)
        if not why or held in ALLOWED[why]:
            return
        raise ExtensionRefused(
            f"The column {name} has a type whose operators and functions a query may not use.",
            hint=f"Cast it to text: {name}::text."
            if why in {"extension", "check", "checked"}
            else "Show it as it is, or leave it out.",
            name=str(name),
            **self.text.position(node.get("location")),
        )

    def value_made(self, kind: str, fields: Node, scope: Scope, held: Held) -> None:
        """What calls and casts may be made of, and what may happen to a value that a cast made."""
        if kind == "FuncCall":
            self.stored(fields, scope)
        elif kind == "TypeCast":
            named = self.own.type(words(fields["typeName"]["names"]))
            if named is not None and named.castable:  # another may not be named at all
                self.guarded(ColumnName(named.key[1], guard=self.own.guard(named)), held, fields)

    def stored(self, call: Node, scope: Scope) -> None:
        """Functions that look for no cancel take a literal or a table's column (DBAI514)."""
        name = words(call["funcname"])[-1]
        if name not in self.lists.sizes.stored or not call.get("args"):
            return
        value = call["args"][0]
        known = self.value(value, scope)
        if literal(value) is None and not (isinstance(known, ColumnName) and known.stored):
            raise SizeRefused(
                f"{name} takes a literal or a column of a table.",
                hint="Over a large computed value it cannot be stopped: apply it to the column itself.",
                name=name,
                **self.text.position(call.get("location")),
            )

    def indirection(self, fields: Node, scope: Scope) -> list[Node]:
        """`(x)[1]`, and `(row).column` where the columns are known; the parts still to be resolved."""
        arg, steps = fields["arg"], fields["indirection"]
        subscripts = [step["A_Indices"] for step in steps if "A_Indices" in step]
        names = [step.get("String", {}).get("sval", "*") for step in steps if "A_Indices" not in step]
        if not names:
            return [arg, *subscripts]
        last = self.field(self.value(arg, scope), steps)
        if last is None:
            raise ColumnRefused(
                f"The field {'.'.join(names)} of a row is not known.",
                hint="Name the column by its table: table.column.",
                name=names[-1],
                **self.text.position(next(iter(arg.values())).get("location")),
            )
        self.guarded(last, "", next(iter(arg.values())))
        if "ColumnRef" not in arg:
            return [arg, *subscripts]
        path = tuple(part.get("String", {}).get("sval", "*") for part in arg["ColumnRef"]["fields"])
        if len(path) > 1 or scope.has_column(path[0]):
            return [arg, *subscripts]
        self.references.add(path)
        return subscripts

    def field(self, value: str | None, steps: list[Node]) -> str | None:
        """What `[...]`, `.name` and `.*` behind a row value lead to; None when that is not known."""
        for place, step in enumerate(steps):
            if place and value is not None and all("A_Indices" in each for each in steps[place:]):
                return value  # elements of a field
            if not isinstance(value, ColumnName) or value.row is None or value.array != ("A_Indices" in step):
                return None
            if "A_Indices" in step:
                value = ColumnName(value, row=value.row)
            elif "A_Star" not in step:
                name = step["String"]["sval"]
                value = next((each for each in value.row or () if each == name), None)
        return value

    def value(self, node: Node, scope: Scope) -> str | None:
        """What is known of an expression's value; None when nothing is."""
        kind, fields = next(iter(node.items()))
        if kind == "ColumnRef":
            return self.of_reference(
                [part.get("String", {}).get("sval", "*") for part in fields["fields"]], scope
            )
        if kind == "A_Indirection":
            steps = fields["indirection"]
            value = self.value(fields["arg"], scope)
            if (
                isinstance(value, ColumnName)
                and value.row is None
                and all("A_Indices" in step for step in steps)
            ):
                return ColumnName("", guard=value.guard)
            return self.field(value, steps)
        if kind == "FuncCall" and (row := self.lists.functions.columns.get(words(fields["funcname"])[-1])):
            return ColumnName("", row=row)
        if kind == "TypeCast":
            named = self.own.type(words(fields["typeName"]["names"]))
            if named is not None and named.fields:
                row = tuple(self.own.column(*each) for each in named.fields)
                return ColumnName("", row=row, array="arrayBounds" in fields["typeName"])
        return None

    def of_reference(self, path: list[str], scope: Scope) -> str | None:
        """The column, or the whole row, that a path means."""
        if len(path) == 1:
            if (found := scope.column(path[0])) is not None:
                return found
            item = scope.find(path[0])
            return ColumnName(path[0], row=item.columns) if item and not item.scalar else None
        item = scope.find(path[-2], path[-3] if len(path) > PAIR else None)
        return next((each for each in item.columns if each == path[-1]), None) if item else None

    def column(self, fields: Node, scope: Scope, row: Row, held: Held) -> None:
        """A reference resolves to a column, or, where `row` allows it, to a whole row."""
        path = [part.get("String", {}).get("sval", "*") for part in fields["fields"]]
        if path != ["*"]:
            self.references.add(tuple(path))
        if closed := scope.closed(path[-1], path[-2] if len(path) > 1 else None):
            raise self.closed(path, fields, closed)
        if not self.resolves(path, scope, row):
            raise self.refused(path, fields, scope)
        if path[-1] != "*":
            self.guarded(self.of_reference(path, scope), held, fields)
        if len(path) > PAIR and (item := scope.find(path[-2], path[-3])) and item.narrowed:
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
            return scope.has_column(name) or (item is not None and (row == "row" or not item.cast))
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

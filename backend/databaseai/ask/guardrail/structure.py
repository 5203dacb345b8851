"""First gate, first pass: every node of libpg_query's tree, at every depth, is on the allow-list."""

from dataclasses import dataclass, field
from typing import Any

from databaseai.ask.guardrail.first_parser import Node, too_deep
from databaseai.ask.guardrail.hints import function_hint, nearest
from databaseai.ask.guardrail.lists import Lists
from databaseai.ask.guardrail.sizes import SizeCheck
from databaseai.ask.guardrail.text import Source
from databaseai.errors import (
    FunctionRefused,
    NodeRefused,
    OperatorRefused,
    TypeRefused,
    WriteRefused,
)

DEPTH_LIMIT = 200
"""Nodes above each other; honest queries measured stay under 60."""
SYSTEM_SCHEMA = "pg_catalog"
SAMPLING = {"bernoulli", "system"}
SORTING = (["<"], [">"])
WRITES = {
    "intoClause": "SELECT INTO creates a table.",
    "lockingClause": "FOR UPDATE and FOR SHARE lock rows.",
}


def words(items: list[Node]) -> list[str]:
    """The texts of a list of String nodes; empty text for anything else."""
    return [item.get("String", {}).get("sval", "") for item in items]


@dataclass
class Structure:
    """One walk over one statement."""

    source: Source
    lists: Lists
    sizes: SizeCheck
    functions: set[str] = field(default_factory=set)
    """Names that were called, for the comparison with the second parser."""
    own: dict[str, str] = field(default_factory=dict)
    """Functions that are not PostgreSQL's: name to schema."""
    own_calls: list[tuple[str, int]] = field(default_factory=list)
    """Functions that may not be PostgreSQL's, and where in the text they stand."""
    types: list[Node] = field(default_factory=list)
    """TypeName nodes that are no built-in type: enum types of the catalog, or refused later."""

    def walk(self, statement: Node) -> None:
        """Refuse what is not on the lists.

        Raises:
            GuardrailError: The leaf says which list; `position` and `name` say where and what.
        """
        kind, fields = self.single(statement)
        if kind != "SelectStmt":
            raise WriteRefused(
                f"{spoken(kind)} is not a query.",
                hint="Only SELECT, VALUES and WITH ... SELECT may run.",
                name=kind,
                **self.source.beginning,
            )
        stack: list[tuple[str, Node, int]] = [(kind, fields, 1)]
        while stack:
            kind, fields, depth = stack.pop()
            if depth > DEPTH_LIMIT:
                raise too_deep()
            self.node(kind, fields)
            self.push_children(kind, fields, depth + 1, stack)

    def push_children(self, kind: str, fields: Node, depth: int, stack: list[tuple[str, Node, int]]) -> None:
        """Put the nodes below a node on the stack, each with its type's name."""
        rule = self.lists.nodes[kind]
        for name, value in fields.items():
            if name not in rule.fields:
                raise self.field_refused(kind, name, fields)
            if not isinstance(value, dict | list):
                continue
            struct = rule.fields[name]
            if struct is not None:
                if struct not in self.lists.nodes or not isinstance(value, dict):
                    raise self.field_refused(kind, name, fields)
                stack.append((struct, value, depth))
                continue
            items = value if isinstance(value, list) else (value,)
            stack.extend((*self.single(item), depth) for item in items if item or name not in rule.nullable)

    def single(self, wrapped: Any) -> tuple[str, Node]:
        """Type's name and fields of `{"Type": {...}}`."""
        if isinstance(wrapped, dict) and len(wrapped) == 1:
            kind, fields = next(iter(wrapped.items()))
            if isinstance(fields, dict):
                return kind, fields
        raise NodeRefused("The statement holds a part that the gate does not know.")

    def node(self, kind: str, fields: Node) -> None:
        """What is true of this node alone."""
        if kind not in self.lists.nodes:
            raise NodeRefused(
                f"{spoken(kind)} may not stand in a query.",
                hint="Write it with plain SELECT features.",
                name=kind,
                **self.source.position(fields.get("location", -1)),
            )
        if check := CHECKS.get(kind):
            check(self, fields)
        if construct := self.lists.functions.constructs.get(kind):
            self.functions.add(construct)

    def field_refused(self, kind: str, name: str, fields: Node) -> NodeRefused | WriteRefused:
        """A clause that is not on the list."""
        if kind == "SelectStmt" and name in WRITES:
            return WriteRefused(WRITES[name], hint="Leave the clause out.", name=name)
        return NodeRefused(
            f"{spoken(kind)} with {spoken(name)} may not stand in a query.",
            hint="Leave that clause out.",
            name=f"{kind}.{name}",
            **self.source.position(fields.get("location", -1)),
        )

    def function(self, fields: Node) -> None:
        """A call: exact name, no schema but pg_catalog, bounded sizes."""
        path = words(fields["funcname"])
        name = path[-1]
        allowed = self.lists.functions
        qualified = len(path) == 2 and path[0] == SYSTEM_SCHEMA  # noqa: PLR2004  # schema and name
        its_own = len(path) == 2 and self.own.get(name) == path[0]  # noqa: PLR2004
        if (
            its_own
            or (len(path) == 1 and name in allowed.names)
            or (qualified and (name in allowed.names or name in allowed.syntax))
        ):
            self.functions.add(name)
            self.sizes.call(name, fields)
            if len(path) == 1:
                self.own_calls.append((name, fields.get("location", -1)))
            return
        raise FunctionRefused(
            f"The function {'.'.join(path)} is not on the allow-list.",
            hint=function_hint(name, self.lists),
            name=".".join(path),
            **self.source.position(fields.get("location")),
        )

    def expression(self, fields: Node) -> None:
        """An operator, or a construct that PostgreSQL's grammar writes as one."""
        self.value("A_Expr", fields, fields["kind"])
        self.operator(fields["name"], fields)
        self.sizes.like(fields)

    def operator(self, name: list[Node], fields: Node) -> None:
        """An operator by exact name; BETWEEN, IN and LIKE carry words or operators of their own."""
        path = words(name)
        known = path[-1] in self.lists.operators or fields.get("kind", "").startswith("AEXPR_BETWEEN")
        known = known or fields.get("kind", "").startswith("AEXPR_NOT_BETWEEN")
        if known and (len(path) == 1 or path[:-1] == [SYSTEM_SCHEMA]):
            return
        raise OperatorRefused(
            f"The operator {'.'.join(path)} is not on the allow-list.",
            hint="Use PostgreSQL's built-in operators.",
            name=".".join(path),
            **self.source.position(fields.get("location")),
        )

    def sub_link(self, fields: Node) -> None:
        """`x > ANY (SELECT ...)` names an operator too; the subquery must be a query."""
        if "operName" in fields:
            self.operator(fields["operName"], fields)

    def sorting(self, fields: Node) -> None:
        """ORDER BY ... USING < or >."""
        if "useOp" in fields and words(fields["useOp"]) not in SORTING:
            raise NodeRefused(
                f"ORDER BY ... USING {'.'.join(words(fields['useOp']))} may not stand in a query.",
                hint="Write ASC or DESC.",
                name="USING",
                **self.source.position(fields.get("location")),
            )

    def row(self, fields: Node) -> None:
        """ROW(...), which the second parser reads as a call; (a, b) it does not."""
        if fields.get("row_format") == "COERCE_EXPLICIT_CALL":
            self.functions.add("row")

    def json_function(self, fields: Node) -> None:
        """JSON_VALUE and its kin."""
        self.value("JsonFuncExpr", fields, fields.get("op", ""))
        self.functions.add(self.lists.functions.constructs[fields["op"]])

    def clock(self, fields: Node) -> None:
        """current_date and its kin, not current_user."""
        self.value("SQLValueFunction", fields, fields["op"])

    def value(self, kind: str, fields: Node, value: str) -> None:
        """A node's `op` or `kind` is on its list."""
        if value not in self.lists.values[kind]:
            word = value.removeprefix("SVFOP_").removeprefix("AEXPR_").replace("_", " ").lower()
            raise NodeRefused(
                f"{word} may not stand in a query.",
                hint="Leave it out.",
                name=word,
                **self.source.position(fields.get("location")),
            )

    def type_name(self, fields: Node) -> None:
        """A built-in type; any other is looked up in the catalog when names are resolved."""
        path = words(fields.get("names", []))
        if path[-1:] and path[-1] in self.lists.types and path[:-1] in ([], [SYSTEM_SCHEMA]):
            self.sizes.modifiers(path[-1], fields)
        elif path and path[0] != SYSTEM_SCHEMA:
            self.types.append(fields)
        else:
            raise type_refused(path, fields, self.source, self.lists)

    def sampling(self, fields: Node) -> None:
        """TABLESAMPLE with a built-in method."""
        path = words(fields["method"])
        if path[-1] not in SAMPLING or path[:-1] not in ([], [SYSTEM_SCHEMA]):
            raise NodeRefused(
                f"TABLESAMPLE {'.'.join(path)} is not on the allow-list.",
                hint="Use BERNOULLI or SYSTEM.",
                name=".".join(path),
                **self.source.position(fields.get("location")),
            )

    def collation(self, fields: Node) -> None:
        """A collation by its bare name: with an empty search_path, PostgreSQL's own."""
        path = words(fields["collname"])
        if path[:-1] not in ([], [SYSTEM_SCHEMA]):
            raise NodeRefused(
                f"The collation {'.'.join(path)} is not PostgreSQL's own.",
                hint='Use a built-in collation such as "C".',
                name=".".join(path),
                **self.source.position(fields.get("location")),
            )

    def common_table(self, fields: Node) -> None:
        """WITH holds queries only."""
        kind, _ = self.single(fields["ctequery"])
        if kind != "SelectStmt":
            raise WriteRefused(
                f"WITH {fields['ctename']} holds {spoken(kind)}, which is not a query.",
                hint="Only SELECT may stand inside WITH.",
                name=fields["ctename"],
                **self.source.position(fields.get("location")),
            )


def type_refused(path: list[str], fields: Node, source: Source, known: Lists) -> TypeRefused:
    """The refusal of a type."""
    name = ".".join(path)
    return TypeRefused(
        f"The type {name} is not on the allow-list.",
        hint=nearest(path[-1] if path else "", known.types, "Use a built-in type such as text or numeric."),
        name=name,
        **source.position(fields.get("location")),
    )


def spoken(kind: str) -> str:
    """`InsertStmt` as `INSERT`, `DropRoleStmt` as `DROP ROLE`."""
    text = "".join(f" {letter}" if letter.isupper() else letter for letter in kind.removesuffix("Stmt"))
    return text.strip().upper().replace("_", "")


CHECKS = {
    "FuncCall": Structure.function,
    "A_Expr": Structure.expression,
    "SubLink": Structure.sub_link,
    "SortBy": Structure.sorting,
    "RowExpr": Structure.row,
    "SQLValueFunction": Structure.clock,
    "TypeName": Structure.type_name,
    "JsonFuncExpr": Structure.json_function,
    "RangeTableSample": Structure.sampling,
    "CollateClause": Structure.collation,
    "CommonTableExpr": Structure.common_table,
}

"""How large a statement becomes when the planner puts inner queries in place of what refers to them.

`SELECT x||x||x||x AS x FROM (...)` in 14 levels is short text and 4^14 expressions: the planner copies them
without looking for a cancel, at 419 MB and more. The weight of a name is the number of nodes behind it.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from databaseai.ask.guardrail import output_names
from databaseai.ask.guardrail.first_parser import Node
from databaseai.ask.guardrail.lists import Lists
from databaseai.ask.guardrail.text import Source
from databaseai.errors import SizeRefused

NEVER_INLINED = "CTEMaterializeAlways"
ALWAYS_INLINED = "CTEMaterializeNever"


@dataclass(slots=True)
class Shape:
    """What a query or a source weighs: in all, and each of its columns."""

    total: int
    names: tuple[str, ...] = ()
    weights: tuple[int, ...] = ()


@dataclass(slots=True)
class Common:
    """A WITH query, weighed when it is first referred to."""

    query: Node
    visible: "dict[str, Common]"
    names: tuple[str, ...]
    inlined: bool
    shape: Shape | None = None
    busy: bool = False


@dataclass
class Growth:
    """One walk over one statement whose structure is allowed."""

    text: Source
    lists: Lists
    uses: Counter[str] = field(default_factory=Counter)
    """References by bare name: a WITH query that has several is not inlined unless it says so."""

    def check(self, statement: Node) -> None:
        """Refuse a statement that becomes too large, or joins too many tables at once (DBAI514)."""
        self.uses.update(bare_tables(statement))
        nodes = self.query(statement["SelectStmt"], {}, {}).total
        if nodes > self.lists.sizes.nodes:
            raise SizeRefused(
                f"With its inner queries written out, the statement has {nodes:,} parts; the limit is"
                f" {self.lists.sizes.nodes:,}.",
                hint="Write WITH x AS MATERIALIZED (...) for what is used several times.",
            )

    def query(self, query: Node, outer: dict[str, int], common: dict[str, Common]) -> Shape:
        """One SELECT, VALUES or set operation."""
        written, total = common, 0
        if clause := query.get("withClause"):
            common = self.with_clause(clause, common)
        if "larg" in query:
            left, right = (self.query(query[side], outer, common) for side in ("larg", "rarg"))
            found = Shape(left.total + right.total, left.names, larger(left.weights, right.weights))
            scope = outer | dict(zip(found.names, found.weights, strict=False))
        elif "valuesLists" in query:
            rows = [row["List"].get("items", []) for row in query["valuesLists"]]
            weights = [[self.expression(item, outer, common) for item in row] for row in rows]
            names = tuple(f"column{place}" for place in range(1, len(rows[0]) + 1))
            found = Shape(sum(map(sum, weights)), names, larger(*weights))
            scope = outer
        else:
            found, scope = self.select(query, outer, common)
        for clause in ("sortClause", "limitCount", "limitOffset", "groupClause", "distinctClause"):
            total += self.expression(query.get(clause, ()), scope, common)
        for name, item in common.items():  # those that nothing refers to are planned too
            total += self.common(item).total if item is not written.get(name) and not item.inlined else 0
        found.total += total
        return found

    def with_clause(self, clause: Node, common: dict[str, Common]) -> dict[str, Common]:
        """WITH queries by name, each with those that it may refer to."""
        inner = dict(common)
        recursive = clause.get("recursive", False)
        for item in clause["ctes"]:
            fields = item["CommonTableExpr"]
            name, how = fields["ctename"], fields.get("ctematerialized", "")
            inlined = how == ALWAYS_INLINED or (how != NEVER_INLINED and self.uses[name] <= 1)
            names = tuple(strings(fields.get("aliascolnames", [])))
            visible = inner if recursive else dict(inner)
            inner[name] = Common(fields["ctequery"]["SelectStmt"], visible, names, inlined)
        return inner

    def common(self, item: Common) -> Shape:
        """What a WITH query weighs; itself inside itself, one."""
        if item.shape is None and not item.busy:
            item.busy = True
            shape = self.query(item.query, {}, item.visible)
            item.shape = Shape(shape.total, renamed(shape.names, item.names), shape.weights)
        return item.shape or Shape(1)

    def select(
        self, query: Node, outer: dict[str, int], common: dict[str, Common]
    ) -> tuple[Shape, dict[str, int]]:
        """Sources first; then what their names weigh everywhere else."""
        listed = query.get("fromClause", [])
        if len(listed) > self.lists.sizes.sources:
            raise SizeRefused(
                f"FROM lists {len(listed)} tables; the limit is {self.lists.sizes.sources}.",
                hint="Write JOIN ... ON, or fewer tables at once.",
            )
        scope, sources, total = dict(outer), [], 1
        for element in listed:
            source = self.source(element, scope, common)
            sources.append(source)
            total += source.total
            note(scope, source, element)
        names: list[str] = []
        weights: list[int] = []
        for target in query.get("targetList", []):
            fields = target["ResTarget"]
            value = fields["val"]
            if is_star(value):
                names += [name for source in sources for name in source.names]
                weights += [weight for source in sources for weight in source.weights]
                continue
            weight = self.expression(value, scope, common)
            names.append(fields.get("name") or output_names.of(value))
            weights.append(weight)
            total += weight
        for clause in ("whereClause", "havingClause", "windowClause"):
            total += self.expression(query.get(clause, ()), scope, common)
        return Shape(total, tuple(names), tuple(weights)), scope

    def source(self, element: Node, scope: dict[str, int], common: dict[str, Common]) -> Shape:
        """One element of FROM."""
        kind, fields = next(iter(element.items()))
        alias = tuple(strings(fields.get("alias", {}).get("colnames", [])))
        if kind == "RangeVar":
            item = common.get(fields["relname"]) if "schemaname" not in fields else None
            if item is None:
                return Shape(1)
            shape = self.common(item)
            weights = shape.weights if item.inlined else tuple(1 for _ in shape.weights)
            return Shape(shape.total if item.inlined else 1, renamed(shape.names, alias), weights)
        if kind == "RangeSubselect":
            shape = self.query(fields["subquery"]["SelectStmt"], scope, common)
            return Shape(shape.total, renamed(shape.names, alias), shape.weights)
        if kind == "RangeTableSample":
            return self.source(fields["relation"], scope, common)
        if kind == "JoinExpr":
            left, beside = self.source(fields["larg"], scope, common), dict(scope)
            note(beside, left, fields["larg"])
            right = self.source(fields["rarg"], beside, common)
            note(beside, right, fields["rarg"])
            total = left.total + right.total + self.expression(fields.get("quals", ()), beside, common)
            return Shape(total, renamed(left.names + right.names, alias), left.weights + right.weights)
        return Shape(self.expression(element, scope, common))

    def expression(self, node: Any, scope: dict[str, int], common: dict[str, Common]) -> int:
        """Nodes of an expression, with what its names stand for."""
        stack, total = [node], 0
        while stack:
            part = stack.pop()
            if isinstance(part, list | tuple):
                stack.extend(part)
                continue
            for kind, fields in part.items():
                if kind == "ColumnRef":
                    total += scope.get(last_name({kind: fields}), 1)
                elif kind == "SelectStmt":
                    total += self.query(fields, scope, common).total
                elif isinstance(fields, dict | list):
                    total += 1
                    stack.append(fields)
        return total


def bare_tables(node: Any) -> Iterator[str]:
    """Names of all tables that stand without a schema."""
    stack = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, list):
            stack.extend(part)
        elif isinstance(part, dict):
            if "relname" in part and "schemaname" not in part:
                yield part["relname"]
            stack.extend(part.values())


def note(scope: dict[str, int], source: Shape, element: Node) -> None:
    """Of two sources with a name, the heavier counts; the source's own name is its whole row."""
    fields = next(iter(element.values()))
    whole = fields.get("alias", {}).get("aliasname") or fields.get("relname", "")
    scope[whole] = max(sum(source.weights), scope.get(whole, 1))
    for name, weight in zip(source.names, source.weights, strict=False):
        scope[name] = max(weight, scope.get(name, 1))


def larger(*rows: Any) -> tuple[int, ...]:
    """Column by column, the largest weight."""
    return tuple(max(column) for column in zip(*rows, strict=False))


def renamed(names: tuple[str, ...], alias: tuple[str, ...]) -> tuple[str, ...]:
    """The first columns under the names of an alias list."""
    return (*alias, *names[len(alias) :])


def strings(items: list[Node]) -> list[str]:
    """Texts of String nodes."""
    return [item.get("String", {}).get("sval", "") for item in items]


def is_star(node: Node) -> bool:
    """`*` or `t.*`."""
    fields = node.get("ColumnRef", {}).get("fields", ())
    return bool(fields) and "A_Star" in fields[-1]


def last_name(node: Node) -> str:
    """The last part of a column's name; empty for other expressions."""
    fields = node.get("ColumnRef", {}).get("fields", ())
    return fields[-1].get("String", {}).get("sval", "") if fields else ""

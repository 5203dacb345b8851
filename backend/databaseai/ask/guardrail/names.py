"""First gate, second pass: every table and column is known, looked up as PostgreSQL does.

With an unknown name, `a.f` may be a function call in column syntax, and a table one that nobody may read.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from databaseai.ask.guardrail import grouping, output_names
from databaseai.ask.guardrail.columns import ColumnCheck, Held, Row, bare_name
from databaseai.ask.guardrail.first_parser import Node
from databaseai.ask.guardrail.hints import nearest
from databaseai.ask.guardrail.lists import Lists
from databaseai.ask.guardrail.relations import Relations
from databaseai.ask.guardrail.scope import (
    Bindings,
    ColumnName,
    Columns,
    CommonTable,
    Item,
    Scope,
    Source,
    carried,
    guard,
)
from databaseai.ask.guardrail.structure import words
from databaseai.ask.guardrail.substitution import reads_whole
from databaseai.ask.guardrail.text import Source as Text
from databaseai.errors import ColumnRefused, NodeRefused, SizeRefused

COLUMNS = 1_664
MAKING = {"cast", "check"}
"""Guards of values beside which another is made one of their type, or they of its type."""
NOWHERE = Scope()


@dataclass
class Names:
    """One walk over one statement whose structure is allowed."""

    text: Text
    lists: Lists
    relations: Relations
    columns: ColumnCheck
    selects: int = 0
    """SELECTs at any depth, likewise."""
    values: int = 0
    """VALUES at any depth."""
    common: list[CommonTable] = field(default_factory=list)

    def walk(self, statement: Node) -> Columns:
        """Resolve all names; the result's column names.

        Raises:
            RelationRefused: A table that is not in the catalog. DBAI512.
            ColumnRefused: A column that nothing in scope has, or a row where a value belongs. DBAI513.
        """
        self.relations.edits.whole = reads_whole(statement)
        columns = self.query(statement["SelectStmt"], None, Bindings())
        for common in self.common:  # those that nothing refers to
            self.common_columns(common)
        return columns

    def query(
        self, query: Node, outer: Scope | None, bindings: Bindings, itself: CommonTable | None = None
    ) -> Columns:
        """One SELECT, VALUES or set operation: resolve it, give its column names.

        `itself`: the WITH query this is the body of; its second half may refer to it.
        """
        if "withClause" in query:
            bindings = self.with_clause(query["withClause"], outer, bindings)
        if "larg" in query:
            columns = self.query(query["larg"], outer, bindings)
            if itself is not None:
                itself.half = self.renamed_common(itself, columns)
            columns = self.matched(columns, self.query(query["rarg"], outer, bindings))
            scope = Scope(outer, columns=set(columns))
        elif "valuesLists" in query:
            self.values += 1
            scope = Scope(outer)
            self.expressions(query["valuesLists"], scope, bindings, held="beside")
            width = len(query["valuesLists"][0]["List"].get("items", []))
            columns = tuple(f"column{place}" for place in range(1, width + 1))
            scope = Scope(outer, columns=set(columns))
        else:
            scope, columns = self.select(query, outer, bindings)
            self.bounded(columns)
        self.ordering(query, scope, columns, bindings)
        return columns

    def matched(self, left: Columns, right: Columns) -> Columns:
        """A set operation makes both halves' values of one type: some stand beside their like only."""
        for pair in zip(left, right, strict=False):
            if guard(pair[0]) != guard(pair[1]):
                for each in pair:
                    self.columns.guarded(each if guard(each) in MAKING else None, "", {})
        return both(left, right)

    def select(self, query: Node, outer: Scope | None, bindings: Bindings) -> tuple[Scope, Columns]:
        """FROM first, then what it makes visible everywhere else."""
        self.selects += 1
        scope = Scope(outer)
        for element in query.get("fromClause", []):
            scope.add(self.source(element, scope, outer, bindings))
        for target in query.get("targetList", []):
            self.expressions(target["ResTarget"]["val"], scope, bindings, star=True, held="held")
        for clause in ("whereClause", "havingClause", "windowClause"):
            self.expressions(query.get(clause, ()), scope, bindings)
        value = functools.partial(self.columns.value, scope=scope)
        grouping.complete(query, scope, self.relations.edits)
        return scope, output_names.of_targets(query.get("targetList", []), scope, self.lists, value)

    def bounded(self, columns: Columns) -> None:
        """PostgreSQL's own limit, before WITH queries that double their columns fill memory."""
        if len(columns) > COLUMNS:
            raise SizeRefused(f"A SELECT has over {COLUMNS} columns.", hint="Name the columns you need.")

    def ordering(self, query: Node, scope: Scope, columns: Columns, bindings: Bindings) -> None:
        """ORDER BY, GROUP BY and DISTINCT ON may name an output column, alone; LIMIT names nothing."""
        listed = [*query.get("distinctClause", ()), *query.get("groupClause", ())]
        listed += [item["SortBy"]["node"] for item in query.get("sortClause", ())]
        self.grouped(listed, scope, columns, bindings)
        for clause in ("limitOffset", "limitCount"):
            self.expressions(query.get(clause, ()), scope, bindings)

    def grouped(self, listed: list[Node], scope: Scope, columns: Columns, bindings: Bindings) -> None:
        """Entries of such a list, grouping sets opened up."""
        for entry in listed:
            if "GroupingSet" in entry:
                self.grouped(entry["GroupingSet"].get("content", []), scope, columns, bindings)
            elif "RowExpr" in entry:  # GROUP BY ROLLUP ((a, b), c)
                self.grouped(entry["RowExpr"].get("args", []), scope, columns, bindings)
            elif (bare := bare_name(entry)) and bare in columns:
                self.columns.references.add((bare,))
            else:
                self.expressions(entry, scope, bindings, held="held")

    def with_clause(self, clause: Node, outer: Scope | None, bindings: Bindings) -> Bindings:
        """Each WITH query sees those before it; in WITH RECURSIVE, all of them and itself."""
        recursive = clause.get("recursive", False)
        inner = Bindings(bindings)
        for item in clause["ctes"]:
            fields = item["CommonTableExpr"]
            common = CommonTable(fields["ctename"], fields, outer, inner if recursive else bindings)
            self.common.append(common)
            if recursive:
                inner.here[common.name] = common
            else:
                bindings = Bindings(bindings, {common.name: common})
        return inner if recursive else bindings

    def common_columns(self, common: CommonTable) -> Columns:
        """Columns of a WITH query, which is resolved on the way."""
        if common.columns is not None:
            return common.columns
        query = common.node["ctequery"]["SelectStmt"]
        if common.busy:  # it refers to itself: its first half says what it gives
            return common.half
        common.busy = True
        columns = self.query(query, common.outer, common.visible, common)
        common.columns = self.renamed_common(common, columns)
        return common.columns

    def renamed_common(self, common: CommonTable, columns: Columns) -> Columns:
        """With the column list of the WITH query, and what SEARCH and CYCLE add."""
        columns = renamed(columns, words(common.node.get("aliascolnames", [])))
        search, cycle = common.node.get("search_clause", {}), common.node.get("cycle_clause", {})
        added = (
            search.get("search_seq_column"),
            cycle.get("cycle_mark_column"),
            cycle.get("cycle_path_column"),
        )
        return (*columns, *(name for name in added if name))

    def source(self, element: Node, before: Scope, outer: Scope | None, bindings: Bindings) -> Source:
        """One element of FROM. `before` is what stands left of it, for LATERAL."""
        kind, fields = next(iter(element.items()))
        if kind == "JoinExpr":
            return self.join(fields, before, outer, bindings)
        if kind == "RangeVar":
            return self.table(fields, bindings)
        if kind == "RangeTableSample":
            for clause in ("args", "repeatable"):
                self.expressions(fields.get(clause, ()), outer or NOWHERE, bindings)
            self.relations.edits.sampled.add(fields["relation"]["RangeVar"].get("location", -1))
            return self.source(fields["relation"], before, outer, bindings)
        if kind == "RangeSubselect":
            around = before if fields.get("lateral") else outer
            columns = self.query(fields["subquery"]["SelectStmt"], around, bindings)
            return aliased(columns, fields.get("alias"))
        if kind == "RangeFunction":
            return self.function(fields, before, bindings)
        if kind == "JsonTable":
            return self.json_table(fields, before, bindings)
        raise NodeRefused("FROM holds a part that the gate does not know.", name=kind)

    def table(self, fields: Node, bindings: Bindings) -> Source:
        """A WITH query when one of that bare name is in force, else a table of the catalog."""
        name = fields["relname"]
        common = bindings.find(name) if "schemaname" not in fields else None
        if common is not None:
            self.relations.common(name)
            return aliased(self.common_columns(common), fields.get("alias"), name)
        table = self.relations.table(fields)
        columns = self.columns.own.columns(table)
        alias = fields.get("alias")
        found = aliased(columns, alias) if alias else Source([Item(name, columns, table)], columns)
        found.items[0].closed = table.closed
        found.items[0].cast = table.qualified in self.columns.own.catalog.vocabulary.row_casts
        placed = fields.get("location") in self.relations.edits.narrowed
        found.items[0].narrowed = table if placed else None
        return found

    def function(self, fields: Node, before: Scope, bindings: Bindings) -> Source:
        """Functions in FROM see what stands left of them, LATERAL or not."""
        calls = [item["List"]["items"] for item in fields["functions"]]
        for call in calls:
            self.expressions(call[0], before, bindings)
        columns: Columns = ()
        alias = fields.get("alias", {})
        for call, *definitions in calls:
            listed = [*(definitions[0].get("List", {}).get("items", []) if definitions[0] else [])]
            listed += fields.get("coldeflist", [])
            defined = tuple(item["ColumnDef"]["colname"] for item in listed)
            columns += (
                defined
                or self.unnested(call, before)
                or output_names.of_call(call, alias.get("aliasname"), len(calls), self.lists)
            )
        if fields.get("ordinality"):
            columns = (*columns, "ordinality")
        default = output_names.of(calls[0][0])
        found = aliased(columns, alias, default)
        found.items[0].scalar = len(columns) == 1 and not fields.get("coldeflist")
        return found

    def unnested(self, call: Node, before: Scope) -> Columns:
        """Columns of unnest over a list of rows whose columns are known."""
        fields = call.get("FuncCall", {})
        if words(fields.get("funcname", []))[-1:] != ["unnest"] or len(fields.get("args", [])) != 1:
            return ()
        value = self.columns.value(fields["args"][0], before)
        return value.row if isinstance(value, ColumnName) and value.array and value.row else ()

    def json_table(self, fields: Node, before: Scope, bindings: Bindings) -> Source:
        """JSON_TABLE sees what stands left of it, as functions in FROM do."""
        for clause in ("context_item", "passing", "columns", "on_error"):
            self.expressions(fields.get(clause, ()), before, bindings)
        return aliased(tuple(json_columns(fields["columns"])), fields.get("alias"), "json_table")

    def join(self, fields: Node, before: Scope, outer: Scope | None, bindings: Bindings) -> Source:
        """Both sides; the right one sees the left (LATERAL); ON sees both; USING merges columns."""
        left = self.source(fields["larg"], before, outer, bindings)
        beside = Scope(outer, [*before.items], {*before.columns})
        beside.add(left)
        right = self.source(fields["rarg"], beside, outer, bindings)
        using = words(fields.get("usingClause", []))
        if fields.get("isNatural"):
            using = [name for name in left.columns if name in right.columns]
        self.check_using(using, left, right)
        using = [next(each for each in left.columns if each == name) for name in using]
        joined = Scope(outer)
        joined.add(left)
        joined.add(right)
        if "join_using_alias" in fields:
            joined.items.append(Item(fields["join_using_alias"]["aliasname"], tuple(using)))
        self.expressions(fields.get("quals", ()), joined, bindings)
        merged = (*using, *(name for name in (*left.columns, *right.columns) if name not in using))
        if "alias" in fields:
            return aliased(merged, fields["alias"])
        return Source(joined.items, merged)

    def check_using(self, using: list[str], left: Source, right: Source) -> None:
        """Both sides have the columns of USING."""
        for name in using:
            if name not in left.columns or name not in right.columns:
                known = set(left.columns) & set(right.columns)
                raise ColumnRefused(
                    f"USING ({name}): both sides must have that column.",
                    hint=nearest(name, known, f"They share: {', '.join(sorted(known)) or 'nothing'}."),
                    name=name,
                )
            for each in (*left.columns, *right.columns):
                if each == name:
                    self.columns.guarded(each, "", {})

    def expressions(
        self, node: Any, scope: Scope, bindings: Bindings, *, star: bool = False, held: Held = ""
    ) -> None:
        """All names in an expression or a list of them.

        `star`: `t.*` may stand here; `held`: what happens to the value.
        """
        stack: list[tuple[Any, Row, Held]] = [(node, "star" if star else "", held)]
        while stack:
            part, row, held = stack.pop()
            if isinstance(part, list | tuple):
                stack.extend((item, row, held) for item in part)
                continue
            for kind, fields in part.items():
                if kind == "ColumnRef":
                    self.columns.column(fields, scope, row, held)
                elif kind == "SubLink":
                    self.sub_link(fields, scope, bindings)
                    stack.append((fields.get("testexpr", ()), "", ""))
                elif kind == "JsonArrayQueryConstructor":
                    self.query(fields["query"]["SelectStmt"], scope, bindings)
                elif kind == "A_Indirection":
                    stack.extend((each, "", "") for each in self.columns.indirection(fields, scope))
                elif isinstance(fields, dict | list):
                    if isinstance(fields, dict):
                        self.columns.value_made(kind, fields, scope, held)
                    below = self.columns.held_below(kind, fields, held)
                    stack.append((fields, self.columns.takes_row(kind, fields, row), below))

    def sub_link(self, fields: Node, scope: Scope, bindings: Bindings) -> None:
        """A subquery as a value: nothing is known of what happens to it."""
        columns = self.query(fields["subselect"]["SelectStmt"], scope, bindings)
        if fields["subLinkType"] != "EXISTS_SUBLINK":
            for each in columns:
                self.columns.guarded(each, "beside", fields)


def json_columns(columns: list[Node]) -> Iterator[str]:
    """Names of JSON_TABLE's columns, nested ones where they stand."""
    for column in columns:
        fields = column["JsonTableColumn"]
        if "name" in fields:
            yield fields["name"]
        yield from json_columns(fields.get("columns", []))


def renamed(columns: Columns, names: list[str]) -> Columns:
    """The first columns under the names of an alias list."""
    kept = [carried(name, column) for name, column in zip(names, columns, strict=False)]
    return (*kept, *names[len(columns) :], *columns[len(names) :])


def both(left: Columns, right: Columns) -> Columns:
    """Columns of a set operation: the left one's names; what is known of a value holds for both halves."""
    pairs = zip(left, right, strict=False)
    return tuple(
        ColumnName(a, guard=guard(a) or guard(b))
        if isinstance(a, ColumnName) or isinstance(b, ColumnName)
        else a
        for a, b in pairs
    )


def aliased(columns: Columns, alias: Node | None, default: str = "") -> Source:
    """A source behind its alias: inner names are hidden."""
    alias = alias or {}
    columns = renamed(columns, words(alias.get("colnames", [])))
    return Source([Item(alias.get("aliasname", default), columns)], columns)

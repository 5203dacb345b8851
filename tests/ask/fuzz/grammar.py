"""Statements of PostgreSQL's SELECT over the test schema, by weighted chance; the same seed, the same text.

Expressions are typed, so that most statements run. Wherever an expression, a source, a clause or a WITH query
may stand is a site: the one whose number is `plant` holds a danger instead.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.ask.fuzz import dangers
from tests.ask.fuzz.vocabulary import (
    AGGREGATES,
    CALLS,
    FRAMES,
    FUNCTIONS_IN_FROM,
    LITERALS,
    SHAPES,
    SORTABLE,
    TABLES,
    WINDOWS,
    Columns,
)


@dataclass
class Generator:
    """One statement's making."""

    seed: int
    plant: int | None = None
    """The site that holds a danger."""
    depth: int = 3
    sites: int = 0
    planted: str = ""
    names: int = 0
    common: list[tuple[str, Columns]] = field(default_factory=list)
    scope: list[tuple[str, Columns]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311  # no secret
        self.danger = random.Random(self.seed + 1)  # noqa: S311

    def one(self, options: list[str]) -> str:
        return self.chance.choice(options)

    def maybe(self, share: float) -> bool:
        return self.chance.random() < share

    def name(self, letter: str) -> str:
        self.names += 1
        return f"{letter}{self.names}"

    def site(self, kind: str, make: Callable[[], str]) -> str:
        """What stands here, or a danger of that kind; what follows does not depend on which."""
        self.sites += 1
        here = self.sites - 1 == self.plant
        made = make()
        if not here:
            return made
        self.planted = dangers.pick(kind, self.danger)
        return dangers.in_place(kind, made, self.planted)

    def statement(self) -> str:
        """A whole statement."""
        text = self.query(self.depth)
        return text + self.site("clause", lambda: "") + self.one(["", "", "", ";", " ; -- end", " "])

    def query(self, depth: int, columns: list[str] | None = None) -> str:
        """WITH, a SELECT or a set operation, ORDER BY, LIMIT."""
        common = len(self.common)
        head = self.with_clause(depth) if depth > 1 and self.maybe(0.3) else ""
        types = columns or [self.one(SHAPES) for _ in range(self.chance.randint(1, 4))]
        if self.maybe(0.12) and depth > 0:
            same = [kind if kind in SORTABLE else "int" for kind in types]
            operation = self.one(["UNION", "UNION ALL", "INTERSECT", "EXCEPT", "EXCEPT ALL", "INTERSECT ALL"])
            body = f"({self.query(depth - 1, same)}) {operation} {self.select(depth - 1, same)}"
            body = body if columns is None or same == types else self.select(depth, types)
        else:
            body = self.select(depth, types)
        del self.common[common:]
        if self.maybe(0.4):
            body += " ORDER BY 1" + self.one(["", " DESC", " ASC NULLS FIRST", " DESC NULLS LAST"])
        if self.maybe(0.2):
            limit = self.site("expression", lambda: self.one(["5", "ALL", "(SELECT 3)", "2 + 1"]))
            body += f" LIMIT {limit}" + self.one(["", " OFFSET 1"])
        elif self.maybe(0.05):
            body += " OFFSET 1 ROWS FETCH FIRST 4 ROWS ONLY"
        return head + body

    def with_clause(self, depth: int) -> str:
        """WITH queries, one of them recursive at times."""
        if self.maybe(0.15):
            name = self.name("r")
            stop = self.site("expression", lambda: "n < 4")
            self.common.append((name, {"n": "int"}))
            tail = self.one(["", " SEARCH DEPTH FIRST BY n SET ordercol", " CYCLE n SET is_cycle USING path"])
            body = f"SELECT 1 UNION ALL SELECT n + 1 FROM {name} WHERE {stop}"
            return f"WITH RECURSIVE {name} (n) AS ({body}){tail} "
        made = []
        for _ in range(self.chance.randint(1, 2)):
            name, types = self.name("w"), [self.one(SHAPES) for _ in range(self.chance.randint(1, 3))]
            kind = self.one(["", "", "MATERIALIZED ", "NOT MATERIALIZED "])
            columns = {f"{name}_{place}": shape for place, shape in enumerate(types)}
            outer, self.scope = self.scope, []
            body = self.site("with", lambda types=types: self.query(depth - 2, types))  # type: ignore[misc]
            self.scope = outer
            made.append(f"{name} ({', '.join(columns)}) AS {kind}({body})")
            self.common.append((name, columns))
        return f"WITH {', '.join(made)} "

    def select(self, depth: int, types: list[str]) -> str:
        """SELECT ... FROM ... WHERE ... GROUP BY ... WINDOW."""
        if self.maybe(0.04) and all(kind in LITERALS for kind in types):
            rows = [", ".join(self.literal(kind) for kind in types) for _ in range(2)]
            return "VALUES " + ", ".join(f"({row})" for row in rows)
        outer = list(self.scope)
        sources = self.from_clause(depth)
        grouped = self.maybe(0.25) and bool(self.scope)
        picked = self.aggregated if grouped else self.plain
        keys = (
            [self.expression(self.one(SORTABLE), 1) for _ in range(self.chance.randint(0, 2))]
            if grouped
            else []
        )
        listed = [*picked(types, depth), *([self.one(keys)] if keys and len(types) > 9 else [])]
        where = f" WHERE {self.expression('bool', depth)}" if self.maybe(0.5) else ""
        text = f"SELECT {self.distinct(grouped)}{', '.join(listed)}{sources}{where}"
        if keys:
            text += " GROUP BY " + self.grouping(keys)
        if grouped and self.maybe(0.4):
            text += f" HAVING count(*) > {self.expression('int', 0, bare=True)}"
        self.scope = outer
        return text

    def distinct(self, grouped: bool) -> str:
        if self.maybe(0.85):
            return ""
        return "DISTINCT " if grouped or self.maybe(0.5) else f"DISTINCT ON ({self.expression('int', 1)}) "

    def grouping(self, keys: list[str]) -> str:
        listed = ", ".join(keys)
        first = keys[0]
        return self.one(
            [
                listed,
                listed,
                f"ROLLUP ({listed})",
                f"CUBE ({listed})",
                f"GROUPING SETS (({listed}), ({first}), ())",
            ]
        )

    def plain(self, types: list[str], depth: int) -> list[str]:
        return [self.expression(kind, depth, windows=True) + self.alias() for kind in types]

    def aggregated(self, types: list[str], depth: int) -> list[str]:
        made = []
        for kind in types:
            options = AGGREGATES.get(kind, [])
            made.append(self.filled(self.one(options), depth - 1) if options else self.literal(kind))
        return made

    def alias(self) -> str:
        return self.one(["", "", f" AS {self.name('o')}", ' AS "Out Put"', f" {self.name('o')}"])

    def from_clause(self, depth: int) -> str:
        """Sources and joins; what they offer is in scope afterwards."""
        if self.maybe(0.08):
            return ""
        text = " FROM " + self.source(depth)
        while self.maybe(0.3):
            join = self.one([",", "CROSS JOIN", "JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "LATERAL"])
            if join in {",", "CROSS JOIN"}:
                text += f"{',' if join == ',' else ' CROSS JOIN'} {self.source(0)}"
            elif join == "LATERAL" and depth > 0:
                name = self.name("l")
                inner = self.query(0, ["int"])
                self.scope.append((name, {f"{name}_n": "int"}))
                text += f" CROSS JOIN LATERAL ({inner}) AS {name} ({name}_n)"
            elif join != "LATERAL":
                text += f" {join} {self.source(0)} ON {self.condition()}"
        return text

    def condition(self) -> str:
        """Of a join: FULL JOIN takes equality only."""
        left, right = self.column("int"), self.scope[-1]
        mine = [f"{right[0]}.{name}" for name, kind in right[1].items() if kind == "int"]
        return f"{left} = {self.one(mine or ['1'])}"

    def source(self, depth: int) -> str:
        """A table, a WITH query, a subquery or a function, with an alias."""
        return self.site("source", lambda: self.any_source(depth))

    def any_source(self, depth: int) -> str:
        alias = self.name("t")
        pick = self.chance.random()
        if pick < 0.12 and depth > 0:
            types = [self.one(SHAPES) for _ in range(2)]
            outer, self.scope = self.scope, []
            inner = self.query(depth - 1, types)
            self.scope = outer
            columns = {f"{alias}_{place}": kind for place, kind in enumerate(types)}
            self.scope.append((alias, columns))
            return f"({inner}) AS {alias} ({', '.join(columns)})"
        if pick < 0.22:
            call, kind = self.chance.choice(FUNCTIONS_IN_FROM)
            call = self.filled(call, 0)
            self.scope.append((alias, {f"{alias}_v": kind}))
            return f"{self.one(['', 'LATERAL ', ''])}{call} AS {alias} ({alias}_v)"
        if pick < 0.35 and self.common:
            name, columns = self.chance.choice(self.common)
            self.scope.append((alias, columns))
            return f"{name} {alias}"
        name = self.one(list(TABLES))
        self.scope.append((alias, TABLES[name]))
        only = self.one(["", "", "", "ONLY "]) if name != "event" else ""
        sample = self.one(["", "", "", "", " TABLESAMPLE BERNOULLI (50) REPEATABLE (1)"])
        return f"{only}{name} {self.one(['AS ', ''])}{alias}{sample if name != 'paid_order' else ''}"

    def column(self, kind: str) -> str:
        """A column in scope of that type, else a literal."""
        found = [
            f"{alias}.{name}"
            for alias, columns in self.scope
            for name, shape in columns.items()
            if shape == kind
        ]
        return self.one(found) if found else self.literal(kind)

    def literal(self, kind: str) -> str:
        return self.site("expression", lambda: self.one(LITERALS[kind]))

    def expression(self, kind: str, depth: int, *, windows: bool = False, bare: bool = False) -> str:
        """An expression of that type."""
        return self.site("expression", lambda: self.any_expression(kind, depth, windows=windows, bare=bare))

    def any_expression(  # noqa: PLR0911  # one form of expression a return
        self, kind: str, depth: int, *, windows: bool, bare: bool
    ) -> str:
        if bare:
            return self.one(LITERALS[kind])
        if depth <= 0:
            return self.column(kind) if self.maybe(0.8) else self.literal(kind)
        pick = self.chance.random()
        if pick < 0.3:
            return self.column(kind)
        if pick < 0.36 and depth > 1:
            return (
                f"(SELECT {self.expression(kind, 0)} ORDER BY 1 LIMIT 1)"
                if kind in SORTABLE
                else self.column(kind)
            )
        if pick < 0.42:
            otherwise = self.expression(kind, depth - 1)
            when, then = self.expression("bool", depth - 1), self.expression(kind, 0)
            return f"CASE WHEN {when} THEN {then} ELSE {otherwise} END"
        if pick < 0.46 and kind == "bool" and depth > 1:
            return self.one(["EXISTS ({})", "NOT EXISTS ({})", "1 IN ({})", "2 > ALL ({})"]).format(
                self.query(depth - 2, ["int"])
            )
        if pick < 0.52 and windows and kind in WINDOWS:
            return self.filled(self.one(WINDOWS[kind]), depth - 1)
        return self.filled(self.one(CALLS[kind]), depth - 1)

    def filled(self, template: str, depth: int) -> str:
        """A template with an expression in place of each type's name."""
        text, rest = "", template
        while "{" in rest:
            before, _, rest = rest.partition("{")
            if rest.startswith("{"):
                inner, _, rest = rest[1:].partition("}}")
                text += f"{before}{{{inner}}}"
                continue
            kind, _, rest = rest.partition("}")
            text += before + self.part(kind, depth)
        return text + rest

    def part(self, kind: str, depth: int) -> str:
        if kind == "frame":
            return self.one(FRAMES)
        if kind != "over":
            return self.expression(kind, depth)
        partition = f"PARTITION BY {self.expression('text', 0)} " if self.maybe(0.5) else ""
        return f"{partition}ORDER BY {self.expression('int', 0)}"

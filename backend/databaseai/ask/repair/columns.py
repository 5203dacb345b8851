"""Mend columns that stand on the wrong table or on none, joining in the table that has them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from sqlglot import exp
from sqlglot.tokenizer_core import Token

from databaseai.ask.repair import joins, likeness
from databaseai.ask.repair.edits import Edit, column_span, span
from databaseai.ask.repair.places import (
    by_alias,
    chosen_in_select,
    compared,
    in_union_order,
    opposite,
    settled,
    shared_by_using,
)
from databaseai.ask.repair.scopes import Scope, Source, folded
from databaseai.ask.repair.tables import nearest_table
from databaseai.ask.schema_text import identifier, literal
from databaseai.catalog.snapshot import Catalog, Table


@dataclass(frozen=True, slots=True)
class Way:
    """From a source of the statement to a table it lacks."""

    base: Source
    hops: list[joins.Hop]


@dataclass
class Columns:
    """One pass over the columns of a statement."""

    statement: str
    tree: exp.Expr
    tokens: list[Token]
    catalog: Catalog
    scopes: dict[int, Scope]
    joined: dict[tuple[int, tuple[str, str]], str] = field(default_factory=dict)
    """Tables joined in, by SELECT: the name they stand under."""

    def edits(self) -> Iterator[Edit]:
        """Edits for the columns that no source in sight has."""
        for column in list(self.tree.find_all(exp.Column)):
            scope = self.scopes.get(id(column.parent_select))
            if (
                scope is None
                or column.is_star
                or in_union_order(column)
                or not isinstance(column.this, exp.Identifier)
            ):
                continue
            yield from self.mend(column, scope)

    def mend(self, column: exp.Column, scope: Scope) -> Iterator[Edit]:
        """Edits for one column; none when it is right, nothing is near, or the policy closes it."""
        name = folded(column.this)
        if any(source.table and name in source.table.closed for source in scope.visible()):
            return  # another column in its place would be another answer
        place = column_span(column)
        if place is None or column.args.get("db"):
            return
        if on_key := self.join_condition(column, name, scope):
            yield from on_key
            return
        other = opposite(column)
        joined_to = folded(other.args.get("table")) if other else ""
        if qualifier := column.args.get("table"):
            edits = self.qualified(name, folded(qualifier), scope, place)
        else:
            edits = self.bare(column, name, scope, place)
        # an ON that compares a table with itself joins nothing: better left for the model
        yield from (e for e in edits if not joined_to or not e.text.lower().startswith(f"{joined_to}."))

    def join_condition(self, column: exp.Column, name: str, scope: Scope) -> list[Edit]:
        """`a.x = b.y` of an ON where `a` has no `x`: the keys that join the two, over others if need be."""
        other = opposite(column)
        if other is None or not column.args.get("table"):
            return []
        wrong, right = (by_alias(scope, folded(c.args.get("table"))) for c in (column, other))
        if not wrong or not right or not wrong.table or not right.table or wrong is right or wrong.has(name):
            return []
        first, last = sorted((wrong, right), key=scope.sources.index)
        ends = [table for table in (first.table, last.table) if table is not None]
        found = joins.graph(self.catalog).nearest(
            ends[:1], lambda table: table.qualified == ends[1].qualified
        )
        written = {id(wrong): column_span(column), id(right): column_span(other)}
        position = span(first.node.this)
        if found is None or position is None or len(found[1][-1].pairs) != 1:
            return []
        *between, final = found[1]
        taken = {source.alias for source in scope.visible()}
        text, shown = joins.clause(first.shown, between, taken, self.catalog)
        [(ours, theirs)] = final.pairs
        note = f"{ends[0].name} and {ends[1].name} were joined by {ours} = {theirs}."
        edits = [
            Edit(*place, f"{prefix}.{identifier(key)}", note)
            for source, prefix, key in ((first, shown, ours), (last, last.shown, theirs))
            if (place := written[id(source)])
        ]
        if between:
            end = joins.end_of_item(self.tokens, position[0])
            over = ", ".join(hop.table.name for hop in between)
            edits.append(Edit(end, end, text, f"{over} was joined in between."))
        return edits

    def qualified(self, name: str, qualifier: str, scope: Scope, place: tuple[int, int]) -> Iterator[Edit]:
        """`qualifier.name`: rename, requalify, or join its table in."""
        visible = list(scope.visible())
        home = next((source for source in visible if source.alias == qualifier), None)
        if home is not None and home.has(name):
            return
        if home is None:
            home = self.meant(qualifier, visible)
            if home is not None and home.has(name):
                yield self.requalified(name, home, qualifier, place)
                return
            named = self.catalog.resolve(qualifier) or nearest_table(qualifier, self.catalog)
            if home is None and named and (right := self.same_or_prefixed(name, named)):
                if way := self.way(scope, lambda table: table.qualified == named.qualified):
                    yield from self.joined_in(way, right, name, scope, place)
                return
        if home is not None and home.table and (right := likeness.same(name, home.table.column)):
            yield self.renamed(name, right, home, place)
            return
        others = [source for source in visible if source is not home and source.columns is not None]
        yield from self.elsewhere(name, home, others, scope, place)

    def bare(self, column: exp.Column, name: str, scope: Scope, place: tuple[int, int]) -> Iterator[Edit]:
        """`name` alone: qualify when several have it, find it when none has."""
        owners = [source for source in scope.sources if source.has(name)]
        if not owners and scope.outer is not None:
            if column.parent is scope.select and (lent := self.of_its_own(name, scope)):
                yield Edit(*place, lent, f"{name} was taken from within the subquery.")
                return
            owners = [source for source in scope.outer.visible() if source.has(name)][:1]
        if settled(column, scope, owners):
            return
        if not owners:
            yield from self.unknown(column, name, scope, place)
        elif not shared_by_using(scope, name):
            home = chosen_in_select(scope, name, owners) or owners[0]
            note = f"{name} stands in several tables; that of {home.shown} was taken."
            yield Edit(*place, f"{home.shown}.{identifier(name)}", note)

    def unknown(self, column: exp.Column, name: str, scope: Scope, place: tuple[int, int]) -> Iterator[Edit]:
        """A name that no source has: an output written out, a value, or a column of elsewhere."""
        clause = column.find_ancestor(exp.Having, exp.Order, exp.Where, exp.Select)
        if name in scope.outputs and not isinstance(clause, exp.Select):
            if (text := self.source_text(scope.outputs[name])) is not None:
                yield Edit(*place, text, f"{name} is written out where its name cannot stand.")
            return
        if column.this.args.get("quoted") and compared(column):
            yield Edit(*place, literal(column.name), "A text in double quotes was read as a value.")
            return
        yield from self.elsewhere(name, None, list(scope.visible()), scope, place)

    def of_its_own(self, name: str, scope: Scope) -> str:
        """The key of the subquery's own table that a column of the query around it points to, or is."""
        outer = scope.outer.visible() if scope.outer else ()
        holders = [source.table for source in outer if source.table and source.has(name)]
        for source in scope.base_tables():
            for hop in joins.graph(self.catalog).all_ways(source.table) if source.table else ():
                held = any(hop.table is holder for holder in holders)
                if held and len(hop.pairs) == 1 and hop.pairs[0][1] == name:
                    return f"{source.shown}.{identifier(hop.pairs[0][0])}"
        return ""

    def elsewhere(
        self, name: str, home: Source | None, others: list[Source], scope: Scope, place: tuple[int, int]
    ) -> Iterator[Edit]:
        """Exact name in another source, then with the table's words, then joined in, then the nearest."""
        for source in others:
            if source.columns is not None and (right := likeness.same(name, source.columns)):
                yield self.renamed(name, right, source, place)
                return
        ordered = [source for source in [home, *others] if source is not None]
        for source in ordered:
            if source.table and (right := likeness.prefixed(name, source.columns or (), source.table.name)):
                yield self.renamed(name, right, source, place)
                return
        if way := self.way(scope, lambda table: likeness.same(name, table.column) is not None):
            right = likeness.same(name, way.hops[-1].table.column) or name
            yield from self.joined_in(way, right, name, scope, place)
            return
        for source in ordered:
            if source.columns is not None and (right := likeness.near(name, source.columns)):
                yield self.renamed(name, right, source, place)
                return

    def meant(self, qualifier: str, visible: list[Source]) -> Source | None:
        """The source whose table the qualifier names, although it stands under an alias."""
        found = [
            source
            for source in visible
            if source.table and likeness.same(qualifier, [source.table.name]) is not None
        ]
        return found[0] if len(found) == 1 else None

    def same_or_prefixed(self, name: str, table: Table) -> str | None:
        """The table's column that the name means."""
        return likeness.same(name, table.column) or likeness.prefixed(name, table.column, table.name)

    def way(self, scope: Scope, wanted: Callable[[Table], bool]) -> Way | None:
        """How to join in the nearest table that is wanted, when one is nearer than the others."""
        bases = [source for source in scope.base_tables() if source.table]
        starts = [source.table for source in bases if source.table]
        found = joins.graph(self.catalog).nearest(starts, wanted)
        if found is None:
            return None
        start, hops = found
        return Way(next(source for source in bases if source.table is start), hops)

    def joined_in(
        self, way: Way, right: str, name: str, scope: Scope, place: tuple[int, int]
    ) -> Iterator[Edit]:
        """Join a table in along keys, and take the column from it."""
        owner = way.hops[-1].table
        key = (id(scope.select), owner.qualified)
        if key not in self.joined:
            position = span(way.base.node.this)
            if position is None:
                return
            end = joins.end_of_item(self.tokens, position[0])
            taken = {source.alias for source in scope.visible()}
            text, shown = joins.clause(way.base.shown, way.hops, taken, self.catalog)
            self.joined[key] = shown
            by = " and ".join(f"{ours} = {theirs}" for hop in way.hops for ours, theirs in hop.pairs)
            several = any(hop.multiplies for hop in way.hops)
            yield Edit(
                end,
                end,
                text,
                f"{owner.name} was joined in by {by}"
                + ("; it can have several rows for one." if several else "."),
            )
        yield Edit(
            *place,
            f"{self.joined[key]}.{identifier(right)}",
            f"{name} was taken from {owner.name}, which has it.",
        )

    def requalified(self, name: str, source: Source, qualifier: str, place: tuple[int, int]) -> Edit:
        """The same column under the name its table stands under."""
        return Edit(
            *place, f"{source.shown}.{identifier(name)}", f"{qualifier}.{name} is {source.shown}.{name}."
        )

    def renamed(self, name: str, right: str, source: Source, place: tuple[int, int]) -> Edit:
        """Another column, of a source in sight."""
        prefix = f"{source.shown}." if source.shown else ""
        where = source.table.name if source.table else source.shown
        return Edit(*place, f"{prefix}{identifier(right)}", f"{name} was read as {right} of {where}.")

    def source_text(self, node: exp.Expr) -> str | None:
        """The statement's own words for an expression, from its first to its last known place."""
        places = [found for part in node.walk() if (found := span(part))]
        if not places:
            return None
        start, end = min(places)[0], max(last for _, last in places)
        for token in self.tokens:
            if token.start >= end and self.statement[start:end].count("(") > self.statement[start:end].count(
                ")"
            ):
                end = token.end + 1
        return self.statement[start:end]

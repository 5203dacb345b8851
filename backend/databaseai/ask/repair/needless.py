"""Joins whose table says nothing: not shown, not filtered, not named by the question."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlglot import exp

from databaseai.ask.repair.reading import EMPTY, Proposal, Reading, flat, own_columns, source_for, unique_key
from databaseai.ask.repair.scopes import Scope, Source, folded
from databaseai.catalog.snapshot import Table
from databaseai.catalog.words import words


@dataclass
class Tangle:
    """The FROM clause of one SELECT as sources and the equalities that join them."""

    scope: Scope
    edges: list[tuple[exp.Expr, set[str]]] = field(default_factory=list)
    """Conditions of inner joins, with the sources each compares."""

    @classmethod
    def of(cls, scope: Scope) -> "Tangle | None":
        """None where a join is more than an inner one of tables with an ON."""
        found = cls(scope)
        joins = scope.select.args.get("joins") or []
        if len(scope.sources) != len(joins) + 1 or any(source.table is None for source in scope.sources):
            return None
        for join in joins:
            if join.args.get("side") or join.args.get("method") or not join.args.get("on"):
                return None
            for condition in flat(join.args["on"]):
                owners = [source_for(scope, column) for column in condition.find_all(exp.Column)]
                if None in owners:
                    return None
                found.edges.append((condition, {owner.alias for owner in owners if owner}))
        return found

    def used(self, source: Source) -> list[exp.Column]:
        """The source's columns outside the conditions that join."""
        inside = {id(c) for condition, _ in self.edges for c in condition.find_all(exp.Column)}
        return [c for c in own_columns(self.scope) if id(c) not in inside and belongs(c, source)]

    def leaf(self, source: Source) -> tuple[exp.Column, exp.Column] | None:
        """The source's column and the other's, where one equality joins it to one other; else None."""
        touching = [(condition, ends) for condition, ends in self.edges if source.alias in ends]
        if len(touching) != 1 or len(touching[0][1]) != 2:  # noqa: PLR2004  # both ends
            return None
        [(condition, _)] = touching
        if not isinstance(condition, exp.EQ):
            return None
        ours, theirs = condition.left, condition.right
        if not isinstance(ours, exp.Column) or not isinstance(theirs, exp.Column):
            return None
        return (ours, theirs) if source_for(self.scope, ours) is source else (theirs, ours)

    def once(self, start: Source) -> set[str]:
        """Aliases of the sources of which at most one row meets a row of `start`, itself among them."""
        there, left = {start.alias}, [source for source in self.scope.sources if source is not start]
        while following := next((source for source in left if self._single(source, there)), None):
            there.add(following.alias)
            left.remove(following)
        return there

    def _single(self, source: Source, there: set[str]) -> bool:
        columns = {
            folded(column.this)
            for condition, ends in self.edges
            if isinstance(condition, exp.EQ) and source.alias in ends and ends <= {*there, source.alias}
            for column in condition.find_all(exp.Column)
            if source_for(self.scope, column) is source
        }
        return source.table is not None and unique_key(source.table, columns)


def belongs(column: exp.Column, source: Source) -> bool:
    """Whether the column is, or may be, the source's."""
    if qualifier := folded(column.args.get("table")):
        return qualifier == source.alias
    return column.is_star or source.has(folded(column.this))


def proposals(reading: Reading) -> Iterator[Proposal]:
    """Without the joins that are needless, where the question speaks the schema's language."""
    if not reading.fluent:
        return
    for select, scope in reading.selects():
        if any(isinstance(e, exp.Star) or e.is_star for e in select.expressions):
            continue
        tangle = Tangle.of(scope)
        if tangle is None or not tangle.edges:
            continue
        yield from of_select(reading, tangle)


def of_select(reading: Reading, tangle: Tangle, keep: str = "") -> Iterator[Proposal]:
    """Leaves are taken while there are any: what hung on one may be the next.

    Args:
        reading: The statement.
        tangle: The SELECT.
        keep: Alias of a source that stays in any case.
    """
    removed: list[tuple[Source, dict[int, exp.Column]]] = []
    left = Tangle(tangle.scope, list(tangle.edges))
    gone: set[str] = set()
    counted = False
    while True:
        there = [source for source in left.scope.sources if source.alias not in {*gone, keep}]
        if counted_rows(tangle.scope.select):
            there = [source for source in there if unmoved(left, source, gone)]
        found = next(
            ((s, m) for s in there if (m := spare(reading, left, s, gone))),
            None,
        )
        if found is None or len(gone) + 1 >= len(left.scope.sources):
            break
        source, (moved, counts) = found
        counted = counted or counts
        removed.append((source, moved))
        gone.add(source.alias)
        left.edges = [(condition, ends) for condition, ends in left.edges if source.alias not in ends]
    if removed and not lone(left, gone):
        names = ", ".join(source.table.name for source, _ in removed if source.table)
        moves = {key: column for _, moved in removed for key, column in moved.items()}
        kind = "needless_counted" if counted else "needless"
        yield Proposal(
            without(reading, left, gone, moves),
            kind,
            f"Read without {names}, which the question does not name.",
        )


def counted_rows(select: exp.Select) -> bool:
    """Rows are what the query is about: `count(*)`, or only that there are some."""
    stars = any(
        isinstance(c.this, exp.Star) and c.parent_select is select for c in select.find_all(exp.Count)
    )
    return stars or (select.parent is not None and select.args.get("where") is None)


def unmoved(tangle: Tangle, source: Source, gone: set[str]) -> bool:
    """Without the source, no row is there less often."""
    kept = [other for other in tangle.scope.sources if other.alias not in {*gone, source.alias}]
    return all(source.alias in tangle.once(other) for other in kept)


def lone(left: Tangle, gone: set[str]) -> bool:
    """One table stays, grouped by its own key: each group would be one row, and its count one."""
    kept = [source for source in left.scope.sources if source.alias not in gone]
    group = left.scope.select.args.get("group")
    if len(kept) != 1 or group is None or kept[0].table is None:
        return False
    return unique_key(
        kept[0].table, {folded(key.this) for key in group.expressions if isinstance(key, exp.Column)}
    )


def spare(
    reading: Reading, tangle: Tangle, source: Source, gone: set[str]
) -> tuple[dict[int, exp.Column], bool] | None:
    """How the source can go: its columns by id with what stands in for them, and whether it was counted."""
    joined = tangle.leaf(source)
    if joined is None or named(reading, tangle, source, gone):
        return None
    ours, theirs = joined
    moved: dict[int, exp.Column] = {}
    counted = False
    for column in tangle.used(source):
        if folded(column.this) == folded(ours.this):
            moved[id(column)] = theirs
        elif isinstance(column.parent, exp.Count) and column.parent_select is tangle.scope.select:
            counted = True
        else:
            return None
    return moved, counted


def named(reading: Reading, tangle: Tangle, source: Source, gone: set[str]) -> bool:
    """Whether the question names the table by a word that the tables kept do not have."""
    kept = [s.table for s in tangle.scope.sources if s is not source and s.alias not in gone and s.table]
    table = source.table
    if table is None:
        return True
    others = {word for other in kept for word in words(other.name)}
    own = [part for word in words(table.name) for part in parts(word, others)]
    if any(reading.says(word) or inside(word, reading) for word in own if word not in EMPTY):
        return True
    known = others | {word for other in kept for word in [*words(other.comment), *column_words(other)]}
    return not reading.telling.isdisjoint(set(words(table.comment)) - known)


def column_words(table: Table) -> list[str]:
    """Words of its columns' names."""
    return [word for column in table.columns for word in words(column.name)]


def parts(word: str, others: set[str]) -> Iterator[str]:
    """The word, less those of other tables: `countrylanguage` beside `country` is `language`."""
    if word in others:
        return
    for other in others:
        if len(other) > 3 and word.startswith(other):  # noqa: PLR2004  # shorter ones meet by chance
            yield word.removeprefix(other)
            return
    yield word


def inside(word: str, reading: Reading) -> bool:
    """A word of the question stands in a compound: `school` in `highschooler`."""
    return any(len(said) > 3 and said in word for said in reading.telling)  # noqa: PLR2004  # as above


def without(reading: Reading, left: Tangle, gone: set[str], moves: dict[int, exp.Column]) -> exp.Query:
    """The statement with FROM built anew from the sources that stay."""
    draft = reading.draft()
    select = draft[left.scope.select]
    sources = [draft[source.node] for source in left.scope.sources if source.alias not in gone]
    aliases = [source.alias for source in left.scope.sources if source.alias not in gone]
    open_edges = [(condition.copy(), ends) for condition, ends in left.edges]
    for column in own_columns(left.scope):
        twin = draft[column]
        if id(column) in moves:
            twin.replace(moves[id(column)].copy())
        elif isinstance(twin.parent, exp.Count) and folded(column.args.get("table")) in gone:
            twin.replace(exp.Star())
    rebuild(select, sources, aliases, open_edges)
    return draft.tree


def rebuild(
    select: exp.Select, sources: list[exp.Expr], aliases: list[str], edges: list[tuple[exp.Expr, set[str]]]
) -> None:
    """FROM the first source, each other joined by the conditions whose tables are there by then."""
    select.set("from_", exp.From(this=sources[0].copy()))
    joins, there = [], {aliases[0]}
    for source, alias in zip(sources[1:], aliases[1:], strict=True):
        there.add(alias)
        now = [condition for condition, ends in edges if ends <= there]
        edges = [(condition, ends) for condition, ends in edges if not ends <= there]
        on = exp.and_(*now, copy=False) if now else exp.true()
        joins.append(exp.Join(this=source.copy(), on=on))
    select.set("joins", joins)

"""Join in a table that a statement uses but does not name."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from sqlglot.tokenizer_core import Token, TokenType

from databaseai.ask.schema_text import identifier, relation_name
from databaseai.catalog.snapshot import Catalog, ForeignKey, Table

HOPS = 3
"""Longest path that is joined in; a longer one is a guess."""
AFTER_FILTER = {
    TokenType.GROUP_BY,
    TokenType.HAVING,
    TokenType.ORDER_BY,
    TokenType.LIMIT,
    TokenType.OFFSET,
    TokenType.FETCH,
    TokenType.WINDOW,
    TokenType.UNION,
    TokenType.INTERSECT,
    TokenType.EXCEPT,
    TokenType.SEMICOLON,
}
ENDS = AFTER_FILTER | {
    TokenType.WHERE,
    TokenType.COMMA,
    TokenType.JOIN,
    TokenType.INNER,
    TokenType.LEFT,
    TokenType.RIGHT,
    TokenType.FULL,
    TokenType.CROSS,
    TokenType.NATURAL,
}
JOIN_WORDS = {
    TokenType.JOIN,
    TokenType.INNER,
    TokenType.LEFT,
    TokenType.RIGHT,
    TokenType.FULL,
    TokenType.OUTER,
}
Name = tuple[str, str]
"""Schema and name of a table."""
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Hop:
    """One join: `table` by pairs of (column already there, column of `table`)."""

    table: Table
    pairs: Pairs

    @property
    def multiplies(self) -> bool:
        """Several rows of `table` can meet one row already there."""
        columns = {theirs for _, theirs in self.pairs}
        return not any(set(key) <= columns for key in (self.table.primary_key, *self.table.unique) if key)


class Graph:
    """Tables one key apart: by foreign keys either way, else by a key column of the same name."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._declared: dict[Name, dict[Name, Hop]] = {}
        self._every: dict[Name, list[Hop]] = {}
        self._with_key: dict[str, list[Table]] = {}
        for table in catalog.tables:
            for key in table.foreign_keys:
                self._declare(table, key)
            for column in table.column:
                if key_like(column):
                    self._with_key.setdefault(column, []).append(table)

    def _declare(self, table: Table, key: ForeignKey) -> None:
        other = self._catalog.table.get((key.referenced_schema, key.referenced_table))
        if other is None or other.qualified == table.qualified:
            return
        forth = tuple(zip(key.columns, key.referenced_columns, strict=True))
        back = tuple(zip(key.referenced_columns, key.columns, strict=True))
        self._every.setdefault(table.qualified, []).append(Hop(other, forth))
        self._every.setdefault(other.qualified, []).append(Hop(table, back))
        self._declared.setdefault(table.qualified, {}).setdefault(other.qualified, Hop(other, forth))
        self._declared.setdefault(other.qualified, {}).setdefault(table.qualified, Hop(table, back))

    def neighbours(self, table: Table) -> list[Hop]:
        """Declared keys first: those that lead to one row before those that lead to several."""
        declared = self._declared.get(table.qualified, {})
        shared: dict[Name, Hop] = {}
        for column in table.column:
            for other in self._with_key.get(column, ()):
                new = other.qualified != table.qualified and other.qualified not in declared
                if new and (keys_one(column, table) or keys_one(column, other)):
                    shared.setdefault(other.qualified, Hop(other, ((column, column),)))
        return [*sorted(declared.values(), key=lambda hop: hop.multiplies), *shared.values()]

    def all_ways(self, table: Table) -> list[Hop]:
        """Every declared key either way: two tables may have several between them."""
        return self._every.get(table.qualified, [])

    def keys(self, one: Table, other: Table) -> tuple[str, str] | None:
        """The column pair that joins two tables which are one key apart."""
        for hop in self.neighbours(one):
            if hop.table.qualified == other.qualified and len(hop.pairs) == 1:
                return hop.pairs[0]
        return None

    def nearest(
        self, starts: Sequence[Table], wanted: Callable[[Table], bool]
    ) -> tuple[Table, list[Hop]] | None:
        """The shortest way to a table that is wanted; None when there are two as short, or none in `HOPS`."""
        level: list[tuple[Table, list[Hop]]] = [(start, []) for start in starts]
        seen = {start.qualified for start in starts}
        for _ in range(HOPS):
            further: list[tuple[Table, list[Hop]]] = []
            for start, hops in level:
                for hop in self.neighbours(hops[-1].table if hops else start):
                    if hop.table.qualified not in seen:
                        seen.add(hop.table.qualified)
                        further.append((start, [*hops, hop]))
            if found := [(start, hops) for start, hops in further if wanted(hops[-1].table)]:
                declared = [(start, hops) for start, hops in found if self._by_keys(start, hops)]
                found = declared or found
                return found[0] if len(found) == 1 else None
            level = further
        return None

    def _by_keys(self, start: Table, hops: Sequence[Hop]) -> bool:
        """Declared keys all the way, rather than names that are alike."""
        tables = [start, *(hop.table for hop in hops)]
        return all(b.qualified in self._declared.get(a.qualified, {}) for a, b in pairwise(tables))


@lru_cache(maxsize=4)
def graph(catalog: Catalog) -> Graph:
    """The catalog's graph, made once."""
    return Graph(catalog)


def key_like(column: str) -> bool:
    """Named like a key of something; a bare `id` is every table's own."""
    return column != "id" and column.endswith(("id", "code", "key", "no"))


def keys_one(column: str, table: Table) -> bool:
    """The column alone tells the table's rows apart; without any declared key, a key-like name must do."""
    return (column,) in {table.primary_key, *table.unique} or not (table.primary_key or table.unique)


def clause(shown: str, hops: Iterable[Hop], taken: set[str], catalog: Catalog) -> tuple[str, str]:
    """The text of the joins, and the name under which the last table stands."""
    text, here = "", shown
    for hop in hops:
        name = hop.table.name
        while name in taken:
            name += "_2"
        taken.add(name)
        there = identifier(name)
        conditions = " AND ".join(
            f"{here}.{identifier(ours)} = {there}.{identifier(theirs)}" for ours, theirs in hop.pairs
        )
        alias = f" AS {there}" if name != hop.table.name else ""
        text += f" JOIN {relation_name(hop.table, catalog)}{alias} ON {conditions}"
        here = there
    return text, here


def end_of_filter(tokens: list[Token], position: int) -> int:
    """Where FROM and WHERE end, for a SELECT one of whose FROM items stands at `position`."""
    depth, end = 0, position
    for token in tokens:
        if token.end < position:
            continue
        depth += (token.token_type == TokenType.L_PAREN) - (token.token_type == TokenType.R_PAREN)
        if depth < 0 or (depth == 0 and token.token_type in AFTER_FILTER):
            break
        end = token.end + 1
    return end


def start_of_join(tokens: list[Token], position: int) -> int:
    """Where the join keywords before the table at `position` begin, with the space before them."""
    before = [token for token in tokens if token.end < position]
    start = position
    while before and before[-1].token_type in JOIN_WORDS:
        start = before.pop().start
    return before[-1].end + 1 if before else start


def end_of_item(tokens: list[Token], position: int) -> int:
    """Where the FROM item that stands at `position` ends, its ON included."""
    depth, end = 0, position
    for token in tokens:
        if token.end < position:
            continue
        if token.token_type == TokenType.L_PAREN:
            depth += 1
        elif token.token_type == TokenType.R_PAREN:
            depth -= 1
        if depth < 0 or (depth == 0 and token.token_type in ENDS):
            break
        end = token.end + 1
    return end

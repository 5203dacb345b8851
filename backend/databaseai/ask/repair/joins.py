"""Join in a table that a statement uses but does not name."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlglot.tokenizer_core import Token, TokenType

from databaseai.ask.schema_text import identifier, relation_name
from databaseai.catalog.snapshot import Catalog, Table

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
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Hop:
    """One join: `table` by pairs of (column already there, column of `table`)."""

    table: Table
    pairs: Pairs


def neighbours(table: Table, catalog: Catalog) -> Iterator[Hop]:
    """Tables one key away: by foreign keys either way, then by a key column of the same name."""
    seen = {table.qualified}
    for key in table.foreign_keys:
        other = catalog.table.get((key.referenced_schema, key.referenced_table))
        if other and other.qualified not in seen:
            seen.add(other.qualified)
            yield Hop(other, tuple(zip(key.columns, key.referenced_columns, strict=True)))
    for other in catalog.tables:
        for key in other.foreign_keys:
            points_here = (key.referenced_schema, key.referenced_table) == table.qualified
            if points_here and other.qualified not in seen:
                seen.add(other.qualified)
                yield Hop(other, tuple(zip(key.referenced_columns, key.columns, strict=True)))
    for other in catalog.tables:
        if other.qualified not in seen and (name := shared_key(table, other)):
            seen.add(other.qualified)
            yield Hop(other, ((name, name),))


def keys(one: Table, other: Table, catalog: Catalog) -> tuple[str, str] | None:
    """The column pair that joins two tables which are one key apart."""
    for hop in neighbours(one, catalog):
        if hop.table.qualified == other.qualified and len(hop.pairs) == 1:
            return hop.pairs[0]
    return None


def shared_key(one: Table, other: Table) -> str | None:
    """A column of both that is the key of one of them and looks like a key."""
    for table, opposite in ((one, other), (other, one)):
        if len(table.primary_key) == 1 and (name := table.primary_key[0]) in opposite.column and name != "id":
            return name
    shared = [name for name in one.column if name in other.column and name.endswith(("_id", "id", "code"))]
    return shared[0] if len(shared) == 1 and shared[0] != "id" else None


def path(starts: Iterable[Table], goal: Table, catalog: Catalog) -> tuple[Table, list[Hop]] | None:
    """The shortest way from one of the tables to the goal, at most `HOPS` joins long."""
    queue: deque[tuple[Table, list[Hop]]] = deque((start, []) for start in starts)
    seen = {start.qualified for start, _ in queue}
    while queue:
        start, hops = queue.popleft()
        here = hops[-1].table if hops else start
        if len(hops) == HOPS:
            continue
        for hop in neighbours(here, catalog):
            if hop.table.qualified == goal.qualified:
                return start, [*hops, hop]
            if hop.table.qualified not in seen:
                seen.add(hop.table.qualified)
                queue.append((start, [*hops, hop]))
    return None


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

"""Literals of a query that no stored value matches, and the values that may be meant."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from databaseai.ask.repair.scopes import Scope, folded, scopes
from databaseai.catalog.samples import textual
from databaseai.catalog.snapshot import Catalog, Column, Table
from databaseai.catalog.value_index import ValueIndex, distance, likeness
from databaseai.catalog.words import fold, words

NEAREST = 3
NEAR = 0.3
"""`pg_trgm`'s own threshold: below it two texts are not alike."""
MISSES = 8
SHORT = 6


@dataclass(frozen=True, slots=True)
class Miss:
    """One literal that a text column is compared with, and does not hold."""

    column: str
    """`table.column`."""
    literal: str
    nearest: tuple[str, ...]
    """Stored values that may be meant, best first; at most three."""
    sampled: bool
    """The column's values are known in part only: the literal may be stored after all."""


def did_you_mean(tree: exp.Query, catalog: Catalog, index: ValueIndex) -> tuple[Miss, ...]:
    """Literals compared by =, IN and LIKE with a text column of which no known value matches.

    Args:
        tree: Of a query whose names are right.
        catalog: With sampled values; a column without any (masked, excepted, never read) gives no miss.
        index: Of the same catalog: `Sousa, Ana` is `Ana Sousa`.
    """
    found: dict[tuple[str, str], Miss] = {}
    known = scopes(tree, catalog)
    for operand, value, pattern in compared(tree):
        owner = owner_of(operand, known)
        if owner is None or len(found) >= MISSES:
            continue
        table, column = owner
        values = column.labels or column.values
        loose = operand.find(exp.Lower, exp.Upper) is not None
        if (
            not values
            or not (column.labels or textual(column))
            or matched(value, values, pattern, loose=loose)
        ):
            continue
        turned = [
            place.value
            for place in index.find(words(value))
            if (place.table.qualified, place.column.name) == (table.qualified, column.name)
        ]
        nearest = (*turned, *coded(value, table, column, catalog), *alike(value.strip("%"), values))
        complete = bool(column.labels) or column.values_complete
        name = f"{table.name}.{column.name}"
        found[name, value] = Miss(name, value, tuple(dict.fromkeys(nearest))[:NEAREST], sampled=not complete)
    return tuple(found.values())


def compared(tree: exp.Query) -> Iterator[tuple[exp.Expr, str, exp.Expr | None]]:
    """What is compared, the literal, and the LIKE it stands in if it does."""
    for node in tree.find_all(exp.EQ, exp.In, exp.Like, exp.ILike):
        if isinstance(node, exp.In):
            pairs = [(node.this, value) for value in node.expressions]
        else:
            pairs = [(node.this, node.expression)]
            if isinstance(node, exp.EQ):
                pairs.append((node.expression, node.this))
        for operand, value in pairs:
            bare = value.this if isinstance(value, exp.Lower | exp.Upper) else value
            if isinstance(bare, exp.Literal) and bare.is_string:
                yield operand, bare.name, node if isinstance(node, exp.Like | exp.ILike) else None


def owner_of(operand: exp.Expr, known: dict[int, Scope]) -> tuple[Table, Column] | None:
    """The catalog's column behind `t.name` or `lower(t.name)`."""
    node = operand.this if isinstance(operand, exp.Lower | exp.Upper | exp.Trim) else operand
    scope = known.get(id(node.parent_select)) if isinstance(node, exp.Column) else None
    if scope is None:
        return None
    name, qualifier = folded(node.this), folded(node.args.get("table"))
    for source in scope.visible():
        if source.has(name) and qualifier in {"", source.alias}:
            column = source.table.column.get(name) if source.table else None
            return (source.table, column) if source.table and column else None
    return None


def matched(value: str, values: tuple[str, ...], like: exp.Expr | None, *, loose: bool) -> bool:
    """Whether any of the values passes the comparison."""
    if like is None:
        return any(value.rstrip() == other or (loose and fold(value) == fold(other)) for other in values)
    flags = re.DOTALL | (re.IGNORECASE if loose or isinstance(like, exp.ILike) else 0)
    parts = {"%": ".*", "_": "."}
    pattern = re.compile("".join(parts.get(letter, re.escape(letter)) for letter in value), flags)
    return any(pattern.fullmatch(other) for other in values)


def coded(value: str, table: Table, column: Column, catalog: Catalog) -> list[str]:
    """Codes of the lookup table's rows that the literal names in words, in full or in part."""
    said = set(words(value))
    found = []
    for key in table.foreign_keys:
        there = catalog.table.get((key.referenced_schema, key.referenced_table))
        if there is None or key.columns != (column.name,):
            continue
        for other in there.columns:
            for text, code in zip(other.values, other.codes, strict=False):
                own = set(words(text))
                if said and said <= own:
                    found.append((len(own - said), code))
    return [code for _, code in sorted(found)]


def alike(value: str, values: tuple[str, ...]) -> list[str]:
    """The most similar values, best first."""
    rated = sorted((-similar(value, other), other) for other in values)
    return [other for rate, other in rated[:NEAREST] if -rate >= NEAR]


def similar(one: str, other: str) -> float:
    """As `likeness`; for short words, where one slip breaks every piece, as letters are right."""
    ours, theirs = fold(one), fold(other)
    longest = max(len(ours), len(theirs), 1)
    one_slip = longest <= SHORT and distance(ours, theirs, 1) <= 1
    return max(likeness(one, other), 1 - 1 / longest if one_slip else 0.0)

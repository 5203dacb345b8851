"""Second gate, second pass: what sqlglot saw is looked up: tables, columns, types and schemas.

Nothing here asks the first parser. WITH queries are found by their place in the tree; columns are looked up
flat: a name must be one that some table read has, or that the statement itself gives. That is wider than
PostgreSQL's rule and refuses what no table shows: a closed column, a call in column syntax, a system column.
"""

import re
from collections.abc import Iterator

from sqlglot import exp

from databaseai.ask.guardrail.hints import nearest
from databaseai.ask.guardrail.lists import words
from databaseai.ask.guardrail.own_words import OwnWords
from databaseai.ask.guardrail.second_parser import Seen, folded
from databaseai.catalog.snapshot import Table
from databaseai.errors import (
    ColumnRefused,
    FunctionRefused,
    NodeRefused,
    OperatorRefused,
    RelationRefused,
    TypeRefused,
)

SYSTEM_SCHEMA = "pg_catalog"
NAME = r'("(?:[^"]|"")+"|\w+)'
LEFT_OUT = re.compile(rf"\b(?:set|using)\s+{NAME}|\busing\s*\([^()]*\)\s*as\s+{NAME}", re.IGNORECASE)
"""What SEARCH, CYCLE and USING (...) AS name, which `second_tokens` leaves out of the tree."""
UNNAMED = frozenset(
    words("""array case coalesce exists greatest grouping least lexeme nullif ordinality positions row
    weights""")
) | {f"column{place}" for place in range(1, 100)}
"""Columns that PostgreSQL names itself."""


def resolve(seen: Seen, own: OwnWords, text: str) -> None:
    """Look up what `survey` found.

    Raises:
        RelationRefused, ColumnRefused, FunctionRefused, TypeRefused, OperatorRefused: What is not known.
    """
    tables = [found for node in seen.nodes if isinstance(node, exp.Table) and (found := table(node, own))]
    known = set(UNNAMED).union(seen.given, seen.functions, own.lists.types, own.names)
    for read in tables:
        known.update(own.columns(read))
        known.add(read.name)
    for name in seen.functions:
        known.update(own.lists.functions.columns.get(name, ()))
    for kind in seen.classes:
        known |= own.lists.second_functions[kind]
    for pair in LEFT_OUT.findall(text):
        known.update(name.strip('"').replace('""', '"') for name in pair)
    columns(seen, known)
    for node in seen.nodes:
        match node:
            case exp.Dot():
                dotted(node, known, own)
            case exp.DataType():
                typed(node, own)
            case exp.Operator():
                operator(node, own)
            case exp.TableSample():
                sampled(node)


def operator(node: exp.Operator, own: OwnWords) -> None:
    """OPERATOR(x), and those that sqlglot has no class for."""
    name = str(node.args["operator"]).removeprefix(f"{SYSTEM_SCHEMA}.")
    if name not in own.lists.operators:
        raise OperatorRefused(f"The operator {name} is not on the allow-list.", name=name)


def table(node: exp.Table, own: OwnWords) -> Table | None:
    """The catalog's table behind a reference; None for a WITH query that is in force there."""
    name, schema = folded(node.this), folded(node.args.get("db"))
    database = folded(node.args.get("catalog")) or own.catalog.database
    if not schema and name in visible(node):
        return None
    found = own.catalog.resolve(name, schema or None)
    if found is None or database != own.catalog.database:
        raise RelationRefused(
            f"The table {name} is not in the catalog.",
            hint=nearest(name, own.catalog.by_name, "Use one of the known tables."),
            name=name,
        )
    return found


def visible(node: exp.Expr) -> Iterator[str]:
    """Names of the WITH queries in force at a place of the tree."""
    below: exp.Expr | None = None
    inside: exp.Expr | None = None
    place: exp.Expr | None = node
    while place is not None:
        if isinstance(place, exp.CTE):
            inside = place
        found = place.args.get("with_")
        if isinstance(found, exp.With):
            for common in found.expressions:
                if below is found and common is inside and not found.args.get("recursive"):
                    break  # those behind it, and itself
                yield folded(common.args["alias"].this)
        below, place = place, place.parent


def columns(seen: Seen, known: set[str]) -> None:
    """Each path ends in a name that is known, behind a qualifier that is."""
    for path in seen.columns:
        for name in (path[-1], *path[-2:-1]):
            if name != "*" and name not in known:
                raise ColumnRefused(
                    f"No column {'.'.join(path)} is known.",
                    hint=nearest(name, known, "Use a column of the tables in FROM."),
                    name=".".join(path),
                )


def dotted(node: exp.Dot, known: set[str], own: OwnWords) -> None:
    """`schema.function(x)`, `(row).field`, `schema.type`."""
    last = node.expression
    if isinstance(last, exp.Identifier):
        if folded(last) not in known:
            raise ColumnRefused(
                f"The field {folded(last)} is not known.", hint="Name the column.", name=folded(last)
            )
    elif isinstance(last, exp.Func):
        schema, name = folded(node.this), folded(last.this) if isinstance(last.this, str) else ""
        if schema not in {SYSTEM_SCHEMA, own.functions.get(name)}:
            raise FunctionRefused(f"The function {schema}.{name} is not on the allow-list.", name=name)
    elif not isinstance(last, exp.Star):
        raise NodeRefused("A dot stands where the second parser knows no name.", name=type(last).__name__)


def typed(node: exp.DataType, own: OwnWords) -> None:
    """A type that sqlglot has no name for is on the list, or one of the data source's that may be named."""
    if node.this != exp.DType.USERDEFINED:
        return
    kind = node.args.get("kind")
    parts = [folded(part) for part in kind.flatten()] if isinstance(kind, exp.Dot) else [folded(kind)]
    name = parts[-1].split(".")[-1]
    if name not in own.lists.types and name not in own.names:
        raise TypeRefused(f"The type {name} is not on the allow-list.", name=name)


def sampled(node: exp.TableSample) -> None:
    """TABLESAMPLE with a method of PostgreSQL's."""
    method = node.args.get("method")
    if method is not None and folded(method) not in {"bernoulli", "system"}:
        raise NodeRefused(f"TABLESAMPLE {method} is not on the allow-list.", name=str(method))

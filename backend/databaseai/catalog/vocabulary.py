"""Words of the data source's own: its types, and the extensions whose functions and operators are known."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Annotated, Any, Literal

from psycopg import AsyncConnection
from pydantic import BeforeValidator, PlainSerializer

from databaseai.catalog import vocabulary_queries as queries

Key = tuple[str, str]
"""Schema and name."""
PAIRS = (
    BeforeValidator(
        lambda given: {tuple(key): value for key, value in given} if isinstance(given, list) else given
    ),
    PlainSerializer(lambda kept: list(kept.items())),
)
"""In a file, JSON, a name of several parts cannot be a key."""
Kind = Literal["enum", "domain", "composite", "range", "base"]
KINDS: dict[str, Kind] = {"e": "enum", "d": "domain", "c": "composite", "r": "range", "m": "range"}


@dataclass(frozen=True, slots=True)
class Extension:
    """One entry of `extensions.toml`."""

    functions: frozenset[str]
    operators: frozenset[str]
    types: frozenset[str]
    columns: dict[str, tuple[str, ...]]
    """Of a function in FROM."""


@dataclass(frozen=True, slots=True)
class UserType:
    """A type that is not PostgreSQL's own."""

    key: Key
    kind: Kind
    extension: str = ""
    """Whose member it is."""
    castable: bool = False
    """Making a value runs no function of the user's: no such CHECK, no such canonical form."""
    user_cast: bool = False
    """An implicit cast from it runs a function of the user's: any operation may."""
    asked_cast: bool = False
    """A cast from it runs one when it is asked for."""
    fields: tuple[tuple[str, "Use"], ...] = ()
    """Of a composite type."""


@dataclass(frozen=True, slots=True)
class Use:
    """The type of a column or field: a user's type, a list of one, or (None) one of PostgreSQL's own."""

    type: UserType | None = None
    array: bool = False


@dataclass(frozen=True, slots=True)
class ExtensionSchema:
    """A schema that holds a known extension, and what else may make it unsafe to look names up in."""

    name: str
    creatable: bool
    """The reader may create objects in it."""
    functions: dict[str, str]
    """Function name to the one known extension that all functions of that name belong to; else to ''."""
    operators: dict[str, str]
    """Likewise."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All of it, at the moment the catalog was read."""

    types: Annotated[dict[Key, UserType], *PAIRS] = field(default_factory=dict)
    columns: Annotated[dict[tuple[str, str, str], Use], *PAIRS] = field(default_factory=dict)
    """By schema, table, column: those whose type is not PostgreSQL's own."""
    schemas: tuple[ExtensionSchema, ...] = ()
    constructors: Annotated[dict[Key, bool], *PAIRS] = field(default_factory=dict)
    """Functions that make a range of a user's range type; False when another function has that name too."""
    row_casts: frozenset[Key] = frozenset()
    """Relations from whose rows a cast runs a function of the user's."""


@cache
def extensions() -> dict[str, Extension]:
    """`extensions.toml`."""
    text = resources.files(__package__).joinpath("extensions.toml").read_text("utf-8")
    return {
        entry["name"]: Extension(
            functions=frozenset(entry.get("functions", "").split()),
            operators=frozenset(entry.get("operators", "").split()),
            types=frozenset(entry.get("types", "").split()),
            columns={name: tuple(columns) for name, columns in entry.get("columns", {}).items()},
        )
        for entry in tomllib.loads(text)["extension"]
    }


async def read(connection: AsyncConnection, relations: list[int]) -> Vocabulary:
    """Read it, in the transaction that reads the catalog.

    Args:
        connection: The reader's.
        relations: Object ids of the relations it may read.
    """
    known = sorted(extensions())
    types = made(await rows(connection, queries.TYPES))
    return Vocabulary(
        types={use.type.key: use.type for use in types.values() if use.type is not None},
        columns={
            (schema, table, column): types.get(oid, Use())
            for schema, table, column, oid in await rows(
                connection, queries.COLUMNS, {"relations": relations}
            )
        },
        schemas=tuple(
            ExtensionSchema(name, creatable, dict(functions or {}), dict(operators or {}))
            for name, creatable, functions, operators in await rows(
                connection, queries.SCHEMAS, {"extensions": known}
            )
        ),
        constructors={
            (schema, name): bool(only) for schema, name, only in await rows(connection, queries.CONSTRUCTORS)
        },
        row_casts=frozenset((row[0], row[1]) for row in await rows(connection, queries.ROW_CASTS)),
    )


async def rows(
    connection: AsyncConnection, query: str, parameters: dict[str, Any] | None = None
) -> list[tuple[Any, ...]]:
    """All rows of one of our own queries."""
    cursor = await connection.execute(query.encode(), parameters)
    return await cursor.fetchall()


def made(found: list[tuple[Any, ...]]) -> dict[int, Use]:
    """Types by object id, arrays as uses of their elements."""
    by_oid = {row[0]: row for row in found}
    done: dict[int, Use] = {}

    def use(oid: int) -> Use:
        """The use of one type; what is not in the list is PostgreSQL's own."""
        if oid in done or oid not in by_oid:
            return done.get(oid, Use())
        done[oid] = Use()  # a type cannot hold itself, but a damaged catalog must not hang this
        _, schema, name, kind, element, base, extension, plain, *casts, fields, field_types = by_oid[oid]
        if element:
            done[oid] = Use(use(element).type, array=True)
            return done[oid]
        inner = [use(part) for part in field_types or ()]
        below = use(base) if base else Use()
        parts = [part.type for part in (*inner, below) if part.type is not None]
        done[oid] = Use(
            UserType(
                (schema, name),
                KINDS.get(kind, "base"),
                extension or (below.type.extension if below.type else ""),
                castable=bool(plain) and all(part.castable for part in parts),
                user_cast=bool(casts[0]) or any(part.user_cast for part in parts),
                asked_cast=bool(casts[1]) or any(part.asked_cast for part in parts),
                fields=tuple(zip(fields or (), inner, strict=True))
                or (below.type.fields if below.type else ()),
            ),
            array=below.array,
        )
        return done[oid]

    for oid in by_oid:
        use(oid)
    return done

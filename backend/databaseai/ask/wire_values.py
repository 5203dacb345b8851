"""PostgreSQL's text form of a value as a JSON value.

Integers, floats, booleans, JSON and arrays get their JSON kind; numeric, int8 beyond 2^53, dates, times,
intervals, bytea and all else stay PostgreSQL's text; NaN and the infinities are text too.
"""

import json
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import AsyncConnection

from databaseai.ask.events import Json

SAFE_INTEGER = 2**53
"""Past it, JavaScript rounds."""
JSON_DEPTH = 100
ODD_ESCAPE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
Convert = Callable[[bytes], Json]
Weigh = Callable[[bytes], int]
SLOT_BYTES = 8
OBJECT_BYTES = 56
"""Of a text or a number beside its digits, with its slot in a row (CPython 3.11: 49 and 28, and 8)."""
JSONS = {"json", "jsonb"}
PLAIN = {mark: re.compile(b"[^%b}]*" % mark) for mark in (b",", b";")}
"""An item without quotes, up to the type's delimiter. Never `find`, which looks to the end for each item."""
QUOTED = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
ALIASES = {
    "bool": "boolean",
    "bpchar": "character",
    "float4": "real",
    "float8": "double precision",
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "time": "time without time zone",
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
    "timetz": "time with time zone",
    "varbit": "bit varying",
    "varchar": "character varying",
}
"""pg_type's names as format_type prints them."""
LENGTHS = {"bpchar", "varchar"}
HEADER = 4
"""A length in a type modifier counts its own four bytes."""
TYPES = psycopg.adapters.types


@dataclass(frozen=True, slots=True)
class UserType:
    """What the server says about a type that is not built in."""

    name: str
    element: int
    """Oid of an array's element type; 0 for others."""


UserTypes = dict[int, UserType]


def built_in(oid: int) -> bool:
    """The type is in the registry of psycopg: no need to ask the server."""
    return TYPES.get(oid) is not None or oid == psycopg.adapters.types["text"].oid


async def user_types(oids: Iterable[int], reader: AsyncConnection[Any]) -> UserTypes:
    """Names and elements of types that are not built in."""
    cursor = await reader.execute(
        "SELECT oid::pg_catalog.int8, pg_catalog.format_type(oid, NULL),"
        " CASE WHEN typcategory OPERATOR(pg_catalog.=) 'A' THEN typelem::pg_catalog.int8 ELSE 0 END"
        " FROM pg_catalog.pg_type WHERE oid OPERATOR(pg_catalog.=) ANY (%s::pg_catalog.oid[])",
        (sorted(oids),),
    )
    return {oid: UserType(name, element) for oid, name, element in await cursor.fetchall()}


def type_name(oid: int, modifier: int, names: UserTypes) -> str:
    """As format_type prints it, with numeric's and the texts' sizes."""
    if found := names.get(oid):
        return found.name
    info = TYPES.get(oid)
    if info is None:
        return "unknown"
    name = ALIASES.get(info.name, info.name) + size(info.name, modifier)
    return f"{name}[]" if oid == info.array_oid else name


def size(name: str, modifier: int) -> str:
    """`(12,2)` of a numeric, `(3)` of a text."""
    if modifier < HEADER:
        return ""
    bits = modifier - HEADER
    if name == "numeric":
        return f"({bits >> 16 & 0xFFFF},{bits & 0x7FF})"
    return f"({bits})" if name in LENGTHS else ""


def converter(oid: int, names: UserTypes) -> Convert:
    """From the text form of a type to JSON."""
    if found := names.get(oid):
        return array_of(converter(found.element, names)) if found.element else text
    info = TYPES.get(oid)
    if info is None:
        return text
    if oid == info.array_oid:
        return array_of(converter(info.oid, names), info.delimiter)
    return BY_NAME.get(info.name, text)


def weight(oid: int) -> Weigh:
    """What a value of a type takes in memory; for JSON and arrays, where each part is an object, at most."""
    info = TYPES.get(oid)
    return weight_of_scalar if info and oid != info.array_oid and info.name not in JSONS else weight_of_parts


def weight_of_scalar(data: bytes) -> int:
    """One Python object."""
    return len(data) + OBJECT_BYTES


def weight_of_parts(data: bytes) -> int:
    """An object for each item, list and member of what begins like an array or a document."""
    if data[:1] not in {b"{", b"["}:
        return weight_of_scalar(data)
    parts = 1 + data.count(b",") + data.count(b"[") + 2 * data.count(b"{") + data.count(b":")
    return len(data) + parts * OBJECT_BYTES


def text(data: bytes) -> str:
    """PostgreSQL's own text."""
    return data.decode()


def integer(data: bytes) -> int | str:
    """A number, while JavaScript can hold it."""
    value = int(data)
    return value if -SAFE_INTEGER <= value <= SAFE_INTEGER else data.decode()


def double(data: bytes) -> float | str:
    """A number, or NaN, Infinity, -Infinity as text."""
    value = float(data)
    return value if math.isfinite(value) else data.decode()


def boolean(data: bytes) -> bool:
    """PostgreSQL writes t and f."""
    return data == b"t"


def parsed_json(data: bytes) -> Json:
    """The JSON value; its text when it is nested past reason or holds what JSON readers cannot."""
    try:
        value: Json = json.loads(data, parse_float=number, parse_int=whole)
    except (ValueError, RecursionError):
        return data.decode()
    return value if shallow(value) and readable(value, data) else data.decode()


def readable(value: Json, data: bytes) -> bool:
    r"""No text in it that UTF-8 or PostgreSQL's own jsonb cannot hold: half a surrogate pair, \u0000."""
    if not ODD_ESCAPE.search(data):
        return True
    text = json.dumps(value, ensure_ascii=False)
    return "\\u0000" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def number(digits: str) -> float | str:
    """A fraction of a JSON document; text where a float would change it to infinity."""
    value = float(digits)
    return value if math.isfinite(value) else digits


def whole(digits: str) -> int | str:
    """A whole number of a JSON document, as in `integer`."""
    return integer(digits.encode()) if len(digits) < len(str(SAFE_INTEGER)) + 2 else digits


def shallow(value: Json) -> bool:
    """Nested at most JSON_DEPTH deep."""
    level: list[Json] = [value]
    for _ in range(JSON_DEPTH):
        level = [item for part in level for item in children(part)]
        if not level:
            return True
    return False


def children(value: Json) -> Iterable[Json]:
    """What a list or an object holds."""
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def array_of(element: Convert, delimiter: str = ",") -> Convert:
    """A reader of PostgreSQL's array text: `{1,NULL,"a,b"}`, nested, with or without bounds."""
    mark = delimiter.encode()

    def convert(data: bytes) -> Json:
        start = data.index(b"{")  # `[0:2]={...}` names bounds that are not 1
        value, _ = read_array(data, start + 1, element, mark)
        return value

    return convert


def read_array(data: bytes, at: int, element: Convert, mark: bytes) -> tuple[list[Json], int]:
    """Items from `at`, just behind a brace, to behind the closing one."""
    items: list[Json] = []
    while True:
        first = data[at : at + 1]
        if first == b"}":
            return items, at + 1
        if first == mark:
            at += 1
        elif first == b"{":
            inner, at = read_array(data, at + 1, element, mark)
            items.append(inner)
        elif first == b'"':
            raw, at = read_quoted(data, at + 1)
            items.append(element(raw))
        else:
            raw = PLAIN[mark].match(data, at)[0]  # type: ignore[index]  # matches the empty text too
            at += len(raw)
            items.append(None if raw == b"NULL" else element(raw))


def read_quoted(data: bytes, at: int) -> tuple[bytes, int]:
    """A quoted item, its backslashes undone, and the place behind it.

    In a few passes, not a step for each backslash; PostgreSQL's text holds no zero byte.
    """
    raw = QUOTED.match(data, at)[0]  # type: ignore[index]  # matches the empty text too
    end = at + len(raw) + 1
    if b"\\" in raw:
        raw = raw.replace(b"\\\\", b"\0").replace(b"\\", b"").replace(b"\0", b"\\")
    return raw, end


BY_NAME: dict[str, Convert] = {
    "int2": integer,
    "int4": integer,
    "int8": integer,
    "oid": integer,
    "float4": double,
    "float8": double,
    "bool": boolean,
    "json": parsed_json,
    "jsonb": parsed_json,
}

"""Names as SQL text, and back."""

import re
from functools import cache

from databaseai.ask.guardrail.first_parser import parse
from databaseai.ask.guardrail.text import Source
from databaseai.errors import StatementUnparsable

PLAIN = re.compile("[a-z_][a-z0-9_]*")


@cache
def quoted(name: str) -> str:
    """An identifier as SQL, quoted unless PostgreSQL's grammar reads it back as it is."""
    if PLAIN.fullmatch(name) and read_back(name):
        return name
    return '"' + name.replace('"', '""') + '"'


def read_back(name: str) -> bool:
    """Whether a bare word is a schema's name, not a keyword."""
    try:
        node, _, _ = parse(Source(f"SELECT FROM {name}.x"))
    except StatementUnparsable:
        return False
    element = node["SelectStmt"]["fromClause"][0]
    found: str = element.get("RangeVar", {}).get("schemaname", "")
    return found == name


def unquoted(name: str) -> list[str]:
    """The parts of `schema.name` or `"Sch ema"."na.me"` as format_type prints them."""
    parts = re.findall(r'"((?:[^"]|"")*)"|([^".]+)', name)
    return [(quoted_part.replace('""', '"') or plain) for quoted_part, plain in parts]

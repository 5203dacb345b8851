"""Tables and enum types of one statement: looked up in the catalog, and where in the text to qualify them."""

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cache

from databaseai.ask.guardrail.first_parser import Node, parse
from databaseai.ask.guardrail.hints import nearest
from databaseai.ask.guardrail.lists import Lists
from databaseai.ask.guardrail.structure import type_refused, words
from databaseai.ask.guardrail.text import Source
from databaseai.catalog.snapshot import Catalog, Table
from databaseai.errors import RelationRefused, StatementUnparsable

PLAIN = re.compile("[a-z_][a-z0-9_]*")
SYSTEM = ("pg_catalog", "information_schema", "pg_toast")


@dataclass
class Relations:
    """What one statement reads."""

    source: Source
    catalog: Catalog
    lists: Lists
    insertions: dict[int, str] = field(default_factory=dict)
    """Byte offset to the text that goes in there."""
    tables: dict[tuple[str, str], None] = field(default_factory=dict)
    """In order of appearance."""
    seen: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(schema or "", name) as written, for the comparison with the second parser."""

    def common(self, name: str) -> None:
        """A reference to a WITH query stays as it is."""
        self.seen["", name] += 1

    def table(self, fields: Node) -> Table:
        """The catalog's table behind a reference. Raises RelationRefused (DBAI512)."""
        name, schema = fields["relname"], fields.get("schemaname")
        found = self.catalog.resolve(name, schema)
        if found is None or fields.get("catalogname", self.catalog.database) != self.catalog.database:
            raise self.refused(name, schema, fields)
        self.seen[schema or "", name] += 1
        self.tables[found.qualified] = None
        if schema is None:
            self.insertions[fields["location"]] = f"{quoted(found.schema)}."
        return found

    def refused(self, name: str, schema: str | None, fields: Node) -> RelationRefused:
        """The refusal, with the nearest tables."""
        text = f"{schema}.{name}" if schema else name
        if schema in SYSTEM or name.startswith("pg_"):
            hint = "PostgreSQL's own tables are not part of the data."
        elif elsewhere := self.catalog.by_name.get(name):
            hint = f"Write {' or '.join('.'.join(table.qualified) for table in elsewhere)}."
        else:
            shown = {
                table.name if self.catalog.resolve(table.name) is table else ".".join(table.qualified): None
                for table in self.catalog.tables
            }
            hint = nearest(name, shown, f"Known tables: {', '.join(list(shown)[:30]) or 'none'}.")
        return RelationRefused(
            f"The table {text} is not in the catalog.",
            hint=hint,
            name=text,
            **self.source.position(fields.get("location")),
        )

    def enum(self, fields: Node) -> None:
        """A type that is not built in: an enum of a catalog column, qualified in place, or refused."""
        path = words(fields["names"])
        for schema, name in self.enums():
            if path == [name] and fields.get("location", -1) >= 0:
                self.insertions[fields["location"]] = f"{quoted(schema)}."
                return
            if path == [schema, name]:
                return
        raise type_refused(path, fields, self.source, self.lists)

    def enums(self) -> dict[tuple[str, str], None]:
        """Schema and name of each enum type that a column has, those on the search path first."""
        found: dict[tuple[str, str], None] = {}
        for table in self.catalog.tables:
            for column in table.columns:
                if column.labels:
                    *schema, name = unquoted(column.type.removesuffix("[]"))
                    found[(schema[0] if schema else self.home(table)), name] = None
        return found

    def home(self, table: Table) -> str:
        """Schema of a type that the catalog names bare, since it is found along the login's path."""
        path = self.catalog.search_path
        return table.schema if table.schema in path or not path else path[0]

    def qualified(self, start: int, end: int) -> tuple[str, tuple[tuple[int, int], ...]]:
        """The statement's text with every bare table and enum type qualified, and how far that shifts it."""
        encoded = self.source.encoded
        body = encoded[start:end].decode()
        start += len(body.encode()) - len(body.lstrip().encode())
        shift = -len(encoded[:start].decode())
        pieces, shifts, last, length = [], [(0, shift)], start, 0
        for offset in sorted(self.insertions):
            before, prefix = encoded[last:offset].decode(), self.insertions[offset]
            length += len(before)
            shift += len(prefix)
            shifts.append((length + len(prefix), shift))
            length += len(prefix)
            pieces += [before, prefix]
            last = offset
        text = "".join([*pieces, encoded[last:end].decode()]).rstrip()
        return (f"{text}\n" if "--" in text.rpartition("\n")[2] else text), tuple(shifts)


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

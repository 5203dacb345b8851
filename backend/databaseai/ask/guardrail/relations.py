"""Tables and enum types of one statement: looked up in the catalog, and where in the text to qualify them."""

from collections import Counter
from dataclasses import dataclass, field

from databaseai.ask.guardrail.first_parser import Node
from databaseai.ask.guardrail.hints import nearest
from databaseai.ask.guardrail.identifiers import quoted, unquoted
from databaseai.ask.guardrail.lists import Lists
from databaseai.ask.guardrail.own_words import OwnWords
from databaseai.ask.guardrail.structure import type_refused, words
from databaseai.ask.guardrail.substitution import Edits
from databaseai.ask.guardrail.text import Source
from databaseai.catalog.snapshot import Catalog, Table
from databaseai.catalog.vocabulary import UserType
from databaseai.errors import ExtensionRefused, PolicyRefused, RelationRefused, TypeRefused

SYSTEM = ("pg_catalog", "information_schema", "pg_toast")


@dataclass
class Relations:
    """What one statement reads."""

    source: Source
    catalog: Catalog
    lists: Lists
    edits: Edits
    own: OwnWords
    tables: dict[tuple[str, str], None] = field(default_factory=dict)
    """In order of appearance."""
    seen: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(schema or "", name) as written, for the comparison with the second parser."""

    def common(self, name: str) -> None:
        """A reference to a WITH query stays as it is."""
        self.seen["", name] += 1

    def table(self, fields: Node) -> Table:
        """The catalog's table behind a reference. Raises RelationRefused (DBAI512), PolicyRefused."""
        name, schema = fields["relname"], fields.get("schemaname")
        found = self.catalog.resolve(name, schema)
        if found is None or fields.get("catalogname", self.catalog.database) != self.catalog.database:
            raise self.refused(name, schema, fields)
        if schema is None and self.hides(name, found):
            raise self.refused(name, None, fields)
        self.seen[schema or "", name] += 1
        self.tables[found.qualified] = None
        if found.reads:
            self.edits.narrow(fields, found)
        elif not self.edits.guard(fields, found) and schema is None:
            self.edits.insert(fields["location"], f"{quoted(found.schema)}.")
        return found

    def refused(self, name: str, schema: str | None, fields: Node) -> RelationRefused | PolicyRefused:
        """The refusal, with the nearest tables."""
        text = f"{schema}.{name}" if schema else name
        if why := self.closed(name, schema):
            return PolicyRefused(
                f"The table {text} is closed: {why}.",
                hint="Answer without it.",
                name=text,
                **self.source.position(fields.get("location")),
            )
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

    def closed(self, name: str, schema: str | None) -> str:
        """Why the policy closes a table; empty when it does not."""
        schemas = self.catalog.search_path if schema is None else (schema,)
        return next((why for each in schemas if (why := self.catalog.why_closed.get((each, name)))), "")

    def hides(self, name: str, found: Table) -> bool:
        """A closed table comes before this one on the search path: the bare name means that one."""
        if not self.catalog.closed:
            return False
        path = self.catalog.search_path
        return any((each, name) in self.catalog.why_closed for each in path[: path.index(found.schema)])

    def function(self, name: str, location: int) -> None:
        """A function of an extension or of a range type: qualified in place."""
        if (schema := self.own.functions.get(name)) is not None:
            self.edits.insert(location, f"{quoted(schema)}.")

    def enum(self, fields: Node) -> None:
        """A type that is not built in: one that may be named, qualified in place, or refused."""
        path = words(fields["names"])
        if (kind := self.own.type(path)) is not None and self.own.nameable(kind):
            if len(path) == 1 and fields.get("location", -1) >= 0:
                self.edits.insert(fields["location"], f"{quoted(kind.key[0])}.")
            return
        if kind is not None:
            raise self.unknown_type(kind, fields)
        for schema, name in self.enums():
            if path == [name] and fields.get("location", -1) >= 0:
                self.edits.insert(fields["location"], f"{quoted(schema)}.")
                return
            if path == [schema, name]:
                return
        raise type_refused(path, fields, self.source, self.lists)

    def unknown_type(self, kind: UserType, fields: Node) -> ExtensionRefused | TypeRefused:
        """The refusal of a type of the data source's own."""
        if not kind.extension:
            return type_refused(list(kind.key), fields, self.source, self.lists)
        return ExtensionRefused(
            f"The type {kind.key[1]} of the extension {kind.extension} may not be used here.",
            hint="Compare as text: column::text = 'value'.",
            name=kind.key[1],
            **self.source.position(fields.get("location")),
        )

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

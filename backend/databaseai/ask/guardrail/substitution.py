"""A table under a policy, written in place as the query that reads what is open of it.

`customer c` becomes `(SELECT id, name, <mask> AS email FROM public.customer) c`, so that `*`, whole rows,
NATURAL JOIN and USING see what is open and nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any

import postgast

from databaseai.ask.guardrail.first_parser import Node, parse
from databaseai.ask.guardrail.identifiers import quoted
from databaseai.ask.guardrail.text import Source
from databaseai.ask.guardrail.trees import same
from databaseai.catalog.policy import MASKED_SCHEMA
from databaseai.catalog.snapshot import Table
from databaseai.errors import PolicyRefused, Unexpected

COMMENTS = (b"--", b"/*")
Name = tuple[str, str]
"""Schema and name."""


@dataclass
class Edits:
    """Changes to a statement's text, by byte offset."""

    source: Source
    made: dict[int, tuple[int, str, str]] = field(default_factory=dict)
    """Start to end, the text that runs, and the text that people see; none overlaps another."""
    sampled: set[int] = field(default_factory=set)
    """Where a table name with TABLESAMPLE starts."""
    narrowed: set[int] = field(default_factory=set)
    """Where a table name starts in whose place a query was written."""
    whole: bool = False
    """The statement reads columns that it does not name."""

    def insert(self, offset: int, text: str) -> None:
        """Put text in, apart from a word before it: `FROM"customer"` is two."""
        spaced = self.apart(offset, text)
        self.put(offset, offset, spaced, spaced)

    def replace(self, start: int, end: int, text: str, shown: str) -> None:
        """Put text in the place of what stands there."""
        self.put(start, end, text, shown)

    def put(self, start: int, end: int, text: str, shown: str) -> None:
        """One change; what is put in where another change starts comes before it."""
        if start in self.made:
            other, given, given_shown = self.made[start]
            if other > start and end > start:
                raise Unexpected("Two changes of one piece of a statement.")
            first_is_new = other > start
            text = text + given if first_is_new else given + text
            shown = shown + given_shown if first_is_new else given_shown + shown
            end = max(end, other)
        self.made[start] = (end, text, shown)

    def apart(self, offset: int, text: str) -> str:
        """The text, with a blank before it where it would run together with a word."""
        return f" {text}" if runs_on(self.source.encoded[max(0, offset - 1) : offset]) else text

    def spelt(self, start: int, end: int) -> str:
        """What stands there."""
        return self.source.encoded[start:end].decode()

    @cached_property
    def tokens(self) -> list[tuple[int, int]]:
        """Start and end of each token, comments left out."""
        found = [(each.start, each.end) for each in postgast.scan(self.source.text).tokens]
        return [each for each in found if not self.source.encoded[slice(*each)].startswith(COMMENTS)]

    @cached_property
    def places(self) -> dict[int, int]:
        """Start of a token to its place in the list."""
        return {start: place for place, (start, _) in enumerate(self.tokens)}

    def word(self, place: int) -> str:
        """A token's text, in lower case."""
        if not 0 <= place < len(self.tokens):
            return ""
        return self.spelt(*self.tokens[place]).lower()

    def after_name(self, place: int) -> int:
        """The place after one name, which may be `U&"..." UESCAPE '!'`."""
        escaped = self.word(place).startswith('u&"') and self.word(place + 1) == "uescape"
        return place + (3 if escaped else 1)

    def after_names(self, place: int, count: int) -> int | None:
        """The place after `count` names with dots between; None when something else stands there."""
        for number in range(count):
            if number:
                if self.word(place) != ".":
                    return None
                place += 1
            place = self.after_name(place)
        return place

    def guard(self, fields: Node, table: Table) -> bool:
        """Hold a table to the columns that the catalog knows, where a rule may mean one that came later.

        Returns:
            Whether it was needed and possible.
        """
        if not self.whole or not table.guard:
            return False
        try:
            self.narrow(fields, replace(table, reads=table.guard))
        except PolicyRefused:  # none of its columns was closed when the catalog was read
            return False
        return True

    def narrow(self, fields: Node, table: Table) -> None:
        """Write the query that reads a table into the place of its name.

        Raises:
            PolicyRefused: ONLY, TABLESAMPLE or `name *`, which a query cannot follow. DBAI518.
        """
        place = self.places.get(fields.get("location", -1))
        parts = 1 + ("schemaname" in fields) + ("catalogname" in fields)
        after = None if place is None else self.after_names(place, parts)
        if place is None or after is None:
            raise self.refused(fields, table, "cannot be named like this", "Name it plainly.")
        if not fields.get("inh"):
            raise self.refused(fields, table, "cannot stand behind ONLY", "Leave ONLY out.")
        if self.word(after) == "*":
            raise self.refused(fields, table, "cannot be followed by *", "Leave the * out.")
        if fields["location"] in self.sampled:
            hint = "Leave TABLESAMPLE out; ORDER BY random() LIMIT n draws rows too."
            raise self.refused(fields, table, "cannot be sampled", hint)
        end = self.tokens[after - 1][1]
        text = f"({table.reads})"
        if "alias" not in fields:
            text += f" AS {quoted(fields['relname'])}"
        if runs_on(self.source.encoded[end : end + 1]):
            text += " "
        shown = self.spelt(fields["location"], end)
        if "schemaname" not in fields:
            shown = self.apart(fields["location"], f"{quoted(table.schema)}.{shown}")
        self.replace(fields["location"], end, text, shown)
        self.narrowed.add(fields["location"])
        if self.word(place - 1) == "table":  # TABLE customer
            start, stop = self.tokens[place - 1]
            self.replace(start, stop, "SELECT * FROM", self.spelt(start, stop))

    def refused(self, fields: Node, table: Table, what: str, hint: str) -> PolicyRefused:
        """The refusal of a reference."""
        return PolicyRefused(
            f"{table.name} has columns that are closed or masked by policy, so it {what}.",
            hint=hint,
            name=".".join(table.qualified),
            **self.source.position(fields.get("location")),
        )

    def without_schema(self, fields: Node, path: list[str]) -> None:
        """`schema.table.column` as `table.column`: the query in the table's place has no schema.

        Raises:
            PolicyRefused: The reference is not spelt plainly. DBAI518.
        """
        place = self.places.get(fields.get("location", -1))
        start = None if place is None else self.after_names(place, len(path) - 2)
        if place is None or start is None or self.word(start) != ".":
            raise PolicyRefused(
                f"{'.'.join(path)} cannot be named like this.", hint="Give the table an alias."
            )
        end = self.tokens[start + 1][0]
        self.replace(fields["location"], end, "", self.spelt(fields["location"], end))

    def apply(self, start: int, end: int, *, shown: bool = False) -> tuple[str, tuple[tuple[int, int], ...]]:
        """The statement's text between two byte offsets with all changes, and how far they shift it."""
        encoded = self.source.encoded
        body = encoded[start:end].decode()
        start += len(body.encode()) - len(body.lstrip().encode())
        shift = -len(encoded[:start].decode())
        pieces, shifts, last, length = [], [(0, shift)], start, 0
        for offset in sorted(self.made):
            until, *texts = self.made[offset]
            text = texts[shown]
            before, gone = encoded[last:offset].decode(), encoded[offset:until].decode()
            length += len(before) + len(text)
            shift += len(text) - len(gone)
            shifts.append((length, shift))
            pieces += [before, text]
            last = until
        text = "".join([*pieces, encoded[last:end].decode()]).rstrip()
        return (f"{text}\n" if "--" in text.rpartition("\n")[2] else text), tuple(shifts)


def reads_whole(statement: Node) -> bool:
    """Whether `*`, a whole row or NATURAL stands anywhere in a statement; rather once too often."""
    sources: set[str] = set()
    named: set[str] = set()
    stack: list[Any] = [statement]
    while stack:
        part = stack.pop()
        if isinstance(part, list):
            stack.extend(part)
        elif isinstance(part, dict):
            if "A_Star" in part or part.get("isNatural"):
                return True
            sources.update(filter(None, (part.get("relname"), part.get("aliasname"))))
            if "ColumnRef" in part:
                named.add(part["ColumnRef"]["fields"][-1].get("String", {}).get("sval", ""))
            stack.extend(part.values())
    return not sources.isdisjoint(named)


def runs_on(byte: bytes) -> bool:
    """Whether a name put beside this byte would run together with it."""
    return byte.isalnum() or byte in (b'"', b"$", b"_") or byte > b"\x7f"


def seal(sql: str, narrowed: Mapping[Name, Table]) -> None:
    """Read what will run once more: a narrowed table stands nowhere but inside the query that reads it.

    A second lock on `Edits`: it knows nothing of offsets.

    Args:
        sql: What will run.
        narrowed: The catalog's tables under a policy, by schema and name.

    Raises:
        PolicyRefused: One stands elsewhere. DBAI518.
    """
    stack: list[Any] = [parse(Source(sql))[0]]
    while stack:
        part = stack.pop()
        if isinstance(part, list):
            stack.extend(part)
        elif isinstance(part, dict):
            query = part.get("RangeSubselect", {}).get("subquery")
            if query is not None and right(query, narrowed):
                continue
            table = part.get("RangeVar")
            if table is not None and (table.get("schemaname"), table["relname"]) in narrowed:
                raise PolicyRefused(
                    f"{table['relname']} has columns that are closed or masked by policy: not here.",
                    hint="Name it plainly in FROM, with an alias.",
                    name=table["relname"],
                )
            stack.extend(part.values())


def right(query: Node, narrowed: Mapping[Name, Table]) -> bool:
    """Whether a subquery is the one that reads a narrowed table, or the view that shows it."""
    read: list[Node] = query.get("SelectStmt", {}).get("fromClause", [])
    source = read[0].get("RangeVar", {}) if len(read) == 1 else {}
    schema, name = source.get("schemaname", ""), source.get("relname", "")
    tables = [narrowed[schema, name]] if (schema, name) in narrowed else []
    if schema.startswith(MASKED_SCHEMA):
        tables += [table for table in narrowed.values() if table.name == name]
    return any(same(query, template(table.reads)) for table in tables)


@cache
def template(reads: str) -> Any:
    """The tree of such a query."""
    return parse(Source(reads))[0]

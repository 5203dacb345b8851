"""What names mean at one place of a query, as PostgreSQL looks them up."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self

from databaseai.ask.guardrail.first_parser import Node
from databaseai.catalog.snapshot import Table

Columns = tuple[str, ...]


class ColumnName(str):
    """A column's name, with what is known of its values; a name alone knows nothing."""

    __slots__ = ("array", "guard", "row", "stored")

    row: "Columns | None"
    """Columns of each value, when it is a row."""
    array: bool
    """A value is a list of such rows."""
    guard: str
    """Why an operation on it cannot be judged; see `own_words`."""
    stored: bool
    """A table holds it: the statement did not make it large."""

    def __new__(
        cls,
        name: str,
        *,
        row: "Columns | None" = None,
        array: bool = False,
        guard: str = "",
        stored: bool = False,
    ) -> Self:
        """One name."""
        made = super().__new__(cls, name)
        made.row, made.array, made.guard, made.stored = row, array, guard, stored
        return made

    def named(self, name: str) -> "ColumnName":
        """The same under another name."""
        return ColumnName(name, row=self.row, array=self.array, guard=self.guard, stored=self.stored)


def carried(name: str, source: str | None) -> str:
    """A name for what `source` names."""
    return source.named(name) if isinstance(source, ColumnName) else name


def guard(name: str | None) -> str:
    """Of a column that may be a name alone."""
    return name.guard if isinstance(name, ColumnName) else ""


@dataclass(slots=True)
class Item:
    """One named source of columns in FROM."""

    name: str
    columns: Columns
    table: Table | None = None
    """The table itself, when it stands without an alias: schema.table.column may then name it."""
    scalar: bool = False
    """A function of one value: its name is that value, not a row."""
    closed: Columns = ()
    """Columns of the table that the policy denies."""
    cast: bool = False
    """A cast from its rows runs a function of the user's."""
    narrowed: Table | None = None
    """The table, aliased or not, in whose place a query stands."""


@dataclass(slots=True)
class Source:
    """What one element of FROM offers: a table, a subquery, a function, a join."""

    items: list[Item]
    columns: Columns
    """In order, as `*` gives them; USING merges."""


@dataclass(slots=True)
class Scope:
    """The names visible at one query level; `outer` is what lies around it."""

    outer: "Scope | None" = None
    items: list[Item] = field(default_factory=list)
    columns: set[str] = field(default_factory=set)
    star: Columns = ()

    def add(self, source: Source) -> None:
        """One more element of FROM."""
        self.items.extend(source.items)
        self.columns.update(source.columns)
        self.star += source.columns

    def around(self) -> "Iterator[Scope]":
        """This level, then each outer one."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.outer

    def has_column(self, name: str) -> bool:
        """A bare name is a column at some level."""
        return any(name in scope.columns for scope in self.around())

    def find(self, name: str, schema: str | None = None) -> Item | None:
        """The source that a qualifier means: the nearest level that has one decides."""
        for scope in self.around():
            for item in scope.items:
                if item.name == name and (schema is None or (item.table and item.table.schema == schema)):
                    return item
        return None

    def closed(self, name: str, qualifier: str | None = None) -> Item | None:
        """The source whose denied column PostgreSQL would find by this name, did the policy not hide it."""
        if qualifier is not None:
            item = self.find(qualifier)
            return item if item and name in item.closed and name not in item.columns else None
        for scope in self.around():
            if name in scope.columns:
                return None
            if found := next((item for item in scope.items if name in item.closed), None):
                return found
        return None

    def column(self, name: str) -> str | None:
        """The column that a bare name means; where several are so called, one that is guarded."""
        for scope in self.around():
            if name in scope.columns:
                found = [each for item in scope.items for each in item.columns if each == name]
                return next((each for each in found if guard(each)), found[0] if found else name)
        return None

    def known(self) -> set[str]:
        """All names, for hints."""
        return {name for scope in self.around() for item in scope.items for name in item.columns}


@dataclass(slots=True)
class CommonTable:
    """One WITH query; worked out when first needed, as its columns may hang on later ones."""

    name: str
    node: Node
    outer: Scope | None
    visible: "Bindings"
    """The WITH queries it may use itself."""
    columns: Columns | None = None
    half: Columns = ()
    """Of its first half, while the second is worked out: it may refer to itself."""
    busy: bool = False


@dataclass(slots=True)
class Bindings:
    """WITH queries in force at one place."""

    outer: "Bindings | None" = None
    here: dict[str, CommonTable] = field(default_factory=dict)

    def find(self, name: str) -> CommonTable | None:
        """The nearest WITH query of that name."""
        bindings: Bindings | None = self
        while bindings is not None:
            if found := bindings.here.get(name):
                return found
            bindings = bindings.outer
        return None

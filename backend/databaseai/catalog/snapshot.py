"""What the data source holds, as one immutable value."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from databaseai.catalog.semantic.model import SemanticModel
from databaseai.catalog.vocabulary import Vocabulary

TableKind = Literal["table", "partitioned table", "view", "materialised view", "foreign table"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column the reader may select."""

    name: str
    type: str
    """As PostgreSQL's `format_type` prints it: `numeric(12,2)`, `text[]`, `order_state`."""
    nullable: bool = True
    comment: str = ""
    labels: tuple[str, ...] = ()
    """Of an enum type, in its order."""
    samples: tuple[str, ...] = ()
    """A few distinct values as text; data, never instructions."""
    values: tuple[str, ...] = ()
    """More of them for text columns, most frequent first: what value linking looks words up in."""
    values_complete: bool = False
    """`values` holds every value the column had when it was read (enum columns use `labels`)."""
    codes: tuple[str, ...] = ()
    """Of a text column of a small lookup table: the key of the row of each of `values`, in their order."""
    mask: str = ""
    """What the policy makes of its values: `hash`, `last4`, ...; `type` is then the masked one's."""


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """`columns` of this table point to `referenced_columns` of another, position by position."""

    columns: tuple[str, ...]
    referenced_schema: str
    referenced_table: str
    referenced_columns: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """One relation the reader may select from; partitions stand as their parent."""

    schema: str
    name: str
    kind: TableKind
    columns: tuple[Column, ...]
    comment: str = ""
    row_estimate: int | None = None
    """From `pg_class.reltuples`; None when PostgreSQL never counted (or for a view)."""
    primary_key: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    """Column sets that are unique, without the primary key."""
    foreign_keys: tuple[ForeignKey, ...] = ()
    reads: str = ""
    """The SELECT that stands for it in a query, where the policy closes or masks columns; else empty."""
    closed: tuple[str, ...] = ()
    """Columns that the policy denies; they are not in `columns`."""
    guard: str = ""
    """Likewise, of all its columns, where a wildcard of the policy may mean one that is added later."""
    row_security: bool = False
    """Policies choose the rows that the reader sees."""

    @property
    def qualified(self) -> tuple[str, str]:
        """Schema and name."""
        return self.schema, self.name

    @cached_property
    def column(self) -> dict[str, Column]:
        """Columns by name."""
        return {column.name: column for column in self.columns}


@dataclass(frozen=True, eq=False)
class Catalog:
    """All the reader may select from, at one moment; equal only to itself, so that its indexes are kept."""

    database: str
    server_version: int
    """As `server_version_num`: 180006."""
    tables: tuple[Table, ...]
    fingerprint: str
    """Changes when a table, column, type, key or comment changes; not with rows or samples."""
    search_path: tuple[str, ...] = ("public",)
    """Schemas in which the login finds a table by its bare name, in order."""
    samples_cut: bool = field(default=False)
    """Sampling ran out of time: some columns have no samples."""
    closed: tuple[tuple[str, str, str], ...] = ()
    """Schema, name and why, of tables that the policy closes; they are not in `tables`."""

    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    """Types and extensions of the data source's own."""
    partitions: tuple[tuple[str, str, str, str], ...] = ()
    """Schema and name of a partition, then of the root that stands for it in `tables`."""
    semantic: SemanticModel | None = None
    """The business's words for it, as far as they fit; descriptions and joins are in `tables` already."""

    @cached_property
    def table(self) -> dict[tuple[str, str], Table]:
        """Tables by (schema, name), and partitions: a query may name one, linking and prompt never do."""
        found = {table.qualified: table for table in self.tables}
        for schema, name, *root in self.partitions:
            whole = found.get((root[0], root[1]))
            # a policy's query reads the root
            if whole is not None and not whole.reads and not whole.guard:
                found.setdefault((schema, name), replace(whole, schema=schema, name=name, row_estimate=None))
        return found

    @cached_property
    def narrowed(self) -> dict[tuple[str, str], Table]:
        """Tables with columns that the policy closes or masks."""
        return {table.qualified: table for table in self.tables if table.reads}

    @cached_property
    def why_closed(self) -> dict[tuple[str, str], str]:
        """Closed tables by schema and name, with the reason."""
        return {(schema, name): why for schema, name, why in self.closed}

    @cached_property
    def by_name(self) -> dict[str, tuple[Table, ...]]:
        """Tables by bare name, over all schemas."""
        found: dict[str, tuple[Table, ...]] = {}
        for table in self.tables:
            found[table.name] = (*found.get(table.name, ()), table)
        return found

    def resolve(self, name: str, schema: str | None = None) -> Table | None:
        """The table that `schema.name`, or `name` along the search path, means; None when there is none."""
        if schema is not None:
            return self.table.get((schema, name))
        for candidate in self.search_path:
            if found := self.table.get((candidate, name)):
                return found
        return None

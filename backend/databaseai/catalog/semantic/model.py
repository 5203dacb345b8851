"""The business's words for a catalog: synonyms, definitions, descriptions and joins that fit it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from databaseai.catalog.semantic.naming import speaks_of_time, spots
from databaseai.catalog.words import words

if TYPE_CHECKING:
    from databaseai.catalog.snapshot import Catalog, ForeignKey, Table

TableName = tuple[str, str]
"""Schema and name."""
MOST_LINES = 6
"""Definitions of one question: more would be read as noise by a small model."""
ORDER = {"metric": 0, "filter": 1, "join": 2, "column": 3, "table": 4}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the business says of a table, or of one of its columns."""

    table: TableName
    column: str = ""
    """Empty: the table itself."""
    description: str = ""
    synonyms: tuple[str, ...] = ()
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Definition:
    """A name that a question may use, and what it means in SQL."""

    kind: Literal["metric", "filter", "join", "column", "table"]
    name: str
    phrases: tuple[str, ...]
    """The name and its synonyms."""
    text: str
    """For the prompt, after the name and a colon."""
    tables: tuple[TableName, ...]
    """What it reads; the base table first."""
    sql: str = ""
    """A query that the gate accepts, for checks against the database."""
    time: str = ""
    """What dates it; said where the question speaks of time: a small model uses every column it reads of."""

    def line(self, phrase: str, *, dated: bool) -> str:
        """For the prompt, under the asker's own word."""
        named = self.kind in {"column", "table"} or words(phrase) == words(self.name)
        label = phrase if named else f"{phrase} ({self.name})"
        return f"{label}: {self.text}" + (f", dated by {self.time}" if dated and self.time else "")


@dataclass(frozen=True, slots=True)
class ExtraJoin:
    """Columns that are equal where two tables belong together, though no key says so."""

    table: TableName
    columns: tuple[str, ...]
    other: TableName
    other_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Misfit:
    """A part of the file that does not fit the catalog, and is left out."""

    line: int
    where: str
    why: str
    code: str = ""
    """Of the error, where the gate or PostgreSQL refused it."""


@dataclass(frozen=True)
class SemanticModel:
    """What of a semantic model fits one catalog. `fitting.fit` makes it."""

    meanings: tuple[Meaning, ...] = ()
    terms: tuple[Definition, ...] = ()
    joins: tuple[ExtraJoin, ...] = ()
    misfits: tuple[Misfit, ...] = ()

    def synonyms(self, table: TableName | str, column: str | None = None) -> tuple[str, ...]:
        """What people call a table or a column, for linking.

        Args:
            table: Schema and name, as in `Table.qualified`; a bare name means every table of that name.
            column: Of that table; None: the table, with the names of its metrics, filters and joins.
        """
        if isinstance(table, str):
            return self._by_bare_name.get((table, column or ""), ())
        return self._synonyms.get((table, column or ""), ())

    def definitions(self, question: str, tables: Iterable["Table"]) -> tuple[str, ...]:
        """The definitions that a question's words name, as lines for the prompt.

        Args:
            question: In the asker's words.
            tables: Those that the model is shown; a definition that reads another is left out.

        Returns:
            At most `MOST_LINES` lines of one definition each, such as `revenue: sum(orders.total_eur) FROM
            orders WHERE orders.status <> 'cancelled', dated by orders.ordered_at`; dates where the question
            speaks of time. A longer name hides the shorter ones within it.
        """
        shown, asked = {table.qualified for table in tables}, words(question)
        dated = speaks_of_time(question, asked)
        found = [
            (spot.rank, ORDER[term.kind], number, spot)
            for word in dict.fromkeys(asked)
            for number, phrase, said in self.by_first_word.get(word, ())
            if shown.issuperset((term := self.terms[number]).tables)
            for spot in spots(phrase, said, asked, scattered=term.kind == "filter")
        ]
        taken: set[int] = set()
        lines: dict[int, str] = {}
        for _, _, number, spot in sorted(found, key=lambda each: each[:3]):
            if number not in lines and taken.isdisjoint(spot.places):
                taken |= set(spot.places)
                lines[number] = self.terms[number].line(spot.phrase, dated=dated)
        ordered = sorted(lines, key=lambda number: (ORDER[self.terms[number].kind], number))
        return tuple(lines[number] for number in ordered[:MOST_LINES])

    def apply(self, catalog: "Catalog") -> "Catalog":
        """The catalog with these descriptions, joins as foreign keys, and this model beside it."""
        joins: dict[TableName, list[ExtraJoin]] = {}
        for join in self.joins:
            joins.setdefault(join.table, []).append(join)
        tables = tuple(self._described(table, joins.get(table.qualified, ())) for table in catalog.tables)
        return replace(catalog, tables=tables, semantic=self)

    def shown(self, catalog: "Catalog") -> "Catalog":
        """The catalog without what is hidden from prompts; the gate and a person still know the whole."""
        hidden = {(each.table, each.column) for each in self.meanings if each.hidden}
        if not hidden:
            return catalog
        gone = {table for table, column in hidden if not column}
        tables = tuple(
            without(table, {name for place, name in hidden if place == table.qualified}, gone)
            for table in catalog.tables
            if table.qualified not in gone
        )
        return replace(catalog, tables=tuple(table for table in tables if table.columns))

    @cached_property
    def _synonyms(self) -> dict[tuple[TableName, str], tuple[str, ...]]:
        found: dict[tuple[TableName, str], dict[str, None]] = {}
        for each in self.meanings:
            found.setdefault((each.table, each.column), {}).update(dict.fromkeys(each.synonyms))
        for term in self.terms:
            for table in term.tables if term.kind in {"metric", "filter", "join"} else ():
                found.setdefault((table, ""), {}).update(dict.fromkeys(term.phrases))
        return {place: tuple(phrases) for place, phrases in found.items() if phrases}

    @cached_property
    def _by_bare_name(self) -> dict[tuple[str, str], tuple[str, ...]]:
        found: dict[tuple[str, str], tuple[str, ...]] = {}
        for ((_, name), column), phrases in self._synonyms.items():
            found[name, column] = (*found.get((name, column), ()), *phrases)
        return found

    @cached_property
    def by_first_word(self) -> dict[str, list[tuple[int, str, list[str]]]]:
        """Place among the terms, phrase and words of each phrase: a question looks at few of many."""
        found: dict[str, list[tuple[int, str, list[str]]]] = {}
        for number, term in enumerate(self.terms):
            for phrase in term.phrases:
                if said := words(phrase):
                    found.setdefault(said[0], []).append((number, phrase, said))
        return found

    @cached_property
    def _meaning(self) -> dict[tuple[TableName, str], Meaning]:
        return {(each.table, each.column): each for each in self.meanings}

    def _described(self, table: "Table", joins: Sequence[ExtraJoin]) -> "Table":
        """One table with its descriptions and joins."""
        own = self._meaning.get((table.qualified, ""))
        columns = tuple(
            replace(column, comment=said.description)
            if (said := self._meaning.get((table.qualified, column.name))) and said.description
            else column
            for column in table.columns
        )
        keys = (*table.foreign_keys, *(key for join in joins if (key := as_key(join, table))))
        comment = own.description if own and own.description else table.comment
        return replace(table, comment=comment, columns=columns, foreign_keys=keys)


def as_key(join: ExtraJoin, table: "Table") -> "ForeignKey | None":
    """A join as a foreign key; None where the table has that key."""
    from databaseai.catalog.snapshot import ForeignKey

    key = ForeignKey(join.columns, *join.other, join.other_columns)
    return None if key in table.foreign_keys else key


def without(table: "Table", names: set[str], gone: set[TableName]) -> "Table":
    """A table without hidden columns, and without keys that need them or lead to hidden tables."""
    return replace(
        table,
        columns=tuple(column for column in table.columns if column.name not in names),
        primary_key=() if names.intersection(table.primary_key) else table.primary_key,
        unique=tuple(key for key in table.unique if not names.intersection(key)),
        foreign_keys=tuple(
            key
            for key in table.foreign_keys
            if not names.intersection(key.columns)
            and (key.referenced_schema, key.referenced_table) not in gone
        ),
    )

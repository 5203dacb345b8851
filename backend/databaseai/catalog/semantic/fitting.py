"""What of a semantic model file fits a catalog; the rest is named and left out."""

from collections.abc import Callable, Iterable
from typing import Any

from databaseai.catalog.semantic.file import SemanticSource
from databaseai.catalog.semantic.format import Filter, Join, Metric, TableWords
from databaseai.catalog.semantic.model import (
    Definition,
    ExtraJoin,
    Meaning,
    Misfit,
    SemanticModel,
    TableName,
)
from databaseai.catalog.snapshot import Catalog, Column, Table
from databaseai.catalog.words import words
from databaseai.errors import DatabaseAIError

Gate = Callable[[str, Catalog], Iterable[TableName]]
"""Takes a statement and gives the tables that it reads; raises a `DatabaseAIError` where it is refused."""
NOTE = "the date of these rows"
"""What the prompt says of a table's time column."""


def fit(source: SemanticSource, catalog: Catalog, gate: Gate) -> SemanticModel:
    """The parts of a file that hold for this catalog; a part that does not is a misfit, never an error.

    Args:
        source: The file.
        catalog: Under the policy: what is closed does not fit.
        gate: The guardrail: each expression passes it inside a statement of its own.
    """
    return Fitting(source, catalog, gate).whole()


class Fitting:
    """One file held against one catalog."""

    def __init__(self, source: SemanticSource, catalog: Catalog, gate: Gate) -> None:
        self.source = source
        self.catalog = catalog
        self.gate = gate
        self.misfits: list[Misfit] = []

    def whole(self) -> SemanticModel:
        """Each part in turn."""
        file = self.source.file
        meanings: list[Meaning] = []
        terms: list[Definition] = []
        for name, said in file.tables.items():
            if table := self.table(name, "tables", name):
                meanings += self.meanings(name, table, said or TableWords())
        for kind, parts in (("metrics", file.metrics), ("filters", file.filters)):
            for name, part in parts.items():
                if found := self.term(kind, name, part):
                    terms.append(found)
        joins = []
        for number, join in enumerate(file.joins):
            extra, named = self.join(number, join)
            joins += [extra] if extra else []
            terms += [named] if named else []
        own = {tuple(words(name)) for table in self.catalog.tables for name in (table.name, *table.column)}
        terms += [term for each in meanings if (term := self.synonym(each, own))]
        return SemanticModel(tuple(meanings), tuple(terms), tuple(joins), tuple(self.misfits))

    def meanings(self, name: str, table: Table, said: TableWords) -> Iterable[Meaning]:
        """What is said of one table and its columns."""
        yield Meaning(table.qualified, "", said.description, said.synonyms, said.hidden)
        columns = {
            key: value
            for key, value in said.columns.items()
            if self.column(table, key, "tables", name, "columns", key)
        }
        time = self.time(table, name, said)
        for key in {**columns, **({time.name: None} if time else {})}:
            part = columns.get(key)
            description = part.description if part else ""
            if time and time.name == key:
                description = "; ".join(filter(None, (NOTE, description or time.comment)))
            yield Meaning(
                table.qualified,
                key,
                description,
                part.synonyms if part else (),
                part.hidden if part else False,
            )

    def time(self, table: Table, name: str, said: TableWords) -> Column | None:
        """The column that dates a table's rows."""
        if said.time is None:
            return None
        column = self.column(table, said.time, "tables", name, "time")
        if column is not None and not is_moment(column):
            self.leave(f"{name}.{column.name} is {column.type}, no date", "tables", name, "time")
            return None
        return column

    def term(self, kind: str, name: str, part: Metric | Filter) -> Definition | None:
        """One metric or filter."""
        place = (kind, name)
        if (table := self.table(part.table, *place, "table")) is None:
            return None
        metric = part if isinstance(part, Metric) else None
        conditions = metric.where if metric else (part.sql,)
        rest = f"FROM {quoted(*table.qualified)} {part.joins or ''}".rstrip()
        if conditions:
            rest += f" WHERE {' AND '.join(f'({each})' for each in conditions)}"
        sql = selecting(part.sql if metric else "1", rest)
        if (reads := self.passed(sql, *place)) is None:
            return None
        if metric and metric.time and self.passed(selecting(metric.time, rest), *place) is None:
            return None
        tables = tuple(dict.fromkeys((table.qualified, *reads)))
        text = metric_text(metric) if metric else source_text(part, (part.sql,))
        return Definition(
            kind="metric" if metric else "filter",
            name=name,
            phrases=(name, *part.synonyms),
            text=text,
            tables=tables,
            sql=sql,
            time=(metric.time if metric else None) or "",
        )

    def join(self, number: int, join: Join) -> tuple[ExtraJoin | None, Definition | None]:
        """A key where columns are equal and one row answers; a definition where it has a name."""
        place = ("joins", number)
        here, there = self.table(join.source, *place, "from"), self.table(join.target, *place, "to")
        if here is None or there is None:
            return None, None
        pairs = join.columns.items()
        if not all(self.column(here, a, *place) and self.column(there, b, *place) for a, b in pairs):
            return None, None
        on = join.on or " AND ".join(f"{quoted(here.name, a)} = {quoted(there.name, b)}" for a, b in pairs)
        sql = selecting("1", f"FROM {quoted(*here.qualified)} JOIN {quoted(*there.qualified)} ON {on}")
        if self.passed(sql, *place) is None:
            return None, None
        extra = None
        if join.columns and join.kind != "many_to_many":
            extra = ExtraJoin(
                here.qualified, tuple(join.columns), there.qualified, tuple(join.columns.values())
            )
        if not join.synonyms:
            return extra, None
        text = f"FROM {join.source} JOIN {join.target} ON {join.on or bare(join)}"
        if join.kind == "many_to_many":
            text += ", which repeats rows of both"
        tables = (here.qualified, there.qualified)
        return extra, Definition("join", join.synonyms[0], join.synonyms, text, tables, sql)

    def synonym(self, said: Meaning, own: set[tuple[str, ...]]) -> Definition | None:
        """The words for a table or column, without those that name something of their own."""
        phrases = tuple(each for each in said.synonyms if tuple(words(each)) not in own)
        if said.hidden or not phrases:
            return None
        table = shown(said.table, self.catalog)
        kind, text = ("column", f"{table}.{said.column}") if said.column else ("table", table)
        return Definition(
            "column" if said.column else "table", text, phrases, f"{kind} {text}", (said.table,)
        )

    def passed(self, sql: str, *place: str | int) -> Iterable[TableName] | None:
        """The tables that a statement reads; None, and a misfit, where the gate refuses it."""
        try:
            return tuple(self.gate(sql, self.catalog))
        except DatabaseAIError as error:
            self.leave(error.detail, *place, code=error.code)
            return None

    def table(self, name: str, *place: str | int) -> Table | None:
        """The table of a name; None, and a misfit, where there is none."""
        found = named(name, self.catalog)
        if found is None:
            self.leave(f"there is no table {name} here", *place)
        return found

    def column(self, table: Table, name: str, *place: str | int) -> Column | None:
        """The column of a name; None, and a misfit, where there is none."""
        found = table.column.get(name)
        if found is None:
            self.leave(f"{table.name} has no column {name}", *place)
        return found

    def leave(self, why: str, *place: Any, code: str = "") -> None:
        """Leave a part out, and say why."""
        self.misfits.append(
            Misfit(self.source.line(*place), ".".join(map(str, place)), why.rstrip("."), code)
        )


def is_moment(column: Column) -> bool:
    """A day or a point in time, no range of them."""
    return column.type == "date" or column.type.startswith("timestamp")


def named(name: str, catalog: Catalog) -> Table | None:
    """`name` along the search path, or `schema.name`; a name may hold dots itself."""
    if found := catalog.resolve(name):
        return found
    places = [place for place, character in enumerate(name) if character == "."]
    tries = (catalog.resolve(name[place + 1 :], name[:place]) for place in places)
    return next((found for found in tries if found), None)


def shown(name: TableName, catalog: Catalog) -> str:
    """Bare where the search path finds it."""
    found = catalog.resolve(name[1])
    return name[1] if found is not None and found.schema == name[0] else ".".join(name)


def selecting(expression: str, rest: str) -> str:
    """A statement with the expression alone, which the gate judges as it would anybody's."""
    return f"SELECT ({expression}) {rest}"


def metric_text(metric: Metric) -> str:
    """`sum(orders.total_eur) FROM orders WHERE orders.status <> 'cancelled'`.

    As SQL: read as words ("only orders with ..."), the embedded model wrote CASE expressions and lost groups.
    """
    return f"{metric.sql} {source_text(metric, metric.where)}"


def source_text(part: Metric | Filter, conditions: Iterable[str]) -> str:
    """`FROM products WHERE products.discontinued_on IS NULL`."""
    where = " AND ".join(map(enclosed, conditions))
    return f"FROM {part.table} {part.joins or ''}".rstrip() + (f" WHERE {where}" if where else "")


def enclosed(condition: str) -> str:
    """In parentheses where AND beside it would tear it apart."""
    return f"({condition})" if " or " in condition.lower() else condition


def bare(join: Join) -> str:
    """A join's condition for the prompt."""
    pairs = join.columns.items()
    return " AND ".join(f"{join.source}.{a} = {join.target}.{b}" for a, b in pairs)


def quoted(*names: str) -> str:
    """Identifiers as SQL."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)

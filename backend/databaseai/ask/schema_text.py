"""Write tables down for the model: short, with keys, and with values quoted as data."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from databaseai.catalog.snapshot import Catalog, Column, Table

PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
RESERVED_WORDS = """all and any array as asc both case cast check collate column constraint create cross
current_date default desc distinct do else end except false fetch for foreign from full grant group having in
inner intersect into is join lateral leading left like limit natural not null offset on only or order outer
primary references right select session_user similar some symmetric table then to trailing true union unique
user using variadic verbose when where window with"""
RESERVED = frozenset(RESERVED_WORDS.split())
SHORT_TYPES = (
    ("timestamp with time zone", "timestamptz"),
    ("timestamp without time zone", "timestamp"),
    ("time without time zone", "time"),
    ("character varying", "varchar"),
    ("double precision", "float8"),
    ("character", "char"),
)
MODIFIER = re.compile(r"\(\d+(,\d+)?\)")
DATES = ("date", "timestamp")


@dataclass(frozen=True, slots=True)
class Detail:
    """How much is said of each column."""

    comments: int
    """Characters of a comment; 0 for none."""
    values: int
    """Values shown of a column that has no more than these."""
    samples: int
    """Values shown of a longer list: of codes, and with `prose` of any text."""
    prose: bool = False
    share: float = 1.0
    """Of the budget that this much may take: a few tables are worth more words than many."""


DETAILS = (
    Detail(90, 6, 2, prose=True, share=0.4),
    Detail(80, 6, 2),
    Detail(50, 5, 0),
    Detail(0, 5, 0),
    Detail(0, 0, 0),
)
"""From the fullest to the barest: the first one that fits the budget is taken."""
LINKED = DETAILS[2]
"""For tables chosen from more than fit."""
SAMPLE_CHARACTERS = 24
CHARACTERS_PER_TOKEN = 3.6
"""Of tables written down; measured 3.9 to 4.9 with Qwen2.5's tokeniser, so estimates err on the long side."""
CODE_CHARACTERS = 8
"""A value as short as this, without a space, is a code: nobody guesses its form without an example."""


def tokens(text: str) -> int:
    """An estimate, on the long side for names and SQL."""
    return round(len(text.encode()) / CHARACTERS_PER_TOKEN)


def render(tables: Sequence[Table], catalog: Catalog, detail: Detail) -> str:
    """All tables as `CREATE TABLE` statements, which small models know best."""
    return "\n".join(render_table(table, catalog, detail) for table in tables)


def render_table(table: Table, catalog: Catalog, detail: Detail) -> str:
    """One table: columns with types, keys, comments and a few values."""
    name = relation_name(table, catalog)
    head = f"CREATE {'VIEW' if table.kind in {'view', 'materialised view'} else 'TABLE'} {name} ("
    if table.comment and detail.comments:
        head += f" -- {remark(table.comment, detail.comments)}"
    single = {key.columns[0]: key for key in table.foreign_keys if len(key.columns) == 1}
    lines = []
    for column in table.columns:
        line = f"{identifier(column.name)} {short_type(column.type)}"
        if table.primary_key == (column.name,):
            line += " PRIMARY KEY"
        if key := single.get(column.name):
            line += f" REFERENCES {reference(key.referenced_schema, key.referenced_table, catalog)}"
            line += f"({identifier(key.referenced_columns[0])})"
        lines.append((line, notes(column, detail, referring=key is not None)))
    if len(table.primary_key) > 1:
        lines.append((f"PRIMARY KEY ({names(table.primary_key)})", ""))
    for key in table.foreign_keys:
        if len(key.columns) > 1:
            target = reference(key.referenced_schema, key.referenced_table, catalog)
            there = f"{target}({names(key.referenced_columns)})"
            lines.append((f"FOREIGN KEY ({names(key.columns)}) REFERENCES {there}", ""))
    body = [
        line + ("," if place < len(lines) else "") + (f" -- {note}" if note else "")
        for place, (line, note) in enumerate(lines, 1)
    ]
    return "\n".join([head, *body, ");"])


def notes(column: Column, detail: Detail, *, referring: bool) -> str:
    """Comment and values of one column; one that refers to another shows its values there."""
    said = []
    if column.comment and detail.comments:
        said.append(remark(column.comment, detail.comments))
    if not referring and (shown := shown_values(column, detail)):
        said.append(shown)
    return "; ".join(said)


def shown_values(column: Column, detail: Detail) -> str:
    """Values as SQL literals: all of them where they are few, else examples."""
    if not detail.values:
        return ""
    if column.labels:
        return "one of " + ", ".join(map(literal, column.labels[: detail.values * 3]))
    if column.values_complete and len(column.values) <= detail.values:
        if detail.comments and all(value in column.comment for value in column.values):
            return ""
        return "one of " + ", ".join(map(literal, column.values))
    if detail.samples and column.values and (detail.prose or all(map(code_like, column.values))):
        shown = (value[:SAMPLE_CHARACTERS] for value in column.values[: detail.samples])
        return "e.g. " + ", ".join(map(literal, shown))
    return ""


def code_like(value: str) -> bool:
    """Short and without a space."""
    return len(value) <= CODE_CHARACTERS and " " not in value


def names(columns: Iterable[str]) -> str:
    """Comma-separated identifiers."""
    return ", ".join(map(identifier, columns))


def relation_name(table: Table, catalog: Catalog) -> str:
    """The shortest name that means this table."""
    return reference(table.schema, table.name, catalog)


def reference(schema: str, name: str, catalog: Catalog) -> str:
    """Bare when the search path finds it, qualified otherwise."""
    found = catalog.resolve(name)
    if found is not None and found.schema == schema:
        return identifier(name)
    return f"{identifier(schema)}.{identifier(name)}"


def identifier(name: str) -> str:
    """As it must stand in SQL: quoted only where PostgreSQL would fold or misread it."""
    return name if PLAIN.fullmatch(name) and name not in RESERVED else '"' + name.replace('"', '""') + '"'


def literal(value: str) -> str:
    """A stored value as an SQL string: one line, so that it cannot look like a part of the prompt."""
    return "'" + " ".join(value.split()).replace("'", "''") + "'"


def remark(comment: str, characters: int) -> str:
    """A stored comment on one line, cut."""
    flat = " ".join(comment.split())
    return flat if len(flat) <= characters else flat[: characters - 1].rstrip() + "…"


def short_type(kind: str) -> str:
    """`character varying(20)` -> `varchar`: sizes say nothing to a reader."""
    for long, short in SHORT_TYPES:
        kind = kind.replace(long, short)
    return MODIFIER.sub("", kind)

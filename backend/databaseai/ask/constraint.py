"""A grammar of replies in which every name exists: for endpoints that obey one.

It knows no SQL syntax, only words: keywords, functions, the linked tables' names and columns, short aliases
and numbers. Anything may stand between words. What it forbids is a column that nobody has; so it is asked
for where a candidate failed by such a name, and not before: most statements name what is there.
"""

import re
from collections.abc import Iterable

from databaseai.ask.schema_linking import Linked
from databaseai.ask.schema_text import identifier
from databaseai.language_model import Shape

KEYWORDS = """all and any as asc between by case cast coalesce collate cross current_date
current_timestamp date day desc distinct else end except exists extract false fetch filter
first following for from full group having hour ilike in inner intersect interval is join
last lateral left like limit minute month natural not null nulls offset on only or order
outer over partition preceding quarter range recursive right rows second select similar
some table then ties time timestamp to true unbounded union using values week when where
window with within without year zone"""
FUNCTIONS = """abs age array_agg avg bool_and bool_or ceil ceiling char_length concat count date_part
date_trunc dense_rank first_value floor generate_series greatest initcap lag last_value
lead least length lower ltrim max min mod mode nullif now ntile percent_rank
percentile_cont position power rank regexp_replace replace round row_number rtrim sqrt
stddev string_agg strpos substring sum to_char to_date trim unnest upper variance"""
TYPES = "bigint boolean date decimal double float int integer numeric precision real smallint text varchar"
NAMED = """amount average avg_value cnt count difference first_value highest last_value lowest
maximum minimum n name number percentage rank ratio share sub sum total value"""
"""What a statement may call its own results."""
NOTHING = ('""',)
WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
GRAMMAR = r"""root ::= word (gap word)* gap?
word ::= name | number | alias
gap ::= mark+
mark ::= [ \t\n(),.*=<>!+/%|:;-] | string | quoted
string ::= "'" ([^'\n] | "''")* "'"
number ::= [0-9]+
alias ::= [a-zA-Z] [0-9]?
"""


def shape(linked: Linked) -> Shape:
    """The grammar for these tables."""
    tables = [item.table for item in linked.tables]
    names = {table.name for table in tables} | {column.name for table in tables for column in table.columns}
    names |= {table.schema for table in tables}
    plain = {name for name in names if WORD.fullmatch(name) and identifier(name) == name}
    known = plain | {word for text in (KEYWORDS, FUNCTIONS, TYPES, NAMED) for word in text.split()}
    spelt = sorted(known | {word.upper() for text in (KEYWORDS, FUNCTIONS, TYPES) for word in text.split()})
    quoted = sorted(identifier(name) for name in names - plain)
    return Shape(
        grammar=GRAMMAR + f"name ::= {either(spelt)}\n" + f"quoted ::= {either(quoted or NOTHING)}\n"
    )


def either(texts: Iterable[str]) -> str:
    """Alternatives, each as a literal of the grammar."""
    return " | ".join(f'"{escaped(text)}"' for text in texts)


def escaped(text: str) -> str:
    """As inside a literal: names may hold anything."""
    return (
        text.replace("\\", "\\\\")
        .replace('"', '\\"')
        .replace("\n", "\\n")
        .replace("\r", "\\r")
        .replace("\t", "\\t")
    )

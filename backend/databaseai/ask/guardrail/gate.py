"""From statement to query: text checks, both parsers, allow-lists, and tables qualified in place."""

from dataclasses import dataclass

from sqlglot import exp

from databaseai.ask.guardrail import first_parser, second_names, second_parser
from databaseai.ask.guardrail.accepted import MAKER, AcceptedQuery
from databaseai.ask.guardrail.columns import ColumnCheck
from databaseai.ask.guardrail.growth import Growth
from databaseai.ask.guardrail.lists import lists
from databaseai.ask.guardrail.names import Names
from databaseai.ask.guardrail.own_words import OwnWords, own_words
from databaseai.ask.guardrail.relations import Relations
from databaseai.ask.guardrail.sizes import SizeCheck
from databaseai.ask.guardrail.structure import Structure
from databaseai.ask.guardrail.substitution import Edits, seal
from databaseai.ask.guardrail.teaching import taught
from databaseai.ask.guardrail.text import Source
from databaseai.ask.guardrail.text import source as take
from databaseai.catalog.snapshot import Catalog
from databaseai.settings import ExecutionLimits


@dataclass(slots=True)
class First:
    """What the first gate found in a statement that it lets through."""

    start: int
    end: int
    """Byte offsets between which the statement stands."""
    edits: Edits
    relations: Relations
    seen: second_parser.Seen


def first_gate(text: Source, own: OwnWords) -> First:
    """The side of libpg_query, alone: every node, name, size and place. Raises GuardrailError."""
    known = own.lists
    node, start, end = first_parser.parse(text)
    structure = Structure(text, known, SizeCheck(text, known), own=own.functions)
    structure.walk(node)
    Growth(text, known).check(node)
    edits = Edits(text)
    relations = Relations(text, own.catalog, known, edits, own)
    columns = ColumnCheck(text, known, own.catalog.database, edits, own)
    names = Names(text, known, relations, columns)
    names.walk(node)
    for type_name in structure.types:
        relations.enum(type_name)
    for call in structure.own_calls:
        relations.function(*call)
    structure.sizes.cast(edits)
    seen = second_parser.Seen(
        relations.seen, columns.references, structure.functions, selects=names.selects, values=names.values
    )
    return First(start, end, edits, relations, seen)


def second_gate(text: Source, own: OwnWords) -> tuple[exp.Query | exp.Values, second_parser.Seen]:
    """The side of sqlglot, alone: every class, function, table, column and type. Raises GuardrailError."""
    tree = second_parser.parse(text)
    seen = second_parser.survey(tree, own.lists)
    second_names.resolve(seen, own, text.text)
    return tree, seen


@taught
def check(statement: str, catalog: Catalog, limits: ExecutionLimits) -> AcceptedQuery:
    """Accept one statement as a query, or refuse it with what to do instead.

    Args:
        statement: SQL nobody has checked.
        catalog: The tables and columns it may read.
        limits: Of these, `statement_characters` only.

    Returns:
        The statement's own text, bare tables and enum types qualified where they stand, without its
        semicolon. No part of it is rendered anew.

    Raises:
        GuardrailError: A leaf, DBAI501 to DBAI518; `position` counts characters from 0.

    Source:
        notes/sandbox.md, 2.3 and 2.6: each parser misses what the other sees; 8 of 214 ordinary queries
        changed when sqlglot rendered them.
    """
    text = take(statement, limits)
    own = own_words(catalog, lists())
    try:
        first = first_gate(text, own)
        tree, second = second_gate(text, own)
        second_parser.compare(first.seen, second, own.lists)
    except RecursionError as error:
        raise first_parser.too_deep() from error
    query = second_parser.as_query(tree)
    sql, shifts = first.edits.apply(first.start, first.end)
    if not catalog.narrowed.keys().isdisjoint(first.relations.tables):
        seal(sql, catalog.narrowed)
    shown, _ = first.edits.apply(first.start, first.end, shown=True)
    return AcceptedQuery(sql, tuple(first.relations.tables), query, statement, shifts, MAKER, shown, own.path)

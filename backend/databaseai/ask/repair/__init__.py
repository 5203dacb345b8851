"""Mend the model's statements on the tree, without asking it again: names, joins, types.

A person's SQL never comes here, and nor does a statement that runs: `mend` is for what the gate or PostgreSQL
refused. Each repair is written into the text where its node stands and noted for the proof card. What this
cannot mend goes back to the model with its error.
"""

from dataclasses import dataclass

import sqlglot
from sqlglot import exp

from databaseai.ask.repair import aliases, columns, dates, grouping, likeness, lookups, members, tables, types
from databaseai.ask.repair.calls import translated
from databaseai.ask.repair.dialects import from_other_databases
from databaseai.ask.repair.edits import Edit, apply
from databaseai.ask.repair.other_readings import Variant, variants
from databaseai.ask.repair.reparsing import parsed
from databaseai.ask.repair.scopes import folded, scopes
from databaseai.ask.schema_text import identifier, relation_name
from databaseai.catalog.snapshot import Catalog
from databaseai.errors import ColumnRefused, DatabaseAIError, RelationRefused, UnknownColumn, UnknownTable

PASSES = 8
"""Each makes one kind of edit all over; a statement that still changes after these is left to the model."""
ADVISED_TABLES = 4

__all__ = ["Mended", "Variant", "advice", "mend", "respell", "variants"]


@dataclass(frozen=True, slots=True)
class Mended:
    """The statement after its repairs, and a line for each."""

    statement: str
    notes: tuple[str, ...] = ()


def respell(statement: str, catalog: Catalog) -> Mended:
    """The statement with its literals spelt as stored, where no stored value is spelt as the model did.

    The one repair of statements that would run: without it they find nothing.
    """
    tree = parsed(statement)
    if tree is None:
        return Mended(statement)
    return Mended(*apply(statement, types.spellings(tree, scopes(tree, catalog))))


def mend(statement: str, catalog: Catalog) -> Mended:
    """The refused statement with every repair that can be made without a guess; itself when nothing is wrong.

    Args:
        statement: What the model proposed. Several statements, writes, what does not parse: they stay.
        catalog: Tables and columns that exist.
    """
    text, notes = from_other_databases(statement)
    text, said = translated(text)
    notes += said
    for _ in range(PASSES):
        edits = one_pass(text, catalog)
        changed, said = apply(text, edits)
        if changed == text:
            break
        text = changed
        notes = tuple(dict.fromkeys((*notes, *said)))
    return Mended(text, notes)


def one_pass(statement: str, catalog: Catalog) -> list[Edit]:
    """The edits of the first kind that finds any: tables, then columns, then types."""
    tree = parsed(statement)
    if tree is None:
        return []
    tokens = sqlglot.tokenize(statement, read="postgres")
    if edits := list(tables.edits(tree, tokens, catalog)):
        return edits
    if edits := list(aliases.edits(tree, catalog)):
        return edits
    found = scopes(tree, catalog)
    if edits := list(columns.Columns(statement, tree, tokens, catalog, found).edits()):
        return edits
    known = types.Types(found)
    for kind in (dates, members):
        if edits := list(kind.edits(statement, tree, tokens, known)):
            return edits
    return [
        *lookups.edits(tree, tokens, known, catalog),
        *lookups.memberships(tree, known),
        *types.edits(statement, tree, tokens, known),
    ] or list(grouping.edits(statement, tree, tokens, known))


def advice(error: DatabaseAIError, statement: str, catalog: Catalog) -> str:
    """What the model should know to mend a wrong name: the columns of the tables it used."""
    if not isinstance(error, UnknownTable | UnknownColumn | RelationRefused | ColumnRefused):
        return ""
    tree = parsed(statement)
    used = [folded(node.this) for node in tree.find_all(exp.Table)] if tree else []
    lines = []
    for name in dict.fromkeys(used):
        if table := catalog.resolve(name):
            written = ", ".join(identifier(column) for column in table.column)
            lines.append(f"{relation_name(table, catalog)} has the columns {written}.")
        elif near := likeness.nearest(name, catalog.by_name):
            lines.append(f"There is no {name}; nearest are {', '.join(near)}.")
    return "\n".join(lines[:ADVISED_TABLES])

"""What there is to ask about, from the catalog: for who asks that, and for who asked for something else."""

import re

from databaseai.ask.understanding.lexicon import Lexicon
from databaseai.ask.understanding.wordings import starts, whole
from databaseai.catalog.snapshot import Catalog, Table
from databaseai.catalog.words import words

TABLES, COLUMNS, NEAREST = 12, 12, 6
COMMENT = 100
"""Characters of a comment that are shown."""
OF = re.compile(
    r"(?: the)?(?: table)? [`\"']?(?P<name>[\w. ]+?)[`\"']?(?: table)?"
    r"(?: have| contain| hold| store| has)?[ ?.!]*$"
)


def about(bare: str, lexicon: Lexicon) -> str:
    """What the data holds, when that is the question; else empty.

    Args:
        bare: The question in small letters without polite words before it.
        lexicon: Of the catalog.
    """
    if whole("contents").match(bare) and not ("table" in lexicon.tables and "table" in bare):
        return overview(lexicon.catalog)
    if (opened := starts("contents_of").match(bare)) and (match := OF.match(bare, opened.end())):
        table = named(match["name"], lexicon.catalog)
        return described(table) if table else ""
    return ""


def named(text: str, catalog: Catalog) -> Table | None:
    """The one table of this name."""
    wanted = words(text.rpartition(".")[2])
    found = [table for table in catalog.tables if words(table.name) == wanted]
    return found[0] if len(found) == 1 else None


def overview(catalog: Catalog) -> str:
    """The tables with what they are said to hold, the largest first."""
    if not catalog.tables:
        return "There is no table that you may read."
    ordered = largest(catalog)
    lines = [
        f"There are {len(ordered)} tables to ask about:"
        if len(ordered) > 1
        else "There is one table to ask about:"
    ]
    lines += [f"- {table.name}: {saying(table)}" for table in ordered[:TABLES]]
    if len(ordered) > TABLES:
        rest = ", ".join(table.name for table in ordered[TABLES : 3 * TABLES])
        lines.append(
            f"- and {rest}" + (f" and {len(ordered) - 3 * TABLES} more" if len(ordered) > 3 * TABLES else "")
        )
    first = readable(ordered[0].name)
    lines.append(f"For example: How many {first} are there? What columns does {ordered[0].name} have?")
    return "\n".join(lines)


def described(table: Table) -> str:
    """One table's columns with their comments."""
    lines = [
        f"{table.name}: {flat(table.comment)}"
        if table.comment
        else f"{table.name} has {len(table.columns)} columns:"
    ]
    lines += [
        f"- {column.name} ({column.type})" + (f": {flat(column.comment)}" if column.comment else "")
        for column in table.columns
    ]
    return "\n".join(lines)


def saying(table: Table) -> str:
    """Its comment, or its columns."""
    return flat(table.comment) or listed([column.name for column in table.columns], COLUMNS)


def nearest(lexicon: Lexicon, spoken: list[str]) -> str:
    """Names of the tables that are nearest to these words, else of the largest."""
    near = [table for word in spoken for table in lexicon.tables.get(word, ())]
    ordered = dict.fromkeys(readable(table.name) for table in (*near, *largest(lexicon.catalog)))
    return listed(list(ordered), NEAREST)


def largest(catalog: Catalog) -> list[Table]:
    """Tables by their rows; the more tell more."""
    return sorted(catalog.tables, key=lambda table: -(table.row_estimate or 0))


def listed(names: list[str], most: int) -> str:
    """`a, b, c and 4 more`."""
    shown = ", ".join(names[:most])
    return shown + (f" and {len(names) - most} more" if len(names) > most else "")


def readable(name: str) -> str:
    """`order_items` -> order items."""
    return name.replace("_", " ")


def flat(comment: str) -> str:
    """A stored comment on one line, cut."""
    line = " ".join(comment.split())
    return line if len(line) <= COMMENT else line[: COMMENT - 1].rstrip() + "…"

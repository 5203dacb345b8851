"""Names of the catalog as nodes of a tree."""

from sqlglot import exp

from databaseai.ask.schema_text import PLAIN
from databaseai.catalog.snapshot import Catalog, Table


def name(text: str) -> exp.Identifier:
    """An identifier, quoted where PostgreSQL would fold it."""
    return exp.to_identifier(text, quoted=not PLAIN.fullmatch(text))


def column(source: str, text: str) -> exp.Column:
    """A column of what stands under a name in the statement; `source` is as written there."""
    found = exp.column(name(text))
    found.set("table", exp.to_identifier(source.strip('"'), quoted=source.startswith('"')))
    return found


def relation(table: Table, catalog: Catalog) -> exp.Table:
    """A table under the shortest name that means it."""
    bare = catalog.resolve(table.name)
    if bare is not None and bare.schema == table.schema:
        return exp.Table(this=name(table.name))
    return exp.Table(this=name(table.name), db=name(table.schema))

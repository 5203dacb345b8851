"""Aggregates that existing SQL already defines, as metrics: `sum(o.total) AS revenue` with its conditions."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from databaseai.catalog.snapshot import Catalog

LONGEST = 600
"""Characters of an expression: as long as a semantic model may hold."""


@dataclass(frozen=True, slots=True)
class Found:
    """One aggregate with what it is taken over."""

    name: str
    sql: str
    table: str
    joins: str
    where: str


def mined(sql: str, name: str, catalog: Catalog) -> Iterator[Found]:
    """The named aggregates of one SELECT over tables of the catalog; nothing of what is not that plain.

    Args:
        sql: One statement, as PostgreSQL prints a view or a person approved it.
        name: What it is about, for an aggregate that has no name of its own.
        catalog: Tables with their aliases are written out by name.
    """
    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    try:
        tree = sqlglot.parse_one(sql, read="postgres")
    except SqlglotError:
        return
    if not isinstance(tree, exp.Select) or not (names := real_names(tree, catalog)):
        return
    tree = spelt_out(tree, names)
    source, where = tree.args["from_"].this, tree.args.get("where")
    joins = " ".join(
        join.sql("postgres", normalize_functions="lower") for join in tree.args.get("joins") or ()
    )
    condition = where.this.sql("postgres", normalize_functions="lower") if where else ""
    for item in tree.expressions:
        if item.find(exp.AggFunc) is None or item.find(exp.Subquery, exp.Window):
            continue
        text = (item.this if isinstance(item, exp.Alias) else item).sql(
            "postgres", normalize_functions="lower"
        )
        said = " ".join(item.alias.split("_")).strip() if isinstance(item, exp.Alias) else name
        if said and all(len(part) <= LONGEST for part in (text, joins, condition)):
            yield Found(said[:80], text, ".".join(part.name for part in source.parts), joins, condition)


def real_names(tree: exp.Select, catalog: Catalog) -> dict[str, str]:
    """Alias to table name; empty where a source is no table of the catalog, or one is read twice."""
    sources = [tree.args["from_"].this] if tree.args.get("from_") else []
    sources += [join.this for join in tree.args.get("joins") or ()]
    found: dict[str, str] = {}
    for source in sources:
        if not isinstance(source, exp.Table) or catalog.resolve(source.name, source.db or None) is None:
            return {}
        found[source.alias_or_name] = source.name
    return found if len(set(found.values())) == len(found) else {}


def spelt_out(tree: exp.Select, names: dict[str, str]) -> exp.Select:
    """The same with table names in the place of aliases."""
    tree = tree.copy()
    for column in tree.find_all(exp.Column):
        if name := names.get(column.table):
            column.set("table", exp.to_identifier(name, quoted=name != name.lower()))
    for source in tree.find_all(exp.Table):
        source.set("alias", None)
    for cast in list(tree.find_all(exp.Cast)):  # PostgreSQL prints one around each literal of a view
        if isinstance(cast.parent, exp.Predicate) and isinstance(cast.this, exp.Literal):
            cast.replace(cast.this)
    return tree

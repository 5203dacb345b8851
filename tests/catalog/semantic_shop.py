"""A small catalog, and a semantic model that fits it."""

from databaseai.catalog.semantic.file import parse
from databaseai.catalog.semantic.fitting import fit
from databaseai.catalog.semantic.model import SemanticModel, TableName
from databaseai.catalog.snapshot import Catalog, Column, ForeignKey, Table
from databaseai.errors import UnknownColumn

ORDERS, CUSTOMERS, STAFF = ("public", "orders"), ("public", "customers"), ("hr", "staff")
CATALOG = Catalog(
    database="shop",
    server_version=180_000,
    fingerprint="shop",
    tables=(
        Table(
            *CUSTOMERS,
            "table",
            (Column("id", "integer"), Column("closed_on", "date"), Column("secret", "text")),
            primary_key=("id",),
        ),
        Table(
            *ORDERS,
            "table",
            (
                Column("id", "integer"),
                Column("customer_id", "integer", comment="who ordered"),
                Column("total_eur", "numeric(12,2)"),
                Column("status", "text"),
                Column("ordered_at", "timestamp with time zone", comment="when it was placed"),
                Column("seller", "integer"),
            ),
            comment="one row per order",
            primary_key=("id",),
            foreign_keys=(ForeignKey(("customer_id",), *CUSTOMERS, ("id",)),),
        ),
        Table(*STAFF, "table", (Column("id", "integer"), Column("pay", "numeric")), primary_key=("id",)),
    ),
)
TEXT = """
version: 1
tables:
  orders:
    description: Sales of the shop
    synonyms: [purchases]
    time: ordered_at
    columns:
      customer_id: {synonyms: buyer}
      seller: {description: Who sold it}
  customers:
    columns:
      secret: {hidden: true}
  hr.staff: {hidden: true}
metrics:
  revenue:
    sql: sum(orders.total_eur)
    table: orders
    where: orders.status <> 'cancelled'
    time: orders.ordered_at
    synonyms: [turnover, Umsatz]
  net revenue:
    sql: sum(orders.total_eur) / 1.19
    table: orders
filters:
  active customers:
    sql: customers.closed_on IS NULL
    table: customers
    synonyms: [customers we have]
joins:
  - {from: orders, to: hr.staff, columns: {seller: id}, synonyms: [seller]}
"""


def accept(statement: str, catalog: Catalog) -> tuple[TableName, ...]:
    """Stands for the gate: refuses a column that says so."""
    if "no_such" in statement:
        raise UnknownColumn("There is no column no_such.")
    return tuple(table.qualified for table in catalog.tables if f'"{table.name}"' in statement)


def fitted(text: str = TEXT) -> SemanticModel:
    """What of a text fits the shop."""
    return fit(parse(text), CATALOG, accept)

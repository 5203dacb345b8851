"""A draft is a semantic model that fits, made of what the database says about itself."""

import psycopg
import pytest

from databaseai.ask.semantic_fit import gate
from databaseai.catalog.introspection import introspect
from databaseai.catalog.semantic.file import parse
from databaseai.catalog.semantic.fitting import fit
from databaseai.catalog.semantic.mining import mined
from databaseai.catalog.semantic.suggesting import suggest
from databaseai.catalog.semantic.views import read_views
from databaseai.catalog.snapshot import Catalog, Column, Table
from databaseai.settings import CatalogSettings, ExecutionLimits
from tests.catalog.semantic_shop import CATALOG

SCHEMA = """
CREATE TABLE clients (client_id int PRIMARY KEY, name text);
COMMENT ON TABLE clients IS E'People
who buy: all of them';
CREATE TABLE "OrderLines" (
    id int PRIMARY KEY, client_id int, amount numeric, net_amount numeric, unit_price numeric,
    valid daterange, shipped_on date, ordered_at timestamptz NOT NULL, state text
);
COMMENT ON COLUMN "OrderLines".state IS 'ok: "paid" # or ''void''';
CREATE VIEW takings AS SELECT c.name, sum(l.amount) AS takings_total FROM "OrderLines" l
    JOIN clients c ON c.client_id = l.client_id WHERE l.state = 'paid' GROUP BY 1;
CREATE TABLE locked (pay numeric);
CREATE VIEW peek AS SELECT sum(pay) AS wages FROM locked;
CREATE TABLE team (id int, bonus numeric);
CREATE VIEW glance AS SELECT sum(bonus) AS bonuses FROM team;
GRANT SELECT (id) ON team TO PUBLIC;
GRANT SELECT ON glance TO PUBLIC;
GRANT SELECT ON clients, "OrderLines", takings, peek TO PUBLIC;
REVOKE ALL ON locked FROM PUBLIC;
"""


async def test_a_draft_fits_the_database_it_was_made_of(database: str, reader_dsn: str) -> None:
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as admin:
        await admin.execute(SCHEMA.encode())
        login = psycopg.conninfo.conninfo_to_dict(reader_dsn)["user"]
        await admin.execute(f'REVOKE ALL ON locked, team FROM "{login}"'.encode())
    async with await psycopg.AsyncConnection.connect(reader_dsn, autocommit=True) as connection:
        catalog = await introspect(connection, CatalogSettings())
        views = await read_views(connection, catalog)
    limits = ExecutionLimits()
    approved = [("average amount", 'SELECT avg(amount) FROM "OrderLines"')]
    text = suggest(catalog, gate(limits), views, approved)
    source = parse(text)
    assert fit(source, catalog, gate(limits)).misfits == ()
    file = source.file
    clients, lines = file.tables["clients"], file.tables["OrderLines"]
    assert clients is not None
    assert clients.description == "People who buy: all of them"
    assert lines is not None
    assert (lines.time, lines.synonyms) == ("ordered_at", ("order lines",))
    assert lines.columns["state"] is not None
    assert lines.columns["state"].description == "ok: \"paid\" # or 'void'"
    takings = file.metrics["takings total"]
    assert takings.sql == 'sum("OrderLines".amount)'
    assert takings.where == ("\"OrderLines\".state = 'paid'",)
    assert set(file.metrics) == {
        "takings total",
        "average amount",
        "total amount of order lines",
        "total net amount of order lines",
    }  # no unit prices, no keys, nothing that the login may not read
    assert [(join.source, join.columns) for join in file.joins] == [
        ("OrderLines", {"client_id": "client_id"})
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "not SQL at all (",
        "DELETE FROM orders",
        "SELECT total_eur FROM orders",
        "SELECT sum(total_eur) FROM nowhere",
        "SELECT sum(o.id) FROM orders AS o JOIN orders AS p ON o.id = p.seller",
        "SELECT sum(n) FROM (SELECT 1 AS n) AS t",
        "SELECT 1",
    ],
)
def test_what_is_not_plain_is_not_mined(sql: str) -> None:
    assert list(mined(sql, "name", CATALOG)) == []


def test_names_that_yaml_could_misread_come_back() -> None:
    odd = "no: # 'odd' \"name\" {on} [x]"
    table = Table(
        "public", odd, "table", (Column("yes", "integer", comment="- a\n\x07b: c"), Column("1e3", "date"))
    )
    catalog = Catalog("d", 180_000, (table,), "f")
    source = parse(suggest(catalog, lambda *_: (), {}))
    said = source.file.tables[odd]
    assert said is not None
    assert said.time == "1e3"
    assert fit(source, catalog, lambda *_: ()).misfits == ()

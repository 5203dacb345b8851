"""Literals that no stored value matches are told, with the values that may be meant."""

from dataclasses import replace

import pytest
import sqlglot
from sqlglot import exp

from databaseai.ask.value_linking import Miss, did_you_mean
from databaseai.catalog.snapshot import Column, ForeignKey, Table
from databaseai.catalog.value_index import ValueIndex
from tests.ask import shop

CITIES = ("Lisbon", "Porto", "Braga", "Faro")
ORDERS = Table(
    "public",
    "orders",
    "table",
    (
        Column("city", "text", values=CITIES, values_complete=True),
        Column("buyer", "text", values=("Ana Sousa", "Rui Costa")),
        Column("state_code", "text", values=("X1", "D4"), values_complete=True),
        Column("note", "text"),
        Column("amount", "numeric"),
        Column("mood", "mood", labels=("sad", "happy")),
    ),
    foreign_keys=(ForeignKey(("state_code",), "public", "states", ("code",)),),
)
STATES = Table(
    "public",
    "states",
    "table",
    (
        Column("code", "text", values=("X1", "D4"), values_complete=True),
        Column(
            "meaning",
            "text",
            values=("Cancelled", "Handed to the customer"),
            values_complete=True,
            codes=("X1", "D4"),
        ),
    ),
)
CATALOG = replace(shop.CATALOG, tables=(ORDERS, STATES))


def missed(statement: str) -> tuple[Miss, ...]:
    tree = sqlglot.parse_one(statement, read="postgres")
    assert isinstance(tree, exp.Query)
    return did_you_mean(tree, CATALOG, ValueIndex(CATALOG))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("city = 'Lisbon'", ()),
        ("city = 'Lisboa'", (Miss("orders.city", "Lisboa", ("Lisbon",), sampled=False),)),
        ("'lisbon' = city", (Miss("orders.city", "lisbon", ("Lisbon",), sampled=False),)),
        ("lower(o.city) = 'lisbon'", ()),
        ("o.city IN ('Porto', 'Farro')", (Miss("orders.city", "Farro", ("Faro",), sampled=False),)),
        ("city LIKE 'Lis%'", ()),
        ("city LIKE 'lis%'", (Miss("orders.city", "lis%", ("Lisbon",), sampled=False),)),
        ("city ILIKE 'lis%'", ()),
        ("buyer = 'Anna Sousa'", (Miss("orders.buyer", "Anna Sousa", ("Ana Sousa",), sampled=True),)),
        ("buyer = 'Kosta, Ruis'", (Miss("orders.buyer", "Kosta, Ruis", ("Rui Costa",), sampled=True),)),
        ("buyer = 'Costas Rui'", (Miss("orders.buyer", "Costas Rui", ("Rui Costa",), sampled=True),)),
        ("state_code = 'cancelled'", (Miss("orders.state_code", "cancelled", ("X1",), sampled=False),)),
        ("state_code = 'customer'", (Miss("orders.state_code", "customer", ("D4",), sampled=False),)),
        ("mood = 'happily'", (Miss("orders.mood", "happily", ("happy",), sampled=False),)),
        ("city = 'Qqq'", (Miss("orders.city", "Qqq", (), sampled=False),)),
        ("note = 'whatever'", ()),
        ("city > 'Zz'", ()),
        ("amount = 5", ()),
    ],
)
def test_a_literal_without_a_match_is_told_with_what_is_near(
    condition: str, expected: tuple[Miss, ...]
) -> None:
    assert missed(f"SELECT count(*) FROM orders AS o WHERE {condition}") == expected


def test_literals_inside_subqueries_are_seen_and_said_once() -> None:
    found = missed(
        "SELECT 1 FROM states WHERE code IN"
        " (SELECT state_code FROM orders WHERE city = 'Fao' OR city = 'Fao')"
    )
    assert found == (Miss("orders.city", "Fao", ("Faro",), sampled=False),)

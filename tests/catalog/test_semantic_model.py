"""What fits is used, what does not is named and left out; a question gets the few definitions it names."""

import pytest
from pydantic import TypeAdapter

from databaseai.catalog.snapshot import Catalog, ForeignKey
from tests.catalog.semantic_shop import CATALOG, CUSTOMERS, ORDERS, STAFF, TEXT, fitted


def lines(question: str, tables: set[tuple[str, str]] | None = None) -> tuple[str, ...]:
    shown = [table for table in CATALOG.tables if tables is None or table.qualified in tables]
    return fitted().definitions(question, shown)


def test_the_whole_file_fits() -> None:
    assert fitted().misfits == ()


REVENUE = "sum(orders.total_eur) FROM orders WHERE orders.status <> 'cancelled'"
DATED = f"{REVENUE}, dated by orders.ordered_at"


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What is the revenue?", (f"revenue: {REVENUE}",)),
        ("What was the revenue in 2025?", (f"revenue: {DATED}",)),
        ("Revenues of each month", (f"revenue: {DATED}",)),
        ("Umsatz pro Monat", (f"Umsatz (revenue): {DATED}",)),
        ("Wie hoch war der UMSATZ?", (f"Umsatz (revenue): {REVENUE}",)),
        ("revenue that is net", (f"revenue: {REVENUE}",)),
        ("the net revenue, please", ("net revenue: sum(orders.total_eur) / 1.19 FROM orders",)),
        (
            "How many active customers are there?",
            ("active customers: FROM customers WHERE customers.closed_on IS NULL",),
        ),
        (
            "customers who are still active",
            ("active customers: FROM customers WHERE customers.closed_on IS NULL",),
        ),
        ("customers of each city, and all the things that are active", ()),
        ("how many purchases", ("purchases: table orders",)),
        ("by buyer", ("buyer: column orders.customer_id",)),
        ("by seller", ("seller: FROM orders JOIN hr.staff ON orders.seller = hr.staff.id",)),
        ("nothing of it", ()),
        ("", ()),
    ],
)
def test_a_question_gets_the_definitions_it_names(question: str, said: tuple[str, ...]) -> None:
    assert lines(question) == said


def test_several_at_once_metrics_first() -> None:
    found = lines("purchases and turnover of active customers")
    assert [line.split(":")[0] for line in found] == [
        "turnover (revenue)",
        "active customers",
        "purchases",
    ]


def test_a_definition_of_a_table_that_is_not_shown_is_left_out() -> None:
    assert lines("turnover of active customers", {CUSTOMERS}) == (
        "active customers: FROM customers WHERE customers.closed_on IS NULL",
    )


def test_synonyms_of_a_table_hold_its_metrics() -> None:
    model = fitted()
    assert set(model.synonyms(ORDERS)) >= {"purchases", "revenue", "turnover", "seller"}
    assert model.synonyms(ORDERS, "customer_id") == ("buyer",)
    assert model.synonyms("orders", "customer_id") == ("buyer",)
    assert model.synonyms(CUSTOMERS, "id") == ()


def test_descriptions_and_joins_are_in_the_catalog() -> None:
    catalog = fitted().apply(CATALOG)
    orders = catalog.table[ORDERS]
    assert orders.comment == "Sales of the shop"
    assert orders.column["seller"].comment == "Who sold it"
    assert orders.column["customer_id"].comment == "who ordered"  # the database's own, where nothing is said
    assert orders.column["ordered_at"].comment == "the date of these rows; when it was placed"
    assert orders.foreign_keys[-1] == ForeignKey(("seller",), *STAFF, ("id",))
    assert len(orders.foreign_keys) == 2
    assert catalog.semantic is not None
    assert catalog.fingerprint == CATALOG.fingerprint


def test_a_join_that_is_a_key_already_is_not_doubled() -> None:
    text = "version: 1\njoins:\n  - {from: orders, to: customers, columns: {customer_id: id}}"
    assert fitted(text).apply(CATALOG).table[ORDERS].foreign_keys == CATALOG.table[ORDERS].foreign_keys


def test_many_to_many_is_no_key() -> None:
    """Repair joins along keys, and this one would multiply rows."""
    text = "version: 1\njoins:\n  - {from: orders, to: hr.staff, columns: {seller: id}, kind: many_to_many}"
    assert fitted(text).joins == ()


def test_hidden_is_left_out_of_prompts_only() -> None:
    model = fitted()
    catalog = model.apply(CATALOG)
    shown = model.shown(catalog)
    assert STAFF in catalog.table
    assert STAFF not in shown.table
    assert "secret" in catalog.table[CUSTOMERS].column
    assert "secret" not in shown.table[CUSTOMERS].column
    assert [key.referenced_table for key in shown.table[ORDERS].foreign_keys] == ["customers"]


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("tables:\n  nowhere: {}", 3, "no table nowhere"),
        ("tables:\n  orders:\n    columns:\n      gone: {}", 5, "orders has no column gone"),
        ("tables:\n  orders:\n    time: status", 4, "no date"),
        ("metrics:\n  m: {sql: sum(no_such), table: orders}", 3, "no column no_such"),
        ("metrics:\n  m: {sql: count(*), table: orders, where: no_such = 1}", 3, "no column no_such"),
        ("metrics:\n  m: {sql: count(*), table: orders, time: no_such}", 3, "no column no_such"),
        ("filters:\n  f: {sql: no_such, table: orders}", 3, "no column no_such"),
        ("joins:\n  - {from: orders, to: nowhere, columns: {id: id}}", 3, "no table nowhere"),
        ("joins:\n  - {from: orders, to: customers, columns: {id: gone}}", 3, "customers has no column gone"),
        ("joins:\n  - {from: orders, to: customers, on: no_such, synonyms: [x]}", 3, "no column no_such"),
    ],
)
def test_what_does_not_fit_is_named_and_left_out(text: str, line: int, why: str) -> None:
    model = fitted(f"version: 1\n{text}\n")
    assert [(each.line, why in each.why) for each in model.misfits] == [(line, True)]
    assert model.terms == ()
    assert model.joins == ()


def test_the_rest_of_a_file_with_a_misfit_holds() -> None:
    model = fitted(TEXT.replace("sum(orders.total_eur) / 1.19", "no_such"))
    assert [each.where for each in model.misfits] == ["metrics.net revenue"]
    assert {term.name for term in model.terms} >= {"revenue", "active customers"}


def test_no_more_lines_than_a_small_model_reads() -> None:
    metrics = "\n".join(f"  m{n}: {{sql: count(*), table: orders}}" for n in range(20))
    model = fitted(f"version: 1\nmetrics:\n{metrics}\n")
    assert len(model.definitions(" ".join(f"m{n}" for n in range(20)), CATALOG.tables)) == 6


def test_a_synonym_that_is_a_name_of_the_catalog_says_nothing() -> None:
    """`status` is a column of orders: what it means there is not for another table's synonym to say."""
    model = fitted("version: 1\ntables:\n  customers: {synonyms: [status, buyers]}\n")
    assert model.definitions("customers by status", CATALOG.tables) == ()
    assert model.definitions("buyers by status", CATALOG.tables) == ("buyers: table customers",)


def test_a_catalog_with_its_model_goes_to_a_file_and_back() -> None:
    """`catalog --json` writes it, `guard --catalog` reads it."""
    kind = TypeAdapter(Catalog)
    catalog = fitted().apply(CATALOG)
    again = kind.validate_json(kind.dump_json(catalog))
    assert again.semantic == catalog.semantic


def test_words_that_stand_together_are_meant_before_those_that_do_not() -> None:
    """ "Revenue per sales channel" is revenue by a column, not some sales revenue."""
    text = """version: 1
tables:
  orders: {columns: {status: {synonyms: sales channel}}}
metrics:
  revenue: {sql: sum(orders.total_eur), table: orders, synonyms: [sales revenue]}
filters:
  active sales: {sql: orders.total_eur > 0, table: orders}
"""
    tables = CATALOG.tables
    found = fitted(text).definitions("Revenue per sales channel", tables)
    assert found == ("revenue: sum(orders.total_eur) FROM orders", "sales channel: column orders.status")
    found = fitted(text).definitions("sales that are active per sales channel", tables)
    assert [line.split(":")[0] for line in found] == ["active sales", "sales channel"]

"""All rows of the sample, table by table, in an order that COPY can take them."""

from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

from databaseai.embedded.sample import places
from databaseai.embedded.sample.catalogue import Catalogue
from databaseai.embedded.sample.codes import RETURN_REASONS, SHIPMENT_STATES
from databaseai.embedded.sample.days import Calendar
from databaseai.embedded.sample.people import Register, companies
from databaseai.embedded.sample.promotions import promotions
from databaseai.embedded.sample.sales import Till, World
from databaseai.embedded.sample.staff import Staff
from databaseai.embedded.sample.supply import stock, suppliers
from databaseai.embedded.sample.tables import Batch
from databaseai.embedded.sample.visits import Log

SCALES = 0.05, 100.0
"""Smallest and largest scale."""

Step = tuple[str, float, list[Batch]]
"""A label for people, the share done (0 to 1), and rows."""


class Sizes(NamedTuple):
    """Rows that are asked for; the others follow from them."""

    suppliers: int
    products: int
    companies: int
    customers: int
    orders: int
    visits: int


def sizes(scale: float) -> Sizes:
    """Of one scale."""
    return Sizes(*(max(20, round(scale * count)) for count in (60, 800, 400, 6_200, 22_500, 52_000)))


def batches(scale: float, calendar: Calendar) -> Iterator[Step]:
    """Everything, referenced tables first."""
    wanted, rates = sizes(scale), places.walk_rates()
    staff, goods = Staff(calendar), Catalogue(wanted.products, wanted.suppliers, calendar)
    promotion_rows, campaigns = promotions(goods.numbers, calendar)
    yield (
        "Catalogue",
        0.0,
        [
            Batch("countries", places.countries()),
            Batch("exchange_rates", places.exchange_rates(rates, calendar)),
            Batch("stores", places.stores(calendar)),
            Batch("warehouses", places.warehouses()),
            Batch("hr.employees", staff.rows),
            Batch("suppliers", suppliers(wanted.suppliers)),
            Batch("categories", goods.categories),
            Batch("products", goods.rows),
            Batch("product_prices", goods.price_rows),
            Batch("promotions", promotion_rows),
            Batch("stock_levels", stock(goods.products, calendar)),
            Batch("shipment_states", list(SHIPMENT_STATES.items())),
            Batch("return_reasons", list(RETURN_REASONS.items())),
        ],
    )
    firms = companies(wanted.companies)
    register = Register(wanted.customers, firms, calendar)
    yield "Customers", 0.05, [Batch("companies", firms), Batch("customers", list(register.rows()))]
    world = World(calendar, register.customers, goods.products, campaigns, staff, rates)
    for share, made in Till(world).batches(wanted.orders):
        yield "Orders", 0.08 + 0.7 * share, made
    for share, made in Log(calendar, register.customers, goods.products).batches(wanted.visits):
        yield "Visits", 0.78 + 0.22 * share, made


def digest(scale: float, schema: bytes) -> str:
    """SHA-256 of the schema and of every row, as COPY gets them."""
    seen = sha256(schema)
    for _, _, made in batches(scale, Calendar()):
        for batch in made:
            seen.update(f"{batch.table}\n{batch.text}".encode())
    return seen.hexdigest()

"""Visits of the web shop."""

from collections.abc import Iterator

from databaseai.embedded.sample.after_sales import uuid
from databaseai.embedded.sample.catalogue import Product
from databaseai.embedded.sample.days import FIRST, LAST, Calendar, counts
from databaseai.embedded.sample.dice import Choice, Dice
from databaseai.embedded.sample.people import Customer
from databaseai.embedded.sample.tables import Batch, Row

SOURCE = Choice({"search": 38, "direct": 22, "newsletter": 14, "social": 12, "ad": 10, "partner": 4})
DEVICE = Choice({"phone": 57, "desktop": 35, "tablet": 8})
NETWORKS = ("192.0.2.", "198.51.100.", "203.0.113.")
"""Reserved for documentation: nobody's address."""
BATCH = 10_000
FACTOR = 0xD1B54A32D192ED03A2F4C1D68E7B5091


class Log:
    """Writes visits."""

    def __init__(self, calendar: Calendar, customers: list[Customer], products: list[Product]) -> None:
        self.calendar = calendar
        self.customers = customers
        self.products = products
        self.dice = Dice("visits")

    def batches(self, total: int) -> Iterator[tuple[float, list[Batch]]]:
        """All visits from the first day to the last: the share done, and their rows."""
        rows, number = list[Row](), 0
        for passed, count in enumerate(counts(total, "visits")):
            for second in sorted(self.dice.between(5 * 3600, 22 * 3600 - 1) for _ in range(count)):
                number += 1
                rows.append(self.visit(number, FIRST + passed, second))
            if len(rows) >= BATCH:
                yield (passed + 1) / (LAST - FIRST + 1), [Batch("web_visits", rows)]
                rows = []
        yield 1.0, [Batch("web_visits", rows)]

    def visit(self, number: int, when: int, second: int) -> Row:
        """One row: a customer who is logged in or not, or a stranger."""
        dice = self.dice
        customer: int | None = None
        who = dice.skewed(len(self.customers) * 3)
        if who < len(self.customers) and self.customers[who].since <= when and dice.chance(64):
            customer = self.customers[who].id
        bounced = customer is None and dice.chance(37)
        product = self.products[dice.skewed(len(self.products))]
        seen = product.launched <= when and not dice.chance(28)
        address = (
            f"2001:db8::{dice.below(65536):x}"
            if dice.chance(18)
            else f"{dice.pick(NETWORKS)}{dice.between(1, 254)}"
        )
        return (
            number,
            self.calendar.moment(when, second),
            uuid(who + 1, FACTOR),
            customer,
            SOURCE.of(dice),
            DEVICE.of(dice),
            address,
            1 if bounced else 2 + dice.skewed(22),
            None if bounced else 15 + dice.skewed(1500),
            product.id if seen else None,
        )

"""Orders day by day, each with its lines, payments, parcels, returns and reviews."""

from collections.abc import Iterator
from typing import NamedTuple

from databaseai.embedded.sample.after_sales import AfterSales
from databaseai.embedded.sample.catalogue import Product
from databaseai.embedded.sample.days import FIRST, LAST, Calendar, counts, ordinal
from databaseai.embedded.sample.dice import Choice, Dice
from databaseai.embedded.sample.order import Line, Order
from databaseai.embedded.sample.people import Customer
from databaseai.embedded.sample.places import BY_CODE, MILLION, STORES, Rates
from databaseai.embedded.sample.promotions import Promotion
from databaseai.embedded.sample.staff import Employee, Staff
from databaseai.embedded.sample.tables import Batch, Tables

CHANNEL = Choice({"web": 50, "app": 21, "store": 24, "phone": 5})
LINES = Choice({"1": 34, "2": 27, "3": 18, "4": 11, "5": 6, "6": 3, "8": 1})
CANCELLED_PERCENT = 4.6
FREE_SHIPPING_CENTS = 7500
SHIPPING_CENTS = 490
FIRST_ORDER = 10_001
BATCH = 1_500
"""Orders made before their rows are handed over."""


class World(NamedTuple):
    """All that was made before the sales."""

    calendar: Calendar
    customers: list[Customer]
    products: list[Product]
    promotions: list[Promotion]
    staff: Staff
    rates: Rates


class Till:
    """Takes orders."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.dice = Dice("orders")
        self.number = FIRST_ORDER - 1
        count = len(world.customers)
        self.step = next(n for n in range(count * 5 // 8, 2 * count) if coprime(n, count))
        self.stores = [
            (n, s[1], ordinal(s[3]), ordinal(s[4]) if s[4] else LAST + 1) for n, s in enumerate(STORES, 1)
        ]
        self.tables = Tables("orders", "order_items", "payments", "shipments", "returns", "reviews")
        self.after = AfterSales(world.calendar, self.tables)

    def batches(self, total: int) -> Iterator[tuple[float, list[Batch]]]:
        """All orders from the first day to the last: the share done, and rows of the six tables."""
        for passed, count in enumerate(counts(total, "orders")):
            seconds = sorted(self.dice.between(5 * 3600, 22 * 3600 - 1) for _ in range(count))
            for second in seconds:
                self.order(FIRST + passed, second)
            if len(self.tables["orders"]) >= BATCH:
                yield (passed + 1) / (LAST - FIRST + 1), self.tables.take()
        yield 1.0, self.tables.take()

    def customer(self, when: int) -> Customer:
        """Someone with an account; few buy often, many seldom, the last tenth never."""
        customers = self.world.customers
        count = len(customers)
        while True:
            rank = self.dice.skewed(count * 9 // 10)
            found = customers[(rank * self.step + 17) % count]
            if found.since < when:
                return found

    def where(self, customer: Customer, when: int) -> tuple[str, int | None, int | None]:
        """Channel, store and who sold it."""
        dice = self.dice
        channel = CHANNEL.of(dice)
        if channel == "store":
            near = [
                n
                for n, country, opened, closed in self.stores
                if country == customer.country and opened <= when < closed
            ]
            if not near or customer.company:
                return "web", None, None
            store = dice.pick(near)
            return channel, store, present(dice, self.world.staff.by_store[store], when)
        if channel == "phone":
            return channel, None, present(dice, self.world.staff.service, when)
        return channel, None, None

    def promotion(self, channel: str, when: int) -> Promotion | None:
        """One that runs that day; not everyone knows of it."""
        running = [p for p in self.world.promotions if p.start <= when < p.end and channel in p.channels]
        return self.dice.pick(running) if running and self.dice.chance(55) else None

    def product(self, when: int) -> Product:
        """Something on sale that day; a few things nobody buys."""
        products = self.world.products
        count = len(products)
        while True:
            rank = self.dice.skewed(count * 24 // 25)
            found = products[(rank * 7 + 5) % count]
            if found.launched <= when and (found.ended is None or when < found.ended):
                return found

    def basket(self, customer: Customer, rate: int, promotion: Promotion | None, when: int) -> list[Line]:
        """The lines of one order, each product once."""
        dice, lines, seen = self.dice, list[Line](), set[int]()
        for _ in range(int(LINES.of(dice))):
            product = self.product(when)
            if product.id in seen:
                continue
            seen.add(product.id)
            quantity = 1 if dice.chance(74) else dice.between(2, 4)
            if customer.company:
                quantity *= dice.between(1, 6)
            price = product.price(when) if rate == MILLION else local_price(product.price(when), rate)
            cut = promotion is not None and (promotion.category is None or promotion.category in product.path)
            off = quantity * price * promotion.percent // 100 if promotion and cut else 0
            lines.append(Line(product, quantity, price, off))
        return lines

    def order(self, when: int, second: int) -> None:
        """One order and all that follows from it."""
        customer = self.customer(when)
        channel, store, employee = self.where(customer, when)
        currency = BY_CODE[customer.country].currency
        rate = self.world.rates[currency][when - FIRST]
        promotion = self.promotion(channel, when)
        lines = self.basket(customer, rate, promotion, when)
        if promotion and not any(line.discount for line in lines):
            promotion = None
        goods = sum(line.amount for line in lines)
        free = store is not None or goods * rate >= FREE_SHIPPING_CENTS * MILLION
        fee = 0 if free else SHIPPING_CENTS if rate == MILLION else local_price(SHIPPING_CENTS, rate)
        self.number += 1
        order = Order(self.number, when, second, customer, store is not None, channel, lines, goods + fee)
        status, invoiced = self.after.follow(order, cancelled=self.dice.chance(CANCELLED_PERCENT))
        self.tables["orders"].append((
            order.id, customer.id, channel, store, employee, status, self.world.calendar.moment(when, second),
            self.world.calendar.maybe(invoiced), promotion.id if promotion else None, currency, fee / 100,
            order.total / 100, (order.total * rate + MILLION // 2) // MILLION / 100,
        ))  # fmt: skip
        self.tables["order_items"].extend(
            (order.id, n, line.product.id, line.quantity, line.price / 100, line.discount / 100)
            for n, line in enumerate(lines, 1)
        )


def present(dice: Dice, team: list[Employee], when: int) -> int:
    """The id of someone who worked there that day."""
    here = [one.id for one in team if one.hired <= when and (one.ended is None or when < one.ended)]
    return dice.pick(here) if here else team[0].id


def local_price(cents: int, rate: int) -> int:
    """A price in another currency, written as shops there write it."""
    return (cents * MILLION // rate + 25) // 50 * 50 - 1


def coprime(one: int, other: int) -> bool:
    """No common divisor but 1: steps of `one` reach every place of a ring of `other`."""
    while other:
        one, other = other, one % other
    return one == 1

"""What follows an order: payments, parcels, returns, reviews."""

from databaseai.embedded.sample.codes import CARRIERS, REASON
from databaseai.embedded.sample.days import LAST, Calendar
from databaseai.embedded.sample.dice import Choice, Dice
from databaseai.embedded.sample.opinions import body, rating, title
from databaseai.embedded.sample.order import Order
from databaseai.embedded.sample.tables import Tables

CARRIER = Choice(CARRIERS)
ONLINE = Choice({"card": 58, "wallet": 32, "bank_transfer": 10})
AT_THE_TILL = Choice({"card": 71, "cash": 29})
GIFT_CARD_FROM_CENTS = 6_000
LOST, REFUSED, WITH_NEIGHBOURS = 0.011, 0.007, 0.06
"""Shares of the parcels."""
REFERENCE = 0x9E3779B97F4A7C15F39CC0605CEDC835
NEAREST = {"GB": 3, "IE": 3, "SE": 4}
"""Country to the warehouse that serves it; the others are served by both in Germany."""
NEVER = LAST + 1
"""A day that has not come: what falls on it or later is not recorded."""


class AfterSales:
    """Follows each order to its end, or to the last day."""

    def __init__(self, calendar: Calendar, tables: Tables) -> None:
        self.calendar = calendar
        self.tables = tables
        self.dice = Dice("after sales")
        self.payments = self.shipments = self.returns = self.reviews = 0

    def follow(self, order: Order, *, cancelled: bool) -> tuple[str, int | None]:
        """Write what became of the order; its status and the day of its invoice."""
        if cancelled:
            if self.dice.chance(38):
                self.pay(order, "card", "refunded", order.total, order.day)
            return "cancelled", None
        if order.store:
            self.pay_all(order, AT_THE_TILL.of(self.dice), order.day)
            self.afterwards(order, order.day)
            return "delivered", order.day
        credit = order.customer.company and self.dice.chance(70)
        method = "bank_transfer" if credit else ONLINE.of(self.dice)
        paid = order.day + (self.dice.between(1, 5) if method == "bank_transfer" else 0)
        shipped = (order.day if credit else paid) + self.dice.between(1, 4)
        if credit:
            paid = shipped + self.dice.between(4, 48)
        self.pay_all(order, method, paid)
        if shipped > LAST:
            return ("placed" if paid > LAST else "paid"), None
        arrived = self.ship(order, shipped)
        if arrived is not None:
            self.afterwards(order, arrived)
        return ("shipped" if arrived is None else "delivered"), shipped + self.dice.below(3)

    def pay_all(self, order: Order, method: str, when: int) -> None:
        """One payment, or a gift card and the rest; sometimes an attempt failed before."""
        dice, rest = self.dice, order.total
        if method == "card" and dice.chance(6):
            self.pay(order, method, "failed", rest, NEVER)
        if rest > GIFT_CARD_FROM_CENTS and dice.chance(11):
            part = dice.pick((1000, 2000, 2500, 5000))
            self.pay(order, "gift_card", "settled", part, order.day)
            rest -= part
        self.pay(order, method, "settled" if when <= LAST else "pending", rest, when)

    def pay(self, order: Order, method: str, status: str, cents: int, when: int) -> None:
        """One row of `payments`."""
        self.payments += 1
        second = order.second + 40 + self.dice.below(500)
        paid = None if when > LAST else self.calendar.moment(when, second)
        self.tables["payments"].append(
            (
                self.payments,
                order.id,
                method,
                status,
                cents / 100,
                paid,
                uuid(self.payments, REFERENCE),
            )
        )

    def ship(self, order: Order, first: int) -> int | None:
        """One parcel or two; the day on which all had arrived."""
        dice, arrived = self.dice, list[int | None]()
        parcels = 2 if len(order.lines) > 1 and dice.chance(24) else 1
        warehouse = NEAREST.get(order.customer.country) or dice.between(1, 2)
        for parcel in range(parcels):
            shipped = first + parcel * dice.between(1, 6)
            if shipped > LAST:
                arrived.append(None)
                continue
            arrived.append(self.parcel(order, warehouse, shipped))
        whole = [day for day in arrived if day is not None]
        return max(whole) if len(whole) == parcels else None

    def parcel(self, order: Order, warehouse: int, shipped: int) -> int | None:
        """One row of `shipments`; the day it arrived."""
        dice = self.dice
        carrier = CARRIER.of(dice)
        days = (
            dice.between(1, 4)
            + (2 if carrier == "Cargo Bee" else 0)
            + (5 if order.customer.country == "US" else 0)
        )
        there: int | None = shipped + days
        fate = dice.roll()
        if fate < LOST:
            state, there = "X7", None
        elif fate < LOST + REFUSED:
            state, there = "R1", None
        elif there is not None and there > LAST:
            state, there = (
                ("A2" if shipped == LAST else "J9" if order.customer.country == "US" else "F4"),
                None,
            )
        else:
            state = "M6" if fate > 1 - WITH_NEIGHBOURS else "K3"
        self.shipments += 1
        moment = self.calendar.moment
        self.tables["shipments"].append((
            self.shipments, order.id, warehouse, carrier, state, moment(shipped, dice.between(21600, 64800)),
            None if there is None else moment(there, dice.between(28800, 68400)),
        ))  # fmt: skip
        return there

    def afterwards(self, order: Order, arrived: int) -> None:
        """Returns and reviews of an order that arrived whole."""
        dice = self.dice
        for number, line in enumerate(order.lines, 1):
            if dice.chance(line.product.leaf.returned):
                self.send_back(order, number, arrived)
            elif dice.chance(12):
                when = arrived + dice.between(2, 45)
                if when <= LAST:
                    self.review(order, line.product.id, when)

    def send_back(self, order: Order, number: int, arrived: int) -> None:
        """One row of `returns`."""
        dice, line = self.dice, order.lines[number - 1]
        asked = arrived + dice.between(1, 26)
        if asked > LAST:
            return
        quantity = line.quantity if dice.chance(80) else dice.between(1, line.quantity)
        received = asked + dice.between(3, 12) if dice.chance(93) else None
        refunded = received + dice.between(1, 9) if received is not None and dice.chance(94) else None
        if refunded is not None and refunded > LAST:
            refunded = None
        cents = None if refunded is None else line.amount * quantity // line.quantity
        self.returns += 1
        self.tables["returns"].append((
            self.returns, order.id, number, quantity, REASON.of(dice), self.calendar.day(asked),
            self.calendar.maybe(received), None if cents is None else cents / 100,
            self.calendar.maybe(refunded),
        ))  # fmt: skip

    def review(self, order: Order, product: int, when: int) -> None:
        """One row of `reviews`."""
        dice = self.dice
        stars = rating(dice, product)
        self.reviews += 1
        self.tables["reviews"].append((
            self.reviews, product, order.customer.id, stars, title(dice, stars), body(dice, stars),
            dice.skewed(24), self.calendar.moment(when, dice.between(21600, 79000)),
        ))  # fmt: skip


def uuid(number: int, factor: int) -> str:
    """A UUID that looks random, the same for the same number; the factor is odd."""
    digits = f"{number * factor % (1 << 128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"

"""An order while its consequences are worked out."""

from typing import NamedTuple

from databaseai.embedded.sample.catalogue import Product
from databaseai.embedded.sample.people import Customer


class Line(NamedTuple):
    """One line of an order; cents of the order's currency."""

    product: Product
    quantity: int
    price: int
    discount: int

    @property
    def amount(self) -> int:
        """What the line costs."""
        return self.quantity * self.price - self.discount


class Order(NamedTuple):
    """What happens after the order needs to know about it."""

    id: int
    day: int
    second: int
    customer: Customer
    store: bool
    channel: str
    lines: list[Line]
    total: int

"""The category tree, and products with their price history."""

import json
from typing import NamedTuple

from databaseai.embedded.sample.days import FIRST, LAST, Calendar, ordinal
from databaseai.embedded.sample.dice import Dice
from databaseai.embedded.sample.goods import LEAVES, SERIES, TREE, Leaf, Tree
from databaseai.embedded.sample.tables import Row

TAGS = {"eco": 26, "bestseller": 8, "gift": 18, "clearance": 7, "handmade": 12, "limited": 6}
"""Tag to the percent of products that carry it."""
SERIES_WORDS = SERIES.split()


class Product(NamedTuple):
    """What the sales need to know about a product."""

    id: int
    leaf: Leaf
    path: frozenset[int]
    """Its category and all above it."""
    launched: int
    ended: int | None
    prices: tuple[tuple[int, int], ...]
    """First day and price in cents, oldest first."""

    def price(self, when: int) -> int:
        """List price of a day, in cents."""
        return next((cents for start, cents in reversed(self.prices) if start <= when), self.prices[0][1])


class Catalogue:
    """Makes the products; keeps what the sales need."""

    def __init__(self, count: int, supplier_count: int, calendar: Calendar) -> None:
        self.calendar = calendar
        self.dice = Dice("products")
        self.categories: list[Row] = []
        self.paths: dict[str, frozenset[int]] = {}
        self.numbers: dict[str, int] = {}
        self.plant(TREE, None, frozenset())
        self.named: dict[str, int] = {}
        self.products: list[Product] = []
        self.rows: list[Row] = []
        self.price_rows: list[Row] = []
        for number in range(1, count + 1):
            self.product(number, supplier_count)

    def plant(self, tree: Tree, parent: int | None, above: frozenset[int]) -> None:
        """Number the category tree, parents first."""
        for name, below in tree.items():
            number = len(self.categories) + 1
            self.categories.append((number, parent, name))
            self.numbers[name] = number
            self.paths[name] = above | {number}
            self.plant(below, number, self.paths[name])

    def product(self, number: int, supplier_count: int) -> None:
        """Add one product and its prices."""
        dice = self.dice
        leaf = LEAVES[(number - 1) % len(LEAVES)]
        old = dice.chance(55)
        launched = dice.between(ordinal("2014-01-01"), FIRST - 1) if old else dice.between(FIRST, LAST - 40)
        ended = (
            min(launched + dice.between(400, 2600), LAST - 5)
            if dice.chance(18) and launched < LAST - 500
            else None
        )
        if ended is not None and ended < FIRST:
            ended = FIRST + dice.between(30, 600)
        prices = self.prices(leaf, launched, ended)
        self.products.append(Product(number, leaf, self.paths[leaf.category], launched, ended, prices))
        now = prices[-1][1]
        tags = [tag for tag, percent in TAGS.items() if leaf.grams is not None and dice.chance(percent)]
        cost = None if leaf.grams is None or dice.chance(4) else now * dice.between(38, 68) / 10_000
        self.rows.append((
            number,
            f"{leaf.category[:2].upper()}-{1000 + number * 7}",
            self.name(leaf),
            self.numbers[leaf.category],
            1 + dice.skewed(supplier_count),
            now / 100,
            None if cost is None else f"{cost:.2f}",
            None if leaf.grams is None else leaf.grams * dice.between(60, 160) // 100,
            "{" + ",".join(tags) + "}",
            json.dumps(self.attributes(leaf)),
            self.calendar.day(launched),
            None if ended is None else self.calendar.day(ended),
        ))  # fmt: skip

    def name(self, leaf: Leaf) -> str:
        """A name that no other product has."""
        name = f"{self.dice.pick(SERIES_WORDS)} {self.dice.pick(leaf.nouns)}"
        self.named[name] = self.named.get(name, 0) + 1
        return name if self.named[name] == 1 else f"{name} {self.named[name]}"

    def prices(self, leaf: Leaf, launched: int, ended: int | None) -> tuple[tuple[int, int], ...]:
        """A first price and a change on the first of some months; rows of `product_prices` as well."""
        dice = self.dice
        base = leaf.cents * dice.between(55, 190) // 100
        steps = [(launched, ending(base))]
        for year in range(2022, 2027):
            change = ordinal(f"{year}-{dice.pick(('02', '04', '09'))}-01")
            if dice.chance(42) and launched < change < (ended or LAST):
                base = base * dice.between(96, 114) // 100
                if ending(base) != steps[-1][1]:
                    steps.append((change, ending(base)))
        number = len(self.products) + 1
        for (start, cents), after in zip(steps, [*(start for start, _ in steps[1:]), None], strict=True):
            self.price_rows.append((number, self.calendar.span(start, after), cents / 100))
        return tuple(steps)

    def attributes(self, leaf: Leaf) -> dict[str, object]:
        """The jsonb of one product: which keys there are depends on the category."""
        dice, found = self.dice, dict[str, object]()
        if leaf.colours and dice.chance(92):
            found["colour"] = dice.pick(leaf.colours)
        if leaf.materials and dice.chance(88):
            found["material"] = dice.pick(leaf.materials)
        if leaf.grams is not None and dice.chance(60):
            found["warranty_years"] = dice.pick((2, 2, 3, 5, 10))
        if leaf.litres:
            found["capacity_l"] = dice.between(*leaf.litres)
        if leaf.outdoors and dice.chance(80):
            found["waterproof"] = dice.chance(55)
        return found


def ending(cents: int) -> int:
    """A price as shops write it: 12.49, 12.99."""
    return max(299, (cents + 25) // 50 * 50 - 1)

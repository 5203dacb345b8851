"""Suppliers, the category tree, products with their price history, promotions, stock."""

import json
from typing import NamedTuple

from databaseai.embedded.sample.days import FIRST, LAST, Calendar, ordinal
from databaseai.embedded.sample.dice import Choice, Dice
from databaseai.embedded.sample.goods import CAMPAIGNS, LEAVES, SERIES, TREE, Leaf
from databaseai.embedded.sample.people import FIRST_WORDS, person, plain
from databaseai.embedded.sample.places import BY_CODE, DIAL, WAREHOUSES
from databaseai.embedded.sample.tables import Row
from databaseai.embedded.sample.words import COMPANY_FORM

ORIGIN = Choice({"DE": 24, "IT": 12, "PT": 10, "PL": 11, "SE": 9, "VN": 14, "FR": 8, "NL": 6, "GB": 6})
SUPPLIER_KIND = (
    "Manufaktur",
    "Trading",
    "Textiles",
    "Metalworks",
    "Woodcraft",
    "Imports",
    "Outdoor",
    "Ceramics",
)
LARGE = 5
"""The first suppliers make most products; we still buy from them."""
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


class Promotion(NamedTuple):
    """One campaign."""

    id: int
    start: int
    end: int
    """The first day after it."""
    percent: int
    category: int | None
    channels: tuple[str, ...]


def suppliers(count: int) -> list[Row]:
    """Rows of `suppliers`."""
    dice, rows = Dice("suppliers"), list[Row]()
    for number in range(1, count + 1):
        country = BY_CODE[ORIGIN.of(dice)]
        name = f"{dice.pick(FIRST_WORDS)} {dice.pick(SUPPLIER_KIND)} {COMPANY_FORM[country.code]}"
        who = person(dice, country.tongue)
        contact = {"person": who, "email": f"{plain(who)}@supplier{number}.example.com"}
        if dice.chance(55):
            contact["phone"] = f"+{DIAL[country.code]} {dice.between(10, 99)} {dice.between(100000, 999999)}"
        rating = None if dice.chance(20) else dice.between(22, 50) / 10
        wait = dice.between(4, 30) + (35 if country.code == "VN" else 0)
        rows.append(
            (
                number,
                name,
                country.code,
                wait,
                rating,
                json.dumps(contact, ensure_ascii=False),
                number <= LARGE or dice.chance(85),
            )
        )
    return rows


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

    def plant(self, tree: dict[str, dict[str, object]], parent: int | None, above: frozenset[int]) -> None:
        """Number the category tree, parents first."""
        for name, below in tree.items():
            number = len(self.categories) + 1
            self.categories.append((number, parent, name))
            self.numbers[name] = number
            self.paths[name] = above | {number}
            self.plant(below, number, self.paths[name])  # type: ignore[arg-type]

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

    def promotions(self) -> tuple[list[Row], list[Promotion]]:
        """Rows of `promotions`, and the same for the sales."""
        dice, rows, promotions = Dice("promotions"), list[Row](), list[Promotion]()
        for year in range(2022, 2027):
            for name, code, start, days, percent, category, channels in CAMPAIGNS:
                first = ordinal(f"{year}-{start}") + dice.between(0, 4)
                if first > LAST or dice.chance(12):
                    continue
                number, until = len(rows) + 1, first + days
                shown = year - 2022 + self.calendar.years[0]
                below = None if category is None else self.numbers[category]
                promotions.append(Promotion(number, first, until, percent, below, channels))
                rows.append((
                    number, f"{name} {shown}", f"{code}{shown % 100}", self.calendar.span(first, until),
                    percent, below, "{" + ",".join(channels) + "}",
                ))  # fmt: skip
        return rows, promotions

    def stock(self) -> list[Row]:
        """Rows of `stock_levels`."""
        dice, rows = Dice("stock"), list[Row]()
        for warehouse in range(1, len(WAREHOUSES) + 1):
            for product in self.products:
                if product.leaf.grams is None or dice.chance(18):
                    continue
                gone = product.ended is not None
                on_hand = dice.between(0, 6) if gone else dice.skewed(180)
                point = None if gone else 5 + dice.below(30)
                counted = self.calendar.day(LAST - dice.between(1, 200))
                rows.append((warehouse, product.id, on_hand, dice.below(on_hand + 1) // 3, point, counted))
        return rows


def ending(cents: int) -> int:
    """A price as shops write it: 12.49, 12.99."""
    return max(299, (cents + 25) // 50 * 50 - 1)

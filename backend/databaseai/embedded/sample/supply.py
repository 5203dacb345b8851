"""Who makes what we sell, and how much of it lies where."""

import json

from databaseai.embedded.sample.catalogue import Product
from databaseai.embedded.sample.days import LAST, Calendar
from databaseai.embedded.sample.dice import Choice, Dice
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


def stock(products: list[Product], calendar: Calendar) -> list[Row]:
    """Rows of `stock_levels`."""
    dice, rows = Dice("stock"), list[Row]()
    for warehouse in range(1, len(WAREHOUSES) + 1):
        for product in products:
            if product.leaf.grams is None or dice.chance(18):
                continue
            gone = product.ended is not None
            on_hand = dice.between(0, 6) if gone else dice.skewed(180)
            point = None if gone else 5 + dice.below(30)
            counted = calendar.day(LAST - dice.between(1, 200))
            rows.append((warehouse, product.id, on_hand, dice.below(on_hand + 1) // 3, point, counted))
    return rows

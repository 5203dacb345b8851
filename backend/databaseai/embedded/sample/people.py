"""Customers and the companies some of them order for."""

import json
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from databaseai.embedded.sample.days import FIRST, LAST, Calendar, ordinal
from databaseai.embedded.sample.dice import Choice, Dice
from databaseai.embedded.sample.places import BY_CODE, DIAL, HOME
from databaseai.embedded.sample.tables import Row
from databaseai.embedded.sample.words import COMPANY_FIRST, COMPANY_FORM, COMPANY_SECOND, FAMILY, GIVEN

GIVEN_NAMES = {tongue: names.split() for tongue, names in GIVEN.items()}
FAMILY_NAMES = {
    tongue: [name.replace("_", " ") for name in names.split()] for tongue, names in FAMILY.items()
}
TONGUES = tuple(GIVEN)
FIRST_WORDS = COMPANY_FIRST.split()
TOPICS = ("camping", "hiking", "cycling", "kitchen", "garden", "kids", "lighting")
TIERS = Choice({"bronze": 48, "silver": 30, "gold": 16, "platinum": 6})
BEFORE = 22
"""Percent of the customers who had an account before the first day."""
OLDEST = ordinal("2017-02-01")
PLAIN = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "ß": "ss", "đ": "d", "'": "", " ": ""})


class Customer(NamedTuple):
    """What the sales need to know about a customer."""

    id: int
    country: str
    company: bool
    since: int
    """Day of the sign-up."""


def person(dice: Dice, tongue: str) -> str:
    """A given name and a family name; one in ten has a family name from elsewhere."""
    family = dice.pick(TONGUES) if dice.chance(10) else tongue
    return f"{dice.pick(GIVEN_NAMES[tongue])} {dice.pick(FAMILY_NAMES[family])}"


def plain(name: str) -> str:
    """A name as it stands in an e-mail address."""
    letters = unicodedata.normalize("NFD", name.translate(PLAIN)).encode("ascii", "ignore")
    return letters.decode().lower().replace("-", "")


def companies(count: int) -> list[Row]:
    """Rows of `companies`."""
    dice, rows = Dice("companies"), list[Row]()
    for number in range(1, count + 1):
        country = HOME.of(dice)
        industry = dice.pick(tuple(COMPANY_SECOND))
        name = f"{dice.pick(FIRST_WORDS)} {dice.pick(COMPANY_SECOND[industry])} {COMPANY_FORM[country]}"
        limit = None if dice.chance(24) else dice.pick((1000, 2500, 5000, 10000, 25000))
        rows.append((number, name, country, industry, limit))
    return rows


class Register:
    """Makes customers; keeps of each what the sales need."""

    def __init__(self, count: int, firms: list[Row], calendar: Calendar) -> None:
        self.count = count
        self.firms = firms
        self.calendar = calendar
        self.dice = Dice("customers")
        self.customers: list[Customer] = []

    def rows(self) -> Iterator[Row]:
        """Rows of `customers`, in the order of their sign-up."""
        early = self.count * BEFORE // 100
        for number in range(1, self.count + 1):
            if number <= early:
                since = OLDEST + (FIRST - OLDEST) * (number - 1) // early
            else:
                since = FIRST + (LAST - FIRST - 3) * (number - early) // (self.count - early)
            yield self.customer(number, since)

    def customer(self, number: int, since: int) -> Row:
        """One row of `customers`."""
        dice = self.dice
        firm = dice.pick(self.firms) if dice.chance(9) else None
        country = BY_CODE[str(firm[2]) if firm else HOME.of(dice)]
        name = person(dice, country.tongue)
        born = None if firm or dice.chance(35) else since - dice.between(18 * 365, 78 * 365)
        self.customers.append(Customer(number, country.code, firm is not None, since))
        return (
            number,
            name,
            f"{plain(name)}{number}@{dice.pick(('example.com', 'example.org', 'example.net'))}",
            None
            if dice.chance(42)
            else f"+{DIAL[country.code]} {dice.between(200, 999)} {dice.between(1000000, 9999999)}",
            firm[0] if firm else None,
            dice.pick(country.cities),
            country.code,
            None if born is None else self.calendar.day(born),
            self.calendar.moment(since, dice.between(18000, 79000)),
            TIERS.of(dice) if not firm and dice.chance(46) else None,
            self.preferences(country.tongue),
        )

    def preferences(self, tongue: str) -> str | None:
        """The jsonb of one customer."""
        dice = self.dice
        if dice.chance(15):
            return None
        wishes: dict[str, object] = {"language": "en" if dice.chance(12) else tongue}
        if dice.chance(85):
            wishes["newsletter"] = dice.chance(58)
        if dice.chance(60):
            wishes["topics"] = [topic for topic in TOPICS if dice.chance(30)]
        return json.dumps(wishes)

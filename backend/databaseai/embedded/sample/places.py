"""Countries, exchange rates, stores and warehouses."""

import json
from datetime import date
from typing import NamedTuple

from databaseai.embedded.sample.days import FEBRUARY_29, FIRST, LAST, Calendar, ordinal
from databaseai.embedded.sample.dice import Choice, Dice
from databaseai.embedded.sample.tables import Row


class Country(NamedTuple):
    """One country of the list below."""

    code: str
    name: str
    region: str
    currency: str
    vat_percent: float | None
    tongue: str
    """Key into `words.NAMES`."""
    customers: int
    """Weight among customers; 0: suppliers only."""
    cities: tuple[str, ...]


COUNTRIES = (
    Country("AT", "Austria", "Central Europe", "EUR", 20, "de", 6, ("Vienna", "Graz", "Linz", "Salzburg")),
    Country("BE", "Belgium", "Western Europe", "EUR", 21, "fr", 4, ("Brussels", "Ghent", "Liège", "Namur")),
    Country(
        "DE", "Germany", "Central Europe", "EUR", 19, "de", 26,
        ("Berlin", "Hamburg", "Köln", "Leipzig", "München", "Nürnberg", "Freiburg", "Kiel"),
    ),
    Country(
        "ES", "Spain", "Southern Europe", "EUR", 21, "es", 6,
        ("Madrid", "Valencia", "Málaga", "Bilbao", "A Coruña"),
    ),
    Country(
        "FR", "France", "Western Europe", "EUR", 20, "fr", 13,
        ("Paris", "Lyon", "Nantes", "Orléans", "Saint-Étienne"),
    ),
    Country(
        "GB", "United Kingdom", "Western Europe", "GBP", 20, "en", 15,
        ("London", "Leeds", "Bristol", "Cardiff", "Glasgow"),
    ),
    Country("IE", "Ireland", "Western Europe", "EUR", 23, "en", 3, ("Dublin", "Cork", "Galway")),
    Country("IT", "Italy", "Southern Europe", "EUR", 22, "it", 5, ("Milan", "Turin", "Bologna", "Forlì")),
    Country(
        "NL", "Netherlands", "Western Europe", "EUR", 21, "nl", 7,
        ("Amsterdam", "Utrecht", "Groningen", "Eindhoven"),
    ),
    Country("PL", "Poland", "Central Europe", "PLN", 23, "pl", 6, ("Warsaw", "Kraków", "Łódź", "Gdańsk")),
    Country(
        "SE", "Sweden", "Northern Europe", "SEK", 25, "sv", 7,
        ("Stockholm", "Göteborg", "Malmö", "Umeå"),
    ),
    Country("US", "United States", "North America", "USD", None, "en", 2, ("Portland", "Denver", "Boston")),
    Country("PT", "Portugal", "Southern Europe", "EUR", 23, "es", 0, ("Porto", "Aveiro")),
    Country("VN", "Vietnam", "Asia", "USD", None, "en", 0, ("Hải Phòng", "Đà Nẵng")),
)  # fmt: skip
BY_CODE = {country.code: country for country in COUNTRIES}
DIAL = {"AT": 43, "BE": 32, "DE": 49, "ES": 34, "FR": 33, "GB": 44, "IE": 353, "IT": 39, "NL": 31} | {
    "PL": 48, "PT": 351, "SE": 46, "US": 1, "VN": 84,
}  # fmt: skip
"""International dialling codes."""
HOME = Choice({country.code: country.customers for country in COUNTRIES if country.customers})

MILLION = 1_000_000
START = {"EUR": MILLION, "GBP": 1_178_000, "USD": 913_000, "SEK": 96_100, "PLN": 216_400}
"""Millionths of a euro for one unit, on the first day; from there the rates walk."""

STORES = (  # name, country, city, opened, closed, square metres
    ("Berlin Mitte", "DE", "Berlin", "2009-03-14", None, 1450),
    ("Hamburg Hafen", "DE", "Hamburg", "2011-09-02", None, 1120),
    ("Köln Dom", "DE", "Köln", "2012-05-11", None, 980),
    ("Leipzig Markt", "DE", "Leipzig", "2016-10-07", "2025-02-28", 610),
    ("München Isar", "DE", "München", "2013-04-20", None, 1310),
    ("Freiburg", "DE", "Freiburg", "2023-06-03", None, 540),
    ("Vienna Ring", "AT", "Vienna", "2014-08-29", None, 870),
    ("Graz", "AT", "Graz", "2024-03-09", None, 420),
    ("Paris Canal", "FR", "Paris", "2015-11-13", None, 760),
    ("Lyon Presqu'île", "FR", "Lyon", "2018-04-07", None, 690),
    ("Nantes", "FR", "Nantes", "2022-09-17", None, 510),
    ("London Borough", "GB", "London", "2015-05-16", None, 930),
    ("Leeds Arcade", "GB", "Leeds", "2017-10-21", "2023-12-31", 480),
    ("Bristol Quay", "GB", "Bristol", "2021-06-12", None, 560),
    ("Amsterdam West", "NL", "Amsterdam", "2016-03-26", None, 640),
    ("Utrecht Gracht", "NL", "Utrecht", "2025-05-24", None, 450),
    ("Stockholm Söder", "SE", "Stockholm", "2017-05-06", None, 720),
    ("Göteborg Hamn", "SE", "Göteborg", "2020-02-15", None, 500),
    ("Kraków Rynek", "PL", "Kraków", "2019-09-14", None, 580),
    ("Madrid Centro", "ES", "Madrid", "2022-03-05", None, 660),
    ("Milan Navigli", "IT", "Milan", "2023-10-14", None, 530),
    ("Dublin Quay", "IE", "Dublin", "2024-11-02", None, 470),
)
WAREHOUSES = (
    ("Nord", "Hamburg", "DE"),
    ("Süd", "Nürnberg", "DE"),
    ("Midlands", "Leeds", "GB"),
    ("Øst", "Malmö", "SE"),
)

Rates = dict[str, list[int]]
"""Currency to millionths of a euro, one for each day from FIRST to LAST."""


def countries() -> list[Row]:
    """Rows of `countries`."""
    return [(c.code, c.name, c.region, c.currency, c.vat_percent) for c in COUNTRIES]


def walk_rates() -> Rates:
    """A random walk that is drawn back to where it began."""
    rates: Rates = {}
    for currency, start in START.items():
        dice, now, walk = Dice(f"rate of {currency}"), start, []
        for when in range(FIRST, LAST + 1):
            day = date.fromordinal(when)
            if currency != "EUR" and (day.month, day.day) != FEBRUARY_29:  # a shifted calendar drops that day
                now += (start - now) // 400 + start * dice.between(-40, 40) // 10_000
            walk.append(now)
        rates[currency] = walk
    return rates


def exchange_rates(rates: Rates, calendar: Calendar) -> list[Row]:
    """Rows of `exchange_rates`."""
    days = [calendar.day(when) for when in range(FIRST, LAST + 1)]
    return [
        (currency, day, f"{rate // MILLION}.{rate % MILLION:06d}")
        for currency, walk in rates.items()
        for day, rate in dict(zip(days, walk, strict=True)).items()
    ]


def stores(calendar: Calendar) -> list[Row]:
    """Rows of `stores`."""
    dice, rows = Dice("stores"), list[Row]()
    for number, (name, country, city, opened, closed, area) in enumerate(STORES, 1):
        week = {
            day: ["10:00", dice.pick(("18:30", "19:00", "20:00"))]
            for day in ("mon", "tue", "wed", "thu", "fri")
        }
        week["sat"] = ["09:30", dice.pick(("18:00", "20:00"))]
        if country in {"GB", "IE", "PL", "SE"}:
            week["sun"] = ["11:00", "17:00"]
        until = None if closed is None else calendar.day(ordinal(closed))
        rows.append(
            (number, name, city, country, calendar.day(ordinal(opened)), until, area, json.dumps(week))
        )
    return rows


def warehouses() -> list[Row]:
    """Rows of `warehouses`."""
    return [(number, *row) for number, row in enumerate(WAREHOUSES, 1)]

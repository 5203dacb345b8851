"""The retailer's own people."""

from typing import NamedTuple

from databaseai.embedded.sample.days import FIRST, LAST, Calendar, ordinal
from databaseai.embedded.sample.dice import Dice
from databaseai.embedded.sample.people import person
from databaseai.embedded.sample.places import BY_CODE, STORES
from databaseai.embedded.sample.tables import Row

HEADS = (  # job title, department, salary, people below, their title
    ("Head of Sales", "Sales", 96_000, 0, ""),
    ("Head of Customer Service", "Customer Service", 78_000, 14, "Service Agent"),
    ("Head of Logistics", "Logistics", 84_000, 18, "Logistics Planner"),
    ("Head of Buying", "Buying", 91_000, 9, "Buyer"),
    ("Head of Finance", "Finance", 99_000, 8, "Accountant"),
    ("Head of IT", "IT", 102_000, 11, "Software Engineer"),
    ("Head of People", "People", 82_000, 5, "Recruiter"),
)
HEAD_OF_SALES = 2
"""The second to be hired."""
OPENING = ordinal("2009-01-05")


class Employee(NamedTuple):
    """Who may have sold what, and when."""

    id: int
    hired: int
    ended: int | None


class Staff:
    """Makes employees; keeps who works where."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.dice = Dice("staff")
        self.rows: list[Row] = []
        self.by_store: dict[int, list[Employee]] = {}
        self.service: list[Employee] = []
        """Customer service: they take the orders by phone."""
        self.head_office()
        for number in range(1, len(STORES) + 1):
            self.store(number)

    def hire(
        self,
        title: str,
        department: str,
        manager: int | None,
        salary: int,
        hired: int,
        ended: int | None,
        store: int | None,
    ) -> Employee:
        """Add one row."""
        dice, number = self.dice, len(self.rows) + 1
        country = BY_CODE[STORES[store - 1][1] if store else "DE"]
        spoken = [country.tongue, *(tongue for tongue in ("en", "de", "fr", "pl", "tr") if dice.chance(32))]
        until = self.calendar.maybe(ended)
        pay = salary * dice.between(94, 112) // 10_000 * 100
        languages = "{" + ",".join(dict.fromkeys(spoken)) + "}"
        name = person(dice, country.tongue)
        self.rows.append(
            (number, name, title, department, manager, store, self.calendar.day(hired), until, pay, languages)
        )
        return Employee(number, hired, ended)

    def career(self, opened: int, closed: int | None) -> tuple[int, int | None]:
        """First and last day of someone at a place that opened and perhaps closed."""
        until = LAST if closed is None else closed
        hired = opened if self.dice.chance(30) else self.dice.between(opened, max(opened, until - 200))
        if self.dice.chance(22):
            return hired, min(hired + self.dice.between(120, 1600), until)
        return hired, closed

    def head_office(self) -> None:
        """The managing director, the heads of departments and their people."""
        boss = self.hire("Managing Director", "Management", None, 148_000, OPENING, None, None)
        for title, department, salary, people, below in HEADS:
            head = self.hire(
                title, department, boss.id, salary, self.dice.between(OPENING, FIRST), None, None
            )
            for _ in range(people):
                hired, ended = self.career(self.dice.between(OPENING + 900, LAST - 300), None)
                if ended is not None and ended >= LAST:
                    ended = None
                worker = self.hire(below, department, head.id, salary * 6 // 10, hired, ended, None)
                if department == "Customer Service":
                    self.service.append(worker)

    def store(self, number: int) -> None:
        """A manager and sales assistants; who opened the store may have left."""
        _, _, _, opened, closed, area = STORES[number - 1]
        start, end = ordinal(opened), None if closed is None else ordinal(closed)
        manager = self.hire("Store Manager", "Sales", HEAD_OF_SALES, 52_000, start, end, number)
        team = [manager]
        for _ in range(4 + area // 220):
            hired, ended = self.career(start, end)
            if ended is not None and ended >= LAST:
                ended = None
            team.append(self.hire("Sales Assistant", "Sales", manager.id, 31_000, hired, ended, number))
        self.by_store[number] = team

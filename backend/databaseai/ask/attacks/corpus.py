"""The attacks that ship (`cases/README.md`), and the names of a data source put into them."""

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

Lock = Literal["gate", "login", "transaction", "limits"]
LOCKS: tuple[Lock, ...] = ("gate", "login", "transaction", "limits")
BEHIND: dict[str, Lock] = {"login": "login", "transaction": "transaction", "limits": "limits"}
"""Locks behind the gate, by their word in a case."""
FACT = re.compile(r"-- (does|tried|passes|since): (.+)")


@dataclass(frozen=True, slots=True)
class Attack:
    """One statement and what it would do."""

    kind: str
    """Its class: the file's name."""
    name: str
    does: str
    sql: str
    """With `{table}` and the like."""
    tried: tuple[Lock, ...] = ()
    """Locks behind the gate that must stop it, and with which it may be tried for real."""
    passes_gate: bool = False
    """Only its time or size is wrong."""
    since: int = 0
    """The first major version on which the locks of `tried` stop it."""


@dataclass(frozen=True, slots=True)
class Target:
    """What the data source has to be attacked."""

    schema: str
    table: str
    column: str
    login: str
    database: str
    writable_for_real: bool
    """An empty write on the table would run no trigger and no rule of its owner."""

    def names(self) -> dict[str, str]:
        """Placeholder to SQL: quoted names, and plain ones that stand inside a text."""
        table = f"{quoted(self.schema)}.{quoted(self.table)}"
        return {
            "{table}": table,
            "{plain}": table.replace("'", "''"),
            "{schema}": quoted(self.schema),
            "{schema_plain}": self.schema.replace("'", "''"),
            "{column}": quoted(self.column),
            "{login}": quoted(self.login),
            "{database}": quoted(self.database),
            "{NUL}": "\0",
        }

    def fill(self, sql: str) -> str:
        """A statement about this target."""
        for placeholder, name in self.names().items():
            sql = sql.replace(placeholder, name)
        return sql


def quoted(name: str) -> str:
    """An SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


@cache
def corpus() -> tuple[Attack, ...]:
    """Every attack, by class."""
    folder = resources.files("databaseai.ask.attacks").joinpath("cases")
    files = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name
    )
    return tuple(
        read(file.name.removesuffix(".sql"), case)
        for file in files
        for case in re.split(r"^-- case: ", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    )


def read(kind: str, case: str) -> Attack:
    """One attack: its name, its facts, its statement."""
    name, *lines = case.split("\n")
    facts: dict[str, str] = {}
    while lines and (fact := FACT.fullmatch(lines[0])):
        facts[fact[1]] = fact[2]
        lines.pop(0)
    return Attack(
        kind,
        name,
        facts["does"],
        "\n".join(lines).strip(),
        tuple(BEHIND[word] for word in facts.get("tried", "").split()),
        facts.get("passes") == "gate",
        int(facts.get("since", "0")),
    )

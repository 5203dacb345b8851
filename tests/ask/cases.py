"""SQL fixture files: `-- case: name` begins a case, `-- key: value` lines after it describe it."""

import re
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).parent / "sql"
FACT = re.compile(r"-- (expect|setup|servers): (.*)")


@dataclass(frozen=True)
class Case:
    """One statement and why it is here."""

    name: str
    sql: str
    facts: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name


def read(file: str) -> list[Case]:
    """All cases of a file."""
    _, *parts = (FOLDER / file).read_bytes().decode().split("\n-- case: ")
    return [parse(part) for part in parts]


def parse(text: str) -> Case:
    """One case: its name, its facts, its statement."""
    name, *lines = text.split("\n")
    facts = {}
    while lines and (fact := FACT.fullmatch(lines[0])):
        facts[fact[1]] = fact[2]
        lines.pop(0)
    return Case(name, "\n".join(lines).strip().replace("{NUL}", "\0"), facts)

"""SQL fixture files: `-- case: name` begins a case, `-- key: value` lines after it describe it."""

import re
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).parent / "sql"
BEHIND = "behind.sql"
FACT = re.compile(r"-- (class|expect|effect|on \d+|proof|setup|servers): (.*)")
CHARACTERS = {
    "{NUL}": "\0",
    "{CR}": "\r",
    "{FF}": "\f",
    "{VT}": "\v",
    "{LS}": "\N{LINE SEPARATOR}",
    "{ZWJ}": "\N{ZERO WIDTH JOINER}",
    "{BOM}": "\N{ZERO WIDTH NO-BREAK SPACE}",
}
"""What an editor would change or hide."""


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


def attack_files() -> list[str]:
    """Names of the files that hold attacks."""
    return sorted(path.name for path in FOLDER.glob("attacks*.sql"))


def attacks() -> list[Case]:
    """The whole corpus of statements that must not run."""
    return [case for file in attack_files() for case in read(file)]


def behind() -> list[Case]:
    """Attacks that the gate cannot know for such: other locks stop them."""
    return read(BEHIND)


def parse(text: str) -> Case:
    """One case: its name, its facts, its statement."""
    name, *lines = text.split("\n")
    facts = {}
    while lines and (fact := FACT.fullmatch(lines[0])):
        facts[fact[1]] = fact[2]
        lines.pop(0)
    sql = "\n".join(lines).strip()
    for word, character in CHARACTERS.items():
        sql = sql.replace(word, character)
    return Case(name, sql, facts)

"""The statement as text: what is refused before any parser sees it, and where in it a byte offset points."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from databaseai.errors import CharacterRefused, StatementEmpty, StatementTooLong
from databaseai.settings import ExecutionLimits

CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|[\u202a-\u202e\u2066-\u2069]|[\ud800-\udfff\ufeff]"
)
"""NUL cuts the text in libpq; other controls, and those that turn the writing round (CVE-2021-42574), hide
text from a reader; a lone surrogate has no UTF-8."""
CHARACTERS = 60_000
"""Whatever the limits say: libpg_query recurses once for each `+1`, about 160 bytes, and 50,000 of them fill
the 8 MB stack of a thread; the process would die."""
NOTHING = re.compile(r"(\s|;|--[^\n]*(\n|$)|/\*[^*]*\*/)*")


@dataclass(frozen=True)
class Source:
    """A statement that may be parsed."""

    text: str

    @cached_property
    def encoded(self) -> bytes:
        """UTF-8, in which libpg_query counts."""
        return self.text.encode()

    @property
    def beginning(self) -> dict[str, Any]:
        """`position` of the statement's first word, past blanks and comments."""
        before = NOTHING.match(self.text)
        return {"position": before.end() if before else 0}

    def position(self, location: int | None) -> dict[str, Any]:
        """`position` in characters from 0, as a fact of an error; none when the parser did not say."""
        if location is None or location < 0:
            return {}
        return {"position": len(self.encoded[:location].decode(errors="ignore"))}


def source(statement: str, limits: ExecutionLimits) -> Source:
    """Take a statement's text in.

    Raises:
        StatementEmpty: Nothing but blanks, comments and semicolons. DBAI501.
        StatementTooLong: Past `limits.statement_characters`. DBAI502.
        CharacterRefused: NUL, a control character, a lone surrogate, or no text at all. DBAI503.
    """
    if not isinstance(statement, str):
        raise CharacterRefused("A statement is text.", hint="Send the SQL as a string.")
    limit = min(limits.statement_characters, CHARACTERS)
    if len(statement) > limit:
        raise StatementTooLong(
            f"The statement has {len(statement)} characters; the limit is {limit}.",
            hint="Ask for less at once.",
            limit=limit,
        )
    if found := CONTROL.search(statement):
        raise CharacterRefused(
            f"Character U+{ord(found.group()):04X} may not stand in a statement.",
            hint="Remove it; tabs and line ends are fine.",
            position=found.start(),
        )
    if NOTHING.fullmatch(statement):
        raise StatementEmpty("There is no statement in the text.", hint="Write one SELECT statement.")
    return Source(statement)

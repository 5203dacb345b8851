"""Names in a policy file: `schema.table` or `schema.table.column`, with `*` and `?`, or quoted as in SQL."""

import re
import unicodedata
from dataclasses import dataclass

from databaseai.errors import PolicyInvalid

PART = re.compile(r'"((?:[^"]|"")+)"|([^".]+)')
WILD = re.compile(r"[*?]")
SHAPES = {2: "schema.table", 3: "schema.table.column"}


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern. Patterns that close ignore case: too much is closed rather than too little."""

    text: str
    """As written in the file."""
    parts: tuple[re.Pattern[str], ...]
    folding: tuple[bool, ...]
    """By part: it ignores case."""
    exact: bool
    """It has no wildcard."""

    def matches(self, *names: str) -> bool:
        """Whether it means this table or column, or, given a table, may mean a column of it."""
        return all(
            part.fullmatch(folded(name) if fold else name) is not None
            for part, fold, name in zip(self.parts, self.folding, names, strict=False)
        )


def pattern(text: object, length: int, *, fold: bool) -> Pattern:
    """Read a pattern of `length` parts.

    Raises:
        PolicyInvalid: It is no text, or not of that shape. DBAI017.
    """
    found = list(PART.finditer(text)) if isinstance(text, str) else []
    spelt = ".".join(match.group() for match in found)
    if len(found) != length or spelt != text:
        raise PolicyInvalid(
            f"{text!r} is not of the form {SHAPES[length]}.",
            hint='Write "*" for any name; a name with a dot in SQL quotes: \'public."odd.name"\'.',
            name=str(text),
        )
    parts = tuple(translated(match, fold=fold) for match in found)
    folding = tuple(fold and match[1] is None for match in found)
    return Pattern(
        spelt, parts, folding, exact=not any(match[2] and WILD.search(match[2]) for match in found)
    )


def translated(match: re.Match[str], *, fold: bool) -> re.Pattern[str]:
    """One part as a regular expression over a whole name."""
    if match[1] is not None:
        return re.compile(re.escape(match[1].replace('""', '"')))
    words = WILD.split(folded(match[2]) if fold else match[2])
    signs = [".*" if sign == "*" else "." for sign in WILD.findall(match[2])]
    joined = "".join(re.escape(word) + sign for word, sign in zip(words, [*signs, ""], strict=True))
    return re.compile(joined, re.DOTALL)


def folded(name: str) -> str:
    """Case and width away."""
    return unicodedata.normalize("NFKC", name).casefold()

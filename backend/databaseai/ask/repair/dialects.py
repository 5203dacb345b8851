"""Spellings of other databases that a model falls back into, turned into PostgreSQL's before parsing."""

import re

STRING = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/", re.DOTALL)
"""Never edited: literals, quoted names, comments."""
RULES: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (re.compile(r"`([A-Za-z_][A-Za-z0-9_]*)`"), r"\1", "Backticks were taken away."),
    (re.compile(r"`([^`]+)`"), r'"\1"', "Backticks became double quotes."),
    (re.compile(r"(?<![<>=!])==(?!=)"), "=", "== became =."),
    (re.compile(r"\b(?:IFNULL|NVL)\s*\(", re.IGNORECASE), "COALESCE(", "IFNULL became COALESCE."),
    (re.compile(r"\bYEAR\s*\(", re.IGNORECASE), "EXTRACT(YEAR FROM ", "YEAR() became EXTRACT."),
    (re.compile(r"\bMONTH\s*\(", re.IGNORECASE), "EXTRACT(MONTH FROM ", "MONTH() became EXTRACT."),
    (re.compile(r"\bDAY\s*\(", re.IGNORECASE), "EXTRACT(DAY FROM ", "DAY() became EXTRACT."),
    (re.compile(r"\b(?:CURDATE|GETDATE)\s*\(\s*\)", re.IGNORECASE), "CURRENT_DATE", "Today is CURRENT_DATE."),
    (
        re.compile(r"\bLIMIT\s+(\d+)\s*,\s*(\d+)", re.IGNORECASE),
        r"LIMIT \2 OFFSET \1",
        "LIMIT with a comma became OFFSET.",
    ),
)


def from_other_databases(statement: str) -> tuple[str, tuple[str, ...]]:
    """The statement in PostgreSQL's spelling, and a line for each kind of change."""
    notes: dict[str, None] = {}
    parts: list[str] = []
    done = 0
    for kept in STRING.finditer(statement):
        parts += [rewritten(statement[done : kept.start()], notes), kept.group()]
        done = kept.end()
    parts.append(rewritten(statement[done:], notes))
    return "".join(parts), tuple(notes)


def rewritten(code: str, notes: dict[str, None]) -> str:
    """One stretch of code without literals."""
    for pattern, replacement, note in RULES:
        changed = pattern.sub(replacement, code)
        if changed != code:
            notes[note] = None
            code = changed
    return code

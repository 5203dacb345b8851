"""Spellings of other databases that a model falls back into, turned into PostgreSQL's before parsing."""

import re

STRING = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/", re.DOTALL)
"""Never edited: literals, quoted names, comments."""
TOP = re.compile(r"(\s*SELECT\s+(?:DISTINCT\s+)?)TOP\s*\(?\s*(\d+)\s*\)?\s+(?!PERCENT)", re.IGNORECASE)
RULES: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (re.compile(r"`([A-Za-z_][A-Za-z0-9_]*)`"), r"\1", "Backticks were taken away."),
    (re.compile(r"`([^`]+)`"), r'"\1"', "Backticks became double quotes."),
    (re.compile(r"(?<![<>=!])==(?!=)"), "=", "== became =."),
    (re.compile(r"\b(?:IFNULL|NVL)\s*\(", re.IGNORECASE), "COALESCE(", "IFNULL became COALESCE."),
    (re.compile(r"\bYEAR\s*\(", re.IGNORECASE), "EXTRACT(YEAR FROM ", "YEAR() became EXTRACT."),
    (re.compile(r"\bMONTH\s*\(", re.IGNORECASE), "EXTRACT(MONTH FROM ", "MONTH() became EXTRACT."),
    (re.compile(r"\bDAY\s*\(", re.IGNORECASE), "EXTRACT(DAY FROM ", "DAY() became EXTRACT."),
    (re.compile(r"\b(?:CURDATE|GETDATE)\s*\(\s*\)", re.IGNORECASE), "CURRENT_DATE", "Today is CURRENT_DATE."),
    (re.compile(r"\bNOT\s+(?:REGEXP|RLIKE)\b", re.IGNORECASE), "!~", "REGEXP became ~."),
    (re.compile(r"\bREGEXP\b|\bRLIKE\b", re.IGNORECASE), "~", "REGEXP became ~."),
    (re.compile(r"\bMINUS\b(?=\s+SELECT\b)", re.IGNORECASE), "EXCEPT", "MINUS became EXCEPT."),
    (re.compile(r"\bAS\s+(?:UN)?SIGNED\b", re.IGNORECASE), "AS bigint", "SIGNED became bigint."),
    (
        re.compile(r"\bAS\s+(?:FLOAT64|DOUBLE)\s*(?=\))", re.IGNORECASE),
        "AS double precision",
        "DOUBLE became double precision.",
    ),
    (re.compile(r"\bAS\s+STRING\s*(?=\))", re.IGNORECASE), "AS text", "STRING became text."),
    (
        re.compile(r"\b(NOW\s*\(\s*\)|CURRENT_TIMESTAMP)\s*([-+])\s*(\d+)\b(?!\s*\*)", re.IGNORECASE),
        r"\1 \2 INTERVAL '\3 days'",
        "Days were taken from the time as an interval.",
    ),
    (
        re.compile(r"\bINTERVAL\s+(\d+)\s+(year|month|week|day|hour|minute|second)s?\b", re.IGNORECASE),
        r"INTERVAL '\1 \2'",
        "The interval was quoted.",
    ),
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
    return limited("".join(parts), notes), tuple(notes)


def limited(statement: str, notes: dict[str, None]) -> str:
    """`SELECT TOP 5 x ...` -> `SELECT x ... LIMIT 5`."""
    found = TOP.match(statement)
    if not found:
        return statement
    notes["TOP became LIMIT."] = None
    return f"{found[1]}{statement[found.end() :].rstrip().rstrip(';')} LIMIT {found[2]}"


def rewritten(code: str, notes: dict[str, None]) -> str:
    """One stretch of code without literals."""
    for pattern, replacement, note in RULES:
        changed = pattern.sub(replacement, code)
        if changed != code:
            notes[note] = None
            code = changed
    return code

"""Functions of other databases as PostgreSQL's: arguments are taken as they stand."""

import re
from collections.abc import Callable, Sequence

import sqlglot
from sqlglot.tokenizer_core import Token, TokenType

from databaseai.ask.repair.edits import Edit, apply
from databaseai.ask.repair.reparsing import UNREADABLE

Arguments = Sequence[str]
UNITS = ("year", "quarter", "month", "week", "day", "hour", "minute", "second")
FORMATS = {
    "%Y": "YYYY",
    "%y": "YY",
    "%m": "MM",
    "%d": "DD",
    "%H": "HH24",
    "%M": "MI",
    "%i": "MI",
    "%S": "SS",
    "%s": "SS",
    "%b": "Mon",
    "%w": "D",
    "%W": "IW",
}
"""Of strftime and DATE_FORMAT; %M is the minute in one, the month's name in the other."""
INTERVAL = re.compile(r"INTERVAL\s+'?(\d+)'?\s+(\w+)'?", re.IGNORECASE)
MODIFIER = re.compile(r"'([+-]?\d+)\s+(day|month|year|hour)s?'", re.IGNORECASE)


def strftime(args: Arguments) -> str:
    """`strftime('%Y', d)`."""
    return formatted(args[1], args[0]) if len(args) == 2 else ""  # noqa: PLR2004  # format and value


def date_format(args: Arguments) -> str:
    """`DATE_FORMAT(d, '%Y-%m')`."""
    return formatted(*args) if len(args) == 2 else ""  # noqa: PLR2004  # value and format


def formatted(value: str, pattern: str) -> str:
    """`to_char`, where every part of the pattern is known."""
    for theirs, ours in FORMATS.items():
        pattern = pattern.replace(theirs, ours)
    day = now(value)
    return "" if "%" in pattern or not pattern.startswith("'") else f"to_char({day}, {pattern})"


def now(value: str) -> str:
    """`'now'` is CURRENT_DATE."""
    return "CURRENT_DATE" if value.lower() == "'now'" else value


def date(args: Arguments) -> str:
    """`date('now', '-30 days')`."""
    day = now(args[0]) if args else "CURRENT_DATE"
    if len(args) < 2 and day == (args[0] if args else ""):  # noqa: PLR2004  # PostgreSQL has date(x)
        return ""
    for step in args[1:]:
        found = MODIFIER.fullmatch(step)
        if not found:
            return ""
        sign = "-" if found[1].startswith("-") else "+"
        day = f"{day} {sign} INTERVAL '{found[1].lstrip('+-')} {found[2].lower()}'"
    return f"({day})::date" if len(args) > 1 else day


def difference(args: Arguments) -> str:
    """`DATEDIFF(a, b)` in days, `DATEDIFF(day, a, b)`, `TIMESTAMPDIFF(DAY, a, b)`."""
    if len(args) == 2:  # noqa: PLR2004  # the later one first
        return f"(({args[0]})::date - ({args[1]})::date)"
    unit = args[0].strip("'").lower() if len(args) == 3 else ""  # noqa: PLR2004  # unit, from, to
    if unit == "day":
        return f"(({args[2]})::date - ({args[1]})::date)"
    if unit in {"year", "month"}:
        age = f"age({args[2]}, {args[1]})"
        years = f"EXTRACT(YEAR FROM {age})"
        return years if unit == "year" else f"({years} * 12 + EXTRACT(MONTH FROM {age}))"
    return ""


def shifted(sign: str) -> Callable[[Arguments], str]:
    """`DATE_SUB(d, INTERVAL 3 MONTH)`, `DATE_ADD(...)`."""

    def written(args: Arguments) -> str:
        found = INTERVAL.fullmatch(args[1]) if len(args) == 2 else None  # noqa: PLR2004  # date and interval
        known = found and found[2].lower().removesuffix("s") in UNITS
        return f"({args[0]} {sign} INTERVAL '{found[1]} {found[2].lower()}')" if found and known else ""

    return written


def part(args: Arguments) -> str:
    """`DATEPART(year, d)`."""
    unit = args[0].strip("'").lower() if len(args) == 2 else ""  # noqa: PLR2004  # unit and date
    return f"EXTRACT({unit.upper()} FROM {args[1]})" if unit in UNITS else ""


def concatenated(args: Arguments) -> str:
    """`GROUP_CONCAT(x)`, `GROUP_CONCAT(DISTINCT x SEPARATOR '; ')`."""
    if not args or len(args) > 2 or " ORDER BY " in args[0].upper():  # noqa: PLR2004  # value and separator
        return ""
    value, _, separator = args[0].partition(" SEPARATOR ")
    words = value.split(maxsplit=1)
    distinct = words[0].upper() == "DISTINCT" and len(words) > 1
    inner = words[1] if distinct else value
    between = separator.strip() or (args[1] if len(args) > 1 else "','")
    return f"string_agg({'DISTINCT ' if distinct else ''}({inner})::text, {between})"


def chosen(args: Arguments) -> str:
    """`IF(a, b, c)`."""
    return f"CASE WHEN {args[0]} THEN {args[1]} ELSE {args[2]} END" if len(args) == 3 else ""  # noqa: PLR2004


def median(args: Arguments) -> str:
    """`MEDIAN(x)`."""
    return f"percentile_cont(0.5) WITHIN GROUP (ORDER BY {args[0]})" if len(args) == 1 else ""


def renamed(name: str, count: int) -> Callable[[Arguments], str]:
    """The same function under PostgreSQL's name."""
    return lambda args: f"{name}({', '.join(args)})" if len(args) == count else ""


CALLS: dict[str, Callable[[Arguments], str]] = {
    "STRFTIME": strftime,
    "DATE_FORMAT": date_format,
    "DATE": date,
    "DATEDIFF": difference,
    "TIMESTAMPDIFF": difference,
    "DATE_SUB": shifted("-"),
    "DATE_ADD": shifted("+"),
    "DATEPART": part,
    "GROUP_CONCAT": concatenated,
    "IF": chosen,
    "IIF": chosen,
    "MEDIAN": median,
    "LEN": renamed("length", 1),
    "ISNULL": renamed("COALESCE", 2),
    "INSTR": renamed("strpos", 2),
    "JULIANDAY": lambda args: f"(({now(args[0])})::date - DATE '2000-01-01')" if len(args) == 1 else "",
    "STDEV": renamed("stddev", 1),
    **{
        unit: lambda args, unit=unit: f"EXTRACT({unit} FROM {args[0]})" if len(args) == 1 else ""  # type: ignore[misc]
        for unit in ("HOUR", "QUARTER", "WEEK")
    },
}


def translated(statement: str) -> tuple[str, tuple[str, ...]]:
    """The statement with its calls translated, outer ones first, and a line for each kind."""
    notes: dict[str, None] = {}
    for _ in range(len(CALLS)):
        changed, said = apply(statement, edits(statement))
        if changed == statement:
            break
        statement = changed
        notes |= dict.fromkeys(said)
    return statement, tuple(notes)


def edits(statement: str) -> list[Edit]:
    """Outermost calls first: `apply` leaves those inside for the next round."""
    try:
        tokens = sqlglot.tokenize(statement, read="postgres")
    except UNREADABLE:
        return []
    found = []
    for place, token in enumerate(tokens[:-1]):
        write = CALLS.get(token.text.upper())
        if (
            write is None
            or tokens[place + 1].token_type != TokenType.L_PAREN
            or statement[token.start] == '"'
        ):
            continue
        if (call := arguments(statement, tokens, place + 1)) and (text := write(call[0])):
            name = token.text.upper()
            found.append(Edit(token.start, call[1], text, f"{name}() was written as PostgreSQL does."))
    return found


def arguments(statement: str, tokens: list[Token], opening: int) -> tuple[list[str], int] | None:
    """The texts between the commas of a bracket, and its end."""
    depth, begun, found = 0, tokens[opening].end + 1, []
    for token in tokens[opening:]:
        depth += (token.token_type == TokenType.L_PAREN) - (token.token_type == TokenType.R_PAREN)
        if depth == 0 or (depth == 1 and token.token_type == TokenType.COMMA):
            found.append(statement[begun : token.start].strip())
            begun = token.end + 1
        if depth == 0:
            return [text for text in found if text], begun
    return None

"""A refusal that teaches: the offending piece, where it stands, and PostgreSQL's way to say it.

Called with each refusal on its way out of the gate. Nothing here decides: the verdict stays what it was.
"""

import difflib
import re
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from databaseai.ask.guardrail.hints import Syntax, hints, sentence
from databaseai.errors import (
    CharacterRefused,
    ColumnRefused,
    GuardrailError,
    NodeRefused,
    OperatorRefused,
    RelationRefused,
    SizeRefused,
    StatementEmpty,
    StatementTooLong,
    StatementUnparsable,
    TypeRefused,
    WriteRefused,
)

OPAQUE = re.compile(
    r"'(?:[^']|'')*'|--[^\n]*|/\*.*?(?:\*/|$)|\$(?P<tag>[A-Za-z_]?\w*)\$.*?(?:\$(?P=tag)\$|$)", re.DOTALL
)
"""Literals and comments: nothing of theirs is wrong by itself."""
BEFORE, AFTER = 240, 80
"""Characters around the place of a syntax error in which its cause is looked for."""
CLAUSE = re.compile(r"\b(?:from|where|select)\b", re.IGNORECASE)
CASE, END = re.compile(r"\bcase\b", re.IGNORECASE), re.compile(r"\bend\b", re.IGNORECASE)
NEAR_WORDS = 4
"""Between a cause and the place where the grammar noticed it."""
PIECE = 60
"""Characters of an offending piece that are repeated."""
WORD = re.compile(r"[^\W\d]\w*")
KEYWORDS = (
    *("SELECT", "FROM", "WHERE", "GROUP", "ORDER", "HAVING", "LIMIT", "OFFSET", "JOIN", "LEFT", "INNER"),
    *(
        "AND",
        "UNION",
        "INTERSECT",
        "EXCEPT",
        "DISTINCT",
        "BETWEEN",
        "LIKE",
        "VALUES",
        "WITH",
        "OVER",
        "PARTITION",
    ),
)
CLAUSES = {
    "intoClause": re.compile(r"\binto\b", re.IGNORECASE),
    "lockingClause": re.compile(r"\bfor\s+(?:no\s+key\s+|key\s+)?(?:update|share)\b", re.IGNORECASE),
}
CLAUSE_HINTS = {
    "intoClause": "Leave INTO out: the rows are the answer.",
    "lockingClause": "Leave it out: nothing needs to be locked to be read.",
}
ARGUMENT = re.compile(r"(?<=[(,])\w+(?=\s*[,)])|(?<=[(,]\s)\w+(?=\s*[,)])")
SPOKEN = {"intoClause": "INTO", "lockingClause": "FOR"}
BOUNDED = "Write the number itself, or bound it: least(n, 100)."
SIZES = {
    "format": "Write the template as a literal: format('%s', a). A date as text is to_char(d, 'YYYY-MM').",
    "generate_series": "Ask for a shorter series, or a larger step.",
    "repeat": BOUNDED,
    "lpad": BOUNDED,
    "rpad": BOUNDED,
}
SURROGATE = range(0xDC80, 0xDD00)
"""Bytes that are no UTF-8, as Python reads them."""


P = ParamSpec("P")
Accepted = TypeVar("Accepted")


def teach(error: GuardrailError, statement: object) -> None:
    """Put what can be said into an error: `detail`, `hint`, and the facts `position` and `name`.

    Args:
        error: A refusal of this statement.
        statement: As it was given.
    """
    if not isinstance(statement, str) or isinstance(error, StatementEmpty | StatementTooLong):
        return
    LESSONS.get(type(error), find)(error, statement)
    if place(error) is None:  # wrong as a whole: too deep, too wide
        first = WORD.search(masked(statement))
        error.facts["position"] = first.start() if first else 0


def masked(statement: str) -> str:
    """The statement with its literals and comments blanked, each character in its place."""

    def blank(found: re.Match[str]) -> str:
        text = found.group()
        return f"'{' ' * (len(text) - 2)}'" if text.startswith("'") else " " * len(text)

    return OPAQUE.sub(blank, statement)


def place(error: GuardrailError) -> int | None:
    """Where the refused piece stands; None: nobody said."""
    position = error.facts.get("position")
    return position if isinstance(position, int) else None


def syntax(error: GuardrailError, statement: str) -> None:
    """The spelling that stopped the grammar: the known one nearest before that place."""
    at = place(error)
    if at is None:
        return
    code = masked(statement)
    known, found = nearest_spelling(code, at)
    if known and found and covers(code[found.end() : at]):
        group = "piece" if "piece" in found.groupdict() else 0
        error.facts |= {"position": found.start(group), "name": found.group(group).strip()[:PIECE]}
        error.detail, error.hint = f"{error.detail} {known.say}", known.hint
    else:
        error.hint = general(statement, code, at) or error.hint


def nearest_spelling(code: str, at: int) -> tuple[Syntax | None, re.Match[str] | None]:
    """The last match of any known spelling that begins at the place or before it."""
    best: tuple[Syntax | None, re.Match[str] | None] = (None, None)
    last = -1
    for known in hints().syntax:
        for found in known.pattern.finditer(code, max(0, at - BEFORE), min(len(code), at + AFTER)):
            if last < found.start() <= at:
                best, last = (known, found), found.start()
    return best


def covers(between: str) -> bool:
    """The cause reaches the place of the error, or ends a few words before it."""
    return len(between.split()) <= NEAR_WORDS and len(CLAUSE.findall(between)) <= 1


def general(statement: str, code: str, at: int) -> str:
    """What is wrong with a statement that no known spelling explains."""
    if not code[:at].strip() and re.search(r"\bselect\b", code[at + 1 :], re.IGNORECASE):
        return "A statement begins with SELECT or WITH: leave out what stands before it. Check the spelling."
    return misspelling(code, at) or unclosed(code, at) or ended(statement, at)


def unclosed(code: str, at: int) -> str:
    """A quote, a bracket or a CASE without its end."""
    if "'" in code[max(0, at - 1) : at + 1] and (code[at - 1 : at] == "'" or code.count("'") % 2):
        return "The text ends there; a quote inside a text is written twice: 'it''s'."
    if len(CASE.findall(code)) != len(END.findall(code)):
        return "CASE WHEN ... THEN ... ELSE ... END: one of the words is missing."
    opened = code.count("(") - code.count(")")
    if opened:
        return "A bracket is not closed." if opened > 0 else "A bracket is closed that was not opened."
    return ""


def ended(statement: str, at: int) -> str:
    """A statement that breaks off."""
    over = at >= len(statement.rstrip())
    return "The statement ends too early: something is missing at its end." if over else ""


def misspelling(code: str, at: int) -> str:
    """A keyword in place of one of the last two words."""
    words = [word.group().upper() for word in WORD.finditer(code) if word.start() <= at][-2:]
    for word in reversed(words):
        near = difflib.get_close_matches(word, KEYWORDS, n=1, cutoff=0.75)
        if near and word not in (near[0], f"{near[0]}S"):  # a table of orders is no ORDER
            return f"Check the spelling: did you mean {near[0]} in place of {word}?"
    return ""


def operator(error: GuardrailError, _: str) -> None:
    """Another dialect's operator."""
    name = str(error.facts.get("name", ""))
    if instead := hints().operators.get(name):
        error.hint = sentence(instead)
    elif "." in name:
        error.hint = "Operators of schemas and extensions are not used; write PostgreSQL's own."


def type_name(error: GuardrailError, _: str) -> None:
    """Another dialect's type."""
    name = str(error.facts.get("name", ""))
    if instead := hints().types.get(name.casefold()):
        error.hint = sentence(instead)


def relation(error: GuardrailError, _: str) -> None:
    """Tables of other databases' catalogs."""
    name = str(error.facts.get("name", "")).rpartition(".")[2]
    if instead := hints().tables.get(name.casefold()):
        error.hint = instead


def column(error: GuardrailError, statement: str) -> None:
    """Names the query gives itself, text in double quotes, words other databases know without a table."""
    name, at = str(error.facts.get("name", "")), place(error)
    if at is None or not error.detail.startswith("No column"):
        return
    code, known = masked(statement), hints()
    if re.search(rf"(?<![\w.]){re.escape(name)}\s*(?:,|\bfrom\b)", code[:at], re.IGNORECASE):
        error.hint = (
            f"{name} is a name that this query gives: WHERE and HAVING cannot see it. Repeat its expression,"
            " or put the query into WITH and filter outside."
        )
    elif code[at - 1 : at] == "@":
        error.facts["position"] = len(code[:at].rstrip("@"))
        error.hint = "PostgreSQL has no @variables. Leave it out."
    elif code[at : at + 1] == '"':
        error.hint = f"If it is a text, write it in single quotes. {error.hint}"
    elif instead := known.columns.get(name.casefold()):
        near = f" {error.hint}" if error.hint.startswith("Did you mean") else ""
        error.hint = f"{instead}{near}"
    elif ARGUMENT.match(code, at) and (instead := known.arguments.get(name.casefold())):
        error.hint = instead


def node(error: GuardrailError, statement: str) -> None:
    """A construct by its name in the grammar, in people's words."""
    name = str(error.facts.get("name", ""))
    if known := hints().nodes.get(name):
        error.detail, error.hint = known["say"], known["hint"]
        at = place(error)
        if at is not None and (word := re.match(r"[$\w]+", statement[at:])):
            error.facts["name"] = word.group()[:PIECE]
    elif place(error) is None:
        find(error, statement)


def write(error: GuardrailError, statement: str) -> None:
    """The statement by its first word, the clause by its place."""
    name, code, at = str(error.facts.get("name", "")), masked(statement), place(error)
    if clause := CLAUSES.get(name):
        error.facts["name"], error.hint = SPOKEN[name], CLAUSE_HINTS[name]
        if found := clause.search(code):
            error.facts |= {"position": found.start(), "name": found.group()}
        return
    first = WORD.match(code, at or 0)
    if not name.endswith("Stmt") or first is None:
        return
    word = first.group().upper()
    if word == "WITH":  # the statement stands behind its WITH
        spoken = WORD.match(error.detail)
        word = spoken.group().upper() if spoken else word
        places = [found.start() for found in re.finditer(rf"\b{word}\b", code, re.IGNORECASE)]
        error.facts["position"] = places[-1] if places else at
    error.facts["name"] = word
    error.detail = f"{word} is not a query."
    error.hint = hints().statements.get(word, error.hint)


def find(error: GuardrailError, statement: str) -> None:
    """The place of a piece that only its name tells."""
    names = str(error.facts.get("name", "")).split(", ") if place(error) is None else ()
    for name in filter(None, names):
        pattern = r"(?<!\w)" + re.escape(name.rpartition(".")[2]) + r"(?!\w)"
        if found := re.search(pattern, masked(statement), re.IGNORECASE):
            error.facts["position"] = found.start()
            return


def size(error: GuardrailError, statement: str) -> None:
    """What to write where a size must be known."""
    name = str(error.facts.get("name", ""))
    if "a pattern of at most" in error.detail:
        error.hint = "Shorten it, or search for several: x LIKE ANY (ARRAY['a%', 'b%'])."
    elif error.detail.startswith(f"{name} needs"):
        error.hint = f"{SIZES.get(name, BOUNDED)} The size decides how much memory a call takes."
    find(error, statement)


def character(error: GuardrailError, statement: str) -> None:
    """A byte that is no UTF-8 is named as what it was."""
    at = place(error)
    found = ord(statement[at : at + 1] or " ") if at is not None else 0
    if found in SURROGATE:
        error.detail = f"Byte 0x{found - 0xDC00:02X} is not UTF-8."
        error.hint = "Send the statement in UTF-8."


LESSONS = {
    StatementUnparsable: syntax,
    OperatorRefused: operator,
    TypeRefused: type_name,
    RelationRefused: relation,
    ColumnRefused: column,
    NodeRefused: node,
    WriteRefused: write,
    SizeRefused: size,
    CharacterRefused: character,
}


def taught(gate: Callable[P, Accepted]) -> Callable[P, Accepted]:
    """The gate, its refusals taught on their way out; its first argument is the statement."""

    @wraps(gate)
    def check(*args: P.args, **more: P.kwargs) -> Accepted:
        try:
            return gate(*args, **more)
        except GuardrailError as error:
            teach(error, args[0] if args else more["statement"])
            raise

    return check

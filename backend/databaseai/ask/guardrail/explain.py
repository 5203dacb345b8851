"""EXPLAIN through a door of its own: what a person's EXPLAIN asks for, and the statement inside it.

The text of an EXPLAIN never reaches the server: its options are read here, its statement goes through the
gate like any other, and `ask.explaining` sends an EXPLAIN of ours.
"""

from dataclasses import dataclass
from typing import Any

from postgast import scan
from postgast.pg_query_pb2 import Token

from databaseai.ask.guardrail import first_parser
from databaseai.ask.guardrail.first_parser import Node
from databaseai.ask.guardrail.teaching import taught
from databaseai.ask.guardrail.text import Source
from databaseai.ask.guardrail.text import source as take
from databaseai.ask.guardrail.trees import same
from databaseai.errors import ExplainRefused
from databaseai.settings import ExecutionLimits

FORMATS = ("text", "json", "yaml", "xml")
SWITCHES = {"costs": True, "verbose": False, "summary": False}
"""Options that only choose what is shown, with their defaults."""
ON, OFF = {"true", "on", "1"}, {"false", "off", "0"}
COMMENTS = {Token.Value("C_COMMENT"), Token.Value("SQL_COMMENT")}
WORDS = {Token.Value("ANALYZE"), Token.Value("ANALYSE"), Token.Value("VERBOSE")}
OPEN, CLOSE = Token.Value("ASCII_40"), Token.Value("ASCII_41")


@dataclass(frozen=True, slots=True)
class ExplainOptions:
    """What of a plan is shown; none of it executes anything."""

    costs: bool = True
    verbose: bool = False
    summary: bool = False
    format: str = "text"
    """`text`, `json`, `yaml` or `xml`."""

    def prefix(self) -> str:
        """The EXPLAIN that stands before an accepted query."""
        switches = ", ".join(f"{name.upper()} {getattr(self, name)}".upper() for name in SWITCHES)
        return f"EXPLAIN ({switches}, FORMAT {self.format.upper()}) "


@taught
def split(statement: str, limits: ExecutionLimits) -> tuple[str, ExplainOptions | None]:
    """The statement that runs or is explained, and how; None: it is no EXPLAIN.

    The statement inside stands behind as many blanks as the EXPLAIN before it was long, so that positions are
    those of the text as given.

    Raises:
        ExplainRefused: An option that executes the statement or is not known. DBAI602.
        GuardrailError: The text cannot be read.
    """
    if "explain" not in statement.lower():
        return statement, None
    source = take(statement, limits)
    node, _, _ = first_parser.parse(source)
    if "ExplainStmt" not in node:
        return statement, None
    explain = node["ExplainStmt"]
    options = read(explain.get("options", []), source)
    start = inner_start(source, has_options=bool(explain.get("options")))
    inner = " " * len(source.encoded[:start].decode()) + source.encoded[start:].decode()
    # the proof that this is the statement inside: PostgreSQL's grammar reads the same tree
    if not same(first_parser.parse(Source(inner))[0], explain["query"]):
        raise refused("The statement inside the EXPLAIN cannot be told.", source, 0)
    return inner, options


def inner_start(source: Source, *, has_options: bool) -> int:
    """Byte at which the statement inside an EXPLAIN begins."""
    tokens = [token for token in scan(source.text).tokens if token.token not in COMMENTS]
    place = 1
    if has_options and tokens[place].token == OPEN:
        depth = 0
        while True:
            depth += {OPEN: 1, CLOSE: -1}.get(tokens[place].token, 0)
            place += 1
            if not depth:
                break
    elif has_options:
        while tokens[place].token in WORDS:
            place += 1
    start: int = tokens[place].start
    return start


def read(listed: list[Node], source: Source) -> ExplainOptions:
    """The options of an EXPLAIN, later ones over earlier ones. Raises ExplainRefused."""
    found: dict[str, Any] = {}
    for item in listed:
        option = item["DefElem"]
        name, location = option["defname"], option.get("location", 0)
        given = value(option.get("arg"))
        if name == "format":
            if given not in FORMATS:
                raise refused(f"EXPLAIN has no format {given}.", source, location, "Use TEXT or JSON.")
            found[name] = given
        elif name in SWITCHES and given in ON | OFF:
            found[name] = given in ON
        elif given not in OFF:
            raise option_refused(name, source, location)
    return ExplainOptions(**found)


def value(arg: Node | None) -> str:
    """An option's value as PostgreSQL reads it; a bare option is on."""
    if arg is None:
        return "true"
    if "Integer" in arg:
        return str(arg["Integer"].get("ival", 0))
    text = arg.get("String", {}).get("sval", "?")
    return str(text).lower() or "?"


def option_refused(name: str, source: Source, location: int) -> ExplainRefused:
    """What an option would do, and what to write instead."""
    if name == "analyze":
        return refused(
            "EXPLAIN ANALYZE executes the statement; only an estimate may be asked for.",
            source,
            location,
            "Leave ANALYZE out: EXPLAIN SELECT ... shows the plan. To see it at work, run the query itself.",
            name,
        )
    return refused(
        f"The option {name} of EXPLAIN is not on the allow-list.",
        source,
        location,
        "Leave it out; COSTS, VERBOSE, SUMMARY and FORMAT may be set.",
        name,
    )


def refused(
    detail: str, source: Source, location: int, hint: str = "Write EXPLAIN SELECT ...", name: str = "EXPLAIN"
) -> ExplainRefused:
    """The refusal, with its place in the text."""
    return ExplainRefused(detail, hint=hint, name=name, **source.position(location))

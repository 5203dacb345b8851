"""PostgreSQL's errors as ours: exact SQLSTATE first, then its class; no cell value in any text."""

import re

import psycopg

from databaseai.ask.guardrail import AcceptedQuery
from databaseai.ask.server_hints import hint_for
from databaseai.errors import (
    AmbiguousColumn,
    ConnectionLost,
    ExecutionError,
    GroupingFault,
    LockTimeout,
    PermissionDenied,
    QueryFailed,
    ResourceExhausted,
    ServerMemoryExceeded,
    StatementTimeout,
    Stopped,
    SyntaxRefused,
    TypeMismatch,
    UnknownColumn,
    UnknownFunction,
    UnknownTable,
    ValueFault,
    WriteStopped,
)

BY_SQLSTATE: dict[str, type[ExecutionError]] = {
    "57014": StatementTimeout,
    "25P04": StatementTimeout,  # transaction_timeout
    "42P01": UnknownTable,
    "3F000": UnknownTable,
    "42703": UnknownColumn,
    "42883": UnknownFunction,
    "42501": PermissionDenied,
    "42601": SyntaxRefused,
    "42803": GroupingFault,
    "42P20": GroupingFault,
    "42702": AmbiguousColumn,
    "42804": TypeMismatch,
    "42846": TypeMismatch,
    "42725": TypeMismatch,
    "42P18": TypeMismatch,
    "42P22": TypeMismatch,
    "25006": WriteStopped,
    "55P03": LockTimeout,
    "53200": ServerMemoryExceeded,
}
BY_CLASS: dict[str, type[ExecutionError]] = {
    "08": ConnectionLost,
    "22": ValueFault,
    "53": ResourceExhausted,
    "54": ResourceExhausted,
    "57": ConnectionLost,
}
WORDS: dict[type[ExecutionError], str] = {
    StatementTimeout: "The query ran past its time limit.",
    ConnectionLost: "The connection to the data source broke.",
    ResourceExhausted: "The server ran out of disk or connections, or a limit was reached.",
    ServerMemoryExceeded: "The query needs more memory than the server has for it.",
    LockTimeout: "Another transaction holds a lock that the query needs.",
    ValueFault: "A value cannot be read as its type, or is out of range.",
    QueryFailed: "PostgreSQL reported an error.",
    UnknownTable: "The query names a table that is not there.",
    UnknownColumn: "The query names a column that is not there.",
    UnknownFunction: "No function or operator takes these arguments.",
    PermissionDenied: "The login may not read this.",
    SyntaxRefused: "PostgreSQL cannot read a part of the query, or a text that it parses.",
    WriteStopped: "The transaction is read-only.",
}
"""Own words where the server's may hold a value of a cell."""
VALUES: dict[str, str] = {
    "55000": "A materialised view was never filled, or something else is not ready to be read.",
    "22012": "Division by zero.",
    "22003": "A number is out of range.",
    "22P02": "Text cannot be read as {type}.",
    "22007": "Text cannot be read as {type}.",
    "22008": "A date or time is out of range.",
    "21000": "A subquery used as one value gave more than one row.",
    "2201B": "A regular expression is invalid.",
    "22023": "An argument has a value that the function does not take.",
    "2202E": "Arrays do not have the same dimensions.",
    "22030": "A JSON object has a key twice.",
    "22026": "A text or bit string has the wrong length.",
    "53100": "The data source's disk is full: the query needs temporary files there.",
    "54000": "A value grew past what PostgreSQL can hold: 1 GB.",
    "54001": "The query is nested too deep for the server.",
    "53400": "A limit of the server was reached: temporary files.",
    "0A000": "PostgreSQL does not support this.",
}
HINTS: dict[str, str] = {
    "55000": "Its owner runs REFRESH MATERIALIZED VIEW.",
    "22012": "Divide by nullif(x, 0).",
    "21000": "Add LIMIT 1 or an aggregate to the subquery.",
    "53100": "Sort and join less at once: filter or aggregate first. Its operator must free disk space.",
    "53200": "Aggregate less into one value (array_agg, string_agg, jsonb_agg), filter or group first.",
    "53400": "Sort and join less at once: filter or aggregate first.",
    "57014": "Ask for less: a filter, a shorter period, an aggregate.",
    "42883": "Cast the arguments, or use another function.",
}
DENIED = re.compile(
    r"permission denied for (table|view|materialized view|foreign table|schema|function|sequence|type) \w+"
    r"|cannot execute [A-Z ]+ in a read-only transaction|cannot execute \w+\(\) in a read-only transaction"
)
DENIERS = {"aclcheck_error", "PreventCommandIfReadOnly"}
"""PostgreSQL's own functions that say so; a user's function may raise the same words around a value."""
TYPE = re.compile(r"invalid input syntax for type ([a-z0-9 ]+)")
TYPES = {
    *(
        "integer",
        "bigint",
        "smallint",
        "numeric",
        "real",
        "double precision",
        "boolean",
        "uuid",
        "bytea",
        "bit",
    ),
    *("date", "time", "time with time zone", "timestamp", "timestamp with time zone", "interval", "money"),
    *("json", "jsonb", "jsonpath", "inet", "cidr", "macaddr", "macaddr8", "tsquery", "tsvector", "xml"),
    *("point", "box", "circle", "line", "lseg", "path", "polygon"),
}
"""That may be named when a text cannot be read; any other word may be a value."""


def server_error(error: psycopg.Error, query: AcceptedQuery | None = None, offset: int = 0) -> ExecutionError:
    """Our error for one of psycopg's.

    Args:
        error: What psycopg raised or made of a result.
        query: What ran, to tell where in the statement as given the error lies.
        offset: Characters that stood before the query's text.
    """
    diag = error.diag
    state = error.sqlstate or ("08006" if isinstance(error, psycopg.OperationalError) else "")
    if state == "XX000" and (diag.message_primary or "").startswith("invalid memory alloc request size"):
        state = "53200"  # one value past 1 GB
    kind = BY_SQLSTATE.get(state) or BY_CLASS.get(state[:2], QueryFailed)
    facts: dict[str, object] = {"sqlstate": state} if known(state) else {}
    if state == "57014" and "timeout" not in (diag.message_primary or "timeout"):
        return Stopped("The query was cancelled.", sqlstate=state)
    if query is not None and diag.statement_position:
        facts["position"] = query.given_position(int(diag.statement_position) - 1 - offset)
    return kind(words(kind, state, diag), hint=hint(state, diag), **facts)


def known(state: str) -> bool:
    """One of PostgreSQL's own states: a user's function may raise any five letters, of a value too."""
    try:
        psycopg.errors.lookup(state)
    except KeyError:
        return False
    return True


def words(kind: type[ExecutionError], state: str, diag: psycopg.errors.Diagnostic) -> str:
    """PostgreSQL's own words where they hold names only."""
    message = diag.message_primary or ""
    if own := VALUES.get(state):
        found = TYPE.match(message)
        named = found[1].strip() if found else ""
        return own.format(type=named if named in TYPES else "its type")
    if names_only(state, diag):
        return f"{message[:1].upper()}{message[1:]}."
    return WORDS.get(kind, WORDS[QueryFailed])


def names_only(state: str, diag: psycopg.errors.Diagnostic) -> bool:
    """Found before any row was read.

    Class 42 with a position comes from the parser; without one it may come from a function that met a value:
    to_tsquery(password) says `syntax error in tsquery: "..."` under 42601.
    """
    if state[:2] == "42" and diag.statement_position:
        return True
    return diag.source_function in DENIERS and bool(DENIED.fullmatch(diag.message_primary or ""))


def hint(state: str, diag: psycopg.errors.Diagnostic) -> str:
    """Ours for what is known, else PostgreSQL's where it holds names only."""
    if not names_only(state, diag):
        return HINTS.get(state, "")
    return hint_for(diag.message_primary or "") or diag.message_hint or HINTS.get(state, "")

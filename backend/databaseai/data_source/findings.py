"""What an audit can find: for each kind how bad it is, how it is said, and what to do beside the SQL."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

Severity = Literal["refuse", "warn", "note"]
SHOWN = 5
"""Examples in a sentence."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of the login or the server, and what mends it."""

    text: str
    sql: tuple[str, ...] = ()
    """Statements for an owner of the objects, or a superuser, in the data source's database."""
    advice: str = ""
    """What to do where no statement can, or beside it."""
    kind: str = ""
    severity: Severity = "warn"
    items: tuple[str, ...] = ()
    """Every object it is about, as far as they were listed."""

    @property
    def hint(self) -> str:
        """What to do, on lines."""
        return "\n".join(self.sql) or self.advice

    def wire(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of finding; `{names}` and `{count}` stand in the sentence."""

    severity: Severity
    sentence: str
    advice: str = ""


REVOKED = "A right that everybody has can only be taken from everybody: give it back to those who need it."
POWERS: dict[str, Kind] = {
    "attribute": Kind("refuse", "has {names}"),
    "member": Kind("refuse", "is a member of {names}"),
    "admin": Kind("refuse", "may give others the role {names}"),
    "owner": Kind("refuse", "owns {count} objects ({names})"),
    "write": Kind("refuse", "may change {count} tables ({names})"),
    "grant": Kind("refuse", "may pass on its rights to {names}"),
    "sequence": Kind("refuse", "may advance {count} sequences ({names})"),
    "create": Kind("refuse", "may create objects in {names}"),
    "function": Kind("refuse", "may call {names}"),
    "parameter": Kind("refuse", "may change the server's settings ({names})"),
    "large object": Kind("refuse", "may change {count} large objects ({names})"),
}
"""What a login must not have, in the order in which it is told; each follows on `The login`."""
WARNINGS: dict[str, Kind] = {
    "definer": Kind(
        "warn",
        "The login may call {count} SECURITY DEFINER functions, which act with their owners' rights:"
        " {names}.",
        "One whose search_path is the caller's can be led to other objects of the same name.",
    ),
    "untrusted": Kind(
        "warn", "The login may call {count} functions that PostgreSQL's rights do not bind: {names}."
    ),
    "reads all": Kind(
        "warn",
        "The login reads every table of the server ({names}).",
        "Grant it USAGE and SELECT on single schemas instead.",
    ),
    "watches": Kind(
        "warn", "The login sees what others ask the server ({names}); their statements may hold values."
    ),
    "secret": Kind("warn", "The login reads catalogs that PostgreSQL keeps closed: {names}."),
    "temporary": Kind("warn", "The login may create temporary tables."),
    "remote": Kind("warn", "The login may reach other servers through functions of {names}."),
    "schedule": Kind("warn", "The login may have work done later through functions of {names}."),
    "later": Kind("warn", "The login will be able to change {names}, by default privileges."),
    "settable": Kind("warn", "The login may change settings that are a superuser's: {names}."),
    "role setting": Kind(
        "warn", "A setting that comes with the login changes what it may or means: {names}."
    ),
    "large objects": Kind(
        "warn", "Everybody may change large objects on this server (lo_compat_privileges)."
    ),
    "temporary files": Kind("warn", "Nothing bounds the temporary files of a query of this login."),
    "expiry": Kind(
        "warn", "The login's password is valid until {names} only.", "Give it a new password too."
    ),
    "text": Kind("note", "The login may run SQL given as text through functions of {names}."),
}
"""Told at each connect, in the order of weight."""
EXPOSURES: dict[str, Kind] = {
    "view": Kind(
        "warn",
        "{count} views read past the row security of the tables behind them: {names}.",
        "With security_invoker the login needs SELECT on these tables, under their policies.",
    ),
    "stored view": Kind(
        "warn", "{count} materialized views hold rows past the row security behind them: {names}."
    ),
    "program": Kind("warn", "Each read of {names} runs a program on the server, as the server's own user."),
    "policy off": Kind("warn", "{count} tables have policies and no row security: {names}."),
    "policy setting": Kind(
        "note",
        "Row security of {names} asks a setting, which SQL can change.",
        "The gate refuses that; for a lock behind it, use a login for each asker or signed row security.",
    ),
    "md5": Kind("warn", "The server keeps new passwords as MD5.", "Then set the login's password again."),
    "strings": Kind("warn", "The server reads backslashes in plain strings as escapes."),
    "lo": Kind(
        "note",
        "This PostgreSQL lets {count} functions write large objects in a read-only transaction.",
        REVOKED,
    ),
    "foreign": Kind(
        "note",
        "{count} foreign tables are read on other servers: {names}.",
        "Let the far login be one that may only read.",
    ),
    "elsewhere": Kind(
        "note",
        "The login may also connect to {names}; what it may there is not looked at here.",
        "REVOKE CONNECT ON DATABASE ... FROM PUBLIC, or ask the doctor there too.",
    ),
    "login trigger": Kind(
        "note",
        "A trigger runs at each login, before any lock of ours: {names}.",
        "See that it writes nothing for a reader.",
    ),
    "connections": Kind("note", "Nothing bounds the number of the login's connections."),
    "log": Kind(
        "note",
        "The server's log keeps statements and the values in them ({names}).",
        "Guard the log like the data.",
    ),
    "shadow": Kind(
        "note",
        "{count} functions or operators are named like PostgreSQL's own: {names}.",
        "Here those names always mean PostgreSQL's: the search_path of a query is empty.",
    ),
}
"""What the doctor alone looks for, in the order of weight."""


def finding(kind: str, count: int, names: Sequence[str], fixes: Sequence[str]) -> Finding:
    """A finding in words.

    Args:
        kind: Of `POWERS`, `WARNINGS` or `EXPOSURES`.
        count: All there are.
        names: The first of them.
        fixes: For each of `names` its statements, one a line.
    """
    known = (POWERS | WARNINGS | EXPOSURES)[kind]
    text, sql = known.sentence.format(count=count, names=listed(count, names)), statements(fixes)
    if kind not in POWERS:
        return Finding(text, sql, known.advice, kind, known.severity, tuple(names))
    advice = "" if sql else "This cannot be taken from it: use another login."
    return Finding(f"The login {text}.", sql, advice, kind, known.severity, tuple(names))


def listed(count: int, names: Sequence[str]) -> str:
    """Some names of many."""
    return ", ".join(names[:SHOWN]) + (f" and {count - SHOWN} more" if count > SHOWN else "")


def statements(fixes: Sequence[str]) -> tuple[str, ...]:
    """Each statement once, in order."""
    return tuple(dict.fromkeys(line for fix in fixes for line in fix.split("\n") if line))

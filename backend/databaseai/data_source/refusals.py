"""Find out why a server refused a connection, in any language and any version, and say it in our words."""

import os
import re
import select
import time
from dataclasses import dataclass

import psycopg
from psycopg import pq

from databaseai.errors import (
    DatabaseMissing,
    DataSourceBusy,
    DataSourceError,
    DataSourceLoginRefused,
    DataSourceUnreachable,
)

BY_SQLSTATE: dict[str, tuple[type[DataSourceError], str]] = {
    "28000": (DataSourceLoginRefused, "{name} does not let this login in from here."),
    "28P01": (DataSourceLoginRefused, "{name} refused the user or its password."),
    "42501": (DataSourceLoginRefused, "{name}: the login may not connect to this database."),
    "3D000": (DatabaseMissing, "{name}: there is no such database."),
    "53300": (DataSourceBusy, "{name} has no connection left for this login."),
    "53400": (DataSourceBusy, "{name} has no resources left."),
    "53200": (DataSourceBusy, "{name} has no resources left."),
    "57P03": (DataSourceUnreachable, "{name} is starting up or shutting down."),
    "55000": (DataSourceUnreachable, "{name} takes no connections to this database."),
}
OTHER = (DataSourceUnreachable, "{name} refused the connection.")
UNPROVED = "authentication method requirement"
"""libpq's words, when `require_auth` was not met."""
RESPONSE = re.compile(rb'ErrorResponse\t S ".*?"(?: V ".*?")? C "([0-9A-Z]{5})"')
"""A line of libpq's trace: localised severity, severity, SQLSTATE (fe-trace.c)."""


@dataclass(frozen=True, slots=True)
class Said:
    """What came of a second try that was listened to."""

    connected: bool = False
    sqlstate: str = ""
    asked_password: bool = False
    """The server wanted one and the URL has none."""


def replay(conninfo: str, timeout_s: float) -> Said:
    """Try again and listen to the protocol.

    libpq tells the SQLSTATE of a refused connection to nobody, and the server's words are in the server's
    language; its protocol trace has the code. Blocks: not for the event loop.
    """
    if not hasattr(os, "memfd_create"):
        return Said()
    trace = os.memfd_create("libpq-trace", os.MFD_CLOEXEC)  # holds the login's proof: never on disk
    try:
        connection = pq.PGconn.connect_start(conninfo.encode())
        if connection.status == pq.ConnStatus.BAD:
            return Said()
        connection.trace(trace)
        connected = poll(connection, time.monotonic() + timeout_s)
        connection.untrace()
        asked_password = connection.needs_password
        connection.finish()
        heard = os.pread(trace, 1 << 16, 0)
    except psycopg.Error:
        return Said()
    finally:
        os.close(trace)
    code = RESPONSE.search(heard)
    return Said(
        connected=connected,
        sqlstate=code[1].decode() if code else "",
        asked_password=asked_password and not connected,
    )


def poll(connection: pq.abc.PGconn, until: float) -> bool:
    """Drive a connection attempt to its end; whether it succeeded."""
    status = int(pq.PollingStatus.WRITING)
    while status in {pq.PollingStatus.READING, pq.PollingStatus.WRITING}:
        reads = [connection.socket] if status == pq.PollingStatus.READING else []
        writes = [] if reads else [connection.socket]
        if not any(select.select(reads, writes, [], max(0.0, until - time.monotonic()))):
            return False
        status = connection.connect_poll()
    return status == pq.PollingStatus.OK


def explain(name: str, said: Said, error: Exception) -> DataSourceError:
    """The error for a refused connection."""
    if UNPROVED in str(error):
        return DataSourceLoginRefused(f"{name} lets logins in without looking at their passwords.")
    if said.asked_password:
        return DataSourceLoginRefused(f"{name} asks for a password, and the URL has none that fits.")
    if said.sqlstate:
        kind, text = BY_SQLSTATE.get(said.sqlstate, OTHER)
        return kind(text.format(name=name), sqlstate=said.sqlstate)
    why = "it broke the connection off once." if said.connected else reason(str(error))
    return DataSourceUnreachable(f"{name}: {why}")


def reason(text: str) -> str:
    """Why nobody could be spoken to, in our own words: libpq's repeat what the URL says."""
    words = {
        "resolve host": "the host's name is unknown.",
        "translate host name": "the host's name is unknown.",
        "certificate": "its TLS certificate is not trusted.",
        "SSL": "it and we do not agree on TLS.",
        "No such file": "no server listens there.",
        "refused": "no server listens there.",
        "No route": "there is no route to the host.",
        "unreachable": "its network cannot be reached.",
    }
    return next((said for word, said in words.items() if word in text), "the connection failed.")

"""The locks of the sandbox one by one: any of them switched off, in tests only, and what an attack then does.

The gate's halves, the text checks and each part of the transaction are the product's own code with one piece
taken out; a lock that could be taken out without an attack coming further would be decoration.
"""

import contextlib
import re
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import psycopg
from psycopg import AsyncConnection, pq

from databaseai.ask import sandbox
from databaseai.ask.guardrail import AcceptedQuery, gate
from databaseai.ask.guardrail.lists import lists
from databaseai.ask.guardrail.own_words import own_words
from databaseai.ask.guardrail.text import Source, source
from databaseai.catalog.snapshot import Catalog
from databaseai.data_source import DataSource
from databaseai.settings import ExecutionLimits
from tests.ask.accepted import unchecked

TEXT, FIRST, SECOND = "text checks", "first gate", "second gate"
LOGIN, READ_ONLY, PINNED, PATH = "reader's login", "READ ONLY", "pinned", "search_path = ''"
ONE, TIME, SIZE, UNDO = "one statement", "time limits", "size limits", "ROLLBACK, DISCARD ALL"
LOCKS = (TEXT, FIRST, SECOND, LOGIN, READ_ONLY, PINNED, PATH, ONE, TIME, SIZE, UNDO)
EVERY = frozenset(LOCKS)
ALONE = {lock: frozenset({lock} | ({READ_ONLY} if lock == PINNED else set())) for lock in LOCKS}
"""Pinning keeps READ ONLY as it is and is nothing without it."""
TIMEOUT_MS = 400
ON = ExecutionLimits(
    statement_timeout_ms=TIMEOUT_MS,
    lock_timeout_ms=200,
    row_limit=1_000,
    result_bytes=2_000_000,
    cell_bytes=1_000_000,
    work_mem_kb=4_096,
    temp_file_mb=16,
    server_memory_mb=128,
)
NO_TIME = {"statement_timeout_ms": 3_600_000, "lock_timeout_ms": 3_600_000}
NO_SIZE = {
    "row_limit": 30_000,
    "result_bytes": 1 << 40,
    "cell_bytes": 1 << 40,
    "temp_file_mb": 256,
    "server_memory_mb": 1 << 20,
    "work_mem_kb": 65_536,
    "statement_characters": 1 << 20,
}


class Wire:
    """libpq's connection, with the simple protocol where the extended one is switched off."""

    def __init__(self, wire: pq.abc.PGconn, *, simple: bool) -> None:
        self._wire, self._simple = wire, simple

    def __getattr__(self, name: str) -> Any:
        return getattr(self._wire, name)

    def send_query_params(self, text: bytes, values: Any) -> None:
        """One statement, or as many as there are."""
        if self._simple:
            self._wire.send_query(text)
        else:
            self._wire.send_query_params(text, values)

    def get_result(self) -> Any:
        """A result; COPY is carried out, as a naive program would."""
        result = self._wire.get_result()
        while result is not None and result.status in {pq.ExecStatus.COPY_OUT, pq.ExecStatus.COPY_IN}:
            if result.status == pq.ExecStatus.COPY_IN:
                self._wire.put_copy_data(b"77\tevil\n")
                self._wire.put_copy_end(None)
            else:
                while self._wire.get_copy_data(0)[0] > 0:
                    pass
            result = self._wire.get_result()
        return result


class Reader:
    """A lent connection whose statements go through `Wire`."""

    def __init__(self, connection: AsyncConnection[Any], *, simple: bool) -> None:
        self._connection = connection
        self.pgconn = Wire(connection.pgconn, simple=simple)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def judged(sql: str, catalog: Catalog, on: frozenset[str]) -> AcceptedQuery:
    """What the parts of the gate that are on make of a statement; refuses with a `GuardrailError`."""
    if {TEXT, FIRST, SECOND} <= on:
        return gate.check(sql, catalog, ON)
    text = source(sql, ON) if TEXT in on else Source(sql)
    own = own_words(catalog, lists())
    if {FIRST, SECOND} <= on:
        with patch.object(gate, "take", lambda *_: text):
            return gate.check(sql, catalog, ON)
    if SECOND in on:
        gate.second_gate(text, own)
    if FIRST not in on:
        return unchecked(sql)
    first = gate.first_gate(text, own)
    return unchecked(first.edits.apply(first.start, first.end)[0])


@contextlib.contextmanager
def switched(on: frozenset[str]) -> Iterator[None]:
    """The transaction's locks that are not on, taken out of the product."""
    whole = sandbox.opening

    def opening(limits: ExecutionLimits, server_version: int) -> bytes:
        text = whole(limits, server_version).decode()
        if READ_ONLY not in on:
            text = text.replace("READ ONLY", "READ WRITE")
        if PATH not in on:
            text = re.sub(r"pg_catalog\.set_config\('search_path', '', true\)", "NULL", text)
        return (text if PINNED in on else unpinned(text)).encode()

    with contextlib.ExitStack() as stack:
        stack.enter_context(patch.object(sandbox, "opening", opening))
        if PINNED not in on:
            stack.enter_context(patch.object(sandbox, "seal", nothing))
        if UNDO not in on:
            stack.enter_context(patch.object(sandbox, "leave", commit))
            stack.enter_context(patch.object(DataSource, "_check_in", keep))
        yield


def unpinned(text: str) -> str:
    """The same settings without a query, which would take the transaction's snapshot."""
    begin = text.split(";", maxsplit=1)[0]
    pairs = re.findall(r"set_config\('(\w+)', '([^']*)', true\)", text)
    kept = [(name, value) for name, value in pairs if name != "temp_file_limit"]  # a superuser's to set
    return ";".join([begin, *(f"SET LOCAL {name} = '{value}'" for name, value in kept)])


async def nothing(*_: Any) -> None:
    """In place of what a query of the opening tells."""


async def commit(reader: Any) -> None:
    """In place of `sandbox.leave`: what a program does that means well."""
    with contextlib.suppress(psycopg.Error):
        await reader.execute(b"COMMIT")


async def keep(self: DataSource, connection: AsyncConnection[Any], *, clean: bool) -> None:
    """In place of the pool's own: the connection goes back as it is."""
    del clean
    if connection.closed:
        await self._drop(connection)
    else:
        await self._pool.putconn(connection)

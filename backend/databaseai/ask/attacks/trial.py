"""Try one attack on one lock, as if those before it had failed; whatever happens is rolled back."""

import contextlib
from dataclasses import dataclass
from typing import Any, Literal

import psycopg
from psycopg import AsyncConnection

from databaseai.ask import guardrail
from databaseai.ask.attacks.corpus import Lock
from databaseai.ask.guardrail.explain import split
from databaseai.ask.sandbox import leave, opening, sandbox
from databaseai.ask.streaming import Stream
from databaseai.catalog.snapshot import Catalog
from databaseai.data_source.cancelling import cut_after
from databaseai.errors import (
    DatabaseAIError,
    GuardrailError,
    PlanningError,
    ResultTooLarge,
    ServerMemoryExceeded,
    StatementTimeout,
)
from databaseai.settings import ExecutionLimits

Verdict = Literal["stopped", "through", "untried"]
MARGIN_S = 1.0
"""Beyond the statement's own time, for a server that does not listen."""
STOPPED_BY = {
    "login": {"42501"},
    "transaction": {"25006", "25001", "42601"},
    "limits": {"57014", "25P04", "53400", "54000"},
}
"""SQLSTATEs that are this lock's own: no right; read-only, begun, two statements; time, files, size."""
LIMITS = (StatementTimeout, ResultTooLarge, ServerMemoryExceeded)


@dataclass(frozen=True, slots=True)
class Trial:
    """What one lock did with one attack."""

    lock: Lock
    verdict: Verdict
    why: str = ""
    """The error's code or SQLSTATE."""


def gate(statement: str, catalog: Catalog, limits: ExecutionLimits) -> Trial:
    """The gate's verdict, as every door asks for it; nothing runs."""
    try:
        inner, _ = split(statement, limits)
        guardrail.check(inner, catalog, limits)
    except (GuardrailError, PlanningError) as error:
        return Trial("gate", "stopped", error.code)
    return Trial("gate", "through")


async def login(statement: str, reader: AsyncConnection[Any], limits: ExecutionLimits) -> Trial:
    """In a transaction that may write: the login's rights alone are left."""
    writable = opening(limits, reader.info.server_version).replace(b"READ ONLY", b"READ WRITE")
    try:
        with cut_after(reader, limits.statement_timeout_ms / 1000 + MARGIN_S):
            await reader.execute(writable)
            try:
                await reader.execute(statement.encode(), binary=True)  # the extended protocol: one statement
            finally:
                await leave(reader)
    except psycopg.Error as error:
        return judged("login", error)
    return Trial("login", "through")


async def transaction(statement: str, reader: AsyncConnection[Any], limits: ExecutionLimits) -> Trial:
    """In the sandbox, without the gate."""
    return await sandboxed("transaction", statement, reader, limits)


async def time_and_size(statement: str, reader: AsyncConnection[Any], limits: ExecutionLimits) -> Trial:
    """In the sandbox, without the gate: the statement has to be cut."""
    return await sandboxed("limits", statement, reader, limits)


async def sandboxed(
    lock: Lock, statement: str, reader: AsyncConnection[Any], limits: ExecutionLimits
) -> Trial:
    """The statement as it is given, streamed as a query is."""
    count = 0
    try:
        async with (
            sandbox(reader, limits),
            contextlib.aclosing(Stream(reader, limits).rows(statement)) as rows,
        ):
            async for _ in rows:
                count += 1
                if count > limits.row_limit:
                    return Trial(lock, "stopped" if lock == "limits" else "through", "rows")
    except psycopg.Error as error:
        return judged(lock, error)
    except LIMITS as error:
        return Trial(lock, "stopped" if lock == "limits" else "untried", error.code)
    except DatabaseAIError as error:
        return Trial(lock, "untried", error.code)
    return Trial(lock, "through")


def judged(lock: Lock, error: psycopg.Error) -> Trial:
    """This lock's own refusal, or something else that went wrong before it was asked."""
    state = error.sqlstate or ""
    return Trial(lock, "stopped" if state in STOPPED_BY[lock] else "untried", state)

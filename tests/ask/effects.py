"""What a statement does on an unprotected superuser connection, seen by running it there.

The kinds are the words of `-- effect:` in the corpus; `tests.ask.measure_effects` writes them.
"""

import re
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg.conninfo import make_conninfo
from psycopg.pq import TransactionStatus

from tests.ask import state
from tests.ask.cases import Case
from tests.ask.ground import CANARY, Ground
from tests.ask.naive import BYTES, LIMIT_S, Outcome, naive, send

KINDS = {
    "writes": "changes rows, sequences, catalogs, large objects, roles or settings for good",
    "calls user code": "runs a function of somebody's own, which wrote down that it ran",
    "session": "changes what the next statement of the session does or sees",
    "locks": "holds a lock that stops others",
    "escapes": "runs a second statement, or leaves the transaction it was sent in",
    "leaks": "gives back a value that nobody may see",
    "error leak": "tells such a value in an error or a notice",
    "discovers": "tells about the server, its objects or its logins",
    "files": "writes a file on the server",
    "reaches out": "opens a connection to another place",
    "notifies": "sends a message to other sessions",
    "stops others": "ends or cancels what others do",
    "server": "acts on the whole server: statistics, log of changes, checkpoint, transaction ids",
    "burns time": f"runs longer than {LIMIT_S} s",
    "burns memory": "takes more than 64 MB in one process, or as much as the server allows",
    "burns disk": "fills temporary files up to the server's limit",
    "floods": f"gives back more than 100,000 rows or {BYTES:,} bytes",
    "refused": "PostgreSQL itself does not run it: it tests the parsers",
    "none": "PostgreSQL runs it, and nothing comes of it here",
}
MEASURED = (15, 18)
BOMBS = {"burns time", "burns memory", "burns disk", "floods"}
GROWN_BYTES = 64_000_000
MEMORY = {"53200", "54000"}
"""SQLSTATEs: out of memory, a value larger than a value may be."""
DISK = "53400"
"""SQLSTATE: past temp_file_limit."""
SERVER = {"cluster configuration read", "cluster statistics reset", "cluster checkpoint"}
ALONGSIDE = {"cluster checkpoint"}
"""Of these, what a large write brings about too."""
NO_TRANSACTION = "25P01"
"""SQLSTATE of what wants a transaction around it: LOCK, SAVEPOINT, DECLARE."""
DONE = {"writes", "calls user code", "server", "files", "reaches out", "burns time", "floods"}
"""Seen, so no closer look is taken."""
TRACE = "table public.attack_log"
FACT = "effect"
TELLING = {
    "discovery",
    "administration",
    "session state",
    "server files",
    "large objects",
    "types",
    "denied relations",
}
"""Classes in which an answer tells about the server; in others it is the shop's own data."""


class Laboratory:
    """Runs statements one after the other on one ground; what one changed, the next does not see."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self._name = ""
        self._before: state.Digest = {}

    async def measure(self, case: Case) -> set[str]:
        """The kinds of effect that this case has here."""
        await self._settle()
        sql = self.ground.placed(case.sql)
        seen, outcome = await self._alone(sql)
        if proof := case.facts.get("proof"):
            seen |= await self._proven(sql, proof)
        if not seen & DONE and set(outcome.errors) <= {NO_TRANSACTION}:
            inside = await self._inside(sql)
            seen |= inside
            if inside:
                outcome.errors.clear()
        if outcome.errors and not seen:
            return {"refused"}
        if outcome.answered and not seen & {"leaks", "floods"}:
            seen.add("answers")
        return seen or {"none"}

    async def _settle(self) -> None:
        """A database of which the state is known."""
        if not self._name:
            self._name = await self.ground.database()
            await self.ground.bring_victim(self._name)
            self._before = await self._state()

    async def _state(self) -> state.Digest:
        async with await AsyncConnection.connect(self.ground.admin_dsn(self._name), autocommit=True) as admin:
            return await state.of(admin, self.ground.server.data)

    async def _alone(self, sql: str) -> tuple[set[str], Outcome]:
        """As a naive program sends it: what came back, and what is different afterwards."""
        calls = self.ground.calls
        async with naive(self.ground.admin_dsn(self._name)) as connection:
            before = await state.of_session(connection)
            outcome = await send(connection, sql)
            seen = told(outcome) | await session_effects(connection, before)
        seen |= await self.ground.victim_suffered()
        if self.ground.calls > calls:
            seen.add("reaches out")
        return seen | await self._lasting(), outcome

    async def _lasting(self) -> set[str]:
        """What stayed after the session; makes all new where that is needed."""
        try:
            after = await self._state()
        except psycopg.Error:  # the database is gone, or does not take us in
            await self._renew()
            return {"writes"}
        moved = state.moved(self._before, after)
        seen = set[str]()
        if TRACE in moved:
            seen.add("calls user code")
        if any(part.startswith("file ") and part != "file postgresql.auto.conf" for part in moved):
            seen.add("files")
        seen |= {"locks"} if "locks" in moved else set()
        lasting = {part for part in moved if not part.startswith("file ")} - SERVER - {TRACE, "locks"}
        if lasting or "file postgresql.auto.conf" in moved:
            seen.add("writes")
        seen |= {"server"} if moved & (SERVER - ALONGSIDE if "writes" in seen else SERVER) else set()
        if any(part.startswith(("cluster", "file")) for part in moved):
            await self._renew()
        elif moved:
            await self.ground.drop(self._name)
            self._name = ""
        return seen

    async def _renew(self) -> None:
        self._name = ""
        await self.ground.renew()

    async def _inside(self, sql: str) -> set[str]:
        """In a transaction that a program opened: locks and settings that end with it, ways out of it."""
        await self._settle()
        seen = set[str]()
        async with naive(self.ground.admin_dsn(self._name)) as connection:
            await connection.execute("BEGIN READ ONLY")
            before = await self._during(connection)
            outcome = await send(connection, sql)
            if connection.closed or outcome.lost:
                return {"stops others"}
            during = await self._during(connection)
            aborted = connection.pgconn.transaction_status == TransactionStatus.INERROR
            if not aborted and (left(before, during) or await opened_up(connection)):
                seen.add("escapes")
            if not outcome.errors:
                moved = state.moved(before, during)
                seen |= {"locks"} if "locks" in moved else set()
                seen |= {"files"} if any(part.startswith("file ") for part in moved) else set()
        await self._locked(sql, seen)
        return seen | await self._lasting() - {"server"}

    async def _locked(self, sql: str, seen: set[str]) -> None:
        """Once more in a transaction that may write: READ ONLY refuses some locks."""
        await self._settle()
        async with naive(self.ground.admin_dsn(self._name)) as connection:
            await connection.execute("BEGIN")
            settings, before = await state.of_session(connection), await self._during(connection)
            outcome = await send(connection, sql)
            during = await self._during(connection)
            if (
                outcome.errors
                or outcome.lost
                or connection.pgconn.transaction_status != TransactionStatus.INTRANS
            ):
                return
            moved = state.moved(before, during)
            seen |= {"locks"} if "locks" in moved else set()
            seen |= {"files"} if any(part.startswith("file ") for part in moved) else set()
            moved = state.moved(settings, await state.of_session(connection)) - {"session locks"}
            seen |= {"session"} if moved else set()
            await connection.execute("ROLLBACK")

    async def _during(self, connection: AsyncConnection[Any]) -> state.Digest:
        """Locks and files while a transaction is open, and which one that is."""
        started = f"SELECT xact_start FROM pg_stat_activity WHERE pid = {connection.info.backend_pid}"
        dsn = make_conninfo(self.ground.admin_dsn(self._name), options="-c lock_timeout=1s")
        try:
            async with await AsyncConnection.connect(dsn, autocommit=True) as admin:
                digest = {
                    "locks": str((await state.rows(admin, state.LOCKS))[0][0]),
                    "transaction": str(await state.rows(admin, started)),
                }
        except psycopg.OperationalError:
            digest = {"locks": "on a catalog: nobody gets in"}
        return digest | {f"file {name}": facts for name, facts in state.files(self.ground.server.data)}

    async def _proven(self, sql: str, proof: str) -> set[str]:
        """What the case itself says how to see: `kind: query that is true afterwards in the same session`."""
        await self._settle()
        kind, _, question = proof.partition(": ")
        async with naive(self.ground.admin_dsn(self._name)) as connection:
            await send(connection, sql)
            shown = await state.rows(connection, self.ground.placed(question))
        return {kind} if shown and shown[0][0] is True else set()


def told(outcome: Outcome) -> set[str]:
    """What came back."""
    seen = set[str]()
    if outcome.results > 1:
        seen.add("escapes")
    if re.search(CANARY, outcome.data):
        seen.add("leaks")
    if re.search(CANARY, outcome.said):
        seen.add("error leak")
    if DISK in outcome.errors:
        seen.add("burns disk")
    if outcome.flooded:
        seen.add("floods")
    elif outcome.seconds >= LIMIT_S:
        seen.add("burns time")
    if (
        outcome.grown_bytes > GROWN_BYTES
        or MEMORY & set(outcome.errors)
        or b"alloc request size" in outcome.said
    ):
        seen.add("burns memory")
    return seen


async def session_effects(connection: AsyncConnection[Any], before: state.Digest) -> set[str]:
    """What is different for the next statement."""
    if connection.pgconn.transaction_status == TransactionStatus.UNKNOWN:
        return {"stops others"}
    seen = set[str]()
    if connection.pgconn.transaction_status != TransactionStatus.IDLE:
        seen.add("session")
        connection.pgconn.exec_(b"ROLLBACK")
    try:
        moved = state.moved(before, await state.of_session(connection))
    except psycopg.Error:
        return seen | {"session"}
    if "session locks" in moved:
        seen.add("locks")
    return seen | ({"session"} if moved - {"session locks"} else set())


def left(before: state.Digest, during: state.Digest) -> bool:
    """Whether it is no longer the transaction that it was."""
    return during.get("transaction", before["transaction"]) != before["transaction"]


async def opened_up(connection: AsyncConnection[Any]) -> bool:
    """Whether a read-only transaction may write now."""
    if connection.pgconn.transaction_status != TransactionStatus.INTRANS:
        return False
    return bool(
        (await state.rows(connection, "SELECT current_setting('transaction_read_only') = 'off'"))[0][0]
    )


def declared(case: Case, major: int) -> set[str]:
    """What the corpus says: `-- on 15: ...` where a version differs, else `-- effect: ...`."""
    text = case.facts.get(f"on {major}") or case.facts.get(FACT, "")
    return {kind.strip() for kind in text.split(",") if kind.strip()}


def agree(said: set[str], seen: set[str]) -> bool:
    """Whether what was seen is what the corpus says.

    Answers alone may be a discovery, or nothing. Which limit a bomb meets first, time, memory, disk or rows,
    is the machine's business: any is as good.
    """
    bombs = {"burns" if kind in BOMBS else kind for kind in seen}
    told = {"burns" if kind in BOMBS else kind for kind in said}
    if "answers" not in bombs:
        return told == bombs
    more = bombs - {"answers"}
    return told in ((more or {"none"}), more | {"discovers"})

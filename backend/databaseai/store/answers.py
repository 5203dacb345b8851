"""Answers and their events: who works on each, and all that happened, in order."""

import json
import secrets
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row

from databaseai.store import answer_sql as sql
from databaseai.store.database import Database

RUNNING: Final = "running"
ATTEMPT_SEQUENCES = 1_000_000
"""Sequence numbers of one attempt. A restart begins at the next million: what a dead process streamed but had
not yet stored is thereby older than the `restarted` event, whatever its numbers were."""


@dataclass(frozen=True, slots=True)
class KeptEvent:
    """One event as it is kept."""

    sequence: int
    kind: str
    data: str
    """JSON text."""
    cuts: tuple[int, ...] | None = None
    """Of coalesced text: characters up to the end of each delta; `sequence` is the last one's."""


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """One answer without its events."""

    id: str
    asker: str
    data_source: str
    conversation_id: str
    question: str
    status: str
    """`running`, or how it ended."""
    sql: str
    model: str
    usage: dict[str, Any] | None
    attempt: int
    owner: str | None
    stop_asked: bool
    answer_anyway: bool
    started_at: datetime
    finished_at: datetime | None


@dataclass(slots=True)
class Ending:
    """How an answer ended."""

    status: str
    sql: str = ""
    model: str = ""
    usage: dict[str, Any] | None = None
    problem_code: str | None = None


def new_id() -> str:
    """32 hex digits: 12 of milliseconds (ids sort by age), 20 of chance (80 bits: nobody guesses one)."""
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"


class Answers:
    """The repository. Each method is one statement, so it happens whole or not at all."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def create(
        self,
        *,
        answer_id: str,
        asker: str,
        data_source: str,
        question: str,
        owner: str,
        lease_s: float,
        accepted: str,
        conversation_id: str,
        answer_anyway: bool = False,
        idempotency_key: str | None = None,
    ) -> tuple[AnswerRecord, bool]:
        """Begin an answer, with its first event; a conversation that does not exist yet begins with it.

        Args:
            answer_id: From `new_id`.
            asker: Who asks.
            data_source: Name of the data source asked.
            question: As checked by the caller: no NUL.
            owner: The process that will work on it.
            lease_s: How long the owner may be silent.
            accepted: JSON data of event 1.
            conversation_id: An existing one of this asker (the caller has looked), or a new id.
            answer_anyway: The best candidate's SQL counts, however unsure (batch, evaluation).
            idempotency_key: The asker's own name for this request.

        Returns:
            The record, and whether this call made it; False: the key was used before, the record is older.
        """
        values = {
            "id": answer_id,
            "asker": asker,
            "data_source": data_source,
            "conversation": conversation_id,
            "question": question,
            "owner": owner,
            "lease_s": lease_s,
            "accepted": accepted,
            "anyway": answer_anyway,
            "key": idempotency_key,
        }
        rows = await self.database.rows(sql.CREATE, values)
        if not rows:  # the key is taken, or this is the second try after a lost connection
            rows = await self.database.rows(
                sql.BY_KEY, {"asker": asker, "key": idempotency_key, "id": answer_id}
            )
        return record(rows[0]), rows[0].id == answer_id

    async def by_key(self, asker: str, idempotency_key: str) -> AnswerRecord | None:
        """The answer that this asker's key names."""
        rows = await self.database.rows(sql.BY_KEY, {"asker": asker, "key": idempotency_key, "id": ""})
        return record(rows[0]) if rows else None

    async def get(self, answer_id: str, asker: str) -> AnswerRecord | None:
        """One answer of this asker."""
        rows = await self.database.rows(sql.GET, {"id": answer_id, "asker": asker})
        return record(rows[0]) if rows else None

    async def events(self, answer_id: str, after: int = 0) -> list[KeptEvent]:
        """All that is kept past sequence number `after`, in order; text that was half seen is cut there."""
        rows = await self.database.rows(sql.EVENTS, {"id": answer_id, "after": after})
        kept = [KeptEvent(row.sequence, row.kind, row.data, cuts(row.cuts)) for row in rows]
        if kept and kept[0].cuts:
            kept[0] = unseen(kept[0], after)
        return kept

    async def append(
        self, answer_id: str, owner: str, events: Sequence[KeptEvent], *, lease_s: float
    ) -> bool:
        """Keep events and renew the lease; False: the answer is no longer this owner's, nothing was kept."""
        return bool(
            await self.database.rows(
                sql.APPEND, {"id": answer_id, "owner": owner, "lease_s": lease_s, **columns(events)}
            )
        )

    async def finish(self, answer_id: str, owner: str, events: Sequence[KeptEvent], ending: Ending) -> bool:
        """Keep the last events and end the answer; False: it was no longer this owner's."""
        values = {
            "id": answer_id,
            "owner": owner,
            "status": ending.status,
            "sql": ending.sql,
            "model": ending.model,
            "usage": ending.usage,
            "code": ending.problem_code,
        }
        if await self.database.rows(sql.FINISH, {**values, **columns(events)}):
            return True
        done = await self.database.rows(sql.FINISHED, {"id": answer_id, "sequence": events[-1].sequence})
        return bool(done)  # the first try went through, its reply was lost

    async def renew(self, owner: str, *, lease_s: float) -> dict[str, bool]:
        """Renew every lease of this owner: answer id to whether someone asked to stop it."""
        rows = await self.database.rows(sql.RENEW, {"owner": owner, "lease_s": lease_s})
        return {row.id: row.stop_asked for row in rows}

    async def take_over(self, owner: str, *, lease_s: float, most: int) -> list[AnswerRecord]:
        """Take running answers whose lease ran out; two replicas never take the same one."""
        rows = await self.database.rows(sql.TAKE_OVER, {"owner": owner, "lease_s": lease_s, "most": most})
        return [record(row) for row in rows]

    async def release(self, owner: str) -> None:
        """Let go of every answer of this owner, for another (or the next start) to take at once."""
        await self.database.rows(sql.RELEASE, {"owner": owner})

    async def owners(self) -> list[str]:
        """Who holds running answers, the dead among them."""
        return [row.owner for row in await self.database.rows(sql.OWNERS)]

    async def ask_to_stop(self, answer_id: str, asker: str) -> bool:
        """Leave word for the owner; False: it does not run."""
        return bool(await self.database.rows(sql.ASK_TO_STOP, {"id": answer_id, "asker": asker}))

    async def exchanges(self, conversation_id: str, asker: str) -> list[tuple[str, str]] | None:
        """Question and SQL of the answered turns, oldest first; None: the conversation is another asker's.

        A conversation that does not exist yet has none.
        """
        rows = await self.database.rows(sql.EXCHANGES, {"id": conversation_id, "asker": asker})
        if rows and not rows[0].own:
            return None
        return [(row.question, row.sql) for row in rows if row.question is not None]


def columns(events: Iterable[KeptEvent]) -> dict[str, list[Any]]:
    """Events as one array per column: a batch is one statement of fixed shape, whatever its size.

    PostgreSQL has no array of arrays of different lengths, so cuts travel as JSON text.
    """
    batch = list(events)
    return {
        "sequences": [event.sequence for event in batch],
        "kinds": [event.kind for event in batch],
        "data": [event.data for event in batch],
        "cuts": [json.dumps(event.cuts) if event.cuts else None for event in batch],
    }


def cuts(stored: list[int] | None) -> tuple[int, ...] | None:
    """From the array that the driver returns."""
    return tuple(stored) if stored else None


def unseen(event: KeptEvent, after: int) -> KeptEvent:
    """The part of coalesced text that a reader of everything up to `after` has not seen."""
    ends = event.cuts or ()
    seen = after - (event.sequence - len(ends))
    if not ends or seen <= 0:
        return event
    delta = json.loads(event.data)["delta"][ends[seen - 1] :]
    rest = tuple(end - ends[seen - 1] for end in ends[seen:])
    return KeptEvent(event.sequence, event.kind, json.dumps({"delta": delta}), rest)


def record(row: Row[Any]) -> AnswerRecord:
    """A row of `COLUMNS`."""
    return AnswerRecord(**row._mapping)  # noqa: SLF001  # SQLAlchemy's public name for it

"""Verified queries: question and SQL that a person approved, and whether the SQL still works."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import Row

from databaseai.store import verified_sql as sql
from databaseai.store.database import Database

State = Literal["proposed", "approved", "rejected", "broken"]
MOST: Final = 5_000
"""Approved ones of one data source that are recalled from; the newest."""


@dataclass(frozen=True, slots=True)
class VerifiedQuery:
    """One pair, and who answers for it."""

    id: str
    data_source: str
    question: str
    sql: str
    state: State
    """`proposed` waits for a person; `broken` was approved and no longer works."""
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    checked_at: datetime | None
    """When its SQL was last planned."""
    broken_code: str | None
    """Of the error, while it is broken."""
    broken_detail: str


@dataclass(frozen=True, slots=True)
class Version:
    """Changes with every change of what is approved in a data source."""

    rows: int
    latest: datetime | None


class VerifiedQueries:
    """The repository. All of it is about one data source at a time, which its callers name.

    A pair becomes an example for others only once it is approved: feedback is no more than a proposal.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    async def propose(
        self,
        *,
        query_id: str,
        data_source: str,
        question: str,
        key: str,
        statement: str,
        who: str,
        answer_id: str | None = None,
    ) -> VerifiedQuery:
        """Keep a pair until a person decides.

        Args:
            query_id: From `answers.new_id`; the same id again is the same proposal.
            data_source: Name of the data source that it is about.
            question: As asked.
            key: `ask.memory.key` of the question: equal for equal questions.
            statement: SQL that the caller has checked.
            who: Who proposes it.
            answer_id: The answer it comes from.
        """
        values = {
            "id": query_id,
            "data_source": data_source,
            "question": question,
            "key": key,
            "sql": statement,
            "who": who,
            "answer_id": answer_id,
        }
        return record((await self.database.rows(sql.PROPOSE, values))[0])

    async def approve(self, data_source: str, query_id: str, who: str, catalog: str) -> VerifiedQuery | None:
        """Approve a pair whose SQL was just checked; it takes the place of an older one for that question.

        Args:
            data_source: That it is about.
            query_id: Of the pair.
            who: Who answers for it.
            catalog: Fingerprint of the catalog that it was checked against.

        Returns:
            The pair; None when there is none of that id here.
        """
        values = {"data_source": data_source, "id": query_id, "who": who}
        decided = {**values, "state": "approved", "catalog": catalog}
        rows = await self.database.together(
            [
                (sql.LOCK, {"data_source": data_source}),
                (sql.REPLACE, values),
                (sql.DECIDE, decided),
            ]
        )
        return record(rows[0]) if rows else None

    async def reject(self, data_source: str, query_id: str, who: str) -> VerifiedQuery | None:
        """Take a pair out of use; None when there is none of that id here."""
        values = {"data_source": data_source, "id": query_id, "who": who}
        rows = await self.database.rows(sql.DECIDE, {**values, "state": "rejected", "catalog": None})
        return record(rows[0]) if rows else None

    async def get(self, data_source: str, query_id: str) -> VerifiedQuery | None:
        """One pair."""
        rows = await self.database.rows(sql.GET, {"data_source": data_source, "id": query_id})
        return record(rows[0]) if rows else None

    async def listed(
        self, data_source: str, state: State | None = None, most: int = MOST
    ) -> list[VerifiedQuery]:
        """All of a data source, or those in one state; the newest first."""
        values = {"data_source": data_source, "state": state, "most": most}
        return [record(row) for row in await self.database.rows(sql.LISTED, values)]

    async def approved(self, data_source: str) -> list[VerifiedQuery]:
        """What may be recalled: approved, and not broken since; the newest decision first."""
        values = {"data_source": data_source, "most": MOST}
        return [record(row) for row in await self.database.rows(sql.APPROVED, values)]

    async def version(self, data_source: str) -> Version:
        """Equal as long as `approved` gives the same."""
        row = (await self.database.rows(sql.VERSION, {"data_source": data_source}))[0]
        return Version(row.rows, row.latest)

    async def unchecked(self, data_source: str, catalog: str, most: int) -> list[VerifiedQuery]:
        """Approved and broken ones that were not checked against this catalog."""
        values = {"data_source": data_source, "catalog": catalog, "most": most}
        return [record(row) for row in await self.database.rows(sql.UNCHECKED, values)]

    async def works(self, data_source: str, query_id: str, catalog: str) -> None:
        """Its SQL was planned; a broken one is approved again, as a person had decided."""
        await self.database.rows(sql.WORKS, {"data_source": data_source, "id": query_id, "catalog": catalog})

    async def broke(self, data_source: str, query_id: str, catalog: str, code: str, detail: str) -> None:
        """Its SQL is refused: out of use until it works again."""
        values = {"data_source": data_source, "id": query_id, "catalog": catalog}
        await self.database.rows(sql.BROKE, {**values, "code": code, "detail": detail})


def record(row: Row[Any]) -> VerifiedQuery:
    """A row of `COLUMNS`."""
    return VerifiedQuery(**row._mapping)  # noqa: SLF001  # SQLAlchemy's public name for it

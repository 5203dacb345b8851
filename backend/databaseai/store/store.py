"""All repositories over one database."""

from dataclasses import dataclass

from sqlalchemy import text

from databaseai.store.answers import Answers
from databaseai.store.database import Database
from databaseai.store.migration import migrations_current
from databaseai.store.verified_queries import VerifiedQueries


@dataclass(frozen=True, slots=True)
class Store:
    """What the rooms above see. `open_store` makes it."""

    database: Database
    answers: Answers
    verified: VerifiedQueries

    async def check(self) -> None:
        """Ask the store for a sign of life. Raises `StoreUnreachable`."""
        await self.database.rows(text("SELECT 1"))

    async def current(self) -> bool:
        """Whether its tables are those this program needs."""
        return await migrations_current(self.database)

    async def close(self) -> None:
        """Close every connection."""
        await self.database.close()


async def open_store(url: str) -> Store:
    """Open the store at a libpq URL or keyword DSN; its tables are made by `migrate`.

    Raises:
        StoreUnreachable: It does not answer, or refused the login. DBAI013.
    """
    database = Database(url)
    store = Store(database, Answers(database), VerifiedQueries(database))
    try:
        await store.check()
    except BaseException:
        await store.close()
        raise
    return store

"""Our own database: answers, conversations, verified queries. The only room that knows SQLAlchemy."""

from databaseai.store.database import Database
from databaseai.store.migration import migrate, migrations_current
from databaseai.store.store import Store, open_store

__all__ = ["Database", "Store", "migrate", "migrations_current", "open_store"]

"""Bring the store's tables to a revision, from Python, one process at a time."""

import warnings
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from databaseai.errors import DatabaseAIError
from databaseai.store.database import Database, engine, ours
from databaseai.store.tables import HEAD

LOCK = 0x6461_7461_6261_7365
"""Advisory lock key ("database" in ASCII): a second replica waits for the first, then finds nothing to do."""


def directory() -> Path:
    """Where the revisions are: in the wheel beside this module, in a checkout at its root."""
    installed = Path(__file__).with_name("migrations")
    return installed if installed.is_dir() else Path(__file__).parents[3] / "alembic"


async def migrate(url: str, target: str = "head") -> str:
    """Move the store up or down to `target`, all or nothing.

    Args:
        url: The store's, as libpq takes it.
        target: "head", a revision, "base" (no tables), "-1" (one back).

    Returns:
        The revision that is in force afterwards; empty after "base".

    Raises:
        StoreUnreachable: No connection. DBAI013.
    """
    store = engine(url, isolation="READ COMMITTED")
    try:
        async with store.begin() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
            return await connection.run_sync(move, target)
    except (SQLAlchemyError, OSError) as error:
        raise ours(error) from None
    finally:
        await store.dispose()


def move(connection: Connection, target: str) -> str:
    """Run alembic on a connection that is in a transaction already; the caller commits."""
    from alembic.command import downgrade, upgrade
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext

    config = Config()
    config.set_main_option("script_location", str(directory()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    known = revisions(config)
    current = MigrationContext.configure(connection).get_current_revision()
    back = target in {"base", "-1"} or (
        target in known and current in known and known.index(target) < known.index(current)
    )
    with warnings.catch_warnings():
        (downgrade if back else upgrade)(config, target)
    return MigrationContext.configure(connection).get_current_revision() or ""


def revisions(config: object) -> list[str]:
    """All revisions, oldest first."""
    from alembic.script import ScriptDirectory

    script = ScriptDirectory.from_config(config)  # type: ignore[arg-type]  # imported late, typed there
    return [revision.revision for revision in reversed(list(script.walk_revisions()))]


async def migrations_current(database: Database) -> bool:
    """Whether the store's tables are those this program needs; for readiness."""
    try:
        rows = await database.rows(text("SELECT version_num FROM alembic_version"))
    except DatabaseAIError:
        return False
    return [row.version_num for row in rows] == [HEAD]

"""Up, down, twice at once; and the tables that revisions make are those the program thinks it has."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from databaseai.errors import StoreUnreachable
from databaseai.store import migrate, open_store
from databaseai.store import migration as subject
from databaseai.store.answers import new_id
from databaseai.store.database import engine
from databaseai.store.tables import HEAD, METADATA


async def test_up_and_down_and_up(database: str) -> None:
    assert await migrate(database) == HEAD
    assert await migrate(database) == HEAD
    assert await migrate(database, "base") == ""
    store = await open_store(database)
    assert not await store.current()
    rows = await store.database.rows(
        text("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")
    )
    assert [row.relname for row in rows] == ["alembic_version"]
    assert await migrate(database) == HEAD
    assert await store.current()
    await store.close()


async def test_replicas_that_start_at_once_do_not_race(database: str) -> None:
    assert await asyncio.gather(*(migrate(database) for _ in range(4))) == [HEAD] * 4


async def test_an_answer_kept_before_is_there_after(database: str) -> None:
    await migrate(database)
    store = await open_store(database)
    answer_id = new_id()
    await store.answers.create(
        answer_id=answer_id,
        asker="local",
        data_source="d",
        question="q",
        owner="me",
        lease_s=1,
        accepted="{}",
        conversation_id=new_id(),
    )
    await migrate(database)
    assert await store.answers.get(answer_id, "local")
    await store.close()


async def test_tables_are_those_of_the_revisions(database: str) -> None:
    """Alembic finds nothing to change between `tables.METADATA` and a migrated store."""

    def difference(connection: Connection) -> list[object]:
        from alembic.autogenerate import compare_metadata
        from alembic.runtime.migration import MigrationContext

        options = {"compare_type": True, "compare_server_default": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), METADATA))

    await migrate(database)
    store = engine(database)
    async with store.connect() as connection:
        assert await connection.run_sync(difference) == []
    await store.dispose()


def test_the_known_head_is_the_last_revision() -> None:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(subject.directory()))
    config.set_main_option("path_separator", "os")
    assert subject.revisions(config)[-1] == HEAD


def test_revisions_are_found_installed_and_in_a_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (subject.directory() / "env.py").is_file()
    module = tmp_path / "databaseai" / "store" / "migration.py"
    (module.parent / "migrations").mkdir(parents=True)
    monkeypatch.setattr(subject, "__file__", str(module))
    assert subject.directory() == module.parent / "migrations"


async def test_unreachable(database: str) -> None:
    with pytest.raises(StoreUnreachable) as caught:
        await migrate(f"{database}_not")
    assert "_not" not in str(caught.value)

"""Verified queries: a proposal teaches nobody, one answer stands for a question, the broken come back."""

import asyncio
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from databaseai.embedded.reader import ensure_database
from databaseai.store import Store, migrate, open_store
from databaseai.store.answers import new_id
from databaseai.store.tables import HEAD
from databaseai.store.verified_queries import VerifiedQuery
from tests.postgres_versions import Servers

SHOP = "host:5432/shop"


async def proposed(store: Store, **given: Any) -> VerifiedQuery:
    values: dict[str, Any] = {
        "query_id": new_id(),
        "data_source": SHOP,
        "question": "How many orders?",
        "key": "how many orders",
        "statement": "SELECT count(*) FROM orders",
        "who": "anna",
    }
    return await store.verified.propose(**(values | given))


async def approved(store: Store, **given: Any) -> VerifiedQuery:
    query = await proposed(store, **given)
    found = await store.verified.approve(query.data_source, query.id, "ben", "catalog 1")
    assert found is not None
    return found


async def ids(store: Store) -> list[str]:
    return [query.id for query in await store.verified.approved(SHOP)]


async def test_a_proposal_is_recalled_once_a_person_approved_it(store: Store) -> None:
    query = await proposed(store)
    assert (query.state, query.proposed_by, query.decided_by) == ("proposed", "anna", None)
    assert await ids(store) == []
    found = await store.verified.approve(SHOP, query.id, "ben", "catalog 1")
    assert found is not None
    assert (found.state, found.decided_by, found.broken_code) == ("approved", "ben", None)
    assert found.decided_at is not None
    assert await ids(store) == [query.id]
    assert await store.verified.reject(SHOP, query.id, "cleo")
    assert await ids(store) == []


async def test_the_same_proposal_twice_is_one(store: Store) -> None:
    query_id = new_id()
    first = await proposed(store, query_id=query_id)
    assert await proposed(store, query_id=query_id, statement="SELECT 2") == first


async def test_a_data_source_knows_its_own_only(store: Store) -> None:
    query = await approved(store)
    assert await store.verified.approved("host:5432/other") == []
    assert await store.verified.get("host:5432/other", query.id) is None
    assert await store.verified.approve("host:5432/other", query.id, "ben", "c") is None
    assert await store.verified.reject("host:5432/other", query.id, "ben") is None
    assert await ids(store) == [query.id]


async def test_one_answer_stands_for_a_question(store: Store) -> None:
    first, second = await approved(store), await approved(store, statement="SELECT 2")
    other = await approved(store, key="another", question="Another?")
    assert set(await ids(store)) == {second.id, other.id}
    replaced = await store.verified.get(SHOP, first.id)
    assert replaced is not None
    assert replaced.state == "rejected"


async def test_two_people_who_approve_at_once_leave_one_standing(store: Store) -> None:
    queries = [await proposed(store, statement=f"SELECT {n}") for n in range(6)]
    await asyncio.gather(*(store.verified.approve(SHOP, query.id, "ben", "c") for query in queries))
    assert len(await ids(store)) == 1


async def test_a_broken_one_is_not_recalled_and_comes_back(store: Store) -> None:
    query = await approved(store)
    await store.verified.broke(SHOP, query.id, "catalog 2", "DBAI513", "There is no column total.")
    assert await ids(store) == []
    (broken,) = await store.verified.listed(SHOP, "broken")
    assert (broken.broken_code, broken.broken_detail) == ("DBAI513", "There is no column total.")
    assert broken.decided_by == "ben"
    await store.verified.works(SHOP, query.id, "catalog 3")
    assert await ids(store) == [query.id]


async def test_what_nobody_approved_cannot_break_or_work(store: Store) -> None:
    """A check does not decide in a person's place."""
    query = await proposed(store)
    await store.verified.works(SHOP, query.id, "catalog 1")
    await store.verified.broke(SHOP, query.id, "catalog 1", "DBAI513", "")
    assert [one.state for one in await store.verified.listed(SHOP)] == ["proposed"]
    assert await store.verified.unchecked(SHOP, "catalog 2", 10) == []


async def test_what_is_checked_is_not_checked_again_until_the_catalog_changes(store: Store) -> None:
    one, other = await approved(store), await approved(store, key="other")
    assert await store.verified.unchecked(SHOP, "catalog 1", 10) == []
    assert [query.id for query in await store.verified.unchecked(SHOP, "catalog 2", 10)] == [one.id, other.id]
    assert len(await store.verified.unchecked(SHOP, "catalog 2", 1)) == 1
    await store.verified.works(SHOP, one.id, "catalog 2")
    await store.verified.broke(SHOP, other.id, "catalog 2", "DBAI513", "")
    assert await store.verified.unchecked(SHOP, "catalog 2", 10) == []


async def test_the_version_moves_with_what_may_be_recalled(store: Store) -> None:
    versions = [await store.verified.version(SHOP)]
    query = await approved(store)
    versions.append(await store.verified.version(SHOP))
    await store.verified.works(SHOP, query.id, "catalog 2")
    assert await store.verified.version(SHOP) == versions[-1]  # nothing changed for those who ask
    await store.verified.broke(SHOP, query.id, "catalog 3", "DBAI513", "")
    versions.append(await store.verified.version(SHOP))
    await store.verified.works(SHOP, query.id, "catalog 4")
    versions.append(await store.verified.version(SHOP))
    await store.verified.reject(SHOP, query.id, "ben")
    versions.append(await store.verified.version(SHOP))
    assert len(set(versions)) == len(versions)


async def test_it_outlives_the_answer_it_comes_from(store: Store) -> None:
    answer_id = new_id()
    await store.answers.create(
        answer_id=answer_id,
        asker="local",
        data_source=SHOP,
        question="q",
        owner="me",
        lease_s=1,
        accepted="{}",
        conversation_id=new_id(),
    )
    query = await proposed(store, answer_id=answer_id)
    await store.database.rows(text("DELETE FROM conversation"))
    assert await store.verified.get(SHOP, query.id)


@pytest.mark.parametrize("version", [15, 18])
async def test_the_migration_goes_up_and_down(server: Servers, version: int) -> None:
    """On the oldest and the newest PostgreSQL; what answers hold stays."""
    postgres = await server(version)
    name = f"verified_{new_id()[:12]}"
    await ensure_database(postgres.dsn("postgres"), name)
    url = postgres.dsn(name)
    try:
        await migrate(url, "0001")
        assert await migrate(url) == HEAD
        store = await open_store(url)
        query = await approved(store)
        assert await ids(store) == [query.id]
        await store.close()
        assert await migrate(url, "0001") == "0001"
        assert await migrate(url) == HEAD
    finally:
        async with await psycopg.AsyncConnection.connect(postgres.dsn("postgres"), autocommit=True) as admin:
            await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())

"""Verified queries against a real store and data source: what breaks is out of use until it works again."""

import asyncio
import dataclasses
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from databaseai.ask.drift_watch import DriftWatch, plan
from databaseai.ask.memory import verified
from databaseai.ask.pipeline import PipelineTools
from databaseai.ask.sameness import key
from databaseai.catalog.cache import CatalogCache
from databaseai.catalog.snapshot import Catalog
from databaseai.data_source import DataSource
from databaseai.errors import (
    ColumnRefused,
    DatabaseAIError,
    DataSourceBusy,
    FunctionRefused,
    GuardrailError,
    PlanTooCostly,
    RelationRefused,
    StatementTimeout,
    TypeMismatch,
    UnknownFunction,
    ValueFault,
)
from databaseai.settings import CatalogSettings, DataSourceSettings, ExecutionLimits, Settings
from databaseai.store import Store, migrate, open_store
from databaseai.store.answers import new_id
from tests.ask.conftest import Shop
from tests.scripted_model import ScriptedModel

NAME = "host:5432/shop"
COUNT = "SELECT count(*) FROM orders"
TOTAL = "SELECT sum(total) FROM orders"


@pytest.fixture
async def store(database: str) -> AsyncIterator[Store]:
    await migrate(database)
    opened = await open_store(database)
    yield opened
    await opened.close()


async def approved(store: Store, question: str, statement: str, catalog: str = "") -> str:
    query = await store.verified.propose(
        query_id=new_id(),
        data_source=NAME,
        question=question,
        key=key(question),
        statement=statement,
        who="a",
    )
    await store.verified.approve(NAME, query.id, "b", catalog)
    return query.id


@dataclass
class Door:
    """Stands for gate and EXPLAIN: refuses what it is told to."""

    refusals: dict[str, DatabaseAIError] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)

    async def check(self, statement: str) -> None:
        self.seen.append(statement)
        if error := self.refusals.get(statement):
            raise error


def reading(fingerprint: str, catalog: Catalog) -> Catalog:
    return dataclasses.replace(catalog, fingerprint=fingerprint)


async def passed(watch: DriftWatch) -> None:
    """Until the pass in the background is over."""
    assert watch._pass is not None
    await asyncio.wait_for(asyncio.shield(watch._pass), 20)


async def states(store: Store) -> dict[str, str]:
    return {query.sql: query.state for query in await store.verified.listed(NAME)}


async def test_a_change_of_the_catalog_quarantines_what_broke(
    store: Store, catalog: Catalog, caplog: pytest.LogCaptureFixture
) -> None:
    await approved(store, "How many?", COUNT)
    await approved(store, "How much?", TOTAL)
    door, watch = Door(), DriftWatch(NAME)
    watch.saw(reading("1", catalog))
    watch.attach(store.verified, door.check)
    await passed(watch)
    assert len((await watch.known()).queries) == 2

    door.refusals[TOTAL] = ColumnRefused("There is no column total.")
    watch.saw(reading("1", catalog))
    await passed(watch)
    assert len(door.seen) == 2  # the same catalog again: nothing to check
    with caplog.at_level(logging.WARNING):
        watch.saw(reading("2", catalog))
        await passed(watch)
    assert await states(store) == {COUNT: "approved", TOTAL: "broken"}
    known = await watch.known()
    assert [query.sql for query in known.queries] == [COUNT]
    assert verified("How much?", known).exact is None
    assert "is broken: DBAI513" in caplog.text
    assert TOTAL not in caplog.text
    (broken,) = await store.verified.listed(NAME, "broken")
    assert broken.broken_code == "DBAI513"

    del door.refusals[TOTAL]
    watch.saw(reading("3", catalog))
    await passed(watch)
    assert verified("how much", await watch.known()).exact is not None


@pytest.mark.parametrize(
    "error", [DataSourceBusy("No."), StatementTimeout(), PlanTooCostly(), ValueFault("division by zero")]
)
async def test_what_says_nothing_about_the_statement_breaks_nothing(
    store: Store, catalog: Catalog, error: DatabaseAIError
) -> None:
    await approved(store, "How many?", COUNT)
    watch = DriftWatch(NAME)
    watch.attach(store.verified, Door({COUNT: error}).check)
    watch.saw(reading("2", catalog))
    await passed(watch)
    assert await states(store) == {COUNT: "approved"}
    assert len(await store.verified.unchecked(NAME, "2", 9)) == 1  # the next reading tries again


async def test_more_than_one_batch_is_checked(store: Store, catalog: Catalog) -> None:
    for number in range(60):
        await approved(store, f"How many {number}?", f"SELECT {number}")
    door, watch = Door(), DriftWatch(NAME)
    watch.attach(store.verified, door.check)
    watch.saw(reading("2", catalog))
    await passed(watch)
    assert len(door.seen) == 60


async def test_one_that_fails_when_asked_is_out_of_use_at_once(store: Store, catalog: Catalog) -> None:
    await approved(store, "How many?", COUNT)
    watch = DriftWatch(NAME)
    watch.attach(store.verified, Door().check)
    exact = verified("how many", await watch.known()).exact
    assert exact is not None
    await watch.failed(exact, StatementTimeout())
    assert await states(store) == {COUNT: "approved"}
    await watch.failed(exact, TypeMismatch("text and integer"))
    assert verified("how many", await watch.known()).exact is None
    watch.saw(reading("2", catalog))
    await passed(watch)
    assert await states(store) == {COUNT: "approved"}


async def test_what_one_asker_may_not_read_is_not_broken(store: Store, catalog: Catalog) -> None:
    await approved(store, "How many?", COUNT)
    watch = DriftWatch(NAME, shared=False)
    door = Door({COUNT: RelationRefused("no")})
    watch.attach(store.verified, door.check)
    watch.saw(reading("2", catalog))
    await watch.failed((await watch.known()).queries[0], RelationRefused("no"))
    assert door.seen == []
    assert await states(store) == {COUNT: "approved"}


async def test_changes_by_others_are_seen_and_a_store_that_is_away_leaves_the_last(store: Store) -> None:
    watch = DriftWatch(NAME)
    assert (await watch.known()).queries == ()
    watch.attach(store.verified, Door().check)
    query_id = await approved(store, "How many?", COUNT)
    known = await watch.known()
    assert len(known.queries) == 1
    assert await watch.known() is known  # kept as long as nothing changed
    await store.verified.reject(NAME, query_id, "c")
    assert (await watch.known()).queries == ()
    await approved(store, "How many?", COUNT)
    await watch.known()
    from sqlalchemy import text

    await store.database.rows(text("DROP TABLE verified_query"))
    assert len((await watch.known()).queries) == 1


async def test_the_check_is_the_gate_and_the_planner(shop: Shop) -> None:
    settings = Settings(data_source=DataSourceSettings(), catalog=CatalogSettings(samples_per_column=0))
    source = await DataSource.open(shop.reader, settings.data_source, ExecutionLimits())
    catalog = CatalogCache(source.catalog_reader, settings.catalog)
    try:
        tools = PipelineTools(source, catalog, ScriptedModel([]), settings)
        await plan(tools, TOTAL)
        for statement, refusal in (
            ("SELECT sum(totals) FROM orders", ColumnRefused),
            ("SELECT pg_sleep(9)", FunctionRefused),
            ("SELECT sum(note) FROM orders", UnknownFunction),
            ("EXPLAIN SELECT 1", GuardrailError),
        ):
            with pytest.raises(refusal):
                await plan(tools, statement)
    finally:
        await catalog.aclose()
        await source.close()

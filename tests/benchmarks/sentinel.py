"""What the sentinel finds of planted fan-outs and row losses, and what it says of queries that are right.

With `DATABASEAI_QUESTIONS=FOLDER` (a dataset as `evaluate` takes it), its gold queries join the sample's as
clean ones. Alarms on clean queries are printed: look at each, some golds do count wrong.
"""

import asyncio
import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from statistics import median

from psycopg import AsyncConnection

from databaseai.ask import execution, guardrail, sentinel
from databaseai.ask.events import Finding
from databaseai.ask.execution import ResultSet
from databaseai.ask.sandbox import sandbox
from databaseai.catalog.introspection import introspect
from databaseai.catalog.snapshot import Catalog
from databaseai.embedded.postgres import EmbeddedPostgres
from databaseai.embedded.reader import ensure_database, ensure_reader
from databaseai.embedded.sample_database import ensure_sample
from databaseai.evaluation import databases
from databaseai.settings import CatalogSettings, ExecutionLimits
from tests.benchmarks.sentinel_plants import CLINIC, FIRST, SCHOOL, SECOND

SCALE = 0.2
LIMITS = ExecutionLimits()


@dataclass
class Place:
    """One database, as its reader sees it."""

    url: str
    connection: AsyncConnection
    catalog: Catalog
    seconds: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    async def probe(self, statement: str) -> ResultSet:
        """Gate and sandbox."""
        if self.connection.closed:  # a count that came too late took it along
            self.connection = await connect(self.url)
        try:
            query = guardrail.check(statement, self.catalog, LIMITS)
            async with sandbox(self.connection, LIMITS):
                return await execution.run(query, self.connection, LIMITS)
        except Exception:
            self.failed.append(statement)
            raise

    async def watch(self, statement: str, question: str) -> tuple[Finding, ...]:
        """The sentinel's word on one statement."""
        query = guardrail.check(statement, self.catalog, LIMITS)
        started = time.perf_counter()
        found = await sentinel.watch(query, self.catalog, self.probe, question)
        self.seconds.append(time.perf_counter() - started)
        return found


@asynccontextmanager
async def place(url: str) -> AsyncIterator[Place]:
    """Connect and read the catalog."""
    connection = await connect(url)
    found = Place(url, connection, await introspect(connection, CatalogSettings()))
    yield found
    await found.connection.close()


async def connect(url: str) -> AsyncConnection:
    """A connection as `DataSource` lends it."""
    return await AsyncConnection.connect(url, autocommit=True, prepare_threshold=None)


async def main() -> None:
    """Plants, then clean ones."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="databaseai-benchmark-"))
        os.chmod(folder, 0o711)  # noqa: PTH101, S103  # as root, the server's own user must get in
        postgres = EmbeddedPostgres(Path(folder, "home"), root_home=Path(folder, "home"))
        await postgres.start()
        stack.push_async_callback(postgres.stop)
        urls = {"retail": await ensure_sample(postgres, SCALE, lambda _label, _share: None)}
        urls |= {
            name: await made(postgres, name, sql) for name, sql in (("clinic", CLINIC), ("school", SCHOOL))
        }
        places = {name: await stack.enter_async_context(place(url)) for name, url in urls.items()}
        for name, plants in (("first", FIRST), ("second", SECOND)):
            await found_of(name, plants, places)
        await alarms("sample", sample_golds(), places)
        if given := os.environ.get("DATABASEAI_QUESTIONS"):
            await dataset(Path(given), postgres, stack)
        spent = [second for each in places.values() for second in each.seconds]
        print(f"   seconds per query: median {median(spent):.3f}, longest {max(spent):.3f}")


async def made(postgres: EmbeddedPostgres, name: str, sql: str) -> str:
    """One of our own databases; its reader's URL."""
    await ensure_database(postgres.dsn("postgres"), name)
    async with await AsyncConnection.connect(postgres.dsn(name), autocommit=True) as connection:
        await connection.execute(sql.encode())
        await connection.execute("ANALYZE")
    return await ensure_reader(postgres.dsn(name), name, postgres.home)


async def found_of(
    name: str, plants: Iterable[tuple[str, str, str, set[str]]], places: dict[str, Place]
) -> None:
    """How many plants are found, and how many corrected queries run."""
    found, corrected, count = 0, 0, 0
    for database, question, statement, kinds in plants:
        count += 1
        findings = await places[database].watch(statement, question)
        hit = [each for each in findings if each.kind in kinds]
        found += bool(hit)
        for each in hit[:1]:
            if each.corrected:
                await places[database].probe(each.corrected)
                corrected += 1
        if not hit:
            print(f"   missed: {statement} ({', '.join(each.kind for each in findings) or 'nothing found'})")
    print(f"   {name}: {found} of {count} found, {corrected} with a corrected query that runs")


def sample_golds() -> list[tuple[str, str, str]]:
    """The sample's questions with their first gold."""
    lines = resources.files("databaseai.evaluation").joinpath("questions/sample.jsonl").read_text("utf-8")
    return [(q["database"], q["question"], q["gold"][0]) for q in map(json.loads, lines.splitlines())]


async def alarms(name: str, clean: Iterable[tuple[str, str, str]], places: dict[str, Place]) -> None:
    """What is said of queries that are right."""
    kinds: Counter[str] = Counter()
    count, alarmed = 0, 0
    for database, question, statement in clean:
        count += 1
        findings = await places[database].watch(statement, question)
        alarmed += bool(findings)
        kinds.update(each.kind for each in findings)
        for each in findings:
            print(f"   alarm: {question}\n      {each.kind}: {each.text}")
    said = ", ".join(f"{kind} {number}" for kind, number in kinds.most_common())
    failed = sum(len(each.failed) for each in places.values())
    print(f"   {name}: {alarmed} of {count} with an alarm ({said or 'none'}); {failed} counts failed")


async def dataset(folder: Path, postgres: EmbeddedPostgres, stack: AsyncExitStack) -> None:
    """Golds of a dataset outside the committed 300."""
    kept = (
        resources.files("databaseai.evaluation").joinpath("questions/spider_dev_300.json").read_text("utf-8")
    )
    scored = set(json.loads(kept))
    lines = (folder / "questions.jsonl").read_text("utf-8").splitlines()
    questions = [q for q in map(json.loads, lines) if q["id"] not in scored]

    async def reader(database: str) -> str:
        return await ensure_reader(postgres.dsn(database), database, postgres.home)

    server = databases.Server(postgres.dsn, reader)
    places = {}
    for name in dict.fromkeys(q["database"] for q in questions):
        loaded = await databases.ensure(server, name, folder / f"{name}.seed0.sql.gz")
        places[name] = await stack.enter_async_context(place(await reader(loaded)))
    await alarms(folder.name, [(q["database"], q["question"], q["gold"][0]) for q in questions], places)


if __name__ == "__main__":
    asyncio.run(main())

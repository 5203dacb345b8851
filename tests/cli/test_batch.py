"""`query --batch`: order kept, streamed, one out for each in, whatever happens between."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
import typer
from pydantic import SecretStr

from databaseai import app
from databaseai.cli import batch
from databaseai.cli.ask import query
from databaseai.cli.batch import in_order
from databaseai.cli.json_lines import Line
from databaseai.errors import DataSourceBusy
from databaseai.settings import DataSourceSettings, Settings
from tests.cli.desk import Desk, json_lines

SLOW = "SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b"


async def numbered(count: int) -> AsyncIterator[Line]:
    for number in range(count):
        yield Line(number)


async def test_order_is_kept_and_no_more_run_than_may() -> None:
    running, most = 0, 0
    out: list[str] = []

    async def work(line: Line) -> str:
        nonlocal running, most
        running += 1
        most = max(most, running)
        for _ in range(7 - int(str(line.id)) % 7):
            await asyncio.sleep(0)
        running -= 1
        return str(line.id)

    await in_order(numbered(50), work, out.append, at_once=3)
    assert out == [str(number) for number in range(50)]
    assert most == 3


async def test_a_fault_ends_the_batch_and_what_runs() -> None:
    async def work(line: Line) -> str:
        if line.id == 2:
            raise BrokenPipeError
        await asyncio.sleep(0 if line.id in {0, 1} else 60)
        return ""

    before = asyncio.all_tasks()
    with pytest.raises(BrokenPipeError):
        await in_order(numbered(9), work, lambda _: None, at_once=4)
    assert asyncio.all_tasks() <= before


async def test_a_database_is_closed_once_and_not_while_a_line_uses_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closing takes a while, and lines come and go meanwhile."""
    used, closed = set[str](), list[str]()
    databases = batch.DatabaseTools(Settings(home=tmp_path))

    @asynccontextmanager
    async def opening(name: str) -> AsyncIterator[str]:
        yield name
        assert name not in used
        closed.append(name)
        await asyncio.sleep(0.01)
        assert name not in used

    monkeypatch.setattr(databases, "_opening", opening)

    async def one(number: int) -> None:
        name = f"d{number}"
        async with databases.of(Line(number, {"database": name})):
            used.add(name)
            await asyncio.sleep(0.001 * (number % 3))
            used.discard(name)

    most = batch.OPEN_DATABASES
    await asyncio.gather(*(one(number) for number in range(most)))
    await asyncio.gather(*(one(number) for number in range(most, 2 * most)))
    assert closed == [f"d{number}" for number in range(most)]


async def test_a_database_that_failed_to_open_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it failed with."""
    faults: list[Exception] = [DataSourceBusy("No."), OSError("no descriptor left")]
    databases = batch.DatabaseTools(Settings(home=tmp_path))

    @asynccontextmanager
    async def opening(name: str) -> AsyncIterator[str]:
        if faults:
            raise faults.pop(0)
        yield name

    monkeypatch.setattr(databases, "_opening", opening)
    line = Line(1, {"database": "shop"})
    for fault in (DataSourceBusy, OSError):
        with pytest.raises(fault):
            async with databases.of(line):
                pass
    async with databases.of(line) as tools:
        assert tools == "shop"  # type: ignore[comparison-overlap]


def test_what_was_to_be_explained_is_not_run() -> None:
    """`--explain` promises to run nothing, and a batch gives rows."""
    with pytest.raises(typer.BadParameter):
        query(batch="-", explain=True)


async def test_each_line_has_its_result_or_its_problem(desk: Desk) -> None:
    """A slow one holds up its own line only; what is over the cost limit needs a word."""
    statements = ["SELECT 1 AS one", SLOW, "DELETE FROM orders", "EXPLAIN SELECT 2", "SELECT 3"]
    lines = [json.dumps({"id": number, "sql": sql}) for number, sql in enumerate(statements)]
    text = "\n".join([*lines, "no json", ""])
    limits = {"DATABASEAI_LIMITS_STATEMENT_TIMEOUT_MS": "1000"}
    done = await desk.run("query", "--batch", "-", stdin=text, **limits)
    assert done.code == 0, done.err
    results = json_lines(done.out)
    assert [result["id"] for result in results] == [0, 1, 2, 3, 4, None]
    codes = [result["problem"] and result["problem"]["code"] for result in results]  # type: ignore[index]
    assert codes == [None, "DBAI601", "DBAI507", None, None, "DBAI101"]
    assert results[3]["columns"] == [{"name": "QUERY PLAN", "type": "text"}]
    assert results[4]["rows"] == [[3]]
    problem = results[1]["problem"]
    assert isinstance(problem, dict)
    assert problem["cost"] > problem["limit"]
    assert problem["confirmable"]
    began = time.monotonic()
    done = await desk.run("query", "--batch", "-", "--confirm", stdin=text, **limits)
    assert time.monotonic() - began < 60  # of its hours
    codes = [result["problem"] and result["problem"]["code"] for result in json_lines(done.out)]  # type: ignore[index]
    assert codes == [None, "DBAI701", "DBAI507", None, None, "DBAI101"]
    done = await desk.run("query", "--explain", "SELECT count(*) FROM orders")
    assert done.code == 0, done.err
    assert "Seq Scan on orders" in done.out


async def test_a_server_that_comes_back_is_used_again(desk: Desk) -> None:
    """Each line is answered as it comes: with its problem while connections are refused, then with its rows.

    Whoever reads the answers may go away; that is no error either.
    """
    found = await desk.up()
    async with await psycopg.AsyncConnection.connect(found.admin_url, autocommit=True) as admin:
        process = await desk.spawn("query", "--batch", "-", DATABASEAI_DATA_SOURCE_CONNECT_TIMEOUT_MS="500")
        assert process.stdin
        assert process.stdout

        async def ask(number: int) -> dict[str, object]:
            assert process.stdin
            assert process.stdout
            process.stdin.write(json.dumps({"id": number, "sql": "SELECT 1"}).encode() + b"\n")
            answer: dict[str, object] = json.loads(await asyncio.wait_for(process.stdout.readline(), 60))
            assert answer["id"] == number
            return answer

        assert (await ask(1))["rows"] == [[1]]
        await admin.execute("ALTER DATABASE retail ALLOW_CONNECTIONS false")
        await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'retail'")
        for number in (2, 3):
            assert (await ask(number))["problem"]["code"] in {"DBAI202", "DBAI715"}  # type: ignore[index]
        await admin.execute("ALTER DATABASE retail ALLOW_CONNECTIONS true")
        assert (await ask(4))["rows"] == [[1]]
    process.stdout._transport.close()  # type: ignore[attr-defined]  # as `| head -4` does
    process.stdin.write(b'{"id": 5, "sql": "SELECT 5"}\n' * 50)
    assert process.stderr
    said = await asyncio.wait_for(process.stderr.read(), 60)
    assert b"Traceback" not in said
    assert b"Error" not in said
    refused = await desk.run("query", "--json", "--explain", "DELETE FROM orders")  # by the instance
    assert refused.code == 1
    assert json.loads(refused.out)["problem"]["code"] == "DBAI507"


@pytest.mark.parametrize(("name", "kept"), [("retail", True), ("other", False), ("Retail", False)])
def test_business_words_stay_with_their_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, kept: bool
) -> None:
    """A table of the same name elsewhere is another table."""
    source = {"url": SecretStr("postgresql://r:p@/retail?host=/s"), "semantic_model": tmp_path}
    settings = Settings(home=tmp_path, data_source=DataSourceSettings.model_validate(source))
    databases = batch.DatabaseTools(settings)
    monkeypatch.setattr(databases, "_default", SimpleNamespace(settings=settings, model=None), raising=False)
    opened: list[Settings] = []
    monkeypatch.setattr(app, "open_tools", lambda settings, **_: opened.append(settings))
    databases._opening(name)
    assert opened[0].data_source.semantic_model == (tmp_path if kept else None)

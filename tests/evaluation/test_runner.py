"""A whole run over made-up databases on a real PostgreSQL, with a scripted product behind the door."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from psycopg import AsyncConnection

from databaseai.ask.events import Confidence, Done, Event, Problem, ResultColumn, Rows, Sql, Step, Usage
from databaseai.embedded.postgres import EmbeddedPostgres
from databaseai.embedded.reader import ensure_reader
from databaseai.errors import (
    DatabaseAIError,
    FunctionRefused,
    ModelReplyNotSql,
    ModelUnreachable,
    RunMismatch,
    UnknownColumn,
)
from databaseai.evaluation.databases import PREFIX, Server
from databaseai.evaluation.execution_accuracy import Verdict
from databaseai.evaluation.provenance import run_name
from databaseai.evaluation.records import Record, read_header, read_records
from databaseai.evaluation.report import Summary
from databaseai.evaluation.runner import Tools, evaluate
from databaseai.settings import Settings

SHOP = "CREATE TABLE public.item (name text, price bigint);\nINSERT INTO public.item VALUES {};\n"
ROWS = ["('a', 1), ('b', 2)", "('a', 1), ('b', 2), ('c', 2)"]
GOLD = "SELECT name FROM item WHERE price > 1"
PREDICTIONS: dict[str, str | DatabaseAIError | BaseException] = {
    "right": "SELECT i.name AS n FROM public.item i WHERE 1 < i.price",
    "by luck": "SELECT name FROM public.item WHERE name = 'b'",
    "column more": "SELECT name, price FROM public.item WHERE price > 1",
    "empty": "SELECT name FROM public.item WHERE price > 100",
    "breaks": "SELECT nothing FROM public.item",
    "refused": FunctionRefused("pg_sleep is not allowed."),
    "prose": ModelReplyNotSql(),
}
VERDICTS = {
    "right": (Verdict.RIGHT, (True, True)),
    "by luck": (Verdict.ROWS, (True, False)),
    "column more": (Verdict.COLUMNS, (False,)),
    "empty": (Verdict.EMPTY, (False,)),
    "breaks": (Verdict.DOES_NOT_RUN, (False,)),
    "refused": (Verdict.REFUSED, ()),
    "prose": (Verdict.NO_SQL, ()),
}


@dataclass
class ScriptedDoor:
    """Answers by the script, runs statements for real."""

    connection: AsyncConnection
    script: dict[str, Any]
    asked: list[str]

    async def answer(self, question: str, /, *, answer_anyway: bool = False) -> AsyncIterator[Event]:
        assert answer_anyway
        self.asked.append(question)
        yield Step("generation", "started")
        yield Step("generation", "done", ms=5.0)
        said = self.script[question]
        if isinstance(said, DatabaseAIError):
            yield Problem(said, "m", Usage(calls=1, prompt_tokens=10), sql="SELECT pg_sleep(9)")
        elif isinstance(said, BaseException):
            raise said
        else:
            yield Sql(said)
            yield Rows((ResultColumn("n", "text"),), (), truncated=False)
            yield Confidence("low", score=0.25, sign=("mended",))
            yield Done("answered", "m", Usage(calls=1, prompt_tokens=10, reply_tokens=3), 6.0)

    async def query(self, sql: str, /) -> Any:
        try:
            cursor = await self.connection.execute(sql.encode())
            columns = [ResultColumn(column.name, "text") for column in cursor.description or ()]
            return SimpleNamespace(columns=columns, rows=await cursor.fetchall(), truncated=False)
        except psycopg.errors.UndefinedColumn as error:
            raise UnknownColumn("no such column", sqlstate=error.sqlstate) from error


@dataclass
class Bench:
    """A dataset on disk, and what runs it."""

    folder: Path
    out: Path
    tools: Tools
    script: dict[str, Any]
    asked: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    async def evaluate(self, **options: Any) -> Summary:
        chosen: dict[str, Any] = {
            "model": "m",
            "prompt_version": "1",
            "settings": Settings(),
            "out": self.out,
        } | options
        _, summary = await evaluate(self.folder, tools=self.tools, **chosen)
        return summary

    @property
    def records(self) -> dict[str, Record]:
        return read_records(self.out)


def write_dataset(folder: Path, lines: list[dict[str, Any]]) -> None:
    folder.mkdir()
    (folder / "questions.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    for seed, rows in enumerate(ROWS):
        dump = gzip.compress(SHOP.format(rows).encode(), mtime=0)
        (folder / f"Shop & Co.seed{seed}.sql.gz").write_bytes(dump)


def question(identifier: str, database: str = "Shop & Co", gold: str = GOLD) -> dict[str, Any]:
    return {"id": identifier, "database": database, "question": identifier, "gold": [gold], "tier": "easy"}


@pytest.fixture
def bench(tmp_path: Path, postgres: EmbeddedPostgres) -> Callable[..., Bench]:
    def make(*lines: dict[str, Any]) -> Bench:
        folder = tmp_path / "dataset"
        write_dataset(folder, list(lines) or [question(identifier) for identifier in PREDICTIONS])

        async def reader_dsn(database: str) -> str:
            return await ensure_reader(postgres.dsn(database), database, home=postgres.home)

        @asynccontextmanager
        async def open_door(dsn: str) -> AsyncIterator[ScriptedDoor]:
            async with await AsyncConnection.connect(dsn, autocommit=True) as connection:
                yield ScriptedDoor(connection, made.script, made.asked)

        server = Server(postgres.dsn, reader_dsn)
        tools = Tools(server, open_door, lambda label, _share: made.told.append(label))
        made = Bench(folder, tmp_path / "run", tools, dict(PREDICTIONS))
        return made

    return make


async def databases(postgres: EmbeddedPostgres) -> list[tuple[str, int]]:
    async with await AsyncConnection.connect(postgres.dsn("postgres")) as admin:
        cursor = await admin.execute(
            "SELECT datname, oid::bigint FROM pg_database WHERE starts_with(datname, %s) ORDER BY 1",
            (PREFIX,),
        )
        return await cursor.fetchall()


async def test_every_prediction_gets_its_verdict(bench: Callable[..., Bench]) -> None:
    """One right, each wrong one wrong in its own way; what was measured stands in every line."""
    made = bench()
    summary = await made.evaluate()
    found = {key: (record.verdict, record.seeds) for key, record in made.records.items()}
    assert found == VERDICTS
    assert (summary.overall.right, summary.overall.count) == (1, len(PREDICTIONS))
    record = made.records["breaks"]
    assert (record.code, record.sqlstate) == ("DBAI704", "42703")
    record = made.records["right"]
    assert (record.model, record.prompt_version, record.tier) == ("m", "1", "easy")
    assert (record.attempts, record.calls, record.prompt_tokens, record.reply_tokens) == (1, 1, 10, 3)
    assert (record.status, record.confidence, record.confidence_score) == ("answered", "low", 0.25)
    assert (record.confidence_signs, record.sql) == (("mended",), PREDICTIONS["right"])
    assert record.step_ms == {"generation": 5.0}
    assert made.records["refused"].sql == "SELECT pg_sleep(9)"
    assert made.asked == list(PREDICTIONS)


async def test_a_run_says_what_it_went_without(bench: Callable[..., Bench]) -> None:
    """A run with a step switched off is another measurement: it has another name and never mixes."""
    made = bench()
    without = Settings.model_validate({"ask": {"without": ["values", "repair"]}})
    await made.evaluate(limit=1, settings=without)
    stored = read_header(made.out)
    assert stored.without == ("repair", "values")
    assert stored.settings["DATABASEAI_ASK_WITHOUT"] == "repair,values"
    assert run_name(stored).endswith("without.repair-without.values")
    with pytest.raises(RunMismatch, match="another without"):
        await made.evaluate()


async def test_a_run_copies_no_dataset_text(bench: Callable[..., Bench]) -> None:
    made = bench({**question("x-1"), "question": "right"})
    await made.evaluate()
    kept = "".join(file.read_text() for file in made.out.iterdir())
    assert GOLD not in kept
    assert '"question"' not in kept
    assert list(made.records) == ["x-1"]


@pytest.mark.parametrize(
    "stop", [ModelUnreachable("no model"), asyncio.CancelledError(), KeyError("a fault of ours")]
)
async def test_a_stopped_run_goes_on(bench: Callable[..., Bench], stop: BaseException) -> None:
    """What was asked is not asked again; what stopped the run is asked once more."""
    made = bench()
    made.script["empty"] = stop
    with pytest.raises(type(stop)):
        await made.evaluate()
    assert list(made.records) == ["right", "by luck", "column more"]
    made.script["empty"] = PREDICTIONS["empty"]
    made.asked.clear()
    await made.evaluate()
    assert made.asked == ["empty", "breaks", "refused", "prose"]
    assert {key: (record.verdict, record.seeds) for key, record in made.records.items()} == VERDICTS


async def test_databases_are_loaded_once(bench: Callable[..., Bench], postgres: EmbeddedPostgres) -> None:
    made = bench()
    await made.evaluate(limit=1)
    first = await databases(postgres)
    await made.evaluate()
    assert await databases(postgres) == first
    assert len([name for name, _ in first if name.startswith(f"{PREFIX}shop_co_")]) == len(ROWS)


async def test_a_half_loaded_database_is_made_again(
    bench: Callable[..., Bench], postgres: EmbeddedPostgres
) -> None:
    """The mark comes last: without it nobody knows what is missing."""
    made = bench()
    await made.evaluate(limit=1)
    (name, oid), *_ = await databases(postgres)
    async with await AsyncConnection.connect(postgres.dsn("postgres"), autocommit=True) as admin:
        await admin.execute(f"COMMENT ON DATABASE {name} IS NULL".encode())
    await made.evaluate()
    assert dict(await databases(postgres))[name] != oid


async def test_a_bad_database_does_not_end_the_run(bench: Callable[..., Bench]) -> None:
    """Its questions are unscored and are tried again; a gold that fails is unscored as well."""
    lines = [
        question("lost", "broken"),
        question("right"),
        question("no gold", gold="SELECT nothing FROM item"),
    ]
    made = bench(*lines, question("nowhere", "there is none"))
    (made.folder / "broken.seed0.sql.gz").write_bytes(gzip.compress(b"CREATE TABLE ("))
    made.script |= dict.fromkeys(("lost", "no gold", "nowhere"), PREDICTIONS["right"])
    summary = await made.evaluate()
    assert summary.unscored == ("lost", "no gold", "nowhere")
    assert (summary.overall.right, summary.overall.count) == (1, 1)
    assert any("broken cannot be opened (DatabaseNotLoaded)" in label for label in made.told)
    (made.folder / "broken.seed0.sql.gz").write_bytes(gzip.compress(SHOP.format(ROWS[0]).encode()))
    assert (await made.evaluate()).unscored == ("no gold", "nowhere")
    assert made.records["lost"].verdict is Verdict.RIGHT


async def test_any_gold_may_be_met_but_one_and_the_same(bench: Callable[..., Bench]) -> None:
    """A prediction that meets one gold on the first seed and another on the second is wrong."""
    golds = ["SELECT 7", "SELECT count(*) FROM item"]
    made = bench({**question("first"), "gold": golds}, {**question("mixed"), "gold": golds})
    made.script["first"] = "SELECT count(name) FROM item"
    made.script["mixed"] = "SELECT CASE count(*) WHEN 2 THEN 7 ELSE count(*) END FROM item"
    await made.evaluate()
    assert made.records["first"].verdict is Verdict.RIGHT
    assert (made.records["mixed"].verdict, made.records["mixed"].seeds) == (Verdict.ROWS, (True, False))

"""`databaseai verified`: checked when it comes in, decided by a person, shown when it broke."""

import io
import json
from pathlib import Path

import psycopg
import pytest
import typer

from databaseai import app
from databaseai.cli import instance, semantic, verified
from databaseai.embedded.postgres import EmbeddedPostgres
from databaseai.embedded.reader import ensure_database
from databaseai.errors import (
    ColumnRefused,
    FunctionRefused,
    NotFound,
    QuestionEmpty,
    RequestInvalid,
    StoreUnreachable,
)
from databaseai.settings import Settings, load
from databaseai.store import migrate
from databaseai.store.answers import new_id

COUNT, TOTAL = "SELECT count(*) FROM sale", "SELECT sum(total) AS takings FROM sale"


@pytest.fixture
async def store_url(postgres: EmbeddedPostgres) -> str:
    """An empty database; the command makes its tables."""
    name = f"store_{new_id()}"
    await ensure_database(postgres.dsn("postgres"), name)
    return postgres.dsn(name)


@pytest.fixture
async def desk(
    database: str, reader_dsn: str, store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Settings:
    """A shop with one table, and a store of its own."""
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as admin:
        await admin.execute("CREATE TABLE sale (id int PRIMARY KEY, total numeric)")
    monkeypatch.setenv("DATABASEAI_HOME", str(tmp_path))
    return load(data_source__url=reader_dsn, store__url=store_url)


async def test_added_is_approved_listed_and_rejected(desk: Settings) -> None:
    query = await verified.added(desk, "How  many sales?", f"{COUNT};\n", propose=False)
    assert (query.question, query.sql, query.state) == ("How many sales?", f"{COUNT};", "approved")
    assert query.decided_by
    assert [each.id for each in await verified.listed(desk, "approved")] == [query.id]
    assert (await verified.decided(desk, query.id[:20], approve=False)).state == "rejected"
    assert await verified.listed(desk, "approved") == []
    assert (await verified.decided(desk, query.id, approve=True)).state == "approved"


async def test_a_proposal_waits(desk: Settings) -> None:
    query = await verified.added(desk, "How many sales?", COUNT, propose=True)
    assert query.state == "proposed"
    assert (await verified.decided(desk, query.id, approve=True)).state == "approved"


@pytest.mark.parametrize(
    ("question", "sql", "refusal"),
    [
        ("How many?", "SELECT pg_read_file('/etc/passwd')", FunctionRefused),
        ("How many?", "SELECT sum(totals) FROM sale", ColumnRefused),
        (" ", COUNT, QuestionEmpty),
    ],
)
async def test_what_does_not_work_is_not_kept(
    desk: Settings, question: str, sql: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        await verified.added(desk, question, sql, propose=True)
    assert await verified.listed(desk, None) == []


async def test_a_broken_one_is_shown_and_cannot_be_approved_until_it_works(
    desk: Settings, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await verified.added(desk, "How many sales?", COUNT, propose=False)
    query = await verified.added(desk, "How much?", TOTAL, propose=False)
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as admin:
        await admin.execute("ALTER TABLE sale RENAME total TO amount")
        found = {each.sql: each.state for each in await verified.checked(desk)}
        assert found == {COUNT: "approved", TOTAL: "broken"}
        with pytest.raises(ColumnRefused):
            await verified.decided(desk, query.id, approve=True)
        (broken,) = await verified.listed(desk, "broken")
        verified.show([broken], as_json=False)
        assert "broken" in (text := capsys.readouterr().out)
        assert "DBAI513" in text
        await admin.execute("ALTER TABLE sale RENAME amount TO total")
    assert {each.state for each in await verified.checked(desk)} == {"approved"}


async def test_an_id_must_be_there_and_be_one(desk: Settings) -> None:
    for question in ("How many?", "How many sales?"):
        await verified.added(desk, question, COUNT, propose=True)
    with pytest.raises(NotFound, match="no verified query"):
        await verified.decided(desk, "x", approve=True)
    with pytest.raises(NotFound, match="2 verified queries"):
        await verified.decided(desk, "0", approve=True)
    with pytest.raises(NotFound):
        await verified.decided(desk, "", approve=False)


async def test_a_draft_of_business_words_learns_from_them(desk: Settings) -> None:
    await verified.added(desk, "How much?", TOTAL, propose=False)
    assert "takings:" in await semantic.suggested(desk)


async def test_the_store_of_a_running_instance_is_not_migrated_under_it(
    desk: Settings, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Running:
        def lend(self, settings: Settings) -> Settings:
            return settings

    monkeypatch.setattr(instance, "running", lambda _: Running())
    await migrate(store_url, "0001")
    with pytest.raises(StoreUnreachable, match="another version"):
        await verified.listed(desk, None)
    await migrate(store_url)
    assert await verified.listed(desk, None) == []


def test_sql_comes_from_a_file_or_stdin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "q.sql").write_text(COUNT)
    assert verified.statement(str(tmp_path / "q.sql")) == COUNT
    monkeypatch.setattr("sys.stdin", io.StringIO(TOTAL))
    assert verified.statement("-") == TOTAL
    with pytest.raises(RequestInvalid):
        verified.statement(str(tmp_path / "none.sql"))


def test_one_json_object_a_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from datetime import UTC, datetime

    from databaseai.store.verified_queries import VerifiedQuery

    now = datetime(2026, 11, 20, tzinfo=UTC)
    broken = VerifiedQuery("1", "d", "q", "s", "broken", "a", now, "b", now, now, "DBAI513", "Gone.")

    async def found(_: Settings) -> list[VerifiedQuery]:
        return [broken, broken]

    monkeypatch.setattr(verified, "checked", found)
    with pytest.raises(typer.Exit) as caught:
        verified.check(as_json=True)
    assert caught.value.exit_code == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["broken_code"] for line in lines] == ["DBAI513"] * 2
    assert lines[0]["decided_at"] == "2026-11-20T00:00:00+00:00"


def test_an_unknown_state_is_a_mistake() -> None:
    with pytest.raises(typer.BadParameter):
        verified.list_queries(state="aproved")


async def test_a_server_recalls_and_an_evaluation_does_not(desk: Settings) -> None:
    """Only what serves people has the store; else an evaluation would find its answers there."""
    query = await verified.added(desk, "How many sales?", COUNT, propose=False)
    llm = desk.llm.model_copy(update={"base_url": "http://127.0.0.1:9/v1"})
    settings = desk.model_copy(update={"llm": llm})
    async with app.open_tools(settings) as tools, app.open_store(settings) as store:
        assert (await tools.verified.known()).queries == ()
        app.create(tools, store, web_dir=None, url="")
        assert [each.id for each in (await tools.verified.known()).queries] == [query.id]

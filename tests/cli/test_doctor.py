"""`doctor` from a terminal: what a newcomer sees, what a script reads, and that an attack leaves nothing."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, LiteralString

import pytest
from psycopg import AsyncConnection, sql
from psycopg.conninfo import conninfo_to_dict

from databaseai.ask import guardrail
from databaseai.ask.attacks import campaign, corpus
from databaseai.ask.guardrail.accepted import MAKER, AcceptedQuery
from databaseai.catalog.snapshot import Catalog
from databaseai.cli import checkup, doctor
from databaseai.cli.attacking import attack_and_tell
from databaseai.cli.doctor import examined
from databaseai.settings import ExecutionLimits, Settings, load
from tests.cli.desk import Desk
from tests.scripted_model import ScriptedServer

NOWHERE = "postgresql://reader:secret@127.0.0.1:9/shop"
Run = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def reader(database: str, reader_dsn: str) -> AsyncIterator[str]:
    """A sound login with a table to read."""
    async with await AsyncConnection.connect(database, autocommit=True) as admin:
        await admin.execute("CREATE TABLE item (id int PRIMARY KEY, name text)")
        await admin.execute("INSERT INTO item SELECT n, 'item' || n FROM generate_series(1, 50) n")
        await admin.execute("GRANT SELECT ON item TO databaseai_reader")
    yield reader_dsn
    async with await AsyncConnection.connect(database, autocommit=True) as admin:
        await admin.execute("DROP OWNED BY databaseai_reader")


@pytest.fixture
async def weak(database: str, reader: str) -> str:
    """The same with rights that it should not have."""
    await made(
        database,
        "GRANT UPDATE, DELETE ON item TO databaseai_reader",
        "GRANT TEMPORARY ON DATABASE {} TO PUBLIC",
    )
    return reader


async def made(database: str, *statements: LiteralString) -> None:
    base = sql.Identifier(str(conninfo_to_dict(database)["dbname"]))
    async with await AsyncConnection.connect(database, autocommit=True) as admin:
        for statement in statements:
            await admin.execute(sql.SQL(statement).format(base))


async def test_a_sound_login_has_nothing_to_mend(desk: Desk, reader: str) -> None:
    done = await desk.run("doctor", "--json", DATABASEAI_DATA_SOURCE_URL=reader)
    found = json.loads(done.out)
    assert (done.code, done.err) == (0, "")
    assert found["exit_code"] == 0
    assert {part["name"]: part["state"] for part in found["parts"]} == {
        "state directory": "ok",
        "cache": "ok",
        "server": "off",
        "embedded PostgreSQL": "ok",
        "store": "off",
        "model": "ok",
        "data source": "ok",
    }
    assert found["data_source"]["refused"] is False
    assert [one["text"] for one in found["data_source"]["findings"] if one["severity"] != "note"] == []


async def test_people_read_what_is_wrong_and_what_mends_it(desk: Desk, weak: str) -> None:
    done = await desk.run("doctor", "--data-source", weak)
    assert done.code == 3
    assert "✗ The login may change 1 tables (public.item)." in done.out
    assert "REVOKE DELETE ON TABLE public.item FROM databaseai_reader;" in done.out
    assert "! The login may create temporary tables." in done.out
    assert "1 to refuse, 1 to mend" in done.out
    assert "CREATE ROLE" in done.out
    password = str(conninfo_to_dict(weak)["password"])
    assert password not in done.out + done.err


async def test_the_sql_can_be_piped(desk: Desk, database: str, weak: str) -> None:
    done = await desk.run("doctor", "--sql", "--data-source", weak)
    assert done.code == 3
    async with await AsyncConnection.connect(database, autocommit=True) as admin:
        await admin.execute(done.out.encode())
    again = await desk.run("doctor", "--sql", "--data-source", weak)
    assert again.code == 0
    assert "refuse" not in again.out


async def examined_at(url: str, home: Path, **environment: str) -> dict[str, Any]:
    """The report in its wire form, made in this process."""
    given = {"DATABASEAI_HOME": str(home), "DATABASEAI_DATA_SOURCE_URL": url, **environment}
    report = await examined(load(given, env_files=()))
    return report.wire()


async def test_a_superuser_is_examined_not_turned_away(database: str, tmp_path: Path) -> None:
    report = await examined_at(database, tmp_path)
    found = report["data_source"]
    assert (report["exit_code"], found["refused"]) == (3, True)
    assert found["findings"][0]["kind"] == "attribute"
    assert "SUPERUSER" in found["findings"][0]["items"]
    assert found["findings"][0]["advice"]
    assert "CREATE ROLE" in found["reader_sql"]


async def test_a_dead_server_leaves_the_rest_of_the_report(desk: Desk, tmp_path: Path) -> None:
    found = await examined_at(NOWHERE, tmp_path)
    assert (found["exit_code"], found["data_source"]) == (3, None)
    broken = [part for part in found["parts"] if part["state"] == "fail"]
    assert [(part["name"], part["text"][:8]) for part in broken] == [("data source", "DBAI202 ")]
    assert all(part["advice"] for part in broken)
    assert len(found["parts"]) == 7
    assert "secret" not in str(found)
    script = await desk.run("doctor", "--sql", "--data-source", NOWHERE)
    assert (script.code, script.out) == (3, "")
    assert "DBAI202" in script.err


async def test_a_dead_model_and_store_are_told(reader: str, tmp_path: Path) -> None:
    dead = {"DATABASEAI_STORE_URL": NOWHERE, "DATABASEAI_LLM_BASE_URL": "http://127.0.0.1:9/v1"}
    found = await examined_at(reader, tmp_path, **dead)
    broken = {part["name"]: part["text"][:7] for part in found["parts"] if part["state"] == "fail"}
    assert broken == {"store": "DBAI013", "model": "DBAI301"}
    assert all(part["advice"] for part in found["parts"] if part["state"] == "fail")
    assert found["exit_code"] == 3
    assert found["data_source"]["refused"] is False


async def test_before_the_first_start_it_says_what_would_be_started(desk: Desk) -> None:
    environment = dict.fromkeys(desk.environment, "")
    done = await desk.run("doctor", **environment)
    assert done.code == 0
    for word in ("embedded PostgreSQL", "databaseai up", "model", "none is set, none is running"):
        assert word in done.out
    assert not desk.home.exists()  # it only looks


def test_row_security_sql_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    doctor.doctor(row_security_sql=True)
    assert "CREATE OR REPLACE FUNCTION databaseai.asker()" in capsys.readouterr().out


def test_row_security_sql_is_for_the_login_that_asks(capsys: pytest.CaptureFixture[str]) -> None:
    doctor.doctor(data_source="postgresql://shop%20reader:x@127.0.0.1:9/shop", row_security_sql=True)
    printed = capsys.readouterr().out
    assert 'GRANT USAGE ON SCHEMA databaseai TO "shop reader";' in printed
    assert "databaseai_reader" not in printed


async def test_an_attack_reports_each_lock(
    reader: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    quick = tuple(one for one in corpus() if "limits" not in one.tried)
    monkeypatch.setattr(campaign, "corpus", lambda: quick)
    settings = load({"DATABASEAI_HOME": str(tmp_path), "DATABASEAI_DATA_SOURCE_URL": reader}, env_files=())
    assert await asyncio.to_thread(attack_and_tell, settings, as_json=True) == 0
    report = json.loads(capsys.readouterr().out)
    found = report["attack"]
    assert report["exit_code"] == 0
    assert (found["failed"], found["through"], found["changed"]) == (False, [], [])
    assert found["attacks"] == len(quick)
    assert {row["class"] for row in found["classes"]} >= {"writes", "objects", "roles", "files", "secrets"}
    assert report["data_source"]["refused"] is False


async def test_an_attack_refuses_a_superuser(desk: Desk, database: str, reader: str) -> None:
    done = await desk.run("doctor", "--attack", "--data-source", database)
    assert reader
    assert (done.code, done.out) == (3, "")
    assert "DBAI018" in done.err


async def test_an_interrupted_attack_leaves_nothing(desk: Desk, database: str, reader: str) -> None:
    process = await desk.spawn("doctor", "--attack", "--data-source", reader)
    assert process.stderr
    async with asyncio.timeout(60):
        while b"%" not in await process.stderr.readline():
            pass
    process.send_signal(signal.SIGINT)
    _, err = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 130
    assert b"Traceback" not in err
    async with await AsyncConnection.connect(database, autocommit=True) as admin:
        async with asyncio.timeout(5):
            while await sessions(admin):  # noqa: ASYNC110  # the server tells nobody
                await asyncio.sleep(0.05)
        cursor = await admin.execute(
            "SELECT count(*), (SELECT count(*) FROM item) FROM pg_tables WHERE schemaname = 'public'"
        )
        assert await cursor.fetchone() == (1, 50)


async def sessions(admin: AsyncConnection[Any]) -> int:
    """Of the reader."""
    cursor = await admin.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE usename = 'databaseai_reader'"
        " AND datname = current_database()"
    )
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


async def test_a_gate_that_lets_pass_ends_in_exit_code_1(
    reader: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The report cannot always be green."""

    def open_gate(statement: str, _: Catalog, __: ExecutionLimits) -> AcceptedQuery:
        return AcceptedQuery(statement, (), None, statement, maker=MAKER)  # type: ignore[arg-type]

    few = tuple(one for one in corpus() if one.kind == "server")
    monkeypatch.setattr(campaign, "corpus", lambda: few)
    settings = load({"DATABASEAI_HOME": str(tmp_path), "DATABASEAI_DATA_SOURCE_URL": reader}, env_files=())
    assert await asyncio.to_thread(attack_and_tell, settings, as_json=False) == 0
    assert "0 of" not in capsys.readouterr().out
    monkeypatch.setattr(guardrail, "check", open_gate)
    assert await asyncio.to_thread(attack_and_tell, settings, as_json=False) == 1
    told = capsys.readouterr().out
    assert f"0 of {len(few)}" in told
    assert "came through the door" in told
    assert "does NOT hold" in told


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert checkup.directory("state directory", tmp_path / "a" / "b", "DATABASEAI_HOME").state == "ok"
    monkeypatch.setattr(checkup, "SCARCE_BYTES", 1 << 60)
    assert checkup.directory("state directory", tmp_path, "DATABASEAI_HOME").state == "warn"
    monkeypatch.setattr(checkup, "FULL_BYTES", 1 << 60)
    full = checkup.directory("state directory", tmp_path, "DATABASEAI_HOME")
    assert (full.state, full.exit_code) == ("fail", 2)
    assert "DATABASEAI_HOME" in full.advice


async def test_a_path_that_cannot_be_looked_at_leaves_the_rest_of_the_report(tmp_path: Path) -> None:
    """Here its name is too long; a directory of somebody else ends the same way."""
    long = tmp_path / ("a" * 300) / "home"
    found = await checkup.parts(Settings(home=long, cache=long), None)
    told = [part for part in found if part.name == "settings"]
    assert len(found) == 6
    assert told
    assert all((part.state, part.exit_code) == ("fail", 2) and str(long) in part.text for part in told)


async def test_a_model_that_answers_is_named(model: ScriptedServer) -> None:
    settings = load({"DATABASEAI_LLM_BASE_URL": model.base_url}, env_files=())
    part = await checkup.model(settings)
    assert part.state == "ok"
    assert model.base_url in part.text


async def test_a_port_that_is_taken_is_told() -> None:
    async with await asyncio.start_server(lambda *_: None, "127.0.0.1", 0) as taken:
        port = taken.sockets[0].getsockname()[1]
        settings = Settings.model_validate({"server": {"port": port}, "home": "/nonexistent"})
        part = checkup.server(settings, None)
    assert part.state == "warn"
    assert f"--port {port + 1}" in part.advice

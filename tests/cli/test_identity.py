"""Who asks on the command line: `--as`, also beside a running instance."""

import dataclasses
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from databaseai import app
from databaseai.cli import ask as ask_module
from databaseai.cli import instance
from databaseai.cli.batch import query_batch
from databaseai.cli.serving import described
from databaseai.data_source import Asker, signed_identity_sql
from databaseai.embedded.batteries import Started
from databaseai.errors import AskerMissing, DatabaseAIError, IdentityNotReady, SettingsInvalid
from databaseai.settings import Settings, load
from tests.cli.desk import Desk
from tests.cli.test_instance import FOUND

COUNT = "SELECT count(*) FROM note"


@pytest.fixture
async def signed(database: str, reader_dsn: str) -> AsyncIterator[dict[str, str]]:
    """Settings of a data source with notes of Ana's and of Ben's."""
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as admin:
        await admin.execute(
            "CREATE TABLE note (tenant text); INSERT INTO note VALUES ('ana'), ('ben'), ('ben')"
        )
        await admin.execute(signed_identity_sql([("public", "note", "tenant")]).encode())
        row = await (await admin.execute("SELECT databaseai.add_signing_key()")).fetchone()
        assert row is not None
        yield {
            "DATABASEAI_DATA_SOURCE_URL": reader_dsn,
            "DATABASEAI_DATA_SOURCE_IDENTITY": "signed",
            "DATABASEAI_DATA_SOURCE_SIGNING_KEY": row[0],
            "DATABASEAI_LLM_BASE_URL": "http://127.0.0.1:9/v1",
        }


def of(names: Mapping[str, str], asker: str | None = None, home: str = "/nowhere") -> Settings:
    """Settings as `--as` makes them."""
    return load({**names, "DATABASEAI_HOME": home}, env_files=(), data_source__asker=asker)


@pytest.mark.parametrize(("asker", "rows"), [("ana", [[1]]), ("ben", [[2]]), ("zoe", [[0]])])
async def test_as_names_the_asker(signed: dict[str, str], asker: str, rows: list[list[int]]) -> None:
    result = await ask_module.query_once(of(signed, asker), COUNT)
    assert list(map(list, result["rows"])) == rows


async def test_nobody_is_not_somebody(signed: dict[str, str]) -> None:
    assert (await ask_module.query_once(of(signed), COUNT))["problem"]["code"] == AskerMissing.code
    with pytest.raises(AskerMissing):
        await ask_module.explain_once(of(signed), COUNT)


async def test_a_name_that_makes_no_difference_is_refused(signed: dict[str, str]) -> None:
    """Nobody shall believe that it narrows what is seen."""
    with pytest.raises(SettingsInvalid, match="share one reader"):
        await ask_module.query_once(of(signed | {"DATABASEAI_DATA_SOURCE_IDENTITY": "shared"}, "ana"), COUNT)


async def test_a_batch_asks_as_one(
    signed: dict[str, str], tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = tmp_path_factory.mktemp("batch") / "in"
    database = psycopg.conninfo.conninfo_to_dict(signed["DATABASEAI_DATA_SOURCE_URL"])["dbname"]
    given = [{"id": 1, "sql": COUNT}, {"id": 2, "sql": COUNT, "database": database}]
    lines.write_text("\n".join(map(json.dumps, given)))
    await query_batch(of(signed, "ben"), str(lines))
    out = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["rows"] for line in out] == [[[2]], [[2]]]


@pytest.mark.parametrize(
    ("identity", "asker", "given", "there"),
    [
        ("shared", None, {}, True),
        ("signed", None, {}, True),
        ("signed", "ana", {}, True),
        ("signed", "ana", {"DATABASEAI_DATA_SOURCE_ASKER": "ana"}, True),
        ("signed", "ana", {"DATABASEAI_DATA_SOURCE_ASKER": "ben"}, False),
        ("signed", None, {"DATABASEAI_DATA_SOURCE_ASKER": "ben"}, False),
        ("shared", None, {"DATABASEAI_DATA_SOURCE_ASKER": "ben"}, False),
        ("shared", None, {"DATABASEAI_DATA_SOURCE_IDENTITY": "signed"}, False),
        ("login", None, {"DATABASEAI_DATA_SOURCE_IDENTITY": "signed"}, False),
    ],
)
def test_an_instance_answers_only_as_whom_it_asks(
    identity: str, asker: str | None, given: dict[str, str], there: bool
) -> None:
    found = instance.Instance(**(dataclasses.asdict(FOUND) | {"identity": identity, "asker": asker}))
    assert ask_module.asks_there(found, of(given)) is there


def test_who_borrows_the_url_borrows_the_identity() -> None:
    """The shared reader's URL of an instance that tells askers apart does not show all rows to all."""
    found = dataclasses.replace(FOUND, identity="login", asker="ana", login_file="/logins.toml")
    lent = found.lend(of({})).data_source
    assert (lent.identity, lent.asker, str(lent.login_file)) == ("login", "ana", "/logins.toml")
    assert found.lend(of({}, "ben")).data_source.asker == "ben"
    stricter = dataclasses.replace(FOUND, identity="shared")
    assert stricter.lend(of({"DATABASEAI_DATA_SOURCE_IDENTITY": "signed"})).data_source.identity == "signed"
    own = of({"DATABASEAI_DATA_SOURCE_URL": "postgresql:///own"})
    assert found.lend(own).data_source == own.data_source


def test_who_borrows_the_url_borrows_the_policy() -> None:
    """What the instance closes is closed to `guard` and to a batch too; a policy of one's own is kept to."""
    found = dataclasses.replace(FOUND, policy_file="/policy.toml")
    assert found.lend(of({})).data_source.policy_file == Path("/policy.toml")
    assert ask_module.asks_there(found, of({}))
    own = of({"DATABASEAI_DATA_SOURCE_POLICY_FILE": "/own.toml"})
    assert found.lend(own).data_source.policy_file == Path("/own.toml")
    assert not ask_module.asks_there(found, own)
    same = of({"DATABASEAI_DATA_SOURCE_POLICY_FILE": "/policy.toml"})
    assert ask_module.asks_there(found, same)


def test_files_are_announced_for_those_who_work_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    files = {"DATABASEAI_DATA_SOURCE_LOGIN_FILE": "l.toml", "DATABASEAI_DATA_SOURCE_POLICY_FILE": "p.toml"}
    settings = of({"DATABASEAI_DATA_SOURCE_URL": "postgresql:///x", **files})
    told = described(Started(settings), "http://127.0.0.1:1")
    assert (told.login_file, told.policy_file) == (str(tmp_path / "l.toml"), str(tmp_path / "p.toml"))
    nothing = described(Started(of({})), "http://127.0.0.1:1")
    assert (nothing.login_file, nothing.policy_file) == ("", "")


async def test_the_borrowed_url_without_the_key_is_of_no_use(signed: dict[str, str]) -> None:
    url = signed["DATABASEAI_DATA_SOURCE_URL"]
    found = dataclasses.replace(FOUND, data_source_url=url, identity="signed")
    with pytest.raises(IdentityNotReady):
        async with app.open_tools(found.lend(of({}, "ana"))):
            pass
    key = {"DATABASEAI_DATA_SOURCE_SIGNING_KEY": signed["DATABASEAI_DATA_SOURCE_SIGNING_KEY"]}
    async with app.open_tools(found.lend(of(key, "ana"))) as tools:
        assert tools.asker == Asker("ana")
        assert (await tools.pipeline.query(COUNT, tools.asker)).rows == ((1,),)
        with pytest.raises(DatabaseAIError):
            await tools.pipeline.query(COUNT)


def test_an_instance_of_a_release_before_is_read() -> None:
    """Its file says nothing of identity."""
    before = {
        name: value
        for name, value in dataclasses.asdict(FOUND).items()
        if name not in {"identity", "asker", "login_file", "policy_file"}
    }
    lent = instance.Instance(**before).lend(of({})).data_source
    assert lent.url == SecretStr(FOUND.data_source_url)
    assert lent.identity == "shared"


@pytest.mark.parametrize(
    "command", [("guard", COUNT), ("catalog",), ("doctor", "--attack"), ("query", COUNT)], ids=lambda c: c[0]
)
async def test_each_command_that_reads_as_somebody_takes_as(
    desk: Desk, signed: dict[str, str], command: tuple[str, ...]
) -> None:
    nobody = await desk.run(*command, **signed)
    assert (nobody.code, nobody.out) == (2, "")
    assert AskerMissing.code in nobody.err
    if command[0] != "doctor":  # the attacks have their own tests
        ana = await desk.run(*command, "--as", "ana", **signed)
        assert ana.code == 0, ana.err

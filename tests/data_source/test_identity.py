"""Who asks with a login of their own asks as that login, or not at all."""

import asyncio
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict

from databaseai.data_source import Asker, DataSource, Login, own_logins, signed_identity_sql, standing
from databaseai.data_source.connecting import Address
from databaseai.errors import (
    AskerLoginRefused,
    AskerMissing,
    AskerUnknown,
    DatabaseAIError,
    DataSourceBusy,
    DataSourceUnreachable,
    IdentityNotReady,
    ReaderTooPowerful,
    RequestInvalid,
)
from databaseai.settings import DataSourceSettings, ExecutionLimits
from tests.data_source.conftest import MakeLogin, Open, eventually
from tests.data_source.servers import Proxy, server, welcome
from tests.data_source.test_pool import value

Keep = Callable[[Mapping[str, str]], Path]
ANA = Asker("ana")


def login_of(url: str) -> Login:
    """The user and password of a URL."""
    parts = conninfo_to_dict(url)
    return Login(str(parts["user"]), str(parts["password"]))


@pytest.fixture
def keep(tmp_path: Path) -> Keep:
    """Writes a file of logins: asker to URL."""

    def written(logins: Mapping[str, str]) -> Path:
        tables = [
            f'["{name}"]\nuser = "{login_of(url).user}"\npassword = "{login_of(url).password}"\n'
            for name, url in logins.items()
        ]
        file = tmp_path / "logins.toml"
        file.write_text("\n".join(tables))
        file.chmod(0o600)
        return file

    return written


async def who(source: DataSource, asker: Asker | None) -> str:
    """As whom the asker's question would run."""
    async with source.reader(asker) as reader:
        return str(await value(reader, "SELECT current_user"))


def said(error: BaseException) -> str:
    """All that an error says, and what it came from."""
    parts: list[str] = []
    link: BaseException | None = error
    while link is not None:
        facts = (link.hint, link.facts) if isinstance(link, DatabaseAIError) else ()
        parts += [str(link), repr(link), *map(str, facts)]
        link = link.__cause__
    return " ".join(parts)


async def test_each_asks_as_their_own_login(
    open_source: Open, reader_dsn: str, make_login: MakeLogin, keep: Keep
) -> None:
    ana, ben = await make_login(), await make_login()
    source = await open_source(reader_dsn, identity="login", login_file=keep({"ana": ana, "ben@x.org": ben}))
    assert await who(source, ANA) == login_of(ana).user
    assert await who(source, Asker("ben@x.org")) == login_of(ben).user
    assert await who(source, Asker("ana", login_of(ben))) == login_of(ben).user, "what came with the call"


@pytest.mark.parametrize("identity", ["login", "signed"])
async def test_nobody_is_not_the_shared_reader(
    admin: AsyncConnection[Any], open_source: Open, reader_dsn: str, identity: str
) -> None:
    await admin.execute(signed_identity_sql().encode())
    source = await open_source(reader_dsn, identity=identity, signing_key="ab" * 32)
    with pytest.raises(AskerMissing):
        await who(source, None)
    with pytest.raises(AskerMissing):
        await source.whose_catalog(None)


async def test_who_has_no_login_is_not_the_shared_reader(
    open_source: Open, reader_dsn: str, make_login: MakeLogin, keep: Keep
) -> None:
    source = await open_source(reader_dsn, identity="login", login_file=keep({"ana": await make_login()}))
    for name in ("ben", "ANA", "ana.x"):
        with pytest.raises(AskerUnknown):
            await who(source, Asker(name))
        with pytest.raises(AskerUnknown):
            await source.whose_catalog(Asker(name))


@pytest.mark.parametrize("identity", ["shared", "signed"])
async def test_a_login_that_came_with_the_call_is_not_passed_over(
    admin: AsyncConnection[Any], open_source: Open, reader_dsn: str, identity: str
) -> None:
    """Who brings one means to ask as it: the shared reader may see more."""
    await admin.execute(signed_identity_sql().encode())
    source = await open_source(reader_dsn, identity=identity, signing_key="ab" * 32)
    asker = Asker("ana", Login("ana", "secret"))
    with pytest.raises(AskerUnknown):
        await who(source, asker)
    with pytest.raises(AskerUnknown):
        await source.whose_catalog(asker)


async def test_wrong_password_is_told_without_it(
    open_source: Open, reader_dsn: str, make_login: MakeLogin, keep: Keep, caplog: pytest.LogCaptureFixture
) -> None:
    url = await make_login()
    user, right = login_of(url).user, login_of(url).password
    source = await open_source(reader_dsn, identity="login", login_file=keep({"ana": url}))
    for asker in (Asker("ana", Login(user, "wr0ng-secret")), Asker("x", Login("nobody", "wr0ng-secret"))):
        with pytest.raises(AskerLoginRefused) as refused:
            await who(source, asker)
        assert refused.value.facts["sqlstate"] == "28P01"
        for text in (said(refused.value), repr(asker), caplog.text):
            assert "wr0ng" not in text
    keep({"ana": url.replace(right, "wr0ng-secret")})
    with pytest.raises(AskerLoginRefused) as refused:
        await who(source, ANA)
    assert "wr0ng" not in said(refused.value)
    assert right not in said(refused.value)


async def test_the_readers_password_is_not_lent(open_source: Open, reader_dsn: str, tmp_path: Path) -> None:
    """A login without a proof of its own gets none of ours."""
    file = tmp_path / "logins.toml"
    file.write_text(f'[ana]\nuser = "{conninfo_to_dict(reader_dsn)["user"]}"\n')
    file.chmod(0o600)
    source = await open_source(reader_dsn, identity="login", login_file=file)
    with pytest.raises(AskerLoginRefused):
        await who(source, ANA)


async def test_a_server_that_asks_for_no_password_proves_nobody(open_source: Open, reader_dsn: str) -> None:
    """`trust` would let everybody in as anybody."""
    source = await open_source(reader_dsn, identity="login", connect_timeout_ms=2_000)
    async with server(welcome("18.0")) as port:
        there = f"postgresql://reader@127.0.0.1:{port}/x"
        logins = own_logins.OwnLogins(Address(there, "x"), source._settings, ExecutionLimits())
        with pytest.raises(AskerLoginRefused, match="without looking"):
            async with logins.lend(Asker("ana", Login("ana", "secret"))):
                pass


async def test_password_changed_while_we_run(
    admin: AsyncConnection[Any], open_source: Open, reader_dsn: str, make_login: MakeLogin, keep: Keep
) -> None:
    url = await make_login()
    login = login_of(url)
    source = await open_source(reader_dsn, identity="login", login_file=keep({"ana": url}))
    assert await who(source, ANA) == login.user
    await admin.execute(f"ALTER ROLE {login.user} PASSWORD 'another'".encode())
    with pytest.raises(AskerLoginRefused):
        await who(source, ANA)
    keep({"ana": url.replace(login.password, "another")})
    assert await who(source, ANA) == login.user
    keep({"ben": url})
    with pytest.raises(AskerUnknown):
        await who(source, ANA)


async def test_a_connection_is_for_one_use(
    admin: AsyncConnection[Any], open_source: Open, reader_dsn: str, make_login: MakeLogin
) -> None:
    asker = Asker("ana", login_of(await make_login()))
    source = await open_source(reader_dsn, identity="login")
    async with source.reader(asker) as reader:
        first = reader.info.backend_pid
        assert reader.prepare_threshold is None
        assert await value(reader, "SHOW default_transaction_read_only") == "on"
    assert reader.closed
    async with source.reader(asker) as reader:
        assert reader.info.backend_pid != first

    async def gone() -> bool:
        count = f"SELECT count(*) FROM pg_stat_activity WHERE usename = '{asker.login and asker.login.user}'"
        return not await value(admin, count)

    await eventually(gone)


async def test_a_powerful_login_is_refused_each_time(
    admin: AsyncConnection[Any],
    open_source: Open,
    reader_dsn: str,
    make_login: MakeLogin,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await admin.execute("CREATE TABLE a (n int)")
    asker = Asker("ana", login_of(await make_login()))
    user = asker.login and asker.login.user
    source = await open_source(reader_dsn, identity="login")
    assert await who(source, asker)
    await admin.execute(f"ALTER ROLE {user} CREATEDB".encode())
    with pytest.raises(ReaderTooPowerful):
        await who(source, asker)
    await admin.execute(f"ALTER ROLE {user} NOCREATEDB; GRANT INSERT ON a TO {user}".encode())
    monkeypatch.setattr(standing, "AUDIT_INTERVAL_S", 0.0)
    with pytest.raises(ReaderTooPowerful):
        await who(source, asker)


async def test_one_login_leaves_the_others_their_turn(
    open_source: Open, reader_dsn: str, make_login: MakeLogin
) -> None:
    ana, ben = Asker("ana", login_of(await make_login())), Asker("ben", login_of(await make_login()))
    source = await open_source(reader_dsn, identity="login", connections_per_login=2, pool_timeout_ms=200)
    async with source.reader(ana), source.reader(ana):
        with pytest.raises(DataSourceBusy, match="this login has 2 connections open"):
            await who(source, ana)
        assert await who(source, ben)
    assert await who(source, ana)


async def test_all_together_have_a_limit(open_source: Open, reader_dsn: str, make_login: MakeLogin) -> None:
    ana, ben = Asker("ana", login_of(await make_login())), Asker("ben", login_of(await make_login()))
    source = await open_source(reader_dsn, identity="login", login_connections=2, pool_timeout_ms=5_000)
    async with source.reader(ana):
        async with source.reader(ben):
            waiting = asyncio.create_task(who(source, ben))
            done, _ = await asyncio.wait({waiting}, timeout=0.2)
            assert not done
        assert await waiting


@pytest.mark.parametrize(("limit", "share"), [(1, 1), (2, 1), (3, 2), (9, 3)])
async def test_a_logins_own_limit_is_not_used_up(
    open_source: Open, reader_dsn: str, make_login: MakeLogin, limit: int, share: int
) -> None:
    url = await make_login(f"ALTER ROLE {{login}} CONNECTION LIMIT {limit}")
    asker = Asker("ana", login_of(url))
    source = await open_source(reader_dsn, identity="login", pool_timeout_ms=1_000)
    assert await who(source, asker)
    assert source._own_logins._turns.share(login_of(url).user) == share


async def test_a_login_without_a_connection_left_is_waited_for(
    open_source: Open, reader_dsn: str, make_login: MakeLogin
) -> None:
    """Its person works with it elsewhere."""
    url = await make_login("ALTER ROLE {login} CONNECTION LIMIT 1")
    asker = Asker("ana", login_of(url))
    source = await open_source(reader_dsn, identity="login", pool_timeout_ms=400)
    async with await psycopg.AsyncConnection.connect(url):
        began = time.monotonic()
        with pytest.raises(DataSourceBusy):
            await who(source, asker)
        assert time.monotonic() - began < 3
    assert await who(source, asker)


async def test_an_asker_who_leaves_takes_nothing_along(
    admin: AsyncConnection[Any], open_source: Open, reader_dsn: str, make_login: MakeLogin
) -> None:
    asker = Asker("ana", login_of(await make_login()))
    source = await open_source(reader_dsn, identity="login", connections_per_login=1)

    async def ask() -> None:
        async with source.reader(asker) as reader:
            await reader.execute("SELECT pg_sleep(120)")

    async def sleeping() -> bool:
        asleep = "datname = current_database() AND wait_event = 'PgSleep'"
        return bool(await value(admin, f"SELECT count(*) FROM pg_stat_activity WHERE {asleep}"))

    asking = asyncio.create_task(ask())
    await eventually(sleeping)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert not await sleeping()
    for pause_s in (0.0, 0.001, 0.004):
        leaving = asyncio.create_task(who(source, asker))
        await asyncio.wait({leaving}, timeout=pause_s)
        leaving.cancel()
        await asyncio.wait({leaving})
    assert await who(source, asker), "no turn was lost"


async def test_an_admitted_login_is_not_asked_again_for_a_minute(
    admin: AsyncConnection[Any],
    open_source: Open,
    reader_dsn: str,
    make_login: MakeLogin,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    login = login_of(await make_login())
    source = await open_source(reader_dsn, identity="login")
    key = await source.whose_catalog(Asker("ana", login))
    assert login.password not in str(key)
    assert await source.whose_catalog(Asker("x", login)) == key
    with pytest.raises(AskerLoginRefused):
        await source.whose_catalog(Asker("ana", Login(login.user, "wrong")))
    await admin.execute(f"ALTER ROLE {login.user} NOLOGIN".encode())
    assert await source.whose_catalog(Asker("ana", login)) == key
    monkeypatch.setattr(own_logins, "ADMITTED_S", 0.0)
    with pytest.raises(AskerLoginRefused):
        await source.whose_catalog(Asker("ana", login))


async def test_a_server_that_goes_away_is_told(
    open_source: Open, proxied_dsn: str, make_login: MakeLogin, proxy: Proxy
) -> None:
    asker = Asker("ana", login_of(await make_login()))
    source = await open_source(proxied_dsn, identity="login", connect_timeout_ms=400)
    path, proxy._path = proxy._path, "/nowhere"
    with pytest.raises(DataSourceUnreachable):
        await who(source, asker)
    proxy._path = path
    assert await who(source, asker)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("s3cret", "no TOML"),
        ('[ana]\nuser = "a"\npassword = s3cret', "no TOML at line 3"),
        ('[ana]\npassword = "s3cret"', "entry 1 is no login"),
        ('[ana]\nuser = "a"\npassword = 7', "entry 1 is no login"),
        ('ana = "s3cret"', "entry 1 is no login"),
        ('[ana]\nuser = "a"\npassword = "s3cret"\nhost = "elsewhere"', "entry 1 is no login"),
        ('[ana]\nuser = "a"\noptions = "-c role=s3cret"', "entry 1 is no login"),
        ('[ana]\nuser = "a"\npassword = "s3cret\\u0000"', "no TOML|no login"),
    ],
)
async def test_a_file_of_logins_that_is_none(
    open_source: Open, reader_dsn: str, tmp_path: Path, content: str, why: str
) -> None:
    file = tmp_path / "logins.toml"
    file.write_text(content)
    file.chmod(0o600)
    with pytest.raises(IdentityNotReady, match=why) as refused:
        await open_source(reader_dsn, identity="login", login_file=file)
    assert "s3cret" not in said(refused.value)


async def test_a_file_of_logins_that_others_may_read(
    open_source: Open, reader_dsn: str, make_login: MakeLogin, keep: Keep, tmp_path: Path
) -> None:
    file = keep({"ana": await make_login()})
    source = await open_source(reader_dsn, identity="login", login_file=file)
    for mode in (0o640, 0o604, 0o620, 0o602):
        file.chmod(mode)
        with pytest.raises(IdentityNotReady, match="others may read"):
            await who(source, ANA)
    file.chmod(0o400)
    assert await who(source, ANA)
    os.mkfifo(tmp_path / "pipe", 0o600)
    for other in (tmp_path, tmp_path / "pipe", tmp_path / "nowhere"):
        with pytest.raises(IdentityNotReady):
            await open_source(reader_dsn, identity="login", login_file=other)


@pytest.mark.parametrize("name", ["", " ana", "ana\n", "a\0b", "x" * 201])
def test_an_asker_has_a_name(name: str) -> None:
    with pytest.raises(RequestInvalid):
        Asker(name)
    with pytest.raises(RequestInvalid):
        Login(name, "secret")


def test_a_login_has_a_password() -> None:
    """An empty one would let libpq look for another elsewhere."""
    with pytest.raises(RequestInvalid):
        Login("ana", "")


async def test_a_turn_lasts_until_its_connection_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when the asker is stopped meanwhile: the login's CONNECTION LIMIT counts it still."""
    closing, closed = asyncio.Event(), asyncio.Event()

    class Slow:
        closed = True

        async def close(self) -> None:
            closing.set()
            await closed.wait()

    async def connected(*_: object) -> Slow:
        return Slow()

    settings = DataSourceSettings(identity="login", connections_per_login=1, pool_timeout_ms=50)
    logins = own_logins.OwnLogins(Address("host=127.0.0.1 port=9", "x"), settings, ExecutionLimits())
    monkeypatch.setattr(logins, "_connect", connected)

    async def ask() -> None:
        async with logins.lend(Asker("ana", Login("ana_reads", "x"))):
            pass

    asking = asyncio.create_task(ask())
    await closing.wait()
    asking.cancel()
    await asyncio.wait([asking])
    with pytest.raises(DataSourceBusy):
        await asyncio.wait_for(ask(), 5)
    closed.set()
    await logins.close()
    await ask()

"""The pool lends checked, clean connections, survives its server, and lets go of what hangs."""

import asyncio
import time
from typing import Any

import psycopg
import pytest
from psycopg import AsyncConnection

from databaseai.data_source import DataSource, cancel, standing
from databaseai.errors import (
    DatabaseAIError,
    DataSourceBusy,
    DataSourceLoginRefused,
    DataSourceUnreachable,
    ReaderTooPowerful,
)
from tests.data_source.conftest import MakeLogin, Open, eventually
from tests.data_source.servers import Proxy


async def value(connection: AsyncConnection[Any], query: str) -> Any:
    """The one value of a query."""
    row = await (await connection.execute(query.encode())).fetchone()
    assert row is not None
    return row[0]


async def pid_of(source: DataSource) -> int:
    """Backend of the connection that is lent next."""
    async with source.reader() as reader:
        return reader.info.backend_pid


async def test_reads(admin: AsyncConnection[Any], open_source: Open, reader_dsn: str) -> None:
    await admin.execute("CREATE TABLE a AS SELECT 7 AS n")
    source = await open_source(reader_dsn)
    async with source.reader() as reader:
        assert await value(reader, "SELECT n FROM public.a") == 7
        assert reader.autocommit
    assert source.name.startswith("local:5432/test_")
    assert source.server_version >= 150_000


async def test_same_connection_comes_again_and_clean(open_source: Open, reader_dsn: str) -> None:
    source = await open_source(reader_dsn, pool_size=1)
    async with source.reader() as reader:
        pid = reader.info.backend_pid
        await reader.execute("SET search_path = nowhere")
        await reader.execute("PREPARE p AS SELECT 1")
        await reader.execute("SELECT pg_advisory_lock(1)")
    async with source.reader() as reader:
        assert reader.info.backend_pid == pid
        assert await value(reader, "SHOW search_path") == '"$user", public'
        assert await value(reader, "SELECT count(*) FROM pg_prepared_statements") == 0
        assert await value(reader, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == 0


@pytest.mark.parametrize("way", ["transaction left open", "error inside", "failed transaction"])
async def test_dirty_connection_is_closed(open_source: Open, reader_dsn: str, way: str) -> None:
    source = await open_source(reader_dsn, pool_size=1)
    pid = await pid_of(source)
    if way == "transaction left open":
        async with source.reader() as reader:
            await reader.execute("BEGIN")
    elif way == "error inside":
        with pytest.raises(psycopg.errors.DivisionByZero):
            async with source.reader() as reader:
                await reader.execute("SELECT 1/0")
    else:
        async with source.reader() as reader:
            await reader.execute("BEGIN")
            with pytest.raises(psycopg.errors.DivisionByZero):
                await reader.execute("SELECT 1/0")
    assert await pid_of(source) != pid


async def test_role_settings_do_not_reach_us(open_source: Open, make_login: MakeLogin) -> None:
    """What the login brings along is overruled, the first time and after each DISCARD ALL."""
    url = await make_login(
        "ALTER ROLE {login} SET standard_conforming_strings = off",
        "ALTER ROLE {login} SET DateStyle = 'SQL, DMY'",
        "ALTER ROLE {login} SET IntervalStyle = 'sql_standard'",
        "ALTER ROLE {login} SET bytea_output = 'escape'",
        "ALTER ROLE {login} SET extra_float_digits = -5",
        "ALTER ROLE {login} SET client_encoding = 'LATIN1'",
        "ALTER ROLE {login} SET default_transaction_read_only = off",
        "ALTER ROLE {login} SET temp_file_limit = '1MB'",
    )
    source = await open_source(url + "&client_encoding=LATIN1", pool_size=1)
    for _ in range(2):
        async with source.reader() as reader:
            assert await value(reader, "SHOW standard_conforming_strings") == "on"
            assert await value(reader, "SHOW DateStyle") == "ISO, DMY"
            assert await value(reader, "SHOW IntervalStyle") == "postgres"
            assert await value(reader, "SELECT '\\x01'::bytea::text") == "\\x01"
            assert await value(reader, "SELECT (0.1::float8 + 0.2)::text") == "0.30000000000000004"
            assert await value(reader, "SHOW client_encoding") == "UTF8"
            assert await value(reader, "SELECT 'ü€'") == "ü€"
            assert await value(reader, "SHOW transaction_read_only") == "on"


async def test_full_pool_says_busy_in_time(open_source: Open, reader_dsn: str) -> None:
    source = await open_source(reader_dsn, pool_size=1, pool_timeout_ms=200)
    async with source.reader():
        began = time.monotonic()
        with pytest.raises(DataSourceBusy):
            async with source.reader():
                pass
        assert 0.1 < time.monotonic() - began < 3
    assert await pid_of(source)


async def test_waiting_asker_gets_the_next_free_connection(open_source: Open, reader_dsn: str) -> None:
    source = await open_source(reader_dsn, pool_size=1)
    async with source.reader():
        waiting = asyncio.create_task(pid_of(source))
        done, _ = await asyncio.wait({waiting}, timeout=0.1)
        assert not done
    assert await waiting


async def test_asker_who_leaves_while_waiting_takes_nothing(open_source: Open, reader_dsn: str) -> None:
    source = await open_source(reader_dsn, pool_size=1, pool_timeout_ms=2_000)
    for rounds in range(5):
        async with source.reader():
            waiting = [asyncio.create_task(pid_of(source)) for _ in range(3)]
            await asyncio.wait(waiting, timeout=0.01 * rounds)
            for task in waiting:
                task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    assert await pid_of(source)


async def test_asker_who_leaves_in_the_moment_of_getting_keeps_nothing(
    open_source: Open, reader_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = await open_source(reader_dsn, pool_size=1, pool_timeout_ms=500)
    getconn = source._pool.getconn

    async def get_and_leave(within_s: float) -> AsyncConnection[Any]:
        connection = await getconn(within_s)
        asking.cancel()
        return connection

    with monkeypatch.context() as patched:
        patched.setattr(source._pool, "getconn", get_and_leave)
        asking = asyncio.create_task(pid_of(source))
        with pytest.raises(asyncio.CancelledError):
            await asking
    assert await pid_of(source)


async def test_killed_connections_are_replaced_without_an_error(
    admin: AsyncConnection[Any], open_source: Open, reader_dsn: str
) -> None:
    source = await open_source(reader_dsn, pool_size=3)
    async with source.reader(), source.reader(), source.reader():
        pass
    killed = await value(
        admin,
        "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
        " WHERE usename = 'databaseai_reader' AND datname = current_database()",
    )
    assert killed == 3
    for _ in range(4):
        assert await pid_of(source)


async def test_cut_network_is_no_error_for_the_next_asker(
    open_source: Open, proxied_dsn: str, proxy: Proxy
) -> None:
    source = await open_source(proxied_dsn, pool_size=2)
    async with source.reader(), source.reader():
        pass
    proxy.cut()
    assert await pid_of(source)


async def test_silent_network_is_noticed(open_source: Open, proxied_dsn: str, proxy: Proxy) -> None:
    source = await open_source(proxied_dsn, pool_size=2, connect_timeout_ms=300, pool_timeout_ms=3_000)
    proxy.freeze()
    with pytest.raises(DataSourceUnreachable):
        await pid_of(source)
    proxy.thaw()
    assert await pid_of(source)


async def test_server_that_went_away_and_came_back(open_source: Open, proxied_dsn: str, proxy: Proxy) -> None:
    """The asker waits a moment for a server that restarts, and is told when it stays away."""
    source = await open_source(proxied_dsn, connect_timeout_ms=2_000)
    path, proxy._path = proxy._path, "/nowhere"
    proxy.cut()
    asking = asyncio.create_task(pid_of(source))
    done, _ = await asyncio.wait({asking}, timeout=0.5)
    assert not done
    proxy._path = path
    assert await asking

    proxy._path = "/nowhere"
    proxy.cut()
    began = time.monotonic()
    with pytest.raises(DataSourceUnreachable):
        await pid_of(source)
    assert time.monotonic() - began < 6
    proxy._path = path
    assert await pid_of(source)


async def test_power_gained_later_is_seen_at_the_next_question(
    admin: AsyncConnection[Any], open_source: Open, make_login: MakeLogin
) -> None:
    url = await make_login()
    source = await open_source(url)
    user = psycopg.conninfo.conninfo_to_dict(url)["user"]
    await admin.execute(f"ALTER ROLE {user} CREATEDB".encode())
    with pytest.raises(ReaderTooPowerful):
        await pid_of(source)
    await admin.execute(f"ALTER ROLE {user} NOCREATEDB".encode())
    assert await pid_of(source)
    await admin.execute(f"GRANT pg_signal_backend TO {user}".encode())
    with pytest.raises(ReaderTooPowerful):
        await pid_of(source)


async def test_grant_gained_later_is_seen_within_the_interval(
    admin: AsyncConnection[Any], open_source: Open, make_login: MakeLogin, monkeypatch: pytest.MonkeyPatch
) -> None:
    await admin.execute("CREATE TABLE a (n int)")
    source = await open_source(await make_login())
    await admin.execute("GRANT INSERT ON a TO PUBLIC")
    assert await pid_of(source)
    monkeypatch.setattr(standing, "AUDIT_INTERVAL_S", 0.0)
    with pytest.raises(ReaderTooPowerful):
        await pid_of(source)


async def test_login_dropped_while_connected(
    admin: AsyncConnection[Any], open_source: Open, make_login: MakeLogin
) -> None:
    url = await make_login()
    source = await open_source(url)
    user = psycopg.conninfo.conninfo_to_dict(url)["user"]
    await admin.execute(f"DROP OWNED BY {user}; DROP ROLE {user}".encode())
    try:
        with pytest.raises(DataSourceLoginRefused):
            await pid_of(source)
    finally:
        await admin.execute(f"CREATE ROLE {user}".encode())  # for the fixture to drop


async def sleeping(admin: AsyncConnection[Any]) -> bool:
    """Whether the server sleeps for somebody in this database."""
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"
    )
    return bool(await value(admin, query))


async def test_cancelled_asker_leaves_no_query(
    admin: AsyncConnection[Any], open_source: Open, reader_dsn: str
) -> None:
    source = await open_source(reader_dsn, pool_size=1)

    async def ask() -> None:
        async with source.reader() as reader:
            await reader.execute("SELECT pg_sleep(120)")

    asking = asyncio.create_task(ask())
    await eventually(lambda: sleeping(admin))
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking

    async def over() -> bool:
        return not await sleeping(admin)

    await eventually(over)
    assert await pid_of(source)


async def test_query_left_behind_is_ended(
    admin: AsyncConnection[Any], open_source: Open, reader_dsn: str
) -> None:
    """One that another task still runs when the asker gives the connection back."""
    source = await open_source(reader_dsn)
    async with source.reader() as reader:
        running = asyncio.create_task(reader.execute("SELECT pg_sleep(120)"))
        await eventually(lambda: sleeping(admin))
    with pytest.raises(psycopg.errors.QueryCanceled):
        await running
    assert reader.closed


async def test_cancel_ends_the_query(admin: AsyncConnection[Any], open_source: Open, reader_dsn: str) -> None:
    source = await open_source(reader_dsn)
    async with source.reader() as reader:
        running = asyncio.create_task(reader.execute("SELECT pg_sleep(120)"))
        await eventually(lambda: sleeping(admin))
        await cancel(reader)
        with pytest.raises(psycopg.errors.QueryCanceled):
            await running


async def test_cancel_cuts_what_does_not_listen(
    admin: AsyncConnection[Any], open_source: Open, proxied_dsn: str, proxy: Proxy
) -> None:
    source = await open_source(proxied_dsn)
    async with source.reader() as reader:
        running = asyncio.create_task(reader.execute("SELECT pg_sleep(120)"))
        await eventually(lambda: sleeping(admin))
        proxy.freeze()
        began = time.monotonic()
        await cancel(reader, grace_ms=200)
        with pytest.raises(psycopg.OperationalError):
            await running
        assert time.monotonic() - began < 3
    proxy.thaw()


async def test_cancel_of_an_idle_connection_does_nothing(open_source: Open, reader_dsn: str) -> None:
    source = await open_source(reader_dsn)
    async with source.reader() as reader:
        await cancel(reader)
        assert await value(reader, "SELECT 1") == 1


async def test_closed_source_refuses(open_source: Open, reader_dsn: str) -> None:
    source = await open_source(reader_dsn)
    await source.close()
    with pytest.raises(DatabaseAIError):
        await pid_of(source)


LEFT_BEHIND = [
    ("CREATE TEMP TABLE left_behind AS SELECT 1 AS n", "SELECT to_regclass('pg_temp.left_behind')::text"),
    ("SET work_mem = '77kB'", "SHOW work_mem"),
    ("SET statement_timeout = 77777", "SHOW statement_timeout"),
    ("SET search_path = pg_temp", "SHOW search_path"),
    ("SET TIME ZONE 'Asia/Tokyo'", "SHOW TimeZone"),
    ("SET client_encoding = 'LATIN1'", "SHOW client_encoding"),
    ("SET row_security = off", "SHOW row_security"),
    ("SET default_transaction_read_only = off", "SHOW default_transaction_read_only"),
    ("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE", "SHOW transaction_read_only"),
    ("SET my.secret = 'kept'", "SELECT nullif(current_setting('my.secret', true), '')"),
    ("SET databaseai.asker = 'ben'", "SELECT nullif(current_setting('databaseai.asker', true), '')"),
    ("SET ROLE other", "SELECT current_user = session_user"),
    ("LISTEN gossip", "SELECT count(*) FROM pg_listening_channels()"),
    ("SELECT pg_advisory_lock(7)", "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"),
    ("SELECT pg_advisory_lock_shared(7)", "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"),
    ("DECLARE c CURSOR WITH HOLD FOR SELECT 1", "SELECT count(*) FROM pg_cursors"),
    ("PREPARE p AS SELECT 1", "SELECT count(*) FROM pg_prepared_statements"),
]


async def test_nothing_of_an_asker_is_left_for_the_next(
    admin: AsyncConnection[Any], open_source: Open, make_login: MakeLogin
) -> None:
    """Whatever a hole in the gate lets a statement do to the session."""
    await admin.execute("DROP ROLE IF EXISTS other; CREATE ROLE other")
    source = await open_source(
        await make_login("GRANT TEMP ON DATABASE {database} TO {login}", "GRANT other TO {login}"),
        pool_size=1,
    )
    for poison, look in LEFT_BEHIND:
        async with source.reader() as reader:
            pid, clean = reader.info.backend_pid, await value(reader, look)
            if "TEMP TABLE" in poison:
                await reader.execute("SET default_transaction_read_only = off")
            await reader.execute(poison.encode())
            assert await value(reader, look) != clean, f"{poison} works"
        async with source.reader() as reader:
            assert reader.info.backend_pid == pid
            assert await value(reader, look) == clean, poison
    await admin.execute("DROP OWNED BY other; DROP ROLE other")


@pytest.mark.parametrize("change", ["autocommit", "row_factory", "prepare_threshold"])
async def test_a_connection_changed_on_our_side_is_closed(
    open_source: Open, reader_dsn: str, change: str
) -> None:
    source = await open_source(reader_dsn, pool_size=1)
    async with source.reader() as reader:
        if change == "autocommit":
            await reader.set_autocommit(False)
        elif change == "row_factory":
            reader.row_factory = psycopg.rows.dict_row
        else:
            reader.prepare_threshold = 0
    assert reader.closed
    async with source.reader() as reader:
        assert await value(reader, "SELECT 1") == 1


async def test_statements_are_never_prepared(open_source: Open, reader_dsn: str) -> None:
    """DISCARD ALL would forget them behind psycopg's back, after its fifth time in the default."""
    source = await open_source(reader_dsn, pool_size=1)
    for _ in range(3):
        async with source.reader() as reader:
            for number in range(8):
                row = await (await reader.execute("SELECT %s::int", [number])).fetchone()
                assert row == (number,)
            assert await value(reader, "SELECT count(*) FROM pg_prepared_statements") == 0


async def test_a_password_changed_on_the_server_is_told_when_it_is_needed(
    admin: AsyncConnection[Any], open_source: Open, make_login: MakeLogin
) -> None:
    """What is connected goes on; a new connection is refused, in words of its own."""
    url = await make_login()
    user = psycopg.conninfo.conninfo_to_dict(url)["user"]
    source = await open_source(url, pool_size=1)
    await admin.execute(f"ALTER ROLE {user} PASSWORD 'another'".encode())
    pid = await pid_of(source)
    await value(admin, f"SELECT pg_terminate_backend({pid}, 5000)")
    with pytest.raises(DataSourceLoginRefused):
        await pid_of(source)

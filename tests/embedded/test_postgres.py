"""The embedded PostgreSQL: private, alone, gone with its parent, back after every crash."""

import asyncio
import json
import os
import shutil
import signal
import stat
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from databaseai.data_source import DataSource
from databaseai.embedded import postgres_place, postgres_tree, process
from databaseai.embedded.postgres import EmbeddedPostgres
from databaseai.embedded.postgres_url import url
from databaseai.embedded.reader import ensure_database, ensure_reader
from databaseai.errors import (
    AlreadyRunning,
    DiskFull,
    EmbeddedPostgresFailed,
    HomeNotWritable,
    ReaderTooPowerful,
)
from databaseai.settings import DataSourceSettings, ExecutionLimits
from tests import debian
from tests.data_source.conftest import eventually
from tests.embedded.conftest import MakeServer


async def value(dsn: str, query: str) -> Any:
    """The one value of a query."""
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
        row = await (await connection.execute(query.encode())).fetchone()
        return row and row[0]


def mode(path: Path) -> int:
    """Permission bits."""
    return stat.S_IMODE(path.stat().st_mode)


def working_in(data: Path) -> list[psutil.Process]:
    """Every process of the server, also those whose parent is gone."""
    found = []
    for one in psutil.process_iter():
        try:
            if one.cwd() == str(data):
                found.append(one)
        except psutil.Error:
            continue
    return found


def none_in(data: Path) -> Callable[[], Awaitable[bool]]:
    """Whether all of them are gone."""

    async def gone() -> bool:
        return not working_in(data)

    return gone


async def parent(home: Path, action: str = "write") -> tuple[asyncio.subprocess.Process, dict[str, Any]]:
    """A process that started a server in `home`, and what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(Path(__file__).with_name("parent.py")),
        str(home),
        action,
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), 120)
    return process, json.loads(line)


async def test_files_are_private(postgres: EmbeddedPostgres) -> None:
    root = postgres.data.parent
    assert mode(postgres.data) == 0o700
    assert mode(root / "socket") == 0o700
    assert mode(root) == (0o711 if os.geteuid() == 0 else 0o700)
    for name in ("password", "lock", "postgres.log"):
        assert mode(root / name) == 0o600
    for path in postgres.data.rglob("*"):
        assert mode(path) & 0o077 == 0, path


async def test_nobody_enters_without_the_password(postgres: EmbeddedPostgres) -> None:
    """Over every way that exists: there is no port, and the socket asks for scram."""
    assert postgres.pid is not None
    socket = postgres.data.parent / "socket"
    for password in (None, "", "wrong"):
        for user in ("postgres", "root", "nobody"):
            with pytest.raises(psycopg.OperationalError):
                await value(url(socket, "postgres", user, password), "SELECT 1")
    process = psutil.Process(postgres.pid)
    assert not [one for one in process.net_connections("inet") if one.status == psutil.CONN_LISTEN]
    rules = [
        line.split()[-1]
        for line in (postgres.data / "pg_hba.conf").read_text().splitlines()
        if line.strip() and not line.startswith("#")
    ]
    assert set(rules) == {"scram-sha-256"}


async def test_settings(postgres: EmbeddedPostgres) -> None:
    expected = {
        "listen_addresses": "",
        "jit": "off",
        "data_checksums": "on",
        "password_encryption": "scram-sha-256",
        "server_encoding": "UTF8",
        "log_min_messages": "log",
        "max_wal_senders": "0",
    }
    for name, wanted in expected.items():
        assert await value(postgres.dsn("postgres"), f"SHOW {name}") == wanted
    assert await value(postgres.dsn("postgres"), "SELECT upper('ä')") == "Ä"


async def test_errors_of_queries_are_not_logged(postgres: EmbeddedPostgres) -> None:
    """A cast's error holds the value."""
    with pytest.raises(psycopg.errors.InvalidTextRepresentation):
        await value(postgres.dsn("postgres"), "SELECT 'cell-value-7'::int")
    assert b"cell-value-7" not in postgres.log.read_bytes()


@pytest.mark.usefixtures("copied")
async def test_stop_and_start_keep_data_and_password(make_server: MakeServer) -> None:
    server = make_server()
    await server.start()
    async with await psycopg.AsyncConnection.connect(server.dsn("postgres"), autocommit=True) as connection:
        await connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    before = server.dsn("postgres")
    await server.stop()
    assert server.pid is None
    assert not await server.healthy()
    assert b"database system is shut down" in server.log.read_bytes()
    await server.start()
    assert server.dsn("postgres") == before
    assert await value(server.dsn("postgres"), "SELECT n FROM kept") == 7
    assert b"was not properly shut down" not in server.log.read_bytes()


async def test_second_start_is_told_who_runs(postgres: EmbeddedPostgres, make_server: MakeServer) -> None:
    with pytest.raises(AlreadyRunning) as refused:
        await make_server(postgres.home).start()
    assert refused.value.facts["pid"] == os.getpid()
    assert await postgres.healthy()


async def test_path_with_spaces_and_umlauts(make_server: MakeServer, folder: Path) -> None:
    server = make_server(folder / "Büro daten 'n' \"x\" ü, y:z 日本")
    await server.start()
    assert await value(server.dsn("postgres"), "SELECT 1") == 1


async def test_sqlalchemy_takes_the_url(postgres: EmbeddedPostgres) -> None:
    """The store does, with its own scheme before it."""
    engine = create_async_engine(postgres.dsn("postgres").replace("postgresql://", "postgresql+psycopg://"))
    async with engine.connect() as connection:
        assert (await connection.execute(text("SELECT 1"))).scalar() == 1
    await engine.dispose()


async def test_path_too_long_for_a_socket(make_server: MakeServer, folder: Path) -> None:
    server = make_server(folder / ("long" * 30))
    await server.start()
    socket = (server.data.parent / "socket").resolve()
    assert mode(socket) == 0o700
    assert await value(server.dsn("postgres"), "SELECT 1") == 1
    await server.stop()
    assert not socket.exists()


@pytest.mark.usefixtures("copied")
async def test_killed_server_is_started_again(make_server: MakeServer) -> None:
    server = make_server()
    await server.start()
    async with await psycopg.AsyncConnection.connect(server.dsn("postgres"), autocommit=True) as connection:
        await connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)

    async def back() -> bool:
        return server.restarts == 1 and await server.healthy()

    await eventually(back, 60)
    assert await value(server.dsn("postgres"), "SELECT n FROM kept") == 7


@pytest.mark.usefixtures("copied")
async def test_server_that_keeps_dying_is_left_dead(make_server: MakeServer) -> None:
    server = make_server()
    await server.start()

    async def given_up() -> bool:
        if server.pid is not None and await server.healthy():
            os.kill(server.pid, signal.SIGKILL)
        return server.given_up

    await eventually(given_up, 120)
    assert server.restarts <= 5
    with pytest.raises(EmbeddedPostgresFailed):
        server.dsn("postgres")


@pytest.mark.usefixtures("copied")
async def test_nothing_outlives_a_killed_parent(folder: Path, make_server: MakeServer) -> None:
    """Not even a backend in the middle of a query; what was committed is there at the next start."""
    starter, said = await parent(folder)
    data = Path(said["data"])
    assert len(working_in(data)) > 3
    starter.kill()
    await starter.wait()
    await eventually(none_in(data), 10)
    server = make_server()
    await server.start()
    assert await value(server.dsn("postgres"), "SELECT count(*) FROM kept") == 1000


@pytest.mark.usefixtures("copied")
async def test_start_while_the_orphans_still_end(folder: Path, make_server: MakeServer) -> None:
    starter, _ = await parent(folder)
    starter.kill()
    await starter.wait()
    server = make_server()
    await server.start()
    assert await value(server.dsn("postgres"), "SELECT count(*) FROM kept") == 1000


@pytest.mark.usefixtures("copied")
async def test_start_ends_what_a_crash_left_running(folder: Path, make_server: MakeServer) -> None:
    """A server whose parent died without the death signal (another kernel) is ended first."""
    starter, said = await parent(folder)
    postgres = psutil.Process(said["pid"])
    postgres.suspend()  # the death signal is taken only when it goes on
    starter.kill()
    await starter.wait()
    server = make_server()
    starting = asyncio.create_task(server.start())
    done, _ = await asyncio.wait({starting}, timeout=0.2)
    postgres.resume()
    assert not done
    await starting
    assert server.pid != said["pid"]
    assert await value(server.dsn("postgres"), "SELECT count(*) FROM kept") == 1000


def names(directory: Path) -> list[str]:
    """Its entries."""
    return [path.name for path in directory.iterdir()]


def write(path: Path, text: str) -> None:
    """What a crash or a person left in a file."""
    path.write_text(text)


async def test_stale_pid_file_is_no_obstacle(make_server: MakeServer, copied: Path) -> None:
    """Its pid may be anybody's by now."""
    server = make_server()
    write(copied / "data" / "postmaster.pid", f"{os.getpid()}\n{copied}\n1\n5432\n/nowhere\n\n1 1\n")
    await server.start()
    assert await server.healthy()


async def test_half_made_cluster_is_made_again(make_server: MakeServer, copied: Path) -> None:
    (copied / "data").rename(copied / "data.new-half")
    server = make_server()
    await server.start()
    assert await server.healthy()
    assert not [name for name in names(copied) if name.startswith("data.new")]


async def test_another_major_version_is_refused(make_server: MakeServer, copied: Path) -> None:
    write(copied / "data" / "PG_VERSION", "16\n")
    with pytest.raises(EmbeddedPostgresFailed) as refused:
        await make_server().start()
    assert "was written by PostgreSQL 16; this is 18" in refused.value.detail
    assert refused.value.facts["data_major"] == 16


@pytest.mark.parametrize("lost", ["gone", "wrong"])
async def test_lost_password_is_told(make_server: MakeServer, copied: Path, lost: str) -> None:
    server = make_server()
    password = copied / "password"
    if lost == "gone":
        password.unlink()
    else:
        password.write_text("another")
    with pytest.raises(EmbeddedPostgresFailed, match="password"):
        await server.start()
    assert server.pid is None


@pytest.mark.usefixtures("copied")
async def test_failed_start_leaves_nothing(make_server: MakeServer) -> None:
    server = make_server(options={"max_prepared_transactions": "never"})
    with pytest.raises(EmbeddedPostgresFailed) as failed:
        await server.start()
    assert "max_prepared_transactions" in failed.value.detail
    assert not working_in(server.data)
    again = make_server()
    await again.start()
    assert await again.healthy()


async def test_no_postgres_in_bin_dir(make_server: MakeServer, folder: Path) -> None:
    with pytest.raises(EmbeddedPostgresFailed, match="holds no PostgreSQL"):
        await make_server(bin_dir=folder).start()


async def test_home_is_a_file(make_server: MakeServer, folder: Path) -> None:
    (folder / "file").write_text("")
    with pytest.raises(HomeNotWritable):
        await make_server(folder / "file").start()


async def test_too_little_space(make_server: MakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_place, "FREE_BYTES", 1 << 60)
    with pytest.raises(DiskFull):
        await make_server().start()


@pytest.mark.usefixtures("copied")
async def test_one_query_cannot_take_all_memory(make_server: MakeServer) -> None:
    """It gets an error of its own, in a function that looks for no cancel; the server and others live on."""
    server = make_server(server_memory_mb=64)
    await server.start()
    pid = server.pid
    async with await psycopg.AsyncConnection.connect(server.dsn("postgres"), autocommit=True) as connection:
        with pytest.raises(psycopg.errors.OutOfMemory):
            await connection.execute("SELECT length(repeat('x', 950000000))")
        assert await (await connection.execute("SELECT 1")).fetchone() == (1,)
    assert server.pid == pid


@pytest.mark.system
async def test_version_15_of_the_system_works_too(make_server: MakeServer, folder: Path) -> None:
    """Needs Debian 12's `postgresql-15`."""
    programs = Path("/usr/lib/postgresql/15/bin")
    await asyncio.to_thread(debian.ensure, programs / "postgres", "postgresql-15")
    server = make_server(bin_dir=programs)
    await server.start()
    assert await value(server.dsn("postgres"), "SHOW server_version") < "16"
    assert await value(server.dsn("postgres"), "SHOW data_checksums") == "on"
    assert await value(server.dsn("postgres"), "SELECT upper('straße ä')") == "STRAßE Ä"
    await ensure_database(server.dsn("postgres"), "shop")
    reader = await ensure_reader(server.dsn("postgres"), "shop", folder)
    source = await DataSource.open(reader, DataSourceSettings(), ExecutionLimits())
    await source.close()
    assert source.findings == ()
    assert source.server_version // 10_000 == 15
    with pytest.raises(ReaderTooPowerful):
        await DataSource.open(server.dsn("shop"), DataSourceSettings(), ExecutionLimits())
    await server.stop()
    with pytest.raises(EmbeddedPostgresFailed, match="written by PostgreSQL 15"):
        await make_server().start()


@pytest.mark.system
async def test_as_root_the_server_is_nobody_special(postgres: EmbeddedPostgres) -> None:
    """Needs root: a user of its own, to whom nothing but data and socket belongs, and others stay out."""
    assert postgres.pid is not None
    server = psutil.Process(postgres.pid)
    uid = server.uids().real
    assert uid in process.UNUSED_UIDS
    root = postgres.data.parent
    owners = {path.name: path.stat().st_uid for path in root.iterdir()}
    assert {name for name, owner in owners.items() if owner == uid} == {"data", "socket"}
    knock = ["psql", "-h", str(root / "socket"), "-U", "postgres", "-c", "SELECT 1"]
    log = root.parent / "knock.log"
    child = await process.spawn(knock, log=log, identity=process.Identity(65534, 65534), directory=Path("/"))
    assert await child.exited() == 2
    assert b"Permission denied" in process.tail(log)


@pytest.mark.system
async def test_as_root_a_closed_home_stays_closed(
    make_server: MakeServer, folder: Path, root_home: Path
) -> None:
    """Needs root: the files lie elsewhere, under a link, and nothing is made more open."""
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    server = make_server(closed)
    await server.start()
    assert await value(server.dsn("postgres"), "SELECT 1") == 1
    assert mode(closed) == 0o700
    assert (closed / "postgres").is_symlink()
    assert server.data.is_relative_to(root_home)
    before = server.data
    await server.stop()
    again = make_server(closed)
    await again.start()
    assert again.data == before


@pytest.mark.system
async def test_as_root_our_own_home_is_opened_to_enter(make_server: MakeServer, folder: Path) -> None:
    """Needs root: whoever made the state directory first may have closed it."""
    ours = folder / "ours"
    ours.mkdir(mode=0o700)
    server = make_server(ours, root_home=ours)
    await server.start()
    assert mode(ours) == 0o711
    assert not (ours / "postgres").is_symlink()


@pytest.mark.system
async def test_as_root_programs_that_cannot_be_read_are_copied(
    make_server: MakeServer, folder: Path, root_home: Path
) -> None:
    """Needs root: the environment may lie in /root."""
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    packaged = postgres_tree.packaged().parent
    shutil.copytree(packaged, closed / packaged.parent.name / packaged.name, symlinks=True)
    libraries = packaged.parent.with_name(f"{packaged.parent.name}.libs")
    shutil.copytree(libraries, closed / libraries.name)
    server = make_server(bin_dir=closed / packaged.parent.name / packaged.name / "bin")
    await server.start()
    assert await value(server.dsn("postgres"), "SELECT 1") == 1
    assert server.pid is not None
    assert Path(psutil.Process(server.pid).exe()).is_relative_to(root_home)
    assert mode(closed) == 0o700


@pytest.mark.system
async def test_disk_that_is_full(
    make_server: MakeServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Needs root, for a small disk."""
    small = folder / "small"
    small.mkdir()
    mounting = await asyncio.create_subprocess_exec(
        "mount", "-t", "tmpfs", "-o", "size=30m,mode=711", "tmpfs", str(small)
    )
    assert await mounting.wait() == 0
    monkeypatch.setattr(postgres_place, "FREE_BYTES", 0)
    try:
        with pytest.raises(DiskFull):
            await make_server(small).start()
        assert [name for name in names(small / "postgres") if name.startswith("data")] == []
    finally:
        unmounting = await asyncio.create_subprocess_exec("umount", str(small))
        assert await unmounting.wait() == 0

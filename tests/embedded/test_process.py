"""Children die with us, know nothing of us, and write where they are told."""

import asyncio
import json
import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import psutil
import pytest

from databaseai.embedded import process
from tests.data_source.conftest import eventually

TELL = (
    "import json, os, sys, resource;"
    "print(json.dumps({'env': dict(os.environ), 'sid': os.getsid(0), 'pid': os.getpid(), 'cwd': os.getcwd(),"
    " 'uid': os.getuid(), 'gid': os.getgid(), 'groups': os.getgroups(),"
    " 'memory': resource.getrlimit(resource.RLIMIT_DATA)[0], 'stdin': sys.stdin.read(),"
    " 'files': os.listdir('/proc/self/fd')}))"
)
WAIT = "import signal; print('ready', flush=True); signal.pause()"
Parent = tuple[asyncio.subprocess.Process, psutil.Process]
PARENT = """
import asyncio, sys, threading
from pathlib import Path
from databaseai.embedded import process

async def main():
    async def start():
        return await process.spawn({command!r}, log=Path({log!r}), identity={identity})
    if {thread}:  # a loop in a thread that ends long before the process
        children = []
        thread = threading.Thread(target=lambda: children.append(asyncio.run(start())))
        thread.start()
        thread.join()
        [child] = children
    else:
        child = await start()
    print(child.pid, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def told(log: Path) -> str:
    """What the child wrote, once it did."""

    async def wrote() -> bool:
        return b"\n" in process.tail(log)

    await eventually(wrote)
    return process.tail(log).decode()


async def test_child_knows_nothing_of_us(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASEAI_LLM_API_KEY", "secret")
    monkeypatch.setenv("PGPASSWORD", "secret")
    log = tmp_path / "log"
    child = await process.spawn(
        [sys.executable, "-c", TELL],
        log=log,
        environment={"GIVEN": "yes"},
        directory=tmp_path,
        data_bytes=1 << 32,
    )
    assert await child.exited() == 0
    said = json.loads(process.tail(log))
    assert set(said["env"]) <= {*process.KEPT_VARIABLES, "GIVEN", "LC_CTYPE"}
    assert said["env"]["GIVEN"] == "yes"
    assert said["sid"] == said["pid"] == child.pid
    assert said["cwd"] == str(tmp_path)
    assert said["memory"] == 1 << 32
    assert said["stdin"] == ""
    assert set(said["files"]) <= {"0", "1", "2", "3"}  # 3: the listing itself
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert capfd.readouterr() == ("", "")


async def parent(log: Path, command: list[str], *, thread: bool = False, identity: str = "None") -> Parent:
    """A process that started a child, and the child."""
    code = PARENT.format(command=command, log=str(log), thread=thread, identity=identity)
    started = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        code,
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert started.stdout is not None
    try:
        child = psutil.Process(int(await asyncio.wait_for(started.stdout.readline(), 60)))
        await told(log)
    except BaseException:
        started.kill()
        raise
    return started, child


async def dies_with(killed: asyncio.subprocess.Process, child: psutil.Process) -> bool:
    """Kill the parent; whether the child lived until then, and is gone soon after."""
    lived = child.is_running()
    killed.kill()
    await killed.wait()
    gone, _ = await asyncio.to_thread(psutil.wait_procs, [child], 10)
    return lived and gone == [child]


@pytest.mark.parametrize("thread", [False, True])
async def test_child_dies_with_a_killed_parent(tmp_path: Path, *, thread: bool) -> None:
    assert await dies_with(*await parent(tmp_path / "log", [sys.executable, "-c", WAIT], thread=thread))


async def test_stop_takes_stronger_steps(tmp_path: Path) -> None:
    stubborn = (
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True);"
        "[signal.pause() for _ in range(9)]"
    )
    log = tmp_path / "log"
    child = await process.spawn([sys.executable, "-c", stubborn], log=log)
    await told(log)
    assert await child.exited(within_s=0.05) is None
    assert await child.stop((signal.SIGTERM, 0.1)) == -signal.SIGKILL
    assert await child.stop((signal.SIGTERM, 0.1)) == -signal.SIGKILL  # again is no error


async def test_program_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await process.spawn([tmp_path / "none"], log=tmp_path / "log")


async def test_cancelled_start_leaves_no_child(tmp_path: Path) -> None:
    for _ in range(20):
        starting = asyncio.create_task(
            process.spawn([sys.executable, "-c", WAIT], log=tmp_path / "log", directory=tmp_path)
        )
        await asyncio.wait({starting}, timeout=0)
        starting.cancel()
    last = await process.spawn([sys.executable, "-c", WAIT], log=tmp_path / "log", directory=tmp_path)

    async def alone() -> bool:
        return [one.pid for one in process._working_in(tmp_path)] == [last.pid]

    await eventually(alone)
    await last.stop()


async def test_start_cancelled_halfway_leaves_no_child(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    popen = subprocess.Popen
    began, cancelled = threading.Event(), threading.Event()
    made: list[subprocess.Popen[bytes]] = []

    def slow(*arguments: Any, **options: Any) -> "subprocess.Popen[bytes]":
        began.set()
        assert cancelled.wait(10)
        made.append(popen(*arguments, **options))
        return made[0]

    monkeypatch.setattr(subprocess, "Popen", slow)
    starting = asyncio.create_task(process.spawn([sys.executable, "-c", WAIT], log=tmp_path / "log"))
    assert await asyncio.to_thread(began.wait, 10)
    starting.cancel()
    await asyncio.wait({starting})
    cancelled.set()

    async def ended() -> bool:
        return bool(made) and made[0].returncode == -signal.SIGKILL

    await eventually(ended)


async def test_processes_of_a_directory_are_ended(tmp_path: Path) -> None:
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    children = []
    for directory in (here, elsewhere):
        directory.mkdir()
        log = tmp_path / f"{directory.name}.log"
        children.append(await process.spawn([sys.executable, "-c", WAIT], log=log, directory=directory))
        await told(log)
    await process.end_all_in(here)
    assert await children[0].exited(within_s=5) is not None
    assert await children[1].exited(within_s=0.05) is None
    await children[1].stop()
    await process.end_all_in(tmp_path / "nowhere")


def test_log_is_bounded(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"old" * 1000 + b"end")
        process.bound(log, limit_bytes=100)
        writer.write(b"new")
    older = tmp_path / "log.1"
    assert log.read_bytes() == b"new"
    assert older.read_bytes().endswith(b"oldend")
    assert older.stat().st_size <= 100
    assert stat.S_IMODE(older.stat().st_mode) == 0o600
    process.bound(tmp_path / "none")


@pytest.mark.system
async def test_root_becomes_a_number_without_rights(tmp_path: Path) -> None:
    """Needs root."""
    identity = process.unprivileged()
    assert identity is not None
    assert identity.uid in process.UNUSED_UIDS
    for option, expected in {"-u": identity.uid, "-g": identity.gid, "-G": identity.gid}.items():
        log = tmp_path / option
        child = await process.spawn(["id", option], log=log, identity=identity, directory=Path("/"))
        assert await child.exited() == 0
        assert process.tail(log).decode().strip() == str(expected)


@pytest.mark.system
async def test_child_of_another_user_dies_with_a_killed_parent(tmp_path: Path) -> None:
    """Needs root: a change of the uid clears the death signal."""
    sleeps = ["sh", "-c", "echo ready; exec sleep 600"]
    started, child = await parent(tmp_path / "log", sleeps, identity="process.Identity(60706, 60706)")
    assert child.uids().real == 60706
    assert await dies_with(started, child)

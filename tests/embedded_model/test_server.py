"""The embedded server: private, watched, gone with its parent."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import psutil
import pytest

import databaseai
from databaseai import errors
from databaseai.embedded import model_child, model_server
from databaseai.embedded.model_server import EmbeddedModel
from databaseai.language_model import Message, OpenAICompatibleModel
from tests import small_model as small

BACKEND = str(Path(databaseai.__file__).parents[1])
PROMPT = (Message("user", "the-secret-question"),)


async def test_it_answers(small_model: EmbeddedModel) -> None:
    model = OpenAICompatibleModel(small_model.language_model)
    reply = await model.complete(PROMPT, reply_tokens=8)
    assert (reply.model, reply.estimated) == (small.NAME, False)
    assert 0 < reply.reply_tokens <= 8
    await model.aclose()


async def test_the_second_question_finds_its_schema_worked_out(
    small_model: EmbeddedModel,
) -> None:
    model = OpenAICompatibleModel(small_model.language_model)
    schema = Message("system", "CREATE TABLE t (a int, b text); " * 40)
    first = await model.complete([schema, Message("user", "How many?")], reply_tokens=2)
    second = await model.complete([schema, Message("user", "Which one?")], reply_tokens=2)
    assert first.cached_tokens < first.prompt_tokens / 2
    assert second.cached_tokens > second.prompt_tokens * 0.9
    await model.aclose()


@pytest.mark.parametrize(
    ("path", "status"),
    [("/v1/models", 401), ("/slots", 401), ("/props", 401), ("/metrics", 401), ("/", 404), ("/health", 200)],
)
async def test_other_users_of_the_machine_get_nothing(
    small_model: EmbeddedModel, path: str, status: int
) -> None:
    base = str(small_model.language_model.base_url).removesuffix("/v1")
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(base + path)).status_code == status
        wrong = {"authorization": "Bearer wrong"}
        ask = {"messages": [{"role": "user", "content": "x"}]}
        assert (await client.post(f"{base}/v1/chat/completions", json=ask, headers=wrong)).status_code == 401


async def test_no_slot_shows_a_prompt(small_model: EmbeddedModel) -> None:
    settings = small_model.language_model
    assert settings.api_key is not None
    key = {"authorization": f"Bearer {settings.api_key.get_secret_value()}"}
    async with httpx.AsyncClient(trust_env=False) as client:
        reply = await client.get(str(settings.base_url).removesuffix("/v1") + "/slots", headers=key)
    assert reply.status_code == 501


async def test_neither_key_nor_prompt_stands_where_others_read(small_model: EmbeddedModel) -> None:
    model = OpenAICompatibleModel(small_model.language_model)
    await model.complete(PROMPT, reply_tokens=2)
    await model.aclose()
    settings = small_model.language_model
    assert settings.api_key is not None
    assert small_model.pid is not None
    command = " ".join(psutil.Process(small_model.pid).cmdline())
    log = small_model.log.read_text()
    for place in (command, log):
        assert settings.api_key.get_secret_value() not in place
        assert "secret" not in place
    assert small_model.log.stat().st_mode & 0o777 == 0o600
    assert small_model.directory.stat().st_mode & 0o777 == 0o700


async def test_root_is_given_up(small_model: EmbeddedModel) -> None:
    assert small_model.pid is not None
    assert 0 not in psutil.Process(small_model.pid).uids()


async def test_threads_that_wait_do_not_spin(small_model: EmbeddedModel) -> None:
    assert small_model.pid is not None
    process = psutil.Process(small_model.pid)
    assert process.cpu_percent(0.3) < 50


async def test_after_a_crash_it_is_back_on_the_same_address(small_model_file: Path, tmp_path: Path) -> None:
    server = EmbeddedModel(small.settings(tmp_path), small_model_file)
    settings = await server.start()
    model = OpenAICompatibleModel(settings.model_copy(update={"retries": 10, "circuit_failures": 20}))
    for _ in range(2):
        crashed = server.pid
        assert crashed is not None
        os.kill(crashed, signal.SIGKILL)
        assert (await model.complete(PROMPT, reply_tokens=2)).model == small.NAME
        assert server.pid != crashed
    assert server.restarts == 2
    assert server.language_model == settings
    await model.aclose()
    last = server.pid
    await server.stop()
    assert last is not None
    assert not psutil.pid_exists(last)


PARENT = """
import asyncio, sys
from pathlib import Path
from tests import small_model as small
from databaseai.embedded.model_server import EmbeddedModel

async def main():
    server = EmbeddedModel(small.settings(Path(sys.argv[2])), Path(sys.argv[1]))
    await server.start()
    print(server.pid, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_it_dies_with_its_parent(small_model_file: Path, tmp_path: Path) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PARENT, str(small_model_file), str(tmp_path),
        stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": f"{BACKEND}:{Path(BACKEND).parent}"},
    )  # fmt: skip
    assert parent.stdout is not None
    child = psutil.Process(int(await parent.stdout.readline()))
    assert child.is_running()
    parent.kill()
    await parent.wait()
    gone, _ = await asyncio.to_thread(psutil.wait_procs, [child], 5)
    assert gone


async def test_a_file_that_is_no_model(tmp_path: Path) -> None:
    file = tmp_path / "broken.gguf"
    file.write_bytes(b"GGUF" + b"\0" * 1000)
    server = EmbeddedModel(small.settings(tmp_path), file)
    with pytest.raises(errors.ModelServerFailed) as caught:
        await server.start()
    assert str(server.log) in caught.value.hint
    assert server.pid is None


async def test_a_start_that_is_given_up_leaves_nothing(small_model_file: Path, tmp_path: Path) -> None:
    server = EmbeddedModel(small.settings(tmp_path), small_model_file)
    start = asyncio.create_task(server.start())
    async with asyncio.timeout(10):
        while server.pid is None:  # noqa: ASYNC110  # nothing tells of it
            await asyncio.sleep(0)
    pid = server.pid
    start.cancel()
    with pytest.raises(asyncio.CancelledError):
        await start
    assert not psutil.pid_exists(pid)


async def test_too_little_memory_is_said_before(
    small_model_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_server, "available_bytes", lambda: 100_000_000)
    server = EmbeddedModel(small.settings(tmp_path), small_model_file)
    with pytest.raises(errors.ModelServerFailed) as caught:
        await server.start()
    assert "0.1 GB are free" in caught.value.detail
    assert not server.log.exists()


@pytest.mark.parametrize(
    ("quota", "cores"), [("max 100000", None), ("150000 100000", 1), ("50000 100000", 1), ("", None)]
)
def test_a_container_may_use_fewer_cores(tmp_path: Path, quota: str, cores: int | None) -> None:
    (tmp_path / "cpu.max").write_text(quota)
    assert model_server.cores(tmp_path) == (cores or len(os.sched_getaffinity(0)))


def test_a_container_may_use_less_memory(tmp_path: Path) -> None:
    assert model_server.available_bytes(tmp_path) > 10**8
    (tmp_path / "memory.max").write_text("500000000\n")
    (tmp_path / "memory.current").write_text("450000000\n")
    (tmp_path / "memory.stat").write_text("anon 1\ninactive_file 40000000\n")
    assert model_server.available_bytes(tmp_path) == 90_000_000
    (tmp_path / "memory.max").write_text("max\n")
    assert model_server.available_bytes(tmp_path) > 10**8


async def test_without_the_systems_openmp_the_packaged_one_serves(
    small_model_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty file before it on the loader's path hides the system's libgomp, as on a bare machine."""
    (tmp_path / "libgomp.so.1").touch()
    monkeypatch.setattr(model_child, "OPENMP", model_child.OPENMP | {"LD_LIBRARY_PATH": str(tmp_path)})
    server = EmbeddedModel(small.settings(tmp_path), small_model_file)
    settings = await server.start()
    assert server.openmp == str(model_child.packaged_openmp())
    model = OpenAICompatibleModel(settings)
    await model.complete(PROMPT, reply_tokens=4)
    assert server.pid is not None
    mapped = [file.path for file in psutil.Process(server.pid).memory_maps() if "libgomp" in file.path]
    assert mapped == [server.openmp]
    assert psutil.Process(server.pid).cpu_percent(0.3) < 50
    await model.aclose()
    await server.stop()

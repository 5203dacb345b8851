"""The child process that serves the embedded model: llama.cpp, OpenAI-compatible, on loopback.

`python -m databaseai.embedded.model_child --file FILE --ready FILE ...`; the key comes in the environment,
where other users cannot read it. Nothing but the standard library and xllamacpp is imported.
"""

import argparse
import ctypes
import importlib.metadata
import json
import os
import signal
import sys
from pathlib import Path

KEY = "DATABASEAI_EMBEDDED_MODEL_KEY"
OPENMP = {"OMP_WAIT_POLICY": "passive", "GOMP_SPINCOUNT": "0", "KMP_BLOCKTIME": "0"}
"""Threads that wait must not spin: on a busy host generation is ten times faster so (notes/embedded.md)."""
PROMPT_CACHE_MIB = 256
"""Other prompts' states, beside the one in the slot: about 9,000 tokens of the 1.5B model, a few schemas."""
PR_SET_PDEATHSIG = 1


def load_openmp() -> str:
    """Have `libgomp.so.1` found when xllamacpp asks for it; a bare machine has none.

    LLVM's OpenMP has the GNU entry points and lies in its package under the GNU name, but calls itself
    `libomp.so`: loading it first does not satisfy the loader. A search path does, and is read once, at exec.

    Returns:
        Where it comes from: "system", or the packaged file.

    Raises:
        OSError: Neither is there.
    """
    search = os.environ.get("LD_LIBRARY_PATH", "")
    try:
        ctypes.CDLL("libgomp.so.1")
    except OSError:
        bundled = packaged_openmp()
        if not bundled.exists() or search.startswith(str(bundled.parent)):
            raise
        os.environ["LD_LIBRARY_PATH"] = f"{bundled.parent}:{search}".rstrip(":")
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606  # ourselves, no shell
    return str(packaged_openmp()) if "cmeel.prefix" in search else "system"


def packaged_openmp() -> Path:
    """`libgomp.so.1` of the package cmeel-libomp; beside the program when frozen."""
    inside = Path("cmeel.prefix", "lib", "libgomp.so.1")
    if bundle := getattr(sys, "_MEIPASS", None):
        return Path(bundle, inside)
    try:
        return Path(str(importlib.metadata.distribution("cmeel-libomp").locate_file(str(inside))))
    except importlib.metadata.PackageNotFoundError:
        raise OSError("libgomp.so.1 is missing: install libgomp1 or cmeel-libomp") from None


def become(uid: int) -> None:
    """Give root up in all threads, and ask again to die with the parent: a uid change forgets it."""
    parent = os.getppid()
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="model_child", allow_abbrev=False)
    parser.add_argument("--file", type=Path, required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--ready", type=Path, required=True, help="gets the port as JSON")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--context-tokens", type=int, default=8192)
    parser.add_argument("--slots", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--uid", type=int, default=0)
    return parser.parse_args()


def main() -> None:
    """Serve until a signal."""
    given = arguments()
    for name, value in OPENMP.items():
        os.environ.setdefault(name, value)
    openmp = load_openmp()
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(given.file)
    params.model_alias = {given.name}  # else the file's path is the model's name
    params.hostnames = ["127.0.0.1"]
    params.port = given.port
    params.api_keys = [os.environ.pop(KEY)]  # loopback is open to every user of the machine
    params.n_ctx = given.context_tokens * given.slots
    params.n_parallel = given.slots
    params.kv_unified = True  # one long prompt may use what other slots do not
    params.cache_ram_mib = PROMPT_CACHE_MIB
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = given.threads
    params.fit_params = False  # a dry run of the model's loading, for machines with a GPU to share
    params.warmup = False  # the first real request, which checks our health, does it
    params.ui = params.endpoint_slots = params.endpoint_props = False  # they show prompts
    params.verbosity = 2  # warnings; the next level tells sizes and times, the one after that prompts
    server = xllamacpp.Server(params)
    port = int(server.listening_address.rpartition(":")[2])
    told = given.ready.with_suffix(".new")
    told.write_text(json.dumps({"port": port, "pid": os.getpid(), "openmp": openmp}), encoding="utf-8")
    told.replace(given.ready)
    if given.uid:
        become(given.uid)
    for number in (signal.SIGTERM, signal.SIGINT):  # no state to save, and unwinding llama.cpp takes seconds
        signal.signal(number, signal.SIG_DFL)
    while True:
        signal.pause()


if __name__ == "__main__":
    main()

"""`python -m tests.benchmarks [NAME ...]`: yardsticks, each beside what it is compared with, in one run.

They print figures and ratios and assert nothing: a busy machine is no failed test. Absolute figures hold for
this machine at this hour only; quote the ratios.
"""

import asyncio
import importlib
import inspect
import sys

from tests.benchmarks.measure import machine

NAMES = (
    "overhead",
    "gate",
    "catalog_introspection",
    "identity",
    "start",
    "result_stream",
    "hostile_load",
    "locks",
    "sentinel",
    "schema_scale",
)


def main(names: list[str]) -> None:
    """Run the named benchmarks, or all."""
    if unknown := set(names) - set(NAMES):
        sys.exit(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    for name in names or NAMES:
        print(f"\n== {name} ({machine()})", flush=True)
        done = importlib.import_module(f"tests.benchmarks.{name}").main()
        if inspect.iscoroutine(done):
            asyncio.run(done)
        print(f"   ({machine()})", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])

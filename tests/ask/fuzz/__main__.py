"""The fuzzer by hand, on a server of its own: `python -m tests.ask.fuzz --seconds 600 --seed 1`."""

import argparse
import asyncio
import secrets
import sys
from pathlib import Path

from tests.ask.fuzz.campaign import Plan, report, watched
from tests.ask.fuzz.oracles import Findings
from tests.ask.fuzz.place import server


async def main(arguments: argparse.Namespace) -> Findings:
    """Start a server, run, report."""
    async with server() as reader_dsn:
        plan = Plan(arguments.seed, sys.maxsize, arguments.seconds)
        return await asyncio.to_thread(watched, reader_dsn, plan)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.ask.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--out", type=Path, help="where the report goes, beside standard output")
    given = parser.parse_args()
    found = asyncio.run(main(given))
    lines = "\n".join([f"seed {given.seed}", *report(found)])
    print(lines)  # noqa: T201  # a command's output
    if given.out:
        given.out.write_text(lines + "\n", "utf-8")
    sys.exit(bool(found.broken))

"""Run the fuzzer for a number of statements or seconds, whichever ends first, and say what it found."""

import asyncio
import contextlib
import itertools
import multiprocessing
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import Synchronized

import psycopg

from databaseai.catalog.snapshot import Catalog
from tests.ask.fuzz import grammar
from tests.ask.fuzz.oracles import Findings, Judge
from tests.ask.fuzz.place import catalog_of

MARGIN_S = 60.0
"""Past its time a campaign hangs."""


@dataclass(frozen=True)
class Plan:
    """How long, and from which seed on."""

    seed: int
    count: int
    seconds: float


def watched(reader_dsn: str, plan: Plan) -> Findings:
    """A campaign in a process of its own: what ends or hangs the process is a finding too."""
    context = multiprocessing.get_context("spawn")
    step = context.Value("q", -1)
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=work, args=(reader_dsn, plan, step, theirs))
    child.start()
    theirs.close()
    findings = Findings()
    with contextlib.suppress(EOFError):
        if ours.poll(plan.seconds + MARGIN_S):
            findings = ours.recv()
    child.join(30)
    if child.exitcode != 0:
        if child.exitcode is None:
            child.kill()
        what = "the process hangs" if child.exitcode is None else f"the process ends with {child.exitcode}"
        findings.broken.append((what, grammar.Generator(step.value).statement()))
    return findings


def work(reader_dsn: str, plan: Plan, step: "Synchronized[int]", answers: Connection) -> None:
    """The child's part."""

    async def run() -> Findings:
        return await campaign(await catalog_of(reader_dsn), reader_dsn, plan, step)

    answers.send(asyncio.run(run()))


async def campaign(
    catalog: Catalog, reader_dsn: str | None, plan: Plan, at: "Synchronized[int] | None" = None
) -> Findings:
    """Statements of the grammar and strings of fragments in turn, from one seed on."""
    findings = Findings()
    judge = Judge(catalog, findings, reader_dsn)
    until = time.monotonic() + plan.seconds
    async with contextlib.AsyncExitStack() as stack:
        if reader_dsn is not None:
            judge.plain = stack.enter_context(psycopg.connect(reader_dsn, autocommit=True))
            judge.plain.execute("SET statement_timeout = 2000")
            stack.push_async_callback(judge.close)
        for step in itertools.islice(itertools.count(plan.seed * 1_000_000), plan.count):
            if at is not None:
                at.value = step
            await judge.statement(step)
            for part in range(3):
                await judge.fragments(3 * step + part)
            if time.monotonic() > until:
                break
    return findings


def report(findings: Findings) -> list[str]:
    """Lines for people: what did not hold first, then what was counted."""
    lines = [f"BROKEN {what}\n    {text!r}" for what, text in findings.broken]
    lines += [f"{count:8} {what}" for what, count in findings.counts.most_common()]
    lines += [
        f"only PostgreSQL reads it: {what}\n    {text!r}"
        for what, text in sorted(findings.disagreements.items())
    ]
    return lines

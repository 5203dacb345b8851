"""Watch one accepted query: suspicions from the tree, settled by a few cheap counts."""

import asyncio
import logging
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace

from databaseai.ask.events import Finding
from databaseai.ask.guardrail import AcceptedQuery
from databaseai.ask.off_loop import considered
from databaseai.ask.sentinel import averages, fan_out, key_paths, literals, lost_rows, nulls, numbers
from databaseai.ask.sentinel.faithful import faithful
from databaseai.ask.sentinel.reading import Block, blocks
from databaseai.ask.sentinel.suspicion import KINDS, Probe, Suspicion
from databaseai.ask.sentinel.writing import over, rendered
from databaseai.catalog.snapshot import Catalog
from databaseai.errors import DatabaseAIError

log = logging.getLogger(__name__)

PROBE_SECONDS = 1.5
"""For all counts of one query together."""
PROBES = 8
FINDINGS = 5
"""More than these nobody reads."""


async def watch(
    query: AcceptedQuery, catalog: Catalog, probe: Probe, question: str = ""
) -> tuple[Finding, ...]:
    """Warnings about one query that ran, gravest first; it never raises for the data source's sake.

    Args:
        query: What ran.
        catalog: Keys, types and values, as the gate saw them.
        probe: Runs one of our counts through gate and sandbox; one that fails, or comes after
            `PROBE_SECONDS`, tells nothing.
        question: As asked: some warnings matter only when it speaks of all, each or none.
    """
    found: list[Finding] = []
    until = time.monotonic() + PROBE_SECONDS
    suspicions = await considered(query.statement, suspected, query, catalog, question)
    for suspicion in suspicions[:PROBES]:
        if (finding := await settled(suspicion, probe, until)) is not None and finding not in found:
            found.append(await checked(finding, probe, until))
    return tuple(sorted(found, key=lambda finding: KINDS.index(finding.kind))[:FINDINGS])


def suspected(query: AcceptedQuery, catalog: Catalog, question: str) -> list[Suspicion]:
    """What the rules suspect; nothing where our SQL would not say what the query says."""
    if not faithful(query.statement, rendered(query.tree)):
        return []
    try:
        found = [s for block in blocks(query.tree, catalog) for s in of(block, catalog, question)]
    except Exception as error:  # noqa: BLE001  # a rule that stumbles over an odd tree costs no answer
        log.warning("the sentinel gave up: %s", type(error).__name__)
        return []
    return sorted(found, key=lambda suspicion: KINDS.index(suspicion.kind))


def of(block: Block, catalog: Catalog, question: str) -> Iterator[Suspicion]:
    """Suspicions about one SELECT."""
    yield from fan_out.suspicions(block, catalog)
    yield from given(fan_out.pairs(block, catalog))
    yield from averages.suspicions(block, question)
    yield from key_paths.suspicions(block, catalog)
    yield from nulls.suspicions(block, catalog)
    yield from lost_rows.suspicions(block, catalog, question)
    yield from literals.suspicions(block)
    yield from numbers.suspicions(block, question)


def given(suspicion: Suspicion | None) -> Iterable[Suspicion]:
    """None or one."""
    return () if suspicion is None else (suspicion,)


async def settled(suspicion: Suspicion, probe: Probe, until: float) -> Finding | None:
    """The finding, if the data source's count says so."""
    if not suspicion.probe:
        return suspicion.judge(())
    try:
        async with asyncio.timeout(until - time.monotonic()):
            rows = (await probe(suspicion.probe)).rows
    except (DatabaseAIError, TimeoutError) as error:
        log.debug("a count of the sentinel failed: %s", getattr(error, "code", "time"))
        return None
    return suspicion.judge(rows[0]) if rows else None


async def checked(finding: Finding, probe: Probe, until: float) -> Finding:
    """The finding, its corrected query kept only when gate and planner take it; nothing of it is computed."""
    if not finding.corrected:
        return finding
    try:
        async with asyncio.timeout(until - time.monotonic()):
            await probe(over(["1"], f"({finding.corrected}) AS corrected LIMIT 0"))
    except (DatabaseAIError, TimeoutError):
        return replace(finding, corrected="")
    return finding

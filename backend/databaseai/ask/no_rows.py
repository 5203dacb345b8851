"""Why a result is empty: no such value, an empty table, rows out of sight, filters that nothing meets."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence

from sqlglot import exp

from databaseai.ask.guardrail import AcceptedQuery
from databaseai.ask.misses import Miss
from databaseai.ask.schema_text import identifier
from databaseai.ask.sentinel.faithful import faithful
from databaseai.ask.sentinel.reading import Block, block
from databaseai.ask.sentinel.suspicion import Probe
from databaseai.ask.sentinel.writing import counting, over, rendered, said
from databaseai.catalog.snapshot import Catalog, Table
from databaseai.errors import DatabaseAIError

PROBE_SECONDS = 1.0
"""For all looks together."""
TABLES, FILTERS = 4, 6
"""Looked at, at most."""


async def reason(query: AcceptedQuery, catalog: Catalog, probe: Probe, misses: Sequence[Miss] = ()) -> str:
    """A sentence or two on a query that gave no rows; never raises for the data source's sake.

    Args:
        query: What ran.
        catalog: As the gate saw it.
        probe: Runs one statement through gate and sandbox.
        misses: Literals that no stored value matches (`value_linking.did_you_mean`).
    """
    until = time.monotonic() + PROBE_SECONDS
    tables = [catalog.table[key] for key in query.tables if key in catalog.table]
    empty = [table async for table in without_rows(tables[:TABLES], probe, until)]
    hidden = [table.name for table in tables if table.row_security]
    if empty:
        unseen = [table.name for table in empty if table.row_security]
        if unseen:
            return f"No rows that you may see: row security shows you none of {listed(unseen)}."
        return (
            f"No rows: {listed([table.name for table in empty])} {'is' if len(empty) == 1 else 'are'} empty."
        )
    told = [missed(miss) for miss in misses] or [await unsatisfied(query, catalog, probe, until)]
    if hidden:
        told.append(
            f"Row security limits what you see of {listed(hidden)}: there may be rows that you may not see."
        )
    return " ".join(part for part in told if part)


async def without_rows(tables: Sequence[Table], probe: Probe, until: float) -> AsyncIterator[Table]:
    """Tables of which the asker sees no row."""
    for table in dict.fromkeys(tables):
        name = f"{identifier(table.schema)}.{identifier(table.name)}"
        looked_at = table.row_security or not table.row_estimate
        if looked_at and await one(probe, over(["1"], f"{name} LIMIT 1"), until) == 0:
            yield table


async def one(probe: Probe, statement: str, until: float) -> int | None:
    """How many rows come of a look; None: it failed, or came too late."""
    try:
        async with asyncio.timeout(until - time.monotonic()):
            return len((await probe(statement)).rows)
    except (DatabaseAIError, TimeoutError):
        return None


def missed(miss: Miss) -> str:
    """No such value, and which may be meant."""
    known = "none of the values looked at in" if miss.sampled else "no row of"
    meant = f" Did you mean {' or '.join(repr(value) for value in miss.nearest)}?" if miss.nearest else ""
    return f"No rows match: {known} {miss.column} is {miss.literal!r}.{meant}"


async def unsatisfied(query: AcceptedQuery, catalog: Catalog, probe: Probe, until: float) -> str:
    """The filters that nothing satisfies by themselves, else that nothing satisfies them together."""
    tree = query.tree
    if not isinstance(tree, exp.Select) or not faithful(query.statement, rendered(tree)):
        return "No rows match."
    read = block(tree, catalog)
    filters = [condition for condition in read.where if len(read.owners(condition)) == 1]
    alone = [
        condition for condition in filters[:FILTERS] if await never(read, condition, filters, probe, until)
    ]
    if alone:
        return f"No rows match: nothing satisfies {listed([said(condition) for condition in alone])}."
    if len(filters) > 1:
        return f"No rows match: no row satisfies {listed([said(c) for c in filters])} together."
    return "No rows match" + (f": nothing satisfies {said(filters[0])}." if filters else ".")


async def never(
    read: Block, condition: exp.Expr, filters: Sequence[exp.Expr], probe: Probe, until: float
) -> bool:
    """Whether a filter alone leaves nothing of the joined rows."""
    if not read.readable or len(filters) == 1:
        return False
    joins = [other for other in read.where if other not in filters]
    return await one(probe, counting(read, ["1"], [*joins, condition]) + " LIMIT 1", until) == 0


def listed(parts: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]]))

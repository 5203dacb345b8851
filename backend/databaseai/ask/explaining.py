"""The plan of an accepted query, for people: an EXPLAIN of ours in the sandbox, never the text of theirs.

A plan can name what its reader may not see: the tables below a view, a column that was left out, a remote
file. Such parts are taken out, and what is left is written here, in PostgreSQL's manner.
"""

import contextlib
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import psycopg
from psycopg import AsyncConnection

from databaseai.ask.guardrail import AcceptedQuery
from databaseai.ask.guardrail.explain import ExplainOptions
from databaseai.ask.sandbox import in_time, require
from databaseai.ask.server_errors import server_error
from databaseai.ask.streaming import Stream
from databaseai.ask.trail import since
from databaseai.catalog.snapshot import Catalog
from databaseai.errors import ExplainRefused
from databaseai.settings import ExecutionLimits

Node = dict[str, Any]
MEASURES = ("Startup Cost", "Total Cost", "Plan Rows", "Plan Width")
HEAD = (
    *("Node Type", "Parent Relationship", "Parallel Aware", "Async Capable", "Disabled", "Subplan Name"),
    *("Join Type", "Strategy", "Partial Mode", "Inner Unique", "Single Copy", "Scan Direction"),
)
"""Shown, and never taken out: words of PostgreSQL's own."""
NAMES = ("Schema", "Relation Name", "Alias", "Index Name", "CTE Name", "Function Name", "Table Function Name")
DETAILS = (
    *("Output", "Filter", "Index Cond", "Recheck Cond", "Hash Cond", "Merge Cond", "Join Filter", "TID Cond"),
    *("Sort Key", "Presorted Key", "Group Key", "Grouping Sets", "Hash Key", "Cache Key", "Cache Mode"),
    *("One-Time Filter", "Order By", "Window", "Run Condition", "Key", "Group Keys", "Hash Keys"),
    *("Function Call", "Table Function Call", "Sampling Method", "Sampling Parameters", "Repeatable Seed"),
    *("Workers Planned", "Subplans Removed", "Planned Partitions", "Command"),
)
"""Of a plan's members, those that are shown; any other is taken out."""
BELOW = "Plans"
RELATIONS = b"""
    SELECT g.schema, g.name, r.nspname, c.relname, ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped)
    FROM ROWS FROM (pg_catalog.unnest(%s::text[]), pg_catalog.unnest(%s::text[])) AS g (schema, name)
    JOIN pg_catalog.pg_namespace n ON n.nspname = g.schema
    JOIN pg_catalog.pg_class t ON t.relnamespace = n.oid AND t.relname = g.name
    JOIN pg_catalog.pg_class c ON c.oid = coalesce(pg_catalog.pg_partition_root(t.oid), t.oid)
    JOIN pg_catalog.pg_namespace r ON r.oid = c.relnamespace
"""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What PostgreSQL would do."""

    sql: str
    """The query as it would run."""
    total_cost: float
    """Planner units, not milliseconds."""
    row_estimate: int
    plan: Node
    """PostgreSQL's tree: `Node Type`, `Plan Rows`, `Total Cost`, `Plans` and more."""
    text: tuple[str, ...]
    """A line each, in the format asked for."""
    ms: float


@dataclass
class Visible:
    """What a plan may name."""

    relations: set[tuple[str, str]] = field(default_factory=set)
    hidden: list[re.Pattern[str]] = field(default_factory=list)
    """Words of expressions that name what is not shown."""

    def relation(self, node: Node) -> bool:
        """The node reads no relation, or one that is shown."""
        return "Relation Name" not in node or place(node) in self.relations

    def text(self, value: object) -> bool:
        """An expression, or a list of some, names nothing hidden."""
        texts = value if isinstance(value, list) else [value]
        return not any(pattern.search(str(text)) for pattern in self.hidden for text in texts)

    def trimmed(self, node: Node, above: bool = True) -> Node:
        """The tree without what is hidden; itself when nothing is."""
        shows = self.relation(node) and (above or not node["Node Type"].startswith("Bitmap"))
        shown = {key: value for key, value in node.items() if self.member(key, value, shows=shows)}
        if BELOW in node:
            shown[BELOW] = [self.trimmed(child, shows) for child in node[BELOW]]
        return shown

    def member(self, key: str, value: object, *, shows: bool) -> bool:
        """Whether one member of a node stays."""
        if key in MEASURES or key in HEAD:
            return True
        return shows and (key in NAMES or (key in DETAILS and self.text(value)))


async def explain(
    query: AcceptedQuery,
    reader: AsyncConnection[Any],
    limits: ExecutionLimits,
    catalog: Catalog,
    options: ExplainOptions,
) -> Explanation:
    """Plan one accepted query and say how PostgreSQL would run it; nothing of it runs.

    Args:
        query: What `guardrail.check` returned.
        reader: Inside `sandbox`.
        limits: Time in milliseconds, as for a run: planning computes constant calls.
        catalog: What the asker may see.
        options: What is shown.

    Raises:
        ExplainRefused: A plan that has to be cut was asked for as YAML or XML. DBAI602.
        StatementTimeout: Planning ran past `limits.statement_timeout_ms`. DBAI701.
        ExecutionError: The server refused the query while it planned.
    """
    began = time.perf_counter()
    asked = replace(options, verbose=True, costs=True, summary=False, format="json")
    top = json.loads("".join(await lines(query, reader, limits, asked)))[0]["Plan"]
    seen = (await look(top, reader, catalog)).trimmed(top)
    shown = asked_for(seen, options)
    if options.format == "json":
        text = tuple(json.dumps([{"Plan": shown}], indent=2, ensure_ascii=False).splitlines())
    elif seen == top:
        text = tuple(await lines(query, reader, limits, options))
    elif options.format == "text":
        text = tuple(drawn(shown, options))
    else:
        raise ExplainRefused(
            f"This plan names what is not shown here; as {options.format.upper()} it cannot be cut.",
            hint="Use FORMAT TEXT or FORMAT JSON.",
            name=options.format,
        )
    return Explanation(
        query.shown, float(top["Total Cost"]), int(top["Plan Rows"]), shown, text, since(began)
    )


async def lines(
    query: AcceptedQuery, reader: AsyncConnection[Any], limits: ExecutionLimits, options: ExplainOptions
) -> list[str]:
    """What PostgreSQL says, row by row."""
    prefix, stream = options.prefix(), Stream(reader, limits, query.search_path)
    try:
        async with contextlib.aclosing(stream.rows(prefix + query.sql)) as rows:
            return [(row[0] or b"").decode() async for row in rows]
    except psycopg.Error as error:
        raise server_error(error, query, len(prefix)) from None


async def look(top: Node, reader: AsyncConnection[Any], catalog: Catalog) -> Visible:
    """What of the plan's relations the catalog shows; a partition stands as its parent."""
    scans = [node for node in nodes(top) if "Relation Name" in node]
    visible = Visible()
    if not scans:
        return visible
    given = ([node["Schema"] for node in scans], [node["Relation Name"] for node in scans])
    try:
        with in_time(reader, require(reader) - time.monotonic()):
            found = await (await reader.execute(RELATIONS, given)).fetchall()
    except psycopg.Error as error:
        raise server_error(error) from None
    for schema, name, root_schema, root, columns in found:
        if table := catalog.table.get((root_schema, root)):
            visible.relations.add((schema, name))
            left_out = set(columns) - set(table.column)
            visible.hidden += [re.compile(rf"(?<!\w){re.escape(column)}(?!\w)") for column in left_out]
    aliases = {node["Alias"] for node in scans if not visible.relation(node)}
    visible.hidden += [re.compile(rf'(?<!\w){re.escape(alias)}"?\.') for alias in aliases]
    return visible


def nodes(top: Node) -> Iterator[Node]:
    """Each node of a plan."""
    yield top
    for below in top.get(BELOW, ()):
        yield from nodes(below)


def place(node: Node) -> tuple[str, str]:
    """Schema and name of the relation that a node reads."""
    return node.get("Schema", ""), node["Relation Name"]


def asked_for(node: Node, options: ExplainOptions) -> Node:
    """The tree with what the options ask for."""
    unasked = (() if options.verbose else ("Output", "Schema")) + (() if options.costs else MEASURES)
    shown = {key: value for key, value in node.items() if key not in unasked}
    if BELOW in node:
        shown[BELOW] = [asked_for(child, options) for child in node[BELOW]]
    return shown


def drawn(node: Node, options: ExplainOptions, depth: int = 0) -> Iterator[str]:
    """A plan as text, a line each, as PostgreSQL indents it."""
    margin = " " * (6 * depth - 4) + "->  " if depth else ""
    measured = ""
    if options.costs:
        cost = f"{node['Startup Cost']:.2f}..{node['Total Cost']:.2f}"
        measured = f"  (cost={cost} rows={node['Plan Rows']} width={node['Plan Width']})"
    yield f"{margin}{title(node)}{measured}"
    inside = " " * (6 * depth + 2)
    for key in DETAILS:
        if key in node:
            value = node[key]
            yield f"{inside}{key}: {', '.join(map(str, value)) if isinstance(value, list) else value}"
    for child in node.get(BELOW, ()):
        yield from drawn(child, options, depth + 1)


def title(node: Node) -> str:
    """`Seq Scan on orders o`; a relation that may not be named is not named."""
    kind = " ".join(filter(None, (node.get("Subplan Name"), node["Node Type"])))
    name = node.get("Relation Name") or node.get("CTE Name") or node.get("Function Name")
    if not name:
        return str(kind)
    schema, alias = node.get("Schema"), node.get("Alias")
    named = f"{schema}.{name}" if schema else name
    return f"{kind} on {named}{f' {alias}' if alias and alias != name else ''}"

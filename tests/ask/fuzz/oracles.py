"""What must hold for every statement, planted or not, and what is only counted."""

import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import postgast
import psycopg
from psycopg import AsyncConnection

from databaseai.ask import execution
from databaseai.ask.guardrail import AcceptedQuery, check
from databaseai.ask.sandbox import sandbox
from databaseai.catalog.snapshot import Catalog
from databaseai.errors import (
    DatabaseAIError,
    ExecutionError,
    GuardrailError,
    ParsersDisagree,
    SecondParserUnparsable,
)
from databaseai.settings import ExecutionLimits
from tests.ask.fuzz import fragments, grammar, spelling

LIMITS = ExecutionLimits(statement_timeout_ms=2_000)
CHECK_S = 2.0
"""No check takes longer (processor time)."""
HOLES = {"42501", "3F000", "25006", "25001", "25P02"}
"""SQLSTATEs of an accepted query that mean that something got through: denied, no such schema, a write."""

TIMED_OUT = {"57014", "DBAI701"}


@dataclass
class Findings:
    """What a campaign saw."""

    counts: Counter[str] = field(default_factory=Counter)
    broken: list[tuple[str, str]] = field(default_factory=list)
    """What did not hold, and the statement."""
    disagreements: dict[str, str] = field(default_factory=dict)
    """What only PostgreSQL's parser could read, with the first statement of each kind."""


@dataclass
class Judge:
    """The gate, and where there is one, the server behind it."""

    catalog: Catalog
    findings: Findings
    reader_dsn: str | None = None
    reader: AsyncConnection[Any] | None = None
    """The sandbox's; a new one after each error, as `DataSource` does it."""
    plain: psycopg.Connection[Any] | None = None
    """Another one of the same login, without any lock."""

    async def statement(self, seed: int) -> None:
        """One statement of the grammar: as it is, respelt, and with a danger in each of a few places."""
        clean = grammar.Generator(seed)
        text = clean.statement()
        chance = random.Random(seed)  # noqa: S311  # no secret
        query = self.gate(text)
        again = self.gate(spelling.respelt(text, chance))
        if again and not query:
            self.broken("a spelling passes where the plain statement does not", again.statement)
        if query is None:
            return
        for plant in {chance.randrange(clean.sites) for _ in range(3)}:
            self.planted(seed, plant, chance)
        await self.same_rows(query)
        if again is not None:
            await self.same_rows(again)

    def planted(self, seed: int, plant: int, chance: random.Random) -> None:
        """The same statement with a danger in it never passes."""
        made = grammar.Generator(seed, plant)
        text = made.statement()
        if made.planted not in text or not made.planted:
            return  # the site's text was dropped again
        self.findings.counts["planted"] += 1
        for spelt in (text, spelling.respelt(text, chance)):
            if self.gate(spelt, honest=False) is not None:
                self.broken(f"a planted danger passes: {made.planted.strip()}", spelt)

    async def fragments(self, seed: int) -> None:
        """One string of quotes and comments: what passes holds nothing forbidden, and means the same."""
        text = fragments.statement(seed)
        query = self.gate(text, honest=False)
        if query is None:
            return
        self.findings.counts["fragments accepted"] += 1
        encoded = query.sql.encode()
        bare = {encoded[token.start : token.end].decode() for token in postgast.scan(query.sql).tokens}
        found = bare & {"pg_sleep", "evil", "secret", "current_user", "DELETE", "DROP", "INTO", ";"}
        if found and not harmless(query, found):
            self.broken(f"fragments hide {', '.join(sorted(found))}", text)
        await self.same_rows(query)

    def gate(self, text: str, *, honest: bool = True) -> AcceptedQuery | None:
        """Accepted, or refused with a code, a reason and a position inside the text, in time."""
        self.findings.counts["checked"] += 1
        started = time.process_time()
        try:
            return check(text, self.catalog, LIMITS)
        except GuardrailError as error:
            position = error.facts.get("position", 0)
            if (
                not error.code.startswith("DBAI5")
                or not error.detail
                or not 0 <= int(str(position)) <= len(text)
            ):
                self.broken(f"a refusal without code, detail or position: {error!r}", text)
            if honest:
                self.refused(error, text)
        except Exception as error:  # noqa: BLE001  # the finding itself
            self.broken(f"the gate fails: {error!r}", text)
        finally:
            if time.process_time() - started > CHECK_S:
                self.broken("the check is slow", text)
        return None

    def refused(self, error: GuardrailError, text: str) -> None:
        """Count; list what the second parser alone refuses."""
        self.findings.counts[f"refused {error.code}"] += 1
        if isinstance(error, ParsersDisagree | SecondParserUnparsable) or "second parser" in str(
            error.detail
        ):
            known = self.findings.disagreements.get(error.detail)
            if known is None or len(text) < len(known):
                self.findings.disagreements[str(error.detail)] = text

    async def same_rows(self, query: AcceptedQuery) -> None:
        """Through the sandbox as without it: equal rows, or the same error."""
        if self.plain is None or self.reader_dsn is None:
            return
        if self.reader is None or self.reader.closed:
            connect = psycopg.AsyncConnection.connect
            self.reader = await connect(self.reader_dsn, autocommit=True, prepare_threshold=None)
        self.findings.counts["executed"] += 1
        raw = self.plain.pgconn.exec_params(query.statement.encode(), None)
        state = sqlstate(raw)
        mine, rows = await self.through(query)
        if mine or rows == LIMITS.row_limit:
            await self.reader.close()
        if TIMED_OUT & {mine, state}:
            self.findings.counts["timed out"] += 1
        elif mine in HOLES:
            self.broken(f"an accepted query gets SQLSTATE {mine}", query.statement)
        elif mine != state:
            self.broken(f"SQLSTATE {mine or 'none'} inside, {state or 'none'} outside", query.statement)
        elif not mine:
            self.findings.counts["equal rows"] += 1
            if rows != min(raw.ntuples, LIMITS.row_limit):
                self.broken(f"{rows} rows inside, {raw.ntuples} outside", query.statement)
            elif not self.equal(query, raw):
                self.broken("other rows inside than outside", query.statement)

    async def through(self, query: AcceptedQuery) -> tuple[str, int]:
        """SQLSTATE, or none, and the number of rows."""
        assert self.reader is not None
        try:
            async with sandbox(self.reader, LIMITS):
                result = await execution.run(query, self.reader, LIMITS)
        except ExecutionError as error:
            return str(error.facts.get("sqlstate", error.code)), 0
        except DatabaseAIError as error:
            return error.code, 0
        except (psycopg.Error, ValueError, RecursionError) as error:
            self.broken(f"the sandbox fails: {error!r}", query.statement)
            return repr(error), 0
        return "", len(result.rows)

    def equal(self, query: AcceptedQuery, raw: Any) -> bool:
        """The query's own text with an empty search path gives the cells that the statement gave."""
        assert self.plain is not None
        self.plain.pgconn.exec_(b"SET search_path = ''")
        inside = self.plain.pgconn.exec_params(query.sql.encode(), None)
        self.plain.pgconn.exec_(b"RESET search_path")
        return cells(inside) == cells(raw)

    async def close(self) -> None:
        """Let go of the sandbox's connection."""
        if self.reader is not None:
            await self.reader.close()

    def broken(self, what: str, text: str) -> None:
        self.findings.broken.append((what, text))


def harmless(query: AcceptedQuery, found: set[str]) -> bool:
    """The words are names of output columns, aliases or WITH queries, as PostgreSQL's parser says."""
    return not set(names(postgast.parse(query.sql))) & found


def names(tree: Any) -> list[str]:
    """Functions and tables of a tree, by protobuf's own reflection."""
    found: list[str] = []
    stack = [tree]
    while stack:
        message = stack.pop()
        kind = message.DESCRIPTOR.name
        if kind == "FuncCall":
            found += [part.string.sval for part in message.funcname]
        elif kind == "RangeVar":
            found.append(message.relname)
        elif kind in {"SQLValueFunction", "IntoClause", "LockingClause", "DeleteStmt", "DropStmt"}:
            found += ["current_user", "INTO", "DELETE", "DROP"]
        for descriptor, value in message.ListFields():
            if descriptor.message_type is not None:
                stack.extend(value if descriptor.is_repeated else [value])
    return found


def sqlstate(result: Any) -> str:
    """Of a raw result; empty when it is no error."""
    return (result.error_field(psycopg.pq.DiagnosticField.SQLSTATE) or b"").decode()


def cells(result: Any) -> list[tuple[bytes | None, ...]]:
    """All values, as a bag."""
    rows = [
        tuple(result.get_value(row, column) for column in range(result.nfields))
        for row in range(result.ntuples)
    ]
    return sorted(rows, key=repr)

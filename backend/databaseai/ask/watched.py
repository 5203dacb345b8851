"""Let the sentinel watch a candidate: a step that may be missing, and never costs the answer."""

from databaseai.ask import no_rows, sentinel
from databaseai.ask.candidate import Candidate
from databaseai.ask.door import PipelineTools, QueryResult, result_of, within
from databaseai.ask.events import Finding
from databaseai.ask.off_loop import off_loop
from databaseai.ask.optional import optional
from databaseai.ask.sentinel import Probe
from databaseai.ask.trail import Trail
from databaseai.ask.value_linking import did_you_mean
from databaseai.catalog.snapshot import Catalog
from databaseai.catalog.value_index import ValueIndex

PROBE_MS = 1_000
"""Statement timeout of one count."""
PROBE_ROWS = 10


class Watch:
    """Findings of one question's candidates, each looked at once."""

    def __init__(self, tools: PipelineTools, trail: Trail) -> None:
        self._off = "sentinel" in tools.settings.ask.without
        self._tools = within(tools, statement_timeout_ms=PROBE_MS, row_limit=PROBE_ROWS)
        self._trail = trail
        self._seen: dict[str, tuple[Finding, ...]] = {}
        """By the accepted text."""

    async def findings(self, candidate: Candidate) -> tuple[Finding, ...]:
        """What is to be warned of, gravest first; nothing when the step is off or fails."""
        if self._off:
            return ()
        if (known := self._seen.get(candidate.query.sql)) is not None:
            return known
        found: tuple[Finding, ...] = ()
        with self._trail.step("sentinel") as note:
            with optional("sentinel"):
                found = await self._watched(candidate)
            note.detail = "; ".join(finding.kind for finding in found) or "nothing found"
        self._seen[candidate.query.sql] = found
        return found

    async def _watched(self, candidate: Candidate) -> tuple[Finding, ...]:
        """The sentinel's own counts go through gate and sandbox like any statement."""
        view = candidate.view
        return await sentinel.watch(candidate.query, view.catalog, self._probe(view.catalog), view.asked)

    async def why_empty(self, candidate: Candidate, values: ValueIndex) -> str:
        """Why a candidate gave no rows; empty when that cannot be told."""
        catalog = candidate.view.catalog
        with optional("why there are no rows"):
            misses = await off_loop(did_you_mean, candidate.query.tree, catalog, values)
            return await no_rows.reason(candidate.query, catalog, self._probe(catalog), misses)
        return ""

    def _probe(self, catalog: Catalog) -> Probe:
        """A statement of our own, within the limits of one count."""

        async def probe(statement: str) -> QueryResult:
            return await result_of(self._tools, statement, catalog, self._trail.asker)

        return probe

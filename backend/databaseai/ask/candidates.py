"""Make candidates: statements proposed for one question.

The first is asked of the model, and again with its error when it fails, at most `ask.attempts` times. Where
it leaves a doubt, further ones come from other renderings of the schema: cheap by default, dearer on demand.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence

from databaseai.ask import constraint, prompt, repair
from databaseai.ask.candidate import Candidate
from databaseai.ask.door import PipelineTools
from databaseai.ask.doubts import doubts
from databaseai.ask.off_loop import off_loop
from databaseai.ask.optional import optional
from databaseai.ask.renderings import RENDERINGS, Rendering
from databaseai.ask.selection import choose, settled
from databaseai.ask.trail import Trail
from databaseai.ask.trying import Asking, Tries
from databaseai.ask.view import Index, Indexes, View
from databaseai.ask.watched import Watch
from databaseai.errors import (
    ColumnRefused,
    DatabaseAIError,
    LanguageModelError,
    RelationRefused,
    UnknownColumn,
    UnknownTable,
)
from databaseai.language_model import Shape

log = logging.getLogger(__name__)

STALE = (UnknownTable, UnknownColumn)
"""The gate knew the name and PostgreSQL does not: the catalog is out of date."""
NAMES = (*STALE, RelationRefused, ColumnRefused)
"""A name that nobody has: from then on the endpoint is held to those that there are, where it can be."""
FIRST = RENDERINGS[0].name
WARM = 0.7
"""Temperature of the candidates that come after every rendering was asked once."""


class Candidates:
    """Makes the candidates of one question."""

    def __init__(
        self,
        tools: PipelineTools,
        index: Index,
        trail: Trail,
        watch: Watch,
        view: View,
        reread: Callable[[Indexes], View],
    ) -> None:
        self._tools, self._index, self._trail = tools, index, trail
        self._view, self._reread = view, reread
        self._settings = tools.settings.ask
        self._tries, self._watch = Tries(tools, trail), watch
        self._misnamed = False
        self._unreachable = False
        """The endpoint failed, not a reply: no use in asking again."""

    async def all(self) -> list[Candidate]:
        """The first candidate, and further ones where it failed or leaves a doubt; in that order.

        Raises:
            DatabaseAIError: None ran; this is what the first failed with.
        """
        try:
            first = await self.first()
        except DatabaseAIError as error:
            if not error.repairable:
                raise
            statement = self._trail.statement or self._trail.earlier
            if found := await self.further([]):
                return found
            self._trail.statement = statement
            raise
        found = [first, *await self._tries.read_otherwise(first)]
        doubted = self._settings.second_opinion or await self._doubted(found)
        return await self.further(found) if doubted else found

    async def _doubted(self, found: Sequence[Candidate]) -> bool:
        """Whether there is a reason to ask for another one; looked for where it is cheapest first."""
        choice = choose(found)
        if choice.differing or any(doubt.asks_further for doubt in doubts(choice.candidate)):
            return True
        return bool(await self._watch.findings(choice.candidate))

    async def first(self) -> Candidate:
        """Ask the model until a candidate runs, at most `attempts` times."""
        trail, settings = self._trail, self._tools.settings
        messages = self._view.messages
        for attempt in range(1, settings.ask.attempts + 1):
            try:
                asking = Asking(messages, self._view, FIRST, attempt, shape=self._shape())
                return await self._tries.asked(asking)
            except DatabaseAIError as error:
                self._misnamed = isinstance(error, NAMES)
                if isinstance(error, STALE):
                    await self._refresh()
                if attempt == settings.ask.attempts or not error.repairable:
                    raise
                advice = repair.advice(error, trail.statement, self._view.catalog)
                messages = prompt.again(self._view.messages, trail.statement or trail.reply, error, advice)
        raise AssertionError  # the last attempt returned or raised

    def _shape(self) -> Shape | None:
        """What replies must look like, once a name failed."""
        if not self._misnamed or "constrained" in self._settings.without:
            return None
        return constraint.shape(self._view.linked)

    async def _refresh(self) -> None:
        """Read the catalog again, and the question against it."""
        indexes = await self._index.of(await self._tools.catalog.refresh(self._trail.asker))
        self._tries.forget()
        self._view = self._reread(indexes)

    async def further(self, found: list[Candidate]) -> list[Candidate]:
        """With candidates of other renderings, until results agree or time or number run out.

        What goes wrong here never loses what is there.
        """
        try:
            async with asyncio.timeout(self._settings.candidates_ms / 1000):
                for rendering, temperature in self._ways():
                    found += await self._one_more(rendering, temperature)
                    if self._unreachable or (found and settled(await off_loop(choose, found))):
                        break
        except TimeoutError:
            log.info("further candidates stopped after %d ms", self._settings.candidates_ms)
        return found

    def _ways(self) -> Iterator[tuple[Rendering, float | None]]:
        """What further candidates are asked with: other renderings, then all of them at a temperature."""
        if "candidates" in self._settings.without:
            return
        ways: list[tuple[Rendering, float | None]] = [(other, None) for other in RENDERINGS[1:]]
        ways += [(again, WARM) for again in RENDERINGS] * self._settings.candidates
        yield from ways[: self._settings.candidates - 1]

    async def _one_more(self, rendering: Rendering, temperature: float | None) -> list[Candidate]:
        """Ask for one; its failure is seen in its step, and logged."""
        with optional(f"candidate of the {rendering.name} schema"):
            messages = rendering.messages(self._view)
            asking = Asking(
                messages,
                self._view,
                rendering.name,
                temperature=temperature,
                shape=self._shape(),
                shown=False,
            )
            try:
                candidate = await self._tries.asked(asking)
            except LanguageModelError as error:
                self._unreachable = not error.repairable
                raise
            return [candidate, *await self._tries.read_otherwise(candidate)]
        return []

"""What persons approved for this question: its answer, or examples of others like it."""

from databaseai.ask import memory
from databaseai.ask.candidate import VERIFIED, Candidate
from databaseai.ask.door import PipelineTools
from databaseai.ask.memory import Exchange, Recall
from databaseai.ask.off_loop import off_loop
from databaseai.ask.optional import optional
from databaseai.ask.repair import Mended
from databaseai.ask.trail import Trail
from databaseai.ask.trying import Asking, Tries
from databaseai.ask.view import View
from databaseai.errors import ExecutionError, GuardrailError


class Remembered:
    """The verified queries, asked for one question."""

    def __init__(self, tools: PipelineTools, trail: Trail) -> None:
        self._tools, self._trail = tools, trail
        self._found = Recall()

    async def look(self, asked: str) -> str:
        """Recall what is known; a line for a person."""
        if (verified := self._tools.verified) is not None:
            with optional("verified queries"):
                self._found = await off_loop(memory.verified, asked, await verified.known())
        if self._found.exact:
            return "a verified query answers it"
        return f"{len(self._found.similar)} verified queries like it" if self._found.similar else ""

    @property
    def examples(self) -> tuple[Exchange, ...]:
        """Of similar questions, for the prompt."""
        return self._found.examples

    async def answered(self, view: View) -> Candidate | None:
        """What a person approved for this very question, run through the same gate; None when it fails."""
        if (exact := self._found.exact) is None or (verified := self._tools.verified) is None:
            return None
        asking = Asking((), view, VERIFIED)
        try:
            with self._trail.step("memory"):
                found = await Tries(self._tools, self._trail).tried(Mended(exact.sql), (), asking)
        except (GuardrailError, ExecutionError) as error:
            with optional("marking a verified query"):
                await verified.failed(exact, error)
            return None
        return found.read_as(memory.note(exact))

"""Questions with the SQL that answers them, as training data: one JSON object a line.

The form is that of supervised chat tuning: `messages` is the prompt that this product sends for the question,
followed by the answer; `sql`, `question`, `db_id`, `source` and `prompt_version` stand beside it. A model is
tuned for the prompt it will see, so the prompt is overheard from the product's own flow, not made again.
"""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from databaseai.ask.prompt import PROMPT_VERSION
from databaseai.errors import ModelReplyEmpty
from databaseai.evaluation.asking import Door
from databaseai.evaluation.dataset import Question
from databaseai.language_model import Completion, Message


@dataclass(frozen=True, slots=True)
class Pair:
    """One question, and the SQL that somebody answers for."""

    id: str
    database: str
    source: str
    """`verified`, or the dataset's name."""
    question: str
    sql: str


def gold_pairs(name: str, questions: Iterable[Question]) -> list[Pair]:
    """A dataset's questions with their first gold."""
    return [Pair(each.id, each.database, name, each.question, each.gold[0]) for each in questions]


@dataclass
class Listener:
    """A model that says nothing and keeps what it is asked."""

    name: str = "listener"
    heard: list[tuple[Message, ...]] = field(default_factory=list)

    async def complete(self, messages: Sequence[Message], **_: object) -> Completion:
        """Keep the prompt; there is no reply."""
        self.heard.append(tuple(messages))
        raise ModelReplyEmpty

    def stream(self, messages: Sequence[Message], **_: object) -> AsyncIterator[str]:
        """The same."""
        self.heard.append(tuple(messages))
        raise ModelReplyEmpty


async def examples(
    pairs: Iterable[Pair], door: Door, listener: Listener, skipped: Callable[[Pair], None]
) -> AsyncGenerator[str]:
    """A line for each pair, made one at a time.

    Args:
        pairs: Of the data source behind `door`.
        door: The product, with `listener` as its model.
        listener: Nobody else asks it meanwhile.
        skipped: Told of a pair for which no prompt was made: its question is empty, or the tables do not fit.
    """
    for pair in pairs:
        prompt = await _prompt(pair.question, door, listener)
        if prompt:
            yield json.dumps(example(pair, prompt), ensure_ascii=False)
        else:
            skipped(pair)


async def _prompt(question: str, door: Door, listener: Listener) -> tuple[Message, ...]:
    """What the product would send first; empty when it would send nothing."""
    listener.heard.clear()
    events = door.answer(question, answer_anyway=True)
    async with aclosing(events) as until_asked:  # type: ignore[type-var]  # an async generator in truth
        async for _ in until_asked:
            if listener.heard:
                break
    return listener.heard[0] if listener.heard else ()


def example(pair: Pair, prompt: Sequence[Message]) -> dict[str, Any]:
    """One line's object."""
    messages = [{"role": message.role, "content": message.content} for message in prompt]
    return {
        "id": pair.id,
        "db_id": pair.database,
        "source": pair.source,
        "question": pair.question,
        "sql": pair.sql,
        "prompt_version": PROMPT_VERSION,
        "messages": [*messages, {"role": "assistant", "content": pair.sql}],
    }

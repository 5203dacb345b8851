"""What the model is shown of the catalog for one question: linked tables, named values, the prompt."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from databaseai.ask import examples, prompt, schema_linking, value_linking
from databaseai.ask.memory import Exchange
from databaseai.ask.schema_linking import Linked, SchemaIndex
from databaseai.ask.trail import Trail
from databaseai.ask.understanding import relative_time
from databaseai.ask.understanding.lexicon import Lexicon
from databaseai.ask.value_linking import Hint
from databaseai.catalog.snapshot import Catalog
from databaseai.catalog.value_index import ValueIndex
from databaseai.language_model import Message
from databaseai.settings import Settings


@dataclass(frozen=True)
class Indexes:
    """One catalog made ready for linking."""

    catalog: Catalog
    schema: SchemaIndex
    values: ValueIndex

    @cached_property
    def lexicon(self) -> Lexicon:
        """What a question is judged by."""
        return Lexicon(self.catalog)


@dataclass(frozen=True, slots=True)
class View:
    """What the model is shown of the catalog, and the prompt made of it."""

    catalog: Catalog
    linked: Linked
    messages: tuple[Message, ...]
    """Of the first candidate; `renderings` makes those of others."""
    asked: str = ""
    hints: tuple[Hint, ...] = ()
    schema: SchemaIndex | None = None
    """What was linked in."""
    definitions: tuple[str, ...] = ()
    """Of the question's business words."""


class Index:
    """The catalogs' indexes: built once for each reading of one, off the event loop; the last are kept."""

    def __init__(self, schema_tokens: int, catalogs: int = 1, *, semantic: bool = True) -> None:
        self._schema_tokens = schema_tokens
        self._semantic = semantic
        self._catalogs = catalogs
        self._built: OrderedDict[int, Indexes] = OrderedDict()
        """By the identity of the catalog, which its indexes keep alive."""

    async def of(self, catalog: Catalog) -> Indexes:
        """The indexes of this reading."""
        if (built := self._built.get(id(catalog))) is None:
            built = await asyncio.to_thread(self._build, catalog)
            self._built[id(catalog)] = built
        self._built.move_to_end(id(catalog))
        if len(self._built) > self._catalogs:
            self._built.popitem(last=False)
        return built

    def _build(self, catalog: Catalog) -> Indexes:
        """Over what the semantic model does not hide from prompts; a person's SQL knows all of it."""
        words = catalog.semantic if self._semantic else None
        shown = words.shown(catalog) if words else catalog
        values = ValueIndex(shown)
        made = Indexes(catalog, SchemaIndex(shown, self._schema_tokens, words, values), values)
        _ = made.lexicon  # seconds at thousands of tables, so here and not at the first question
        return made


def understand(
    trail: Trail,
    asked: str,
    turns: Sequence[Exchange],
    indexes: Indexes,
    settings: Settings,
    *,
    verified: Sequence[Exchange] = (),
) -> View:
    """The steps schema linking, value linking and prompt.

    Args:
        trail: Where the steps are shown.
        asked: The question, standing alone.
        turns: Of the conversation, oldest first.
        indexes: Of the catalog that is asked.
        settings: Budgets, and steps that are off.
        verified: Approved answers of questions like it, shown as turns; the most alike last.

    Raises:
        PromptTooLong: The tables that the question needs do not fit. DBAI403.
    """
    without = settings.ask.without
    asked = relative_time.restated(asked, prompt.today())
    context = " ".join([*(turn.question for turn in turns), asked])
    with trail.step("schema_linking") as note:
        linked = schema_linking.link("" if "linking" in without else context, indexes.schema)
        note.detail = linked.summary
    with trail.step("value_linking") as note:
        hints = () if "values" in without else value_linking.link(asked, linked, indexes.values)
        note.detail = "; ".join(hint.text for hint in hints) or "no stored value named"
    with trail.step("prompt") as note:
        budget = settings.llm.context_tokens - 2 * settings.llm.reply_tokens
        shown = () if "examples" in without else examples.nearest(asked, linked)
        defined = definitions(asked, linked, indexes.catalog, without)
        before = (*verified, *turns)
        messages = prompt.build(asked, linked, hints, before, budget, shown=shown, definitions=defined)
        note.detail = f"version {prompt.PROMPT_VERSION}"
    return View(indexes.catalog, linked, messages, asked, hints, indexes.schema, defined)


def definitions(asked: str, linked: Linked, catalog: Catalog, without: frozenset[str]) -> tuple[str, ...]:
    """What the semantic model says of the question's business words."""
    if catalog.semantic is None or "semantic_model" in without:
        return ()
    return catalog.semantic.definitions(asked, [item.table for item in linked.tables])

"""Take the question in: readable, standing alone, and one that the data can answer."""

import unicodedata
from collections.abc import Sequence
from typing import Protocol

from databaseai.ask.memory import Exchange
from databaseai.ask.schema_linking import Linked
from databaseai.ask.understanding import followup, judging
from databaseai.ask.understanding.judging import Judgement
from databaseai.ask.understanding.lexicon import Lexicon
from databaseai.ask.value_linking import Hint
from databaseai.errors import QuestionEmpty, QuestionTooLong, QuestionUnreadable

LAYOUT = "\t\n\r"
"""Control characters that people type; the others are refused."""


class Indexes(Protocol):
    """What `judge` takes of `view.Indexes`."""

    @property
    def lexicon(self) -> Lexicon:
        """Words of all that the asker may read."""


def read(text: str, limit: int) -> str:
    """The question as one line of readable text, in any language or script.

    Args:
        text: As the asker sent it.
        limit: Characters.

    Raises:
        QuestionEmpty: Nothing but space. DBAI102.
        QuestionTooLong: More characters than `limit`. DBAI103.
        QuestionUnreadable: Control characters, or halves of surrogate pairs. DBAI109.
    """
    if len(text) > limit:
        raise QuestionTooLong(
            f"The question has {len(text):,} characters; {limit:,} is the limit.", limit=limit
        )
    for position, character in enumerate(text):
        if character not in LAYOUT and unicodedata.category(character) in {"Cc", "Cs", "Cn"}:
            name = f"U+{ord(character):04X}"
            raise QuestionUnreadable(
                f"The character {name} at {position} is not readable text.", position=position
            )
    if not (question := " ".join(unicodedata.normalize("NFC", text).split())):
        raise QuestionEmpty
    return question


def standalone(text: str, turns: Sequence[Exchange]) -> str:
    """The question as it would be asked without the conversation before it (`understanding.followup`).

    Args:
        text: What `read` gave.
        turns: Earlier turns, oldest first.
    """
    return followup.standalone(text, turns)


def judge(asked: str, linked: Linked, hints: Sequence[Hint], indexes: Indexes) -> Judgement:
    """What a question may mean, and whether the data can answer it; from words alone, without a model.

    Args:
        asked: Standing alone.
        linked: Tables that the model is shown.
        hints: Stored values that the question names.
        indexes: Of the whole catalog: what lies outside `linked` is data too.
    """
    del linked  # the catalog's words tell more than the tables that happened to fit
    return judging.judge(asked, indexes.lexicon, hints)

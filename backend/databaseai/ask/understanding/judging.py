"""A question judged before the model sees it: what it may mean, and whether the data can answer it."""

from collections.abc import Sequence
from dataclasses import dataclass

from databaseai.ask.understanding import answerable, contents, requests
from databaseai.ask.understanding.answerable import Bearing, Reading
from databaseai.ask.understanding.followup import FOLLOW_UP
from databaseai.ask.understanding.lexicon import Lexicon
from databaseai.ask.understanding.phrasing import Phrasing
from databaseai.ask.understanding.readings import readings
from databaseai.ask.value_linking import Hint
from databaseai.catalog.words import words


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is known of a question before the model sees it. All empty: ask the model."""

    readings: tuple[str, ...] = ()
    """Two to four questions, each unambiguous, one of which is meant; the first is the likeliest."""
    unanswerable: str = ""
    """Why the data cannot answer, in words for the asker; no stored value."""
    about_data: str = ""
    """The answer, when what is asked is what there is to ask about; from the catalog alone."""


def judge(asked: str, lexicon: Lexicon, hints: Sequence[Hint]) -> Judgement:
    """Judge one question against one catalog's words; deterministic, without a model.

    Args:
        asked: Standing alone, as `followup.standalone` gives it.
        lexicon: Words of what the asker may read.
        hints: Stored values that the question names.
    """
    first, *later = (Phrasing(part) for part in asked.split(FOLLOW_UP))
    if text := contents.about((later[-1] if later else first).bare, lexicon):
        return Judgement(about_data=text)
    valued = frozenset(word for hint in hints for word in words(hint.value))
    for part in (first, *later):
        reading = Reading(part, lexicon, valued)
        if why := reason(reading, follows=part is not first):
            return Judgement(unanswerable=why)
    return Judgement() if later else Judgement(readings(reading, hints))


def reason(reading: Reading, *, follows: bool) -> str:
    """Why the data cannot answer this question; empty when it may.

    Args:
        reading: The question against the catalog.
        follows: It is what was added to an earlier question: its words need no link of their own.
    """
    if why := requests.refused(reading.asked, reading.lexicon.has, follows=follows):
        return why
    if reading.words(Bearing.MISSING) and (word := answerable.missing(reading)):
        return f"The data has no word about “{word}”; it has {has(reading)}."
    if why := answerable.beyond(reading):
        return f"{why} It has {has(reading)}."
    if lacking := answerable.lacking(reading):
        word, table = lacking
        columns = contents.listed([column.name for column in table.columns], contents.COLUMNS)
        return f"The data has no {word} of {contents.readable(table.name)}; it has {columns}."
    if not follows and (word := answerable.missing(reading)):
        return f"The data has no word about “{word}”; it has {has(reading)}."
    return ""


def has(reading: Reading) -> str:
    """The tables nearest to the question."""
    linked = [token.word for token in reading.words(Bearing.LINKED)]
    return contents.nearest(reading.lexicon, linked)

"""Readings of an ambiguous question, each written out so that it is ambiguous no more."""

from collections.abc import Sequence

from databaseai.ask.understanding.lexicon import Lexicon
from databaseai.ask.understanding.phrasing import Phrasing
from databaseai.ask.value_linking import Hint


def readings(asked: Phrasing, lexicon: Lexicon, hints: Sequence[Hint]) -> tuple[str, ...]:
    """Two to four readings that give different SQL; none when there is one meaning."""
    del asked, lexicon, hints
    return ()

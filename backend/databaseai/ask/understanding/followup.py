"""A follow-up made to stand alone, from the questions before it."""

import re
from collections.abc import Sequence

from databaseai.ask.memory import Exchange
from databaseai.ask.understanding.phrasing import ASKS, Token, tokens
from databaseai.ask.understanding.rewriting import LIMIT, NUMBER, PERIOD, rewritten
from databaseai.ask.understanding.vocabulary import vocabulary
from databaseai.ask.understanding.wordings import anywhere, starts, whole, word_set

FOLLOW_UP = " — follow-up: "
"""Between an earlier question and what was added to it, where one text could not surely be made of both."""
PARTS = 3
"""Additions that are carried on; older ones fade."""
SHORT, FRAGMENT = 9, 6
"""Words of a follow-up that leans on what was asked; of one that is no sentence."""

THINGS = word_set("things")
DETERMINERS = word_set("determiners")
POINTING = ASKS | word_set("pointing")
LIGHT = word_set("light")
"""Words before a pronoun that it cannot stand for."""
DEICTIC_TIME = word_set("deictic_time")

SENTENCE = word_set("sentence")
"""Words that make a sentence of what has them."""
TOP = re.compile(r"(?:the )?(?:top|first|last|bottom|best) ")
ENDS = (" one", " ones", " instead", " too")


def standalone(text: str, turns: Sequence[Exchange]) -> str:
    """The question as it would be asked without the conversation before it.

    What stands alone comes back as it is. A follow-up becomes the earlier question with its period, value,
    number or grouping replaced where that is sure, else `<earlier> — follow-up: <text>`.

    Args:
        text: Readable text of one line, in any language.
        turns: Earlier turns, oldest first; their questions as asked.
    """
    earlier = ""
    for turn in turns:
        earlier = carried(turn.question, earlier)
    return carried(text, earlier)


def carried(text: str, earlier: str) -> str:
    """The text after one earlier question that stands alone; itself when there was none."""
    if not earlier or FOLLOW_UP in text or not leans(text):
        return text
    first, *added = earlier.split(FOLLOW_UP)
    if not added and (whole_question := rewritten(unlinked(text), first)):
        return whole_question
    return FOLLOW_UP.join([first, *added[1 - PARTS :], text])


def leans(text: str) -> bool:
    """Whether the text cannot be understood without what was asked before it."""
    bare = unlinked(text).casefold()
    count = len(bare.split())
    if whole("other_whole").match(text.strip()) or (leads_in_another(text) and count <= FRAGMENT):
        return True
    if whole("alone").match(bare):
        return True
    if count <= SHORT and any(starts(name).match(bare) for name in ("on_result", "mends", "asks_on")):
        return True
    found = list(tokens(bare))
    if not any(token.lower in SENTENCE or token.lower in ASKS for token in found):
        return fragment(bare, found)
    return points_back(bare, found)


def unlinked(text: str) -> str:
    """Without the `and`, `ok` or `but` that it begins with."""
    said = text.strip().strip("¿¡").strip()
    while (match := starts("links").match(said.casefold())) and said[match.end() :].strip(" ,.!:?"):
        said = said[match.end() :].lstrip(" ,.!:")
    return said


def leads_in_another(text: str) -> bool:
    """It begins as follow-ups begin in another language: `und 2024?`."""
    return bool(starts("other_leading").match(text.strip().strip("¿¡").casefold()))


def fragment(bare: str, found: Sequence[Token]) -> bool:
    """No sentence, and no search by keywords: `in 2024`, `by month`, `Germany`, `the second one`, `top 5`."""
    said = bare.strip(" ?.!")
    length = sum(bool(token.word) or token.quoted for token in found)
    if not 0 < length <= FRAGMENT:
        return False
    if (
        (length == 1 and said.isascii())
        or PERIOD.fullmatch(said)
        or NUMBER.fullmatch(said)
        or LIMIT.fullmatch(said)
    ):
        return True
    if TOP.match(said):
        return False  # `top 10 products` says of what
    return bool(starts("leading").match(said)) or said.endswith(ENDS)


def points_back(bare: str, found: Sequence[Token]) -> bool:
    """A pronoun stands before anything that it could stand for: `How old are they`."""
    if anywhere("no_pointer").search(bare):
        return False
    known, named = vocabulary(), 0
    for place, token in enumerate(found):
        before = found[place - 1].lower if place else ""
        if token.lower in THINGS or (token.lower in DETERMINERS and (not before or before in POINTING)):
            after = found[place + 1].word if place + 1 < len(found) else ""
            return not (token.lower == "this" and after in DEICTIC_TIME)
        if token.lower == "there" and place + 2 >= len(found) and place and before not in SENTENCE:
            return True
        named += token.quoted or bool(
            token.word and not (token.lower in known.between or token.lower in ASKS or token.word in LIGHT)
        )
        if named > 1:
            return False
    return False

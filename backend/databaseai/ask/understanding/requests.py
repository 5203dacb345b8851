"""What is no question to the data: requests to change it, talk, and orders to the machine."""

from collections.abc import Callable

from databaseai.ask.understanding.phrasing import ASKS, Phrasing, stands_between
from databaseai.ask.understanding.wordings import anywhere, starts, whole, word_set

CHANGE = "This is a request to change or do something. Data is only read here; nothing is added or changed."
TALK = "This is not a question that the data could answer."
STEERS = "This asks for other rules, not for data. The rules stay; ask a question about the data."
HOW_TO = "This asks how something is done. The data tells what is or was, not how to do things."
SYLLABLE = 3
"""Letters of a word that is linked by chance."""


def refused(asked: Phrasing, linked: Callable[[str], bool], *, follows: bool = False) -> str:
    """Why this is no question to the data, in a sentence; empty when it may be one.

    Args:
        asked: The question.
        linked: Whether the data has a word.
        follows: It was added to an earlier question, of whose answer it may want something removed.
    """
    bare = asked.bare
    if anywhere("steers").search(bare):
        return STEERS
    if changes(asked, follows=follows):
        return CHANGE
    if talks(asked, linked):
        return TALK
    if (found := starts("how_to").match(bare)) and not anywhere("seen").search(bare[found.end() :]):
        return HOW_TO
    return ""


def talks(asked: Phrasing, linked: Callable[[str], bool]) -> bool:
    """Chat, sums, and orders to write something."""
    bare = asked.bare
    if whole("greeted").match(asked.text.casefold()):
        return True
    if whole("sum").match(bare) or starts("machine").match(bare):
        return True
    if starts("composed").match(bare):
        return True
    if told := starts("told").match(bare):
        return not linked(told.group().split()[-1])
    if starts("greetings").match(bare):
        return not any(token.lower in ASKS | word_set("asking") for token in asked.tokens[1:])
    return bool(starts("talk").match(bare)) and not anything_linked(asked, linked)


def changes(asked: Phrasing, *, follows: bool) -> bool:
    """A request to write, delete, create or send, rather than a question of such things."""
    bare = asked.bare
    if anywhere("statement").search(bare) and not starts("asks_of_change").match(bare):
        return True
    if starts("raise").match(bare) or starts("other_changes").match(asked.text.casefold()):
        return True
    if starts("changes_always").match(bare):
        return len(bare.split()) > 1
    if starts("changes").match(bare):
        return not follows and changes_data(asked)
    if starts("order").match(bare) and not starts("asks_in_orders").match(bare) and not follows:
        return True
    return bool(starts("do").match(bare)) and not anywhere("sorted").search(bare)


def changes_data(asked: Phrasing) -> bool:
    """Of `add`, `remove`, `make` and the like: told of the data, not of the answer."""
    if len(asked.tokens) > 1 and asked.tokens[1].proper:
        return True
    told = starts("object").match(asked.bare) or anywhere("changed").search(asked.bare)
    return bool(told) and not anywhere("of_answer").search(asked.bare)


def anything_linked(asked: Phrasing, linked: Callable[[str], bool]) -> bool:
    """Whether the data has any longer word of it."""
    return any(
        len(token.word) > SYLLABLE and not stands_between(token) and linked(token.word)
        for token in asked.tokens
    )

"""What a question does with a value that it names: looks for it, leaves it out, or lets it in."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from databaseai.catalog.words import words

NEAR = 5
"""Words from what leaves out to what is left out: `leave out those that were cancelled`."""
SHORT = 4
"""A word of no more letters is itself alone."""
LEAVING_OUT = "ignore ignoring exclude excluding except without disregard disregarding skip skipping"
LEAVES_OUT = frozenset(LEAVING_OUT.split())
LEAVES = frozenset({"leave", "leaving", "left"})
ASIDE = frozenset({"out", "aside"})
"""Only with these is leaving no departure."""
LEFT_OUT = frozenset({"aside", "excluded", "ignored", "disregarded", "skipped"})
NOT = frozenset({"not", "never", "non", "dont", "doesnt", "arent", "isnt", "werent", "wasnt"})
COUNTS = frozenset({"count", "counted", "counting"})
LETS_IN = frozenset({"including", "include", "counting", "even"})
Standing = Literal["", "out", "in"]


def standing(spoken: Sequence[str], value: str) -> Standing:
    """`out` where the question leaves the value out, `in` where it lets it in, else nothing."""
    named = words(value)
    if len(named) != 1:
        return ""
    for place, word in enumerate(spoken):
        if word == named[0] or (len(word) > SHORT and word[:-1] == named[0][:-1]):
            before, after = spoken[max(0, place - NEAR) : place], spoken[place + 1 : place + 1 + NEAR]
            return sign(before, after)
    return ""


def sign(before: Sequence[str], after: Sequence[str]) -> Standing:
    """What the words around a value do with it."""
    around = {*before, *after}
    leaves = not LEAVES.isdisjoint(around) and not ASIDE.isdisjoint(around)
    denied = any(word in NOT for word in before[-1:]) or (
        tuple(before[-1:]) == ("been",) and not NOT.isdisjoint(before[-2:])
    )
    if leaves or denied or not LEAVES_OUT.isdisjoint(before) or not LEFT_OUT.isdisjoint(after):
        return "out"
    if any(word in NOT and other in COUNTS for word, other in pairwise(after)):
        return "out"
    for place, word in enumerate(before):
        if word in LETS_IN:
            return "out" if place and before[place - 1] in NOT else "in"
    return ""

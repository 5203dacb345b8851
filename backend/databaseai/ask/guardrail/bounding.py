"""A size that only the data knows is bounded where it stands: a cast makes the server refuse more.

`repeat('*', n)` becomes `repeat('*',(n)::numeric(4)::int4)`: the same text up to 9,999, an error past it.
PostgreSQL has no other bound than 1 GB for one value.
"""

import re

from databaseai.ask.guardrail.first_parser import Node
from databaseai.ask.guardrail.substitution import Edits

DIGITS = 4
LARGEST = 10**DIGITS - 1
COUNTED = 100
"""What such a size counts for in a statement's product; two of them nested make 100 MB, in 1.3 s."""
CAST = f")::pg_catalog.numeric({DIGITS})::pg_catalog.int4"
SMALL = re.compile(r"\d{0,4}\.\d*|\d{1,4}")
OPENING, CLOSING = "([", ")]"


def computed(size: Node) -> bool:
    """The size hangs on the data alone: a column is in it, no subquery and no large number."""
    columns = False
    stack: list[object] = [size]
    while stack:
        part = stack.pop()
        if isinstance(part, list):
            stack.extend(part)
        elif isinstance(part, dict):
            if "SubLink" in part or large(part.get("ival")) or large(part.get("fval")):
                return False
            columns = columns or "ColumnRef" in part or "agg_star" in part
            stack.extend(part.values())
    return columns


def large(number: object) -> bool:
    """A literal past the bound, or one that is no plain number."""
    if isinstance(number, str):
        return not SMALL.fullmatch(number)
    return isinstance(number, int) and number > LARGEST


def bound(edits: Edits, location: int, argument: int) -> bool:
    """Put the cast around one argument of the call at a byte offset; False when its place is not found."""
    place = edits.places.get(location)
    while place is not None and edits.word(place) != "(":
        place = place + 1 if place < len(edits.tokens) else None
    if place is None:
        return False
    borders = separators(edits, place)
    if len(borders) <= argument + 1:
        return False
    for border, text in ((borders[argument], "{}("), (borders[argument + 1], CAST + "{}")):
        start, end = edits.tokens[border]
        mark = edits.spelt(start, end)
        edits.replace(start, end, text.format(mark), mark)
    return True


def separators(edits: Edits, opened: int) -> list[int]:
    """Places of a call's opening bracket, of the commas between its arguments, and of its closing bracket."""
    found, depth = [opened], 0
    for place in range(opened, len(edits.tokens)):
        word = edits.word(place)
        depth += (word in OPENING) - (word in CLOSING)
        if depth == 0:
            return [*found, place]
        if depth == 1 and word == ",":
            found.append(place)
    return []

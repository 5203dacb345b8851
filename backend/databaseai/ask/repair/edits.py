"""Write a repair into the text at its node's span: what the model wrote well stays as it was."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters `start` to `end` (exclusive) of the statement become `text`."""

    start: int
    end: int
    text: str
    note: str
    """One line for the proof card."""


def span(node: exp.Expr) -> tuple[int, int] | None:
    """Where an identifier, literal or function name stands, as start and exclusive end; None when unknown."""
    meta = node.meta
    return (meta["start"], meta["end"] + 1) if "start" in meta and "end" in meta else None


def column_span(column: exp.Column) -> tuple[int, int] | None:
    """A column with its qualifiers."""
    spans = [span(part) for part in column.parts]
    if any(found is None for found in spans):
        return None
    known = [found for found in spans if found is not None]
    return min(known)[0], max(end for _, end in known)


def extent(node: exp.Expr, tokens: Sequence[Token]) -> tuple[int, int] | None:
    """Where an expression stands, from its first character to its last; None when that is not known."""
    places = []
    for part in node.walk():
        place = column_span(part) if isinstance(part, exp.Column) and not part.is_star else span(part)
        if place is not None:
            places.append((place[0], closing(tokens, place[1]) if isinstance(part, exp.Func) else place[1]))
    if not places:
        return None
    start, end = min(places)[0], max(last for _, last in places)
    return balanced(tokens, start, end)


def closing(tokens: Sequence[Token], end: int) -> int:
    """The end of the bracket that opens right after a function's name; the name's own end without one."""
    depth = 0
    for token in tokens:
        if token.start < end:
            continue
        depth += (token.token_type == TokenType.L_PAREN) - (token.token_type == TokenType.R_PAREN)
        if depth == 0:
            return token.end + 1 if token.token_type == TokenType.R_PAREN else end
    return end


def balanced(tokens: Sequence[Token], start: int, end: int) -> tuple[int, int] | None:
    """The stretch, widened to the brackets that it closes or leaves open."""
    inside = [token for token in tokens if start <= token.start < end]
    depth = lowest = 0
    for token in inside:
        depth += (token.token_type == TokenType.L_PAREN) - (token.token_type == TokenType.R_PAREN)
        lowest = min(lowest, depth)
    before = [token for token in tokens if token.end < start]
    after = [token for token in tokens if token.start >= end]
    for _ in range(-lowest):
        if not before or before[-1].token_type != TokenType.L_PAREN:
            return None
        start = before.pop().start
    for _ in range(depth - lowest):
        if not after or after[0].token_type != TokenType.R_PAREN:
            return None
        end = after.pop(0).end + 1
    return start, end


def apply(statement: str, edits: Iterable[Edit]) -> tuple[str, tuple[str, ...]]:
    """The statement with the edits, and their notes; of two that overlap, the first in the text is made."""
    parts: list[str] = []
    notes: dict[str, None] = {}
    done = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        if edit.start < done:
            continue
        parts += [statement[done : edit.start], edit.text]
        done = edit.end
        notes[edit.note] = None
    return "".join([*parts, statement[done:]]), tuple(notes)

"""Write a repair into the text at its node's span: what the model wrote well stays as it was."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlglot import exp


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

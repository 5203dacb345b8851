"""How sure the answer is, from what was measured; never from the model's opinion of itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from databaseai.ask.events import Confidence, Level

CLOSE = 0.8
"""Linking margin from which a table that was left out scored nearly as well."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What is known about the one candidate that ran."""

    attempts: int
    """Statements asked of the model, the accepted one included."""
    repairs: Sequence[str] = ()
    """Mended on the tree."""
    row_count: int = 0
    all_null: bool = False
    """There are rows, and nothing in them."""
    margin: float = 0.0
    """`schema_linking.Linked.margin`."""
    samples_cut: bool = False


def judge(measured: Measured) -> Confidence:
    """A level with its reasons.

    One candidate that ran at once proves only that it runs, so without a reason for doubt the level is
    "unknown": agreement of several candidates, which could earn "high", is not measured.
    """
    severe, mild = doubts(measured)
    level: Level = "low" if severe or len(mild) > 1 else "medium" if mild else "unknown"
    return Confidence(level, (*severe, *mild) or ("One candidate, which ran as proposed.",))


def doubts(measured: Measured) -> tuple[list[str], list[str]]:
    """Severe and mild reasons not to trust the answer."""
    severe, mild = [], []
    if not measured.row_count:
        severe.append("No row came back.")
    elif measured.all_null:
        severe.append("The result holds no value.")
    if measured.attempts > 1:
        severe.append(f"The model needed {measured.attempts} attempts.")
    if measured.margin >= CLOSE:
        severe.append("A table that was left out fits the question nearly as well.")
    if measured.repairs:
        mild.append(f"Names were mended in {len(measured.repairs)} place(s).")
    if measured.samples_cut:
        mild.append("Stored values were sampled in part only.")
    return severe, mild

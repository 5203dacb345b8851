"""What earlier questions give to this one.

Only the turns of the conversation at hand are recalled. Pairs of question and SQL from other conversations
would make good examples, and bad ones as well: a wrong answer that nobody noticed would be taught on. They
come in when a person can approve them (verified queries).
"""

from collections.abc import Sequence
from typing import NamedTuple

TURNS = 3
"""Of the conversation's end: a follow-up rarely means what came before them."""


class Exchange(NamedTuple):
    """One earlier turn that was answered."""

    question: str
    sql: str


def recall(conversation: Sequence[Exchange], limit: int) -> tuple[Exchange, ...]:
    """The last answered turns, oldest first; overlong ones are left out.

    Args:
        conversation: Oldest first.
        limit: Characters a turn's question or statement may have.
    """
    answered = [turn for turn in conversation if turn.question.strip() and turn.sql.strip()]
    return tuple(
        Exchange(*turn)
        for turn in answered[-TURNS:]
        if len(turn.question) <= limit and len(turn.sql) <= limit
    )

"""Take the question in: what may be asked about at all."""

import unicodedata

from databaseai.errors import QuestionEmpty, QuestionTooLong, QuestionUnreadable

LAYOUT = "\t\n\r"
"""Control characters that people type; the others are refused."""


def read(text: str, limit: int) -> str:
    """The question as one line of readable text, in any language or script.

    Args:
        text: As the asker sent it.
        limit: Characters.

    Raises:
        QuestionEmpty: Nothing but space. DBAI102.
        QuestionTooLong: More characters than `limit`. DBAI103.
        QuestionUnreadable: Control characters, or halves of surrogate pairs. DBAI109.
    """
    if len(text) > limit:
        raise QuestionTooLong(
            f"The question has {len(text):,} characters; {limit:,} is the limit.", limit=limit
        )
    for position, character in enumerate(text):
        if character not in LAYOUT and unicodedata.category(character) in {"Cc", "Cs", "Cn"}:
            name = f"U+{ord(character):04X}"
            raise QuestionUnreadable(
                f"The character {name} at {position} is not readable text.", position=position
            )
    if not (question := " ".join(unicodedata.normalize("NFC", text).split())):
        raise QuestionEmpty
    return question

"""A reply that goes round in circles: small models sometimes list one column until their bound."""

TURNS = 4
"""Equal pieces in a row; statements repeat a line twice or thrice with reason."""
CHARACTERS = 120
"""Of all turns together: `    ` and `))))` are no circle."""
WINDOW = 1_600


def goes_round(text: str) -> bool:
    """Whether the end of the text is one piece, several times in a row."""
    tail = text[-WINDOW:]
    return any(
        tail.endswith(tail[-length:] * TURNS) for length in range(CHARACTERS // TURNS, len(tail) // TURNS + 1)
    )

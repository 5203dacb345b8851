"""The same statement written another way: blanks, comments, letter case, quotes, escapes."""

import random

import postgast

BLANKS = [
    " ",
    " ",
    " ",
    "\n",
    "\t",
    "  ",
    "\r\n",
    " /* x */ ",
    "/* é /* nested ; */ */",
    " -- DROP TABLE ;\n",
    "/**/",
]


def respelt(text: str, chance: random.Random, share: float = 0.15) -> str:
    """The text with some of its pieces written differently; it means the same to PostgreSQL."""
    encoded = text.encode()
    pieces: list[str] = []
    last = 0
    for token in postgast.scan(text).tokens:
        between = encoded[last : token.start].decode()
        piece = encoded[token.start : token.end].decode()
        if between and not between.strip() and chance.random() < share:
            between = chance.choice(BLANKS)
        pieces += [between, another(piece, chance) if chance.random() < share else piece]
        last = token.end
    return "".join([*pieces, encoded[last:].decode()])


def another(piece: str, chance: random.Random) -> str:
    """One piece: a word in another case, a string with other quotes."""
    if piece.isascii() and piece.replace("_", "a").isalnum() and not piece[0].isdigit():
        return chance.choice([piece.upper(), piece.lower(), piece.title()])
    if len(piece) > 1 and piece[0] == piece[-1] == "'" and piece[1:-1].isalnum() and piece.isascii():
        bare = piece[1:-1]
        return chance.choice(
            [f"E'{bare}'", f"$${bare}$$", f"$q${bare}$q$", f"U&'\\{ord(bare[0]):04x}{bare[1:]}'"]
        )
    return piece

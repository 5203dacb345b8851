"""Whether two questions are the same one: equal keys, and nothing that changes a meaning is lost in a key."""

import re
import unicodedata

QUOTED = re.compile(r'"[^"]*"|(?<!\w)\'[^\']*\'(?!\w)')
"""A value that is named literally."""
APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")
HYPHEN = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")
MARKS = ".,;:?!\u2026\u3002\u3001\uff1f\uff01"
"""Of sentences, full-width ones too."""
MARK = re.compile(rf"(?<=\S)[{MARKS}]+(?=\s|$)|(?<!\S)[\u00bf\u00a1]+")
"""At a word's end, or upside down at its beginning; not within a number, nor before a sign as in `!=`."""
TYPED = str.maketrans("\u2019\u2018\u201c\u201d\u201e\u00ab\u00bb\u2010\u2011", "''" + '"' * 5 + "--")
"""What word processors write for quotes and hyphens."""
LATIN = re.compile(r"[a-z][\u0300-\u036f]+")


def key(question: str) -> str:
    """Equal for questions that differ in case, accents, spacing and a sentence's marks only.

    Numbers, signs and text in quotes stay as they are: `top 5` is not `top 10`, `-5` not `5`.
    """
    text = unicodedata.normalize("NFC", question).translate(TYPED).rstrip(MARKS + " \t\r\n")
    pieces, place = list[str](), 0
    for found in QUOTED.finditer(text):
        pieces += [folded(text[place : found.start()]), found.group()]
        place = found.end()
    pieces.append(folded(text[place:]))
    return " ".join("".join(pieces).split())


def folded(text: str) -> str:
    """Case, Latin accents and a sentence's marks away; other scripts' accents make other letters."""
    apart = unicodedata.normalize("NFD", HYPHEN.sub(" ", APOSTROPHE.sub("", MARK.sub("", text.casefold()))))
    return unicodedata.normalize("NFC", LATIN.sub(lambda found: found.group()[0], apart))

"""Where sqlglot cuts a text into other tokens than PostgreSQL does: operators, numbers, `U&"..."` names."""

import re

from sqlglot import Dialect, TokenType
from sqlglot.tokenizer_core import Token

from databaseai.ask.guardrail.lists import words

POSTGRES = Dialect.get_or_raise("postgres")
OPERANDS = {
    *(TokenType.VAR, TokenType.IDENTIFIER, TokenType.NUMBER, TokenType.STRING, TokenType.R_PAREN),
    *(TokenType.R_BRACKET, TokenType.NATIONAL_STRING, TokenType.UNICODE_STRING, TokenType.NULL),
}
"""What an infix operator may stand behind; other words are read as if a prefix operator followed."""
OPERATOR = re.compile(r"[~!@#^&|`?+\-*/%<>=]+")
SPECIAL = frozenset("~!@#^&|`?%")
NATIVE = frozenset(
    words("""+ - * / % ^ | & # ~ < > = <= >= <> != := => << >> || -> ->> #> #>> #- @> <@ && ? ?| ?& @? @@
    |/ ||/ -|- <-> !! ~~ ~~* !~~ !~~* !~ ~* !~* -- /* */ /** **/ <= >=""")
)
"""Operators that sqlglot knows as PostgreSQL does, and what a comment looks like."""
NUMBER = re.compile(
    r"0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+"
    r"|(?:\d+(?:_\d+)*(?:\.(?!\.)(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+(?:_\d+)*)?"
)
ODD_NUMBER = re.compile(r"\d_|\b0[oO]\d")
UNICODE_NAME = re.compile(r'[uU]&"')


def made(token: Token, kind: TokenType, text: str, last: Token | None = None) -> Token:
    """Another token in the place of one, or of several up to `last`."""
    return Token(kind, text, token.line, token.col, token.start, (last or token).end, token.comments)


def word(tokens: list[Token], place: int) -> str:
    """The bare word at a place, in capitals; nothing for a quoted name or a literal."""
    if not 0 <= place < len(tokens):
        return ""
    token = tokens[place]
    return "" if token.token_type in {TokenType.IDENTIFIER, TokenType.STRING} else token.text.upper()


def numbers(tokens: list[Token], text: str) -> list[Token]:
    """`1_000` and `0o17` as one number."""
    kept: list[Token] = []
    end = -1
    for token in tokens:
        if token.start <= end:
            continue
        if token.token_type == TokenType.NUMBER and (found := NUMBER.match(text, token.start)):
            end = max(found.end() - 1, token.end)
            if end > token.end:
                digits = decimal(found[0])
                place = (token.line, token.col, token.start, end)
                kept.append(Token(TokenType.NUMBER, digits, *place, token.comments))
                continue
        kept.append(token)
    return kept


def decimal(digits: str) -> str:
    """Without separators, in base ten."""
    plain_digits = digits.replace("_", "")
    return str(int(plain_digits, 0)) if plain_digits[:2].lower() in {"0o", "0x", "0b"} else plain_digits


def unicode_names(tokens: list[Token], _: str) -> list[Token]:
    r"""`U&"d\0061ta"`, with its own escape character where UESCAPE names one, as one quoted name."""
    kept: list[Token] = []
    place = 0
    while place < len(tokens):
        name = unicode_name(tokens, place)
        if name is None:
            kept.append(tokens[place])
            place += 1
            continue
        escape = word(tokens, place + 3) == "UESCAPE"
        kept.append(made(tokens[place], TokenType.IDENTIFIER, name, tokens[place + 2]))
        place += 5 if escape else 3
    return kept


def unicode_name(tokens: list[Token], place: int) -> str | None:
    """The name that three adjacent tokens are, or None."""
    if word(tokens, place) != "U" or len(tokens) < place + 3:
        return None
    letter, sign, quoted = tokens[place : place + 3]
    adjacent = letter.end + 1 == sign.start and sign.end + 1 == quoted.start
    if not adjacent or sign.token_type != TokenType.AMP or quoted.token_type != TokenType.IDENTIFIER:
        return None
    escape = (
        tokens[place + 4].text if word(tokens, place + 3) == "UESCAPE" and len(tokens) > place + 4 else "\\"
    )
    return re.sub(
        re.escape(escape) + r"(?:([0-9a-fA-F]{4})|\+([0-9a-fA-F]{6})|(" + re.escape(escape) + "))",
        lambda found: found[3] or chr(int(found[1] or found[2], 16)),
        quoted.text,
    )


def operators(tokens: list[Token], text: str) -> list[Token]:
    """Operators that sqlglot cuts in two or does not know: OPERATOR(x) for infix ones, a minus for others."""
    kept: list[Token] = []
    place = 0
    while place < len(tokens):
        end, operator = operator_at(tokens, place, text)
        if not operator or operator in NATIVE:
            kept.append(tokens[place])
            place += 1
            continue
        kept += stood_in(kept, tokens[place], tokens[end - 1], operator)
        place = end
    return kept


def operator_at(tokens: list[Token], place: int, text: str) -> tuple[int, str]:
    """The operator that starts at a token as PostgreSQL cuts it, and where the tokens go on; or none."""
    token = tokens[place]
    found = OPERATOR.match(text, token.start)
    if not found:
        return place, ""
    run = re.split(r"--|/\*", found[0])[0]
    while len(run) > 1 and run[-1] in "+-" and not SPECIAL & set(run[:-1]):
        run = run[:-1]
    stop = token.start + len(run)
    end = place
    while end < len(tokens) and tokens[end].start < stop:
        end += 1
    return (end, run) if run and tokens[end - 1].end == stop - 1 else (place, "")


def stood_in(before: list[Token], first: Token, last: Token, operator: str) -> list[Token]:
    """What is shown in the place of an operator."""
    if not before or before[-1].token_type not in OPERANDS:
        return [made(first, TokenType.DASH, "-", last)]
    return [
        made(first, TokenType.OPERATOR, "OPERATOR", last),
        made(first, TokenType.L_PAREN, "(", last),
        made(first, TokenType.VAR, operator, last),
        made(first, TokenType.R_PAREN, ")", last),
    ]


def odd_operator(text: str) -> bool:
    """The text holds a run of operator characters that sqlglot may cut otherwise."""
    return not NATIVE.issuperset(OPERATOR.findall(text))

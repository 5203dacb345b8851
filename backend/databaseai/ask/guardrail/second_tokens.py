"""PostgreSQL's words for sqlglot's eyes: where its tokenizer cuts otherwise, the tokens are put right.

libpg_query judges the text itself; what is changed here is what the second parser reads. So that no edit
can hide anything from it, an edit does one of three things only: it gives a word or operator another kind
(`stood_in`, `plain`), it joins adjacent tokens that are one token or keyword for PostgreSQL (`numbers`,
`unicode_names`, `parted`), or it leaves tokens out that are words, names, literals and commas, or an empty
pair of brackets (`hidden` checks each one). A call, a subquery and a column path need brackets or a dot,
which are never left out; and what is left out wrongly is seen by one parser only, which
`second_parser.compare` refuses.
"""

import re
from collections.abc import Callable

from sqlglot import TokenType
from sqlglot.tokenizer_core import Token

from databaseai.ask.guardrail.lists import words
from databaseai.ask.guardrail.second_lexemes import (
    ODD_NUMBER,
    POSTGRES,
    UNICODE_NAME,
    made,
    numbers,
    odd_operator,
    operators,
    unicode_names,
    word,
)

FOREIGN = {
    *(TokenType.QUALIFY, TokenType.RLIKE, TokenType.GLOB, TokenType.ASOF, TokenType.SEMI, TokenType.ANTI),
}
NAMES = {TokenType.VAR, TokenType.IDENTIFIER}
VISIBLE = {
    *(TokenType.L_PAREN, TokenType.R_PAREN, TokenType.L_BRACKET, TokenType.R_BRACKET, TokenType.L_BRACE),
    *(
        TokenType.R_BRACE,
        TokenType.DOT,
        TokenType.SEMICOLON,
        TokenType.SELECT,
        TokenType.FROM,
        TokenType.WITH,
    ),
}
"""Never left out."""
BEFORE_TEXT = frozenset(
    words("""ABSENT BOTH DEFAULT EMPTY ESCAPE FORMAT KEY LEADING PASSING PLACING SIMILAR SYMMETRIC TO TRAILING
    UESCAPE VALUE ZONE""")
)
"""Words that PostgreSQL's grammar puts before a text and sqlglot reads as names; not types."""
PATH = 2
COMMENT = re.compile(r"--|/\*")
PAIRS = {
    ("ORDER", "BY"): TokenType.ORDER_BY,
    ("GROUP", "BY"): TokenType.GROUP_BY,
    ("PARTITION", "BY"): TokenType.PARTITION_BY,
    ("GROUPING", "SETS"): TokenType.GROUPING_SETS,
}
"""Keywords of two words, which a comment between them parts."""


def tokenized(text: str) -> list[Token]:
    """The tokens of a statement, as near to PostgreSQL's as sqlglot's parser can read.

    Raises:
        TokenError: The tokenizer cannot read the text.
    """
    tokens = [plain(token) for token in POSTGRES.tokenize(text)]
    for trigger, edit in EDITS:
        if trigger(text):
            tokens = edit(tokens, text)
    return tokens


def plain(token: Token) -> Token:
    """A word that is a keyword for sqlglot and a name for PostgreSQL, as a name."""
    if token.token_type in FOREIGN and token.text.isalpha():
        return made(token, TokenType.VAR, token.text)
    return token


def hidden(tokens: list[Token], start: int, end: int) -> list[Token]:
    """All tokens but those from `start` to `end`, when each of them may be left out; else all."""
    if any(token.token_type in VISIBLE for token in tokens[start:end]):
        return tokens
    return tokens[:start] + tokens[end:]


def using(tokens: list[Token], _: str) -> list[Token]:
    """JOIN ... USING (...) AS x without AS x; ORDER BY x USING < and > as ASC and DESC."""
    kept: list[Token] = []
    opened = closed = -1
    skip, before = 0, None
    for place, token in enumerate(tokens):
        kind = token.token_type
        if kind == TokenType.L_PAREN and before == TokenType.USING:
            opened = place
        elif closed == place - 1 and closed > 0 and kind == TokenType.ALIAS:
            skip = 2
        elif kind == TokenType.R_PAREN and opened > 0:
            closed, opened = place, -1
        elif before == TokenType.USING and kind in {TokenType.LT, TokenType.GT}:
            kept[-1] = made(
                token, *((TokenType.ASC, "ASC") if kind == TokenType.LT else (TokenType.DESC, "DESC"))
            )
            before = kind
            continue
        before = kind
        if skip:
            skip -= 1
        else:
            kept.append(token)
    return kept


def recursion(tokens: list[Token], _: str) -> list[Token]:
    """A WITH query's SEARCH and CYCLE clauses, which hold names and constants only, are left out."""
    place = 1
    while place < len(tokens):
        if tokens[place - 1].token_type == TokenType.R_PAREN:
            if word(tokens, place) == "SEARCH" and word(tokens, place + 1) in {"DEPTH", "BREADTH"}:
                tokens = hidden(tokens, place, after(tokens, place, "SET"))
            if word(tokens, place) == "CYCLE" and word(tokens, place + 2) in {"SET", ","}:
                tokens = hidden(tokens, place, after(tokens, place, "USING"))
        place += 1
    return tokens


def after(tokens: list[Token], place: int, last: str) -> int:
    """The place behind the name that follows the word `last`; past everything when there is none."""
    for end in range(place + 1, len(tokens)):
        if word(tokens, end) == last:
            return end + 2
    return len(tokens)


def empty_brackets(tokens: list[Token], _: str) -> list[Token]:
    """`schema.type[]` without its brackets, which sqlglot reads for its own types only."""
    kept: list[Token] = []
    place = 0
    while place < len(tokens):
        pair = [token.token_type for token in tokens[place : place + 2]]
        if pair == [TokenType.L_BRACKET, TokenType.R_BRACKET] and kept and kept[-1].token_type in NAMES:
            place += 2
            continue
        kept.append(tokens[place])
        place += 1
    return kept


def typed_literals(tokens: list[Token], _: str) -> list[Token]:
    """`cidr '10.0.0.0/8'` and `schema.kind 'x'` as casts, which sqlglot reads of any type."""
    kept: list[Token] = []
    for token in tokens:
        named = token.token_type == TokenType.STRING and kept and kept[-1].token_type in NAMES
        if not named or kept[-1].text.upper() in BEFORE_TEXT:
            kept.append(token)
            continue
        qualified = len(kept) > PATH and kept[-2].token_type == TokenType.DOT
        name = kept[-3:] if qualified else kept[-1:]
        kept[-len(name) :] = [token, made(token, TokenType.DCOLON, "::"), *name]
    return kept


def type_words(tokens: list[Token], _: str) -> list[Token]:
    """`bit varying`, `national character varying` and `nchar varying` by one word less."""
    return [
        token
        for place, token in enumerate(tokens)
        if not (word(tokens, place) == "NATIONAL" and word(tokens, place + 1).startswith("CHAR"))
        and not (word(tokens, place) == "VARYING" and word(tokens, place - 1) in {"BIT", "NCHAR"})
    ]


def calls(tokens: list[Token], _: str) -> list[Token]:
    """`delete(x, y)` and `cube(x)`, functions of hstore and cube, as names; GROUP BY CUBE is none."""
    names = (
        {"DELETE"} if any(token.token_type == TokenType.GROUP_BY for token in tokens) else {"DELETE", "CUBE"}
    )
    return [
        made(token, TokenType.VAR, token.text)
        if word(tokens, place) in names and word(tokens, place + 1) == "("
        else token
        for place, token in enumerate(tokens)
    ]


def local(tokens: list[Token], _: str) -> list[Token]:
    """AT LOCAL as AT TIME ZONE 'local'."""
    kept: list[Token] = []
    for place, token in enumerate(tokens):
        if word(tokens, place) == "LOCAL" and word(tokens, place - 1) == "AT":
            kept += [made(token, TokenType.VAR, "TIME"), made(token, TokenType.VAR, "ZONE")]
            kept.append(made(token, TokenType.STRING, "local"))
        else:
            kept.append(token)
    return kept


Edit = Callable[[list[Token], str], list[Token]]


def mentions(pattern: str) -> Callable[[str], object]:
    """Whether a text holds something; most hold none of it and are spared the pass."""
    return re.compile(pattern, re.IGNORECASE).search


def parted(tokens: list[Token], _: str) -> list[Token]:
    """`ORDER /* newest first */ BY` as the one keyword it is without the comment."""
    kept: list[Token] = []
    for place, token in enumerate(tokens):
        kind = PAIRS.get((word(tokens, place - 1), word(tokens, place)))
        if kind is None or not kept:
            kept.append(token)
        else:
            kept[-1] = made(kept[-1], kind, f"{kept[-1].text} {token.text}", token)
    return kept


EDITS: tuple[tuple[Callable[[str], object], Edit], ...] = (
    (COMMENT.search, parted),
    (ODD_NUMBER.search, numbers),
    (UNICODE_NAME.search, unicode_names),
    (odd_operator, operators),
    (mentions(r"\busing\b"), using),
    (mentions(r"\b(search|cycle)\b"), recursion),
    (mentions(r"\[\s*\]"), empty_brackets),
    (mentions(r"\bat\s+local\b"), local),
    (mentions(r"[\w\"]\s*('|\$)"), typed_literals),
    (mentions(r"\bvarying\b|\bnational\b"), type_words),
    (mentions(r"\b(delete|cube)\s*\("), calls),
)

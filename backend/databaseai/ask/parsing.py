"""Take the statement out of whatever the model replied."""

import json
import re

from databaseai.errors import ModelReplyEmpty, ModelReplyNotSql

THOUGHT = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
FENCE = re.compile(r"```[ \t]*(\w*)[ \t]*\r?\n?(.*?)(?:```|\Z)", re.DOTALL)
SPECIAL = re.compile(r"<\|[a-z_]+\|>|</?s>")
"""Tokens of chat templates that some endpoints let through."""
LABEL = re.compile(r"^\s*(?:sql\s*query|sqlquery|sql|query|answer|postgresql)\s*:\s*", re.IGNORECASE)
VERBS = """select with values table insert update delete merge create alter drop truncate grant revoke
copy call do explain set reset show begin commit rollback lock vacuum analyze refresh execute prepare declare
notify listen"""
START = re.compile(rf"\s*\(*\s*(?:{'|'.join(VERBS.split())})\b", re.IGNORECASE)
IN_PROSE = re.compile(
    r"(?:^|(?<=[:\n]))\s*(?:select\s+(?:distinct\b|[\w\"'*(.-])"
    r"|with\s+(?:recursive\s+)?[\w\"]+\s*(?:\([^)]*\)\s*)?as\b)",
    re.IGNORECASE,
)
"""A word of prose can be `show` or `do`: inside a text only these two begin a statement, on a new line."""
PROSE_AFTER = re.compile(r"(?:;[ \t]*\n|\n[ \t]*\n)\s*(?=\S)")
"""After a statement's end or a blank line; whether prose follows is then looked at."""
PROSE = re.compile(r"(?:[*#>-]+\s|[A-Z][a-z']+[ ,:])(?!.*\bfrom\b.*;)")
JSON_KEYS = ("sql", "query", "statement", "SQL", "sql_query")


def statement_of(reply: str) -> str:
    """The SQL text of a reply: fenced, bare, labelled, in JSON, or between prose.

    Whether it is one statement and only reads is for the gate to say: several statements and writes pass
    through unchanged, so that they are refused under their own names.

    Raises:
        ModelReplyEmpty: Nothing was replied. DBAI308.
        ModelReplyNotSql: No part of the reply begins like a statement. DBAI311.
    """
    text = SPECIAL.sub("", THOUGHT.sub("", reply)).strip()
    if not text:
        raise ModelReplyEmpty
    if START.match(text) and "```" not in text:
        return without_prose(text)
    if found := from_json(text):
        return found
    fenced = [body.strip() for _, body in FENCE.findall(text)]
    for body in fenced:
        inner = LABEL.sub("", body)
        if START.match(inner):
            return inner.strip()
        if found := from_json(body):
            return found
    bare = LABEL.sub("", text)
    if START.match(bare):
        return without_prose(bare)
    if found_at := IN_PROSE.search(text):
        return without_prose(text[found_at.start() :].strip())
    raise ModelReplyNotSql


def from_json(text: str) -> str:
    """The statement of a JSON object, or nothing."""
    if not text.lstrip().startswith("{"):
        return ""
    try:
        found = json.JSONDecoder(strict=False).raw_decode(text.lstrip())[0]
    except ValueError:
        return ""
    values = (found.get(key) for key in JSON_KEYS) if isinstance(found, dict) else ()
    return next((value.strip() for value in values if isinstance(value, str) and START.match(value)), "")


def without_prose(text: str) -> str:
    """A bare statement up to where prose begins again; quoted text is never cut."""
    text = text.split("```", maxsplit=1)[0]
    for found in PROSE_AFTER.finditer(text):
        before, after = text[: found.start()], text[found.end() :]
        if before.count("'") % 2 == 0 and PROSE.match(after) and not START.match(after):
            return before.strip()
    return text.strip()

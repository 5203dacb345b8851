"""Turns of phrase as regular expressions, and sets of words: `wordings.toml`."""

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Any


@cache
def starts(name: str) -> re.Pattern[str]:
    """Matches what begins with one of these turns of phrase."""
    return re.compile(rf"(?:{_any(name)})(?![^\W\d_])")


@cache
def anywhere(name: str) -> re.Pattern[str]:
    """Finds one of these turns of phrase."""
    return re.compile(rf"\b(?:{_any(name)})\b")


@cache
def whole(name: str) -> re.Pattern[str]:
    """Matches what is nothing else, but for marks at its end."""
    return re.compile(rf"(?:{_any(name)})[ ?.!]*$")


@cache
def word_set(name: str) -> frozenset[str]:
    """Words, as written in small letters."""
    return frozenset(_read()["sets"][name].split())


def _any(name: str) -> str:
    return "|".join(_read()[name])


@cache
def _read() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("wordings.toml").read_text("utf-8"))

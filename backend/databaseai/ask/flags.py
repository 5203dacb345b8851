"""Columns that say yes or no, or one letter for a word: `is_official = 'T'`, `sex = 'F'`, `hand = 'L'`."""

from collections.abc import Iterator, Sequence

from databaseai.ask.phrases import Asked
from databaseai.catalog.snapshot import Column, Table
from databaseai.catalog.value_index import Place
from databaseai.catalog.words import fold, root, words

PAIRS = (frozenset("tf"), frozenset("yn"), frozenset(("yes", "no")), frozenset(("true", "false")))
YES = frozenset(("t", "y", "yes", "true"))
PREFIXES = frozenset(("is", "ha", "has", "was", "wa", "flag", "yn", "indicator"))
"""Words of a flag's name that a question leaves out (`ha`, `wa`: as `words` gives them)."""
SEXES = {
    "female": "f", "woman": "f", "women": "f", "girl": "f", "lady": "f",
    "male": "m", "man": "m", "men": "m", "boy": "m", "gentleman": "m",
}  # fmt: skip
SEX = frozenset(("sex", "gender"))
FEW = 3
"""The most frequent values tell what a column is; one stray value must not hide it."""


def set_flags(asked: Sequence[Asked], tables: Sequence[Table]) -> Iterator[Place]:
    """Places of the flag or letter that the question's words stand for."""
    for table in tables:
        for column in table.columns:
            values = column.labels or column.values
            if values and (value := stands_for(asked, column, values[:FEW])):
                yield Place(table, column, value)


def stands_for(asked: Sequence[Asked], column: Column, values: Sequence[str]) -> str:
    """The value of the column that the question names without saying it, or nothing."""
    folded = {fold(value) for value in values[:2]}
    name = [word for word in words(column.name) if word not in PREFIXES]
    if any(folded <= pair for pair in PAIRS) and in_row(name, asked):
        return next((value for value in values if fold(value) in YES), "")
    values = [value for value in values if len(value) == 1]
    if not values:
        return ""
    if SEX & set(name):
        letters = {letter for item in asked if (letter := SEXES.get(item.word))}
    else:
        spoken = {root(item.word) for item in asked}
        if not {root(word) for word in name} <= spoken or name[-1:] == ["name"]:
            return ""
        letters = {item.word[0] for item in asked if len(item.word) > 1 and beside(item, name)}
    found = [value for value in values if fold(value) in letters]
    return found[0] if len({fold(value) for value in found}) == 1 else ""


def in_row(name: Sequence[str], asked: Sequence[Asked]) -> bool:
    """Whether the words stand in the question one after the other."""
    said = [item.word for item in asked]
    length = len(name)
    return bool(length) and any(said[at : at + length] == list(name) for at in range(len(said) - length + 1))


def beside(item: Asked, name: Sequence[str]) -> bool:
    """Next to the column's last word: `left handed` beside `hand`."""
    return bool(name) and root(name[-1]) in {root(word) for word in item.beside} and item.word not in name

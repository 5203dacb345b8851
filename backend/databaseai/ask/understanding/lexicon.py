"""The words that a catalog has: a question's word is linked when the data has it, or a word like it."""

from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache

from databaseai.ask.understanding.vocabulary import vocabulary
from databaseai.ask.understanding.wordings import word_set
from databaseai.catalog.lexicon import ABBREVIATIONS
from databaseai.catalog.snapshot import Catalog, Column, Table
from databaseai.catalog.words import words

ENDINGS = tuple(sorted(word_set("endings")))
ROOT = 4
"""Letters that are left of a word, at least, when an ending is taken off."""
TYPO, TYPOS = 5, 8
"""Letters from which one wrong letter, and two, are taken for a slip."""
ABBREVIATED = (3, 6)
"""Letters of a name that may be short for a word: so many, and fewer than so many."""
VOWELS = frozenset("aeiou")
PART = 4
"""Letters of a word that is looked for inside a longer one: `birthdate`, `hometown`."""
TEXT = ("text", "character", "varchar", "citext")
VALUE_WORDS = 2
"""Stored values of more words mention things that the data is not about; value linking finds them whole."""
ENGLISH = 0.4
"""Share of a catalog's name words that must be English for a missing English word to mean anything."""


class Lexicon:
    """One catalog's words, folded, unaccented, singular."""

    def __init__(self, catalog: Catalog) -> None:
        if catalog.semantic:
            catalog = catalog.semantic.shown(catalog)
        self.catalog = catalog
        """What the model is shown of it."""
        synonyms = business_names(catalog)
        self.tables: dict[str, list[Table]] = {}
        """By each word of their names."""
        self.columns: dict[str, list[tuple[Table, Column]]] = {}
        """By each word of their names."""
        for table in catalog.tables:
            for word in set(words(table.name)):
                self.tables.setdefault(word, []).append(table)
            for column in table.columns:
                for word in set(words(column.name)):
                    self.columns.setdefault(word, []).append((table, column))
        written = frozenset(self.tables) | frozenset(self.columns)
        self.names = written | {ABBREVIATIONS[word] for word in written if word in ABBREVIATIONS}
        self.said = frozenset(word for text in (*texts(catalog), *synonyms) for word in words(text))
        labels = (label for table in catalog.tables for column in table.columns for label in column.labels)
        self.about = self.names.union(
            word
            for text in (*labels, *(name for name in synonyms if " " not in name))
            for word in words(text)
        )
        """Of names, labels and business names: not of what happens to be said or stored."""
        self.english = self._english()
        self._roots = frozenset(root for word in self.names | self.said for root in forms(word))
        self._name_roots = frozenset(root for word in self.names for root in forms(word))
        self._ends = frozenset(end for name in self.names for end in ends(name, PART, 1))
        """What names begin or end with: thousands of names are not gone through for each word."""
        self._halves = frozenset(end for name in self.names for end in ends(name, PART, PART - 1))
        self._alike: dict[tuple[str, int], list[str]] = {}
        for word in self.names:
            self._alike.setdefault((word[:1], len(word)), []).append(word)
        self.has = lru_cache(maxsize=4096)(self._has)
        """Whether the data has this word, a form or slip of it, or one that stands for the same thing."""

    def _english(self) -> bool:
        """Whether the names are English: otherwise a missing English word means nothing."""
        telling = {word for word in self.names if len(word) >= PART}
        known = sum(word in vocabulary().english for word in telling)
        return known >= ENGLISH * len(telling)

    def _has(self, word: str) -> bool:
        alike = vocabulary().alike
        return self.spelt(word) or any(
            self.named(other) for form in forms(word) for other in alike.get(form, ())
        )

    @cached_property
    def sells(self) -> bool:
        """There is a table of goods whose names are known in part only."""
        goods = [table for word in word_set("goods") for table in self.tables.get(word, ())]
        return any(
            column.type.startswith(TEXT) and not column.values_complete
            for table in goods
            for column in table.columns
        )

    def by_name(self, name: str) -> Table | None:
        """The one table of this bare name."""
        found = self.catalog.by_name.get(name, ())
        return found[0] if len(found) == 1 else None

    def named(self, word: str) -> bool:
        """A table or column is called so, in this form or another."""
        return word in self.names or any(form in self._name_roots for form in forms(word))

    def says(self, word: str) -> bool:
        """The data has exactly this word, or a name that begins or ends with it."""
        if word in self.names or word in self.said:
            return True
        return len(word) > PART and word in self._ends

    def spelt(self, word: str) -> bool:
        """The data has this very word: as written, in another form, inside a longer one, or misspelt."""
        if word in self.names or word in self.said:
            return True
        if any(form in self._roots for form in forms(word)):
            return True
        if word in self._halves or any(end in self.names for end in ends(word, PART + 1, PART - 1)):
            return True
        if any(abbreviates(name, word) for name in self._of_length(word, range(*ABBREVIATED))):
            return True
        near = self._of_length(word, range(len(word) - 1, len(word) + 2))
        return word not in vocabulary().english and any(slip(word, name) for name in near)

    def _of_length(self, word: str, lengths: Iterable[int]) -> Iterator[str]:
        """Names of these lengths that begin as the word does."""
        for length in lengths:
            yield from self._alike.get((word[:1], length), ())


def business_names(catalog: Catalog) -> tuple[str, ...]:
    """What the semantic model calls tables, columns and figures."""
    if catalog.semantic is None:
        return ()
    meant = (phrase for meaning in catalog.semantic.meanings for phrase in meaning.synonyms)
    return (*meant, *(phrase for term in catalog.semantic.terms for phrase in term.phrases))


def texts(catalog: Catalog) -> Iterator[str]:
    """What the catalog says beside its names."""
    for table in catalog.tables:
        yield table.comment
        for column in table.columns:
            yield column.comment
            yield from (v for v in (*column.labels, *column.values) if len(v.split()) <= VALUE_WORDS)


@lru_cache(maxsize=20_000)
def forms(word: str) -> frozenset[str]:
    """The word, and what is left of it without its endings: `nationality` -> national, nation."""
    found = {word}
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= ROOT + (len(ending) == 1):
            found |= forms(word[: -len(ending)])
    return frozenset(found)


def ends(word: str, shortest: int, rest: int) -> Iterator[str]:
    """Its beginnings and ends, `date` and `birth` of `birthdate`.

    Args:
        word: A name, or a word of the question.
        shortest: Letters of an end, at least.
        rest: Letters that are left of the word, at least.
    """
    for length in range(shortest, len(word) - rest + 1):
        yield word[:length]
        yield word[-length:]


def abbreviates(name: str, word: str) -> bool:
    """`cust` for customer, `cntry` for country: no word itself, and its letters are in the word in order."""
    if len(word) < len(name) + 2 or name in vocabulary().english:
        return False
    rest = iter(word)
    return word.startswith(name) or (not VOWELS & set(name[1:]) and all(letter in rest for letter in name))


def slip(word: str, name: str) -> bool:
    """The same word but for a letter or two; of a short one, for a letter too many at its end."""
    if word[:-1] == name and len(name) >= TYPO - 2:
        return True
    if len(word) < TYPO or len(name) < TYPO or abs(len(word) - len(name)) > 1:
        return False
    return distance(word, name) <= (2 if min(len(word), len(name)) >= TYPOS else 1)


def distance(one: str, other: str) -> int:
    """Letters to put in, take out, change or swap with the next, to make one of the other."""
    above: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        below = [i]
        for j, its in enumerate(other, 1):
            cost = min(row[j] + 1, below[-1] + 1, row[j - 1] + (letter != its))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == its:
                cost = min(cost, above[j - 2] + 1)
            below.append(cost)
        above, row = row, below
    return row[-1]

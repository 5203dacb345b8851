"""Can the data answer this at all? Only positive evidence refuses: an unknown word alone does not."""

from collections.abc import Iterator
from enum import StrEnum

from databaseai.ask.understanding.lexicon import Lexicon, forms
from databaseai.ask.understanding.phrasing import Phrasing, Token, segments, stands_between
from databaseai.ask.understanding.vocabulary import Subject, vocabulary
from databaseai.ask.understanding.wordings import anywhere, starts, word_set
from databaseai.catalog.snapshot import Catalog, Table
from databaseai.catalog.words import words

SHORTEST = 4
"""Letters of a word whose absence says something."""

VERBAL = ("ing", "ed", "ly", "est")
"""Endings of words that say what happens rather than name something."""


class Bearing(StrEnum):
    """What a word of the question has to do with the data."""

    SILENT = "silent"
    """Says nothing of what the data is about: a mark, a number, `show`, `most`, `name`."""
    LINKED = "linked"
    """The data has it, or a word for the same thing."""
    NAMED = "named"
    """A name, code or quotation, which may be stored though it was not drawn as a sample."""
    MISSING = "missing"
    """A known thing, of which the data has no word."""
    STRANGE = "strange"
    """Neither the data nor this module has the word."""


class Reading:
    """One question's words against one catalog's."""

    def __init__(self, asked: Phrasing, lexicon: Lexicon, valued: frozenset[str] = frozenset()) -> None:
        self.asked = asked
        self.lexicon = lexicon
        self._valued = valued
        """Words of stored values that the question names."""
        self.of_goods = lexicon.sells and any(token.word in word_set("trades") for token in asked.tokens)
        """It asks about trade in goods, whose names are not all known."""
        self.bearing = {token: self._bearing(token) for token in asked.tokens}

    def words(self, bearing: Bearing) -> list[Token]:
        """Tokens of that bearing, in the question's order."""
        return [token for token in dict.fromkeys(self.asked.tokens) if self.bearing[token] is bearing]

    def _bearing(self, token: Token) -> Bearing:
        known = vocabulary()
        subject = known.subjects.get(token.word)
        if token.quoted or (not subject and any(character.isdigit() for character in token.word)):
            return Bearing.NAMED
        if stands_between(token) or len(token.word) < SHORTEST - 1 or token.word in known.generic:
            return Bearing.SILENT
        if token.word in self._valued:
            return Bearing.LINKED
        if subject:
            return self._of_subject(token.word, subject)
        return Bearing.LINKED if any(map(self.lexicon.spelt, token.parts)) else self._unspelt(token)

    def _of_subject(self, word: str, subject: Subject) -> Bearing:
        """Of a word for a known thing: a likeness (`parental`, `parent_id`) is not enough."""
        if self.lexicon.says(word) or held(subject, self.lexicon):
            return Bearing.LINKED
        return Bearing.NAMED if subject.sold and self.of_goods else Bearing.MISSING

    def _unspelt(self, token: Token) -> Bearing:
        """Of a word that the data does not have itself."""
        known = vocabulary()
        if token.word in known.neutral or token.lower in known.neutral:
            return Bearing.SILENT
        if any(map(self.lexicon.has, token.parts)):
            return Bearing.LINKED
        if token.proper or not token.text.isascii() or self._sold(token):
            return Bearing.NAMED
        verbal = token.lower.endswith(VERBAL)
        if subject_of(token) or (token.word in known.alike and not verbal):
            return Bearing.MISSING
        return Bearing.SILENT if verbal or len(token.word) < SHORTEST else Bearing.STRANGE

    def _sold(self, token: Token) -> bool:
        """Where it is asked about trade, a thing may be among the goods."""
        found = subject_of(token)
        return self.of_goods and (found is None or found.sold)

    def anything_linked(self) -> bool:
        """The data has some word of it, be it one that any question may use."""
        return bool(self.words(Bearing.LINKED)) or any(
            len(token.word) >= SHORTEST
            and not stands_between(token)
            and token.word not in vocabulary().generic
            and self.lexicon.has(token.word)
            for token in self.asked.tokens
        )

    def silent_only(self, token: Token) -> bool:
        """It only holds the sentence together, or is told of any data."""
        return self.bearing[token] is Bearing.SILENT

    def focus(self) -> tuple[Token, ...]:
        """The words that say what is asked for: those of the first phrase that says anything."""
        for _, run in segments(self.asked.tokens):
            telling = tuple(token for token in run if self.bearing[token] is not Bearing.SILENT)
            if telling:
                return telling
        return ()


def subject_of(token: Token) -> Subject | None:
    """The known thing that the word, or a form of it, names."""
    known = vocabulary().subjects
    return next((known[form] for form in sorted(forms(token.word)) if form in known), None)


def held(subject: Subject, lexicon: Lexicon) -> bool:
    """The data has what tells about the subject."""
    if subject.held_as & lexicon.about:
        return True
    return bool(subject.built_from) and all(part & lexicon.about for part in subject.built_from)


def missing(reading: Reading) -> str:
    """What the question is about and the data has no word of, as written; empty without such evidence."""
    if not reading.lexicon.english or not reading.asked.latin:
        return ""
    if absent := reading.words(Bearing.MISSING):
        return absent[0].text
    return unheard_of(reading) if reading.asked.english else ""


def unheard_of(reading: Reading) -> str:
    """The word that says what is asked for, when neither the data nor this module knows it."""
    focus = () if starts("adverbial").match(reading.asked.bare) else reading.focus()
    if focus and all(reading.bearing[token] is Bearing.STRANGE for token in focus):
        return focus[-1].text
    if reading.anything_linked():
        return ""
    unknown = reading.words(Bearing.STRANGE) or [t for t in reading.words(Bearing.NAMED) if t.word.isalpha()]
    return unknown[0].text if unknown else ""


CAUSE = "This asks for a cause. The data tells what happened and not why: no reasons are kept with it."
FUTURE = "This asks about the future. The data tells what was, and holds no plan or forecast of it."
ADVICE = "This asks for advice or an opinion. The data holds facts: ask for the figures that would decide it."


def beyond(reading: Reading) -> str:
    """Why no data of the past could answer, in a sentence: causes, forecasts, advice; empty when it may."""
    bare = reading.asked.bare
    if starts("cause").match(bare) and not keeps_reasons(reading):
        return CAUSE
    ahead = anywhere("future").search(bare) and not anywhere("happens").search(bare)
    if ahead and not word_set("planned") & reading.lexicon.names:
        return FUTURE
    return ADVICE if anywhere("advice").search(bare) or starts("judged").match(bare) else ""


def keeps_reasons(reading: Reading) -> bool:
    """A table that the question names keeps reasons: `returns.reason_code` tells why something came back."""
    spoken = set().union(*(forms(token.word) for token in reading.asked.tokens if token.word))
    for word in sorted(word_set("reason")):
        named = [table for table, _ in reading.lexicon.columns.get(word, ())]
        for table in (*named, *reading.lexicon.tables.get(word, ())):
            names = set(words(table.name)) - word_set("reason")
            if names & spoken:
                return True
    return False


def lacking(reading: Reading) -> tuple[str, Table] | None:
    """An attribute that the question asks of the one table it names, and neither it nor a neighbour has."""
    tables = {table.qualified: table for token in reading.asked.tokens for table in entities(token, reading)}
    if len(tables) != 1 or not reading.lexicon.english:
        return None
    (table,) = tables.values()
    if any(column.type.startswith("json") for column in table.columns):
        return None  # it may be among their keys
    near = [table, *neighbours(table, reading.lexicon.catalog)]
    held_words = {form for t in near for c in t.columns for word in words(c.name) for form in forms(word)}
    for token in reading.asked.tokens:
        for name in sorted(forms(token.word) & set(vocabulary().attributes)):
            if not vocabulary().attributes[name] & held_words:
                return token.text, table
    return None


def entities(token: Token, reading: Reading) -> Iterator[Table]:
    """Tables whose whole name the word is, or stands for."""
    alike = vocabulary().alike.get(token.word, frozenset())
    for word in (token.word, *sorted(alike)):
        found = [table for table in reading.lexicon.tables.get(word, ()) if words(table.name) == [word]]
        if found:
            yield from found
            return


def neighbours(table: Table, catalog: Catalog) -> Iterator[Table]:
    """Tables a key away, either way."""
    for other in catalog.tables:
        if any((k.referenced_schema, k.referenced_table) == table.qualified for k in other.foreign_keys):
            yield other
    for key in table.foreign_keys:
        if target := catalog.table.get((key.referenced_schema, key.referenced_table)):
            yield target

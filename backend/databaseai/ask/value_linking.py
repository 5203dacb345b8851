"""Find the stored values that the question's words name."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from databaseai.ask import flags, participles
from databaseai.ask.misses import Miss, did_you_mean
from databaseai.ask.phrases import Asked, read
from databaseai.ask.schema_index import FUNCTION, RING_OF
from databaseai.ask.schema_linking import Linked
from databaseai.ask.schema_text import identifier, literal
from databaseai.catalog.lexicon import COUNTRIES, DEMONYMS
from databaseai.catalog.snapshot import Table
from databaseai.catalog.value_index import LONGEST, Place, ValueIndex
from databaseai.catalog.words import fold, root, words

__all__ = ["Hint", "Miss", "did_you_mean", "link"]

HINTS = 6
PLACES = 3
"""A value that stands in more columns than this says little about which one is meant."""
SPELLINGS = 4
"""Columns and spellings of one value that a hint names at most."""
REFERRING = 3
"""Columns named that refer to one row of a lookup table."""
COMMON_WORDS = """a all am an and any are as at be by can count do each every for from give he have
her him how i if in into is it its last list many may me more most much my name no not number of off
on or our out per she show so some such than that the their them then there they this those to total
up us was we were what when where which who whose will with would year month day first second other
type you your"""
COMMON = frozenset(COMMON_WORDS.split())
"""Words that a question uses for themselves; as values they match by chance."""
VAGUE_WORDS = """active average bad best big closed current customer good great high item large
least live low maximum minimum new normal old open order people person product small special
standard sum top user value worst"""
GENERIC = frozenset(("name", "code", "id", "number", "no", "text", "description", "title"))
"""Words of a column's name that a question leaves out: `section h` is `section_name = 'h'`."""
CODE = 4
"""Capitals that a code has at most."""
SLIP = 5
"""Letters of a word that may be misspelt though nothing else marks it as a name."""
VAGUE = frozenset(VAGUE_WORDS.split())
"""Words that are values only when they are written as the value is."""
ALSO = {
    " ".join(words(name)): tuple(other for other in ring if other != name)
    for ring in COUNTRIES
    for name in ring
}
"""Other names of a country."""


@dataclass(frozen=True, slots=True)
class Hint:
    """One stored value that the question names, in one of the columns that hold it."""

    table: str
    column: str
    value: str
    others: tuple["Hint", ...] = ()
    """The same words in other columns: one of them is meant, not all."""
    codes: tuple["Hint", ...] = ()
    """Columns that refer to this row of a lookup table, each with the row's code."""
    sampled: bool = False
    """The column's values are known in part only: another spelling may be stored as well."""

    @property
    def text(self) -> str:
        """As conditions, the value quoted as data."""
        own = f"{identifier(self.table)}.{identifier(self.column)} = {literal(self.value)}"
        if self.codes:
            own += f" (so {' or '.join(code.text for code in self.codes)})"
        return " or ".join([own, *(other.text for other in self.others)])


def link(question: str, linked: Linked, index: ValueIndex) -> tuple[Hint, ...]:
    """Hints for the words of the question that are stored values, whatever their case, accents or plural.

    Args:
        question: Readable text of one line.
        linked: Only tables that the model is shown are hinted at.
        index: Of the whole catalog.
    """
    shown = {item.table.qualified for item in linked.tables}
    asked = read(question)
    spoken = {item.word for item in asked}
    sentence = Sentence(
        asked,
        frozenset(word for item in linked.tables for word in words(item.table.name)[-1:]),
        frozenset(word for item in linked.tables for name in names_of(item.table) for word in words(name)),
    )
    hints: dict[tuple[str, str, str], Hint] = {}
    for places in matches(without_table_names(asked, linked), index, sentence):
        near = most_spoken_of([place for place in places if place.table.qualified in shown], spoken)
        if 0 < len({(place.table.qualified, place.column.name) for place in near}) <= PLACES:
            near.sort(key=lambda place: place.value not in question)
            near = near[:SPELLINGS]
            first, *others = [hint_of(place, index, shown, spoken) for place in near]
            hint = replace(first, others=tuple(others))
            hints.setdefault((hint.table, hint.column, fold(hint.value)), hint)
    for place in flags.set_flags(asked, [item.table for item in linked.tables]):
        hint = hint_of(place, index, shown, spoken)
        hints.setdefault((hint.table, hint.column, fold(hint.value)), hint)
    return tuple(hints.values())[:HINTS]


@dataclass(frozen=True, slots=True)
class Sentence:
    """The question as a whole, for words that mean something by where they stand."""

    asked: Sequence[Asked]
    tables: frozenset[str]
    """Last words of the shown tables' names: what their rows are called."""
    names: frozenset[str]
    """All words of the shown tables' and columns' names."""

    def known(self, word: str) -> bool:
        """A word of the language or of the schema, so no slip."""
        return word in VAGUE or word in RING_OF or word in FUNCTION or word in self.names

    def state(self, item: Asked) -> bool:
        """Whether a participle is a state here; any other word is no verb."""
        written = [other.written.lower() for other in self.asked]
        place = next(number for number, other in enumerate(self.asked) if other is item)
        word = written[place]
        return not participles.participle(word) or participles.is_state(written, place, self.tables)


def names_of(table: Table) -> Iterator[str]:
    """The table's name and its columns'."""
    yield table.name
    yield from table.column


def hint_of(place: Place, index: ValueIndex, shown: set[tuple[str, str]], spoken: set[str]) -> Hint:
    """One place as a hint, with the columns that say it by a code."""
    codes = most_spoken_of([p for p in index.referring(place) if p.table.qualified in shown], spoken)
    return Hint(
        place.table.name,
        place.column.name,
        place.value,
        codes=tuple(Hint(p.table.name, p.column.name, p.value) for p in codes[:REFERRING]),
        sampled=not (place.column.labels or place.column.values_complete),
    )


def without_table_names(asked: Sequence[Asked], linked: Linked) -> list[Asked]:
    """The words but those that name a table or column of several words: `web visits` is not about `web`."""
    named = {tuple(words(item.table.name)) for item in linked.tables}
    named |= {tuple(words(column.name)) for item in linked.tables for column in item.table.columns}
    kept = list(asked)
    for length in sorted({len(name) for name in named if len(name) > 1}, reverse=True):
        for start in range(len(kept) - length, -1, -1):
            phrase = kept[start : start + length]
            if tuple(item.word for item in phrase) in named and not any(item.quoted for item in phrase):
                del kept[start : start + length]
    return kept


def matches(asked: Sequence[Asked], index: ValueIndex, sentence: Sentence) -> Iterator[list[Place]]:
    """Places of the longest values named, from left to right; a word counts once."""
    start = 0
    while start < len(asked):
        for length in range(min(LONGEST, len(asked) - start), 0, -1):
            phrase = asked[start : start + length]
            if places := named(phrase, index, sentence):
                yield places
                start += length - 1
                break
        start += 1


def named(phrase: Sequence[Asked], index: ValueIndex, sentence: Sentence) -> list[Place]:
    """Places of the value that these words name, by themselves, in other words, or misspelt."""
    own = tuple(item.word for item in phrase)
    places = index.find(own)
    if len(phrase) == 1:
        places = [place for place in places if meant(phrase[0], place, sentence)]
    else:
        places = [place for place in places if fits(phrase, place)]
    if places or all(item.word in COMMON for item in phrase):
        return places
    said = " ".join(own)
    for other in (*DEMONYMS.get(said, ()), *ALSO.get(said, ())):
        if places := index.find(words(other)):
            return places
    for right, slipped in spelt_right(phrase, index, sentence):
        if places := [place for place in index.find(right) if trusted(slipped, place, phrase)]:
            return places
    return []


def spelt_right(
    phrase: Sequence[Asked], index: ValueIndex, sentence: Sentence
) -> Iterator[tuple[tuple[str, ...], Asked]]:
    """`raido` -> radio: one word of the phrase as a stored value has it, where it is no word by itself."""
    own = tuple(item.word for item in phrase)
    for place, item in enumerate(phrase):
        if item.word in COMMON or sentence.known(item.word) or code(item.written):
            continue
        for near in index.near(item.word):
            if item.named or (near[0] == item.word[0] and root(near) != root(item.word)):
                yield (*own[:place], near, *own[place + 1 :]), item


def code(written: str) -> bool:
    """`APG`, `B12`: one letter more or less is another code."""
    return not written.isalpha() or (written.isupper() and len(written) <= CODE)


def trusted(slipped: Asked, place: Place, phrase: Sequence[Asked]) -> bool:
    """Whether a misspelt word is one: so many English words are one letter from another."""
    if len(phrase) > 1 or slipped.named:
        return len(phrase) > 1 or not code(place.value)
    beside = bool(slipped.beside & {*words(place.column.name), *words(place.table.name)})
    return beside or (sure(place) and len(slipped.word) >= SLIP)


def sure(place: Place) -> bool:
    """All values of the column are known."""
    return bool(place.column.labels or place.column.values_complete)


def fits(phrase: Sequence[Asked], place: Place) -> bool:
    """Whether several words name the value rather than its column: `package option` is no `Option`."""
    own = {*words(place.column.name), *words(place.table.name)}
    return any(item.quoted or item.word not in own for item in phrase)


def meant(asked: Asked, place: Place, sentence: Sentence) -> bool:
    """Whether a single word names the value rather than meets it by chance."""
    if asked.quoted:
        return True
    if asked.word in COMMON or len(asked.word) == 1 or asked.word.isdecimal():
        return asked.written == place.value and beside_its_name(asked, place, sentence)
    if not fits([asked], place) or asked.word in sentence.tables or not sentence.state(asked):
        return False
    if asked.written in place.value or asked.word in ALSO:
        return True
    if asked.word in VAGUE or sentence.known(asked.word):
        return asked.word not in VAGUE and sure(place)
    return sure(place) or asked.named or words(place.column.name)[-1:] == ["name"]


def beside_its_name(asked: Asked, place: Place, sentence: Sentence) -> bool:
    """Whether a number or letter stands beside its column's name, said in full: `section h`."""
    own = set(words(place.column.name)) - GENERIC or set(words(place.table.name))
    return own <= {item.word for item in sentence.asked} and bool(own & asked.beside)


def most_spoken_of(places: Iterable[Place], spoken: set[str]) -> list[Place]:
    """Of several columns with the value, those whose table or own name the question uses."""
    rated = [(len(spoken & {*words(p.table.name), *words(p.column.name)}), p) for p in places]
    best = max((rate for rate, _ in rated), default=0)
    return [place for rate, place in rated if rate == best]

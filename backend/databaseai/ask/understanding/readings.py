"""Readings of an ambiguous question, each written out so that it is ambiguous no more.

Asking back costs the asker a turn, so it happens only where the words leave two columns, tables or measures
equally near, and nothing in the question tells them apart.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, pairwise

from databaseai.ask.understanding import measures
from databaseai.ask.understanding.answerable import Bearing, Reading, entities
from databaseai.ask.understanding.contents import largest, readable
from databaseai.ask.understanding.phrasing import Phrasing, Token, stands_between
from databaseai.ask.understanding.wordings import word_set
from databaseai.ask.value_linking import Hint
from databaseai.catalog.snapshot import Column, Table
from databaseai.catalog.words import words

TWO, MOST = 2, 4
DATES = frozenset(("date", "dates"))
"""Readings to choose from."""
END = re.compile(r"[\s?.!]*$")
Way = Callable[[Reading, Sequence[Hint]], Iterator[str]]


def readings(reading: Reading, hints: Sequence[Hint]) -> tuple[str, ...]:
    """Two to four readings that give different SQL, the likeliest first; none when there is one meaning.

    Args:
        reading: The question against the catalog.
        hints: Stored values that it names, each with the columns that hold it.
    """
    for way in WAYS:
        found = [text for text in dict.fromkeys(way(reading, hints)) if not again(text, reading)]
        if len(found) > 1:
            return tuple(found[:MOST])
    return ()


def again(text: str, reading: Reading) -> bool:
    """Whether a reading is itself ambiguous by its words."""
    there = Reading(Phrasing(text), reading.lexicon)
    return any(next(iter(way(there, ())), "") for way in WAYS)


def of_value(reading: Reading, hints: Sequence[Hint]) -> Iterator[str]:
    """`orders from Berlin`: the city of the customer or of the store?"""
    for hint in hints:
        places = [place for place in (hint, *hint.others) if written_as_name(place.value, reading)]
        if apart(places, reading):
            for place in places:
                what = f"{place.value} as the {readable(place.column)} of {readable(place.table)}"
                yield appended(reading.asked.text, f", {what}")


def apart(places: Sequence[Hint], reading: Reading) -> bool:
    """The same column of tables that have nothing to do with each other, none of them spoken of."""
    tables = [reading.lexicon.by_name(place.table) for place in places]
    known = [table for table in tables if table]
    if len(known) < len(tables) or len({table.qualified for table in known}) < TWO:
        return False
    columns = {place.column for place in places}
    if len(columns) != 1 or any(known[0].column[column].labels for column in columns):
        return False  # labels of one type mean one thing
    return not any(named(table, reading) for table in known) and not related(known, *columns)


def written_as_name(value: str, reading: Reading) -> bool:
    """The question names it as one names a place or person, or quotes it."""
    return any(
        token.proper or token.quoted
        for token in reading.asked.tokens
        if set(words(token.text)) & set(words(value))
    )


def named(table: Table, reading: Reading) -> bool:
    """Whether the question speaks of this table."""
    return any(table in list(entities(token, reading)) for token in reading.asked.tokens if token.word)


def related(tables: Sequence[Table], column: str) -> bool:
    """One of them refers to another by this column: it holds the same thing."""
    return any(
        (key.referenced_schema, key.referenced_table) == other.qualified and column in key.columns
        for one, two in combinations(tables, TWO)
        for table, other in ((one, two), (two, one))
        for key in table.foreign_keys
    )


BEST = re.compile(
    r"\b(?P<how>best|top(?: (?:\d+|three|five|ten|twenty))?|worst"
    r"|most (?:important|valuable|successful)|leading)"
    r" (?:(?:\d+|two|three|four|five|ten|twenty) )?(?P<what>[\w-]+)(?! first)(?P<rest>[^,;]*)$",
    re.IGNORECASE,
)


def of_measure(reading: Reading, hints: Sequence[Hint]) -> Iterator[str]:
    """`our best customers`: by money, or by number of orders?"""
    del hints
    text = END.sub("", reading.asked.text)
    match = BEST.search(text)
    if not match or says_by_what(match["rest"], reading):
        return
    token = next((t for t in reading.asked.tokens if t.text == match["what"]), None)
    found = list(entities(token, reading)) if token else []
    if len(found) == 1:
        for measure in measures.of(found[0], reading.lexicon.catalog):
            yield appended(reading.asked.text, f" by {measure}")


def says_by_what(rest: str, reading: Reading) -> bool:
    """Anything after it but a place or a time may be the measure."""
    spoken = Reading(Phrasing(rest), reading.lexicon)
    kinds = {spoken.bearing[token] for token in spoken.asked.tokens if not token.proper}
    return bool(re.search(r"\b(?:by|with|who|that|which|whose|at|when|measured)\b", rest)) or bool(
        kinds & {Bearing.LINKED, Bearing.STRANGE, Bearing.MISSING}
    )


def of_table(reading: Reading, hints: Sequence[Hint]) -> Iterator[str]:
    """`list all names`: whose?"""
    if hints or reading.words(Bearing.LINKED) or reading.words(Bearing.NAMED):
        return
    spoken = [t for t in reading.asked.tokens if t.parts[:1] == (t.word,) and t.word in word_set("whose")]
    rest = [t for t in reading.asked.tokens if t not in spoken and t.word and not reading.silent_only(t)]
    if len(spoken) != 1 or rest:
        return
    (token,) = spoken
    holders = {table.qualified for table, _ in reading.lexicon.columns.get(token.word, ())}
    for table in largest(reading.lexicon.catalog):
        if table.qualified in holders:
            yield appended(reading.asked.text, f" of {readable(table.name)}")


def of_date(reading: Reading, hints: Sequence[Hint]) -> Iterator[str]:
    """`orders by date`: the day they were placed, or shipped?"""
    del hints
    asked = [Token("", ""), *reading.asked.tokens]
    token = next(
        (t for b, t in pairwise(asked) if t.lower in DATES and (not b.word or stands_between(b))), None
    )
    tables = {t.qualified: t for token in reading.asked.tokens for t in entities(token, reading)}
    if token is None or len(tables) != 1:
        return
    (table,) = tables.values()
    dated = [column for column in table.columns if column.type.startswith(("date", "timestamp"))]
    told = {token.word for token in reading.asked.tokens} - set(words(table.name))
    if "date" in table.column or any(told & telling(column) for column in dated):
        return
    for column in dated:
        text = re.sub(rf"\b{token.text}\b", readable(column.name), reading.asked.text, count=1)
        yield text


def telling(column: Column) -> set[str]:
    """Words that tell this date from others."""
    return set(words(column.name)) - {"date", "at", "on", "time", "day"}


def of_metric(reading: Reading, hints: Sequence[Hint]) -> Iterator[str]:
    """A business word that the semantic model gives to two figures."""
    del hints
    semantic, text = reading.lexicon.catalog.semantic, reading.asked.text
    terms = [term for term in semantic.terms if term.kind == "metric"] if semantic else []
    phrases = sorted({phrase for term in terms for phrase in term.phrases}, key=len, reverse=True)
    while phrases:
        said = re.compile(rf"\b{re.escape(phrase := phrases.pop(0))}\b", re.IGNORECASE)
        sharing = [term for term in terms if phrase in term.phrases]
        if said.search(text) and len(sharing) > 1:
            for term in sharing:
                yield said.sub(term.name, reading.asked.text)
        text = said.sub("", text)  # the word is taken: a shorter one in it is not meant


def appended(text: str, words_more: str) -> str:
    """Put in before the mark at the end."""
    end = END.search(text)
    place = end.start() if end else len(text)
    return text[:place] + words_more + text[place:].strip()


WAYS: tuple[Way, ...] = (of_metric, of_value, of_measure, of_date, of_table)

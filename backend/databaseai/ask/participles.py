"""Whether a participle in a question is a state that is stored, or just the verb of the sentence.

"How many orders placed in 2025 were cancelled?" has two labels of `status`, and one condition: every order
was placed, and when it was is what the date column says. "Cancelled orders", "were cancelled", "status paid"
name states; "has lost", "we paid", "best paid", "paid with a card", "the day it was paid" do not.
"""

from collections.abc import Sequence

from databaseai.catalog.words import root, words

IRREGULAR_WORDS = """bought brought built drawn driven eaten fallen found given gone grown held
hidden hurt kept known laid left lent lost made met paid put read run seen sent set shut sold spent
stolen taken taught told won written"""
IRREGULAR = frozenset(IRREGULAR_WORDS.split())
"""Participles that do not end in -ed."""
BEGINNINGS_WORDS = """add acquire ask begin book buy claim create do enter file found hire issue
join list make meet open order pay place post produce publish purchase receive record register
release report request sell send sign start submit write bought made paid sold sent written done"""
BEGINNINGS = frozenset(BEGINNINGS_WORDS.split())
"""Verbs without which the row would not be there: said of a time or a manner, they pick no rows."""
BEGUN = frozenset(root(verb) for verb in BEGINNINGS)
BE_WORDS = """is are was were be been being am get gets got isn aren wasn weren"""
BE = frozenset(BE_WORDS.split())
HAVE_WORDS = """has have had having did do does to will would can could should who we i they you he
she"""
HAVE = frozenset(HAVE_WORDS.split())
PERFECT = frozenset(("has", "have", "had"))
DEGREES_WORDS = """best better highest lowest well badly worst top"""
DEGREES = frozenset(DEGREES_WORDS.split())
TIMES_WORDS = """day date time month year week quarter when moment"""
TIMES = frozenset(TIMES_WORDS.split())
ADVERBS_WORDS = """not never already still yet later only also now currently all both since finally
just t"""
ADVERBS = frozenset(ADVERBS_WORDS.split())
COMPLEMENTS_WORDS = """a an the any it them in on at by with for from to through via during since
before after between within over until back last this per each every today yesterday"""
COMPLEMENTS = frozenset(COMPLEMENTS_WORDS.split())


def participle(word: str) -> bool:
    """`cancelled`, `paid`."""
    return word in IRREGULAR or (word.endswith("ed") and len(word) > len("need"))


def is_state(spoken: Sequence[str], place: int, tables: frozenset[str]) -> bool:
    """Whether the participle at this place of the question names a state.

    Args:
        spoken: The question's words in lower case, as written.
        place: Of the participle.
        tables: Words that name tables, in the singular: `cancelled orders`.
    """
    word, *rest = spoken[place:]
    following = rest[0] if rest else ""
    before = [each for each in spoken[max(0, place - 4) : place] if each not in ADVERBS]
    previous = before[-1] if before else ""
    perfect = PERFECT & set(before) and not BE & set(before)
    if previous in DEGREES or previous in HAVE or perfect:
        return False
    if set(words(following)) & (tables | {"one"}):
        return True
    begins = root(word) in BEGUN
    complemented = following in COMPLEMENTS or following.isdecimal()
    if previous in BE:
        return not set(before) & TIMES and not (complemented and begins)
    if set(words(previous)) & tables and (complemented or not following):
        return not begins
    return not complemented

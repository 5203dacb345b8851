"""What the question's words ask for and the query does not have; silent on any language but English."""

import re
from collections.abc import Callable, Iterator

from sqlglot import exp

from databaseai.ask.doubt import Doubt
from databaseai.ask.view import View
from databaseai.catalog.words import words

Lacks = Callable[[exp.Query], bool]


def without(*kinds: type[exp.Expr]) -> Lacks:
    """Whether a query has none of these nodes."""
    return lambda tree: tree.find(*kinds) is None


EXTREME = (
    r"most|least|highest|lowest|largest|smallest|oldest|youngest|maximum|minimum|biggest|longest|shortest"
    r"|latest|earliest|best|worst|top|fewest|newest|cheapest|first|last|recent"
)
MORE = (
    r"more than|less than|at least|at most|(old|young|great|larg|few|high|low)er than|after|before|above"
    r"|below|over|under|exceed\w*"
)
ASKED: tuple[tuple[str, str, re.Pattern[str], Lacks], ...] = tuple(
    (sign, what, re.compile(rf"\b({pattern})\b", re.IGNORECASE), lacks)
    for sign, what, pattern, lacks in (
        ("no count", "a count", r"how many|number of|count", without(exp.Count, exp.Sum, exp.Window)),
        ("no average", "an average", r"average|mean", without(exp.Avg)),
        ("no extreme", "the most or least", EXTREME, without(exp.Max, exp.Min, exp.Order)),
        ("no distinct", "different ones", r"distinct|different|unique", without(exp.Distinct, exp.Group)),
        (
            "no negation",
            "what is not so",
            r"not|never|without|except|neither|nor|don't|doesn't|didn't",
            without(exp.Not, exp.Except, exp.NEQ, exp.Is),
        ),
        ("not both", "two things at once", r"both|as well as|and also", without(exp.Intersect, exp.Having)),
        ("no order", "an order", r"ordered by|in .{0,30}order|sorted|alphabetical\w*", without(exp.Order)),
        ("no bound", "a bound", MORE, without(exp.GT, exp.LT, exp.GTE, exp.LTE, exp.Between)),
    )
)
GROUPS = re.compile(
    r"\b(each|every|per|by|all|most|least|many|different|group\w*|fewest|more than|at least)\b", re.IGNORECASE
)
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")
QUOTED = re.compile(r"(?<!\w)['\"\u2018\u201c]([^'\"\u2019\u201d]{2,})['\"\u2019\u201d](?!\w)")
SEVERAL = 3
"""Words without a counterpart: one or two are manner of speech."""
FILLING_WORDS = """a above after all
along alphabetical alphabetically also among an and any appear are as ascending
ask associated at available average be been before belong below between biggest both but by can
column corresponding could count database descending describe detail did different display distinct
do doe each either entry every find first for from get give ha had have having her hi high highest
how i id if in information into is it item its kind large largest last least less list long longest
low lowest many maximum me mean minimum more most much must name name's new no not number of old
oldest on one only or order ordered other our out over per please record related respectively result
return row same select short shortest should show small smallest some sort sorted such sum table
tell than that the their them then there these they thi those to together top total two type under
unique up us use value wa we were what when where which who whose will with within without would you
young youngest your"""
NUMERAL_WORDS = "two three four five six seven eight nine ten eleven twelve"
NUMERALS = {word: str(number) for number, word in enumerate(NUMERAL_WORDS.split(), 2)}
FILLING = frozenset(FILLING_WORDS.split())
"""Words of asking itself: no column is meant by them."""


def cues(view: View, tree: exp.Query) -> Iterator[Doubt]:
    """Reasons in the question's own words."""
    asked = view.asked
    for sign, what, pattern, lacks in ASKED:
        if pattern.search(asked) and lacks(tree):
            yield Doubt(sign, f"The question seems to ask for {what}, which the query does not compute.")
    if tree.find(exp.Group) and not GROUPS.search(asked):
        yield Doubt("group unasked", "The query groups, which the question does not ask for.")
    if tree.find(exp.Or):
        yield Doubt("or", "The query takes one condition or another.")
    literals = [str(node.this).casefold() for node in tree.find_all(exp.Literal)]
    if any(not any(number in text for text in literals) for number in NUMBER.findall(asked)):
        yield Doubt("number unused", "A number of the question does not stand in the query.")
    if any(not any(text.casefold() in found for found in literals) for text in QUOTED.findall(asked)):
        yield Doubt("quote unused", "A quoted text of the question does not stand in the query.")
    yield from spoken(view, tree, literals)


def spoken(view: View, tree: exp.Query, literals: list[str]) -> Iterator[Doubt]:
    """Columns that the question names and the query leaves out, and the other way round."""
    asked = set(words(view.asked))
    names = {word for node in tree.find_all(exp.Identifier) for word in words(str(node.this))}
    used = names | {word for text in literals for word in words(text)}
    named = {
        word
        for item in view.linked.tables
        for column in item.table.columns
        for word in words(column.name)
        if word in asked and word not in FILLING
    }
    if left := sorted(named - used):
        yield Doubt("column unused", f"The question says “{left[0]}”, of which the query uses no column.")
    select = tree if isinstance(tree, exp.Select) else tree.find(exp.Select)
    shown = [e.unalias() for e in select.expressions] if select else []
    unasked = [
        e.name for e in shown if isinstance(e, exp.Column) and e.name and not asked & set(words(e.name))
    ]
    if unasked:
        yield Doubt("output unasked", f"The result shows {unasked[0]}, which the question does not name.")
    known = named | used | {word for item in view.linked.tables for word in words(item.table.name)} | FILLING
    counted = {word for word, digits in NUMERALS.items() if digits in literals}
    if strange := sorted(word for word in asked - known - counted if not word.isdecimal()):
        sign = "words unknown" if len(strange) >= SEVERAL else "word unknown"
        yield Doubt(sign, f"Nothing in the query stands for “{strange[0]}”.")

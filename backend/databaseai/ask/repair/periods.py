"""A period without its end, and a list cut to its first row."""

import re
from collections.abc import Iterator

from sqlglot import exp

from databaseai.ask.repair.reading import Proposal, Reading, catalog_column, conjuncts
from databaseai.ask.repair.scopes import Scope

YEAR = re.compile(r"\b(?:19|20)\d\d\b")
OPEN = re.compile(
    r"\b(?:since|after|from|until|till|before|than|starting|onwards?|later|earlier|or newer|so far)\b",
    re.IGNORECASE,
)
"""Words with which a period may be open at one end, or be compared with another."""
EACH = re.compile(r"\b(?:each|every|per|all|by)\b", re.IGNORECASE)
SORTED = re.compile(
    r"\bfirst\s*[.?!]?$|\b(?:sort(?:ed)?|ordered by|rank(?:ed|ing)?|in \w+ order|descending|ascending)\b",
    re.IGNORECASE,
)
DATED = ("date", "timestamp")
UPPER = (exp.LT, exp.LTE, exp.EQ, exp.Between)


def open_end(reading: Reading) -> Iterator[Proposal]:
    """`d >= '2025-01-01'` where the question says `in 2025` and nothing ends the year."""
    years = set(YEAR.findall(reading.question))
    if len(years) != 1 or OPEN.search(reading.question):
        return
    year = int(years.pop())
    for select, scope in reading.selects():
        listed = conjuncts(select)
        for condition in listed:
            if not starts(condition, scope, year) or ended(condition, listed):
                continue
            draft = reading.draft()
            end = exp.LT(this=condition.this.copy(), expression=exp.Literal.string(f"{year + 1}-01-01"))
            twin = draft[condition]
            twin.replace(exp.And(this=twin.copy(), expression=end))
            yield Proposal(
                draft.tree, "period", f"{condition.this.name}: {year} was taken to end with the year."
            )


def starts(condition: exp.Expr, scope: Scope, year: int) -> bool:
    """`d >= 'YEAR-01-01'` of a column with days."""
    if not isinstance(condition, exp.GTE):
        return False
    found = catalog_column(scope, condition.this)
    if found is None or not found[1].type.startswith(DATED):
        return False
    literal = condition.expression.find(exp.Literal)
    return literal is not None and literal.name.startswith(f"{year}-01-01")


def ended(condition: exp.Expr, listed: list[exp.Expr]) -> bool:
    """Another condition bounds the same column above, or cuts a part out of it."""
    column = condition.this.sql()
    others = (each for each in listed if each is not condition)
    return any(
        isinstance(each, UPPER) and any(c.sql() == column for c in each.find_all(exp.Column))
        for each in others
    )


def cut_list(reading: Reading) -> Iterator[Proposal]:
    """`LIMIT 1` under a list of groups that the question wants sorted: `each country, the largest first`."""
    select, question = reading.tree, reading.question
    limit = select.args.get("limit")
    if not isinstance(select, exp.Select) or not isinstance(limit, exp.Limit) or not select.args.get("group"):
        return
    if limit.expression.name != "1" or not SORTED.search(question) or not EACH.search(question):
        return
    draft = reading.draft()
    draft.tree.set("limit", None)
    yield Proposal(draft.tree, "cut_list", "All groups were asked for, not the first alone.")

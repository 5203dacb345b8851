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
MONTH = re.compile(
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december|q[1-4]|quarter|"
    r"\d\d-\d\d)\b",
    re.IGNORECASE,
)
"""A part of a year is asked for. `per month` and `each month` name none."""
EACH = re.compile(r"\b(?:each|every|per|all|by)\b", re.IGNORECASE)
SORTED = re.compile(
    r"\bfirst\s*[.?!]?$|\b(?:sort(?:ed)?|ordered by|rank(?:ed|ing)?|in \w+ order|descending|ascending)\b",
    re.IGNORECASE,
)
DATED = ("date", "timestamp")
UPPER = (exp.LT, exp.LTE, exp.EQ, exp.Between)


def open_end(reading: Reading) -> Iterator[Proposal]:
    """`d >= '2025-01-01'` where the question says `in 2025` and nothing ends the year."""
    if (year := only_year(reading.question)) is None:
        return
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


def only_year(question: str) -> int | None:
    """The one year that a question is about, from its first day to its last."""
    years = set(YEAR.findall(question))
    return int(years.pop()) if len(years) == 1 and not OPEN.search(question) else None


def first_day(reading: Reading) -> Iterator[Proposal]:
    """`d = '2025-01-01'` where the question says `in 2025`: the year is meant, not its first day."""
    year = only_year(reading.question)
    if year is None or MONTH.search(reading.question):
        return
    for select, scope in reading.selects():
        for condition in conjuncts(select):
            column = condition.this.unnest().find(exp.Column) if isinstance(condition, exp.EQ) else None
            if column is None or not dated(scope, column):
                continue
            if condition.expression.find(exp.Literal) != exp.Literal.string(f"{year}-01-01"):
                continue
            draft = reading.draft()
            draft[condition].replace(within(column, year))
            yield Proposal(draft.tree, "period", f"{column.name}: the whole of {year} was taken.")


def forgotten(reading: Reading) -> Iterator[Proposal]:
    """No word of the year in the statement, which reads one day or time: `per month of 2025`."""
    year, select = only_year(reading.question), reading.tree
    if year is None or MONTH.search(reading.question) or not isinstance(select, exp.Select):
        return
    if any(str(year) in node.name for node in select.find_all(exp.Literal)):
        return
    scope = reading.scopes[id(select)]
    read = {node.sql(): node for node in select.find_all(exp.Column) if dated(scope, node)}
    if len(read) == 1 and not select.find(exp.Subquery, exp.CTE):
        [column] = read.values()
        draft = reading.draft()
        draft.tree.where(within(column, year), copy=False)
        yield Proposal(draft.tree, "period", f"{column.name}: only {year} was asked for.")


def dated(scope: Scope, node: exp.Column) -> bool:
    """A column of the SELECT's own tables with days or times."""
    found = catalog_column(scope, node)
    return found is not None and found[1].type.startswith(DATED)


def within(column: exp.Column, year: int) -> exp.And:
    """From the first day of a year to before the next one's."""
    start, end = (exp.Literal.string(f"{each}-01-01") for each in (year, year + 1))
    return exp.And(
        this=exp.GTE(this=column.copy(), expression=start),
        expression=exp.LT(this=column.copy(), expression=end),
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

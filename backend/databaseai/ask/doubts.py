"""What speaks against a candidate that ran: reasons to ask for another, and to trust it less.

Each reason is a sign with a name: `confidence.toml` weighs the names, people read the sentences.
"""

from collections.abc import Iterator

from sqlglot import exp

from databaseai.ask.candidate import Candidate
from databaseai.ask.cues import cues
from databaseai.ask.doubt import Doubt
from databaseai.ask.value_linking import Hint
from databaseai.catalog.words import fold, words

CLOSE = 0.8
"""Linking margin from which a table that was left out scored nearly as well."""


def doubts(candidate: Candidate) -> Iterator[Doubt]:
    """All that speak against it, the heaviest first."""
    rows = candidate.result.rows
    if not rows:
        yield Doubt("empty", "No row came back.")
    elif all(value is None for row in rows for value in row):
        yield Doubt("null", "The result holds no value.")
    if candidate.attempts > 1:
        yield Doubt("again", f"The model needed {candidate.attempts} attempts.")
    if candidate.mended:
        yield Doubt("mended", f"The statement was mended in {len(candidate.mended)} place(s).")
    if candidate.view.linked.margin >= CLOSE:
        yield Doubt("close", "A table that was left out fits the question nearly as well.")
    if unused := [hint for hint in candidate.view.hints if not used(hint, candidate.query.tree)]:
        yield Doubt("unused value", f"The question names {unused[0].text}, which the query does not use.")
    if extra := unasked_tables(candidate):
        yield Doubt("extra table", f"{', '.join(extra)} is joined, which the question does not name.")
    if candidate.view.catalog.samples_cut:
        yield Doubt("sampled", "Stored values were sampled in part only.")
    yield from cues(candidate.view, candidate.query.tree)


def used(hint: Hint, tree: exp.Query) -> bool:
    """Whether a literal of the query holds the hinted value or a code of it, in any spelling."""
    wanted = [fold(h.value) for h in (hint, *hint.others, *hint.codes)]
    literals = [fold(str(node.this)) for node in tree.find_all(exp.Literal) if node.is_string]
    return any(value in written or written.strip("%") == value for value in wanted for written in literals)


def unasked_tables(candidate: Candidate) -> list[str]:
    """Tables at the end of a join that give nothing but its condition, and that nobody named."""
    tree, spoken = candidate.query.tree, set(words(candidate.view.asked))
    select = tree if isinstance(tree, exp.Select) else None
    joins = (select.args.get("joins") or []) if select else []
    if select is None or not joins or any(select.find_all(exp.Star)):
        return []
    conditions = [
        id(node) for join in joins if join.args.get("on") for node in join.args["on"].find_all(exp.Column)
    ]
    columns = list(select.find_all(exp.Column))
    if any(not column.table for column in columns):
        return []
    outside = {column.table for column in columns if id(column) not in conditions}
    found = []
    for source in [select.args["from_"].this, *(join.this for join in joins)]:
        if not isinstance(source, exp.Table) or source.alias_or_name in outside:
            continue
        partners = {
            other.table
            for join in joins
            if join.args.get("on")
            and any(c.table == source.alias_or_name for c in join.args["on"].find_all(exp.Column))
            for other in join.args["on"].find_all(exp.Column)
        } - {source.alias_or_name}
        if len(partners) < 2 and not spoken & set(words(source.name)):  # noqa: PLR2004  # more: it lies between others
            found.append(source.name)
    return found

"""How hard a question is, from the structure of its gold alone.

The rule is Spider's own hardness (Yu et al., 2018, `evaluation.py`), counted on the syntax tree of the
outermost SELECT. Three counts: *clauses* (WHERE, GROUP BY, ORDER BY, LIMIT, each JOIN, each OR, each LIKE:
one each), *nested* (SELECTs beyond the first), and *others* (more than one aggregate, selected column,
condition or group key: one each).

- easy: at most 1 clause, nothing else;
- medium: not nested, and 1 clause with 1-2 others, or 2 clauses with at most 1 other;
- hard: not nested with more than 2 others and at most 2 clauses, or 3 clauses and at most 2 others; or nested
  once with at most 1 clause and no others;
- extra: the rest.
"""

from typing import Literal

import sqlglot
from sqlglot import exp

Difficulty = Literal["easy", "medium", "hard", "extra"]
LEVELS: tuple[Difficulty, ...] = ("easy", "medium", "hard", "extra")


def difficulty(gold: str) -> Difficulty:
    """The level of one gold; what sqlglot cannot read is "extra"."""
    try:
        tree = sqlglot.parse_one(gold, read="postgres")
    except sqlglot.errors.SqlglotError:
        return "extra"
    nested = sum(1 for _ in tree.find_all(exp.Select)) - 1
    return _level(_clauses(_outer(tree)), nested, _others(_outer(tree)))


FLAT: tuple[tuple[Difficulty, int, int], ...] = (
    ("easy", 1, 0),
    ("medium", 1, 2),
    ("medium", 2, 1),
    ("hard", 2, 4),
    ("hard", 3, 2),
)
"""Most clauses and most others of a level, for what is not nested; the first that fits counts."""
NESTED: tuple[tuple[Difficulty, int, int], ...] = (("hard", 1, 0),)
"""The same for what is nested once."""


def _level(clauses: int, nested: int, others: int) -> Difficulty:
    table = (FLAT, NESTED)[nested] if nested in (0, 1) else ()
    fitting = (level for level, most, most_others in table if clauses <= most and others <= most_others)
    return next(fitting, "extra")


def _outer(tree: exp.Expr) -> exp.Expr:
    """The statement without what is nested in it; of a set operation, its left side."""
    while isinstance(tree, exp.SetOperation | exp.Subquery):
        tree = tree.this
    tree = tree.copy()
    for select in list(tree.find_all(exp.Select)):
        if select is not tree and select.parent is not None:
            select.replace(exp.null())
    return tree


def _clauses(tree: exp.Expr) -> int:
    named = sum(1 for name in ("where", "group", "order", "limit") if tree.args.get(name))
    return named + sum(1 for _ in tree.find_all(exp.Join, exp.Or, exp.Like, exp.ILike))


def _others(tree: exp.Expr) -> int:
    where, group = tree.args.get("where"), tree.args.get("group")
    conditions = 1 + sum(1 for _ in where.find_all(exp.And, exp.Or)) if where else 0
    counts = (
        sum(1 for _ in tree.find_all(exp.AggFunc)),
        len(tree.args.get("expressions", [])),
        conditions,
        len(group.expressions) if group else 0,
    )
    return sum(1 for count in counts if count > 1)

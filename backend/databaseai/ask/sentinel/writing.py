"""SQL that the sentinel writes: parts of the query's tree rendered again, and only where that is faithful."""

import re
from collections.abc import Iterable, Sequence

from sqlglot import exp

from databaseai.ask.sentinel.reading import Block, Source, column_of

COUNTED = ("group", "having", "order", "limit", "offset", "distinct", "windows", "qualify", "locks")
"""Parts of a SELECT that do not choose the rows its aggregates see."""

BEFORE = re.compile(r'^NOT ((?:[\w"]+\.)?[\w"]+) (IN|BETWEEN)\b')


def rendered(node: exp.Expr) -> str:
    """SQL text of a part, on one line."""
    text = node.sql(dialect="postgres", normalize_functions="lower", comments=False)
    return " ".join(text.split()) if "'" not in text and '"' not in text else text


def said(node: exp.Expr) -> str:
    """A part for people: `x NOT IN (...)` where sqlglot writes NOT x IN (...)."""
    return BEFORE.sub(r"\1 NOT \2", rendered(node))


def counting(block: Block, expressions: Sequence[str], where: Iterable[exp.Expr] | None = None) -> str:
    """`SELECT expressions` over a block's own FROM and WHERE.

    Args:
        block: Whose rows are looked at.
        expressions: SQL of what is counted.
        where: Instead of its own conditions.
    """
    select = block.select.copy()
    for part in COUNTED:
        select.set(part, None)
    select.set("expressions", [exp.Var(this=expression) for expression in expressions])
    if where is not None:
        set_where(select, where)
    return rendered(with_names(select, block.select))


def over(expressions: Sequence[str], source: str) -> str:
    """`SELECT expressions FROM source`."""
    return f"SELECT {', '.join(expressions)} FROM {source}"  # noqa: S608  # the gate reads it like any other


def set_where(select: exp.Select, conditions: Iterable[exp.Expr]) -> None:
    """Give a SELECT other conditions."""
    kept = [condition.copy() for condition in conditions]
    whole = exp.and_(*kept, copy=False, wrap=True) if kept else None
    select.set("where", exp.Where(this=whole) if whole is not None else None)


def with_names(select: exp.Select, place: exp.Select) -> exp.Select:
    """A SELECT with the CTEs that its place sees."""
    around = [w for node in [place.parent_select] if node for w in withs(node)]
    own = select.args.get("with_") or place.args.get("with_")
    if own is not None and own.parent is not select:
        select.set("with_", own.copy())
    if around:
        ctes = [cte.copy() for with_ in around for cte in with_.expressions]
        recursive = any(w.args.get("recursive") for w in [*around, *([own] if own else [])])
        ctes += [cte.copy() for cte in own.expressions] if own else []
        select.set("with_", exp.With(expressions=ctes, recursive=recursive))
    return select


def withs(node: exp.Expr) -> list[exp.With]:
    """WITH clauses around a place, outermost first."""
    found: list[exp.With] = []
    around: exp.Expr | None = node
    while around is not None:
        if with_ := around.args.get("with_"):
            found.insert(0, with_)
        around = around.parent
    return found


def copied(block: Block) -> tuple[exp.Expr, exp.Select]:
    """The whole statement again, and the block's SELECT in it."""
    root = block.select.root()
    place = [id(select) for select in root.find_all(exp.Select)].index(id(block.select))
    again = root.copy()
    return again, list(again.find_all(exp.Select))[place]


def edited(node: exp.Expr, made: exp.Expr) -> str:
    """The whole statement with one part put in another's place."""
    root = node.root()
    place = [id(other) for other in root.walk()].index(id(node))
    again = root.copy()
    list(again.walk())[place].replace(made)
    return rendered(again)


def columns_sql(source: Source, names: Sequence[str]) -> str:
    """`a.x`, or `(a.x, a.y)` where there are several."""
    listed = [column_of(source, name).sql(dialect="postgres") for name in names]
    return listed[0] if len(listed) == 1 else f"({', '.join(listed)})"

"""Write a tree down again, and know whether PostgreSQL reads it as the statement it came from."""

from typing import Any

from sqlglot import exp

from databaseai.ask.guardrail import first_parser, trees
from databaseai.ask.guardrail.text import Source
from databaseai.errors import DatabaseAIError

OPPOSITE = {
    "<>": "=",
    "!~~": "~~",
    "!~~*": "~~*",
    "NOT BETWEEN": "BETWEEN",
    "NOT BETWEEN SYMMETRIC": "BETWEEN SYMMETRIC",
}
NEGATED = {
    "AEXPR_IN": "AEXPR_IN",
    "AEXPR_LIKE": "AEXPR_LIKE",
    "AEXPR_ILIKE": "AEXPR_ILIKE",
    "AEXPR_NOT_BETWEEN": "AEXPR_BETWEEN",
    "AEXPR_NOT_BETWEEN_SYM": "AEXPR_BETWEEN_SYM",
}


def written(tree: exp.Query) -> str:
    """The tree as SQL, without the casts and capitals that sqlglot adds."""
    return tree.copy().transform(plain).sql(dialect="postgres")


def plain(node: exp.Expr) -> exp.Expr:
    """Functions that sqlglot writes otherwise than they were."""
    if isinstance(node, exp.Round):
        places = node.args.get("decimals")
        parts = [node.this, *([places] if places else [])]
        return exp.Anonymous(this="ROUND", expressions=[part.transform(plain) for part in parts])
    if isinstance(node, exp.TimestampTrunc) and isinstance(node.args.get("unit"), exp.Var):
        unit = exp.Literal.string(node.args["unit"].name.lower())
        return exp.Anonymous(this="DATE_TRUNC", expressions=[unit, node.this.transform(plain)])
    if isinstance(node, exp.Interval) and isinstance(node.this, exp.Literal) and node.args.get("unit"):
        length = exp.Literal.string(f"{node.this.name} {node.args['unit'].name.lower()}")
        return exp.Interval(this=length)
    return node


def faithful(statement: str, text: str) -> bool:
    """Whether both texts are one query to PostgreSQL's own grammar."""
    try:
        one, other = (first_parser.parse(Source(sql))[0] for sql in (statement, text))
    except DatabaseAIError:
        return False
    return trees.same(unfolded(one), unfolded(other))


def unfolded(node: Any) -> Any:
    """`a NOT IN b` as `NOT a IN b`, which sqlglot writes for it; letters of units in one case."""
    if isinstance(node, list):
        return [unfolded(part) for part in node]
    if not isinstance(node, dict):
        return node
    found = {key: unfolded(part) for key, part in node.items()}
    inner = found.get("A_Expr")
    kind = inner.get("kind") if isinstance(inner, dict) else None
    if inner is None or kind not in NEGATED:
        return found
    name = inner["name"][-1]["String"]["sval"]
    if name not in OPPOSITE:
        return found
    positive = {**inner, "kind": NEGATED[kind], "name": [{"String": {"sval": OPPOSITE[name]}}]}
    return {"BoolExpr": {"boolop": "NOT_EXPR", "args": [{"A_Expr": positive}]}}

"""Whether a rendered tree says what the statement says: by PostgreSQL's own grammar."""

from typing import Any

from databaseai.ask.guardrail import first_parser
from databaseai.ask.guardrail.text import Source
from databaseai.ask.guardrail.trees import same
from databaseai.errors import DatabaseAIError

NEGATED = {
    ("AEXPR_IN", "<>"): ("AEXPR_IN", "="),
    ("AEXPR_LIKE", "!~~"): ("AEXPR_LIKE", "~~"),
    ("AEXPR_ILIKE", "!~~*"): ("AEXPR_ILIKE", "~~*"),
    ("AEXPR_OP", "!~"): ("AEXPR_OP", "~"),
    ("AEXPR_OP", "!~*"): ("AEXPR_OP", "~*"),
    ("AEXPR_NOT_BETWEEN", "NOT BETWEEN"): ("AEXPR_BETWEEN", "BETWEEN"),
}
"""`x NOT IN (...)`, which sqlglot writes `NOT x IN (...)`: the same in three-valued logic too."""


def faithful(statement: str, text: str) -> bool:
    """Whether the text written anew is read as the same query.

    Source: notes/sandbox.md, 2.6: sqlglot renders 3.7 % of ordinary queries as others.
    """
    try:
        ours, *_ = first_parser.parse(Source(text))
        theirs, *_ = first_parser.parse(Source(statement))
    except DatabaseAIError:
        return False
    return same(plain(ours), plain(theirs))


def plain(node: Any) -> Any:
    """A tree with each spelling of one meaning written one way."""
    if isinstance(node, list):
        return [plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    made = {name: plain(value) for name, value in node.items()}
    return negated(made["A_Expr"]) if "A_Expr" in made else interval(made)


def negated(operation: dict[str, Any]) -> dict[str, Any]:
    """NOT before a comparison instead of inside its operator."""
    name = operation.get("name", [{}])[-1].get("String", {}).get("sval", "")
    turned = NEGATED.get((operation.get("kind", ""), name))
    if turned is None:
        return {"A_Expr": operation}
    kind, positive = turned
    inner = operation | {"kind": kind, "name": [{"String": {"sval": positive}}]}
    return {"BoolExpr": {"boolop": "NOT_EXPR", "args": [{"A_Expr": inner}], "location": 0}}


def interval(node: dict[str, Any]) -> dict[str, Any]:
    """`interval '5 days'`: units in any letters."""
    cast = node.get("TypeCast")
    names = [part.get("String", {}).get("sval") for part in (cast or {}).get("typeName", {}).get("names", ())]
    text = (cast or {}).get("arg", {}).get("A_Const", {}).get("sval", {}).get("sval")
    if cast is None or "interval" not in names or text is None:
        return node
    constant = {"A_Const": cast["arg"]["A_Const"] | {"sval": {"sval": text.lower()}}}
    return {"TypeCast": cast | {"arg": constant}}

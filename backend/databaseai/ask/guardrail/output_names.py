"""The name PostgreSQL gives an output column, or the columns of a function in FROM (its FigureColname)."""

from collections.abc import Callable
from typing import Any

from databaseai.ask.guardrail.first_parser import Node
from databaseai.ask.guardrail.lists import Lists
from databaseai.ask.guardrail.scope import ColumnName, Columns, Scope, carried

UNNAMED = "?column?"
FIXED = {
    "CoalesceExpr": "coalesce",
    "A_ArrayExpr": "array",
    "RowExpr": "row",
    "GroupingFunc": "grouping",
    "JsonObjectConstructor": "json_object",
    "JsonArrayConstructor": "json_array",
    "JsonObjectAgg": "json_objectagg",
    "JsonArrayAgg": "json_arrayagg",
    "JsonArrayQueryConstructor": "json_array",
    "JsonParseExpr": "json",
    "JsonScalarExpr": "json_scalar",
    "JsonSerializeExpr": "json_serialize",
}
LEXEMES = ("lexeme", "positions", "weights")
"""Of unnest(tsvector), which a name alone does not tell from unnest(anyarray)."""
SUBLINKS = {"EXISTS_SUBLINK": "exists", "ARRAY_SUBLINK": "array"}


def of_targets(
    targets: list[Node], scope: Scope, known: Lists, value: Callable[[Node], str | None] = lambda _: None
) -> Columns:
    """Output columns of a SELECT list, `*` and `t.*` spread out; `value`: what is known of an expression."""
    names: list[str] = []
    for target in targets:
        fields = target["ResTarget"]
        if "name" in fields:
            names.append(carried(fields["name"], value(fields["val"])))
        elif (spread := star(fields["val"], scope, known, value)) is not None:
            names.extend(spread)
        else:
            names.append(carried(of(fields["val"]), value(fields["val"])))
    return tuple(names)


def star(
    node: Node, scope: Scope, known: Lists, value: Callable[[Node], str | None] = lambda _: None
) -> Columns | None:
    """Columns of `*`, `t.*` or `(f(x)).*`; None for anything else."""
    if "ColumnRef" in node:
        path = node["ColumnRef"]["fields"]
        if "A_Star" not in path[-1]:
            return None
        if len(path) == 1:
            return scope.star
        item = scope.find(path[-2]["String"]["sval"])
        return item.columns if item else ()
    if "A_Indirection" in node and "A_Star" in node["A_Indirection"]["indirection"][-1]:
        arg = node["A_Indirection"]["arg"]
        if "FuncCall" in arg:
            return known.functions.columns.get(arg["FuncCall"]["funcname"][-1]["String"]["sval"], ())
        known_value = value(arg)
        return (known_value.row if isinstance(known_value, ColumnName) else None) or ()
    return None


def of(node: Node) -> str:
    """The name of one expression without AS."""
    return figured(node)[0]


def figured(node: Node) -> tuple[str, int]:  # noqa: C901, PLR0911  # one case per kind of expression
    """Name and strength: a type's name (1) gives way to a better one (2)."""
    kind, fields = next(iter(node.items()))
    match kind:
        case "ColumnRef":
            return last_name(fields["fields"], (UNNAMED, 0))
        case "A_Indirection":
            return last_name(fields["indirection"], figured(fields["arg"]))
        case "FuncCall":
            return fields["funcname"][-1]["String"]["sval"], 2
        case "A_Expr" if fields["kind"] == "AEXPR_NULLIF":
            return "nullif", 2
        case "TypeCast":
            inner = figured(fields["arg"])
            return inner if inner[1] > 1 else (fields["typeName"]["names"][-1]["String"]["sval"], 1)
        case "CollateClause":
            return figured(fields["arg"])
        case "CaseExpr":
            inner = figured(fields["defresult"]) if "defresult" in fields else (UNNAMED, 0)
            return inner if inner[1] > 1 else ("case", 1)
        case "MinMaxExpr":
            return ("greatest" if fields["op"] == "IS_GREATEST" else "least"), 2
        case "SQLValueFunction":
            return fields["op"].removeprefix("SVFOP_").removesuffix("_N").lower(), 2
        case "JsonFuncExpr":
            return fields["op"].removesuffix("_OP").lower(), 2
        case "SubLink":
            return of_sub_link(fields)
        case _:
            return (FIXED[kind], 2) if kind in FIXED else (UNNAMED, 0)


def of_sub_link(fields: Node) -> tuple[str, int]:
    """A subquery as a value is named after its first column."""
    if fields["subLinkType"] in SUBLINKS:
        return SUBLINKS[fields["subLinkType"]], 2
    query: Any = fields["subselect"]["SelectStmt"]
    while "larg" in query:
        query = query["larg"]
    targets = query.get("targetList")
    if fields["subLinkType"] != "EXPR_SUBLINK" or not targets:
        return UNNAMED, 0
    target = targets[0]["ResTarget"]
    return (target["name"], 2) if "name" in target else figured(target["val"])


def last_name(path: list[Node], otherwise: tuple[str, int]) -> tuple[str, int]:
    """The last field name of a path with subscripts and stars."""
    for part in reversed(path):
        if "String" in part:
            return part["String"]["sval"], 2
    return otherwise


def of_call(call: Node, alias: str | None, calls: int, known: Lists) -> Columns:
    """Columns of one function in FROM: what the list says, else one column, named like the alias."""
    if "FuncCall" in call:
        name = call["FuncCall"]["funcname"][-1]["String"]["sval"]
        if listed := known.functions.columns.get(name):
            return listed
        if name == "unnest":
            count = len(call["FuncCall"].get("args", []))
            own = alias if alias and calls == count == 1 else name
            return (own,) * count + (LEXEMES if count == 1 else ())
    return ((alias if alias and calls == 1 else of(call)),)

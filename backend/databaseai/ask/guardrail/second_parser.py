"""Second gate: sqlglot reads the statement on its own and must see what the first parser saw."""

import itertools
import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlglot import ErrorLevel, TokenType, exp
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token

from databaseai.ask.guardrail.first_parser import too_deep
from databaseai.ask.guardrail.lists import Lists
from databaseai.ask.guardrail.second_grammar import StatementParser
from databaseai.ask.guardrail.second_lexemes import POSTGRES
from databaseai.ask.guardrail.second_tokens import NAMES, tokenized
from databaseai.ask.guardrail.text import Source
from databaseai.errors import FunctionRefused, NodeRefused, ParsersDisagree, SecondParserUnparsable

DEPTH_LIMIT = 60
DOUBLING_LIMIT = 6
"""ARRAY[...], x[...] and date(...) are read once as a type and once as a value, so each level inside another
doubles the time: 15 levels 0.6 s, 28 levels hours. x[1][1]... takes the square of its length."""
OPENING = {TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE}
CLOSING = {TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE}
TYPES = frozenset(StatementParser.TYPE_TOKENS)
NAME_BYTES = 63
KNOWN = StatementParser.FUNCTIONS.keys() | StatementParser.FUNCTION_PARSERS.keys()
QUANTIFIERS = {"all", "any", "some"}
Path = tuple[str, ...]

logging.getLogger("sqlglot").setLevel(logging.CRITICAL)  # what it cannot read is refused, not logged


@dataclass
class Seen:
    """What one parser saw in a statement; both must have seen the same."""

    tables: Counter[tuple[str, str]] = field(default_factory=Counter)
    columns: set[Path] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)
    """Names for the first parser; for the second, lower-case names it has no class of its own for."""
    classes: set[str] = field(default_factory=set)
    """The second parser's function classes."""
    selects: int = 0
    values: int = 0
    nodes: list[exp.Expr] = field(default_factory=list)
    """What `second_names` looks up."""
    given: set[str] = field(default_factory=set)
    """Names that the statement gives: aliases of columns and tables, fields."""


def parse(source: Source) -> exp.Query | exp.Values:
    """The tree of a statement.

    Raises:
        NestingRefused: More brackets inside each other than it can read in time. DBAI515.
        SecondParserUnparsable: It cannot read the statement, or reads no query. DBAI505.
    """
    try:
        tokens = tokenized(source.text)
        check_brackets(tokens)
        check_calls(tokens)
        parser = StatementParser(dialect=POSTGRES, error_level=ErrorLevel.IMMEDIATE)
        trees = parser.parse(tokens, source.text)
    except RecursionError as error:
        raise too_deep() from error
    except (SqlglotError, TypeError, ValueError, LookupError, AttributeError) as error:
        raise unparsable(error) from error  # on some texts sqlglot fails with an error that is not its own
    found = [tree for tree in trees if tree is not None and not isinstance(tree, exp.Semicolon)]
    tree = found[0] if len(found) == 1 else None
    if not isinstance(tree, exp.Query | exp.Values):
        raise SecondParserUnparsable(
            "The second parser does not read this as one query.",
            hint="Write it as a plain SELECT.",
        )
    return tree


def as_query(tree: exp.Query | exp.Values) -> exp.Query:
    """A bare VALUES as SELECT * FROM (VALUES ...), for those who read the tree."""
    return exp.select("*").from_(tree) if isinstance(tree, exp.Values) else tree


def check_brackets(tokens: list[Token]) -> None:
    """Count brackets before the recursive parser meets them."""
    inside: list[bool] = []
    before, chained = None, 0
    for token in tokens:
        kind = token.token_type
        if kind in OPENING:
            chained = chained + 1 if before == TokenType.R_BRACKET else 0
            inside.append(kind != TokenType.L_PAREN or before in TYPES)
            if len(inside) > DEPTH_LIMIT or max(sum(inside), chained) > DOUBLING_LIMIT:
                raise too_deep()
        elif kind in CLOSING and inside:
            inside.pop()
        before = kind


def check_calls(tokens: list[Token]) -> None:
    """`"SUM"(x)`, or one with a long s, is a user's function; sqlglot takes it for its own of that name."""
    for before, token in itertools.pairwise(tokens):
        if token.token_type == TokenType.L_PAREN and before.token_type in NAMES:
            name = before.text
            odd = name != name.lower() if before.token_type == TokenType.IDENTIFIER else not name.isascii()
            if odd and name.upper() in KNOWN:
                raise FunctionRefused(f"The function {name} is not on the allow-list.", name=name)


def unparsable(error: Exception) -> SecondParserUnparsable:
    """The refusal of sqlglot, with its position where it says one."""
    known = getattr(error, "errors", None) or [{}]
    piece = known[0].get("highlight") or ""
    return SecondParserUnparsable(
        f"The second parser cannot read the statement{f' at {piece!r}' if piece else ''}.",
        hint="Write that part with more common SQL.",
        name=piece,
    )


def survey(tree: exp.Expr, lists: Lists) -> Seen:
    """Walk the whole tree: every class and function is on the lists.

    Raises:
        NodeRefused, FunctionRefused: The piece that is not.
    """
    seen = Seen()
    for node in tree.walk():
        kind = type(node).__name__
        if kind not in lists.second_nodes and kind not in lists.second_functions:
            raise NodeRefused(
                f"The second parser reads {kind}, which is not on its list.",
                hint="Write it with plain SELECT features.",
                name=kind,
            )
        if kind in lists.second_functions:
            seen.classes.add(kind)
        note(node, seen, lists)
    return seen


def note(node: exp.Expr, seen: Seen, lists: Lists) -> None:
    """Remember what both parsers must have seen, and what is to be looked up."""
    match node:
        case exp.Anonymous() | exp.AnonymousAggFunc():
            if name := anonymous(node, lists):
                seen.functions.add(name)
        case exp.Table() if isinstance(node.this, exp.Identifier):
            seen.nodes.append(node)
            seen.tables[folded(node.args.get("db")), folded(node.this)] += 1
        case exp.Column() if not (isinstance(node.parent, exp.Collate) and node.arg_key == "expression"):
            path = tuple(folded(part) for part in node.parts)
            if path != ("*",):
                seen.columns.add(path)
        case exp.Dot() | exp.DataType() | exp.Operator() | exp.TableSample():
            seen.nodes.append(node)
        case exp.Values():
            seen.values += 1
        case exp.Select():
            seen.selects += 1
            refuse_write(node)
        case exp.Alias() | exp.TableAlias() | exp.Aliases() | exp.Unnest() | exp.ColumnDef():
            seen.given.update(folded(name) for name in given(node) if name)


def given(node: exp.Expr) -> Iterable[object]:
    """Names that a node gives to columns and tables."""
    match node:
        case exp.Alias():
            return (node.args["alias"],)
        case exp.TableAlias():
            return (node.this, *(node.args.get("columns") or ()))
        case exp.Aliases():
            return tuple(node.expressions)
        case exp.Unnest():
            offset = node.args.get("offset")
            return (offset,) if isinstance(offset, exp.Identifier) else ()
        case exp.ColumnDef():
            return (node.this,)
        case _:
            return ()


def anonymous(node: exp.Expr, lists: Lists) -> str:
    """The name of a function that sqlglot has no class for."""
    name = folded(node.this)
    if name in QUANTIFIERS:  # x <> ALL (ARRAY[...]): reserved words, so never a function's name
        return ""
    if name in lists.functions.constructs.values():
        return name
    if name not in lists.functions.names and name not in lists.functions.syntax:
        raise FunctionRefused(f"The function {name} is not on the allow-list.", name=name)
    return name


def refuse_write(node: exp.Select) -> None:
    """SELECT INTO and FOR UPDATE hide in a query's arguments."""
    for clause in ("into", "locks"):
        if node.args.get(clause):
            raise NodeRefused("The second parser reads a write or a lock.", name=clause)


def folded(name: object) -> str:
    """An identifier as PostgreSQL folds it: ASCII capitals, unless quoted."""
    if isinstance(name, exp.Star):
        return "*"
    if isinstance(name, exp.Identifier):
        text = str(name.this)
        return cut(text if name.args.get("quoted") else fold(text))
    return cut(fold(str(name))) if name else ""


def cut(text: str) -> str:
    """A name is cut to 63 bytes, at a character."""
    return text if len(text) < NAME_BYTES // 4 else text.encode()[:NAME_BYTES].decode(errors="ignore")


def fold(text: str) -> str:
    """Lower ASCII capitals only."""
    return text.lower() if text.isascii() else "".join(c.lower() if c.isascii() else c for c in text)


def compare(first: Seen, second: Seen, lists: Lists) -> None:
    """Both parsers saw the same tables, columns, functions and number of SELECTs. Raises ParsersDisagree."""
    if first.tables != second.tables:
        differing = (first.tables - second.tables) + (second.tables - first.tables)
        raise disagree("tables", [".".join(filter(None, path)) for path in differing])
    if odd := first.columns ^ second.columns:
        raise disagree("columns", [".".join(path) for path in odd])
    covered = set(second.functions)
    for kind in second.classes:
        names = lists.second_functions[kind]
        covered |= names
        if names and "*" not in names and not names & first.functions:
            raise disagree("functions", [kind])
    if odd_names := (first.functions - covered) | (second.functions - first.functions):
        raise disagree("functions", sorted(odd_names))
    # sqlglot reads WITH v AS (VALUES ...) as SELECT * FROM (VALUES ...)
    if not first.selects <= second.selects <= first.selects + first.values or first.values != second.values:
        raise disagree("number of SELECTs", [])


def disagree(what: str, names: list[str]) -> ParsersDisagree:
    """The refusal."""
    listed = ", ".join(sorted(names)[:5])
    return ParsersDisagree(
        f"The two parsers see different {what}{f': {listed}' if listed else ''}.",
        hint="Write the statement more plainly: no unusual quoting, each function with brackets.",
        name=listed,
    )

# ruff: noqa: SLF001  # sqlglot names the functions of its grammar so
"""What sqlglot's parser is taught of PostgreSQL: tables of its own, filled once, on a class of its own.

sqlglot's compiled parser cannot be subclassed, but it looks its grammar up in tables of its class.
RisingWave's class is PostgreSQL's with other tables for CREATE; the tables set here are read by the second
gate alone, so the rest of the program parses as it did. Each call becomes a node with the name as written,
which the gate compares with the first parser's, letter by letter; sqlglot's own classes rename (`date_part`
to EXTRACT) and drop arguments.
"""

from collections.abc import Callable
from typing import Any

from sqlglot import TokenType, exp
from sqlglot.parsers.risingwave import RisingWaveParser

from databaseai.ask.guardrail.lists import words

Parse = Callable[[Any], exp.Expr]
StatementParser = RisingWaveParser

TYPED = frozenset(
    words("""ANY_VALUE ARRAY_AGG AVG BIT_AND BIT_OR BIT_XOR BOOL_AND BOOL_OR COUNT CUME_DIST DENSE_RANK EVERY
    FIRST_VALUE LAG LAST_VALUE LEAD MAX MIN MODE NTH_VALUE NTILE PERCENTILE_CONT PERCENTILE_DISC
    PERCENT_RANK RANK ROW_NUMBER STDDEV STDDEV_POP STDDEV_SAMP SUM VARIANCE VAR_POP VAR_SAMP""")
)
"""Aggregates that keep sqlglot's class: the proof card tells what is measured by it."""
NAMED_AGGREGATES = frozenset(
    words("""CORR COVAR_POP COVAR_SAMP JSONB_AGG JSONB_OBJECT_AGG JSON_OBJECT_AGG RANGE_AGG
    RANGE_INTERSECT_AGG REGR_AVGX REGR_AVGY REGR_COUNT REGR_INTERCEPT REGR_R2 REGR_SLOPE
    REGR_SXX REGR_SXY REGR_SYY""")
)
"""Aggregates whose class would refuse DISTINCT over two arguments, or has another name."""
SYNTAX = frozenset(("ARRAY", "COALESCE", "EXISTS", "GREATEST", "GROUPING", "LEAST", "NULLIF", "UNNEST"))
"""Constructs that are written like calls. UNNEST: the parser asks for it in FROM."""
PRECISIONS = ("CURRENT_TIME", "CURRENT_TIMESTAMP", "LOCALTIME", "LOCALTIMESTAMP", "SECOND")
"""Words that take a number of digits in brackets: `interval '1.5' second(1)`."""
GRAMMAR = frozenset(("CAST", "EXTRACT", "OVERLAY", "POSITION", "STRING_AGG", "TRIM"))
"""Calls with keywords inside, which the parser's own functions read."""
BEHAVIOURS = ("ERROR", "NULL", "TRUE", "FALSE", "UNKNOWN", "EMPTY")
FORMS = ("NFC", "NFD", "NFKC", "NFKD")


def call(name: str, *arguments: exp.Expr | None) -> exp.Anonymous:
    """A call by its name."""
    return exp.Anonymous(this=name, expressions=[argument for argument in arguments if argument is not None])


def aggregate(name: str) -> Callable[[list[exp.Expr]], exp.Expr]:
    """What builds a call of an aggregate by its name."""
    return lambda arguments: exp.AnonymousAggFunc(this=name, expressions=arguments)


def precision(name: str) -> Callable[[list[exp.Expr]], exp.Expr]:
    """What builds such a word: with one literal number it is no call."""

    def build(arguments: list[exp.Expr]) -> exp.Expr:
        if len(arguments) == 1 and isinstance(arguments[0], exp.Literal):
            return exp.Var(this=name)
        return call(name.lower(), *arguments)

    return build


def substring(parser: Any) -> exp.Expr:
    """`substring(x FROM 1 FOR 2)`, `substring(x SIMILAR y ESCAPE z)` and plain arguments."""
    arguments = parser._parse_csv(parser._parse_bitwise)
    while (
        parser._match(TokenType.FROM)
        or parser._match(TokenType.FOR)
        or parser._match_text_seq("SIMILAR")
        or parser._match(TokenType.ESCAPE)
    ):
        arguments.append(parser._parse_bitwise())
    return call("substring", *arguments)


def normalize(parser: Any) -> exp.Expr:
    """`normalize(x, NFC)`: the form is a keyword."""
    value = parser._parse_bitwise()
    if parser._match(TokenType.COMMA):
        parser._match_texts(FORMS)
    return call("normalize", value)


def predicate(parser: Any, this: exp.Expr) -> exp.Expr:
    """IS, with the one form that sqlglot lacks: `IS [NOT] [NFC] NORMALIZED`."""
    start = parser._index
    negated = parser._match(TokenType.NOT)
    parser._match_texts(FORMS)
    if parser._match_text_seq("NORMALIZED"):
        found = call("is_normalized", this)
        return exp.Not(this=found) if negated else found
    parser._retreat(start)
    result: exp.Expr = parser._parse_is(this)
    return result


def collation(parser: Any) -> exp.Expr:
    """`COLLATION FOR (x)`."""
    parser._match(TokenType.FOR)
    return call("pg_collation_for", parser._parse_wrapped(parser._parse_disjunction))


def json_value(parser: Any) -> exp.Expr | None:
    """An expression with FORMAT JSON behind it."""
    value: exp.Expr | None = parser._parse_disjunction()
    json_format(parser)
    return value


def json_format(parser: Any) -> None:
    """`FORMAT JSON [ENCODING UTF8]`."""
    if parser._match_text_seq("FORMAT", "JSON") and parser._match_text_seq("ENCODING"):
        parser._parse_id_var()


def json_pair(parser: Any) -> exp.Expr | None:
    """`key: value`, `key VALUE value`, or a plain argument."""
    parser._match_text_seq("KEY")
    key: exp.Expr | None = parser._parse_bitwise()
    if parser._match(TokenType.COLON) or parser._match_text_seq("VALUE"):
        return exp.Tuple(expressions=[key, json_value(parser)])
    json_format(parser)
    return key


def json_clauses(parser: Any) -> list[exp.Expr | None]:
    """What may follow in a JSON function, in any order; its expressions and types."""
    found: list[exp.Expr | None] = []
    while True:
        if parser._match_text_seq("PASSING"):
            found += parser._parse_csv(lambda: json_argument(parser))
        elif parser._match_text_seq("RETURNING"):
            found.append(parser._parse_types())
            json_format(parser)
        elif parser._match(TokenType.ORDER_BY):
            found += [ordered.this for ordered in parser._parse_csv(parser._parse_ordered)]
        elif parser._match_text_seq("NULL", "ON", "NULL") or parser._match_text_seq("ABSENT", "ON", "NULL"):
            pass
        elif parser._match_text_seq("WITH") or parser._match_text_seq("WITHOUT"):
            parser._match_texts(("UNCONDITIONAL", "CONDITIONAL", "UNIQUE"))
            parser._match_text_seq("ARRAY")
            parser._match_texts(("WRAPPER", "KEYS"))
        elif parser._match_texts(("KEEP", "OMIT")):
            parser._match_text_seq("QUOTES")
            parser._match_text_seq("ON", "SCALAR", "STRING")
        elif parser._match_text_seq("DEFAULT"):
            found.append(parser._parse_bitwise())
            on_condition(parser)
        elif parser._match_texts(BEHAVIOURS):
            parser._match_texts(("ARRAY", "OBJECT"))
            on_condition(parser)
        else:
            return found


def on_condition(parser: Any) -> None:
    """ON EMPTY or ON ERROR."""
    parser._match_text_seq("ON")
    parser._match_texts(("EMPTY", "ERROR"))


def json_argument(parser: Any) -> exp.Expr | None:
    """`value AS name` of PASSING."""
    value = json_value(parser)
    parser._match(TokenType.ALIAS)
    parser._parse_id_var(any_token=True)
    return value


def json_query(name: str) -> Parse:
    """JSON_VALUE, JSON_QUERY and JSON_EXISTS: the document, the path, clauses."""

    def parse(parser: Any) -> exp.Expr:
        arguments = parser._parse_csv(lambda: json_value(parser))
        return call(name, *arguments, *json_clauses(parser))

    return parse


def json_constructor(name: str) -> Parse:
    """JSON_OBJECT, JSON_ARRAY, their aggregates and kin: values, pairs or a query, clauses."""

    def parse(parser: Any) -> exp.Expr:
        if parser._match_set({TokenType.SELECT, TokenType.WITH, TokenType.VALUES}, advance=False):
            return call(name, parser._parse_select().subquery(copy=False), *json_clauses(parser))
        clauses = json_clauses(parser)
        arguments = parser._parse_csv(lambda: json_pair(parser))
        return call(name, *clauses, *arguments, *json_clauses(parser))

    return parse


def json_table(parser: Any) -> exp.Expr:
    """JSON_TABLE: the document, the path, PASSING, COLUMNS."""
    arguments = parser._parse_csv(lambda: json_value(parser))
    if parser._match(TokenType.ALIAS):
        parser._parse_id_var()
    arguments += json_clauses(parser)
    arguments += json_columns(parser)
    return call("json_table", *arguments, *json_clauses(parser))


def json_path(parser: Any) -> exp.Expr | None:
    """`PATH 'x'`, which the tokens have as `'x'::PATH`, like a value of PostgreSQL's type of that name."""
    if parser._match_set({TokenType.STRING, TokenType.RAW_STRING, TokenType.UNICODE_STRING}, advance=False):
        path: exp.Expr | None = parser._parse_bitwise()
        return path
    return None


def json_columns(parser: Any) -> list[exp.Expr | None]:
    """`COLUMNS (...)`, nested ones too: the expressions and types in them."""
    found: list[exp.Expr | None] = []
    if not parser._match_text_seq("COLUMNS"):
        return found
    for column in parser._parse_wrapped_csv(lambda: json_column(parser)):
        found += column.expressions
    return found


def json_column(parser: Any) -> exp.Tuple:
    """One column."""
    found: list[exp.Expr | None] = []
    if parser._match_text_seq("NESTED"):
        found.append(json_path(parser))
        if parser._match(TokenType.ALIAS):
            parser._parse_id_var()
        found += json_columns(parser)
    else:
        found.append(exp.ColumnDef(this=parser._parse_id_var(any_token=True)))
        if not parser._match_text_seq("FOR", "ORDINALITY"):
            found.append(parser._parse_types())
            json_format(parser)
            parser._match_text_seq("EXISTS")
            found.append(json_path(parser))
            found += json_clauses(parser)
    return exp.Tuple(expressions=[part for part in found if part is not None])


StatementParser.FUNCTIONS = {
    **{name: build for name, build in StatementParser.FUNCTIONS.items() if name in TYPED | SYNTAX},
    **{name: aggregate(name.lower()) for name in NAMED_AGGREGATES},
    **{name: precision(name) for name in PRECISIONS},
}
StatementParser.FUNCTION_PARSERS = {
    **{name: parse for name, parse in StatementParser.FUNCTION_PARSERS.items() if name in GRAMMAR},
    "SUBSTRING": substring,
    "NORMALIZE": normalize,
    "JSON_TABLE": json_table,
    **{name.upper(): json_query(name) for name in ("json_value", "json_query", "json_exists")},
    **{
        name.upper(): json_constructor(name)
        for name in (
            "json_object",
            "json_array",
            "json_objectagg",
            "json_arrayagg",
            "json_serialize",
            "json_scalar",
        )
    },
}
StatementParser.NO_PAREN_FUNCTION_PARSERS = {
    **StatementParser.NO_PAREN_FUNCTION_PARSERS,
    "COLLATION": collation,
}
StatementParser.RANGE_PARSERS = {**StatementParser.RANGE_PARSERS, TokenType.IS: predicate}
StatementParser.TYPE_LITERAL_PARSERS = {}
StatementParser.LAMBDAS = {
    kind: build for kind, build in StatementParser.LAMBDAS.items() if kind != TokenType.ARROW
}

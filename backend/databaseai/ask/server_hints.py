"""What to write instead, for what PostgreSQL refuses before it reads a row: its messages hold names only."""

import re

PATTERNS: tuple[tuple[str, str], ...] = (
    (
        r"operator does not exist: boolean (?:=|<>|!=) (?:integer|numeric|text)",
        "Write the boolean itself: WHERE active, or WHERE NOT active.",
    ),
    (
        r"operator does not exist: .*(?:text|character varying|character) \+",
        "Texts are joined with ||, or with concat(a, b).",
    ),
    (r"operator does not exist: .* !?~~\*? ", "LIKE compares texts: x::text LIKE 'a%'."),
    (r"operator does not exist: .* !?~\*? ", "A pattern is matched with a text: x::text ~ 'pattern'."),
    (
        r"operator does not exist: (?:integer|boolean|bigint) (?:&&|\|\|) ",
        "Conditions are joined with AND and OR.",
    ),
    (
        r"operator does not exist: (?:timestamp.*|date|time.*) [-+] (?:integer|smallint|bigint|numeric)",
        "Add an interval: x - interval '30 days', or n * interval '1 day'.",
    ),
    (
        r"operator does not exist: .* (?:->>?|#>>?|@>|\?) ",
        "These operators take json or jsonb: cast with x::jsonb.",
    ),
    (
        r"operator does not exist: .* (?:=|<>|<|>|<=|>=) ",
        "Cast one side so that both have the same type: x::integer, x::date, x::text.",
    ),
    (r"operator does not exist", "Cast the two sides to types that this operator takes."),
    (
        r"argument of (?:AND|OR|NOT|WHERE|HAVING|CASE/WHEN|FILTER|JOIN/ON) must be type boolean",
        "Write a comparison: x > 0, x <> ''.",
    ),
    (r"function round\(double precision, integer\)", "Round a numeric: round(x::numeric, 2)."),
    (r"function trunc\(double precision, integer\)", "Cut a numeric: trunc(x::numeric, 2)."),
    (
        r"function (?:pg_catalog\.)?(?:extract|date_part)\(unknown, (?:integer|bigint)\)",
        "The difference of two dates is a number of days already: leave extract out.",
    ),
    (
        r"function (?:pg_catalog\.)?(?:extract|date_part|date_trunc)\(unknown, (?:text|character)",
        "Cast the text: x::date, or x::timestamp.",
    ),
    (r"function date_trunc\((?:date|timestamp)", "The unit comes first: date_trunc('month', d)."),
    (
        r"function (?:sum|avg)\((?:text|character|boolean)",
        "Cast to a number: sum(x::numeric); of booleans, count(*) FILTER (WHERE x).",
    ),
    (r"function (?:min|max)\(boolean\)", "Use bool_and(x) or bool_or(x)."),
    (r"function count\([^)]*,", "Count rows of several columns with count(DISTINCT (a, b))."),
    (r"function decode\(", "Use CASE x WHEN a THEN b ELSE c END."),
    (r"function date\(unknown, ", "Use current_date - interval '1 month'."),
    (r"function array_length\([^,]*\)", "Use cardinality(array), or array_length(array, 1)."),
    (r"function string_agg\(.*, unknown, ", "Sort inside the call: string_agg(x, ',' ORDER BY x)."),
    (r"function percentile_", "Write percentile_cont(0.5) WITHIN GROUP (ORDER BY x)."),
    (r"function mode\(", "Write mode() WITHIN GROUP (ORDER BY x)."),
    (r"function string_agg\(", "Cast what is joined, and give a separator: string_agg(x::text, ',')."),
    (r"function jsonb_\w+\(json[,)]", "Cast to jsonb: x::jsonb."),
    (r"function json_\w+\(jsonb[,)]", "Use the function of the same name that begins with jsonb_."),
    (r"function (?:length|lower|upper|trim|btrim|substr\w*|replace|left|right)\(", "Cast to text: x::text."),
    (r"function to_char\(text", "Cast first: to_char(x::date, 'YYYY-MM')."),
    (r"function \S+\(.*\) (?:does not exist|is not unique)", "Cast the arguments, or use another function."),
    (
        r"must appear in the GROUP BY clause",
        "Add it to GROUP BY, or put it into an aggregate such as max(x).",
    ),
    (
        r"aggregate functions are not allowed in WHERE",
        "Put the condition into HAVING, or aggregate in a subquery and filter outside.",
    ),
    (r"aggregate functions are not allowed in", "Aggregate in a subquery, and use its result outside."),
    (
        r"aggregate function calls cannot be nested",
        "Aggregate in a subquery, and aggregate its result outside.",
    ),
    (
        r"window functions are not allowed in",
        "Put the window function into a subquery and filter outside.",
    ),
    (
        r"for SELECT DISTINCT, ORDER BY expressions must appear in select list",
        "Add the expression to SELECT, or use GROUP BY in place of DISTINCT.",
    ),
    (
        r"SELECT DISTINCT ON expressions must match initial ORDER BY",
        "Begin ORDER BY with the expressions of DISTINCT ON.",
    ),
    (
        r"each (?:UNION|INTERSECT|EXCEPT) query must have the same number of columns",
        "Give both sides the same number of columns; NULL fills a gap.",
    ),
    (r"types .* cannot be matched|could not convert type", "Cast all of them to one type: x::text."),
    (r"column reference .* is ambiguous", "Name its table: table.column."),
    (r"subquery must return only one column", "Select one column in the subquery."),
    (r"subquery has too (?:many|few) columns", "Compare as many columns as the subquery gives."),
    (
        r"invalid reference to FROM-clause entry",
        "Name the table by its alias, or write LATERAL before the subquery.",
    ),
    (r"missing FROM-clause entry", "Name the table in FROM, and by its alias when it has one."),
    (r"cannot cast type boolean to", "Cast through integer: x::int::numeric."),
    (r"cannot cast type", "Cast through text, or use a function: to_timestamp(seconds)."),
    (r"is not an ordered-set aggregate", "Sort inside the call: string_agg(x, ',' ORDER BY x)."),
    (r"WITHIN GROUP is required", "Write percentile_cont(0.5) WITHIN GROUP (ORDER BY x)."),
    (r"could not determine (?:polymorphic|data) type", "Cast the literal or the NULL: NULL::text."),
    (r"collation .* does not exist", 'Leave COLLATE out, or use "C".'),
    (r"position \d+ is not in select list", "GROUP BY 1 and ORDER BY 1 count the columns of SELECT."),
    (r"OVER specified, but|requires an OVER clause", "Window functions are followed by OVER (...)."),
    (r"table name .* specified more than once", "Give each table an alias of its own."),
    (r"must have type|must type", "Cast to the type that is named."),
)
COMPILED = tuple((re.compile(pattern), hint) for pattern, hint in PATTERNS)


def hint_for(message: str) -> str:
    """The first hint that fits PostgreSQL's message; empty when none does."""
    return next((hint for pattern, hint in COMPILED if pattern.search(message)), "")

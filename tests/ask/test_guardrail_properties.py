"""One sentence each that holds for every input."""

import contextlib
import time

import postgast
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from databaseai.ask.guardrail import check
from databaseai.catalog.snapshot import Catalog, Column, Table
from databaseai.errors import GuardrailError, NestingRefused, StatementTooLong
from databaseai.settings import ExecutionLimits
from tests.ask import cases

LIMITS = ExecutionLimits()
CATALOG = Catalog(
    "shop",
    180_000,
    (
        Table("public", "customer", "table", (Column("customer_id", "integer"), Column("name", "text"))),
        Table("sales", "target", "table", (Column("amount", "numeric"), Column("name", "text"))),
    ),
    "",
)
WRITES = st.sampled_from(
    [
        "DELETE FROM customer RETURNING 1", "UPDATE customer SET name = 'x' RETURNING 1",
        "INSERT INTO customer VALUES (1) RETURNING 1", "SELECT 1 FROM customer FOR UPDATE",
        "SELECT set_config('a.b', 'c', false)", "SELECT pg_sleep(1)", "SELECT lo_create(0)",
        "SELECT public.evil()", "SELECT (c).evil FROM customer c", "SELECT 'x'::evil_domain",
        "SELECT 1 OPERATOR(public.+) 2", "SELECT password FROM secret", "SELECT nextval('s')",
        "SELECT * FROM pg_authid", "SELECT query_to_xml('DROP TABLE x', true, true, '')",
        "SELECT c.nice FROM customer c", "SELECT repeat('x', 1000000000)", "SELECT ctid FROM customer",
    ]
)  # fmt: skip
WRAPPERS = st.sampled_from(
    [
        "SELECT * FROM ({}) AS s", "WITH w AS ({}) SELECT * FROM w", "WITH w AS ({}) SELECT 1",
        "SELECT ({})", "SELECT 1 WHERE EXISTS ({})", "SELECT ARRAY({})", "SELECT 1 IN ({})",
        "SELECT 1 UNION ALL ({})", "({}) UNION SELECT 2", "SELECT 1 ORDER BY ({})", "SELECT 1 LIMIT ({})",
        "SELECT coalesce(1, ({}))", "SELECT CASE WHEN true THEN 1 ELSE ({}) END", "VALUES (({}))",
        "SELECT sum(1) FILTER (WHERE 1 = ({})) FROM customer",
        "SELECT count(*) OVER (ORDER BY ({})) FROM customer",
        "SELECT 1 FROM customer c JOIN customer d ON 1 = ({})", "SELECT * FROM customer c, LATERAL ({}) AS l",
        "SELECT count(*) FROM customer GROUP BY ROLLUP (({}))", "SELECT 1 FROM generate_series(1, ({})) AS g",
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < ({})) SELECT * FROM r",
        "SELECT 1 /* {{ */ , ({}) -- }}", "SELECT substring('abc' FROM ({}))", "SELECT (ARRAY[1])[({})]",
        "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY ({})) FROM customer", "SELECT ROW(1, ({}))",
    ]
)  # fmt: skip
BLANK = st.sampled_from([" ", "\n", "\t", "\r\n", "/* é */", "-- é漢\n", "/* /* DROP */ */"])
BLANKS = st.lists(BLANK, min_size=1, max_size=3).map("".join)
TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufeff"), max_size=8)


@given(write=WRITES, wrappers=st.lists(WRAPPERS, max_size=4))
@settings(max_examples=300, deadline=None)
def test_no_wrapping_hides_a_write(write: str, wrappers: list[str]) -> None:
    """However deep a write is nested, the gate finds it."""
    statement = write
    for wrapper in wrappers:
        statement = wrapper.format(statement)
    with pytest.raises(GuardrailError):
        check(statement, CATALOG, LIMITS)


@given(st.lists(BLANKS, min_size=9, max_size=9), TEXTS, st.sampled_from(["c", '"ö"', '"a""b"']))
@settings(max_examples=200, deadline=None)
def test_only_the_tables_schema_is_put_in(blanks: list[str], text: str, alias: str) -> None:
    """Whatever stands around it: taken out again, the text is the one that was given."""
    literal = "'" + text.replace("'", "''") + "' AS t,"
    words = [
        "SELECT",
        literal,
        f"{alias}.name",
        "FROM",
        f"customer AS {alias}",
        ",",
        "sales.target",
        "LIMIT 1",
    ]
    statement = "".join(blank + word for blank, word in zip(blanks, words, strict=False))
    query = check(statement, CATALOG, LIMITS)
    bare = statement[len(blanks[0]) :]  # PostgreSQL does not count what stands before the first word
    assert query.sql.strip() == bare.strip().replace("customer AS", "public.customer AS")
    assert query.tables == (("public", "customer"), ("sales", "target"))
    place = query.sql.index("public.customer")
    assert query.given_position(place + len("public.")) == statement.index("customer AS")
    assert query.given_position(query.sql.index("FROM")) == statement.index("FROM")


@given(st.text(max_size=200))
@settings(max_examples=500, deadline=None)
def test_any_text_is_accepted_or_refused(text: str) -> None:
    """Never another error."""
    for statement in (text, f"SELECT {text}", f"SELECT '{text}'", f"SELECT 1 FROM customer WHERE {text}"):
        try:
            check(statement, CATALOG, LIMITS)
        except GuardrailError:
            continue


QUOTES = ["'", '"', "E'", "U&'", 'U&"', "$$", "$a$", "--", "/*", "*/", "\\", "\n", "''", "UESCAPE"]
MARKS = [";", "(", ")", "[", "]", ",", ".", "::", "||", "*", "é", " ", "1"]
WORDS = ["name", "customer", "SELECT", "FROM", "AS", "x", "WITH", "c", "IN", "public."]
FORBIDDEN = ["DELETE FROM customer", "pg_sleep(1)", "evil()"]
FRAGMENTS = st.lists(st.sampled_from(QUOTES + MARKS + WORDS + FORBIDDEN), max_size=14)


@given(FRAGMENTS)
@settings(max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_quoting_hides_a_call(fragments: list[str]) -> None:
    """What passes holds no forbidden name outside its strings, comments and quoted aliases."""
    statement = "SELECT name FROM customer WHERE name = " + "".join(fragments)
    try:
        query = check(statement, CATALOG, LIMITS)
    except GuardrailError:
        return
    text = query.sql.encode()
    tokens = postgast.scan(query.sql).tokens
    bare = {text[token.start : token.end].decode() for token in tokens}
    assert not bare & {"pg_sleep", "DELETE", "evil", ";"}


PIECES = [
    [case.sql.encode()[token.start : token.end].decode() for token in postgast.scan(case.sql).tokens]
    for case in cases.read("honest.sql") + cases.read("honest_rare.sql")
]


@given(st.data())
@settings(max_examples=1500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_mutated_queries_are_accepted_or_refused(data: st.DataObject) -> None:
    """A piece of another query in place of a part: never an error that is not the gate's."""
    words, others = data.draw(st.sampled_from(PIECES)), data.draw(st.sampled_from(PIECES))
    start = data.draw(st.integers(0, len(words)))
    end = data.draw(st.integers(start, min(start + 3, len(words))))
    first = data.draw(st.integers(0, len(others)))
    piece = others[first : first + data.draw(st.integers(0, 6))]
    with contextlib.suppress(GuardrailError):
        check(" ".join([*words[:start], *piece, *words[end:]]), CATALOG, LIMITS)


DEEP = {
    "brackets": ("SELECT ", "(", "1", ")"),
    "calls": ("SELECT ", "abs(", "1", ")"),
    "dates": ("SELECT ", "date(", "1", ")"),
    "subqueries": ("SELECT ", "(SELECT ", "1", ")"),
    "from": ("SELECT * FROM ", "(SELECT * FROM ", "customer", ")"),
    "arrays": ("SELECT ", "ARRAY[", "1", "]"),
    "subscripts": ("SELECT ", "x[", "1", "]"),
    "cases": ("SELECT ", "CASE WHEN ", "true", " THEN true END"),
    "signs": ("SELECT ", "- ", "1", ""),
    "nots": ("SELECT ", "NOT ", "true", ""),
    "sums": ("SELECT 1", "+1", "", ""),
    "casts": ("SELECT 1", "::int", "", ""),
    "unions": ("SELECT 1", " UNION SELECT 1", "", ""),
    "joins": ("SELECT 1 FROM customer", " CROSS JOIN customer", "", ""),
    "with": ("", "WITH a AS (", "SELECT 1", ") SELECT 1"),
    "comments": ("SELECT 1 ", "/* ", "", " */"),
    "indirection": ("SELECT tags", "[1]", " FROM customer", ""),
}


SHALLOWER = {"subscripts", "indirection", "comments"}
"""Refused for another reason first, or not nested for PostgreSQL."""


@pytest.mark.parametrize("depth", [1000, 9_000, 29_000, 1_000_000])
@pytest.mark.parametrize("kind", DEEP)
def test_deep_nesting_is_refused_in_time(kind: str, depth: int) -> None:
    """No parser hangs and none ends the process."""
    start, left, middle, right = DEEP[kind]
    limits = ExecutionLimits(statement_characters=50_000_000)
    started = time.process_time()
    statement = start + left * depth + middle + right * depth
    if kind == "comments" and depth < 20_000:
        check(statement, CATALOG, limits)
    else:
        with pytest.raises(GuardrailError) as refusal:
            check(statement, CATALOG, limits)
        assert isinstance(refusal.value, NestingRefused | StatementTooLong) or kind in SHALLOWER
    assert time.process_time() - started < 30


@pytest.mark.parametrize("kind", DEEP)
def test_shallow_nesting_is_fine(kind: str) -> None:
    start, left, middle, right = DEEP[kind]
    if kind in {"subscripts", "indirection"}:
        return
    check(start + left * 5 + middle + right * 5, CATALOG, LIMITS)

"""What the server says comes out as our words: no cell value, and what to do about it."""

import logging
from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import AsyncConnection

from databaseai.ask import execution, explaining, planning
from databaseai.ask.guardrail import check
from databaseai.ask.guardrail.explain import ExplainOptions
from databaseai.ask.sandbox import sandbox
from databaseai.ask.server_errors import server_error
from databaseai.ask.server_hints import PATTERNS
from databaseai.catalog.snapshot import Catalog
from databaseai.errors import DatabaseAIError
from databaseai.settings import ExecutionLimits
from tests.ask.accepted import unchecked
from tests.postgres_versions import MAJORS, Servers

Reader = AsyncConnection[Any]
CANARY = "kanarienvogel7"
"""The one cell value; nothing that comes out may hold it, or its first letters."""
SETUP = f"""
CREATE SCHEMA IF NOT EXISTS public;
CREATE TABLE vault (id int PRIMARY KEY, word text UNIQUE, n int);
INSERT INTO vault VALUES (1, '{CANARY}', 4711);
CREATE DOMAIN short AS text CONSTRAINT short_enough CHECK (length(VALUE) < 3);
CREATE TYPE mood AS ENUM ('sad');
CREATE FUNCTION raised(message text, state text) RETURNS text LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION '%', message USING ERRCODE = state, DETAIL = message, HINT = message,
  COLUMN = message, CONSTRAINT = message, TABLE = message, DATATYPE = message, SCHEMA = message; END $$;
CREATE FUNCTION noticed(message text) RETURNS text LANGUAGE plpgsql AS
  $$ BEGIN RAISE NOTICE '%', message; RAISE WARNING '%', message; RAISE LOG '%', message; RETURN 'ok'; END $$;
CREATE FUNCTION ran(message text) RETURNS text LANGUAGE plpgsql AS
  $$ DECLARE x text; BEGIN EXECUTE 'SELECT ' || message INTO x; RETURN x; END $$;
CREATE FUNCTION inlined(message text) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT message::int $$;
CREATE FUNCTION asserted(message text) RETURNS text LANGUAGE plpgsql AS
  $$ BEGIN ASSERT false, message; RETURN ''; END $$;
CREATE FUNCTION state_of(message text) RETURNS text LANGUAGE sql IMMUTABLE AS
  $$ SELECT upper(left(message, 5)) $$;
CREATE VIEW raising AS SELECT public.raised(word, 'P0001') AS x FROM vault;
CREATE VIEW folding AS SELECT public.inlined('{CANARY}') AS x;
"""
WORD = "(SELECT word FROM public.vault)"
EXPRESSIONS = (
    "public.raised({w}, 'P0001')",
    "public.raised({w}, '42703')",
    "public.raised({w}, '22P02')",
    "public.raised({w}, '42501')",
    "public.raised('permission denied for table ' || {w}, '42501')",
    "public.raised('permission denied for table ' || {w}, 'P0001')",
    "public.raised('cannot execute ' || {w} || '() in a read-only transaction', '25006')",
    "public.raised('invalid input syntax for type ' || {w} || ': x', '22P02')",
    "public.raised('x', public.state_of({w}))",
    "public.raised('canceling statement due to ' || {w}, '57014')",
    "public.raised({w}, '53200')",
    "public.raised({w}, '08006')",
    "public.raised({w}, 'XX000')",
    "public.ran({w})",
    "public.ran({w} || ' FROM public.' || {w})",
    "public.ran('''' || {w} || '''::int')",
    "public.ran('(SELECT 1 FROM ' || {w})",
    "public.asserted({w})",
    "public.inlined({w})",
    "{w}::public.short",
    "{w}::public.mood",
    "CAST({w} AS public.short[])",
    "('{{' || {w} || '}}')::public.mood[]",
    "('(' || {w} || ')')::public.vault",
    "({w})::regtype",
    "({w} || '(')::regtype",
    "({w} || '.a.b')::regclass",
    "({w} || '(')::regprocedure",
    "({w})::regoperator",
    "({w})::regconfig",
    "to_tsvector({w}::regconfig, 'x')",
    "({w} || ' &')::tsquery",
    "phraseto_tsquery({w}::regconfig, 'a')",
    "('[\"' || {w})::json",
    "('[\"' || {w})::jsonb -> 0",
    "json_populate_record(NULL::public.vault, json_build_object('n', {w}))",
    "jsonb_populate_record(NULL::public.vault, jsonb_build_object('n', {w}))",
    "jsonb_path_query(jsonb_build_array({w}), '$[*].double()')",
    "jsonb_path_query('{{}}', ('$.' || {w} || '.')::jsonpath)",
    "jsonb_set(to_jsonb({w}), ARRAY[{w}], '1')",
    "(to_jsonb({w}))::int",
    "regexp_replace('a', {w} || '(', 'x')",
    "regexp_matches('a', {w}, {w})",
    "'a' SIMILAR TO ({w} || '(')",
    "'a' LIKE 'a' ESCAPE {w}",
    "substring('a' from {w} || '#' for {w})",
    "{w}::varchar(3)::char(2)::int",
    "{w}::interval",
    "{w}::timestamptz",
    "now() AT TIME ZONE {w}",
    "make_interval(secs => {w}::double precision)",
    "to_timestamp({w}, 'YYYY' || {w})",
    "to_date({w}, {w})",
    "date_part({w}, now())",
    "extract({w} from now())",
    "date_bin({w}::interval, now(), now())",
    "{w}::uuid",
    "{w}::inet",
    "{w}::macaddr",
    "{w}::money",
    "{w}::numeric(3)",
    "{w}::bytea::text::bit(8)",
    "('\\' || {w})::bytea",
    "decode({w}, 'hex')",
    "decode({w}, {w})",
    "encode({w}::bytea, {w})",
    "convert_from({w}::bytea, {w})",
    "convert_to({w}, {w})",
    "{w}::int4range",
    "('[' || {w} || ',2)')::daterange",
    "('{{' || {w} || '}}')::int[]",
    "('{{[' || {w} || ',2)}}')::int4multirange",
    "('(' || {w})::point",
    "{w}::xml",
    "xmlparse(document {w})",
    "xpath({w}, '<a/>')",
    "format('%' || {w}, 1)",
    "format({w} || '%z')",
    "to_number({w}, {w})",
    "current_setting({w})",
    "set_config({w}, {w}, true)",
    "pg_get_viewdef({w}::regclass)",
    "has_table_privilege({w}, {w})",
    "pg_read_file({w})",
    "nextval({w})",
    "setseed({w}::float8)",
    "query_to_xml({w}, true, true, '')",
    "ts_headline({w}::regconfig, 'a', 'a'::tsquery)",
    "to_char(now(), {w})::int",
    "pg_input_error_info({w}, {w})",
    "string_to_array({w}, NULL)::int[]",
    "array_position(ARRAY[{w}], NULL)::text::date || {w}::date",
    "unistr({w} || '\\u12')",
    "normalize({w}, NFC)::int",
    "ascii({w})::text::boolean || {w}::boolean::text",
    "chr(length({w}) - 14)",
    "lpad({w}, 2000000000, {w})",
    "repeat({w}, 2000000000)",
    "width_bucket({w}::numeric, 1, 2, 3)",
    "1 / (SELECT n - n FROM public.vault)",
    "(SELECT n FROM public.vault)::smallint * 30000::smallint",
    "(SELECT x FROM public.raising)",
)


class Birdcage:
    """One server with the canary in it."""

    def __init__(self, admin: str) -> None:
        self.admin = admin

    async def reader(self) -> Reader:
        """A superuser, the worst that could be: everything it may do, and no gate before it."""
        return await AsyncConnection.connect(self.admin, autocommit=True, prepare_threshold=None)


@pytest.fixture(scope="module", params=[MAJORS[0], MAJORS[-1]])
async def cage(request: pytest.FixtureRequest, server: Servers) -> AsyncIterator[Birdcage]:
    birds = await server(request.param)
    async with await AsyncConnection.connect(birds.dsn("postgres"), autocommit=True) as admin:
        await admin.execute("DROP DATABASE IF EXISTS birdcage WITH (FORCE)")
        await admin.execute("CREATE DATABASE birdcage")
    async with await AsyncConnection.connect(birds.dsn("birdcage"), autocommit=True) as admin:
        await admin.execute(SETUP.encode())
    yield Birdcage(birds.dsn("birdcage"))
    async with await AsyncConnection.connect(birds.dsn("postgres"), autocommit=True) as admin:
        await admin.execute("DROP DATABASE birdcage WITH (FORCE)")


def everything(error: DatabaseAIError) -> str:
    """All that a log, a problem or an event could take from an error."""
    parts = (error, error.args, error.detail, error.hint, error.facts, error.__cause__)
    return " ".join(f"{part!r} {part}" for part in parts).lower()


def holds_value(text: str) -> bool:
    """The canary, or five letters of it: a state."""
    return CANARY in text or CANARY[:5] in text or "4711" in text


async def outcome(sql: str, reader: Reader, limits: ExecutionLimits) -> DatabaseAIError | None:
    """What comes out when it runs; None: rows did."""
    async with sandbox(reader, limits):
        try:
            await execution.run(unchecked(sql), reader, limits)
        except DatabaseAIError as error:
            return error
    return None


@pytest.mark.parametrize("expression", EXPRESSIONS)
async def test_no_value_leaves_through_an_error(
    expression: str,
    cage: Birdcage,
    limits: ExecutionLimits,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Not as superuser, not with functions made to tell it, in no field, log or output."""
    with caplog.at_level(logging.DEBUG):
        async with await cage.reader() as reader:
            error = await outcome(f"SELECT {expression.format(w=WORD)}", reader, limits)
            said = everything(error) if error else ""
    assert not holds_value(said + caplog.text.lower() + "".join(capfd.readouterr()).lower())


async def test_most_of_them_fail(cage: Birdcage, limits: ExecutionLimits) -> None:
    """They would prove nothing if they ran."""
    async with await cage.reader() as reader:
        errors = [await outcome(f"SELECT {e.format(w=WORD)}", reader, limits) for e in EXPRESSIONS]
    assert sum(error is not None for error in errors) > 0.9 * len(errors)


async def test_notices_go_nowhere(
    cage: Birdcage,
    limits: ExecutionLimits,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    heard: list[str] = []
    with caplog.at_level(logging.DEBUG):
        async with await cage.reader() as reader:
            reader.add_notice_handler(lambda diag: heard.append(str(diag.message_primary)))
            assert await outcome(f"SELECT public.noticed({WORD})", reader, limits) is None
    assert not heard
    assert not holds_value(caplog.text + "".join(capfd.readouterr()))


async def test_a_plan_tells_no_value_and_an_error_in_it_neither(
    cage: Birdcage, limits: ExecutionLimits
) -> None:
    """The planner computes constant calls, those of views too."""
    query = unchecked("SELECT count(*) FROM public.vault WHERE word < 'm' OR n > 3")
    async with await cage.reader() as reader, sandbox(reader, limits):
        found = await explaining.explain(query, reader, limits, EMPTY, ExplainOptions(verbose=True))
        with pytest.raises(DatabaseAIError) as refusal:
            await planning.plan(unchecked("SELECT * FROM public.folding"), reader, limits)
    assert not holds_value(f"{found.text} {found.plan}")
    assert not holds_value(everything(refusal.value))


EMPTY = Catalog("birdcage", 180_000, (), "f")


@given(
    st.text(min_size=1, max_size=40),
    st.sampled_from(
        ["42703", "42601", "22P02", "P0001", "42501", "25006", "57014", "XX000", "53200", "08006"]
    ),
    st.sampled_from(["{}", "permission denied for table {}", "invalid input syntax for type {}: x"]),
)
def test_what_a_function_raises_is_not_repeated(value: str, state: str, message: str) -> None:
    """An error without a place in the statement has our words only, whatever a function put into it."""
    kind = psycopg.errors.lookup(state)
    marked = f"<{value}>"
    error = kind(message.format(marked))
    said = server_error(error)
    assert marked not in f"{said.detail} {said.hint} {said.facts}"


TAUGHT = {
    "SELECT * FROM customer WHERE parent_id = true": ("DBAI705", "same type"),
    "SELECT * FROM customer WHERE (parent_id > 1) = 1": ("DBAI705", "WHERE active"),
    "SELECT name + ' ' + city FROM customer": ("DBAI705", "||"),
    "SELECT * FROM customer WHERE customer_id LIKE '1%'": ("DBAI705", "x::text LIKE"),
    "SELECT * FROM customer WHERE (customer_id > 1) && (parent_id > 1)": ("DBAI705", "AND and OR"),
    "SELECT now() - 30": ("DBAI705", "interval '30 days'"),
    "SELECT * FROM customer WHERE name = customer_id": ("DBAI705", "same type"),
    "SELECT name ->> 'a' FROM customer": ("DBAI705", "jsonb"),
    "SELECT * FROM customer WHERE parent_id": ("DBAI710", "comparison"),
    "SELECT round(discount, 2) FROM orders": ("DBAI705", "round(x::numeric, 2)"),
    "SELECT extract(day FROM shipped_on - shipped_on) FROM orders": ("DBAI705", "days already"),
    "SELECT date_trunc(ordered_at, 'month') FROM orders": ("DBAI705", "unit comes first"),
    "SELECT sum(name) FROM customer": ("DBAI705", "x::numeric"),
    "SELECT max(parent_id > 1) FROM customer": ("DBAI705", "bool_or"),
    "SELECT count(DISTINCT country, city) FROM customer": ("DBAI705", "(a, b)"),
    "SELECT decode(country, 'DE', 1, 0) FROM customer": ("DBAI705", "CASE"),
    "SELECT date('now', '-1 month')": ("DBAI705", "interval '1 month'"),
    "SELECT array_length(tags) FROM customer": ("DBAI705", "cardinality"),
    "SELECT string_agg(customer_id, ',') FROM customer": ("DBAI705", "x::text"),
    "SELECT string_agg(name, ',') WITHIN GROUP (ORDER BY name) FROM customer": ("DBAI705", "ORDER BY x"),
    "SELECT name, count(*) FROM customer": ("DBAI708", "GROUP BY"),
    "SELECT name FROM customer WHERE count(*) > 1": ("DBAI708", "HAVING"),
    "SELECT name FROM customer WHERE row_number() OVER () = 1": ("DBAI708", "subquery"),
    "SELECT sum(count(*)) FROM customer": ("DBAI708", "subquery"),
    "SELECT DISTINCT name FROM customer ORDER BY city": ("DBAI702", "Add the expression"),
    "SELECT 1 UNION SELECT 1, 2": ("DBAI707", "NULL fills"),
    "SELECT 1 UNION SELECT true": ("DBAI710", "x::text"),
    "SELECT customer_id FROM customer, orders": ("DBAI709", "table.column"),
    "SELECT name FROM customer WHERE customer_id IN (SELECT 1, 2)": ("DBAI707", "columns"),
    "SELECT (parent_id > 1)::numeric FROM customer": ("DBAI710", "x::int::numeric"),
    "SELECT name FROM customer GROUP BY 3": ("DBAI702", "count the columns"),
    "SELECT rank() FROM customer": ("DBAI702", "OVER"),
    "SELECT length(customer_id) FROM customer": ("DBAI705", "x::text"),
    "SELECT percentile_cont(0.5) FROM customer": ("DBAI705", "WITHIN GROUP"),
    "SELECT name COLLATE nocase FROM customer": ("DBAI702", "COLLATE"),
}


@pytest.mark.parametrize("statement", TAUGHT)
async def test_what_the_planner_refuses_teaches(
    statement: str, reader: Reader, catalog: Catalog, limits: ExecutionLimits
) -> None:
    """What passes the gate and PostgreSQL still refuses, before it reads a row."""
    code, hint = TAUGHT[statement]
    async with sandbox(reader, limits):
        with pytest.raises(DatabaseAIError) as refusal:
            await planning.plan(check(statement, catalog, limits), reader, limits)
    error = refusal.value
    assert hint in error.hint, str(error)
    assert error.code == code, str(error)
    assert error.repairable
    assert 0 <= int(str(error.facts["position"])) < len(statement)


def test_patterns_are_in_order() -> None:
    """One that is taken by an earlier one would never be said."""
    assert len({pattern for pattern, _ in PATTERNS}) == len(PATTERNS)

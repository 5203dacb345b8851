"""What comes back: the first rows, known to be all or not, as JSON values."""

import math
import time
from typing import Any

import psycopg
import pytest
from psycopg import AsyncConnection
from psycopg.pq import TransactionStatus

from databaseai.ask import execution, streaming, wire_values
from databaseai.ask.events import Json
from databaseai.ask.guardrail import check
from databaseai.ask.sandbox import sandbox
from databaseai.ask.wire_values import OBJECT_BYTES
from databaseai.catalog.snapshot import Catalog
from databaseai.data_source.metering import PIECE_BYTES
from databaseai.errors import ResultTooLarge, SyntaxRefused, Unexpected
from databaseai.settings import ExecutionLimits
from tests.ask.accepted import unchecked

Reader = AsyncConnection[Any]


async def rows(sql: str, reader: Reader, limits: ExecutionLimits) -> execution.ResultSet:
    """Run in a sandbox of its own."""
    async with sandbox(reader, limits):
        return await execution.run(unchecked(sql), reader, limits)


@pytest.mark.parametrize(
    ("row_limit", "kept", "truncated"), [(3, 3, True), (4, 4, True), (5, 5, False), (9, 5, False)]
)
async def test_truncation_is_known(reader: Reader, row_limit: int, kept: int, truncated: bool) -> None:
    """Exactly as many rows as the limit is not the same as more than the limit."""
    result = await rows("SELECT n FROM generate_series(1, 5) n", reader, ExecutionLimits(row_limit=row_limit))
    assert (len(result.rows), result.truncated) == (kept, truncated)
    assert result.rows == tuple((n,) for n in range(1, kept + 1))


async def test_no_rows_have_columns_all_the_same(reader: Reader, limits: ExecutionLimits) -> None:
    result = await rows("SELECT 1::int8 AS a, 'x' AS a WHERE false", reader, limits)
    assert [(column.name, column.type) for column in result.columns] == [("a", "bigint"), ("a", "text")]
    assert result.rows == ()
    assert not result.truncated


@pytest.mark.parametrize(
    ("sql", "value", "kind"),
    [
        ("1::int2", 1, "smallint"),
        ("9007199254740992::int8", 9007199254740992, "bigint"),
        ("9007199254740993::int8", "9007199254740993", "bigint"),
        ("-9007199254740993::int8", "-9007199254740993", "bigint"),
        ("1.5::float8", 1.5, "double precision"),
        ("0.1::float4", 0.1, "real"),
        ("'NaN'::float8", "NaN", "double precision"),
        ("'-Infinity'::float4", "-Infinity", "real"),
        ("1.50::numeric(12,2)", "1.50", "numeric(12,2)"),
        ("'NaN'::numeric", "NaN", "numeric"),
        ("true", True, "boolean"),
        ("NULL::int", None, "integer"),
        ("'2025-01-02'::date", "2025-01-02", "date"),
        ("'infinity'::date", "infinity", "date"),
        ("'1 day 02:03'::interval", "1 day 02:03:00", "interval"),
        (r"'\x4142'::bytea", r"\x4142", "bytea"),
        ("'é漢'::varchar(5)", "é漢", "character varying(5)"),
        (
            """'{"a": [1, 2.5, null, 12345678901234567890]}'::jsonb""",
            {"a": [1, 2.5, None, "12345678901234567890"]},
            "jsonb",
        ),
        ("'[1e999]'::json", ["1e999"], "json"),
        ("'null'::jsonb", None, "jsonb"),
        ("ARRAY[1, NULL, 3]", [1, None, 3], "integer[]"),
        ("ARRAY[[1, 2], [3, 4]]", [[1, 2], [3, 4]], "integer[]"),
        ("'[0:1]={7,8}'::int[]", [7, 8], "integer[]"),
        ("ARRAY[]::text[]", [], "text[]"),
        (
            """ARRAY['a,b', 'c"d', 'e\\f', '', 'NULL', 'é', '{x}']""",
            ["a,b", 'c"d', "e\\f", "", "NULL", "é", "{x}"],
            "text[]",
        ),
        ("ARRAY['{\"k\": \"v\"}'::jsonb]", [{"k": "v"}], "jsonb[]"),
        ("ARRAY[true, false]", [True, False], "boolean[]"),
        ("ARRAY[box '((0,0),(1,1))', box '((1,1),(2,2))']", ["(1,1),(0,0)", "(2,2),(1,1)"], "box[]"),
        ("int4range(1, 5)", "[1,5)", "int4range"),
        ("'10.0.0.1'::inet", "10.0.0.1", "inet"),
        ("ROW(1, 'x')", "(1,x)", "unknown"),
        ("'paid'::public.order_state", "paid", "public.order_state"),
        ("ARRAY[ROW(1, 'x,\"y')]", ['(1,"x,""y")'], "record[]"),
        ("ARRAY['a\\\\b', '', '\"', '\\\\\"']", ["a\\\\b", "", '"', '\\\\"'], "text[]"),
        ("repeat('9', 100000)::numeric", "9" * 100_000, "numeric"),
        ("('[' || repeat('9', 5000) || ']')::jsonb", ["9" * 5000], "jsonb"),
        ("ARRAY['paid', 'new']::public.order_state[]", ["paid", "new"], "public.order_state[]"),
    ],
)  # fmt: skip
async def test_values_are_json(
    sql: str, value: Json, kind: str, reader: Reader, limits: ExecutionLimits
) -> None:
    result = await rows(f"SELECT {sql} AS v", reader, limits)
    assert result.rows == ((value,),)
    assert type(result.rows[0][0]) is type(value)
    if kind != "unknown":
        assert result.columns[0].type == kind


async def test_types_of_a_cut_result_are_named_too(reader: Reader) -> None:
    """The query was cancelled, so the names are asked for behind the savepoint."""
    sql = "SELECT ARRAY['paid']::public.order_state[] FROM generate_series(1, 1000000)"
    result = await rows(sql, reader, ExecutionLimits(row_limit=2))
    assert result.rows == ((["paid"],), (["paid"],))
    assert result.truncated
    assert result.columns[0].type == "public.order_state[]"


async def test_json_nested_past_reason_stays_text(reader: Reader, limits: ExecutionLimits) -> None:
    deep = "[" * 5000 + "]" * 5000
    result = await rows(f"SELECT '{deep}'::json", reader, limits)
    assert result.rows == ((deep,),)


async def test_bytes_cut_the_result(reader: Reader) -> None:
    limits = ExecutionLimits(result_bytes=10 * (1_000 + OBJECT_BYTES))
    result = await rows("SELECT repeat('x', 1000) FROM generate_series(1, 100)", reader, limits)
    assert (len(result.rows), result.truncated) == (10, True)


async def test_a_cell_past_its_limit_is_refused(reader: Reader) -> None:
    limits = ExecutionLimits(cell_bytes=1000)
    assert (await rows("SELECT repeat('x', 1000)", reader, limits)).rows
    with pytest.raises(ResultTooLarge) as refusal:
        await rows("SELECT repeat('x', 1001) AS wide", reader, limits)
    assert refusal.value.facts["name"] == "wide"


async def test_a_huge_row_never_arrives_whole(reader: Reader) -> None:
    """60 MB in one value from a server that sends as fast as we read: not a piece more than counted."""
    limits = ExecutionLimits(result_bytes=2_000_000)
    async with sandbox(reader, limits):
        stream = streaming.Stream(reader, limits)
        rows_of = stream.rows("SELECT repeat('x', 60000000)")
        with pytest.raises(ResultTooLarge):
            await anext(rows_of)
        assert 2_000_000 < stream.bytes <= 2_000_000 + PIECE_BYTES + streaming.DRAINED_BYTES + PIECE_BYTES
    assert reader.closed


@pytest.mark.parametrize(
    "sql",
    ["SELECT 1; SELECT 2", "SELECT 1; DROP TABLE public.customer", "COMMIT; SELECT 1", "SELECT 1;;SELECT 2"],
)
async def test_one_statement_only(sql: str, reader: Reader, limits: ExecutionLimits) -> None:
    """The protocol itself refuses a second statement."""
    with pytest.raises(SyntaxRefused):
        await rows(sql, reader, limits)


async def test_no_query_runs_outside_the_sandbox(reader: Reader, limits: ExecutionLimits) -> None:
    with pytest.raises(Unexpected):
        await execution.run(unchecked("SELECT 1"), reader, limits)
    async with sandbox(reader, limits):
        pass
    with pytest.raises(Unexpected):
        await execution.run(unchecked("SELECT 1"), reader, limits)


async def test_percent_signs_and_placeholders_are_text(
    reader: Reader, catalog: Catalog, limits: ExecutionLimits
) -> None:
    query = check("SELECT '100% %s %(a)s :b ?' AS t", catalog, limits)
    async with sandbox(reader, limits):
        result = await execution.run(query, reader, limits)
    assert result.rows == (("100% %s %(a)s :b ?",),)


async def test_several_queries_in_one_sandbox(reader: Reader, limits: ExecutionLimits) -> None:
    """Also after one that was cut."""
    small = ExecutionLimits(row_limit=1)
    async with sandbox(reader, limits):
        for _ in range(3):
            cut = await execution.run(unchecked("SELECT * FROM generate_series(1, 100000)"), reader, small)
            assert cut.truncated
            whole = await execution.run(unchecked("SELECT 1"), reader, limits)
            assert whole.rows == ((1,),)
    assert reader.pgconn.transaction_status == TransactionStatus.IDLE
    assert math.isfinite(whole.ms)


async def test_psycopg_still_works_on_the_connection(reader: Reader, limits: ExecutionLimits) -> None:
    await rows("SELECT 1", reader, limits)
    assert await (await reader.execute("SELECT 2")).fetchone() == (2,)
    with pytest.raises(psycopg.errors.DivisionByZero):
        await reader.execute("SELECT 1/0")


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("SELECT FROM generate_series(1, 3)", 0),
        (f"SELECT {', '.join(['1'] * 1664)}", 1664),
        ("SELECT 1, 1", 2),
    ],
)
async def test_any_number_of_columns(sql: str, columns: int, reader: Reader, limits: ExecutionLimits) -> None:
    """None, as many as PostgreSQL has, the same name twice."""
    result = await rows(sql, reader, limits)
    assert len(result.columns) == columns
    assert all(len(row) == columns for row in result.rows)


WIDE = [
    "ARRAY(SELECT 1 FROM generate_series(1, 300000))",
    "(SELECT jsonb_agg('[]'::jsonb) FROM generate_series(1, 200000))",
    "(SELECT jsonb_agg(jsonb_build_object('a', 1)) FROM generate_series(1, 80000))",
]
"""Less than a megabyte on the wire each, many times that as a list."""


@pytest.mark.parametrize("wide", WIDE)
async def test_a_row_counts_as_what_it_becomes(wide: str, reader: Reader, limits: ExecutionLimits) -> None:
    with pytest.raises(ResultTooLarge):
        await rows(f"SELECT {wide}, {wide}", reader, limits)


@pytest.mark.parametrize("wide", WIDE)
async def test_rows_count_as_what_they_become(wide: str, reader: Reader) -> None:
    limits = ExecutionLimits(result_bytes=40_000_000)
    result = await rows(f"SELECT {wide} FROM generate_series(1, 9)", reader, limits)
    assert result.truncated
    assert len(result.rows) < 9


@pytest.mark.parametrize(("item", "kind"), [("1,", "int4"), ('"a\\\\b",', "text")])
def test_arrays_are_read_in_one_pass(item: str, kind: str) -> None:
    """Eight times the items are eight times the work; a search to the end for each makes it sixty-four."""
    convert = wire_values.converter(psycopg.adapters.types[kind].array_oid, {})

    def work(items: int) -> float:
        text = ("{" + (item * items)[:-1] + "}").encode()
        taken = []
        for _ in range(3):
            started = time.process_time()
            value = convert(text)
            taken.append(time.process_time() - started)
            assert isinstance(value, list)
            assert len(value) == items
        return min(taken)

    assert work(80_000) < 28 * work(10_000)

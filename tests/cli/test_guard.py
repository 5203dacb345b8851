"""`guard`: a verdict for each line, whatever the line is."""

import asyncio
import io
import json
import signal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from databaseai.cli import json_lines
from databaseai.cli.json_lines import LINE_BYTES, parsed, pieces
from tests.cli.desk import Desk
from tests.cli.desk import json_lines as lines_of

CATALOG = {
    "database": "shop",
    "server_version": 180_006,
    "fingerprint": "f",
    "tables": [
        {
            "schema": "public",
            "name": "customer",
            "kind": "table",
            "columns": [{"name": "customer_id", "type": "integer"}, {"name": "name", "type": "text"}],
        }
    ],
}
REFUSED = {"verdict": "refused", "position": None}


@pytest.fixture
def catalog_file(desk: Desk) -> str:
    """What `catalog --json` printed."""
    file = desk.home.parent / "catalog.json"
    file.write_text(json.dumps(CATALOG))
    return str(file)


async def judged(desk: Desk, catalog_file: str, *lines: bytes) -> list[dict[str, Any]]:
    """Verdicts on raw lines."""
    process = await desk.spawn("guard", "--catalog", catalog_file)
    out, err = await process.communicate(b"\n".join(lines))
    assert process.returncode == 0, err.decode()
    assert not err
    return lines_of(out.decode())


async def test_one_line_out_for_each_in(desk: Desk, catalog_file: str) -> None:
    """Order kept; what is no statement at all is answered too; all in ASCII."""
    cases: list[tuple[bytes, object, str | None, int | None]] = [
        (b'\xef\xbb\xbf{"id": 1, "sql": "SELECT name FROM customer"}', 1, None, None),
        (b'{"id": "2", "sql": "SELECT nam FROM customer"}\r', "2", "DBAI513", 7),
        (b'{"sql": "EXPLAIN SELECT 1", "more": true}', None, None, None),
        (b'{"id": {"a": [1.5, null]}, "sql": "EXPLAIN ANALYZE SELECT 1"}', {"a": [1.5, None]}, "DBAI602", 8),
        (b"", None, "DBAI101", None),
        (b"   ", None, "DBAI101", None),
        (b"not json", None, "DBAI101", None),
        (b"[1]", None, "DBAI101", None),
        (b"null", None, "DBAI101", None),
        (b'{"id": 3}', 3, "DBAI101", None),
        (b'{"id": 4, "sql": 5}', 4, "DBAI101", None),
        (b'{"id": 4, "sql": ""}', 4, "DBAI501", None),
        (b'{"id": 5, "sql": "SELECT 1", "sql": "DROP TABLE customer"}', None, "DBAI101", None),
        (b'{"id": NaN, "sql": "SELECT 1"}', None, "DBAI101", None),
        (b'{"id": 1e999, "sql": "SELECT 1"}', None, "DBAI101", None),
        (b'{"id": 6, "sql": "SELECT \'\xff\'"}', 6, "DBAI503", 8),
        (b'{"id": "\\ud800", "sql": "SELECT \'\\udfff\'"}', "\ud800", "DBAI503", 8),
        (b'{"id": 7, "sql": "SELECT \\u0000"}', 7, "DBAI503", 7),
        (b'{"id": 8, "sql": "' + b"x" * 2 * LINE_BYTES + b'"}', 8, "DBAI107", None),
        (b'{"sql": "' + b"x" * LINE_BYTES + b'", "id": 9}', None, "DBAI107", None),
        (b'{"id": 10, "sql": "SELECT ' + b"1 " * 40_000 + b'"}', 10, "DBAI502", None),
        (b"[" * 100_000, None, "DBAI101", None),
        (b'{"id": 11, "sql": "SELECT \'\xc3\xa9\'; DROP TABLE customer"}', 11, "DBAI506", 12),
        (b'{"id": 12, "sql": "SELECT 1"}', 12, None, None),
    ]
    found = await judged(desk, catalog_file, *(case[0] for case in cases))
    said = [(one["id"], one["code"], one["position"]) for one in found]
    assert said == [case[1:] for case in cases]
    assert [one["verdict"] for one in found] == ["refused" if case[2] else "accepted" for case in cases]
    assert all(bool(one["detail"]) is (one["verdict"] == "refused") for one in found)


async def test_lines_are_answered_as_they_come(desk: Desk, catalog_file: str) -> None:
    process = await desk.spawn("guard", "--catalog", catalog_file)
    assert process.stdin
    assert process.stdout
    for number in range(3):
        process.stdin.write(b'{"id": %d, "sql": "SELECT 1"}\n' % number)
        line = await asyncio.wait_for(process.stdout.readline(), 30)
        assert json.loads(line)["id"] == number
    process.send_signal(signal.SIGINT)
    out, err = await asyncio.wait_for(process.communicate(), 30)
    assert (process.returncode, out, err) == (130, b"", b"")


async def test_a_reader_that_goes_away_is_no_error(desk: Desk, catalog_file: str) -> None:
    lines = desk.home.parent / "lines.jsonl"
    lines.write_text('{"id": 1, "sql": "SELECT 1"}\n' * 20_000)
    process = await desk.spawn("guard", str(lines), "--catalog", catalog_file)
    assert process.stdout
    assert await process.stdout.readline()
    process.stdout._transport.close()  # type: ignore[attr-defined]  # as `| head -1` does
    assert process.stderr
    assert await asyncio.wait_for(process.stderr.read(), 30) == b""
    await asyncio.wait_for(process.wait(), 30)


async def test_a_statement_for_a_person(desk: Desk, catalog_file: str) -> None:
    """The verdict, what to do, and the place; the exit code is the verdict."""
    done = await desk.run("guard", "SELECT name,\n  nam FROM customer", "--catalog", catalog_file)
    assert done.code == 1
    assert done.out.splitlines()[0].startswith("refused: DBAI513")
    assert "name" in done.out.splitlines()[1]
    assert done.out.splitlines()[2:] == ["2 |   nam FROM customer", "      ^"]
    done = await desk.run("guard", "SELECT name FROM customer", "--catalog", catalog_file, "--json")
    assert (done.code, json.loads(done.out)["verdict"]) == (0, "accepted")
    done = await desk.run("guard", "missing.jsonl", "--catalog", catalog_file)
    assert (done.code, done.out) == (2, "")
    done = await desk.run("guard", "SELECT 1", "--catalog", "/nowhere")
    assert (done.code, done.out) == (2, "")


async def test_a_stranger_needs_nothing_but_the_command(desk: Desk) -> None:
    """The catalog is the sample's, from a PostgreSQL started for it; then from the file it prints."""
    lines = '{"id": 1, "sql": "select count(*) from orders"}\n{"id": 2, "sql": "select * from order_"}\n'
    done = await desk.run("guard", stdin=lines)
    assert done.code == 0, done.err
    verdicts = lines_of(done.out)
    assert [one["verdict"] for one in verdicts] == ["accepted", "refused"]
    printed = await desk.run("catalog", "--json")
    file = desk.home.parent / "sample.json"
    file.write_text(printed.out)
    again = await desk.run("guard", "--batch", "-", "--catalog", str(file), stdin=lines)
    assert lines_of(again.out) == verdicts


@given(st.lists(st.binary(max_size=40).filter(lambda line: b"\n" not in line), max_size=6))
def test_lines_are_counted_as_wc_counts_them(lines: list[bytes]) -> None:
    """Whatever bytes: as many lines out as in, and none raises."""
    text = b"".join(line + b"\n" for line in lines)
    found = list(pieces(io.BytesIO(text)))
    assert [piece for piece, _ in found] == [line.rstrip(b"\r") for line in lines]
    for piece, _ in found:
        json.dumps(parsed(piece, "sql").id)


@pytest.mark.parametrize("extra", [-1, 0, 1, LINE_BYTES - 1, LINE_BYTES, 3 * LINE_BYTES + 7])
def test_a_line_past_the_bound_is_one_line(extra: int, tmp_path: Path) -> None:
    body = b'{"id": 1, "sql": "' + b"x" * (LINE_BYTES - 20 + extra) + b'"}'
    assert len(body) == LINE_BYTES + extra
    file = tmp_path / "lines"
    for end in (b"", b"\n"):
        file.write_bytes(body + b"\n" + body + end)
        found = list(json_lines.read(str(file), "sql"))
        assert [line.id for line in found] == [1, 1]
        assert all((line.error is not None) is (extra >= 0) for line in found)

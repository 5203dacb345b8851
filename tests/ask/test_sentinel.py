"""The sentinel says with numbers what a join multiplies and drops, and is silent where nothing is wrong."""

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest
from psycopg import AsyncConnection

from databaseai.ask import execution, guardrail, sentinel
from databaseai.ask.events import Finding
from databaseai.ask.execution import ResultSet
from databaseai.ask.sandbox import sandbox
from databaseai.ask.sentinel import watching
from databaseai.ask.sentinel.faithful import faithful
from databaseai.catalog.introspection import introspect
from databaseai.catalog.snapshot import Catalog
from databaseai.embedded.postgres import EmbeddedPostgres
from databaseai.embedded.reader import ensure_database, ensure_reader
from databaseai.errors import StatementTimeout
from databaseai.settings import CatalogSettings, ExecutionLimits

LIMITS = ExecutionLimits()
SCHEMA = """
CREATE TABLE town (id int PRIMARY KEY, name text NOT NULL, mayor text);
CREATE TABLE client (id int PRIMARY KEY, name text NOT NULL, town_id int REFERENCES town,
  grade text, age int);
CREATE TABLE sale (id int PRIMARY KEY, client_id int NOT NULL REFERENCES client, total int NOT NULL,
  sold_at timestamp NOT NULL);
CREATE TABLE line (sale_id int NOT NULL REFERENCES sale, no int NOT NULL, pieces int NOT NULL,
  PRIMARY KEY (sale_id, no));
CREATE TABLE refund (id int PRIMARY KEY, sale_id int NOT NULL, no int NOT NULL, pieces int NOT NULL,
  FOREIGN KEY (sale_id, no) REFERENCES line);
CREATE TABLE call (id int PRIMARY KEY, client_id int NOT NULL REFERENCES client, at timestamptz NOT NULL);
CREATE TABLE plain (a int, b int);
CREATE TABLE visit (id int PRIMARY KEY, at timestamp NOT NULL);
CREATE VIEW means AS SELECT client_id, avg(total) AS avg_total FROM sale GROUP BY client_id;
INSERT INTO town VALUES (1, 'Faro', NULL), (2, 'Porto', 'Ann'), (3, 'porto', 'Bob');
INSERT INTO client SELECT n, 'Name ' || n % 7, CASE WHEN n < 9 THEN 1 + n % 2 END,
  CASE WHEN n % 2 = 0 THEN 'gold' END, 20 + n FROM generate_series(1, 10) n;
INSERT INTO sale SELECT n, 1 + n % 8, 10 * n + 1, timestamp '2025-12-31 09:00' - (n / 3) * interval '1 day'
  FROM generate_series(1, 20) n;
INSERT INTO line SELECT n, m, n + m FROM generate_series(1, 20) n, generate_series(1, 2) m;
INSERT INTO refund SELECT n, n, 1, 1 FROM generate_series(1, 5) n;
INSERT INTO call SELECT n, 1 + n % 5, timestamptz '2025-03-01 23:30+00' + n * interval '1 day'
  FROM generate_series(1, 15) n;
INSERT INTO visit VALUES (1, '2026-01-01 10:00');
INSERT INTO plain SELECT n, n FROM generate_series(1, 9) n;
ANALYZE;
"""


class Watched:
    """A database, its catalog, and the statements that were sent as probes."""

    def __init__(self, connection: AsyncConnection, catalog: Catalog) -> None:
        self.connection, self.catalog = connection, catalog
        self.sent: list[str] = []

    async def probe(self, statement: str) -> ResultSet:
        """Through gate and sandbox, as the pipeline does."""
        self.sent.append(statement)
        query = guardrail.check(statement, self.catalog, LIMITS)
        async with sandbox(self.connection, LIMITS):
            return await execution.run(query, self.connection, LIMITS)

    async def watch(self, statement: str, question: str = "") -> tuple[Finding, ...]:
        """The sentinel's word."""
        query = guardrail.check(statement, self.catalog, LIMITS)
        return await sentinel.watch(query, self.catalog, self.probe, question)


@pytest.fixture(scope="session")
async def shopping(postgres: EmbeddedPostgres) -> tuple[str, Catalog]:
    """The reader's URL of a small database, and its catalog."""
    await ensure_database(postgres.dsn("postgres"), "watched")
    async with await AsyncConnection.connect(postgres.dsn("watched"), autocommit=True) as connection:
        await connection.execute(SCHEMA)
    url = await ensure_reader(postgres.dsn("watched"), "watched", postgres.home)
    async with await AsyncConnection.connect(url, autocommit=True) as connection:
        return url, await introspect(connection, CatalogSettings())


@pytest.fixture
async def watched(shopping: tuple[str, Catalog]) -> AsyncIterator[Watched]:
    """A connection of the reader's."""
    url, catalog = shopping
    async with await psycopg.AsyncConnection.connect(
        url, autocommit=True, prepare_threshold=None
    ) as connection:
        yield Watched(connection, catalog)


SALE_LINES = "FROM sale s JOIN line l ON l.sale_id = s.id"
FOUND = [
    (f"SELECT sum(s.total) {SALE_LINES}", "fan-out", "2.0 times on average (40 rows for 20)", "2120"),
    (f"SELECT avg(s.total) {SALE_LINES}", "fan-out", "weighs some of them more", "106.0000000000000000"),
    (f"SELECT count(s.id) {SALE_LINES}", "fan-out", "40 rows for 20", "20"),
    (f"SELECT sum(s.total), sum(l.pieces) {SALE_LINES}", "fan-out", "40 rows for 20", "2120"),
    (
        "SELECT count(*) FROM client c JOIN sale s ON s.client_id = c.id JOIN call k ON k.client_id = c.id",
        "fan-out",
        "pairs of sale and call",
        None,
    ),
    (
        "SELECT avg(m) FROM (SELECT client_id, avg(total) AS m FROM sale GROUP BY client_id) AS x",
        "average of averages",
        "8 averages",
        "106.0000000000000000",
    ),
    ("SELECT avg(avg_total) FROM means", "average of averages", "avg_total", None),
    (
        "SELECT count(*) FROM sale s JOIN town t ON t.id = s.client_id",
        "not along a key",
        "sale.client_id refers to client.id",
        None,
    ),
    (
        "SELECT count(*) FROM refund r JOIN line l ON l.sale_id = r.sale_id",
        "not along a key",
        "10 rows are joined, 5 of them",
        "5",
    ),
    (
        "SELECT count(*) FROM client c JOIN sale s ON s.id = c.id",
        "not along a key",
        "mean different things",
        "20",
    ),
    (
        "SELECT count(*) FROM client c JOIN town t ON t.id = c.town_id",
        "lost rows",
        "drops 2 of 10 rows",
        "10",
    ),
    (
        (
            "SELECT c.id, count(*) FROM client c JOIN sale s ON s.client_id = c.id GROUP BY c.id ORDER"
            " BY count(*) LIMIT 1"
        ),
        "lost rows",
        "drops 2 of 10 rows of client",
        "9",
    ),
    ("SELECT count(*) FROM client WHERE grade <> 'x'", "filter drops NULLs", "5 rows", "10"),
    ("SELECT count(*) FROM client WHERE grade NOT LIKE 'x%'", "filter drops NULLs", "5 rows", "10"),
    ("SELECT count(*) FROM client WHERE grade NOT IN ('x', 'y')", "filter drops NULLs", "grade NOT IN", "10"),
    (
        "SELECT count(*) FROM town WHERE id NOT IN (SELECT town_id FROM client)",
        "always empty",
        "2 of the values",
        "1",
    ),
    ("SELECT count(*) FROM town WHERE mayor = NULL", "always empty", "never true", "1"),
    (
        "SELECT count(*) FROM client c LEFT JOIN town t ON t.id = c.town_id WHERE t.name = 'Faro'",
        "left join undone",
        "keeps 2 rows without town",
        "10",
    ),
    (
        "SELECT name FROM client ORDER BY grade DESC LIMIT 3",
        "NULLs first",
        "the 5 rows without grade come first",
        "Name 2",
    ),
    (
        "WITH old AS (SELECT * FROM client) SELECT count(*) FROM old o JOIN town t ON t.id = o.town_id",
        "lost rows",
        "drops 2 of 10 rows of old",
        "10",
    ),
    (
        "SELECT c.name, sum(s.total) FROM client c JOIN sale s ON s.client_id = c.id GROUP BY c.name",
        "name for several keys",
        "8 rows of client into 7 groups",
        None,
    ),
    ("SELECT count(*) FROM town WHERE name = 'faro'", "letter case", "such as 'Faro'", "1"),
    ("SELECT count(*) FROM town WHERE name = 'Porto'", "letter case", "1 are written", "2"),
    ("SELECT count(*) FROM town WHERE name LIKE 'Port%'", "letter case", "1 more", "2"),
    (
        "SELECT count(*) FROM sale WHERE sold_at BETWEEN '2025-12-01' AND '2025-12-31'",
        "last day cut",
        "2 rows",
        "20",
    ),
    ("SELECT count(*) FROM sale WHERE sold_at = '2025-12-31'", "last day cut", "2 rows", "2"),
    ("SELECT count(*) / 3 FROM sale", "integer division", "20 / 3", "6.6666666666666667"),
    ("SELECT name FROM client LIMIT 3", "arbitrary rows", "3 of 10 rows", None),
    (
        (
            "SELECT at::date, count(*) FROM call WHERE (at AT TIME ZONE 'Asia/Tokyo')::date >"
            " '2025-03-02' GROUP BY 1"
        ),
        "days by time zone",
        "fall on different days",
        None,
    ),
]


@pytest.mark.parametrize(("statement", "kind", "said", "right"), FOUND)
async def test_each_kind_is_found_with_its_numbers_and_what_it_offers_runs(
    watched: Watched, statement: str, kind: str, said: str, right: str | None
) -> None:
    findings = {finding.kind: finding for finding in await watched.watch(statement)}
    found = findings[kind]
    assert said in found.text
    if found.check:
        assert (await watched.probe(found.check)).rows
    if right is not None:
        values = [str(value) for row in (await watched.probe(found.corrected)).rows for value in row]
        assert right in values


CLEAN = [
    "SELECT sum(l.pieces) FROM line l JOIN refund r ON r.sale_id = l.sale_id AND r.no = l.no",
    f"SELECT sum(l.pieces) {SALE_LINES}",
    f"SELECT max(s.total), count(DISTINCT s.id), min(s.total) {SALE_LINES}",
    f"SELECT s.id, count(s.id), avg(s.total) {SALE_LINES} GROUP BY s.id",
    f"SELECT count(*) {SALE_LINES}",
    "SELECT c.name, count(*) FROM client c JOIN sale s ON s.client_id = c.id GROUP BY c.id",
    "SELECT sum(s.total) FROM sale s JOIN line l ON l.sale_id = s.id AND l.no = 1",
    (
        "SELECT sum(s.total) FROM sale s JOIN (SELECT sale_id, sum(pieces) AS n FROM line"
        " GROUP BY sale_id) AS i"
        " ON i.sale_id = s.id"
    ),
    "SELECT count(*) FROM sale s JOIN client c ON c.id = s.client_id",
    (
        "SELECT t.name, count(*) FROM client c JOIN town t ON t.id = c.town_id WHERE t.name ="
        " 'Faro' GROUP BY t.id"
    ),
    "SELECT count(*) FROM client WHERE name <> 'x'",
    "SELECT count(*) FROM client WHERE grade <> 'x' AND grade IS NOT NULL",
    "SELECT count(*) FROM client WHERE id NOT IN (SELECT client_id FROM sale)",
    "SELECT count(*) FROM client c LEFT JOIN town t ON t.id = c.town_id WHERE t.id IS NULL",
    "SELECT e.name, d.name FROM client e JOIN client d ON d.town_id = e.town_id AND e.id < d.id",
    "SELECT count(*) FROM sale WHERE sold_at >= '2025-12-01' AND sold_at < '2026-01-01'",
    "SELECT count(*) FROM visit WHERE at BETWEEN '2025-01-01' AND '2026-01-01'",
    "SELECT age / 10 * 10, count(*) FROM client GROUP BY 1",
    "SELECT count(*) / 4 FROM sale",
    "SELECT total::numeric / 3 FROM sale",
    "SELECT name FROM client ORDER BY name, id LIMIT 3",
    "SELECT name FROM client LIMIT 30",
    "SELECT name FROM client ORDER BY grade DESC NULLS LAST, id LIMIT 3",
    "SELECT name FROM client ORDER BY grade LIMIT 3",
    "SELECT avg(total) FROM (SELECT client_id, sum(total) AS total FROM sale GROUP BY client_id) AS x",
    "SELECT count(*) FROM town WHERE name = 'Faro'",
    "SELECT a.a FROM plain a JOIN plain b ON b.b = a.b",
    "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT sum(i) FROM n",
]


@pytest.mark.parametrize("statement", CLEAN)
async def test_what_counts_right_raises_no_alarm(watched: Watched, statement: str) -> None:
    assert await watched.watch(statement) == ()


async def test_a_group_that_may_stay_away_is_missed_only_where_the_question_wants_it(
    watched: Watched,
) -> None:
    statement = "SELECT c.id, count(*) FROM client c JOIN sale s ON s.client_id = c.id GROUP BY c.id"
    (found,) = await watched.watch(statement, "How many sales has each client?")
    assert found.kind == "lost rows"
    assert await watched.watch(statement, "How many sales has each client who has bought?") == ()
    assert await watched.watch(statement, "sales by client") == ()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT count(*), sum(s.total) FROM sale s JOIN client c ON c.id = s.client_id",
        "SELECT sum(s.total) FROM sale s JOIN line l ON l.sale_id = s.id WHERE l.no = 1",
        "SELECT sum(s.total) FROM sale s JOIN (SELECT DISTINCT sale_id FROM line) AS l ON l.sale_id = s.id",
        "SELECT sum(s.total) FROM sale s CROSS JOIN (SELECT max(pieces) FROM line) AS m",
    ],
)
async def test_keys_that_cannot_fail_are_not_looked_at(watched: Watched, statement: str) -> None:
    await watched.watch(statement)
    assert [sent for sent in watched.sent if "DISTINCT s.id" in sent] == []


async def test_a_probe_that_fails_or_hangs_tells_nothing(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = guardrail.check(f"SELECT sum(s.total) {SALE_LINES}", watched.catalog, LIMITS)

    async def fails(statement: str) -> ResultSet:
        raise StatementTimeout(statement[:0])

    async def hangs(_: str) -> ResultSet:
        await asyncio.Event().wait()
        raise AssertionError

    assert await sentinel.watch(query, watched.catalog, fails) == ()
    monkeypatch.setattr(watching, "PROBE_SECONDS", 0.05)
    assert await sentinel.watch(query, watched.catalog, hangs) == ()


async def test_a_correction_that_does_not_run_is_not_offered(watched: Watched) -> None:
    query = guardrail.check(f"SELECT sum(s.total) {SALE_LINES}", watched.catalog, LIMITS)

    async def only_counts(statement: str) -> ResultSet:
        if "corrected" in statement:
            raise StatementTimeout("")
        return await watched.probe(statement)

    (found,) = await sentinel.watch(query, watched.catalog, only_counts)
    assert (found.kind, found.corrected) == ("fan-out", "")


async def test_a_rule_that_stumbles_costs_no_answer(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(*_: object) -> list[object]:
        raise KeyError

    monkeypatch.setattr(watching, "blocks", stumble)
    assert await watched.watch(f"SELECT sum(s.total) {SALE_LINES}") == ()


@pytest.mark.parametrize(
    ("statement", "rendered", "same"),
    [
        ("SELECT a FROM t WHERE a NOT IN (1, 2)", "SELECT a FROM t WHERE NOT a IN (1, 2)", True),
        ("SELECT a FROM t WHERE a !~ 'x'", "SELECT a FROM t WHERE NOT a ~ 'x'", True),
        ("SELECT interval '5 days'", "SELECT INTERVAL '5 DAYS'", True),
        ("SELECT a FROM t WHERE a NOT IN (1, 2)", "SELECT a FROM t WHERE a IN (1, 2)", False),
        ("SELECT a FROM t", "SELECT b FROM t", False),
    ],
)
def test_sql_is_only_written_anew_where_it_says_the_same(statement: str, rendered: str, same: bool) -> None:
    assert faithful(statement, rendered) is same

"""Which results a gold allows, on a real PostgreSQL."""

from collections.abc import AsyncIterator

import psycopg
import pytest
from psycopg import AsyncConnection

from databaseai.evaluation.gold import GoldFailed, expected
from databaseai.evaluation.matching import Match, Result, match

MS = 20_000
TABLE = """
CREATE TABLE item (name text, price numeric, kind text, day date);
INSERT INTO item VALUES ('a', 9, 'x', '2024-01-01'), ('b', 5, 'x', '2024-01-02'), ('c', 5, 'y', '2024-01-03'),
    ('d', 3, 'y', NULL), ('e', 3, 'y', '2024-01-05'), ('f', 3, 'z', '2024-01-06')
"""


@pytest.fixture
async def connection(database: str) -> AsyncIterator[AsyncConnection]:
    async with await AsyncConnection.connect(database, autocommit=True) as opened:
        await opened.execute(TABLE)
        yield opened


NAMES: list[tuple[str, str, Match]] = [
    ("SELECT name FROM item", "fedcba", Match.SAME),
    ("SELECT name FROM item ORDER BY price DESC", "acbdfe", Match.SAME),
    ("SELECT name FROM item ORDER BY price DESC", "bacdef", Match.ORDER),
    ("SELECT name FROM item ORDER BY price DESC, name", "acbdef", Match.ORDER),
    ("SELECT name FROM item ORDER BY price DESC LIMIT 4", "acbf", Match.SAME),
    ("SELECT name FROM item ORDER BY price DESC LIMIT 4", "adef", Match.ORDER),
    ("SELECT name FROM item ORDER BY price DESC OFFSET 2", "bfed", Match.SAME),
    ("SELECT name FROM item ORDER BY price DESC OFFSET 2", "afed", Match.ROWS),
    ("SELECT name FROM item ORDER BY price DESC LIMIT 1 OFFSET 4", "d", Match.SAME),
    ("SELECT name FROM item ORDER BY price DESC LIMIT 1 OFFSET 4", "b", Match.ROWS),
    ("SELECT name FROM item LIMIT 2", "fe", Match.SAME),
    ("SELECT name FROM item LIMIT 2", "ff", Match.ROWS),
    ("SELECT Name FROM item AS i ORDER BY i.price LIMIT 3;", "efd", Match.SAME),
    ("SELECT DISTINCT kind FROM item ORDER BY kind", "xyz", Match.SAME),
    ("SELECT DISTINCT kind FROM item ORDER BY kind", "zyx", Match.ORDER),
    ("SELECT kind FROM item GROUP BY kind ORDER BY count(*) DESC, max(day) LIMIT 2", "yx", Match.SAME),
    ("SELECT kind FROM item GROUP BY kind ORDER BY count(*) DESC LIMIT 1", "x", Match.ROWS),
    ("SELECT name FROM item UNION SELECT kind FROM item ORDER BY 1 LIMIT 2", "ab", Match.SAME),
    ("SELECT name FROM item UNION SELECT kind FROM item ORDER BY name LIMIT 2", "ba", Match.ORDER),
    ("SELECT kind AS name FROM item ORDER BY name LIMIT 1", "x", Match.SAME),
    ("SELECT name FROM item ORDER BY day NULLS FIRST LIMIT 1", "d", Match.SAME),
    ("SELECT name FROM item ORDER BY price LIMIT (SELECT 3)", "fed", Match.SAME),
    (
        "WITH w AS (SELECT * FROM item) SELECT name FROM w ORDER BY price DESC FETCH FIRST 2 ROWS ONLY",
        "ac",
        Match.SAME,
    ),
]


@pytest.mark.parametrize(("gold", "letters", "found"), NAMES)
async def test_what_a_gold_allows(connection: AsyncConnection, gold: str, letters: str, found: Match) -> None:
    allowed = await expected(connection, gold, timeout_ms=MS)
    assert match(allowed, Result(tuple((letter,) for letter in letters), 1)) is found


async def test_star_and_order(connection: AsyncConnection) -> None:
    allowed = await expected(connection, "SELECT * FROM item ORDER BY price", timeout_ms=MS)
    assert [len(group.rows) for group in allowed.groups] == [3, 2, 1]
    assert allowed.width == 4


@pytest.mark.parametrize(
    "gold",
    [
        "SELECT nothing FROM item",
        "SELECT name FROM item WHERE price / 0 > 1",
        "DELETE FROM item",
        "DELETE FROM item RETURNING name",
        "CREATE TABLE other (i int)",
        "SELECT pg_sleep(5)",
        "SELECT count(*) FROM generate_series(1, 1000000) AS a, generate_series(1, 1000000) AS b",
        "BEGIN",
        "SELECT FROM WHERE",
    ],
)
async def test_a_gold_that_fails(connection: AsyncConnection, gold: str) -> None:
    """Nothing is written, and the connection is good for the next one."""
    with pytest.raises(GoldFailed):
        await expected(connection, gold, timeout_ms=300)
    assert (await expected(connection, "SELECT count(*) FROM item", timeout_ms=MS)).groups[0].rows == ((6,),)
    assert connection.info.transaction_status is psycopg.pq.TransactionStatus.IDLE


async def test_nothing_a_gold_does_stays(connection: AsyncConnection) -> None:
    """EXPLAIN ANALYZE CREATE TABLE AS writes even in a read-only transaction: only ROLLBACK undoes it."""
    await expected(connection, "EXPLAIN ANALYZE CREATE TABLE other AS SELECT 1", timeout_ms=MS)
    cursor = await connection.execute("SELECT to_regclass('other')")
    assert await cursor.fetchone() == (None,)


async def test_a_second_statement_that_means_something_else(connection: AsyncConnection) -> None:
    """sqlglot writes `1_0` as `1 AS _0`: then the gold's own result counts."""
    allowed = await expected(connection, "SELECT 1_0 FROM item ORDER BY price LIMIT 1", timeout_ms=MS)
    assert [group.rows for group in allowed.groups] == [((10,),)]

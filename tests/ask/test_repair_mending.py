"""What PostgreSQL's types, groups and grammar refuse is mended where it stands."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from databaseai.ask import guardrail
from databaseai.ask.repair import mend
from databaseai.catalog.snapshot import Catalog, Column, ForeignKey, Table
from databaseai.settings import ExecutionLimits

NUMBER, TEXT = "bigint", "text"


def table(name: str, *columns: Column, keys: tuple[ForeignKey, ...] = ()) -> Table:
    return Table("public", name, "table", columns, primary_key=(columns[0].name,), foreign_keys=keys)


def to(column: str, other: str, other_column: str) -> ForeignKey:
    return ForeignKey((column,), "public", other, (other_column,))


CATALOG = Catalog(
    database="air",
    server_version=180_000,
    fingerprint="",
    tables=(
        table(
            "carrier",
            Column("uid", NUMBER),
            Column("carrier", TEXT, values=("Blue Air", "Red Air"), values_complete=True),
            Column("country", TEXT),
        ),
        table(
            "flight",
            Column("flight_id", NUMBER),
            Column("carrier", NUMBER),
            Column("day", "date"),
            Column("left_at", "timestamp with time zone"),
            Column("tags", "text[]"),
            Column("season", "daterange"),
            Column("meta", "jsonb"),
            Column("late_yn", NUMBER),
            Column("is_charter", TEXT, values=("Y", "N"), values_complete=True),
            Column("seats", "integer"),
            Column("load", "double precision"),
            keys=(to("carrier", "carrier", "uid"),),
        ),
        table(
            "leg",
            Column("leg_id", NUMBER),
            Column("flight_id", NUMBER),
            Column("seats", "integer"),
            keys=(to("flight_id", "flight", "flight_id"),),
        ),
        table("city", Column("city_id", NUMBER), Column("country", TEXT)),
    ),
)

CASES = [
    # words compared with a key
    (
        "SELECT count(*) FROM flight f WHERE f.carrier = 'blue air' AND seats > 3",
        (
            "SELECT count(*) FROM flight f WHERE f.carrier IN "
            "(SELECT uid FROM carrier WHERE carrier = 'Blue Air') AND seats > 3"
        ),
    ),
    (
        "SELECT 1 FROM flight WHERE carrier <> 'Blue Air'",
        "SELECT 1 FROM flight WHERE carrier NOT IN (SELECT uid FROM carrier WHERE carrier = 'Blue Air')",
    ),
    (
        "SELECT 1 FROM flight WHERE carrier IN ( 'Blue Air', 'Red Air' )",
        (
            "SELECT 1 FROM flight WHERE carrier IN "
            "(SELECT uid FROM carrier WHERE carrier IN ('Blue Air', 'Red Air'))"
        ),
    ),
    (
        "SELECT 1 FROM flight WHERE carrier = 'Portugal'",  # not among the carriers, which are all known
        "SELECT 1 FROM flight WHERE carrier IN (SELECT uid FROM carrier WHERE country = 'Portugal')",
    ),
    (
        "SELECT 1 FROM flight f WHERE f.is_charter IN (SELECT uid FROM carrier WHERE country = 'x')",
        "SELECT 1 FROM flight f WHERE f.carrier IN (SELECT uid FROM carrier WHERE country = 'x')",
    ),
    # parts of dates
    ("SELECT 1 FROM flight WHERE day = '2025'", ">= '2025-01-01' AND day < '2026-01-01')"),
    ("SELECT 1 FROM flight WHERE day = 2025", "WHERE (day >= '2025-01-01' AND day < '2026-01-01')"),
    ("SELECT 1 FROM flight f WHERE f.day <> '2025-12'", "(f.day < '2025-12-01' OR f.day >= '2026-01-01')"),
    ("SELECT 1 FROM flight WHERE left_at LIKE '2024-02%'", ">= '2024-02-01' AND left_at < '2024-03-01')"),
    (
        "SELECT 1 FROM flight WHERE (left_at - day) > 5 AND seats > 5",
        "(left_at - day) > interval '5 days' AND seats > 5",
    ),
    (
        "SELECT 1 FROM flight WHERE day <= '2025-02-30' AND seats = 1",
        "WHERE day < '2025-03-01' AND seats = 1",
    ),
    (
        "SELECT 1 FROM flight WHERE day > '2024' AND day < '2025-06'",
        "day >= '2025-01-01' AND day < '2025-06-01'",
    ),
    (
        "SELECT 1 FROM flight WHERE day BETWEEN '2025-01' AND '2025-03' OR seats = 2",
        "WHERE (day >= '2025-01-01' AND day < '2025-04-01') OR seats = 2",
    ),
    # arrays, ranges, JSON, flags
    ("SELECT 1 FROM flight WHERE tags @> 'red-eye'", "WHERE 'red-eye' = ANY (tags)"),
    (
        "SELECT 1 FROM flight f WHERE f.tags = 'x' AND f.tags <> 'y'",
        "'x' = ANY (f.tags) AND 'y' <> ALL (f.tags)",
    ),
    ("SELECT 1 FROM flight WHERE 'x' IN tags", "WHERE 'x' = ANY (tags)"),
    ("SELECT 1 FROM flight WHERE tags IN ('x', 'y')", "WHERE tags && ARRAY['x', 'y']::text[]"),
    (
        "SELECT 1 FROM flight WHERE tags ILIKE '%red%'",
        "EXISTS (SELECT 1 FROM unnest(tags) AS item WHERE item ILIKE '%red%')",
    ),
    ("SELECT 1 FROM flight WHERE season @> '2025-01-01'", "WHERE season @> '2025-01-01'::date"),
    ("SELECT 1 FROM flight WHERE season = '2025-01-01'", "WHERE season @> '2025-01-01'::date"),
    ("SELECT 1 FROM flight WHERE season @> left_at", "WHERE season @> left_at::date"),
    ("SELECT 1 FROM flight WHERE meta -> 'a' -> 'b' = 'x'", "WHERE meta -> 'a' ->> 'b' = 'x'"),
    ("SELECT 1 FROM flight WHERE late_yn = true", "WHERE late_yn = 1"),
    ("SELECT 1 FROM flight WHERE is_charter = false", "WHERE is_charter = 'N'"),
    ("SELECT 1 FROM flight WHERE is_charter AND NOT late_yn", "is_charter = 'Y' AND NOT late_yn <> 0"),
    # groups
    (
        "SELECT carrier, count(*) FROM flight WHERE count(*) > 3 AND seats > 1 GROUP BY carrier",
        "SELECT carrier, count(*) FROM flight WHERE seats > 1 GROUP BY carrier HAVING count(*) > 3",
    ),
    (
        "SELECT carrier, count(*) AS n FROM flight WHERE n > 3 GROUP BY carrier ORDER BY n",
        "SELECT carrier, count(*) AS n FROM flight  GROUP BY carrier HAVING count(*) > 3 ORDER BY n",
    ),
    (
        "SELECT flight_id FROM flight WHERE seats > avg(seats)",
        "SELECT flight_id FROM flight WHERE seats > (SELECT AVG(seats) FROM flight)",
    ),
    ("SELECT seats * 2 AS twice FROM flight WHERE twice > 5", "WHERE seats * 2 > 5"),
    (
        "SELECT carrier, sum(seats) * 100.0 / sum(seats) OVER () FROM flight GROUP BY carrier",
        "SELECT carrier, sum(seats) * 100.0 / sum(sum(seats)) OVER () FROM flight GROUP BY carrier",
    ),
    (
        "SELECT DISTINCT carrier FROM flight WHERE seats > 3 ORDER BY day DESC LIMIT 3",
        "SELECT carrier FROM flight WHERE seats > 3 GROUP BY carrier ORDER BY max(day) DESC LIMIT 3",
    ),
    ("SELECT count(*) FROM flight WHERE seats > 1 ORDER BY day DESC", "FROM flight WHERE seats > 1 "),
    (
        "SELECT carrier, count(*) FROM flight GROUP BY carrier ORDER BY day",
        "SELECT carrier, count(*) FROM flight GROUP BY carrier, day ORDER BY day",
    ),
    (
        "SELECT flight.seats, count(*) FROM flight JOIN leg USING (flight_id) GROUP BY seats",
        "GROUP BY flight.seats",
    ),
    # names
    (
        "SELECT f.day, f.leg_id FROM flight AS f JOIN leg AS f ON f.flight_id = f.flight_id",
        "SELECT f.day, f2.leg_id FROM flight AS f JOIN leg AS f2 ON f.flight_id = f2.flight_id",
    ),
    (
        "SELECT flight.day FROM flight JOIN leg ON true JOIN flight ON flight.flight_id = flight.flight_id",
        "JOIN flight AS flight2 ON flight.flight_id = flight2.flight_id",
    ),
    (
        "SELECT 1 FROM flight WHERE carrier = (SELECT carrier_uid FROM carrier WHERE country = 'x' LIMIT 1)",
        "(SELECT carrier.uid FROM carrier WHERE",
    ),
    (
        "SELECT leg_id FROM leg WHERE leg_id IN (SELECT leg_id FROM flight WHERE day > '2025')",
        "SELECT leg_id FROM leg WHERE leg_id IN (SELECT leg_id FROM flight WHERE day >= '2026-01-01')",
    ),
    (
        "SELECT day FROM flight WHERE flight_id IN (SELECT uid FROM flight) AND flight_id = 1",
        "(SELECT carrier.uid FROM flight JOIN carrier ON flight.carrier = carrier.uid) AND flight_id = 1",
    ),
    # several SELECTs
    (
        "SELECT country FROM city UNION SELECT uid FROM carrier",
        "SELECT country FROM city UNION SELECT uid::text FROM carrier",
    ),
    ("SELECT round(sqrt(avg(seats)), 2) FROM flight", "round((sqrt(avg(seats)))::numeric, 2)"),
    # other databases' functions
    ("SELECT strftime('%Y-%m', day) FROM flight", "SELECT to_char(day, 'YYYY-MM') FROM flight"),
    ("SELECT DATE_FORMAT(day, '%d.%m.%Y') FROM flight", "SELECT to_char(day, 'DD.MM.YYYY') FROM flight"),
    (
        "SELECT 1 FROM flight WHERE day > date('now', '-3 months')",
        "> (CURRENT_DATE - INTERVAL '3 month')::date",
    ),
    ("SELECT 1 FROM flight WHERE day > DATE_SUB(NOW(), INTERVAL 3 DAY)", "> (NOW() - INTERVAL '3 day')"),
    ("SELECT DATEDIFF(left_at, day) FROM flight", "SELECT ((left_at)::date - (day)::date) FROM flight"),
    ("SELECT TIMESTAMPDIFF(YEAR, day, left_at) FROM flight", "EXTRACT(YEAR FROM age(left_at, day))"),
    (
        "SELECT DATEPART(month, day), HOUR(left_at) FROM flight",
        "EXTRACT(MONTH FROM day), EXTRACT(HOUR FROM left_at)",
    ),
    ("SELECT GROUP_CONCAT(country SEPARATOR '; ') FROM city", "string_agg((country)::text, '; ')"),
    (
        "SELECT IF(LEN(country) > 3, 'a', 'b') FROM city",
        "CASE WHEN length(country) > 3 THEN 'a' ELSE 'b' END",
    ),
    ("SELECT MEDIAN(seats) FROM flight", "percentile_cont(0.5) WITHIN GROUP (ORDER BY seats)"),
    ("SELECT TOP 5 day FROM flight WHERE seats = 2;", "SELECT day FROM flight WHERE seats = 2 LIMIT 5"),
    ("SELECT 1 FROM city WHERE country NOT REGEXP '^a'", "WHERE country !~ '^a'"),
    ("SELECT 1 FROM flight WHERE left_at > NOW() - 30", "left_at > NOW() - INTERVAL '30 days'"),
    (
        "SELECT CAST(seats AS DOUBLE), CAST(day AS STRING) FROM flight",
        "AS double precision), CAST(day AS text)",
    ),
]


@pytest.mark.parametrize(("statement", "part"), CASES)
def test_what_is_refused_is_mended_in_place(statement: str, part: str) -> None:
    """The whole statement, or the part of it that matters; one more mending changes nothing."""
    found = mend(statement, CATALOG)
    assert part in found.statement
    assert found.notes
    assert mend(found.statement, CATALOG).statement == found.statement


@pytest.mark.parametrize("statement", [mend(statement, CATALOG).statement for statement, _ in CASES])
def test_the_gate_accepts_what_was_mended(statement: str) -> None:
    """The gate allows all that mending writes: `unnest`, `age`, `string_agg`, casts."""
    assert guardrail.check(statement, CATALOG, ExecutionLimits()).tables


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1 FROM flight WHERE carrier = '12'",
        "SELECT 1 FROM flight WHERE day = '2025-03-01' AND left_at < '2025-03-01 12:00'",
        "SELECT 1 FROM flight WHERE day BETWEEN '2025-01-01' AND '2025-03-31'",
        "SELECT 1 FROM flight WHERE tags @> '{x}' AND tags @> ARRAY['x'] AND 'x' = ANY(tags)",
        "SELECT 1 FROM flight WHERE season @> DATE '2025-01-01' AND season = '[2025-01-01,2025-02-01)'",
        "SELECT 1 FROM flight WHERE meta ->> 'a' = 'x' AND meta -> 'a' = '\"x\"' AND meta @> '{\"a\": 1}'",
        "SELECT carrier, sum(sum(seats)) OVER (), count(*) OVER () FROM flight GROUP BY carrier",
        "SELECT DISTINCT carrier FROM flight ORDER BY carrier",
        "SELECT carrier AS c, count(*) FROM flight GROUP BY c ORDER BY c",
        "SELECT 'strftime(''%Y'', day) TOP 5 REGEXP' FROM flight",
        "SELECT date(left_at), left_at::date FROM flight",
        'SELECT "LEN"(country), "HOUR"(country) FROM city',
        "SELECT f.day FROM flight f JOIN flight g ON f.flight_id = g.flight_id",
        "SELECT uid FROM carrier UNION SELECT 1 UNION SELECT city_id FROM city",
        "SELECT 1 FROM flight WHERE carrier = 'Blue Air' || 'x'",
    ],
)
def test_what_postgresql_takes_stays_as_it_is(statement: str) -> None:
    assert mend(statement, CATALOG).statement == statement


PIECES = st.sampled_from(
    [
        *(piece for statement, _ in CASES for piece in statement.split(" ")),
        "strftime(", "'%Y'", "DATE(", "IF(", "TOP", "IN", "@>", "->", ")", "(", ",", "'2025", "'",
    ]
)  # fmt: skip


@settings(deadline=None, max_examples=200)
@given(st.lists(PIECES, max_size=25).map(" ".join))
def test_no_shuffling_breaks_it(statement: str) -> None:
    """Whatever is written, mending ends and raises nothing."""
    mend(f"SELECT {statement}", CATALOG)

"""What the gate takes, beside what the two parsers alone take."""

import functools

import postgast
import sqlglot

from databaseai.ask import guardrail
from databaseai.catalog.snapshot import Catalog, Column, Table
from databaseai.settings import ExecutionLimits
from tests.benchmarks.measure import in_turn, interleave, show

SHORT = "SELECT count(*) FROM t1"
MEDIUM = """SELECT a.c1, count(*) AS n, avg(b.c2) AS mean FROM t1 AS a JOIN t2 AS b ON a.c0 = b.c0
    WHERE a.c3 > 10 AND b.c4 IN (SELECT c4 FROM t3 WHERE c5 IS NOT NULL) GROUP BY a.c1
    HAVING count(*) > 5 ORDER BY n DESC LIMIT 10"""
COUNTS = ", ".join(
    f"sum(CASE WHEN a.c{n % 6} > {n} AND b.c1 < {n} THEN 1 ELSE 0 END) AS n{n}" for n in range(120)
)
LONG = f"SELECT a.c0, {COUNTS} FROM t1 AS a JOIN t2 AS b ON a.c0 = b.c0 GROUP BY a.c0"
ROUNDS, WARM_UP = 100, 5


def catalog() -> Catalog:
    """Twenty tables of six columns."""
    columns = tuple(Column(f"c{number}", "bigint") for number in range(6))
    tables = tuple(Table("public", f"t{number}", "table", columns) for number in range(20))
    return Catalog("benchmark", 180_000, tables, "benchmark")


def parse_both(statement: str) -> None:
    """Both parsers, nothing looked at."""
    postgast.parse(statement)
    sqlglot.parse_one(statement, read="postgres")


async def main() -> None:
    """Print the gate's time for a short, a medium and a long statement."""
    here, limits = catalog(), ExecutionLimits()
    for name, statement in {"short": SHORT, "medium": MEDIUM, "long": LONG}.items():
        print(f"   {name}, {len(statement):,} characters")
        contenders = {
            "both parsers alone": in_turn(functools.partial(parse_both, statement)),
            "guardrail.check": in_turn(functools.partial(guardrail.check, statement, here, limits)),
        }
        rounds = ROUNDS if name != "long" else ROUNDS // 5
        show(await interleave(contenders, rounds=rounds, warm_up=WARM_UP), anchor="both parsers alone")

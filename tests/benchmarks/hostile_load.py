"""Whether health answers while 16 statements eat memory, time, disk and processor at once.

`databaseai up` runs as its users run it, on its sample database. Each of 16 clients sends one statement over
and over; a process of its own asks for health all the while. Each statement also runs alone, for the time it
takes past its limit.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median, quantiles

import httpx

from tests.benchmarks.children import child
from tests.benchmarks.stand import READY_S, free_port, scripted_model

LIMIT_MS = 3_000
SECONDS = 30.0
HEALTH_PAUSE_S = 0.02
AIM_MS = 50.0
AIM_OVERRUN_MS = 1_000.0
RECURSIVE = "WITH RECURSIVE r AS"
BACK = r"(.*)(.*)(.*)\1\2\3x"
SERIES = "generate_series(1, 1000000)"
FEW = "generate_series(1, 25000)"
ONE_BY_ONE = "(SELECT generate_series(1, 1000000) AS i FROM generate_series(1, 1000)) AS s"
JOINED = ", ".join(f"order_items AS t{n}" for n in range(14))
CHAIN = " AND ".join(f"t{n}.order_id = t{n + 1}.order_id" for n in range(13))
STATEMENTS = {
    "cross join": f"SELECT count(*) FROM {SERIES} AS a, {SERIES} AS b",
    "endless recursion": f"{RECURSIVE} (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r",
    "doubling text": f"{RECURSIVE} (SELECT 'x' AS t UNION ALL SELECT t || t FROM r) SELECT length(t) FROM r",
    "array_agg": f"SELECT cardinality(array_agg(i)) FROM {ONE_BY_ONE}",
    "jsonb_agg": f"SELECT length(jsonb_agg(i)::text) FROM {ONE_BY_ONE}",
    "string_agg": f"SELECT length(string_agg(repeat('x', 1000), '')) FROM {ONE_BY_ONE}",
    "sort to disk": f"SELECT i FROM {ONE_BY_ONE} ORDER BY md5(i::text)",
    "hash of all": f"SELECT count(*) FROM (SELECT DISTINCT md5(i::text) FROM {ONE_BY_ONE}) AS d",
    "back references": f"SELECT count(*) FROM {SERIES} AS i WHERE i || repeat('ab', 99) ~ '{BACK}'",
    "planner": f"SELECT count(*) FROM {JOINED} WHERE {CHAIN}",
    "wide rows": f"SELECT {', '.join(f'i + {n}' for n in range(1_000))} FROM {SERIES} AS i",
    "fat rows": f"SELECT (SELECT string_agg(md5(n::text), '') FROM {FEW} AS n) FROM {SERIES} AS i",
    "long arrays": f"SELECT (SELECT array_agg(n) FROM {FEW} AS n) FROM {SERIES} AS i",
    "deep documents": f"SELECT (repeat('[', 900) || repeat(']', 900))::jsonb FROM {SERIES} AS i",
    "long text": f"SELECT {', '.join(f'sum(CASE WHEN id > {n} THEN 1 END)' for n in range(400))} FROM orders",
    "many digits": "SELECT sum(power(1.0000001::numeric, i)) FROM generate_series(1, 1000000) AS i",
}  # fmt: skip


async def main() -> None:
    """Print health's times at rest and under load, and by how much each statement passed its limit."""
    async with (
        scripted_model("SELECT 1") as model,
        running(model) as url,
        httpx.AsyncClient(base_url=url, trust_env=False, timeout=60) as http,
    ):
        alone = {name: await once(http, sql) for name, sql in STATEMENTS.items()}
        rest = await health(url, 5.0)
        until = time.monotonic() + SECONDS
        loads = [asyncio.create_task(repeated(http, sql, until)) for sql in STATEMENTS.values()]
        loaded = await health(url, SECONDS)
        ends = await asyncio.gather(*loads)
    for name, (took_ms, code) in alone.items():
        over = took_ms - LIMIT_MS
        print(f"   alone: {name:<20}{code:<10}{took_ms:>9.0f} ms{f'  {over:+.0f}' if over > 0 else ''}")
    worst = max(took for took, _ in alone.values()) - LIMIT_MS
    print(f"   worst past the limit: {worst:.0f} ms (aim <= {AIM_OVERRUN_MS:.0f})")
    codes = Counter(code for end in ends for _, code in end)
    print(f"   {len(STATEMENTS)} at once for {SECONDS:.0f} s: {dict(codes.most_common())}")
    for path in rest:
        show(path, "at rest", rest[path])
        show(path, "loaded", loaded[path])


def show(path: str, when: str, took_ms: list[float]) -> None:
    """One line of percentiles."""
    hundredths = quantiles(took_ms, n=100, method="inclusive")
    print(
        f"   {path:<16}{when:<9}n {len(took_ms):>5}  median {median(took_ms):>7.1f}"
        f"  p99 {hundredths[-1]:>7.1f}  max {max(took_ms):>7.1f} ms  (aim p99 <= {AIM_MS:.0f})"
    )


async def once(http: httpx.AsyncClient, sql: str) -> tuple[float, str]:
    """Milliseconds until a statement's reply, and its code."""
    began = time.perf_counter()
    reply = await http.post("/query", json={"sql": sql, "confirmed": True})
    code = reply.json().get("code", "rows")
    return (time.perf_counter() - began) * 1000, code


async def repeated(http: httpx.AsyncClient, sql: str, until: float) -> list[tuple[float, str]]:
    """One client's statement over and over."""
    ends = []
    while time.monotonic() < until:
        ends.append(await once(http, sql))
    return ends


async def health(url: str, seconds: float) -> dict[str, list[float]]:
    """What another process measured, by path; milliseconds."""
    async with child("-m", "tests.benchmarks.hostile_load", url, str(seconds)) as prober:
        assert prober.stdout is not None
        found: dict[str, list[float]] = json.loads(await prober.stdout.read())
    return found


async def probe(url: str, seconds: float) -> None:
    """Ask for health in turn, a fixed pause between; print the times as JSON."""
    took: dict[str, list[float]] = {"/health/live": [], "/health": []}
    until = time.monotonic() + seconds
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=60) as http:
        while time.monotonic() < until:
            for path, times in took.items():
                began = time.perf_counter()
                (await http.get(path)).raise_for_status()
                times.append((time.perf_counter() - began) * 1000)
                await asyncio.sleep(HEALTH_PAUSE_S)
    print(json.dumps(took))


@asynccontextmanager
async def running(model_url: str) -> AsyncIterator[str]:
    """`databaseai up` with a small sample database and a scripted model; the API's URL."""
    with tempfile.TemporaryDirectory(prefix="databaseai-benchmark-") as folder:
        os.chmod(folder, 0o711)  # noqa: PTH101, S103  # as root, the server's own user must get in
        environment = {
            "DATABASEAI_HOME": str(Path(folder, "home")),
            "DATABASEAI_LLM_BASE_URL": model_url,
            "DATABASEAI_EMBEDDED_SAMPLE_SCALE": "0.05",
            "DATABASEAI_LIMITS_STATEMENT_TIMEOUT_MS": str(LIMIT_MS),
        }
        url = f"http://127.0.0.1:{(port := free_port())}"
        up = ("-m", "databaseai.cli", "up", "--no-ui", "--port", str(port))
        async with child(*up, **environment) as process:
            await answering(url, lambda: process.returncode is None)
            yield f"{url}/api/v1"


async def answering(url: str, lives: Callable[[], bool]) -> None:
    """Wait until the server is ready."""
    async with asyncio.timeout(READY_S), httpx.AsyncClient(trust_env=False) as http:
        while True:
            try:
                (await http.get(f"{url}/api/v1/health/ready")).raise_for_status()
            except httpx.HTTPError:
                if not lives():
                    raise
                await asyncio.sleep(0.1)
            else:
                return


if __name__ == "__main__":
    asyncio.run(probe(sys.argv[1], float(sys.argv[2])))

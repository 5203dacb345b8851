"""`python -m tests.benchmarks.peers DATASET OUT [PEER ...]`: other tools with the same model.

The fixed hundred of spider_dev, each peer in an environment of its own under OUT with pinned versions, asked
through a proxy that counts tokens. Their statements are taken out of their replies as generously as ours and
scored by our scorer on all seeds, through the reader's login but not through our gate: what runs, runs.
The product's own run over the same questions stands beside them. A stopped run goes on.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
import venv
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psycopg
from psycopg import AsyncConnection
from rich.table import Table

from databaseai.ask.parsing import statement_of
from databaseai.cli.console import reporting
from databaseai.cli.evaluating import parts, tools_over
from databaseai.errors import DatabaseAIError, ExecutionError, ModelReplyNotSql, ModelUnreachable
from databaseai.evaluation import gold
from databaseai.evaluation.asking import GOLD_TIMEOUT_MS
from databaseai.evaluation.databases import Server, ensure
from databaseai.evaluation.dataset import Dataset, Question, load
from databaseai.evaluation.execution_accuracy import Score, Verdict, score, score_of
from databaseai.evaluation.matching import Expected, Result
from databaseai.evaluation.records import Record
from databaseai.evaluation.report import RAN
from databaseai.evaluation.runner import Progress
from databaseai.language_model import OpenAICompatibleModel
from databaseai.settings import load as load_settings
from tests.benchmarks.product_runs import HUNDRED, Flips, measure, page
from tests.benchmarks.token_counter import TokenCounter, counting

PINNED = {
    "langchain": (
        *("langchain-classic==1.0.8", "langchain-community==0.4.2", "langchain-core==1.7.2"),
        *("langchain-openai==1.7.3", "psycopg[binary]==3.3.9", "sqlalchemy==2.1.9"),
    ),
    "llamaindex": (
        *("llama-index-core==0.14.25", "llama-index-llms-openai-like==0.8.1", "psycopg[binary]==3.3.9"),
    ),
    "vanna": ("vanna[openai,postgres]==2.0.2", "psycopg2-binary==2.9.13", "sqlalchemy==2.1.9"),
}
ENVIRONMENT = {"langchain": "langchain", "llamaindex": "llamaindex", "vanna": "vanna", "vanna_rag": "vanna"}
OURS = "databaseai"
STATEMENT_TIMEOUT_MS = 15_000
CHILD = Path(__file__).with_name("peer_child.py")
Say = Callable[[Mapping[str, str]], Awaitable[Mapping[str, str]]]


@dataclass(frozen=True)
class PlainSeed:
    """One database as a peer's user has it: the reader's login, read-only, no gate. See `Seed`."""

    connection: AsyncConnection

    async def allowed(self, statement: str) -> Expected:
        """What a gold allows here."""
        return await gold.expected(self.connection, statement, timeout_ms=GOLD_TIMEOUT_MS)

    async def given(self, sql: str) -> Result:
        """What a peer's statement gives here; any refusal of PostgreSQL means that it does not run."""
        try:
            return await gold.result(self.connection, sql, timeout_ms=STATEMENT_TIMEOUT_MS)
        except (psycopg.Error, gold.GoldFailed) as error:
            raise ExecutionError(sqlstate=getattr(error, "sqlstate", None)) from error


async def main(dataset: Path, out: Path, peers: Sequence[str]) -> None:
    """Install, ask, score, print; the product first."""
    settings, given = load_settings(), load(dataset)
    runs: dict[str, Mapping[str, Record]] = {}
    runs[OURS] = (await measure(dataset, settings, out / OURS, HUNDRED)).records
    async with AsyncExitStack() as stack:
        progress = stack.enter_context(reporting())
        there, admin_url = await parts(settings, progress, stack)
        model = OpenAICompatibleModel(there.llm)
        stack.push_async_callback(model.aclose)
        await model.ready()
        server = tools_over(there, admin_url, model, progress).server
        key = there.llm.api_key.get_secret_value() if there.llm.api_key else ""
        counter = await stack.enter_async_context(counting(there.llm.base_url or "", key))
        for peer in peers:
            python = await asyncio.to_thread(installed, ENVIRONMENT[peer], out)
            asker = Asker(peer, python, counter, model.name, out / f"{peer}.jsonl")
            runs[peer] = await asker.run(given, server, progress)
            page.print(table(runs))


def installed(name: str, out: Path) -> Path:
    """The Python of a peer's environment, made and filled once."""
    folder = out.resolve() / f"environment-{name}"
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        venv.create(folder, with_pip=False, clear=True)
        pip = (sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", *PINNED[name])
        subprocess.run(pip, check=True)
        (folder / "complete").touch()
    return python


@dataclass(frozen=True)
class Asker:
    """One peer over the questions."""

    peer: str
    python: Path
    counter: TokenCounter
    model: str
    file: Path

    async def run(self, dataset: Dataset, server: Server, progress: Progress) -> dict[str, Record]:
        """Records of all questions; those on disk are not asked again."""
        lines = self.file.read_text(encoding="utf-8").splitlines() if self.file.exists() else []
        found = {record.id: record for record in map(Record.model_validate_json, lines)}
        left = [question for question in dataset.selected(HUNDRED) if question.id not in found]
        arguments = (str(CHILD), self.peer, self.counter.base_url, self.model)
        async with running(self.python, *arguments) as said:
            for number, question in enumerate(left, start=1):
                async with seeds_of(dataset, question.database, server) as (dsn, seeds):
                    record = await self.ask(question, dsn, seeds, said)
                found[record.id] = record
                await asyncio.to_thread(self.keep, record)
                progress(f"{self.peer}: {number} of {len(left)}: {record.verdict}", number / len(left))
        return found

    async def ask(self, question: Question, dsn: str, seeds: Sequence[PlainSeed], said: Say) -> Record:
        """One question to the peer; seconds and tokens are its own, scoring is not."""
        before, start = self.counter.used, time.perf_counter()
        reply = await said({"id": question.id, "dsn": dsn, "question": question.question})
        seconds, used = time.perf_counter() - start, self.counter.used - before
        if self.counter.down:
            raise ModelUnreachable
        record = await scored(question, reply, seeds)
        used_here = {"calls": used.calls, "prompt_tokens": used.prompt, "reply_tokens": used.reply}
        return record.model_copy(update={"seconds": round(seconds, 3), "model": self.model, **used_here})

    def keep(self, record: Record) -> None:
        """On disk before the next question."""
        with self.file.open("a", encoding="utf-8") as lines:
            lines.write(record.model_dump_json() + "\n")


@asynccontextmanager
async def running(python: Path, *arguments: str) -> AsyncIterator[Say]:
    """A peer's process: one JSON object in, one out."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    process = await asyncio.create_subprocess_exec(
        *(str(python), *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env=clean | {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    to_it, from_it = process.stdin, process.stdout

    async def say(asked: Mapping[str, str]) -> Mapping[str, str]:
        to_it.write(json.dumps(asked).encode() + b"\n")
        await to_it.drain()
        line = await from_it.readline()
        if not line:
            sys.exit("the peer could not be set up; what it said stands above")
        reply: dict[str, str] = json.loads(line)
        if reply["error"]:
            print(f"{asked['id']}: {reply['error']}", file=sys.stderr)
        return reply

    try:
        yield say
    finally:
        to_it.close()
        process.terminate()
        await process.wait()


async def scored(question: Question, reply: Mapping[str, str], seeds: Sequence[PlainSeed]) -> Record:
    """The verdict on one reply."""
    try:
        if reply["error"]:
            raise ModelReplyNotSql
        sql = statement_of(reply["sql"])
        found = await score(sql, question.gold, seeds)
    except DatabaseAIError as error:
        sql, found = reply["sql"], score_of(error)
    return _record(question, found, sql)


def _record(question: Question, found: Score, sql: str) -> Record:
    return Record(id=question.id, database=question.database, verdict=found.verdict, sql=sql, code=found.code)


@asynccontextmanager
async def seeds_of(
    dataset: Dataset, database: str, server: Server
) -> AsyncIterator[tuple[str, list[PlainSeed]]]:
    """The reader's DSN of seed 0, and a connection to each seed."""
    async with AsyncExitStack() as stack:
        dsns = [
            await server.reader_dsn(await ensure(server, database, dump)) for dump in dataset.dumps[database]
        ]
        connections = [
            await stack.enter_async_context(await AsyncConnection.connect(dsn, autocommit=True))
            for dsn in dsns
        ]
        yield dsns[0], [PlainSeed(connection) for connection in connections]


def table(runs: Mapping[str, Mapping[str, Record]]) -> Table:
    """A row a tool; ahead by so many points."""
    shown = Table(
        "tool", "right", "EX", "ours ahead", "p", "no result", "prompt tokens", "reply", "calls", "seconds"
    )
    ours = runs[OURS]
    for name, records in runs.items():
        found = [record for record in records.values() if record.verdict is not Verdict.UNSCORED]
        right = sum(record.verdict is Verdict.RIGHT for record in found)
        flips, count = Flips.between(records, ours), max(1, len(found))
        shown.add_row(
            name,
            f"{right} of {len(found)}",
            f"{right / count:.1%}",
            "" if name == OURS else f"{100 * (flips.gained - flips.lost) / count:+.1f}",
            "" if name == OURS else f"{flips.p:.3g}",
            f"{sum(record.verdict not in RAN for record in found) / count:.1%}",
            *(f"{sum(getattr(record, name) for record in found) / count:.0f}" for name in TOKENS),
            f"{sum(record.calls for record in found) / count:.2f}",
            f"{median(record.seconds for record in found) if found else 0:.1f}",
        )
    return shown


TOKENS = ("prompt_tokens", "reply_tokens")

if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("dataset", type=Path, help="spider_dev")
    options.add_argument("out", type=Path, help="scratch folder: environments and runs")
    options.add_argument("peers", nargs="*", default=list(ENVIRONMENT), help="all without it")
    chosen = options.parse_args()
    asyncio.run(main(chosen.dataset, chosen.out, chosen.peers))

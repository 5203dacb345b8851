"""Every way into the product that takes a statement, each as one call: statement in, all that leaves out."""

import json
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from databaseai import app
from databaseai.ask.pipeline import Pipeline, PipelineTools
from databaseai.cli.ask import result_of
from databaseai.cli.guard import verdict
from databaseai.embedded.reader import ensure_database
from databaseai.errors import DatabaseAIError
from databaseai.settings import load
from databaseai.store import migrate, open_store
from tests.api.serving import serve_tools
from tests.ask.cases import Case
from tests.ask.ground import CANARY, DENIED, Ground
from tests.scripted_model import ScriptedModel

TIMEOUT_MS = 700
OVERRUN_S = 1.0
SETTINGS = {
    "DATABASEAI_LLM_BASE_URL": "http://127.0.0.1:9/v1",
    "DATABASEAI_LLM_MODEL": "scripted",
    "DATABASEAI_LIMITS_STATEMENT_TIMEOUT_MS": str(TIMEOUT_MS),
    "DATABASEAI_LIMITS_PLAN_COST_LIMIT": "1e40",
    "DATABASEAI_ASK_ATTEMPTS": "1",
    "DATABASEAI_ASK_CANDIDATES": "1",
}
HONEST = "SELECT count(*) * 1001 AS n FROM customer"
SIGNS = {
    "query": "60060",
    "explain": "customer",
    "batch": "60060",
    "guard": "accepted",
    "api": "60060",
    "chat": "60060",
}
"""What an honest query brings back: a door that nothing comes through shows nothing."""
Door = Callable[[str], Awaitable[str]]


@dataclass(frozen=True)
class Passage:
    """One attack through one door."""

    door: str
    case: Case
    seconds: float
    said: str

    def faults(self) -> Iterable[str]:
        """What must not be."""
        if found := re.search(CANARY, self.said.encode(errors="replace")):
            yield f"{self.door}: {self.case}: {found[0].decode()} got out"
        if self.seconds > TIMEOUT_MS / 1000 + OVERRUN_S:
            yield f"{self.door}: {self.case}: {self.seconds:.1f} s"


@asynccontextmanager
async def opened(
    ground: Ground, name: str, folder: Path, *, powerful: bool
) -> AsyncIterator[dict[str, Door]]:
    """The doors to one copy of the ground, its denied relations closed by a policy.

    Args:
        ground: The server.
        name: The database.
        folder: For the policy file.
        powerful: Log in as the superuser, as an operator may insist.
    """
    file = folder / "policy.toml"
    file.write_text(f"[tables]\ndeny = {json.dumps([f'public.{table}' for table in sorted(DENIED)])}\n")
    settings = load(
        SETTINGS
        | {
            "DATABASEAI_DATA_SOURCE_URL": ground.admin_dsn(name) if powerful else ground.reader_dsn(name),
            "DATABASEAI_DATA_SOURCE_ALLOW_POWERFUL_LOGIN": str(powerful).lower(),
            "DATABASEAI_DATA_SOURCE_POLICY_FILE": str(file),
        },
        env_files=(),
    )
    await ensure_database(ground.server.dsn("postgres"), "store")
    await migrate(ground.server.dsn("store"))
    store = await open_store(ground.server.dsn("store"))
    async with (
        app.open_tools(settings) as tools,
        serve_tools(app.for_api(tools, store)) as (_, http),
    ):
        catalog = await tools.catalog.get()

        async def query(sql: str) -> str:
            try:
                return repr(await tools.pipeline.query(sql))
            except DatabaseAIError as error:
                return told(error)

        async def explain(sql: str) -> str:
            try:
                return repr(await tools.pipeline.explain(sql))
            except DatabaseAIError as error:
                return told(error)

        async def batch(sql: str) -> str:
            return json.dumps(await result_of(tools, sql), default=str)

        async def guard(sql: str) -> str:
            return json.dumps(verdict(sql, catalog, settings.limits), default=str)

        async def api(sql: str) -> str:
            return (await http.post("/query", json={"sql": sql})).text

        async def chat(sql: str) -> str:
            model = ScriptedModel([f"```sql\n{sql}\n```"])
            pipeline = Pipeline(PipelineTools(tools.data_source, tools.catalog, model, tools.settings))
            return repr([event async for event in pipeline.answer("How many customers are there?")])

        ways: dict[str, Door] = {"query": query, "explain": explain, "batch": batch}
        ways |= {"guard": guard, "api": api, "chat": chat}
        for door, way in ways.items():
            said = await way(HONEST)
            assert SIGNS[door] in said, f"{door} does not let an honest query through: {said}"
        yield ways
    await store.close()


def told(error: DatabaseAIError) -> str:
    """All that an error carries."""
    return f"{error.code} {error} {error.detail} {error.hint} {error.facts}"


async def through(door: str, way: Door, case: Case, ground: Ground) -> Passage:
    """Send one attack in, and take what comes out."""
    started = time.monotonic()
    said = await way(ground.placed(case.sql))
    own = replace(case, facts={})
    return Passage(door, own, time.monotonic() - started, said.replace(ground.placed(case.sql), ""))

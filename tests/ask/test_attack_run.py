"""`doctor --attack`: what is sent harms nobody, what came through is told, the report is not always green."""

import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg import AsyncConnection, sql

from databaseai import app
from databaseai.ask import guardrail, sandbox
from databaseai.ask.attacks import Campaign, attack, campaign, corpus, preflight, trial
from databaseai.ask.attacks.corpus import Attack, Lock
from databaseai.ask.attacks.digest import differences, digest, one
from databaseai.ask.guardrail.accepted import MAKER, AcceptedQuery
from databaseai.catalog.introspection import introspect
from databaseai.catalog.snapshot import Catalog
from databaseai.embedded.postgres_url import with_database, with_login
from databaseai.errors import AttackRefused, DataSourceUnreachable
from databaseai.settings import CatalogSettings, ExecutionLimits, Settings, load
from tests.postgres_versions import Servers

VERSIONS = (15, 18)
QUICK = ExecutionLimits(
    statement_timeout_ms=60, lock_timeout_ms=50, row_limit=100, cell_bytes=100_000, temp_file_mb=64
)
SETUP: tuple[LiteralString, ...] = (
    "REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC",
    "CREATE ROLE {login} LOGIN PASSWORD 'x'",
    "GRANT CONNECT ON DATABASE {database} TO {login}",
    "CREATE TABLE public.item (id serial PRIMARY KEY, name text)",
    "INSERT INTO public.item (name) SELECT 'item ' || n FROM generate_series(1, 300) n",
    "GRANT SELECT ON public.item TO {login}",
)
FORBIDDEN = re.compile(
    r"\b(commit|end;|rollback|abort|prepare|dblink\w*|program|nextval|setval|notify|pg_notify|listen|load"
    r"|checkpoint|vacuum|analyze \w|cluster|reindex|system|truncate|drop (?!role databaseai)|alter table"
    r"|lock table|pg_\w*lock\w*|lo_import|lo_export|lo_unlink|lo_put|pg_terminate\w*|pg_cancel\w*"
    r"|pg_reload\w*|pg_switch\w*|pg_stat_reset\w*|slot\w*|copy|http\w*|cron"
    r"|create (extension|database|tablespace|server|trigger|rule|index))\b",
    re.IGNORECASE,
)
"""What a ROLLBACK does not undo, or what others wait for; EXPLAIN ANALYZE is meant otherwise."""


@dataclass(frozen=True)
class Ground:
    """A database to attack."""

    admin: str
    reader: str
    names: dict[str, sql.Identifier]

    async def make(self, *statements: LiteralString) -> None:
        async with await AsyncConnection.connect(self.admin, autocommit=True) as connection:
            for statement in statements:
                await connection.execute(sql.SQL(statement).format(**self.names))

    def settings(self) -> Settings:
        settings = load(
            {
                "DATABASEAI_DATA_SOURCE_URL": self.reader,
                "DATABASEAI_DATA_SOURCE_ALLOW_POWERFUL_LOGIN": "true",
                "DATABASEAI_LLM_BASE_URL": "http://127.0.0.1:9/v1",
            },
            env_files=(),
        )
        return settings.model_copy(update={"limits": QUICK})

    async def attacked(self) -> Campaign:
        async with app.open_tools(self.settings()) as tools:
            catalog = await tools.catalog.get()
            return await attack(tools.pipeline, tools.data_source, catalog, lambda *_: None, limits=QUICK)


@asynccontextmanager
async def ground_of(servers: Servers, version: int) -> AsyncIterator[Ground]:
    running = await servers(version)
    token = secrets.token_hex(4)
    base, login = f"attacked_{token}", f"attacked_reader_{token}"
    names = {"database": sql.Identifier(base), "login": sql.Identifier(login)}
    async with await AsyncConnection.connect(running.dsn("postgres"), autocommit=True) as root:
        await root.execute(sql.SQL("CREATE DATABASE {database}").format(**names))
        admin = with_database(running.dsn("postgres"), base)
        ground = Ground(admin, with_login(admin, base, login, "x"), names)
        await ground.make(*SETUP)
        yield ground
        await root.execute(sql.SQL("DROP DATABASE {database} WITH (FORCE)").format(**names))
        await root.execute(sql.SQL("DROP ROLE {login}").format(**names))


@pytest.fixture
async def ground(server: Servers) -> AsyncIterator[Ground]:
    async with ground_of(server, 18) as made:
        yield made


@pytest.fixture
def without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the attacks that are stopped by time: each takes its limit."""
    quick = tuple(one for one in corpus() if "limits" not in one.tried)
    monkeypatch.setattr(campaign, "corpus", lambda: quick)


@pytest.fixture(params=VERSIONS)
async def old_and_new(server: Servers, request: pytest.FixtureRequest) -> AsyncIterator[Ground]:
    async with ground_of(server, request.param) as made:
        yield made


def test_each_attack_is_named_once_and_says_what_it_does() -> None:
    attacks = corpus()
    assert len(attacks) >= 250
    assert len({(one.kind, one.name) for one in attacks}) == len(attacks)
    assert len({one.sql for one in attacks}) == len(attacks)
    assert all(one.does and one.sql for one in attacks)


def test_what_is_sent_is_undone_by_rollback() -> None:
    """By its words; `test_what_is_sent_changes_nothing_even_for_a_superuser` sees it happen."""
    sent = [one for one in corpus() if one.tried]
    assert len(sent) > 100
    assert [one.sql for one in sent if FORBIDDEN.search(one.sql)] == []
    writes = re.compile(r"\b(DELETE FROM|UPDATE|INSERT INTO|MERGE INTO)\b")
    assert [one.sql for one in sent if writes.search(one.sql) and "false" not in one.sql] == []


async def test_what_is_sent_changes_nothing_even_for_a_superuser(old_and_new: Ground) -> None:
    """Every lock open: a superuser, in a transaction that may write."""
    async with await AsyncConnection.connect(old_and_new.admin, autocommit=True) as connection:
        catalog = await introspect(connection, CatalogSettings())
        aim = await preflight.target(connection, catalog)
        before = await digest(connection, catalog)
        ran = 0
        for one in corpus():
            if "login" in one.tried or "transaction" in one.tried:
                ran += (await trial.login(aim.fill(one.sql), connection, QUICK)).verdict == "through"
        after = await digest(connection, catalog)
    assert differences(before, after) == []
    assert before.keys() == after.keys()
    assert len(before) > 20
    assert ran > 70  # the others need what is not there: two statements, a role, a subscription


async def test_a_sound_data_source_stops_everything_with_every_lock(old_and_new: Ground) -> None:
    found = await old_and_new.attacked()
    assert not found.failed, found.wire()["through"]
    assert found.wire()["through"] == []
    assert found.changed == ()
    table = found.classes()
    for lock in ("login", "transaction", "limits"):
        assert sum(row[lock][1] for row in table.values()) > 10, lock
    known = {"version", "XX000", "0A000", "limits"}
    assert [one for one in found.wire()["untried"] if one["why"] not in known] == []
    assert all(outcome.trials[0].lock == "gate" for outcome in found.outcomes)


WEAK: list[tuple[LiteralString, Lock, str]] = [
    ("GRANT UPDATE ON public.item TO {login}", "login", "update"),
    ("GRANT DELETE ON public.item TO PUBLIC", "login", "delete"),
    ("GRANT INSERT ON public.item TO {login}", "login", "insert from itself"),
    ("GRANT TEMPORARY ON DATABASE {database} TO {login}", "login", "temporary table"),
    ("GRANT CREATE ON SCHEMA public TO {login}", "login", "analysed table from a query"),
    ("GRANT SELECT ON pg_authid TO {login}", "login", "passwords"),
]


@pytest.mark.usefixtures("without_waiting")
async def test_a_weak_login_is_told(ground: Ground) -> None:
    await ground.make(*(planted for planted, _, _ in WEAK))
    found = await ground.attacked()
    weak = {(one.lock, outcome.attack.name) for outcome in found.outcomes for one in outcome.weak}
    assert {(lock, name) for _, lock, name in WEAK} <= weak
    assert ("login", "merge") in weak
    assert ("login", "superuser by itself") not in weak
    assert not found.failed  # the gate still holds
    assert found.changed == ()


@pytest.mark.usefixtures("without_waiting")
async def test_own_functions_are_judged(ground: Ground) -> None:
    await ground.make(
        "CREATE FUNCTION public.wipe(a int, b text) RETURNS int LANGUAGE sql SECURITY DEFINER"
        " AS 'WITH d AS (DELETE FROM public.item RETURNING 1) SELECT count(*)::int FROM d'"
    )
    found = await ground.attacked()
    [own] = [outcome for outcome in found.outcomes if outcome.attack.kind == "own functions"]
    assert own.attack.sql == 'SELECT "public"."wipe"(NULL, NULL)'
    assert own.trials[0].verdict == "stopped"
    assert [one.lock for one in own.trials] == ["gate"]


@pytest.mark.usefixtures("without_waiting")
async def test_a_gate_that_lets_pass_is_a_failure(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what the gate alone judges is not sent for that."""

    def open_gate(statement: str, _: Catalog, __: ExecutionLimits) -> AcceptedQuery:
        return AcceptedQuery(statement, (), None, statement, maker=MAKER)  # type: ignore[arg-type]

    monkeypatch.setattr(guardrail, "check", open_gate)
    found = await ground.attacked()
    assert found.failed
    through = [outcome for outcome in found.outcomes if outcome.came_through]
    assert len(through) > 150
    assert found.changed == ()


@pytest.mark.usefixtures("without_waiting")
async def test_a_transaction_that_may_write_is_told(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    await ground.make("GRANT UPDATE ON public.item TO {login}")
    opening = sandbox.opening

    def writable(limits: ExecutionLimits, version: int) -> bytes:
        return opening(limits, version).replace(b"READ ONLY", b"READ WRITE")

    monkeypatch.setattr(sandbox, "opening", writable)
    found = await ground.attacked()
    weak = {(outcome.attack.name, one.lock) for outcome in found.outcomes for one in outcome.weak}
    assert ("update", "transaction") in weak


async def test_limits_that_do_not_cut_are_a_failure(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """One attack is enough: it would take as long as it says."""
    short = Attack("time", "short sleep", "sleeps", "SELECT 1 AS n FROM {table} LIMIT 1", ("limits",), True)
    monkeypatch.setattr(campaign, "corpus", lambda: (short,))
    found = await ground.attacked()
    assert found.failed
    assert found.outcomes[0].came_through


@pytest.mark.usefixtures("without_waiting")
async def test_a_change_is_a_failure(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    async def harmful(*_: Any) -> trial.Trial:
        await ground.make("UPDATE public.item SET name = 'x' WHERE id = 7")
        return trial.Trial("login", "through")

    monkeypatch.setattr(trial, "login", harmful)
    found = await ground.attacked()
    assert found.changed == ("rows of public.item",)
    assert found.failed


async def test_a_server_that_goes_away_is_told(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not with a traceback, and not as locks that hold."""

    async def breaking(*_: Any) -> trial.Trial:
        await ground.make(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return trial.Trial("login", "untried")

    monkeypatch.setattr(trial, "login", breaking)
    monkeypatch.setattr(
        campaign, "corpus", lambda: tuple(one for one in corpus() if "login" in one.tried)[:2]
    )
    with pytest.raises(DataSourceUnreachable, match="broke off"):
        await ground.attacked()


async def test_what_moves_by_itself_is_not_held_against_it(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other people use the server: what changed before the first attack is named and not compared."""
    seen: list[object] = []

    async def busy(connection: AsyncConnection[Any], catalog: Catalog) -> Any:
        seen.append(catalog)
        await ground.make("UPDATE public.item SET name = name || '!' WHERE id = 7")
        return await digest(connection, catalog)

    monkeypatch.setattr(campaign, "digest", busy)
    monkeypatch.setattr(campaign, "corpus", lambda: corpus()[:1])
    found = await ground.attacked()
    assert found.not_compared == ("rows of public.item",)
    assert not found.failed


HARMFUL: list[tuple[LiteralString, LiteralString]] = [
    ("ALTER ROLE {login} SUPERUSER", "ALTER ROLE {login} NOSUPERUSER"),
    ("ALTER ROLE {login} CREATEROLE", "ALTER ROLE {login} NOCREATEROLE"),
    ("GRANT pg_signal_backend TO {login}", "REVOKE pg_signal_backend FROM {login}"),
    ("GRANT pg_monitor TO {login} WITH ADMIN OPTION", "REVOKE pg_monitor FROM {login}"),
    (
        "ALTER TABLE public.item OWNER TO {login}",
        "ALTER TABLE public.item OWNER TO CURRENT_USER; GRANT SELECT ON public.item TO {login}",
    ),
    (
        "GRANT EXECUTE ON FUNCTION pg_read_file(text) TO {login}",
        "REVOKE EXECUTE ON FUNCTION pg_read_file(text) FROM {login}",
    ),
    (
        "GRANT SELECT ON public.item TO {login} WITH GRANT OPTION",
        "REVOKE GRANT OPTION FOR SELECT ON public.item FROM {login}",
    ),
]


async def test_it_does_not_attack_where_it_could_harm(ground: Ground) -> None:
    for planted, undone in HARMFUL:
        await ground.make(planted)
        with pytest.raises(AttackRefused) as refused:
            await ground.attacked()
        assert refused.value.code == "DBAI018"
        assert "doctor --sql" in refused.value.hint
        await ground.make(undone)


async def test_it_does_not_attack_a_server_that_is_full(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preflight, "SPARE_CONNECTIONS", 100_000)
    with pytest.raises(AttackRefused, match="hardly a connection left"):
        await ground.attacked()


async def test_time_is_bounded(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the time is not enough for is judged by the gate and said not to be tried."""
    monkeypatch.setattr(campaign, "BUDGET_S", 0.0)
    found = await ground.attacked()
    assert not found.failed
    assert all(
        one.lock == "gate" or one.why == "time" for outcome in found.outcomes for one in outcome.trials
    )


async def test_it_does_not_attack_a_standby(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = preflight.asked

    async def in_recovery(connection: AsyncConnection[Any], query: str) -> Any:
        return True if "pg_is_in_recovery" in query else await asked(connection, query)

    monkeypatch.setattr(preflight, "asked", in_recovery)
    with pytest.raises(AttackRefused, match="standby"):
        await ground.attacked()


async def test_it_does_not_attack_where_nothing_is_undone(ground: Ground) -> None:
    """As behind a proxy that runs each statement on its own."""
    async with await AsyncConnection.connect(ground.reader, autocommit=True) as connection:
        with pytest.raises((AttackRefused, psycopg.Error)):
            await preflight.keeps_rollbacks(Forgetful(connection))  # type: ignore[arg-type]
        await preflight.keeps_rollbacks(connection)


class Forgetful:
    """A connection whose transactions are none."""

    def __init__(self, connection: AsyncConnection[Any]) -> None:
        self._connection = connection

    @asynccontextmanager
    async def transaction(self, **_: object) -> AsyncIterator[None]:
        yield

    async def execute(self, query: Any) -> Any:
        return await self._connection.execute(query)


@pytest.mark.usefixtures("without_waiting")
async def test_a_table_with_a_trigger_is_not_written_to(ground: Ground) -> None:
    """An empty write would run the trigger of a statement."""
    await ground.make(
        "CREATE FUNCTION public.t() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "CREATE TRIGGER t AFTER UPDATE ON public.item FOR EACH STATEMENT EXECUTE FUNCTION public.t()",
        "GRANT UPDATE ON public.item TO {login}",
    )
    found = await ground.attacked()
    tried = [
        one
        for outcome in found.outcomes
        for one in outcome.trials
        if outcome.attack.kind == "writes" and one.lock == "login"
    ]
    assert {one.why for one in tried} == {"trigger"}


async def test_a_materialised_view_without_data_is_passed_over(database: str) -> None:
    """PostgreSQL calls that an operational error, which a lost server is too."""
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as connection:
        await connection.execute("CREATE MATERIALIZED VIEW later AS SELECT 1 AS x WITH NO DATA")
        assert await one(connection, "SELECT x FROM public.later") is None
        assert await one(connection, "SELECT 1 AS x") is not None

"""What the corpus says of its attacks is so: run for real on 15 and 18. The whole corpus: tests/system."""

from collections.abc import AsyncIterator

import pytest
from psycopg import AsyncConnection

from databaseai.ask.guardrail import check
from databaseai.catalog.snapshot import Catalog
from databaseai.errors import GuardrailError
from databaseai.settings import ExecutionLimits
from tests.ask import cases, effects, state
from tests.ask.effects import KINDS, Laboratory, agree, declared
from tests.ask.ground import Ground

FEW = {
    "stacked delete": "a write behind a second statement",
    "set transaction read write": "a way to a transaction that may write",
    "select into temp": "a table of the session's own",
    "row locks": "locks that end with the transaction",
    "call": "somebody's code",
    "pg_notify": "a message",
    "dblink": "another server",
    "server file": "a value out of a file",
    "value in a number's error": "a value in an error",
    "version": "an answer about the server",
    "restore statistics (18)": "a function that 15 lacks",
    "syntax error": "nothing at all",
}
"""One of each kind, and what it shows."""


@pytest.fixture(scope="module", params=effects.MEASURED, ids=str)
async def laboratory(request: pytest.FixtureRequest) -> AsyncIterator[Laboratory]:
    async with Ground(request.param) as ground:
        yield Laboratory(ground)


async def test_attacks_do_what_the_corpus_says(laboratory: Laboratory) -> None:
    known = {case.name: case for case in cases.attacks()}
    wrong = {}
    for name in FEW:
        seen = await laboratory.measure(known[name])
        if not agree(declared(known[name], laboratory.ground.major), seen):
            wrong[name] = seen
    assert not wrong


def test_the_corpus_is_whole() -> None:
    """Each attack has a class and an effect in known words, under a name of its own."""
    every = cases.attacks() + cases.behind()
    assert len(cases.attacks()) >= 450
    assert len({case.name for case in every}) == len(every)
    for case in every:
        assert case.facts["class"], case
        for major in effects.MEASURED:
            kinds = declared(case, major)
            assert kinds, case
            assert kinds <= set(KINDS), case
    used = set[str]().union(*(declared(case, major) for case in every for major in effects.MEASURED))
    assert used == set(KINDS), "each kind has an attack"


def refusal(sql: str, catalog: Catalog) -> str | None:
    """The gate's code; None when it accepts."""
    try:
        check(sql, catalog, ExecutionLimits())
    except GuardrailError as error:
        return error.code
    return None


async def test_the_gate_alone_refuses_the_whole_corpus(laboratory: Laboratory) -> None:
    """All but what does nothing anyway, some of which it may read."""
    passed = []
    for case in cases.attacks():
        code = refusal(case.sql, laboratory.ground.catalog)
        if code is None and not declared(case, laboratory.ground.major) <= {"none", "refused"}:
            passed.append(case.name)
        assert code == case.facts.get("expect", code), case
    assert not passed


async def test_what_the_gate_lets_through_passes_it(laboratory: Laboratory) -> None:
    """So that the other locks are what stops these, and not a refusal nobody noticed."""
    for case in cases.behind():
        check(case.sql, laboratory.ground.catalog, ExecutionLimits())


CHANGES = {
    "INSERT INTO attack_log VALUES ('x')": "table public.attack_log",
    "SELECT nextval('counter')": "table public.counter",
    "SELECT lo_put(4242, 0, 'x')": "catalog pg_largeobject",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'": "catalog pg_proc",
    "GRANT SELECT ON secret TO PUBLIC": "catalog pg_class",
    "ALTER ROLE canary_role CREATEDB": "cluster pg_authid",
    "ALTER ROLE canary_role SET work_mem = '1MB'": "cluster pg_db_role_setting",
    "ALTER SYSTEM SET work_mem = '1MB'": "file postgresql.auto.conf",
    "SELECT pg_create_physical_replication_slot('x')": "cluster replication slots",
    "SELECT pg_reload_conf()": "cluster configuration read",
    "SELECT pg_advisory_lock(1)": "locks",
}


@pytest.mark.parametrize("laboratory", [effects.MEASURED[-1]], indirect=True)
async def test_the_digest_sees_every_change(laboratory: Laboratory) -> None:
    """Each part of it is there for a reason; what changes nothing leaves it as it was."""
    ground = laboratory.ground
    name = await ground.database()
    async with (
        await AsyncConnection.connect(ground.admin_dsn(name), autocommit=True) as watcher,
        await AsyncConnection.connect(ground.admin_dsn(name), autocommit=True) as other,
    ):
        before = await state.of(watcher, ground.server.data)
        await other.execute("SELECT * FROM customer")
        assert not state.moved(before, await state.of(watcher, ground.server.data))
        for statement, part in CHANGES.items():
            await other.execute(statement.encode())
            after = await state.of(watcher, ground.server.data)
            assert part in state.moved(before, after), statement
            before = after
    await ground.renew()


IN_SESSION = {
    "SET work_mem = '1MB'": "session settings",
    "SELECT set_config('a.b', 'c', false)": "session own settings",
    "PREPARE p AS SELECT 1": "session prepared statements",
    "LISTEN y": "session listens",
    "CREATE TEMP TABLE t (a int)": "session temporary tables",
    "SET ROLE canary_role": "session roles",
    "SELECT pg_advisory_lock(1)": "session locks",
    "SET search_path = evil": "session search path",
}


async def test_the_digest_of_a_session_sees_every_change(laboratory: Laboratory) -> None:
    for statement, part in IN_SESSION.items():
        async with await AsyncConnection.connect(
            laboratory.ground.admin_dsn("ground"), autocommit=True
        ) as own:
            before = await state.of_session(own)
            assert not state.moved(before, await state.of_session(own))
            await own.execute(statement.encode())
            assert part in state.moved(before, await state.of_session(own)), statement

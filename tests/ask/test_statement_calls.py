"""Every statement goes through the door: no other call of a driver with a statement's text."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

import databaseai
from tests.ask.statement_calls import calls, imports

SOURCE = Path(databaseai.__file__).parent
WRAPPERS = frozenset({"rows", "facts", "fetch", "names"})
"""Functions of the catalog and of the data source that send what they are given: constants only."""
LISTED = {
    "ask.streaming:Stream.rows": "the door itself",
    "ask.sandbox:sandbox": "BEGIN READ ONLY and limits: numbers of the settings",
    "ask.attacks.digest:one": "our own queries over the catalogs, names quoted; only what is hashed leaves",
    "ask.attacks.preflight:asked": "constants, and a number",
    "ask.attacks.trial:login": "the attacks that ship, rolled back: `tests/ask/test_attack_run.py`",
    "ask.sandbox:search": "schemas of known extensions, quoted",
    "ask.explaining:Visible.member": "no driver: words of a plan",
    "ask.repair.conditions:both": "no driver: a literal of the tree",
    "ask.repair.lookups:edits": "no driver: a part of the tree",
    "ask.repair.types:edits": "no driver: a literal of the tree",
    "ask.time_window:windows": "no driver: a period in words",
    "api.routes.answers:ask": "no driver: the events of an answer",
    "api.routes.answers:events": "no driver: the events of an answer",
    "cli.remote:ask_running": "no driver: HTTP",
    "catalog.introspection:rows": "wrapper of constants",
    "catalog.policy.facts:fetch": "wrapper of constants",
    "catalog.vocabulary:rows": "wrapper of constants",
    "catalog.samples:known_lookups": "names of the catalog, quoted",
    "catalog.samples:scan": "names of the catalog, quoted",
    "data_source.audit:ask": "a number; constants, one by one",
    "data_source.audit:rows": "wrapper of constants",
    "data_source.examination:examine": "no text: the data source",
    "data_source.examination:facts": "constants, one by one",
    "data_source.own_logins:OwnLogins._attempt": "no text: a connection",
    "data_source.pool:DataSource._check_out": "no text: a connection",
    "data_source.signed_audit:look": "a number",
    "data_source.signed_audit:names": "wrapper of constants",
    "data_source.signing:seal": "a constant and a value that psycopg quotes",
    "data_source.standing:Standing.prepare": "settings of the session, quoted",
    "embedded.model_files:pull": "no driver: a download",
    "embedded.reader:ensure_reader": "grants to our own login, names quoted",
    "embedded.reader:ensure_database": "a name, quoted",
    "embedded.reader:ensure_role": "a name and a secret, quoted",
    "embedded.sample.loading:comment": "the sample's comments",
    "embedded.sample.loading:fill": "the sample's own scripts",
    "embedded.sample.loading:copy": "the sample's own rows",
    "embedded.sample_database:drop": "a name, quoted",
    "evaluation.databases:ensure": "a name, quoted",
    "evaluation.databases:_create": "a name, quoted",
    "evaluation.databases:_fill": "a dump of the evaluation, into a database made for it",
    "evaluation.gold:_fetch": "the dataset's own gold SQL: nobody asks it, it is asked against",
    "store.answer_sql:": "our own statements, columns named in the source",
    "store.database:Database._rows": "wrapper of our own statements",
    "store.database:Database.together": "wrapper of our own statements",
    "store.store:Store.check": "a constant",
    "store.verified_sql:": "our own statements, columns named in the source",
}
"""Where something else than a constant goes to a driver, and why that is nobody's statement."""
DRIVERS = {"psycopg", "psycopg_pool", "sqlalchemy", "asyncpg", "psycopg2", "pg8000", "sqlite3"}
DRIVEN = {
    "psycopg": ("data_source.", "catalog.", "embedded.", "evaluation.", "store.database", "cli.doctor"),
    "psycopg_pool": ("data_source.pool",),
    "sqlalchemy": ("store.",),
}
DRIVEN_STEPS = {
    "ask.streaming",
    "ask.sandbox",
    "ask.execution",
    "ask.planning",
    "ask.explaining",
    "ask.server_errors",
    "ask.wire_values",
    "ask.memory_watch",
    "ask.server_process",
    "ask.attacks.campaign",
    "ask.attacks.digest",
    "ask.attacks.preflight",
    "ask.attacks.trial",
}
"""Modules of the flow that know the driver: all behind the gate, or attacks on the locks behind it."""


@cache
def modules() -> dict[str, str]:
    """Source of each module of the product, by its name below the package."""
    return {
        ".".join(path.relative_to(SOURCE).with_suffix("").parts): path.read_text("utf-8")
        for path in SOURCE.rglob("*.py")
    }


def unlisted(sources: Mapping[str, str]) -> list[str]:
    """Calls that send something else than a constant, from where nobody said why."""
    return [
        f"{call.where}, line {call.line}: {call.code}"
        for module, source in sources.items()
        for call in calls(source, module, wrappers(module))
        if not call.constant and call.where not in LISTED
    ]


def wrappers(module: str) -> frozenset[str]:
    """Our own senders that a module may call by their bare names."""
    return WRAPPERS if module.startswith(("catalog.", "data_source.")) else frozenset()


def test_every_statement_goes_through_the_door() -> None:
    """A call that sends a text must be listed with the reason why it is no person's and no model's."""
    assert unlisted(modules()) == []


def test_the_list_of_calls_is_not_longer_than_the_code() -> None:
    """Whoever takes a call away takes its line away."""
    there = {
        call.where for module, source in modules().items() for call in calls(source, module, wrappers(module))
    }
    assert set(LISTED) - there == set()


@pytest.mark.parametrize(
    "code",
    [
        "connection.execute(sql)",
        "await connection.execute(query=sql)",
        "connection.execute(f'SELECT {x}')",
        "connection.execute('SELECT 1' + x)",
        "connection.execute('SELECT %s' % x)",
        "connection.execute(statement.encode())",
        "connection.execute(sql.SQL(statement))",
        "connection.execute(sql.SQL('SELECT {}').format(x))",
        "cursor.executemany(sql, rows)",
        "cursor.stream(sql)",
        "cursor.copy(sql)",
        "pgconn.send_query(sql)",
        "pgconn.exec_(sql)",
        "pgconn.exec_params(sql, None)",
        "pgconn.send_prepare(b'', sql)",
        "session.scalars(text(sql))",
        "engine.exec_driver_sql(sql)",
        "getattr(connection, 'execute')(sql)",
        "run = connection.execute",
        "asyncio.to_thread(connection.execute, sql)",
        "Stream(reader, limits).stream(sql)",
    ],
)
def test_a_new_call_is_found(code: str) -> None:
    """In any module, however deep; in a function with a reason too when another function calls it."""
    deep = f"class C:\n    async def handler(self, x):\n        async def inner():\n            {code}\n"
    assert unlisted({"api.routes.new": deep}), code
    assert unlisted({"ask.execution": f"def collect(x):\n    {code.removeprefix('await ')}\n"}), code
    assert unlisted({"ask.streaming": f"def rows(text):\n    {code.removeprefix('await ')}\n"}), code


def test_a_wrapper_is_given_constants_only() -> None:
    assert unlisted({"catalog.new": "rows(connection, queries.TABLES, (oids,))"}) == []
    assert unlisted({"catalog.new": "rows(connection, statement)"})
    assert unlisted({"catalog.new": "connection.execute(statement, CONSTANT)"})


@pytest.mark.parametrize(
    "code",
    ["c.execute('SELECT 1')", "c.execute(CONSTANT)", "c.execute(queries.ALL.encode(), (x,))", "tree.copy()"],
)
def test_constants_are_no_statement_of_anybody(code: str) -> None:
    assert unlisted({"api.routes.new": code}) == []


def test_only_the_steps_behind_the_gate_stream() -> None:
    users = {module for module, source in modules().items() if re.search(r"\bStream\(", source)}
    steps = {"ask.planning", "ask.execution", "ask.explaining"}
    assert users - {"ask.streaming"} == {*steps, "ask.attacks.trial"}
    senders = {module for module, source in modules().items() if "send_query" in source}
    assert senders == {"ask.streaming"}


def test_drivers_are_known_where_they_must_be() -> None:
    for module, source in modules().items():
        for driver in imports(source) & DRIVERS:
            rooms = DRIVEN.get(driver, ())
            known = module.startswith(rooms) or (driver == "psycopg" and module in DRIVEN_STEPS)
            assert known, f"{module} imports {driver}"


def test_the_pages_know_no_driver() -> None:
    web = SOURCE.parents[1] / "frontend" / "databaseai_web"
    for path in web.rglob("*.py"):
        assert not imports(path.read_text("utf-8")) & DRIVERS, path.name

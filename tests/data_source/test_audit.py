"""A login that may do more than read is refused, whichever way it may; what is merely odd is told."""

from collections.abc import AsyncIterator
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg import AsyncConnection

from databaseai.data_source import audit, signed_audit
from databaseai.embedded.postgres import EmbeddedPostgres
from databaseai.embedded.reader import ensure_database
from databaseai.errors import CatalogUnreadable, ReaderTooPowerful
from tests.data_source.conftest import MakeLogin, Open

pytestmark = pytest.mark.usefixtures("tables")

REFUSED: list[tuple[str, tuple[LiteralString, ...]]] = [
    ("SUPERUSER", ("ALTER ROLE {login} SUPERUSER",)),
    ("BYPASSRLS", ("ALTER ROLE {login} BYPASSRLS",)),
    ("CREATEROLE", ("ALTER ROLE {login} CREATEROLE",)),
    ("CREATEDB", ("ALTER ROLE {login} CREATEDB",)),
    ("REPLICATION", ("ALTER ROLE {login} REPLICATION",)),
    ("SUPERUSER (as helper)", ("ALTER ROLE helper SUPERUSER", "GRANT helper TO {login}")),
    ("CREATEDB (as helper)", ("ALTER ROLE helper CREATEDB", "GRANT helper TO {login}")),
    ("owns 1 objects (database", ("ALTER DATABASE {database} OWNER TO {login}",)),
    ("owns 1 objects (schema sales)", ("ALTER SCHEMA sales OWNER TO {login}",)),
    ("owns 1 objects (table sales.orders)", ("ALTER TABLE sales.orders OWNER TO {login}",)),
    ("owns 1 objects (view sales.totals)", ("ALTER VIEW sales.totals OWNER TO {login}",)),
    ("owns 1 objects (function sales.f())", ("ALTER FUNCTION sales.f() OWNER TO {login}",)),
    ("owns 1 objects (schema sales)", ("ALTER SCHEMA sales OWNER TO helper", "GRANT helper TO {login}")),
    *(
        (f"member of {role}", (f"GRANT {role} TO {{login}}",))
        for role in (
            "pg_write_all_data",
            "pg_execute_server_program",
            "pg_read_server_files",
            "pg_write_server_files",
            "pg_signal_backend",
            "pg_signal_autovacuum_worker",
            "pg_checkpoint",
            "pg_maintain",
            "pg_create_subscription",
            "pg_use_reserved_connections",
        )
    ),
    (
        "member of pg_write_all_data",
        ("ALTER ROLE {login} NOINHERIT", "GRANT pg_write_all_data TO helper", "GRANT helper TO {login}"),
    ),
    *(
        (f"member of {role}", (f"GRANT {role} TO {{login}} WITH INHERIT {inherit}, SET {set_role}",))
        for role, inherit, set_role in (
            ("pg_write_all_data", "FALSE", "TRUE"),
            ("pg_maintain", "TRUE", "FALSE"),
        )
    ),
    (
        "may give others the role helper",
        ("GRANT helper TO {login} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE",),
    ),
    ("may create objects in tablespace pg_default", ("GRANT CREATE ON TABLESPACE pg_default TO {login}",)),
    *(
        ("may change 1 tables (sales.orders)", (f"GRANT {privilege} ON sales.orders TO {{login}}",))
        for privilege in (
            "INSERT",
            "UPDATE",
            "DELETE",
            "TRUNCATE",
            "TRIGGER",
            "MAINTAIN",
            "INSERT (n)",
            "UPDATE (n)",
        )
    ),
    (
        "may pass on its rights to table sales.orders",
        ("GRANT SELECT ON sales.orders TO {login} WITH GRANT OPTION",),
    ),
    ("may change 1 tables (sales.totals)", ("GRANT UPDATE ON sales.totals TO {login}",)),
    ("may change 1 tables (sales.parts)", ("GRANT INSERT ON sales.parts TO {login}",)),
    ("may change 1 tables (sales.orders)", ("GRANT DELETE ON sales.orders TO PUBLIC",)),
    (
        "may change 1 tables (sales.orders)",
        ("ALTER ROLE {login} NOINHERIT", "GRANT INSERT ON sales.orders TO helper", "GRANT helper TO {login}"),
    ),
    ("may advance 1 sequences (sales.numbers)", ("GRANT USAGE ON SEQUENCE sales.numbers TO {login}",)),
    ("may create objects in schema sales", ("GRANT CREATE ON SCHEMA sales TO {login}",)),
    ("may create objects in schema public", ("GRANT CREATE ON SCHEMA public TO PUBLIC",)),
    ("may create objects in database", ("GRANT CREATE ON DATABASE {database} TO {login}",)),
    ("may call pg_read_file(text)", ("GRANT EXECUTE ON FUNCTION pg_read_file(text) TO {login}",)),
    ("may call pg_reload_conf()", ("GRANT EXECUTE ON FUNCTION pg_reload_conf() TO PUBLIC",)),
    ("server's settings (work_mem)", ("GRANT ALTER SYSTEM ON PARAMETER work_mem TO {login}",)),
    ("large objects (4711)", ("SELECT lo_create(4711)", "GRANT UPDATE ON LARGE OBJECT 4711 TO {login}")),
]


@pytest.fixture(scope="module")
async def one_database(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
    """One for all cases: a database costs more than a case."""
    await ensure_database(postgres.dsn("postgres"), "audited")
    yield postgres.dsn("audited")
    async with await psycopg.AsyncConnection.connect(postgres.dsn("postgres"), autocommit=True) as admin:
        await admin.execute("DROP DATABASE audited WITH (FORCE)")


@pytest.fixture
def database(one_database: str) -> str:
    return one_database


@pytest.fixture
async def tables(admin: AsyncConnection[Any]) -> AsyncIterator[None]:
    for statement in (
        "CREATE ROLE helper",
        "CREATE SCHEMA sales",
        "CREATE TABLE sales.orders (n int)",
        "CREATE VIEW sales.totals AS SELECT n FROM sales.orders",
        "CREATE TABLE sales.parts (n int) PARTITION BY LIST (n)",
        "CREATE SEQUENCE sales.numbers",
        "CREATE FUNCTION sales.f() RETURNS int LANGUAGE sql RETURN 1",
        "CREATE FUNCTION sales.definer() RETURNS int LANGUAGE sql SECURITY DEFINER RETURN 1",
    ):
        await admin.execute(statement.encode())
    yield
    for statement in (
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        "REVOKE EXECUTE ON FUNCTION pg_reload_conf() FROM PUBLIC",
        "DROP EXTENSION IF EXISTS dblink",
        "DROP SCHEMA sales CASCADE",
        "SELECT lo_unlink(oid) FROM pg_largeobject_metadata",
        "DROP OWNED BY helper CASCADE",
        "DROP ROLE helper",
    ):
        await admin.execute(statement.encode())


@pytest.mark.parametrize(("said", "statements"), REFUSED)
async def test_power_is_refused(
    make_login: MakeLogin, open_source: Open, said: str, statements: tuple[LiteralString, ...]
) -> None:
    url = await make_login(*statements)
    with pytest.raises(ReaderTooPowerful) as refused:
        await open_source(url)
    assert said in refused.value.detail
    assert 'CREATE ROLE "databaseai_reader" LOGIN' in refused.value.hint
    assert "GRANT USAGE ON SCHEMA" in refused.value.hint


HARMLESS: list[tuple[LiteralString, ...]] = [
    (),
    ("GRANT USAGE ON SCHEMA sales TO {login}", "GRANT SELECT ON ALL TABLES IN SCHEMA sales TO {login}"),
    ("GRANT SELECT (n) ON sales.orders TO {login}",),
    ("GRANT SELECT ON SEQUENCE sales.numbers TO {login}",),
    ("GRANT SELECT ON sales.orders TO helper", "GRANT helper TO {login}"),
    ("GRANT INSERT ON sales.orders TO helper",),
    ("GRANT pg_read_all_data TO {login}",),
    ("GRANT pg_monitor TO {login}",),
]


@pytest.mark.parametrize("statements", HARMLESS)
async def test_reading_is_allowed(
    make_login: MakeLogin, open_source: Open, statements: tuple[LiteralString, ...]
) -> None:
    source = await open_source(await make_login(*statements))
    assert not any("may change" in finding.text for finding in source.findings)


@pytest.mark.parametrize(
    ("said", "statements"),
    [
        (
            "act with their owners' rights: sales.definer() (owner postgres, a superuser; its search_path",
            ("GRANT USAGE ON SCHEMA sales TO {login}",),
        ),
        ("temporary tables", ("GRANT TEMP ON DATABASE {database} TO {login}",)),
        ("temporary files", ("ALTER ROLE {login} SET temp_file_limit = -1",)),
        ("reads every table", ("GRANT pg_read_all_data TO {login}",)),
        ("sees what others ask", ("GRANT pg_monitor TO {login}",)),
        ("a superuser's: log_statement", ("GRANT SET ON PARAMETER log_statement TO {login}",)),
        ("other servers through functions of dblink", ("CREATE EXTENSION dblink",)),
    ],
)
async def test_oddity_is_told(
    make_login: MakeLogin, open_source: Open, said: str, statements: tuple[LiteralString, ...]
) -> None:
    source = await open_source(await make_login(*statements))
    [finding] = [finding for finding in source.findings if said in finding.text]
    assert finding.hint


async def test_our_own_reader_has_no_findings(open_source: Open, reader_dsn: str) -> None:
    source = await open_source(reader_dsn)
    assert source.findings == ()


async def test_insisting_turns_refusal_into_finding(make_login: MakeLogin, open_source: Open) -> None:
    url = await make_login("GRANT INSERT ON sales.orders TO {login}")
    source = await open_source(url, allow_powerful_login=True)
    assert source.findings[0].text == "The login may change 1 tables (sales.orders)."


async def test_hostile_search_path_hides_nothing(
    admin: AsyncConnection[Any], make_login: MakeLogin, open_source: Open
) -> None:
    """Operators and functions put before pg_catalog's do not answer the audit's questions."""
    await admin.execute(
        "CREATE FUNCTION sales.never(name, name) RETURNS bool LANGUAGE sql IMMUTABLE RETURN false"
    )
    await admin.execute("CREATE OPERATOR sales.= (LEFTARG = name, RIGHTARG = name, FUNCTION = sales.never)")
    url = await make_login(
        "GRANT INSERT ON sales.orders TO {login}",
        "GRANT USAGE ON SCHEMA sales TO {login}",
        "ALTER ROLE {login} SET search_path = sales, pg_catalog",
    )
    with pytest.raises(ReaderTooPowerful):
        await open_source(url)


async def test_error_names_no_login(make_login: MakeLogin, open_source: Open) -> None:
    url = await make_login("ALTER ROLE {login} CREATEDB")
    with pytest.raises(ReaderTooPowerful) as refused:
        await open_source(url)
    said = f"{refused.value} {refused.value.hint} {refused.value.facts}"
    assert "login_" not in said


@pytest.mark.parametrize("looking", [audit, signed_audit])
async def test_a_look_that_takes_too_long_is_an_error_of_its_own(
    looking: Any, reader_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not of the connection: another one would take as long, again and again."""
    slow = "SELECT 'slow', 1, '{}'::text[], '{}'::text[] FROM pg_sleep(20)"
    monkeypatch.setattr(looking, "TIMEOUT_MS", 50)
    monkeypatch.setattr(signed_audit, "KEYS", slow)
    async with await AsyncConnection.connect(reader_dsn, autocommit=True) as connection:
        with pytest.raises(CatalogUnreadable):
            await (signed_audit.look(connection) if looking is signed_audit else audit.ask(connection, slow))

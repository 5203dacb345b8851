"""The SQL that the doctor gives for a finding mends it, on the oldest and the newest PostgreSQL."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, LiteralString

import pytest
from psycopg import AsyncConnection, sql

from databaseai.data_source.examination import Examination, examine
from databaseai.data_source.findings import Finding
from databaseai.embedded.postgres_url import with_database, with_login
from tests.data_source.conftest import eventually
from tests.postgres_versions import private

Statements = tuple[LiteralString, ...]
VERSIONS = (15, 18)
DATABASE = 'Da"ta base'
NAMES = {
    "database": DATABASE,
    "login": "Lo gin'",
    "owner": "Ow-ner",
    "group": "Gr\\oup",
    "schema": "My %Schema%",
    "column": 'Co"lumn',
    "wrapper": "Wrap.per",
}
"""They need quoting, so that a fix which forgets it fails."""
SETUP: Statements = (
    "CREATE ROLE {login} LOGIN PASSWORD 'x'",
    "GRANT CONNECT ON DATABASE {database} TO {login}",
    "REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC",
    "CREATE ROLE {owner}",
    "CREATE ROLE {group}",
    "CREATE SCHEMA {schema} AUTHORIZATION {owner}",
    "CREATE TABLE {schema}.orders (n int, {column} text)",
    "ALTER TABLE {schema}.orders OWNER TO {owner}",
    "CREATE VIEW {schema}.totals AS SELECT n FROM {schema}.orders",
    "CREATE MATERIALIZED VIEW {schema}.kept AS SELECT n FROM {schema}.orders",
    "CREATE SEQUENCE {schema}.numbers",
    "CREATE FUNCTION {schema}.f(a int, OUT b text, VARIADIC c text[]) LANGUAGE sql AS 'SELECT ''x'''",
    "GRANT USAGE ON SCHEMA {schema} TO {login}, {group}",
)
PLANTED: list[tuple[str, Statements]] = [
    ("attribute", ("ALTER ROLE {login} SUPERUSER CREATEDB",)),
    ("attribute", ("ALTER ROLE {login} BYPASSRLS CREATEROLE REPLICATION",)),
    ("attribute", ("ALTER ROLE {group} SUPERUSER", "GRANT {group} TO {login}")),
    ("member", ("GRANT pg_signal_backend TO {login}",)),
    ("member", ("GRANT pg_write_all_data TO {group}", "GRANT {group} TO {login} WITH ADMIN OPTION")),
    ("admin", ("GRANT {group} TO {login} WITH ADMIN OPTION",)),
    ("admin", ("GRANT {owner} TO {group} WITH ADMIN OPTION", "GRANT {group} TO {login}")),
    ("admin", ("GRANT pg_monitor TO {login} WITH ADMIN OPTION",)),
    (
        "admin",
        (
            "GRANT {group} TO {login} WITH ADMIN OPTION",
            "SET SESSION AUTHORIZATION {login}",
            "GRANT {group} TO {owner}",
            "RESET SESSION AUTHORIZATION",
        ),
    ),
    ("owner", ("ALTER TABLE {schema}.orders OWNER TO {login}",)),
    ("owner", ("ALTER DATABASE {database} OWNER TO {login}",)),
    (
        "owner",
        (
            "ALTER FUNCTION {schema}.f OWNER TO {login}",
            "SELECT lo_create(77)",
            "ALTER LARGE OBJECT 77 OWNER TO {login}",
        ),
    ),
    ("owner", ("GRANT {owner} TO {login}",)),
    ("write", ("GRANT UPDATE, DELETE ON {schema}.orders TO {login}",)),
    ("write", ("GRANT INSERT ON {schema}.orders TO PUBLIC",)),
    ("write", ("GRANT UPDATE ({column}) ON {schema}.orders TO {login}",)),
    ("write", ("GRANT TRIGGER ON {schema}.totals TO {group}", "GRANT {group} TO {login}")),
    (
        "write",
        (
            "GRANT UPDATE ON {schema}.orders TO {group} WITH GRANT OPTION",
            "SET ROLE {group}",
            "GRANT UPDATE ON {schema}.orders TO {login}",
            "RESET ROLE",
        ),
    ),
    (
        "grant",
        (
            "GRANT SELECT ON {schema}.orders TO {login} WITH GRANT OPTION",
            "SET SESSION AUTHORIZATION {login}",
            "GRANT SELECT ON {schema}.orders TO {group}",
            "RESET SESSION AUTHORIZATION",
        ),
    ),
    ("grant", ("GRANT SELECT ({column}) ON {schema}.orders TO {login} WITH GRANT OPTION",)),
    ("grant", ("GRANT EXECUTE ON FUNCTION {schema}.f TO {login} WITH GRANT OPTION",)),
    ("grant", ("GRANT USAGE ON SCHEMA {schema} TO {login} WITH GRANT OPTION",)),
    ("grant", ("GRANT CONNECT ON DATABASE {database} TO {login} WITH GRANT OPTION",)),
    ("sequence", ("GRANT USAGE ON {schema}.numbers TO {login}",)),
    ("create", ("GRANT CREATE ON SCHEMA {schema} TO {login}",)),
    ("create", ("GRANT CREATE ON SCHEMA public TO PUBLIC",)),
    ("create", ("GRANT CREATE ON DATABASE {database} TO {group}", "GRANT {group} TO {login}")),
    ("create", ("GRANT CREATE ON TABLESPACE pg_default TO {login}",)),
    (
        "create",
        ("CREATE FOREIGN DATA WRAPPER {wrapper}", "GRANT USAGE ON FOREIGN DATA WRAPPER {wrapper} TO {login}"),
    ),
    (
        "create",
        (
            "CREATE FOREIGN DATA WRAPPER {wrapper}",
            "CREATE SERVER {wrapper} FOREIGN DATA WRAPPER {wrapper}",
            "GRANT USAGE ON FOREIGN SERVER {wrapper} TO PUBLIC",
        ),
    ),
    ("function", ("GRANT EXECUTE ON FUNCTION pg_read_file(text, bigint, bigint, boolean) TO {login}",)),
    ("function", ("GRANT EXECUTE ON FUNCTION pg_reload_conf() TO PUBLIC",)),
    (
        "function",
        ("CREATE EXTENSION pg_buffercache", "GRANT EXECUTE ON FUNCTION pg_buffercache_pages() TO {login}"),
    ),
    ("parameter", ("GRANT ALTER SYSTEM ON PARAMETER work_mem TO {login}",)),
    ("large object", ("SELECT lo_create(78)", "GRANT UPDATE ON LARGE OBJECT 78 TO PUBLIC")),
    ("definer", ("ALTER FUNCTION {schema}.f SECURITY DEFINER",)),
    (
        "definer",
        (
            "CREATE PROCEDURE {schema}.p(INOUT {column} int) LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
            "ALTER PROCEDURE {schema}.p SET search_path = ''",
        ),
    ),
    (
        "untrusted",
        ("CREATE FUNCTION {schema}.read(text) RETURNS text LANGUAGE internal AS 'pg_read_file_all'",),
    ),
    ("remote", ("CREATE EXTENSION dblink",)),
    ("text", ("CREATE EXTENSION tablefunc SCHEMA {schema}",)),
    ("reads all", ("GRANT pg_read_all_data TO {login}",)),
    ("watches", ("GRANT pg_monitor TO {group}", "GRANT {group} TO {login}")),
    ("temporary", ("GRANT TEMPORARY ON DATABASE {database} TO PUBLIC",)),
    ("temporary", ("GRANT TEMPORARY ON DATABASE {database} TO {login}",)),
    ("secret", ("GRANT SELECT ON pg_authid TO {login}",)),
    ("secret", ("GRANT SELECT (rolname, rolpassword) ON pg_authid TO {login}",)),
    ("later", ("ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT INSERT ON TABLES TO {login}",)),
    (
        "later",
        ("ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {schema} GRANT ALL ON SEQUENCES TO PUBLIC",),
    ),
    ("settable", ("GRANT SET ON PARAMETER session_replication_role TO {login}",)),
    ("role setting", ("ALTER ROLE {login} SET row_security = off",)),
    ("role setting", ("ALTER ROLE {login} IN DATABASE {database} SET transform_null_equals = on",)),
    ("role setting", ("ALTER DATABASE {database} SET session_replication_role = replica",)),
    ("large objects", ("ALTER ROLE {login} SET lo_compat_privileges = on",)),
    ("large objects", ("ALTER DATABASE {database} SET lo_compat_privileges = on",)),
    ("temporary files", ("ALTER ROLE {login} SET temp_file_limit = -1",)),
    ("expiry", ("ALTER ROLE {login} VALID UNTIL 'tomorrow'",)),
    (
        "view",
        (
            "ALTER TABLE {schema}.orders ENABLE ROW LEVEL SECURITY",
            "GRANT SELECT ON {schema}.totals TO {login}",
        ),
    ),
    (
        "view",
        (
            "CREATE VIEW {schema}.deep AS SELECT * FROM {schema}.totals",
            "ALTER TABLE {schema}.orders ENABLE ROW LEVEL SECURITY",
            "ALTER TABLE {schema}.orders FORCE ROW LEVEL SECURITY",
            "GRANT SELECT (n) ON {schema}.deep TO PUBLIC",
        ),
    ),
    (
        "stored view",
        ("ALTER TABLE {schema}.orders ENABLE ROW LEVEL SECURITY", "GRANT SELECT ON {schema}.kept TO {login}"),
    ),
    (
        "policy off",
        ("CREATE POLICY p ON {schema}.orders USING (n > 1)", "GRANT SELECT ON {schema}.orders TO {login}"),
    ),
    (
        "program",
        (
            "CREATE EXTENSION file_fdw",
            "CREATE SERVER files FOREIGN DATA WRAPPER file_fdw",
            "CREATE FOREIGN TABLE {schema}.run (n int) SERVER files OPTIONS (program 'echo 1')",
            "GRANT SELECT ON {schema}.run TO {login}",
        ),
    ),
    (
        "watches",
        (
            "GRANT pg_monitor TO {group}",
            "GRANT {group} TO {owner} WITH ADMIN OPTION",
            "SET ROLE {owner}",
            "GRANT {group} TO {login}",
            "RESET ROLE",
        ),
    ),
    ("connections", ()),
    ("strings", ("ALTER SYSTEM SET standard_conforming_strings = off", "SELECT pg_reload_conf()")),
    ("md5", ("ALTER ROLE {login} SET password_encryption = 'md5'",)),
]
"""Each leaves a finding of that kind."""
UNMENDABLE: dict[str, Statements] = {
    "policy setting": (
        "CREATE POLICY p ON {schema}.orders USING (n::text = current_setting('app.n', true))",
        "ALTER TABLE {schema}.orders ENABLE ROW LEVEL SECURITY",
        "GRANT SELECT ON {schema}.orders TO {login}",
    ),
    "foreign": (
        "CREATE FOREIGN DATA WRAPPER {wrapper}",
        "CREATE SERVER {wrapper} FOREIGN DATA WRAPPER {wrapper}",
        "CREATE FOREIGN TABLE {schema}.far (n int) SERVER {wrapper}",
        "GRANT SELECT ON {schema}.far TO {login}",
    ),
    "shadow": ("CREATE FUNCTION {schema}.sum(text) RETURNS int LANGUAGE sql RETURN 1",),
    "log": ("ALTER ROLE {login} SET log_statement = 'all'",),
}


@dataclass
class Patient:
    """One login in one database."""

    admin: AsyncConnection[Any]
    url: str
    names: dict[str, sql.Identifier]
    version: int

    async def make(self, statements: Statements) -> None:
        for statement in statements:
            await self.admin.execute(sql.SQL(statement).format(**self.names))

    async def examined(self) -> Examination:
        async with await AsyncConnection.connect(self.url, autocommit=True) as connection:
            return await examine(connection)

    async def kinds(self) -> set[str]:
        return {found.kind for found in (await self.examined()).findings}

    async def finding(self, kind: str) -> Finding:
        """The one of that kind; a setting of the server takes a moment to be in force."""
        found: list[Finding] = []

        async def there() -> bool:
            found[:] = [one for one in (await self.examined()).findings if one.kind == kind]
            return bool(found)

        await eventually(there)
        [only] = found
        return only

    async def has(self, kind: str) -> bool:
        return kind in await self.kinds()

    async def lacks(self, kind: str) -> bool:
        return kind not in await self.kinds()


CLEAN: Statements = (
    "RESET SESSION AUTHORIZATION",
    "ALTER SYSTEM RESET ALL",
    "SELECT pg_reload_conf()",
    "ALTER DATABASE {database} RESET ALL",
    "DROP EXTENSION IF EXISTS dblink, pg_buffercache, tablefunc, file_fdw CASCADE",
    "DROP EVENT TRIGGER IF EXISTS hello",
    "DROP FOREIGN DATA WRAPPER IF EXISTS {wrapper} CASCADE",
    "DROP SCHEMA {schema} CASCADE",
    "SELECT lo_unlink(oid) FROM pg_largeobject_metadata",
    "REASSIGN OWNED BY {login}, {group}, {owner} TO CURRENT_USER",
    "DROP OWNED BY {login}, {group}, {owner} CASCADE",
    "DROP ROLE {login}, {group}, {owner}",
)


@pytest.fixture(scope="module", params=VERSIONS)
async def hospital(request: pytest.FixtureRequest) -> AsyncIterator[tuple[str, int]]:
    """A superuser's URL of a database with an odd name, on a server of its own, and the version."""
    async with private(request.param) as running:
        async with await AsyncConnection.connect(running.dsn("postgres"), autocommit=True) as root:
            await root.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        yield with_database(running.dsn("postgres"), DATABASE), request.param


@pytest.fixture
async def patient(hospital: tuple[str, int]) -> AsyncIterator[Patient]:
    """A reader without a fault but that nothing bounds it, and things that it might be given."""
    url, version = hospital
    names = {key: sql.Identifier(text) for key, text in NAMES.items()}
    async with await AsyncConnection.connect(url, autocommit=True) as admin:
        one = Patient(admin, with_login(url, DATABASE, NAMES["login"], "x"), names, version)
        await one.make(SETUP)
        yield one
        await one.make(CLEAN)


@pytest.mark.parametrize(("kind", "planted"), PLANTED)
async def test_a_fault_is_found_and_its_sql_mends_it(
    patient: Patient, kind: str, planted: Statements
) -> None:
    await patient.make(planted)
    found = await patient.finding(kind)
    assert found.sql
    for statement in found.sql:
        await patient.admin.execute(statement.encode())
    await eventually(lambda: patient.lacks(kind), within_s=5)


async def test_a_sound_login_has_nothing_to_be_told(patient: Patient) -> None:
    assert await patient.kinds() <= {"temporary files", "connections", "minor", "elsewhere", "lo"}


@pytest.mark.parametrize(("kind", "planted"), UNMENDABLE.items())
async def test_what_no_sql_mends_has_advice(patient: Patient, kind: str, planted: Statements) -> None:
    await patient.make(planted)
    found = await patient.finding(kind)
    assert found.advice
    assert not found.sql


async def test_a_trigger_at_login_is_told(patient: Patient) -> None:
    """PostgreSQL 17 brought them."""
    if patient.version >= 17:
        await patient.make(
            (
                "CREATE FUNCTION {schema}.hello() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'",
                "CREATE EVENT TRIGGER hello ON login EXECUTE FUNCTION {schema}.hello()",
            )
        )
    assert await patient.has("login trigger") == (patient.version >= 17)


async def test_large_objects_before_16(patient: Patient) -> None:
    """The statements are right; they are not run, as they would hold for the whole server."""
    found = [found for found in (await patient.examined()).findings if found.kind == "lo"]
    assert bool(found) == (patient.version < 16)
    async with patient.admin.transaction(force_rollback=True):
        for statement in found[0].sql if found else ():
            await patient.admin.execute(statement.encode())


async def test_the_script_mends_all_at_once(patient: Patient) -> None:
    """Every power that a login can be given one by one, and the whole script after them."""
    cases = [planted for kind, planted in PLANTED if kind not in {"attribute", "strings"}]
    together = [case for case in cases if not any(statement.startswith("SET ") for statement in case)]
    await patient.make(tuple(dict.fromkeys(statement for case in together for statement in case)))
    before = await patient.examined()
    assert before.refused
    await patient.admin.execute(before.script().encode())
    after = await patient.examined()
    assert not after.refused, after.findings
    assert {found.kind for found in after.findings if found.severity == "warn"} <= {"minor"}
    assert "CREATE ROLE" in before.reader_sql
    assert after.reader_sql == ""

"""Where an attack could do harm, it is refused."""

from typing import Any

from psycopg import AsyncConnection

from databaseai.ask.attacks.corpus import Attack, Target, quoted
from databaseai.catalog.snapshot import Catalog
from databaseai.data_source.audit import audit
from databaseai.errors import AttackRefused

HARMFUL = ("attribute", "member", "admin", "owner", "function", "parameter", "grant")
"""With these an attack behind the gate could reach what no ROLLBACK brings back, or hold up others. A login
that may merely change rows or make objects is attacked: what is sent changes no row and keeps nothing."""
SPARE_CONNECTIONS = 3
ROOM = """
  SELECT pg_catalog.current_setting('max_connections')::int
    - pg_catalog.current_setting('superuser_reserved_connections')::int
    - (SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE backend_type = 'client backend')::int
"""
QUIET_TABLES = """
  SELECT n.nspname, c.relname
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND NOT c.relhasrules AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal
  )
"""
OWN_FUNCTIONS = """
  SELECT n.nspname, p.proname, p.pronargs, p.prosecdef
  FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
  WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND p.prokind = 'f'
    AND pg_catalog.has_function_privilege(p.oid, 'EXECUTE')
    AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
  ORDER BY p.prosecdef DESC, n.nspname, p.proname LIMIT 100
"""


async def harmless(connection: AsyncConnection[Any]) -> None:
    """Refuse to attack where it could harm.

    Raises:
        AttackRefused: Why not here. DBAI018.
    """
    powers = [power for power in (await audit(connection)).powers if power.kind in HARMFUL]
    if powers:
        said = "; ".join(str(power) for power in powers)
        hint = "`databaseai doctor --sql` prints what takes it back; attack then."
        raise AttackRefused(f"The login {said}: an attack could succeed.", hint=hint)
    if await asked(connection, "SELECT pg_catalog.pg_is_in_recovery()"):
        hint = "Attack the primary, or a copy of it: a standby cannot be told from a lock that holds."
        raise AttackRefused("The server is a standby.", hint=hint)
    if await asked(connection, ROOM) < SPARE_CONNECTIONS:
        raise AttackRefused("The server has hardly a connection left.", hint="Attack it when it is quiet.")
    await keeps_rollbacks(connection)


async def keeps_rollbacks(connection: AsyncConnection[Any]) -> None:
    """See that ROLLBACK undoes: a pooler or proxy between us may run each statement on its own."""
    async with connection.transaction(force_rollback=True):
        await connection.execute("SET TRANSACTION READ WRITE")
        number = await asked(connection, "SELECT pg_catalog.pg_current_xact_id()::text")
        same = await asked(connection, "SELECT pg_catalog.pg_current_xact_id_if_assigned()::text")
    status = await asked(connection, f"SELECT pg_catalog.pg_xact_status('{int(number)}'::xid8)")
    if number != same or status != "aborted":
        hint = "Connect to PostgreSQL itself, not through a pooler."
        raise AttackRefused("What is rolled back is not undone here.", hint=hint)


async def asked(connection: AsyncConnection[Any], query: str) -> Any:
    """One value."""
    row = await (await connection.execute(query.encode())).fetchone()
    return row[0] if row else None


async def target(connection: AsyncConnection[Any], catalog: Catalog) -> Target:
    """A table to attack: one whose writes run nobody's code, where there is one.

    Raises:
        AttackRefused: There is no table. DBAI018.
    """
    cursor = await connection.execute(QUIET_TABLES)
    quiet = {(schema, name) for schema, name in await cursor.fetchall()}
    tables = sorted(catalog.tables, key=lambda table: (table.qualified not in quiet, table.row_estimate or 0))
    if not tables or not tables[0].columns:
        raise AttackRefused("The login may read no table: there is nothing to attack.")
    chosen = tables[0]
    login = await asked(connection, "SELECT session_user")
    return Target(
        chosen.schema,
        chosen.name,
        chosen.columns[0].name,
        str(login),
        catalog.database,
        chosen.qualified in quiet,
    )


async def own_functions(connection: AsyncConnection[Any]) -> list[Attack]:
    """The data source's own functions, of which nobody here knows what they do: the gate must refuse each."""
    cursor = await connection.execute(OWN_FUNCTIONS)
    attacks = []
    for schema, name, arguments, definer in await cursor.fetchall():
        does = f"runs {name} with {'its owner' if definer else 'the login'}'s rights"
        call = f"SELECT {quoted(schema)}.{quoted(name)}({', '.join(['NULL'] * arguments)})"
        attacks.append(Attack("own functions", f"{schema}.{name}", does, call))
    return attacks

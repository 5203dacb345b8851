"""What would let an asker past row security (`data_source.identity = signed`)."""

from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg.errors import QueryCanceled

from databaseai.data_source.audit import Finding
from databaseai.data_source.signed_sql import IS_OURS
from databaseai.errors import CatalogUnreadable, IdentityNotReady

SHOWN = 5
TIMEOUT_MS = 15_000
KEYS = """
  SELECT EXISTS (
    SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'databaseai' AND c.relname = 'signing_key'
      AND (has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT'))
  ) OR EXISTS (
    SELECT FROM pg_roles r WHERE r.rolname = 'pg_read_all_data' AND pg_has_role(session_user, r.oid, 'MEMBER')
  )
"""
"""Whether the login may read the keys: then a statement could sign any name."""
CALLABLE = f"""
  SELECT EXISTS (
    SELECT FROM pg_proc p
    WHERE {IS_OURS}
      AND has_function_privilege(p.oid, 'EXECUTE') AND has_schema_privilege(p.pronamespace, 'USAGE')
  )
"""  # noqa: S608  # of constants alone
"""Whether the function is there, and as we gave it: another one might believe anybody."""
READABLE = """
  SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT')
"""
OPEN = f"{READABLE} AND c.relkind IN ('r', 'p', 'f') AND NOT c.relrowsecurity ORDER BY 1"
"""Partitions count: who may read one by its own name goes around its parent's policy."""
PASSING = f"""
  {READABLE} AND (c.relkind = 'm' OR c.relkind = 'v' AND NOT EXISTS (
    SELECT FROM pg_options_to_table(c.reloptions) o
    WHERE o.option_name = 'security_invoker' AND o.option_value::bool
  ))
"""
"""Views read with their owners' rights, and materialised ones hold rows of everybody."""
THROUGH = f"{PASSING} ORDER BY 1"
MENDABLE = f"{PASSING} AND c.relkind = 'v' ORDER BY 1"
LOOSE = f"""
  {READABLE} AND EXISTS (
    SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polcmd IN ('r', '*')
      AND pg_get_expr(p.polqual, p.polrelid) LIKE '%current\\_setting(%'
  )
  ORDER BY 1
"""
"""A statement may set any setting that a policy reads by itself (notes/sandbox.md, 2.4)."""


async def look(connection: AsyncConnection[Any]) -> tuple[Finding, ...]:
    """What makes names worthless (severity `refuse`), and what shows every asker the same rows.

    Raises:
        CatalogUnreadable: It could not be looked at. DBAI208.
    """
    try:
        async with connection.transaction(force_rollback=True):
            await connection.execute(
                "SELECT pg_catalog.set_config('search_path', '', true),"
                f" pg_catalog.set_config('statement_timeout', '{TIMEOUT_MS}', true)"
            )
            (keys,) = await names(connection, KEYS)
            (ours,) = await names(connection, CALLABLE)
            tables = await names(connection, OPEN)
            views = await names(connection, THROUGH)
            mendable = await names(connection, MENDABLE)
            loose = await names(connection, LOOSE)
    except psycopg.Error as error:
        if isinstance(error, psycopg.OperationalError) and not isinstance(error, QueryCanceled):
            raise  # the connection broke: another may be of use
        raise CatalogUnreadable(
            "Row security could not be looked at.", sqlstate=error.sqlstate or ""
        ) from None
    found = []
    if keys:
        text = "The login may read the signing keys, so a statement could sign any asker's name."
        advice = "Revoke pg_read_all_data, and SELECT on databaseai.signing_key, from the login."
        found.append(Finding(text, advice=advice, kind="signing keys", severity="refuse"))
    if not ours:
        text = "The data source has no databaseai.asker() of ours that we may call."
        advice = "`databaseai doctor --row-security-sql` prints what the database needs."
        found.append(Finding(text, advice=advice, kind="asker", severity="refuse"))
    if tables:
        text = f"{len(tables)} tables have no row security: each asker sees all rows ({shown(tables)})."
        found.append(Finding(text, advice="`databaseai doctor --row-security-sql` helps.", kind="open table"))
    if views:
        text = f"{len(views)} views go past the row security of the tables under them ({shown(views)})."
        mend = tuple(f"ALTER VIEW {name} SET (security_invoker = true);" for name in mendable)
        advice = "A materialised view cannot: take SELECT on it away."
        found.append(Finding(text, mend, advice, kind="open view"))
    if loose:
        text = f"Policies of {len(loose)} tables trust a setting that statements may change ({shown(loose)})."
        found.append(Finding(text, advice="Let them compare with (SELECT databaseai.asker()).", kind="loose"))
    return tuple(found)


async def refuse_or_tell(connection: AsyncConnection[Any]) -> tuple[Finding, ...]:
    """The warnings of `look`.

    Raises:
        IdentityNotReady: The login may read the signing keys, or `databaseai.asker()` is not ours. DBAI213.
        CatalogUnreadable: It could not be looked at. DBAI208.
    """
    found = await look(connection)
    for one in found:
        if one.severity == "refuse":
            raise IdentityNotReady(one.text, hint=one.advice)
    return found


async def names(connection: AsyncConnection[Any], query: str) -> list[Any]:
    """One column."""
    return [row[0] for row in await (await connection.execute(query.encode())).fetchall()]


def shown(found: list[str]) -> str:
    """Some of them."""
    return ", ".join(found[:SHOWN]) + (", ..." if len(found) > SHOWN else "")

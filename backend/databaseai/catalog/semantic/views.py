"""Definitions of the views in a catalog."""

from psycopg import AsyncConnection

from databaseai.catalog.semantic.model import TableName
from databaseai.catalog.snapshot import Catalog

VIEWS = """
SELECT n.nspname, c.relname, pg_catalog.pg_get_viewdef(c.oid, true)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('v', 'm') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
LIMIT 1000
"""


async def read_views(connection: AsyncConnection, catalog: Catalog) -> dict[TableName, str]:
    """SQL of each view that the catalog holds, by schema and name; a few dozen bytes to a few kB each."""
    cursor = await connection.execute(VIEWS)
    found = [(schema, name, text) for schema, name, text in await cursor.fetchall()]
    return {(schema, name): text for schema, name, text in found if text and (schema, name) in catalog.table}

"""Alembic's entry: runs revisions on the connection that `databaseai.store.migration` hands over."""

from alembic import context

from databaseai.store.tables import METADATA

connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("Run `databaseai migrate`; alembic's own command line knows no store URL.")
context.configure(
    connection=connection, target_metadata=METADATA, compare_type=True, compare_server_default=True
)
with context.begin_transaction():
    context.run_migrations()

"""The SQL that makes a data source believe a signed asker and nobody else (`signing`)."""

import hashlib
from collections.abc import Sequence

from psycopg import sql

from databaseai.data_source.reader_sql import LOGIN, quoted

BODY = """
  SELECT given.name
  FROM (
    SELECT substr(said.value, 1, 64) AS code, substr(said.value, 66) AS name
    FROM (SELECT current_setting('databaseai.asker', true) AS value) AS said
  ) AS given
  WHERE given.name <> '' AND EXISTS (
    SELECT FROM databaseai.signing_key AS key
    WHERE given.code = encode(sha256(key.outer_block || sha256(key.inner_block || convert_to(
      pg_backend_pid() || '|' || (extract(epoch FROM transaction_timestamp()) * 1000000)::bigint
      || '|' || given.name, 'UTF8'))), 'hex')
  )
"""
"""HMAC-SHA256 (RFC 2104) out of what every server has; nothing here can fail, whatever the setting holds."""
ATTRIBUTES = "LANGUAGE sql STABLE PARALLEL RESTRICTED SECURITY DEFINER SET search_path = pg_catalog, pg_temp"
"""Restricted: a parallel worker has another pg_backend_pid(). In a subquery it is asked once."""
RANDOM = "encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex')"
BLOCK = (
    "substring(bit_send(('x' || rpad(key, 128, '0'))::bit(512) # ('x' || repeat('{}', 64))::bit(512)) FROM 5)"
)
"""The key in a block of SHA-256, each byte XORed: bit_send() gives a length of four bytes first."""
INSTALLED = f"""\
BEGIN;
CREATE SCHEMA IF NOT EXISTS databaseai;
REVOKE ALL ON SCHEMA databaseai FROM PUBLIC;
CREATE TABLE IF NOT EXISTS databaseai.signing_key (
  made_at timestamptz PRIMARY KEY DEFAULT clock_timestamp(),
  inner_block bytea NOT NULL,
  outer_block bytea NOT NULL
);
REVOKE ALL ON databaseai.signing_key FROM PUBLIC, {{login}};
CREATE OR REPLACE FUNCTION databaseai.asker() RETURNS text
{ATTRIBUTES}
AS $asker${BODY}$asker$;
CREATE OR REPLACE FUNCTION databaseai.add_signing_key(key text DEFAULT {RANDOM}) RETURNS text
LANGUAGE sql SET search_path = pg_catalog, pg_temp
AS $key$
  INSERT INTO databaseai.signing_key (inner_block, outer_block)
  SELECT CASE WHEN key ~ '^[0-9a-f]{{{{64}}}}$' THEN {BLOCK.format("36")} END, {BLOCK.format("5c")}
  RETURNING key
$key$;
REVOKE ALL ON FUNCTION databaseai.asker(), databaseai.add_signing_key(text) FROM PUBLIC, {{login}};
GRANT USAGE ON SCHEMA databaseai TO {{login}};
GRANT EXECUTE ON FUNCTION databaseai.asker() TO {{login}};
COMMIT;
"""  # noqa: S608  # of constants alone
USED = """\
-- Once, and again to change the key; what it returns is DATABASEAI_DATA_SOURCE_SIGNING_KEY:
--   SELECT databaseai.add_signing_key();
-- Both keys hold until the old one goes: DELETE FROM databaseai.signing_key WHERE made_at < '...';
"""
PROTECTED = """\
-- Row security binds everybody but the owner: others who read {table} need a policy of their own.
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS databaseai_asker ON {table};
CREATE POLICY databaseai_asker ON {table} FOR SELECT TO {login}
  USING ({column} = (SELECT databaseai.asker()));
"""
EXAMPLE = "-- For each table that askers share, with the column that names the asker:\n"


def signed_identity_sql(tables: Sequence[tuple[str, str, str]] = (), login: str = LOGIN) -> str:
    """Statements that an owner of the database (not the reader) runs once, in that database.

    They hold no key: the database makes it, and shows it to whoever asks `databaseai.add_signing_key()`.

    Args:
        tables: (schema, table, column): the column holds the asker's name. Without any, an example.
        login: The reader.
    """
    role = quoted(login)
    lines = [INSTALLED.format(login=role), USED]
    for schema, table, column in tables:
        name = f"{quoted(schema)}.{quoted(table)}"
        lines.append(PROTECTED.format(table=name, column=quoted(column), login=role))
    if not tables:
        example = PROTECTED.format(table="public.orders", column="tenant", login=role)
        lines.append(EXAMPLE + "".join(f"-- {line}\n" for line in example.splitlines()))
    return "\n".join(lines)


IS_OURS = (
    sql.SQL(
        "(p.proname OPERATOR(pg_catalog.=) 'asker'"
        " AND p.pronamespace OPERATOR(pg_catalog.=) pg_catalog.to_regnamespace('databaseai')"
        " AND p.pronargs OPERATOR(pg_catalog.=) 0 AND p.prosecdef AND p.prosqlbody IS NULL"
        " AND p.proparallel OPERATOR(pg_catalog.=) 'r'"
        " AND p.prolang OPERATOR(pg_catalog.=) (SELECT oid FROM pg_catalog.pg_language"
        " WHERE lanname OPERATOR(pg_catalog.=) 'sql')"
        " AND p.proconfig OPERATOR(pg_catalog.=) ARRAY['search_path=pg_catalog, pg_temp']"
        " AND pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(p.prosrc, 'UTF8')), 'hex')"
        " OPERATOR(pg_catalog.=) {})"
    )
    .format(sql.Literal(hashlib.sha256(BODY.encode()).hexdigest()))
    .as_string()
)
"""Of a row `p` of pg_proc: the function above, to the letter; of it alone the audit need not warn."""

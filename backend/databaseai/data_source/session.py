"""What every connection is set to before it is lent."""

from psycopg import sql

from databaseai.settings import ExecutionLimits

STANDING = sql.SQL("""
    SELECT pg_catalog.concat(r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolcreatedb, r.rolreplication),
      current_user,
      (SELECT pg_catalog.array_agg(m.roleid ORDER BY m.roleid) FROM pg_catalog.pg_auth_members m
       WHERE m.member OPERATOR(pg_catalog.=) r.oid),
      r.rolconnlimit,
      {}
    FROM pg_catalog.pg_roles r WHERE r.rolname OPERATOR(pg_catalog.=) session_user
""")


def session_query(limits: ExecutionLimits) -> sql.Composed:
    """One query that sets the session and tells the login's standing.

    That is, in this order: attributes, current role, memberships, CONNECTION LIMIT (-1: none).

    Names and operators are qualified: the login's own search_path may lead anywhere.
    """
    settings = {
        "standard_conforming_strings": "on",
        "DateStyle": "ISO",
        "IntervalStyle": "postgres",
        "bytea_output": "hex",
        "extra_float_digits": "1",
        "default_transaction_read_only": "on",
        "row_security": "on",
        "lock_timeout": str(limits.lock_timeout_ms),
        "idle_in_transaction_session_timeout": str(limits.statement_timeout_ms + 60_000),
    }
    call = sql.SQL("pg_catalog.set_config({}, {}, false)")
    calls = [call.format(sql.Literal(name), sql.Literal(value)) for name, value in settings.items()]
    return STANDING.format(sql.SQL(", ").join(calls))

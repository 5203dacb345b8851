"""A digest of all that a statement could change: one database, its cluster, its files, and a session.

`of` looks from outside, as a superuser; `of_session` from inside. Two digests are compared part by part, so
that a test can say what moved.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from psycopg import AsyncConnection

Digest = dict[str, str]
"""Part to its hash, or its value where that is short."""

USER_RELATIONS = """
    SELECT c.relkind::text, format('%I.%I', n.nspname, c.relname)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm', 'S') AND c.relpersistence <> 't'
      AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
    ORDER BY 2
"""
CATALOGS = """
    SELECT c.relname::text, c.relisshared FROM pg_class c
    WHERE c.relkind = 'r' AND c.relnamespace = 'pg_catalog'::regnamespace ORDER BY 1
"""
WHOLE_ROWS = {
    *("pg_class", "pg_authid", "pg_database", "pg_db_role_setting", "pg_index"),
    "pg_largeobject_metadata",
}
"""Some of their columns are written in place, without a new row version."""
ROWS_OF: Mapping[str, str] = {
    "pg_namespace": "nspname !~ '^pg_(toast_)?temp'",
    "pg_class": "relpersistence <> 't'",
    "pg_database": "NOT datistemplate",
}
"""Empty schemas for temporary tables stay behind and mean nothing; nobody's statement touches template1."""
CLUSTER: Mapping[str, str] = {
    "replication slots": "SELECT string_agg(slot_name, ',' ORDER BY slot_name) FROM pg_replication_slots",
    "replication origins": "SELECT string_agg(roname, ',' ORDER BY roname) FROM pg_replication_origin",
    "prepared transactions": "SELECT string_agg(gid, ',' ORDER BY gid) FROM pg_prepared_xacts",
    "configuration read": "SELECT pg_conf_load_time()",
    "statistics reset": """
        SELECT concat_ws(' ', (SELECT max(stats_reset) FROM pg_stat_database),
          (SELECT max(stats_reset) FROM pg_stat_bgwriter), (SELECT stats_reset FROM pg_stat_wal),
          (SELECT max(stats_reset) FROM pg_stat_slru))
    """,
    "checkpoint": "SELECT redo_lsn FROM pg_control_checkpoint()",
}
LOCKS = """
    SELECT string_agg(concat_ws(' ', l.locktype, c.relname, l.objid, l.mode), ','
      ORDER BY l.locktype, c.relname, l.mode)
    FROM pg_locks l LEFT JOIN pg_class c ON c.oid = l.relation AND c.relpersistence <> 't'
    WHERE l.pid <> pg_backend_pid() AND (l.locktype = 'advisory' OR c.oid IS NOT NULL
      AND l.mode <> 'AccessShareLock' AND (c.oid >= 16384 OR l.mode <> 'RowExclusiveLock'))
"""
"""Held by others: advisory ones, and those on relations that are more than a query's."""
SESSION: Mapping[str, str] = {
    "settings": """
        SELECT string_agg(name || '=' || setting, ',' ORDER BY name) FROM pg_settings
        WHERE name NOT IN ('transaction_read_only', 'transaction_isolation', 'transaction_deferrable')
          AND name !~ '^(plpgsql|postgres_fdw)[.]'
    """,
    "own settings": """
        SELECT concat_ws(',', current_setting('a.b', true), current_setting('app.tenant', true))
    """,
    "prepared statements": "SELECT string_agg(name, ',' ORDER BY name) FROM pg_prepared_statements",
    "cursors": "SELECT string_agg(name, ',' ORDER BY name) FROM pg_cursors WHERE name <> ''",
    "listens": "SELECT string_agg(c, ',') FROM pg_listening_channels() c",
    "temporary tables": """
        SELECT string_agg(relname, ',' ORDER BY relname) FROM pg_class
        WHERE relnamespace = pg_my_temp_schema()
    """,
    "roles": "SELECT concat_ws(' ', session_user, current_user)",
    "locks": "SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory'",
    "search path": "SELECT current_schemas(false)",
}
ROW = "textin(record_out(t))"
"""A row by the output functions of its types: `t::text` would call a cast that somebody made for the row."""
OWN_BUSINESS = (
    *("base", "global", "pg_wal", "pg_xact", "pg_subtrans", "pg_multixact", "pg_commit_ts", "pg_notify"),
    *("pg_logical", "pg_serial", "pg_stat", "pg_stat_tmp", "pg_dynshmem"),
    *("postmaster.pid", "postmaster.opts"),
)
"""Of a data directory: what the server writes for itself."""


def hashed(value: object) -> str:
    """Short for any value."""
    return hashlib.sha256(repr(value).encode()).hexdigest()[:16]


async def of(admin: AsyncConnection[Any], data: Path | None = None) -> Digest:
    """Everything outside a session.

    Args:
        admin: A superuser's, in autocommit, in the database that is watched; its search_path is emptied.
        data: The server's data directory, when its files count too.
    """
    digest: Digest = {}
    await admin.execute("SET search_path = ''")
    for kind, name in await rows(admin, USER_RELATIONS):
        select = (
            "last_value, is_called" if kind == "S" else f"count(*), md5(string_agg({ROW}, '' ORDER BY {ROW}))"
        )
        digest[f"table {name}"] = hashed(await rows(admin, f"SELECT {select} FROM {name} t"))
    digest |= await catalogs(admin)
    for part, question in CLUSTER.items():
        digest[f"cluster {part}"] = str((await rows(admin, question))[0][0])
    digest["locks"] = str((await rows(admin, LOCKS))[0][0])
    if data is not None:
        digest |= {f"file {name}": facts for name, facts in files(data)}
    return digest


async def catalogs(admin: AsyncConnection[Any]) -> Digest:
    """Row versions of every system catalog; whole rows where they change in place."""
    parts, names = [], []
    for name, shared in await rows(admin, CATALOGS):
        row = ROW if name in WHOLE_ROWS else "concat(ctid, ' ', xmin)"
        only = ROWS_OF.get(name, "true")
        parts.append(
            f"(SELECT concat(count(*), ' ', sum(hashtextextended({row}, 0))) FROM {name} t WHERE {only})"
        )
        names.append(f"{'cluster' if shared else 'catalog'} {name}")
    values = (await rows(admin, f"SELECT {', '.join(parts)}"))[0]
    return dict(zip(names, values, strict=True))


async def of_session(connection: AsyncConnection[Any]) -> Digest:
    """What a session keeps to itself."""
    question = ", ".join(f"({question})::text" for question in SESSION.values())
    values = (await rows(connection, f"SELECT {question}"))[0]
    return {f"session {part}": str(value) for part, value in zip(SESSION, values, strict=True)}


def files(data: Path) -> Iterator[tuple[str, str]]:
    """Files that no ordinary statement touches, with size and time of change."""
    for folder, folders, names in os.walk(data):
        place = Path(folder)
        if place == data:
            folders[:] = [name for name in folders if name not in OWN_BUSINESS]
        for name in names:
            if place != data or name not in OWN_BUSINESS:
                facts = (place / name).lstat()
                yield str((place / name).relative_to(data)), f"{facts.st_size} {facts.st_mtime_ns}"


def moved(before: Digest, after: Digest) -> set[str]:
    """Names of the parts that differ."""
    return {part for part in before.keys() | after.keys() if before.get(part) != after.get(part)}


async def rows(connection: AsyncConnection[Any], question: str) -> list[tuple[Any, ...]]:
    """All rows of a query of ours."""
    return await (await connection.execute(question.encode())).fetchall()

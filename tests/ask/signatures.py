"""What stands behind each name of the allow-lists in PostgreSQL 15 to 18, as its own catalog says.

A name on a list lets every overload of it through, today's and those of the next release. `signatures.txt`
holds those that a person looked at; a test compares it with each server. Once new lines were looked at:

    PYTHONPATH=.:backend python -m tests.ask.signatures
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import psycopg
from psycopg import AsyncConnection

from databaseai.ask.guardrail.lists import Lists, lists
from tests.postgres_versions import MAJORS, private

FILE = Path(__file__).with_name("signatures.txt")
HEAD = """\
# Every function, operator, type and cast that the names on the allow-lists stand for: the major versions of
# PostgreSQL that have it, its kind and name, what it is, and the server's own routine behind it.
# Made by tests/ask/signatures.py.
"""
BEHIND = """
    CASE l.lanname WHEN 'internal' THEN p.prosrc WHEN 'c' THEN p.prosrc
      ELSE pg_catalog.concat(l.lanname, ' ', pg_catalog.left(pg_catalog.md5(
        pg_catalog.concat(p.prosrc, pg_catalog.pg_get_function_sqlbody(p.oid))), 8)) END
"""
FUNCTIONS = f"""
    SELECT 'function', p.proname::text, pg_catalog.format('%%s(%%s) %%s%%s %%s %%s', p.proname,
      pg_catalog.pg_get_function_identity_arguments(p.oid), CASE WHEN p.proretset THEN 'setof ' ELSE '' END,
      p.prorettype::pg_catalog.regtype,
      CASE p.prokind WHEN 'a' THEN 'aggregate' WHEN 'w' THEN 'window'
        ELSE CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END END,
      CASE p.prokind WHEN 'a' THEN
        (SELECT pg_catalog.concat_ws(' ', a.aggtransfn, NULLIF(a.aggfinalfn::text, '-'))
         FROM pg_catalog.pg_aggregate a WHERE a.aggfnoid = p.oid)
      ELSE {BEHIND} END)
    FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang
    WHERE p.pronamespace = 'pg_catalog'::pg_catalog.regnamespace AND p.proname = ANY (%s)
"""
OPERATORS = """
    SELECT 'operator', o.oprname::text, pg_catalog.format('%%s %%s %%s %%s %%s',
      CASE WHEN o.oprleft = 0 THEN '' ELSE o.oprleft::pg_catalog.regtype::text END, o.oprname,
      o.oprright::pg_catalog.regtype, o.oprresult::pg_catalog.regtype, o.oprcode)
    FROM pg_catalog.pg_operator o
    WHERE o.oprnamespace = 'pg_catalog'::pg_catalog.regnamespace AND o.oprname = ANY (%s)
"""
TYPES = """
    SELECT 'type', n.name, pg_catalog.format('%%s %%s %%s %%s', t.oid::pg_catalog.regtype, t.typtype,
      t.typinput, t.typoutput)
    FROM pg_catalog.unnest(%s::text[]) n(name)
    JOIN pg_catalog.pg_type t ON t.oid = pg_catalog.to_regtype(n.name)
"""
CASTS = """
    SELECT 'cast', t.typname::text, pg_catalog.format('%%s to %%s %%s %%s',
      c.castsource::pg_catalog.regtype, c.casttarget::pg_catalog.regtype, c.castcontext,
      CASE c.castmethod WHEN 'f' THEN c.castfunc::pg_catalog.regprocedure::text ELSE c.castmethod::text END)
    FROM pg_catalog.pg_cast c JOIN pg_catalog.pg_type t ON t.oid = c.casttarget
    WHERE c.casttarget IN (SELECT pg_catalog.to_regtype(name) FROM pg_catalog.unnest(%s::text[]) n(name))
"""
Line = tuple[str, str, str]
"""Kind, the name on its list, what is behind it."""


def named(known: Lists) -> tuple[tuple[str, list[str]], ...]:
    """Each question with the names it is asked about."""
    types = sorted(known.types - {"double"} | {"double precision"})
    functions = sorted(known.functions.names | known.functions.syntax)
    return (
        (FUNCTIONS, functions),
        (OPERATORS, sorted(known.operators)),
        (TYPES, types),
        (CASTS, types),
    )


async def found(connection: AsyncConnection[Any], known: Lists) -> set[Line]:
    """What this server has."""
    lines: set[Line] = set()
    for question, names in named(known):
        cursor = await connection.execute(question.encode(), [names])
        lines |= {(kind, name, " ".join(text.split())) for kind, name, text in await cursor.fetchall()}
    return lines


def recorded() -> dict[Line, frozenset[int]]:
    """The file: each line with the versions that have it."""
    lines = {}
    for text in FILE.read_text("utf-8").splitlines():
        if not text.startswith("#"):
            versions, kind, name, behind = text.split("\t")
            lines[kind, name, behind] = frozenset(int(version) for version in versions.split(","))
    return lines


def written(versions: Mapping[Line, Iterable[int]]) -> str:
    """The file's text."""
    lines = [
        f"{','.join(map(str, sorted(have)))}\t{kind}\t{name}\t{behind}"
        for (kind, name, behind), have in sorted(versions.items())
    ]
    return HEAD + "\n".join(lines) + "\n"


async def main() -> None:
    """Ask a server of each version, and write the file anew."""
    versions: dict[Line, set[int]] = defaultdict(set)
    for major in MAJORS:
        async with (
            private(major) as server,
            await psycopg.AsyncConnection.connect(server.dsn("postgres")) as connection,
        ):
            for line in await found(connection, lists()):
                versions[line].add(major)
    FILE.write_text(written(versions), "utf-8")


if __name__ == "__main__":
    asyncio.run(main())

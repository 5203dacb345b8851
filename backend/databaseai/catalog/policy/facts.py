"""What the server holds, readable or not: a policy that names something else protects nothing."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg import AsyncConnection

from databaseai.catalog.policy.masks import Kind

Name = tuple[str, str]
"""Schema and name."""
MASKED_SCHEMA = "databaseai_"
"""Before the schema's name: where the views of its masked tables are."""
MARK = "databaseai policy "
"""Such a view's comment: this, and a digest of what it shows."""

RELATIONS = """
SELECT c.oid, n.nspname, c.relname, c.relkind::text, c.relispartition,
       COALESCE(pg_catalog.obj_description(c.oid, 'pg_class'), ''),
       ARRAY(SELECT i.inhparent FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid)
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relpersistence <> 't'
  AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
"""

COLUMNS = """
WITH me AS (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = session_user),
roles AS (
  SELECT r.oid FROM pg_catalog.pg_roles r, me
  WHERE r.oid = me.oid OR pg_catalog.pg_has_role(me.oid, r.oid, 'MEMBER')
), seen AS (
  SELECT n.oid,
         EXISTS (SELECT FROM roles r WHERE pg_catalog.has_schema_privilege(r.oid, n.oid, 'USAGE')) AS open
  FROM pg_catalog.pg_namespace n
)
SELECT a.attrelid, a.attnum, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod),
       pg_catalog.format_type(b.oid, NULL), b.typcategory::text,
       pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT')
         AND pg_catalog.has_schema_privilege(c.relnamespace, 'USAGE'),
       seen.open AND EXISTS (
         SELECT FROM roles r WHERE pg_catalog.has_column_privilege(r.oid, a.attrelid, a.attnum, 'SELECT'))
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN seen ON seen.oid = c.relnamespace
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
JOIN pg_catalog.pg_type b ON b.oid = COALESCE(NULLIF(t.typbasetype, 0), t.oid)
WHERE a.attrelid = ANY(%s::pg_catalog.oid[]) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum
"""
"""Readable by the login as it is, and by any role it may change into."""

READS = """
SELECT r.ev_class, d.refobjid, d.refobjsubid, r.ev_action::text ~ ':varattno 0[^0-9]'
FROM pg_catalog.pg_rewrite r
JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objid = r.oid
  AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
WHERE r.ev_type = '1' AND d.refobjid <> r.ev_class AND r.ev_class = ANY(%s::pg_catalog.oid[])
"""
"""View, relation it reads, column (0: the relation stands in FROM), whether the view uses a whole row: that
leaves no trace but variable number 0."""


GENERATED = """
SELECT a.attrelid, a.attname, d.refobjsubid
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND d.objid = f.oid
  AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = a.attrelid
WHERE a.attgenerated <> '' AND NOT a.attisdropped AND a.attrelid = ANY(%s::pg_catalog.oid[])
  AND d.refobjsubid NOT IN (0, a.attnum)
"""
"""Generated column and the columns of its table that it is made of."""


ROW_SECURITY = """
SELECT p.polrelid, p.polname,
       ARRAY(SELECT r.rolname FROM pg_catalog.pg_roles r WHERE r.oid = ANY(p.polroles) ORDER BY r.rolname)
FROM pg_catalog.pg_policy p WHERE p.polrelid = ANY(%s::pg_catalog.oid[])
ORDER BY p.polrelid, p.polname
"""
"""PostgreSQL's own row policies, and the roles they are for; none: for all."""


@dataclass(slots=True)
class Attribute:
    """One column."""

    number: int
    name: str
    kind: Kind
    readable: bool
    """By the login as it is."""
    reachable: bool
    """By it or a role it may change into."""


@dataclass(slots=True)
class Relation:
    """One table or view."""

    oid: int
    schema: str
    name: str
    kind: str
    """As `pg_class.relkind`."""
    partition: bool
    comment: str
    parents: list[int]
    """Tables that its rows are also rows of."""
    columns: dict[str, Attribute] = field(default_factory=dict)
    children: list[int] = field(default_factory=list)
    reads: dict[int, set[int]] = field(default_factory=dict)
    """Of a view: relation to numbers of columns; 0 stands for all."""
    computed: dict[str, set[int]] = field(default_factory=dict)
    """Generated columns: the numbers of the columns that each is made of."""
    row_security: dict[str, list[str]] = field(default_factory=dict)
    """Row policies of PostgreSQL's to the roles they are for."""

    @property
    def qualified(self) -> Name:
        """Schema and name."""
        return self.schema, self.name


@dataclass(frozen=True, slots=True)
class Facts:
    """All of them."""

    by_oid: dict[int, Relation]
    masked: dict[Name, Relation] = field(default_factory=dict)
    """The views that `grants.closing_sql` made, by their own schema and name; not in `by_oid`."""

    def by_name(self) -> dict[Name, Relation]:
        """By schema and name."""
        return {relation.qualified: relation for relation in self.by_oid.values()}

    def family(self, relation: Relation, *, up: bool) -> Iterable[Relation]:
        """All ancestors, or all descendants: their rows are each other's."""
        waiting = list(relation.parents if up else relation.children)
        seen: set[int] = set()
        while waiting:
            oid = waiting.pop()
            if oid in seen or oid not in self.by_oid:
                continue
            seen.add(oid)
            found = self.by_oid[oid]
            yield found
            waiting.extend(found.parents if up else found.children)


async def read_facts(connection: AsyncConnection[Any]) -> Facts:
    """Five catalog queries; every name in them is qualified."""
    relations = {row[0]: Relation(*row) for row in await fetch(connection, RELATIONS)}
    oids = list(relations)
    for oid, number, name, shown, base, category, readable, reachable in await fetch(
        connection, COLUMNS, (oids,)
    ):
        attribute = Attribute(number, name, Kind(shown, base, category), readable, reachable)
        relations[oid].columns[name] = attribute
    for relation in relations.values():
        for parent in relation.parents:
            if parent in relations:
                relations[parent].children.append(relation.oid)
    for oid, name, number in await fetch(connection, GENERATED, (oids,)):
        relations[oid].computed.setdefault(name, set()).add(number)
    for oid, name, roles in await fetch(connection, ROW_SECURITY, (oids,)):
        relations[oid].row_security[name] = roles
    reads: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for view, source, number, whole_row in await fetch(connection, READS, (oids,)):
        numbers = reads[view][source]  # noted even without a column: it stands in FROM
        if number or whole_row:
            numbers.add(0 if whole_row else number)
    for view, found in reads.items():
        relations[view].reads = dict(found)
    masked = {relation.qualified: relation for relation in relations.values() if ours(relation)}
    return Facts({oid: each for oid, each in relations.items() if not ours(each)}, masked)


def ours(relation: Relation) -> bool:
    """A view that shows a masked table."""
    return relation.schema.startswith(MASKED_SCHEMA) and relation.comment.startswith(MARK)


async def fetch(
    connection: AsyncConnection[Any], query: str, parameters: Sequence[Any] = ()
) -> list[tuple[Any, ...]]:
    """All rows of one of our own queries."""
    cursor = await connection.execute(query.encode(), parameters or None)
    return await cursor.fetchall()

"""The catalog queries: a few set-based reads of pg_catalog, for what the login may select from.

Every name is qualified and the search path starts with pg_catalog, so no user object can stand in for a
system one. Privileges are asked by oid, set-based: information_schema lacks materialised views and is slower.
"""

SEARCH_PATH = "SELECT pg_catalog.current_schemas(false), pg_catalog.current_database()"

RELATIONS = """
WITH RECURSIVE readable AS MATERIALIZED (
  SELECT c.oid, n.nspname, c.relname, c.relkind, c.relispartition, c.reltuples, c.relrowsecurity
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
    AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
    AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
    AND (pg_catalog.has_table_privilege(c.oid, 'SELECT')
         OR pg_catalog.has_any_column_privilege(c.oid, 'SELECT'))
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d  -- extensions' own views are not the user's data
                    WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                      AND d.objid = c.oid AND d.deptype = 'e')
), leaf (root, oid, relkind, reltuples) AS (
  SELECT r.oid, r.oid, r.relkind, r.reltuples FROM readable r WHERE r.relkind = 'p'
  UNION ALL
  SELECT l.root, c.oid, c.relkind, c.reltuples
  FROM leaf l JOIN pg_catalog.pg_inherits i ON i.inhparent = l.oid
  JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
), counted AS (
  SELECT root, sum(reltuples) FILTER (WHERE reltuples >= 0) AS reltuples
  FROM leaf WHERE relkind <> 'p' GROUP BY root
)
SELECT r.oid, r.nspname, r.relname, r.relkind::text, pg_catalog.obj_description(r.oid, 'pg_class'),
       CASE WHEN r.relkind = 'p' THEN counted.reltuples WHEN r.relkind <> 'v' AND r.reltuples >= 0
            THEN r.reltuples END::bigint,
       CASE WHEN r.relrowsecurity THEN pg_catalog.row_security_active(r.oid) ELSE false END
FROM readable r LEFT JOIN counted ON counted.root = r.oid
WHERE NOT (r.relispartition AND pg_catalog.pg_partition_root(r.oid) IN (SELECT oid FROM readable))
ORDER BY r.nspname, r.relname
"""
"""Partitions stand as their root, unless the reader may read a partition only; its rows are their sum."""

PARTITIONS = """
SELECT n.nspname, c.relname, m.nspname, r.relname
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class r ON r.oid = pg_catalog.pg_partition_root(c.oid)
JOIN pg_catalog.pg_namespace m ON m.oid = r.relnamespace
WHERE c.relispartition AND c.relkind IN ('r', 'p', 'f') AND r.oid = ANY(%s::pg_catalog.oid[])
  AND pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT')
"""
"""Partitions behind a root that is told: a person may name one, nobody is shown it."""

COLUMNS = """
SELECT a.attrelid, a.attnum, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,
       d.description, CASE WHEN t.typtype = 'e' THEN t.oid WHEN e.typtype = 'e' THEN e.oid END
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
LEFT JOIN pg_catalog.pg_description d
  ON d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
  AND d.objoid = a.attrelid AND d.objsubid = a.attnum
WHERE a.attrelid = ANY(%s::pg_catalog.oid[]) AND a.attnum > 0 AND NOT a.attisdropped
  AND pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT')
ORDER BY a.attrelid, a.attnum
"""

LABELS = """
SELECT enumtypid, pg_catalog.array_agg(enumlabel::text ORDER BY enumsortorder)
FROM pg_catalog.pg_enum GROUP BY enumtypid
"""

UNIQUE = """
SELECT indrelid, indisprimary, (indkey::pg_catalog.int2[])[0:indnkeyatts - 1]
FROM pg_catalog.pg_index
WHERE indrelid = ANY(%s::pg_catalog.oid[])
  AND indisunique AND indisvalid AND indpred IS NULL AND indexprs IS NULL
ORDER BY indrelid, indexrelid
"""
"""Unique indexes rather than constraints: what nobody declared as a constraint is just as unique."""

FOREIGN_KEYS = """
SELECT conrelid, conkey, confrelid, confkey
FROM pg_catalog.pg_constraint
WHERE contype = 'f' AND conparentid = 0 AND conrelid = ANY(%s::pg_catalog.oid[])
UNION ALL
SELECT r.root, (SELECT pg_catalog.array_agg(theirs.attnum ORDER BY k.place)
                FROM pg_catalog.unnest(f.conkey) WITH ORDINALITY AS k (attnum, place)
                JOIN pg_catalog.pg_attribute ours ON ours.attrelid = f.conrelid AND ours.attnum = k.attnum
                JOIN pg_catalog.pg_attribute theirs
                  ON theirs.attrelid = r.root AND theirs.attname = ours.attname),
       f.confrelid, f.confkey
FROM pg_catalog.pg_constraint f
JOIN pg_catalog.pg_class c ON c.oid = f.conrelid AND c.relispartition
CROSS JOIN LATERAL (SELECT pg_catalog.pg_partition_root(c.oid)::pg_catalog.oid AS root) r
WHERE f.contype = 'f' AND f.conparentid = 0 AND r.root = ANY(%s::pg_catalog.oid[])
"""
"""A key that each partition has of its own counts for the root they stand as."""

STATISTICS = """
SELECT DISTINCT ON (schemaname, tablename, attname) schemaname, tablename, attname,
       n_distinct,
       (most_common_vals::text::text[])[1:%(values)s],
       (histogram_bounds::text::text[])[1:%(values)s]
FROM pg_catalog.pg_stats
WHERE schemaname = ANY(%(schemas)s)
ORDER BY schemaname, tablename, attname, inherited DESC
"""
"""pg_stats shows only columns the reader may read, and none of tables with row security that binds it."""

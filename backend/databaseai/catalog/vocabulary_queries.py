# ruff: noqa: S608  # of constants alone
"""What the vocabulary is read with; 16384 is the first object id of a user's object."""

EXTENSION = """
(SELECT e.extname FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
 WHERE d.classid = 'pg_catalog.{table}'::pg_catalog.regclass AND d.objid = {oid} AND d.deptype = 'e'
   AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass)
"""

USERS_CASTS = f"""
SELECT c.castsource FROM pg_catalog.pg_cast c
WHERE c.castcontext {{context}} 'i' AND c.castfunc >= 16384
  AND {EXTENSION.format(table="pg_proc", oid="c.castfunc")} IS NULL
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_proc p WHERE p.oid = c.castfunc AND p.prolang = 12)
"""
"""Language 12 is `internal`: what PostgreSQL makes itself for a multirange."""

TYPES = f"""
WITH own AS (
  SELECT t.* FROM pg_catalog.pg_type t
  LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
  WHERE t.oid >= 16384 AND t.typtype IN ('b', 'e', 'd', 'c', 'r', 'm') AND t.typarray <> 0
    AND (t.typrelid = 0 OR c.relkind = 'c')
)
SELECT t.oid, n.nspname::text, t.typname::text, t.typtype::text, NULL::oid, NULLIF(t.typbasetype, 0),
       {EXTENSION.format(table="pg_type", oid="t.oid")}::text,
       CASE t.typtype WHEN 'b' THEN true WHEN 'e' THEN true WHEN 'c' THEN true
         WHEN 'd' THEN NOT EXISTS (
           SELECT FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_depend d
             ON d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND d.objid = k.oid
           WHERE k.contypid = t.oid AND d.refobjid >= 16384
             AND d.refclassid <> 'pg_catalog.pg_type'::pg_catalog.regclass)
         ELSE EXISTS (
           SELECT FROM pg_catalog.pg_range r WHERE t.oid IN (r.rngtypid, r.rngmultitypid)
             AND r.rngsubtype < 16384 AND r.rngcanonical < 16384) END,
       t.oid IN ({USERS_CASTS.format(context="=")}), t.oid IN ({USERS_CASTS.format(context="<>")}),
       fields.names, fields.types
FROM own t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN LATERAL (
  SELECT pg_catalog.array_agg(a.attname::text ORDER BY a.attnum) AS names,
         pg_catalog.array_agg(a.atttypid ORDER BY a.attnum) AS types
  FROM pg_catalog.pg_attribute a
  WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) fields ON true
UNION ALL
SELECT a.oid, n.nspname::text, a.typname::text, 'b', t.oid, NULL, NULL, true, false, false, NULL, NULL
FROM own t JOIN pg_catalog.pg_type a ON a.oid = t.typarray
JOIN pg_catalog.pg_namespace n ON n.oid = a.typnamespace
"""
"""Rows of tables are no types here; an array's element stands in the fifth column."""

COLUMNS = """
SELECT n.nspname::text, c.relname::text, a.attname::text, a.atttypid
FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE a.attrelid = ANY(%(relations)s::pg_catalog.oid[]) AND a.attnum > 0 AND NOT a.attisdropped
  AND a.atttypid >= 16384
"""

SCHEMAS = f"""
SELECT n.nspname::text, pg_catalog.has_schema_privilege(n.oid, 'CREATE'), f.names, o.names
FROM pg_catalog.pg_namespace n
CROSS JOIN LATERAL (
  SELECT pg_catalog.jsonb_object_agg(name, owner) AS names FROM (
    SELECT p.proname::text AS name, CASE WHEN pg_catalog.count(*) = pg_catalog.count(e.extname)
      AND pg_catalog.min(e.extname) = pg_catalog.max(e.extname)
      THEN pg_catalog.min(e.extname::text) ELSE '' END AS owner
    FROM pg_catalog.pg_proc p LEFT JOIN LATERAL (
      SELECT x.extname FROM (SELECT {EXTENSION.format(table="pg_proc", oid="p.oid")} AS extname) x
      WHERE x.extname = ANY(%(extensions)s)) e ON true
    WHERE p.pronamespace = n.oid GROUP BY 1) g) f
CROSS JOIN LATERAL (
  SELECT pg_catalog.jsonb_object_agg(name, owner) AS names FROM (
    SELECT p.oprname::text AS name, CASE WHEN pg_catalog.count(*) = pg_catalog.count(e.extname)
      THEN pg_catalog.min(e.extname::text) ELSE '' END AS owner
    FROM pg_catalog.pg_operator p LEFT JOIN LATERAL (
      SELECT x.extname FROM (SELECT {EXTENSION.format(table="pg_operator", oid="p.oid")} AS extname) x
      WHERE x.extname = ANY(%(extensions)s)) e ON true
    WHERE p.oprnamespace = n.oid GROUP BY 1) g) o
WHERE n.nspname <> 'pg_catalog' AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
  AND n.oid IN (SELECT extnamespace FROM pg_catalog.pg_extension WHERE extname = ANY(%(extensions)s))
ORDER BY n.nspname
"""

CONSTRUCTORS = """
SELECT n.nspname::text, p.proname::text,
       pg_catalog.bool_and(
         p.prosrc ~ '^(range_constructor[23]|multirange_constructor[012])$' AND p.prolang = 12)
FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
WHERE (p.pronamespace, p.proname) IN (
  SELECT t.typnamespace, t.typname FROM pg_catalog.pg_type t WHERE t.oid >= 16384 AND t.typtype IN ('r', 'm'))
GROUP BY 1, 2
"""

ROW_CASTS = f"""
SELECT n.nspname::text, c.relname::text
FROM pg_catalog.pg_type t JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind <> 'c'
  AND (t.oid IN ({USERS_CASTS.format(context="=")}) OR t.oid IN ({USERS_CASTS.format(context="<>")}))
"""

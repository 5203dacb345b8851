-- For `exposures.sql`, behind `ground.sql`.

readable AS (
  SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND EXISTS (
      SELECT FROM roles r
      WHERE has_table_privilege(r.oid, c.oid, 'SELECT') OR has_any_column_privilege(r.oid, c.oid, 'SELECT')
    )
),
-- what each view reads directly
reads AS (
  SELECT DISTINCT w.ev_class AS view, c.oid AS read, c.relowner AS read_owner, c.relkind AS read_kind,
    c.relrowsecurity AS protected, c.relforcerowsecurity AS forced, EXISTS (
      SELECT FROM pg_options_to_table(c.reloptions) x
      WHERE c.relkind = 'v' AND x.option_name = 'security_invoker' AND x.option_value::bool
    ) AS invoker
  FROM pg_rewrite w
  JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_class'::regclass
  JOIN pg_class c ON c.oid = d.refobjid AND c.oid <> w.ev_class AND c.oid >= 16384
)

-- What only the doctor looks at: ways around row security, foreign data, names like PostgreSQL's own, settings of
-- the server. Rows: kind, name, the statements that mend it.

-- such a view reads with its owner's rights, and he is not bound by the table's policies
SELECT CASE v.relkind WHEN 'v' THEN 'view' ELSE 'stored view' END,
  format('%I.%I', n.nspname, v.relname) || ' (over ' || t.oid::regclass || ')',
  CASE v.relkind WHEN 'v' THEN format('ALTER VIEW %I.%I SET (security_invoker = true);', n.nspname, v.relname)
    ELSE (
      SELECT string_agg(DISTINCT h.fix, E'\n') FROM held h
      WHERE h.kind = 'TABLE' AND h.oid = v.oid AND h.privilege = 'SELECT'
    ) END
FROM readable JOIN pg_class v USING (oid) JOIN pg_namespace n ON n.oid = v.relnamespace
CROSS JOIN LATERAL (
  WITH RECURSIVE through(oid, owner) AS (
    SELECT v.oid, v.relowner
    UNION
    SELECT s.read, s.read_owner FROM through i JOIN reads s ON s.view = i.oid
    WHERE s.read_kind = 'v' AND NOT s.invoker
  )
  SELECT DISTINCT s.read AS oid FROM through i JOIN pg_roles o ON o.oid = i.owner JOIN reads s ON s.view = i.oid
  WHERE s.protected AND (o.rolsuper OR o.rolbypassrls OR (NOT s.forced AND pg_has_role(o.oid, s.read_owner, 'USAGE')))
) t
WHERE v.relkind = 'm' OR (v.relkind = 'v' AND NOT EXISTS (
  SELECT FROM pg_options_to_table(v.reloptions) x WHERE x.option_name = 'security_invoker' AND x.option_value::bool
))
UNION ALL
SELECT DISTINCT 'policy off', format('%I.%I', n.nspname, c.relname),
  format('ALTER TABLE %I.%I ENABLE ROW LEVEL SECURITY;', n.nspname, c.relname)
FROM pg_policy p JOIN readable ON readable.oid = p.polrelid JOIN pg_class c ON c.oid = p.polrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT c.relrowsecurity
UNION ALL
SELECT DISTINCT 'policy setting', format('%I.%I', n.nspname, c.relname), ''
FROM pg_policy p JOIN readable ON readable.oid = p.polrelid JOIN pg_class c ON c.oid = p.polrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relrowsecurity AND pg_get_expr(p.polqual, p.polrelid) LIKE '%current_setting(%'
UNION ALL
SELECT CASE WHEN o.program THEN 'program' ELSE 'foreign' END,
  format('%I.%I', n.nspname, c.relname) || ' (' || w.fdwname || ')', CASE WHEN o.program THEN (
    SELECT string_agg(DISTINCT h.fix, E'\n') FROM held h
    WHERE h.kind = 'TABLE' AND h.oid = c.oid AND h.privilege = 'SELECT'
  ) ELSE '' END
FROM readable JOIN pg_class c USING (oid) JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_foreign_table t ON t.ftrelid = c.oid JOIN pg_foreign_server s ON s.oid = t.ftserver
JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw
CROSS JOIN LATERAL (
  SELECT EXISTS (SELECT FROM pg_options_to_table(t.ftoptions) p WHERE p.option_name = 'program') AS program
) o
UNION ALL
SELECT 'shadow', p.oid::regprocedure::text, '' FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND NOT starts_with(n.nspname, 'pg_') AND p.prokind <> 'p'
  AND EXISTS (SELECT FROM pg_proc b WHERE b.proname = p.proname AND b.pronamespace = 'pg_catalog'::regnamespace)
  AND NOT EXISTS (
    SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
  )
UNION ALL
SELECT 'shadow', o.oid::regoperator::text, '' FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND NOT starts_with(n.nspname, 'pg_')
  AND EXISTS (SELECT FROM pg_operator b WHERE b.oprname = o.oprname AND b.oprnamespace = 'pg_catalog'::regnamespace)
  AND NOT EXISTS (
    SELECT FROM pg_depend d WHERE d.classid = 'pg_operator'::regclass AND d.objid = o.oid AND d.deptype = 'e'
  )
UNION ALL
SELECT 'elsewhere', d.datname || CASE WHEN o.owns THEN ' (where it owns something)' ELSE '' END, ''
FROM pg_database d CROSS JOIN LATERAL (
  SELECT EXISTS (
    SELECT FROM pg_shdepend s WHERE s.refclassid = 'pg_authid'::regclass AND s.dbid = d.oid AND s.deptype = 'o'
      AND s.refobjid IN (SELECT oid FROM roles)
  ) AS owns
) o
WHERE d.datallowconn AND NOT d.datistemplate AND d.datname <> current_database()
  AND (o.owns OR d.datname <> 'postgres')
  AND EXISTS (SELECT FROM roles r WHERE has_database_privilege(r.oid, d.oid, 'CONNECT'))
UNION ALL
-- read-only transactions stop these since 16
SELECT 'lo', p.oid::regprocedure::text,
  format('REVOKE EXECUTE ON FUNCTION pg_catalog.%s FROM PUBLIC;', p.oid::regprocedure)
FROM pg_proc p, me
WHERE current_setting('server_version_num')::int < 160000 AND p.pronamespace = 'pg_catalog'::regnamespace
  AND p.proname IN (
    'lo_creat', 'lo_create', 'lo_from_bytea', 'lo_put', 'lo_truncate', 'lo_truncate64', 'lo_unlink', 'lowrite'
  ) AND has_function_privilege(me.oid, p.oid, 'EXECUTE')
UNION ALL
SELECT 'login trigger', e.evtname, '' FROM pg_event_trigger e WHERE e.evtevent = 'login' AND e.evtenabled <> 'D'
UNION ALL
SELECT 'log', s.name || ' = ' || s.setting, '' FROM pg_settings s
WHERE (s.name = 'log_statement' AND s.setting = 'all')
  OR (s.name IN ('log_min_duration_statement', 'log_min_duration_sample') AND s.setting <> '-1')
UNION ALL
SELECT CASE name WHEN 'password_encryption' THEN 'md5' ELSE 'strings' END, '', fix FROM in_force
WHERE name IN ('password_encryption', 'standard_conforming_strings')
UNION ALL
SELECT 'connections', '', format('ALTER ROLE %I CONNECTION LIMIT :connections;', me.rolname)
FROM me JOIN pg_roles r ON r.oid = me.oid WHERE r.rolconnlimit = -1

-- No power to write, and still to be told at each connect. Rows: kind, name, the statements that mend it.

-- not the login's own, which act with its rights, nor ours (`signed_sql`)
SELECT 'definer', p.oid::regprocedure::text || ' (owner ' || o.rolname
  || CASE WHEN o.rolsuper THEN ', a superuser' ELSE '' END
  || CASE WHEN EXISTS (SELECT FROM unnest(p.proconfig) s WHERE starts_with(s, 'search_path=')) THEN ''
     ELSE '; its search_path is the caller''s' END || ')', p.fix
FROM callable p JOIN pg_roles o ON o.oid = p.proowner
WHERE p.prosecdef AND NOT :signed_asker
UNION ALL
-- C functions of an extension are that extension's; LANGUAGE internal makes any closed built-in a new, open one
SELECT 'untrusted', p.oid::regprocedure::text || ' (' || l.lanname || ')', p.fix
FROM callable p JOIN pg_language l ON l.oid = p.prolang
WHERE NOT l.lanpltrusted AND p.extension IS NULL
UNION ALL
SELECT CASE
    WHEN p.extension IN ('pg_cron', 'pg_partman', 'pg_background') THEN 'schedule'
    WHEN p.extension IN ('tablefunc', 'xml2') THEN 'text'
    ELSE 'remote' END, p.extension, p.fix
FROM callable p
WHERE p.extension IN (
  'dblink', 'plproxy', 'http', 'pg_net', 'aws_s3', 'aws_lambda', 'pg_cron', 'pg_partman', 'pg_background',
  'tablefunc', 'xml2'
)
UNION ALL
SELECT CASE r.rolname WHEN 'pg_read_all_data' THEN 'reads all' ELSE 'watches' END, r.rolname, w.fix
FROM roles r JOIN ways w ON w.role = r.oid
WHERE r.rolname IN (
  'pg_read_all_data', 'pg_monitor', 'pg_read_all_stats', 'pg_read_all_settings', 'pg_stat_scan_tables'
)
UNION ALL
SELECT 'temporary', '', fix FROM held WHERE kind = 'DATABASE' AND privilege = 'TEMPORARY'
UNION ALL
SELECT 'settable', name, fix FROM held WHERE kind = 'PARAMETER' AND privilege = 'SET'
UNION ALL
-- what initdb closed: password hashes, statistics with values, large objects
SELECT 'secret', h.name, h.fix
FROM held h
WHERE h.kind = 'TABLE' AND h.privilege = 'SELECT' AND h.oid IN (SELECT oid FROM closed)
  AND h.grantee NOT IN (SELECT oid FROM roles WHERE starts_with(rolname, 'pg_'))
  AND (h.place = 0 OR NOT EXISTS (
    SELECT FROM pg_init_privs s CROSS JOIN LATERAL aclexplode(s.initprivs) b
    WHERE s.objoid = h.oid AND s.classoid = 'pg_class'::regclass AND s.objsubid = h.place AND b.grantee = 0
  ))
UNION ALL
-- tables, sequences, schemas that are not made yet
SELECT 'later', lower(k.word) || ' made by ' || pg_get_userbyid(d.defaclrole)
    || CASE WHEN n.oid IS NULL THEN '' ELSE ' in ' || n.nspname END,
  CASE WHEN a.grantee NOT IN (0, me.oid) THEN w.fix ELSE format(
    'ALTER DEFAULT PRIVILEGES FOR ROLE %I%s REVOKE %s ON %s FROM %s;', pg_get_userbyid(d.defaclrole),
    CASE WHEN n.oid IS NULL THEN '' ELSE format(' IN SCHEMA %I', n.nspname) END, a.privilege_type, k.word,
    CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE format('%I', me.rolname) END
  ) END
FROM pg_default_acl d CROSS JOIN me CROSS JOIN LATERAL aclexplode(d.defaclacl) a
JOIN (VALUES ('r', 'TABLES'), ('S', 'SEQUENCES'), ('n', 'SCHEMAS'), ('L', 'LARGE OBJECTS')) k(type, word)
  ON k.type = d.defaclobjtype::text
LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace LEFT JOIN ways w ON w.role = a.grantee
WHERE (a.grantee = 0 OR a.grantee IN (SELECT oid FROM roles)) AND a.grantee <> d.defaclrole AND (
  a.is_grantable OR (d.defaclobjtype = 'n' AND a.privilege_type = 'CREATE')
  OR (d.defaclobjtype <> 'n' AND a.privilege_type NOT IN ('SELECT', 'REFERENCES'))
)
UNION ALL
-- settings that change what the login may, runs or means
SELECT 'role setting', value, fix FROM brought
WHERE value <> 'row_security=on' AND name IN (
  'row_security', 'session_replication_role', 'role', 'allow_system_table_mods', 'session_preload_libraries',
  'local_preload_libraries', 'transform_null_equals'
)
UNION ALL
SELECT 'temporary files', '', format('ALTER ROLE %I SET temp_file_limit = '':temporary_files'';', me.rolname)
FROM me WHERE current_setting('temp_file_limit') = '-1'
UNION ALL
SELECT 'large objects', '', fix FROM in_force WHERE name = 'lo_compat_privileges'
UNION ALL
SELECT 'expiry', to_char(r.rolvaliduntil, 'YYYY-MM-DD'),
  format('ALTER ROLE %I VALID UNTIL %L;', me.rolname, to_char(now() + '1 year', 'YYYY-MM-DD'))
FROM me JOIN pg_roles r ON r.oid = me.oid
WHERE r.rolvaliduntil < now() + '14 days'
UNION ALL
-- no warning: what a new reader is given
SELECT DISTINCT 'schema', n.nspname, '' FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> 'information_schema'
  AND NOT starts_with(n.nspname, 'pg_')

"""The questions of `audit` as SQL, for an empty search_path; each row: kind, count, first names."""

ROLES = """
WITH me AS (SELECT oid FROM pg_roles WHERE rolname = session_user),
roles AS (
  SELECT r.* FROM pg_roles r, me
  WHERE r.oid = me.oid
    OR (pg_has_role(me.oid, r.oid, 'MEMBER') AND NOT (SELECT rolsuper FROM pg_roles s WHERE s.oid = me.oid))
)
"""
"""`roles`: the login and all it may become. A superuser is a member of everything: itself says enough."""

ATTRIBUTES = """
  SELECT 'attribute', a.name || CASE WHEN r.oid = me.oid THEN '' ELSE ' (as ' || r.rolname || ')' END
  FROM me, roles r, LATERAL (VALUES
    (r.rolsuper, 'SUPERUSER'), (r.rolbypassrls, 'BYPASSRLS'), (r.rolcreaterole, 'CREATEROLE'),
    (r.rolcreatedb, 'CREATEDB'), (r.rolreplication, 'REPLICATION')
  ) a(held, name)
  WHERE a.held
"""
MEMBERSHIPS = """
  SELECT 'member', rolname FROM roles WHERE rolname IN (
    'pg_write_all_data', 'pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files',
    'pg_signal_backend', 'pg_signal_autovacuum_worker', 'pg_checkpoint', 'pg_maintain',
    'pg_create_subscription', 'pg_use_reserved_connections'
  )
"""
OWNED = """
  SELECT 'owner', pg_describe_object(d.classid, d.objid, d.objsubid)
  FROM pg_shdepend d
  WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid IN (SELECT oid FROM roles) AND d.deptype = 'o'
    AND d.dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
    AND d.classid NOT IN ('pg_user_mapping'::regclass, 'pg_default_acl'::regclass)
    AND NOT EXISTS (
      SELECT FROM pg_class c
      WHERE d.classid = 'pg_class'::regclass AND c.oid = d.objid AND c.relpersistence = 't'
    )
"""
"""Not temporary tables of another session of the login, nor its passwords for foreign servers."""
WRITABLE = """
  SELECT 'write', n.nspname || '.' || c.relname
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relpersistence <> 't'
    AND c.oid <> 'pg_settings'::regclass
    AND (EXISTS (
      SELECT FROM roles r WHERE has_table_privilege(
        r.oid, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER, SELECT WITH GRANT OPTION'
      ) OR has_any_column_privilege(r.oid, c.oid, 'INSERT, UPDATE')
    ) OR EXISTS (
      SELECT FROM aclexplode(c.relacl) a
      WHERE a.privilege_type = 'MAINTAIN' AND (a.grantee = 0 OR a.grantee IN (SELECT oid FROM roles))
    ))
"""
"""pg_settings takes UPDATE from everybody: another spelling of SET. MAINTAIN came with 17; asked for
by name, an older server would not know it."""
SEQUENCES = """
  SELECT 'sequence', n.nspname || '.' || c.relname
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'S' AND c.relpersistence <> 't'
    AND EXISTS (SELECT FROM roles r WHERE has_sequence_privilege(r.oid, c.oid, 'USAGE, UPDATE'))
"""
CREATABLE = """
  SELECT 'create', 'schema ' || n.nspname FROM pg_namespace n
  WHERE NOT starts_with(n.nspname, 'pg_temp_') AND NOT starts_with(n.nspname, 'pg_toast_temp_')
    AND EXISTS (SELECT FROM roles r WHERE has_schema_privilege(r.oid, n.oid, 'CREATE'))
  UNION ALL
  SELECT 'create', 'database ' || current_database()
  WHERE EXISTS (SELECT FROM roles r WHERE has_database_privilege(r.oid, current_database(), 'CREATE'))
"""
FUNCTIONS = """
  SELECT DISTINCT 'function', p.oid::regprocedure::text
  FROM pg_proc p
  JOIN pg_init_privs i ON i.objoid = p.oid AND i.classoid = 'pg_proc'::regclass
  CROSS JOIN LATERAL aclexplode(p.proacl) a
  WHERE a.privilege_type = 'EXECUTE' AND a.grantee <> p.proowner
    AND (a.grantee = 0 OR a.grantee IN (SELECT oid FROM roles WHERE NOT starts_with(rolname, 'pg_')))
    AND NOT EXISTS (SELECT FROM aclexplode(i.initprivs) b WHERE b.grantee = 0)
"""
"""Functions that `initdb` closed to the public and somebody opened; predefined roles are judged by name."""
PARAMETERS = """
  SELECT 'parameter', p.parname FROM pg_parameter_acl p CROSS JOIN LATERAL aclexplode(p.paracl) a
  WHERE a.privilege_type = 'ALTER SYSTEM' AND (a.grantee = 0 OR a.grantee IN (SELECT oid FROM roles))
"""
LARGE_OBJECTS = """
  SELECT 'large object', l.oid::text FROM pg_largeobject_metadata l CROSS JOIN LATERAL aclexplode(l.lomacl) a
  WHERE a.privilege_type = 'UPDATE' AND (a.grantee = 0 OR a.grantee IN (SELECT oid FROM roles))
    AND NOT EXISTS (SELECT FROM roles WHERE oid = l.lomowner)
"""
GROUPED = "SELECT kind, count(*), (array_agg(name ORDER BY name))[1:20] FROM found GROUP BY kind"
EVERY_POWER = (
    *(ATTRIBUTES, MEMBERSHIPS, OWNED, WRITABLE, SEQUENCES),
    *(CREATABLE, FUNCTIONS, PARAMETERS, LARGE_OBJECTS),
)
TOLD = """
  SELECT kind, name FROM powers
  WHERE kind = 'attribute' OR NOT (SELECT rolsuper FROM me, pg_roles r WHERE r.oid = me.oid)
"""
"""Of a superuser the attributes say it all."""
POWERS = f"{ROLES}, powers(kind, name) AS ({'UNION ALL'.join(EVERY_POWER)}), found AS ({TOLD}) {GROUPED}"

WARNABLE = """
  SELECT 'definer', p.oid::regprocedure::text
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND EXISTS (
    SELECT FROM roles r
    WHERE has_function_privilege(r.oid, p.oid, 'EXECUTE') AND has_schema_privilege(r.oid, n.oid, 'USAGE')
  )
  UNION ALL
  SELECT 'reads all', rolname FROM roles WHERE rolname = 'pg_read_all_data'
  UNION ALL
  SELECT 'watches', rolname FROM roles
  WHERE rolname IN ('pg_monitor', 'pg_read_all_stats', 'pg_read_all_settings', 'pg_stat_scan_tables')
  UNION ALL
  SELECT 'temporary', '' WHERE EXISTS (
    SELECT FROM roles r WHERE has_database_privilege(r.oid, current_database(), 'TEMPORARY')
  )
  UNION ALL
  SELECT DISTINCT 'remote', e.extname
  FROM pg_extension e
  JOIN pg_depend d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
    AND d.classid = 'pg_proc'::regclass
  WHERE e.extname IN ('dblink', 'plproxy') AND EXISTS (
    SELECT FROM roles r WHERE has_function_privilege(r.oid, d.objid, 'EXECUTE')
  )
  UNION ALL
  SELECT 'settable', p.parname FROM pg_parameter_acl p CROSS JOIN LATERAL aclexplode(p.paracl) a
  WHERE a.privilege_type = 'SET' AND (a.grantee = 0 OR a.grantee IN (SELECT oid FROM roles))
  UNION ALL
  SELECT 'temporary files', '' WHERE current_setting('temp_file_limit') = '-1'
  UNION ALL
  SELECT 'large objects', '' WHERE current_setting('lo_compat_privileges') = 'on'
  UNION ALL
  SELECT DISTINCT 'schema', n.nspname FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> 'information_schema'
    AND NOT starts_with(n.nspname, 'pg_')
"""
FINDINGS = f"{ROLES}, found(kind, name) AS ({WARNABLE}) {GROUPED}"

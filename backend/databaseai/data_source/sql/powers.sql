-- What a login must not have. Rows: kind, name, the statements that take it back.

-- the first superuser, 10, cannot stop being one
SELECT 'attribute', a.name || CASE WHEN r.oid = me.oid THEN '' ELSE ' (as ' || r.rolname || ')' END,
  CASE WHEN r.oid <> me.oid THEN w.fix WHEN r.oid <> 10 THEN format('ALTER ROLE %I NO%s;', me.rolname, a.name) END
FROM me CROSS JOIN roles r LEFT JOIN ways w ON w.role = r.oid CROSS JOIN LATERAL (VALUES
  (r.rolsuper, 'SUPERUSER'), (r.rolbypassrls, 'BYPASSRLS'), (r.rolcreaterole, 'CREATEROLE'),
  (r.rolcreatedb, 'CREATEDB'), (r.rolreplication, 'REPLICATION')
) a(held, name)
WHERE a.held
UNION ALL
-- these only read; any other, and any that a later version brings, is a power; pg_database_owner is told as owner
SELECT 'member', r.rolname, w.fix FROM roles r JOIN ways w ON w.role = r.oid
WHERE starts_with(r.rolname, 'pg_') AND r.oid < 16384 AND r.rolname NOT IN (
  'pg_read_all_data', 'pg_monitor', 'pg_read_all_stats', 'pg_read_all_settings', 'pg_stat_scan_tables',
  'pg_database_owner'
)
UNION ALL
SELECT 'admin', pg_get_userbyid(m.roleid), CASE
  WHEN m.member = me.oid THEN
    format('REVOKE ADMIN OPTION FOR %I FROM %I%s', pg_get_userbyid(m.roleid), me.rolname, m.ending)
  ELSE w.fix END
FROM me CROSS JOIN memberships m LEFT JOIN ways w ON w.role = m.member
WHERE m.admin_option
UNION ALL
-- not temporary tables of another session, nor passwords for foreign servers; a table that goes to another owner
-- stays readable
SELECT 'owner', pg_describe_object(d.classid, d.objid, d.objsubid),
  coalesce(w.fix, format('REASSIGN OWNED BY %I TO %s;', me.rolname, CASE
    WHEN b.datdba IN (SELECT oid FROM roles) THEN 'CURRENT_USER' ELSE format('%I', pg_get_userbyid(b.datdba))
  END) || CASE
    WHEN c.oid IS NOT NULL THEN format(
      E'\nGRANT USAGE ON SCHEMA %I TO %I;\nGRANT SELECT ON %I.%I TO %2$I;', n.nspname, me.rolname, n.nspname, c.relname
    ) ELSE '' END)
FROM pg_shdepend d CROSS JOIN me JOIN pg_database b ON b.datname = current_database()
LEFT JOIN ways w ON w.role = d.refobjid
LEFT JOIN pg_class c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid IN (SELECT oid FROM roles) AND d.deptype = 'o'
  AND d.dbid IN (0, b.oid)
  AND d.classid NOT IN ('pg_user_mapping'::regclass, 'pg_default_acl'::regclass)
  AND NOT EXISTS (
    SELECT FROM pg_class t
    WHERE d.classid = 'pg_class'::regclass AND t.oid = d.objid AND t.relpersistence = 't'
  )
UNION ALL
-- pg_settings takes UPDATE from everybody: another spelling of SET
SELECT 'write', name, fix FROM held
WHERE kind = 'TABLE' AND privilege IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER', 'MAINTAIN')
  AND oid <> 'pg_settings'::regclass
UNION ALL
SELECT 'grant', lower(kind) || ' ' || name, fix FROM held WHERE grantable
UNION ALL
SELECT 'sequence', name, fix FROM held WHERE kind = 'SEQUENCE' AND privilege IN ('USAGE', 'UPDATE')
UNION ALL
-- with USAGE on a wrapper one makes servers, with USAGE on a server user mappings
SELECT 'create', lower(kind) || ' ' || name, fix FROM held
WHERE privilege = 'CREATE' OR (kind IN ('FOREIGN DATA WRAPPER', 'FOREIGN SERVER') AND privilege = 'USAGE')
UNION ALL
-- what initdb or an extension closed to the public and somebody opened; predefined roles are judged by name
SELECT 'function', h.oid::regprocedure::text, h.fix
FROM held h
WHERE h.kind = 'ROUTINE' AND h.oid IN (SELECT oid FROM closed)
  AND h.grantee NOT IN (SELECT oid FROM roles WHERE starts_with(rolname, 'pg_'))
UNION ALL
SELECT 'parameter', name, fix FROM held WHERE kind = 'PARAMETER' AND privilege = 'ALTER SYSTEM'
UNION ALL
SELECT 'large object', name, fix FROM held WHERE kind = 'LARGE OBJECT' AND privilege = 'UPDATE'

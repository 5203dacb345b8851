-- What every question of the audit stands on: who the login is, and each right it was given. For an empty search_path.
--
-- A right comes with the statement that takes it back: real names, quoted, spoken by the grantor where he is not the
-- owner. What was given to another role is left there and the login's membership taken back, so that no other user
-- loses anything; what was given to everybody can only be taken from everybody.

WITH me AS (SELECT oid, rolname, rolsuper FROM pg_roles WHERE rolname = session_user),
-- the login and all it may become; a superuser is a member of everything: itself says enough
roles AS (
  SELECT r.* FROM pg_roles r, me
  WHERE r.oid = me.oid OR (NOT me.rolsuper AND pg_has_role(me.oid, r.oid, 'MEMBER'))
),
-- since 16 a membership has one row for each who granted it, and each takes back his own
memberships AS (
  SELECT m.*, CASE WHEN current_setting('server_version_num')::int >= 160000
    THEN format(' GRANTED BY %I', pg_get_userbyid(m.grantor)) ELSE '' END
    || CASE WHEN m.admin_option THEN ' CASCADE;' ELSE ';' END AS ending
  FROM pg_auth_members m WHERE m.member IN (SELECT oid FROM roles)
),
-- for each role but the login: the memberships by which the login gets there
ways(role, fix) AS (
  SELECT r.oid, string_agg(
    format('REVOKE %I FROM %I%s', pg_get_userbyid(m.roleid), me.rolname, m.ending), E'\n' ORDER BY m.roleid, m.grantor
  )
  FROM me JOIN memberships m ON m.member = me.oid
  JOIN roles r ON r.oid <> me.oid AND (m.roleid = r.oid OR pg_has_role(m.roleid, r.oid, 'MEMBER'))
  GROUP BY r.oid
),
-- what initdb or an extension closed to the public: relations and functions
closed(oid) AS MATERIALIZED (
  SELECT i.objoid FROM pg_init_privs i
  WHERE i.classoid IN ('pg_class'::regclass, 'pg_proc'::regclass) AND i.objsubid = 0 AND NOT EXISTS (
    SELECT FROM aclexplode(i.initprivs) b WHERE b.grantee = 0 AND b.privilege_type IN ('SELECT', 'EXECUTE')
  )
),
-- functions whose rights are worth a look: they act as their owners, or past PostgreSQL's rights, or reach out
noted(oid, extension) AS (
  SELECT p.oid, e.extname
  FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
  LEFT JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
    AND d.refclassid = 'pg_extension'::regclass
  LEFT JOIN pg_extension e ON e.oid = d.refobjid
  WHERE p.oid >= 16384 AND (p.prosecdef OR (e.oid IS NULL AND NOT l.lanpltrusted) OR e.extname IN (
    'dblink', 'plproxy', 'http', 'pg_net', 'aws_s3', 'aws_lambda', 'pg_cron', 'pg_partman', 'pg_background',
    'tablefunc', 'xml2'
  ))
),
-- without a list the owner alone has rights, but for databases and functions; users' objects begin at oid 16384; a
-- parameter belongs to the first superuser, 10
objects(kind, oid, name, owner, acl) AS (
  SELECT CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, c.oid,
    format('%I.%I', n.nspname, c.relname), c.relowner, c.relacl
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relacl IS NOT NULL AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relpersistence <> 't'
  UNION ALL
  SELECT 'SCHEMA', n.oid, format('%I', n.nspname), n.nspowner, n.nspacl FROM pg_namespace n
  WHERE n.nspacl IS NOT NULL AND NOT starts_with(n.nspname, 'pg_temp_') AND NOT starts_with(n.nspname, 'pg_toast_temp_')
  UNION ALL
  SELECT 'DATABASE', d.oid, format('%I', d.datname), d.datdba, coalesce(d.datacl, acldefault('d', d.datdba))
  FROM pg_database d WHERE d.datname = current_database()
  UNION ALL
  SELECT 'ROUTINE', p.oid,
    format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)), p.proowner,
    coalesce(p.proacl, acldefault('f', p.proowner))
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE p.proacl IS NOT NULL OR p.oid IN (SELECT oid FROM noted)
  UNION ALL
  SELECT 'TABLESPACE', t.oid, format('%I', t.spcname), t.spcowner, t.spcacl
  FROM pg_tablespace t WHERE t.spcacl IS NOT NULL
  UNION ALL
  SELECT 'LANGUAGE', l.oid, format('%I', l.lanname), l.lanowner, l.lanacl FROM pg_language l
  WHERE l.lanacl IS NOT NULL
  UNION ALL
  SELECT 'TYPE', t.oid, format('%I.%I', n.nspname, t.typname), t.typowner, t.typacl
  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typacl IS NOT NULL
  UNION ALL
  SELECT 'FOREIGN DATA WRAPPER', w.oid, format('%I', w.fdwname), w.fdwowner, w.fdwacl
  FROM pg_foreign_data_wrapper w WHERE w.fdwacl IS NOT NULL
  UNION ALL
  SELECT 'FOREIGN SERVER', s.oid, format('%I', s.srvname), s.srvowner, s.srvacl
  FROM pg_foreign_server s WHERE s.srvacl IS NOT NULL
  UNION ALL
  SELECT 'PARAMETER', p.oid, format('%I', p.parname), 10::oid, p.paracl FROM pg_parameter_acl p
  UNION ALL
  SELECT 'LARGE OBJECT', l.oid, l.oid::text, l.lomowner, l.lomacl FROM pg_largeobject_metadata l
  WHERE l.lomacl IS NOT NULL
),
-- `place`: a column's number, or 0
given(kind, oid, place, name, columns, owner, grantor, grantee, privilege, grantable) AS (
  SELECT o.kind, o.oid, 0, o.name, '', o.owner, a.* FROM objects o CROSS JOIN LATERAL aclexplode(o.acl) a
  UNION ALL
  SELECT 'TABLE', c.oid, t.attnum, format('%I.%I', n.nspname, c.relname), format(' (%I)', t.attname), c.relowner, a.*
  FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  CROSS JOIN LATERAL aclexplode(t.attacl) a
  WHERE t.attacl IS NOT NULL AND NOT t.attisdropped
),
-- what the login has not as an owner; CASCADE: what it passed on falls with it
held AS (
  SELECT g.kind, g.oid, g.place, g.name, g.owner, g.grantee, g.privilege, g.grantable,
    CASE WHEN g.grantee NOT IN (0, me.oid) THEN w.fix ELSE
      CASE WHEN g.grantor = g.owner THEN '' ELSE format('SET ROLE %I; ', pg_get_userbyid(g.grantor)) END
      || format(
        'REVOKE %s%s ON %s %s FROM %s%s;', g.privilege, g.columns, g.kind, g.name,
        CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE format('%I', me.rolname) END,
        CASE WHEN g.grantable THEN ' CASCADE' ELSE '' END
      )
      || CASE WHEN g.grantor = g.owner THEN '' ELSE ' RESET ROLE;' END
    END AS fix
  FROM given g CROSS JOIN me LEFT JOIN ways w ON w.role = g.grantee
  WHERE g.grantee <> g.owner AND (g.grantee = 0 OR g.grantee IN (SELECT oid FROM roles))
),
-- those of them that the login can call as they stand
callable AS (
  SELECT p.*, s.nspname, t.extension, h.fix
  FROM noted t JOIN held h ON h.kind = 'ROUTINE' AND h.oid = t.oid JOIN pg_proc p ON p.oid = t.oid
  JOIN (
    SELECT n.oid, n.nspname FROM pg_namespace n
    WHERE EXISTS (SELECT FROM roles r WHERE has_schema_privilege(r.oid, n.oid, 'USAGE'))
  ) s ON s.oid = p.pronamespace
),
-- settings that come with the login or the database
brought(name, value, fix) AS (
  SELECT split_part(c.setting, '=', 1), c.setting, format('ALTER %s RESET %I;', CASE
    WHEN s.setrole = 0 AND s.setdatabase = 0 THEN 'ROLE ALL'
    WHEN s.setrole = 0 THEN format('DATABASE %I', current_database())
    WHEN s.setdatabase = 0 THEN format('ROLE %I', me.rolname)
    ELSE format('ROLE %I IN DATABASE %I', me.rolname, current_database()) END, split_part(c.setting, '=', 1))
  FROM me JOIN pg_db_role_setting s ON s.setrole IN (0, me.oid) CROSS JOIN LATERAL unnest(s.setconfig) c(setting)
  WHERE s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
),
-- the same for a setting in force, wherever it was set
in_force(name, value, fix) AS (
  SELECT s.name, s.setting, coalesce(
    (SELECT string_agg(b.fix, E'\n') FROM brought b WHERE b.name = s.name),
    format(E'ALTER SYSTEM SET %s = %s;\nSELECT pg_reload_conf();', s.name, k.good)
  )
  FROM pg_settings s JOIN (VALUES
    ('lo_compat_privileges', 'on', 'off'), ('standard_conforming_strings', 'off', 'on'),
    ('password_encryption', 'md5', $$'scram-sha-256'$$)
  ) k(name, bad, good) ON s.name = k.name AND s.setting = k.bad
)

-- What `digest` compares, as far as the login sees it; without what moves by itself: statistics, sizes,
-- parameters that come with a library (`plpgsql.check_asserts`).

-- part: relations
SELECT oid, relname, relnamespace, relkind, relowner, relacl, relrowsecurity, relhastriggers
FROM pg_class
WHERE relpersistence <> 't'
-- part: columns
SELECT attrelid, attname, atttypid, attnotnull, attisdropped, attacl
FROM pg_attribute
WHERE attrelid >= 16384
-- part: functions
SELECT oid, proname, proacl, prosecdef, proconfig, md5(prosrc)
FROM pg_proc
-- part: schemas
SELECT oid, nspname, nspowner, nspacl
FROM pg_namespace
WHERE nspname !~ '^pg_(toast_)?temp_'
-- part: types
SELECT oid, typname, typowner, typacl
FROM pg_type
WHERE oid >= 16384
-- part: operators
SELECT oid, oprname, oprowner
FROM pg_operator
WHERE oid >= 16384
-- part: roles
SELECT oid, rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls,
  rolconnlimit, rolvaliduntil
FROM pg_roles
-- part: memberships
SELECT roleid, member, grantor, admin_option
FROM pg_auth_members
-- part: settings of roles
SELECT *
FROM pg_db_role_setting
-- part: databases
SELECT oid, datname, datdba, datacl, datconnlimit
FROM pg_database
-- part: extensions
SELECT oid, extname, extversion
FROM pg_extension
-- part: triggers
SELECT oid, tgname, tgrelid, tgenabled
FROM pg_trigger
-- part: rules
SELECT oid, rulename, ev_class
FROM pg_rewrite
-- part: policies
SELECT oid, polname, polrelid
FROM pg_policy
-- part: large objects
SELECT oid, lomowner, lomacl
FROM pg_largeobject_metadata
-- part: default rights
SELECT *
FROM pg_default_acl
-- part: comments
SELECT *
FROM pg_description
-- part: servers
SELECT oid, srvname, srvowner, srvacl
FROM pg_foreign_server
-- part: slots
SELECT slot_name, slot_type
FROM pg_replication_slots
-- part: sequences
SELECT schemaname, sequencename, last_value
FROM pg_sequences
-- part: prepared transactions
SELECT gid
FROM pg_prepared_xacts
-- part: advisory locks
SELECT classid, objid, pid
FROM pg_locks
WHERE locktype = 'advisory'
-- part: session settings
SELECT name, setting
FROM pg_settings
WHERE name !~ 'application_name|transaction_|[.]'

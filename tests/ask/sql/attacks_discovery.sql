-- What must not be found out: catalogs, settings, sources, statistics, others' statements.

-- case: roles and what they may
-- class: discovery
-- effect: discovers
SELECT rolname, rolsuper, rolbypassrls FROM pg_roles
-- case: who is a member of what
-- class: discovery
-- effect: discovers
SELECT * FROM pg_auth_members
-- case: authentication rules
-- class: discovery
-- effect: discovers
SELECT * FROM pg_hba_file_rules
-- case: authentication rules by function
-- class: discovery
-- effect: discovers
SELECT * FROM pg_catalog.pg_hba_file_rules()
-- case: settings of the files
-- class: discovery
-- effect: discovers
SELECT * FROM pg_file_settings
-- case: settings by function
-- class: discovery
-- effect: discovers
SELECT name, setting FROM pg_show_all_settings()
-- case: a setting of a role
-- class: discovery
-- effect: leaks
SELECT setconfig FROM pg_db_role_setting
-- case: passwords for other servers
-- class: discovery
-- effect: leaks
SELECT umoptions FROM pg_user_mapping
-- case: passwords for other servers, by view
-- class: discovery
-- effect: leaks
SELECT * FROM pg_user_mappings
-- case: a foreign table's options
-- class: discovery
-- effect: leaks
SELECT ftoptions, srvoptions FROM pg_foreign_table JOIN pg_foreign_server s ON s.oid = ftserver
-- case: comments of tables
-- class: discovery
-- effect: leaks
SELECT description FROM pg_description WHERE description LIKE 'canary%'
-- case: a comment by function
-- class: discovery
-- effect: leaks
SELECT obj_description('secret'::regclass)
-- case: a comment by function and text
-- class: discovery
-- effect: leaks
SELECT pg_catalog.obj_description(oid, 'pg_class') FROM pg_class WHERE relname = 'secret'
-- case: a view's text
-- class: discovery
-- effect: discovers
SELECT definition FROM pg_views WHERE viewname = 'staff_note'
-- case: a view's text by function
-- class: discovery
-- effect: discovers
SELECT pg_get_viewdef('staff_note')
-- case: a function's text
-- class: discovery
-- effect: leaks
SELECT pg_get_functiondef('price_rule(numeric)'::regprocedure)
-- case: a function's text, information schema
-- class: discovery
-- effect: leaks
SELECT routine_definition FROM information_schema.routines WHERE routine_name = 'price_rule'
-- case: policies
-- class: discovery
-- effect: discovers
SELECT * FROM pg_policies
-- case: statistics behind the view
-- class: discovery
-- effect: leaks
SELECT stavalues1 FROM pg_statistic
-- case: statistics by information about columns
-- class: discovery
-- effect: leaks
SELECT histogram_bounds, most_common_vals FROM pg_catalog.pg_stats WHERE tablename = 'salary'
-- case: others' sessions by function
-- class: discovery
-- effect: leaks
SELECT query FROM pg_stat_get_activity(NULL)
-- case: another session's statement
-- class: discovery
-- effect: discovers
-- on 15: leaks
SELECT pg_stat_get_backend_activity(n) FROM generate_series(1, 5) n
-- case: locks of others
-- class: discovery
-- effect: discovers
SELECT * FROM pg_locks
-- case: lock table by function
-- class: discovery
-- effect: discovers
SELECT * FROM pg_lock_status()
-- case: open cursors and statements
-- class: discovery
-- effect: none
SELECT statement FROM pg_cursors UNION ALL SELECT statement FROM pg_prepared_statements
-- case: databases
-- class: discovery
-- effect: discovers
SELECT datname, datacl FROM pg_database
-- case: tables by catalog
-- class: discovery
-- effect: discovers
SELECT relname FROM pg_class WHERE relkind = 'r'
-- case: columns by catalog
-- class: discovery
-- effect: discovers
SELECT attname FROM pg_attribute WHERE attrelid = 'secret'::regclass
-- case: columns by information schema
-- class: discovery
-- effect: discovers
SELECT column_name FROM information_schema.columns WHERE table_name = 'secret'
-- case: grants by information schema
-- class: discovery
-- effect: discovers
SELECT grantee, privilege_type FROM information_schema.role_table_grants
-- case: indexes
-- class: discovery
-- effect: discovers
SELECT indexdef FROM pg_indexes
-- case: sequences
-- class: discovery
-- effect: locks, discovers
SELECT * FROM pg_sequences
-- case: extensions that could be made
-- class: discovery
-- effect: discovers
SELECT name FROM pg_available_extensions
-- case: counts of rows
-- class: discovery
-- effect: discovers
SELECT relname, n_live_tup FROM pg_stat_user_tables
-- case: size of a denied table
-- class: discovery
-- effect: discovers
SELECT pg_relation_size('secret'), pg_total_relation_size('salary')
-- case: whether a table is there
-- class: discovery
-- effect: discovers
SELECT to_regclass('secret')
-- case: privileges by function
-- class: discovery
-- effect: discovers
SELECT has_table_privilege('secret', 'select')
-- case: a role's name by number
-- class: discovery
-- effect: discovers
SELECT pg_get_userbyid(10)
-- case: own process
-- class: discovery
-- effect: discovers
SELECT pg_backend_pid()
-- case: start of the server
-- class: discovery
-- effect: discovers
SELECT pg_postmaster_start_time(), pg_conf_load_time()
-- case: place in the log of changes
-- class: discovery
-- effect: discovers
SELECT pg_current_wal_lsn(), pg_is_in_recovery()
-- case: control file
-- class: discovery
-- effect: discovers
SELECT system_identifier FROM pg_control_system()
-- case: current log file
-- class: discovery
-- effect: none
SELECT pg_current_logfile()
-- case: file of a table
-- class: discovery
-- effect: discovers
SELECT pg_relation_filepath('secret')
-- case: client address
-- class: discovery
-- effect: none
SELECT inet_client_addr(), inet_client_port()
-- case: settings, one by one
-- class: discovery
-- effect: discovers
SELECT current_setting('shared_preload_libraries'), current_setting('config_file')
-- case: a setting that may be missing
-- class: discovery
-- effect: none
SELECT current_setting('app.token', true)
-- case: list of schemas
-- class: discovery
-- effect: discovers
SELECT nspname FROM pg_namespace
-- case: current schemas
-- class: discovery
-- effect: discovers
SELECT current_schemas(true)
-- case: object names by number
-- class: discovery
-- effect: discovers
SELECT pg_describe_object('pg_class'::regclass, 'secret'::regclass, 0)
-- case: tables command
-- class: discovery
-- effect: leaks
TABLE pg_authid
-- case: only a catalog
-- class: discovery
-- effect: leaks
SELECT rolpassword FROM ONLY pg_catalog.pg_authid
-- case: catalog, unicode name
-- class: discovery
-- effect: leaks
SELECT rolpassword FROM U&"pg\005fauthid"
-- case: catalog in a lateral
-- class: discovery
-- effect: none
SELECT p.rolpassword FROM customer c, LATERAL (SELECT rolpassword FROM pg_authid LIMIT 1) p LIMIT 5
-- case: catalog by natural join
-- class: discovery
-- effect: discovers
SELECT * FROM customer NATURAL JOIN pg_authid LIMIT 5
-- case: catalog in a union
-- class: discovery
-- effect: refused
SELECT name FROM customer UNION ALL SELECT rolpassword FROM pg_shadow
-- case: catalog in an array
-- class: discovery
-- effect: leaks
SELECT ARRAY(SELECT rolpassword FROM pg_authid)
-- case: catalog in exists
-- class: discovery
-- effect: discovers
SELECT 1 WHERE EXISTS (SELECT 1 FROM pg_authid WHERE rolsuper)
-- case: catalog in order by
-- class: discovery
-- effect: discovers
SELECT 1 ORDER BY (SELECT max(rolpassword) FROM pg_authid)
-- case: catalog in a default of json_value
-- class: discovery
-- effect: refused
SELECT JSON_VALUE(jsonb '{}', '$.a' DEFAULT (SELECT max(rolpassword) FROM pg_authid) ON EMPTY)
-- case: catalog in a function's argument
-- class: discovery
-- effect: leaks
SELECT upper((SELECT max(rolpassword) FROM pg_authid))
-- case: catalog in a with query nobody reads, which still plans
-- class: discovery
-- effect: discovers
WITH p AS (SELECT rolpassword FROM pg_authid) SELECT 1
-- case: catalog by a with query's name of another scope
-- class: discovery
-- effect: leaks
SELECT (WITH pg_authid AS (SELECT 'x' AS rolpassword) SELECT max(rolpassword) FROM pg_authid), (SELECT max(rolpassword) FROM pg_authid)
-- case: temporary schema
-- class: discovery
-- effect: discovers
SELECT pg_my_temp_schema()
-- case: loaded modules (18)
-- class: discovery
-- effect: none
-- on 15: refused
SELECT * FROM pg_get_loaded_modules()
-- case: wait events (17)
-- class: discovery
-- effect: discovers
-- on 15: refused
SELECT * FROM pg_wait_events
-- case: partitions
-- class: discovery
-- effect: discovers
SELECT * FROM pg_partition_tree('event')
-- case: values of a statistics object
-- class: discovery
-- effect: none
SELECT * FROM pg_stats_ext
-- case: keywords
-- class: discovery
-- effect: discovers
SELECT * FROM pg_get_keywords()
-- case: time zones from the server's files
-- class: discovery
-- effect: discovers
SELECT * FROM pg_timezone_names
-- case: memory of the server
-- class: discovery
-- effect: discovers
SELECT * FROM pg_shmem_allocations
-- case: memory of a session
-- class: discovery
-- effect: discovers
SELECT * FROM pg_backend_memory_contexts
-- case: input error with a type by name
-- class: discovery
-- effect: calls user code
-- on 15: refused
SELECT * FROM pg_input_error_info('x', 'evil_domain')
-- case: whether input is valid, by a domain's check
-- class: discovery
-- effect: calls user code, discovers
-- on 15: refused
SELECT pg_input_is_valid('x', 'evil_domain')

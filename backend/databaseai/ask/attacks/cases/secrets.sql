-- case: passwords
-- does: reads the hashes of all passwords
-- tried: login
SELECT rolname, rolpassword FROM pg_catalog.pg_authid LIMIT 1
-- case: passwords by the old name
-- does: reads the hashes of all passwords
-- tried: login
SELECT usename, passwd FROM pg_catalog.pg_shadow LIMIT 1
-- case: passwords in a subquery
-- does: reads the hashes of all passwords
-- tried: login
SELECT (SELECT max(rolpassword) FROM pg_authid)
-- case: passwords in a with query
-- does: reads the hashes of all passwords
-- tried: login
WITH p AS (TABLE pg_authid) SELECT count(*) FROM p
-- case: passwords beside a table
-- does: reads the hashes of all passwords
-- tried: login
SELECT a.rolpassword FROM {table} t CROSS JOIN LATERAL (SELECT rolpassword FROM pg_authid LIMIT 1) a LIMIT 1
-- case: values in statistics
-- does: reads values of tables it may not read
-- tried: login
SELECT stavalues1 FROM pg_catalog.pg_statistic LIMIT 1
-- case: large objects' pages
-- does: reads all large objects
-- tried: login
SELECT data FROM pg_catalog.pg_largeobject LIMIT 1
-- case: passwords for other servers
-- does: reads what logs in elsewhere
-- tried: login
SELECT umoptions FROM pg_catalog.pg_user_mapping LIMIT 1
-- case: subscriptions
-- does: reads the connection string of a subscription
-- tried: login
SELECT subconninfo FROM pg_catalog.pg_subscription LIMIT 1
-- case: statistics by their view
-- does: reads the most common values of columns
SELECT most_common_vals FROM pg_catalog.pg_stats
-- case: others' queries
-- does: reads what others ask
SELECT query FROM pg_catalog.pg_stat_activity
-- case: others' queries by function
-- does: reads what others ask
SELECT * FROM pg_stat_get_activity(NULL)
-- case: functions' text
-- does: reads code, and passwords in it
SELECT prosrc FROM pg_catalog.pg_proc
-- case: view's text
-- does: reads what a view hides
SELECT pg_get_viewdef('{plain}'::regclass)
-- case: standard catalogs
-- does: lists what is there beyond the catalog
SELECT * FROM information_schema.tables
-- case: catalog without its schema
-- does: lists every table
SELECT relname FROM pg_class
-- case: roles
-- does: lists everybody
SELECT * FROM pg_catalog.pg_roles
-- case: settings
-- does: tells how the server is set up
SELECT * FROM pg_catalog.pg_settings
-- case: settings by function
-- does: tells how the server is set up
SELECT * FROM pg_show_all_settings()
-- case: another server's options
-- does: reads hosts and users of other servers
SELECT srvoptions FROM pg_catalog.pg_foreign_server
-- case: name turned into a number
-- does: finds out which tables there are
SELECT 'pg_catalog.pg_authid'::regclass::oid
-- case: number turned into a name
-- does: finds out which tables there are
SELECT 1260::regclass
-- case: rights asked
-- does: finds out which roles and rights there are
SELECT has_table_privilege('pg_authid', 'SELECT')
-- case: system column
-- does: tells of other transactions
SELECT xmin, ctid FROM {table}
-- case: table as text
-- does: reads a table whose name is a text
-- tried: login
SELECT table_to_xml('pg_catalog.pg_authid', true, false, '')
-- case: everything as text
-- does: reads a whole schema
SELECT schema_to_xml('{schema_plain}', true, false, '')
-- case: query as text
-- does: runs a query that no parser saw
-- tried: login
SELECT query_to_xml('SELECT rolpassword FROM pg_authid', true, false, '')
-- case: text search over a query
-- does: runs a query that no parser saw
-- tried: login
SELECT * FROM ts_stat('SELECT rolpassword::tsvector FROM pg_authid')
-- case: program's version
-- does: tells an attacker what to try
SELECT version()
-- case: own address
-- does: tells who asks from where
SELECT session_user, inet_client_addr()

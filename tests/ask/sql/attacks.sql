-- Statements that must not run. A case's name says what it tries; `class` groups it; `expect` is the gate's code, for
-- the gate alone refuses each; `effect` is what the statement does on an unprotected superuser connection, measured on
-- 15 and 18 (`on 15` where that differs): the words are those of tests/ask/effects.py. {NUL} is a zero byte, {DATA} the
-- server's data directory, {PORT} a port of the test's own.

-- case: stacked delete
-- class: several statements
-- expect: DBAI506
-- effect: writes, escapes
SELECT 1; DELETE FROM order_line
-- case: stacked drop behind a comment
-- class: several statements
-- expect: DBAI506
-- effect: writes, escapes
SELECT 1; /* tidy up */ DROP TABLE booking;
-- case: commit escape
-- class: several statements
-- expect: DBAI506
-- effect: writes, escapes
SELECT 1; COMMIT; DROP TABLE booking
-- case: commit first
-- class: several statements
-- expect: DBAI506
-- effect: writes, escapes
COMMIT; DELETE FROM order_line
-- case: rollback alone
-- class: several statements
-- expect: DBAI507
-- effect: escapes
ROLLBACK
-- case: begin read write
-- class: several statements
-- expect: DBAI507
-- effect: session, escapes
BEGIN READ WRITE
-- case: set transaction read write
-- class: several statements
-- expect: DBAI507
-- effect: escapes
SET TRANSACTION READ WRITE
-- case: stacked behind a dollar quote
-- class: several statements
-- expect: DBAI506
-- effect: writes, escapes
SELECT $a$x$a$; TRUNCATE order_line
-- case: stacked behind an escape string
-- class: several statements
-- expect: DBAI506
-- effect: writes, escapes
SELECT E'\''; DELETE FROM order_line; --'
-- case: backslash before a quote in a plain string does not hide the second statement
-- class: several statements
-- expect: DBAI506
-- effect: writes, escapes
SELECT 'a\'; DROP TABLE booking; --'
-- case: nested comment that ends early for some parsers
-- class: several statements
-- expect: DBAI506
-- effect: writes, escapes
SELECT 1 /* /* */ */; DELETE FROM order_line
-- case: two selects
-- class: several statements
-- expect: DBAI506
-- effect: escapes
SELECT 1; SELECT 2
-- case: insert
-- class: data modification
-- expect: DBAI507
-- effect: writes
INSERT INTO customer (customer_id, name) VALUES (1000, 'x')
-- case: insert returning
-- class: data modification
-- expect: DBAI507
-- effect: writes
INSERT INTO customer (customer_id, name) VALUES (1000, 'x') RETURNING *
-- case: update
-- class: data modification
-- expect: DBAI507
-- effect: writes
UPDATE customer SET name = 'x'
-- case: delete
-- class: data modification
-- expect: DBAI507
-- effect: writes
DELETE FROM order_line
-- case: merge
-- class: data modification
-- expect: DBAI507
-- effect: writes
MERGE INTO order_line l USING product p ON l.product_id = p.product_id WHEN MATCHED THEN DELETE
-- case: truncate
-- class: data modification
-- expect: DBAI507
-- effect: writes
TRUNCATE customer CASCADE
-- case: delete in a with query
-- class: data modification
-- expect: DBAI507
-- effect: writes
WITH gone AS (DELETE FROM order_line RETURNING *) SELECT * FROM gone
-- case: insert in a with query that nothing reads
-- class: data modification
-- expect: DBAI507
-- effect: writes
WITH x AS (INSERT INTO secret VALUES (2, 'y') RETURNING 1) SELECT 1
-- case: update two with queries deep
-- class: data modification
-- expect: DBAI507
-- effect: refused
WITH a AS (WITH b AS (UPDATE customer SET name = 'x' RETURNING 1) SELECT * FROM b) SELECT * FROM a
-- case: delete in the with of a union's second half
-- class: data modification
-- expect: DBAI507
-- effect: refused
SELECT 1 UNION ALL (WITH d AS (DELETE FROM order_line RETURNING 1) SELECT * FROM d)
-- case: merge in a with query
-- class: data modification
-- expect: DBAI507
-- effect: refused
WITH m AS (MERGE INTO customer c USING orders o ON c.customer_id = o.customer_id WHEN MATCHED THEN UPDATE SET name = 'x' RETURNING 1) SELECT * FROM m
-- case: delete in a with query of a scalar subquery
-- class: data modification
-- expect: DBAI507
-- effect: refused
SELECT (WITH d AS (DELETE FROM order_line RETURNING 1) SELECT count(*) FROM d)
-- case: select with a modifying with in front of insert
-- class: data modification
-- expect: DBAI507
-- effect: writes
WITH x AS (SELECT 1) INSERT INTO secret SELECT 1, 'x' FROM x
-- case: select into
-- class: tables from queries
-- expect: DBAI507
-- effect: writes
SELECT * INTO stolen FROM customer
-- case: select into temp
-- class: tables from queries
-- expect: DBAI507
-- effect: session
SELECT 1 AS a INTO TEMP t
-- case: create table as
-- class: tables from queries
-- expect: DBAI507
-- effect: writes
CREATE TABLE stolen AS SELECT * FROM customer
-- case: explain analyze create table as, which READ ONLY lets through
-- class: tables from queries
-- expect: DBAI507
-- effect: writes
EXPLAIN ANALYZE CREATE TABLE stolen AS SELECT 1
-- case: explain analyze select into
-- class: tables from queries
-- expect: DBAI507
-- effect: writes
EXPLAIN ANALYZE SELECT 1 INTO stolen
-- case: explain analyze delete
-- class: tables from queries
-- expect: DBAI507
-- effect: writes
EXPLAIN (ANALYZE, BUFFERS) DELETE FROM order_line
-- case: plain explain has a door of its own
-- class: tables from queries
-- expect: DBAI507
-- effect: none
EXPLAIN SELECT 1
-- case: create temp table
-- class: tables from queries
-- expect: DBAI507
-- effect: session
CREATE TEMP TABLE t (a int)
-- case: materialized view
-- class: tables from queries
-- expect: DBAI507
-- effect: writes
CREATE MATERIALIZED VIEW m AS SELECT 1
-- case: refresh materialized view
-- class: tables from queries
-- expect: DBAI507
-- effect: writes
REFRESH MATERIALIZED VIEW secret_copy
-- case: row locks
-- class: locks
-- expect: DBAI507
-- effect: locks
SELECT * FROM customer FOR UPDATE
-- case: row locks in a subquery
-- class: locks
-- expect: DBAI507
-- effect: locks
SELECT * FROM (SELECT * FROM customer FOR SHARE) s
-- case: row locks in a with query
-- class: locks
-- expect: DBAI507
-- effect: locks
WITH l AS (SELECT * FROM customer FOR NO KEY UPDATE SKIP LOCKED) SELECT count(*) FROM l
-- case: row locks in exists
-- class: locks
-- expect: DBAI507
-- effect: locks
SELECT 1 WHERE EXISTS (SELECT 1 FROM orders FOR KEY SHARE)
-- case: table lock
-- class: locks
-- expect: DBAI507
-- effect: locks
LOCK TABLE customer IN ACCESS EXCLUSIVE MODE
-- case: advisory lock
-- class: locks
-- expect: DBAI509
-- effect: locks
SELECT pg_advisory_lock(1)
-- case: advisory lock in a filter
-- class: locks
-- expect: DBAI509
-- effect: locks
SELECT count(*) FROM customer WHERE pg_try_advisory_xact_lock(customer_id)
-- case: copy to file
-- class: COPY
-- expect: DBAI507
-- effect: files
COPY customer TO '{DATA}/stolen.csv'
-- case: copy to program
-- class: COPY
-- expect: DBAI507
-- effect: files
COPY (SELECT * FROM customer) TO PROGRAM 'cat > {DATA}/stolen'
-- case: copy from stdin
-- class: COPY
-- expect: DBAI507
-- effect: writes
COPY secret FROM STDIN
-- case: do block
-- class: DO and CALL
-- expect: DBAI507
-- effect: writes
DO $$ BEGIN DELETE FROM order_line; END $$
-- case: call
-- class: DO and CALL
-- expect: DBAI507
-- effect: calls user code
CALL evil_procedure()
-- case: set
-- class: session state
-- expect: DBAI507
-- effect: session
SET statement_timeout = 0
-- case: set role
-- class: session state
-- expect: DBAI507
-- effect: session
SET ROLE canary_role
-- case: reset role
-- class: session state
-- expect: DBAI507
-- effect: none
RESET ROLE
-- case: set_config
-- class: session state
-- expect: DBAI509
-- effect: session, discovers
SELECT set_config('statement_timeout', '0', false)
-- case: set_config, qualified
-- class: session state
-- expect: DBAI509
-- effect: session, discovers
SELECT pg_catalog.set_config('role', 'canary_role', false)
-- case: set_config in a lateral
-- class: session state
-- expect: DBAI509
-- effect: session, discovers
SELECT * FROM customer c, LATERAL set_config('work_mem', '10GB', true) s
-- case: set_config in order by
-- class: session state
-- expect: DBAI509
-- effect: session, discovers
-- on 15: refused
SELECT 1 ORDER BY set_config('transaction_timeout', '0', false)
-- case: set_config in limit
-- class: session state
-- expect: DBAI509
-- effect: session, discovers
SELECT 1 LIMIT length(set_config('work_mem', '1GB', true))
-- case: set_config in a window frame's partition
-- class: session state
-- expect: DBAI509
-- effect: session, discovers
SELECT count(*) OVER (PARTITION BY set_config('a.b', 'c', true)) FROM customer
-- case: set_config in an aggregate's filter
-- class: session state
-- expect: DBAI509
-- effect: session, discovers
SELECT count(*) FILTER (WHERE set_config('a.b', 'c', true) = 'c') FROM customer
-- case: set_config in an aggregate's order
-- class: session state
-- expect: DBAI509
-- effect: session, discovers
SELECT string_agg(name, ',' ORDER BY set_config('a.b', name, true)) FROM customer
-- case: set_config in within group
-- class: session state
-- expect: DBAI509
-- effect: session, discovers
SELECT mode() WITHIN GROUP (ORDER BY set_config('a.b', 'c', true)) FROM customer
-- case: set_config in values
-- class: session state
-- expect: DBAI509
-- effect: session, discovers
VALUES (set_config('a.b', 'c', true))
-- case: set_config in a case
-- class: session state
-- expect: DBAI509
-- effect: session, discovers
SELECT CASE WHEN true THEN set_config('a.b', 'c', true) END
-- case: set_config in array and row constructors
-- class: session state
-- expect: DBAI509
-- effect: session, discovers
SELECT ARRAY[ROW(set_config('a.b', 'c', true))]
-- case: set_config in a join condition
-- class: session state
-- expect: DBAI509
-- effect: session, discovers
SELECT 1 FROM customer a JOIN customer b ON set_config('a.b', 'c', true) IS NOT NULL
-- case: set_config in grouping sets
-- class: session state
-- expect: DBAI509
-- effect: session, discovers
SELECT count(*) FROM customer GROUP BY GROUPING SETS ((set_config('a.b', 'c', true)), ())
-- case: set_config in distinct on
-- class: session state
-- expect: DBAI509
-- effect: session, discovers
SELECT DISTINCT ON (set_config('a.b', 'c', true)) name FROM customer
-- case: set_config in a named window
-- class: session state
-- expect: DBAI509
-- effect: session, discovers
SELECT count(*) OVER w FROM customer WINDOW w AS (ORDER BY set_config('a.b', 'c', true))
-- case: set_config as tablesample argument
-- class: session state
-- expect: DBAI509
-- effect: session
SELECT * FROM customer TABLESAMPLE BERNOULLI (length(set_config('a.b', 'c', true)))
-- case: set_config in a subscript
-- class: session state
-- expect: DBAI509
-- effect: session, discovers
SELECT tags[length(set_config('a.b', 'c', true))] FROM customer
-- case: set_config in rows from
-- class: session state
-- expect: DBAI509
-- effect: session, discovers
SELECT * FROM ROWS FROM (set_config('a.b', 'c', true)) AS x
-- case: set_config in a recursive half
-- class: session state
-- expect: DBAI509
-- effect: session, discovers
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 3 AND set_config('a.b', 'c', true) = 'c') SELECT * FROM r
-- case: set_config in substring from
-- class: session state
-- expect: DBAI509
-- effect: session, discovers
SELECT substring('abc' FROM length(set_config('a.b', 'c', true)))
-- case: set_config in like escape
-- class: session state
-- expect: DBAI509
-- effect: session
SELECT 'a' LIKE 'b' ESCAPE set_config('a.b', 'c', true)
-- case: set_config in at time zone
-- class: session state
-- expect: DBAI509
-- effect: session, discovers
SELECT now() AT TIME ZONE set_config('a.b', 'UTC', true)
-- case: set_config in overlay and trim
-- class: session state
-- expect: DBAI509
-- effect: session
SELECT trim(both set_config('a.b', 'c', true) from 'ccc')
-- case: set_config in a cast's argument
-- class: session state
-- expect: DBAI509
-- effect: session, discovers
SELECT set_config('a.b', '1', true)::int
-- case: set_config in coalesce
-- class: session state
-- expect: DBAI509
-- effect: session, discovers
SELECT coalesce(set_config('a.b', 'c', true), greatest(set_config('a.b', 'c', true), 'x'))
-- case: set_config as a unicode identifier
-- class: parser differences
-- expect: DBAI509
-- effect: session
SELECT U&"set\005fconfig"('a.b', 'c', true)
-- case: set_config quoted
-- class: session state
-- expect: DBAI509
-- effect: session, discovers
SELECT "set_config"('a.b', 'c', true)
-- case: set_config with blanks and a comment before the bracket
-- class: session state
-- expect: DBAI509
-- effect: session, discovers
SELECT set_config /* x */ ('a.b', 'c', true)
-- case: current_setting
-- class: discovery
-- expect: DBAI509
-- effect: discovers
SELECT current_setting('data_directory')
-- case: prepare
-- class: session state
-- expect: DBAI507
-- effect: session
PREPARE p AS SELECT 1
-- case: execute
-- class: session state
-- expect: DBAI507
-- effect: refused
EXECUTE p
-- case: deallocate
-- class: session state
-- expect: DBAI507
-- effect: none
DEALLOCATE ALL
-- case: declare a cursor
-- class: session state
-- expect: DBAI507
-- effect: session
DECLARE c CURSOR WITH HOLD FOR SELECT 1
-- case: listen
-- class: session state
-- expect: DBAI507
-- effect: session
LISTEN x
-- case: notify
-- class: messages
-- expect: DBAI507
-- effect: notifies
NOTIFY x, 'y'
-- case: pg_notify
-- class: messages
-- expect: DBAI509
-- effect: notifies
SELECT pg_notify('x', 'y')
-- case: discard
-- class: session state
-- expect: DBAI507
-- effect: none
DISCARD ALL
-- case: checkpoint
-- class: administration
-- expect: DBAI507
-- effect: server
CHECKPOINT
-- case: load
-- class: administration
-- expect: DBAI507
-- effect: session
LOAD 'auto_explain'
-- case: vacuum
-- class: administration
-- expect: DBAI507
-- effect: writes
VACUUM customer
-- case: analyze
-- class: administration
-- expect: DBAI507
-- effect: writes
ANALYZE customer
-- case: reindex
-- class: administration
-- expect: DBAI507
-- effect: writes
REINDEX TABLE customer
-- case: cluster
-- class: administration
-- expect: DBAI507
-- effect: none
CLUSTER
-- case: show
-- class: discovery
-- expect: DBAI507
-- effect: discovers
SHOW ALL
-- case: savepoint
-- class: session state
-- expect: DBAI507
-- effect: refused
SAVEPOINT a
-- case: alter system
-- class: DDL and roles
-- expect: DBAI507
-- effect: writes
ALTER SYSTEM SET work_mem = '1GB'
-- case: alter role
-- class: DDL and roles
-- expect: DBAI507
-- effect: writes
ALTER ROLE canary_role PASSWORD 'x'
-- case: create role
-- class: DDL and roles
-- expect: DBAI507
-- effect: writes
CREATE ROLE evil SUPERUSER
-- case: grant
-- class: DDL and roles
-- expect: DBAI507
-- effect: writes
GRANT ALL ON customer TO PUBLIC
-- case: drop
-- class: DDL and roles
-- expect: DBAI507
-- effect: writes
DROP TABLE customer CASCADE
-- case: alter table
-- class: DDL and roles
-- expect: DBAI507
-- effect: writes
ALTER TABLE customer ADD x int
-- case: create function
-- class: DDL and roles
-- expect: DBAI507
-- effect: writes
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'
-- case: create extension
-- class: DDL and roles
-- expect: DBAI507
-- effect: writes, session
CREATE EXTENSION pg_trgm
-- case: create database
-- class: DDL and roles
-- expect: DBAI507
-- effect: writes
CREATE DATABASE x
-- case: comment on
-- class: DDL and roles
-- expect: DBAI507
-- effect: writes
COMMENT ON TABLE customer IS 'x'
-- case: create index
-- class: DDL and roles
-- expect: DBAI507
-- effect: writes
CREATE INDEX ON customer (name)
-- case: import foreign schema
-- class: DDL and roles
-- expect: DBAI507
-- effect: reaches out
IMPORT FOREIGN SCHEMA x FROM SERVER far INTO public
-- case: server file
-- class: server files
-- expect: DBAI509
-- effect: leaks
SELECT pg_read_file('canary.txt')
-- case: server file, binary
-- class: server files
-- expect: DBAI509
-- effect: leaks
SELECT pg_read_binary_file('canary.txt')
-- case: directory
-- class: server files
-- expect: DBAI509
-- effect: discovers
SELECT * FROM pg_ls_dir('.') AS f
-- case: stat of a file
-- class: server files
-- expect: DBAI509
-- effect: discovers
SELECT (pg_stat_file('postgresql.conf')).size
-- case: log directory
-- class: server files
-- expect: DBAI509
-- effect: refused
SELECT * FROM pg_ls_logdir()
-- case: large object import
-- class: large objects
-- expect: DBAI509
-- effect: writes, discovers
SELECT lo_import('{DATA}/canary.txt')
-- case: large object export
-- class: large objects
-- expect: DBAI509
-- effect: discovers, files
SELECT lo_export(4242, '{DATA}/exported')
-- case: large object write, which READ ONLY lets through up to 15
-- class: large objects
-- expect: DBAI509
-- effect: writes, discovers
SELECT lo_from_bytea(0, 'x')
-- case: large object create and put
-- class: large objects
-- expect: DBAI509
-- effect: writes
SELECT lo_put(lo_create(0), 0, 'x')
-- case: large object unlink
-- class: large objects
-- expect: DBAI509
-- effect: writes, discovers
SELECT lo_unlink(4242)
-- case: low-level file functions
-- class: large objects
-- expect: DBAI509
-- effect: writes, discovers
SELECT lowrite(lo_open(4242, 131072), 'x')
-- case: dblink
-- class: other servers
-- expect: DBAI509
-- effect: reaches out
SELECT * FROM dblink('host=127.0.0.1 port={PORT} user=far connect_timeout=2', 'SELECT 1') AS t (a int)
-- case: dblink_exec
-- class: other servers
-- expect: DBAI509
-- effect: reaches out
SELECT dblink_exec('host=127.0.0.1 port={PORT} user=far connect_timeout=2', 'DELETE FROM customer')
-- case: SQL as text: query_to_xml
-- class: SQL in text
-- expect: DBAI509
-- effect: refused
-- on 15: leaks
SELECT query_to_xml('SELECT * FROM secret', true, true, '')
-- case: SQL as text: table_to_xml and database_to_xml
-- class: SQL in text
-- expect: DBAI509
-- effect: refused
-- on 15: calls user code, leaks
SELECT database_to_xml(true, true, '')
-- case: SQL as text: cursor_to_xml
-- class: SQL in text
-- expect: DBAI509
-- effect: refused
SELECT cursor_to_xml('c', 1, true, true, '')
-- case: SQL as text: ts_stat
-- class: SQL in text
-- expect: DBAI509
-- effect: leaks
SELECT * FROM ts_stat('SELECT to_tsvector(password) FROM secret')
-- case: SQL as text: ts_rewrite
-- class: SQL in text
-- expect: DBAI509
-- effect: refused
SELECT ts_rewrite('a'::tsquery, 'SELECT 1')
-- case: SQL as text: a function of the user's
-- class: SQL in text
-- expect: DBAI509
-- effect: writes
SELECT run_sql('DROP TABLE booking')
-- case: SQL as text: crosstab
-- class: SQL in text
-- expect: DBAI509
-- effect: leaks
SELECT * FROM crosstab('SELECT id::text, ''a''::text, password FROM secret') AS t (a text, b text)
-- case: sleep
-- class: sleep
-- expect: DBAI509
-- effect: burns time
SELECT pg_sleep(100)
-- case: sleep_for
-- class: sleep
-- expect: DBAI509
-- effect: burns time
SELECT pg_sleep_for('1 day')
-- case: sleep_until
-- class: sleep
-- expect: DBAI509
-- effect: burns time
SELECT count(*) FROM customer WHERE pg_sleep_until(now() + interval '1 hour') IS NULL
-- case: sleep through a unicode name
-- class: sleep
-- expect: DBAI509
-- effect: burns time
SELECT U&"pg\005fsleep"(100)
-- case: sleep through a unicode name with its own escape
-- class: sleep
-- expect: DBAI509
-- effect: burns time
SELECT U&"pg!005fsleep" UESCAPE '!' (100)
-- case: terminate
-- class: administration
-- expect: DBAI509
-- effect: discovers, stops others
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'victim'
-- case: cancel another's query
-- class: administration
-- expect: DBAI509
-- effect: stops others
SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'victim'
-- case: reload
-- class: administration
-- expect: DBAI509
-- effect: discovers, server
SELECT pg_reload_conf()
-- case: rotate log
-- class: administration
-- expect: DBAI509
-- effect: none
SELECT pg_rotate_logfile()
-- case: switch WAL
-- class: administration
-- expect: DBAI509
-- proof: server: SELECT (pg_walfile_name_offset(pg_current_wal_insert_lsn())).file_offset < 100000
-- effect: server, discovers
SELECT pg_switch_wal()
-- case: logical message
-- class: administration
-- expect: DBAI509
-- effect: discovers
SELECT pg_logical_emit_message(false, 'a', 'b')
-- case: replication slot
-- class: administration
-- expect: DBAI509
-- effect: writes, discovers, files
SELECT pg_create_physical_replication_slot('x')
-- case: reset statistics
-- class: administration
-- expect: DBAI509
-- effect: server
SELECT pg_stat_reset()
-- case: restore statistics (18)
-- class: administration
-- expect: DBAI509
-- effect: writes, discovers
-- on 15: refused
SELECT pg_restore_relation_stats('schemaname', 'public', 'relname', 'customer', 'relpages', 99)
-- case: import collations
-- class: administration
-- expect: DBAI509
-- effect: writes, discovers
SELECT pg_import_system_collations('public')
-- case: promote
-- class: administration
-- expect: DBAI509
-- effect: refused
SELECT pg_promote()
-- case: export a snapshot
-- class: administration
-- expect: DBAI509
-- effect: discovers, files
SELECT pg_export_snapshot()
-- case: transaction id
-- class: administration
-- expect: DBAI509
-- effect: discovers
SELECT txid_current()
-- case: current transaction id
-- class: administration
-- expect: DBAI509
-- effect: discovers
SELECT pg_current_xact_id()
-- case: nextval
-- class: data modification
-- expect: DBAI509
-- effect: writes
SELECT nextval('counter')
-- case: setval
-- class: data modification
-- expect: DBAI509
-- effect: writes
SELECT setval('counter', 1)
-- case: random seed kept in the session
-- class: session state
-- proof: session: SELECT random() = 0.9851677175347999
-- expect: DBAI509
-- effect: session
SELECT setseed(0.5)
-- case: backup
-- class: administration
-- expect: DBAI509
-- effect: discovers, server
SELECT pg_backup_start('x', true)
-- case: who is logged in
-- class: discovery
-- expect: DBAI508
-- effect: discovers
SELECT current_user
-- case: session user
-- class: discovery
-- expect: DBAI508
-- effect: discovers
SELECT session_user, user, current_role
-- case: database and schema names
-- class: discovery
-- expect: DBAI508
-- effect: discovers
SELECT current_catalog, current_schema
-- case: version
-- class: discovery
-- expect: DBAI509
-- effect: discovers
SELECT version()
-- case: server address
-- class: discovery
-- expect: DBAI509
-- effect: none
SELECT inet_server_addr()
-- case: current_database
-- class: discovery
-- expect: DBAI509
-- effect: discovers
SELECT current_database()
-- case: passwords
-- class: discovery
-- expect: DBAI512
-- effect: leaks
SELECT rolname, rolpassword FROM pg_authid
-- case: pg_shadow
-- class: discovery
-- expect: DBAI512
-- effect: leaks
SELECT * FROM pg_catalog.pg_shadow
-- case: users
-- class: discovery
-- expect: DBAI512
-- effect: leaks
SELECT * FROM pg_user
-- case: others' queries
-- class: discovery
-- expect: DBAI512
-- effect: leaks
SELECT query FROM pg_stat_activity
-- case: settings
-- class: discovery
-- expect: DBAI512
-- effect: discovers
SELECT * FROM pg_settings
-- case: settings written through the view
-- class: session state
-- expect: DBAI507
-- effect: session, discovers
UPDATE pg_settings SET setting = '0' WHERE name = 'statement_timeout'
-- case: information schema
-- class: discovery
-- expect: DBAI512
-- effect: discovers
SELECT * FROM information_schema.tables
-- case: function sources
-- class: discovery
-- expect: DBAI512
-- effect: leaks
SELECT prosrc FROM pg_proc
-- case: function sources, quoted
-- class: discovery
-- expect: DBAI512
-- effect: leaks
SELECT prosrc FROM "pg_catalog"."pg_proc"
-- case: statistics with values of denied tables
-- class: discovery
-- expect: DBAI512
-- effect: leaks
SELECT most_common_vals FROM pg_stats
-- case: large objects' pages
-- class: discovery
-- expect: DBAI512
-- effect: leaks
SELECT * FROM pg_largeobject
-- case: foreign servers' options
-- class: discovery
-- expect: DBAI512
-- effect: leaks
SELECT srvoptions FROM pg_foreign_server
-- case: toast
-- class: discovery
-- expect: DBAI512
-- effect: none
SELECT * FROM pg_toast.pg_toast_1262
-- case: a table outside the catalog
-- class: denied relations
-- expect: DBAI512
-- effect: leaks
SELECT password FROM secret
-- case: a table outside the catalog, in a subquery
-- class: denied relations
-- expect: DBAI512
-- effect: leaks
SELECT (SELECT max(password) FROM public.secret)
-- case: a table outside the catalog, in a join
-- class: denied relations
-- expect: DBAI512
-- effect: leaks
SELECT s.* FROM customer JOIN secret s ON true
-- case: a table outside the catalog, in exists
-- class: denied relations
-- expect: DBAI512
-- effect: discovers
SELECT 1 WHERE EXISTS (TABLE secret)
-- case: a table outside the catalog, in a with query nothing reads
-- class: denied relations
-- expect: DBAI512
-- effect: discovers
WITH x AS (SELECT * FROM secret) SELECT 1
-- case: a table outside the catalog, only
-- class: denied relations
-- expect: DBAI512
-- effect: leaks
SELECT * FROM ONLY secret
-- case: a table outside the catalog, unicode name
-- class: denied relations
-- expect: DBAI512
-- effect: leaks
SELECT * FROM U&"\0073ecret"
-- case: a table outside the catalog, under its name in a with query of another scope
-- class: denied relations
-- expect: DBAI512
-- effect: leaks
SELECT (WITH secret AS (SELECT 1) SELECT count(*) FROM secret), (SELECT max(password) FROM secret)
-- case: a with query does not name itself unless recursive
-- class: denied relations
-- expect: DBAI512
-- effect: leaks
WITH secret AS (SELECT * FROM secret) SELECT * FROM secret
-- case: a with query is not visible before it
-- class: denied relations
-- expect: DBAI512
-- effect: leaks
WITH a AS (SELECT * FROM secret), secret AS (SELECT 1) SELECT * FROM a
-- case: a with query is not visible outside its union half
-- class: denied relations
-- expect: DBAI512
-- effect: leaks
(WITH secret AS (SELECT 'x' AS password) SELECT password FROM secret) UNION ALL SELECT password FROM secret
-- case: a with query is not visible under a schema
-- class: denied relations
-- expect: DBAI512
-- effect: leaks
WITH secret AS (SELECT 1 AS x) SELECT * FROM public.secret
-- case: a with query of a subquery in FROM is not visible beside it
-- class: denied relations
-- expect: DBAI512
-- effect: leaks
SELECT * FROM (WITH secret AS (SELECT 1) SELECT * FROM secret) s, secret
-- case: another database's table
-- class: denied relations
-- expect: DBAI512
-- effect: refused
SELECT * FROM postgres.public.customer
-- case: a sequence as a table
-- class: denied relations
-- expect: DBAI512
-- effect: discovers
SELECT last_value FROM counter
-- case: an index or a toast table by system name
-- class: denied relations
-- expect: DBAI512
-- effect: refused
SELECT * FROM customer_pkey
-- case: user function
-- class: user functions
-- expect: DBAI509
-- effect: calls user code
SELECT evil()
-- case: user function, qualified
-- class: user functions
-- expect: DBAI509
-- effect: calls user code
SELECT public.evil(1)
-- case: user function in FROM
-- class: user functions
-- expect: DBAI509
-- effect: calls user code
SELECT * FROM evil()
-- case: user function in where
-- class: user functions
-- expect: DBAI509
-- effect: calls user code
SELECT * FROM customer WHERE evil(customer_id) = 1
-- case: user function as a window function
-- class: user functions
-- expect: DBAI509
-- effect: refused
SELECT evil(1) OVER ()
-- case: user function by a built-in's name, other case
-- class: user functions
-- expect: DBAI509
-- effect: calls user code
SELECT "Upper"('a')
-- case: user function by a built-in's name, in a schema
-- class: user functions
-- expect: DBAI509
-- effect: calls user code
SELECT public.sum('x')
-- case: a name that folds to a built-in for Python only
-- class: parser differences
-- expect: DBAI509
-- effect: refused
SELECT ſum(1)
-- case: dotless i
-- class: parser differences
-- expect: DBAI509
-- effect: refused
SELECT mın(1)
-- case: column syntax calls a function
-- class: lookalikes
-- expect: DBAI513
-- effect: calls user code
SELECT customer.nice_label FROM customer
-- case: column syntax on an alias
-- class: lookalikes
-- expect: DBAI513
-- effect: calls user code
SELECT c.nice_label FROM customer c
-- case: column syntax in brackets
-- class: lookalikes
-- expect: DBAI513
-- effect: calls user code
SELECT (c).nice_label FROM customer c
-- case: column syntax of a built-in
-- class: lookalikes
-- expect: DBAI513
-- effect: none
SELECT c.row_to_json FROM customer c
-- case: column syntax in order by
-- class: lookalikes
-- expect: DBAI513
-- effect: calls user code
SELECT 1 FROM customer c ORDER BY c.nice_label
-- case: column syntax in a join condition
-- class: lookalikes
-- expect: DBAI513
-- effect: calls user code
SELECT 1 FROM customer c JOIN orders o ON c.nice_label = o.note
-- case: column syntax from an inner query
-- class: lookalikes
-- expect: DBAI513
-- effect: calls user code
SELECT (SELECT c.nice_label) FROM customer c
-- case: column syntax on a subquery's row
-- class: lookalikes
-- expect: DBAI513
-- effect: none
SELECT (s).row_to_json FROM (SELECT 1 AS a) s
-- case: column syntax on a column's value
-- class: lookalikes
-- expect: DBAI513
-- effect: none
SELECT (c.name).upper FROM customer c
-- case: column syntax hidden by an outer table of that name
-- class: lookalikes
-- expect: DBAI513
-- effect: refused
SELECT (SELECT orders.note FROM customer orders) FROM orders
-- case: system columns
-- class: rows and system columns
-- expect: DBAI513
-- effect: none
SELECT ctid, xmin FROM customer
-- case: tableoid
-- class: rows and system columns
-- expect: DBAI513
-- effect: none
SELECT tableoid FROM customer
-- case: system column with its table
-- class: rows and system columns
-- expect: DBAI513
-- effect: none
SELECT customer.xmax FROM customer
-- case: whole row as a value
-- class: rows and system columns
-- expect: DBAI513
-- effect: none
SELECT t FROM sales.target t
-- case: whole row cast to text
-- class: rows and system columns
-- expect: DBAI513
-- effect: calls user code
SELECT target::text FROM sales.target
-- case: whole row compared
-- class: rows and system columns
-- expect: DBAI513
-- effect: refused
SELECT 1 FROM sales.target a, sales.target b WHERE a = b
-- case: whole row concatenated
-- class: rows and system columns
-- expect: DBAI513
-- effect: refused
SELECT 'x' || t FROM sales.target t
-- case: whole row as an argument of a function not meant for rows
-- class: rows and system columns
-- expect: DBAI513
-- effect: calls user code
SELECT upper(t) FROM sales.target t
-- case: unknown column
-- class: rows and system columns
-- expect: DBAI513
-- effect: refused
SELECT password FROM customer
-- case: column of a table that is not in scope
-- class: rows and system columns
-- expect: DBAI513
-- effect: refused
SELECT orders.total FROM customer
-- case: column of a table beside a plain subquery
-- class: rows and system columns
-- expect: DBAI513
-- effect: refused
SELECT * FROM customer c, (SELECT c.name) s
-- case: operator of the user's
-- class: lookalikes
-- expect: DBAI510
-- effect: calls user code
SELECT 1 <=> 2
-- case: operator that sqlglot reads as GLOB
-- class: lookalikes
-- expect: DBAI510
-- effect: calls user code
SELECT 1 ~~~ 2
-- case: operator of a schema
-- class: lookalikes
-- expect: DBAI510
-- effect: calls user code
SELECT 1 OPERATOR(evil.=) 2
-- case: operator in any
-- class: lookalikes
-- expect: DBAI510
-- effect: calls user code
SELECT 1 OPERATOR(evil.=) ANY (SELECT 2)
-- case: operator in order by using
-- class: lookalikes
-- expect: DBAI508
-- effect: refused
SELECT name FROM customer ORDER BY name USING OPERATOR(public.<)
-- case: order by using
-- class: lookalikes
-- expect: DBAI508
-- effect: refused
SELECT name FROM customer ORDER BY name USING OPERATOR(public.>)
-- case: domain
-- class: lookalikes
-- expect: DBAI511
-- effect: calls user code
SELECT 'x'::evil_domain
-- case: domain, qualified
-- class: lookalikes
-- expect: DBAI511
-- effect: calls user code
SELECT CAST('x' AS public.evil_domain)
-- case: domain in a column list
-- class: lookalikes
-- expect: DBAI511
-- effect: calls user code
SELECT * FROM jsonb_to_record('{"a": "x"}') AS t (a evil_domain)
-- case: domain as a literal's type
-- class: lookalikes
-- expect: DBAI511
-- effect: calls user code
SELECT evil_domain 'x'
-- case: domain array
-- class: lookalikes
-- expect: DBAI511
-- effect: calls user code
SELECT '{x}'::evil_domain[]
-- case: row type of a table
-- class: lookalikes
-- expect: DBAI511
-- effect: refused
SELECT '(1)'::customer
-- case: row type of a table through json
-- class: lookalikes
-- expect: DBAI509
-- effect: none
SELECT json_populate_record(NULL::customer, '{}')
-- case: regclass
-- class: types
-- expect: DBAI511
-- effect: discovers
SELECT 'secret'::regclass
-- case: regproc
-- class: types
-- expect: DBAI511
-- effect: discovers
SELECT 'pg_sleep'::regproc::oid
-- case: regrole
-- class: types
-- expect: DBAI511
-- effect: discovers
SELECT 1::regrole
-- case: oid
-- class: types
-- expect: DBAI511
-- effect: discovers
SELECT 1::oid
-- case: xml
-- class: types
-- expect: DBAI511
-- effect: refused
-- on 15: discovers
SELECT '<a/>'::xml
-- case: xmlparse
-- class: types
-- expect: DBAI508
-- effect: refused
-- on 15: discovers
SELECT xmlparse(DOCUMENT '<a/>')
-- case: xmltable
-- class: types
-- expect: DBAI508
-- effect: refused
-- on 15: none
SELECT * FROM xmltable('/a' PASSING '<a/>' COLUMNS b text)
-- case: entity expansion
-- class: types
-- expect: DBAI509
-- effect: refused
-- on 15: discovers
SELECT xpath('/a', '<!DOCTYPE a [<!ENTITY x SYSTEM "file://{DATA}/canary.txt">]><a>&x;</a>'::xml)
-- case: type of a column
-- class: types
-- expect: DBAI511
-- effect: refused
SELECT 1::customer.name
-- case: placeholder
-- class: parser differences
-- expect: DBAI508
-- effect: refused
SELECT $1
-- case: sampling method of an extension
-- class: parser differences
-- expect: DBAI508
-- effect: refused
SELECT * FROM customer TABLESAMPLE system_rows (10)
-- case: collation of a user's schema
-- class: parser differences
-- expect: DBAI508
-- effect: refused
SELECT name COLLATE public.evil FROM customer
-- case: update of a set-returning cursor
-- class: parser differences
-- expect: DBAI507
-- effect: refused
UPDATE customer SET name = 'x' WHERE CURRENT OF c
-- case: NUL byte
-- class: parser differences
-- expect: DBAI503
-- effect: none
SELECT 1 {NUL} WHERE false
-- case: empty
-- class: parser differences
-- expect: DBAI501
-- effect: none

-- case: only a comment
-- class: parser differences
-- expect: DBAI501
-- effect: none
-- nothing
-- case: only semicolons
-- class: parser differences
-- expect: DBAI501
-- effect: none
; ;
-- case: syntax error
-- class: parser differences
-- expect: DBAI504
-- effect: refused
SELEC 1
-- case: unclosed string
-- class: parser differences
-- expect: DBAI504
-- effect: refused
SELECT 'abc
-- case: unclosed comment
-- class: parser differences
-- expect: DBAI504
-- effect: refused
SELECT 1 /* abc
-- case: adjacent strings on one line, which only sqlglot joins
-- class: parser differences
-- expect: DBAI504
-- effect: refused
SELECT 'foo' 'bar'
-- case: no-break space, which only sqlglot takes for a blank
-- class: parser differences
-- effect: refused
SELECT a FROM customer
-- case: template braces, which only sqlglot takes
-- class: parser differences
-- expect: DBAI504
-- effect: refused
SELECT {{ x }}
-- case: psql command
-- class: parser differences
-- expect: DBAI504
-- effect: refused
\! rm -rf /
-- case: big repeat
-- class: memory
-- expect: DBAI514
-- effect: burns time, burns memory
SELECT repeat('x', 1000000000)
-- case: repeat by a column
-- class: memory
-- expect: DBAI514
-- effect: floods
-- on 15: burns time
SELECT repeat('x', customer_id * 10000000) FROM customer
-- case: repeat of repeat
-- class: memory
-- expect: DBAI514
-- effect: burns memory, floods
-- on 15: burns time, burns memory
SELECT repeat(repeat('x', 10000), 10000)
-- case: repeat of a with query's repeat
-- class: memory
-- expect: DBAI514
-- effect: burns time, burns memory
-- on 15: burns memory, floods
WITH a AS (SELECT repeat('x', 10000) AS r) SELECT repeat(r, 10000) FROM a
-- case: repeat through a bit cast
-- class: memory
-- expect: DBAI514
-- effect: burns memory
SELECT repeat('x', 1::bit(1)::bit(31)::int)
-- case: repeat by a subquery
-- class: memory
-- expect: DBAI514
-- effect: burns time, burns memory
SELECT repeat('x', (SELECT 1000000000))
-- case: lpad
-- class: memory
-- expect: DBAI514
-- effect: burns memory
SELECT lpad('x', 1000000000, 'y')
-- case: rpad by an expression
-- class: memory
-- expect: DBAI514
-- effect: refused
SELECT rpad('x', 10 ^ 9)
-- case: format width
-- class: memory
-- expect: DBAI514
-- effect: burns time, burns memory
SELECT format('%1000000000s', 'x')
-- case: format width as an argument
-- class: memory
-- expect: DBAI514
-- effect: burns time, burns memory
SELECT format('%*s', 1000000000, 'x')
-- case: format width as a numbered argument
-- class: memory
-- expect: DBAI514
-- effect: burns time, burns memory
SELECT format('%1$*2$s', 'x', 1000000000)
-- case: format with a made template
-- class: memory
-- expect: DBAI514
-- effect: burns time, burns memory
SELECT format('%' || '1000000000' || 's', 'x')
-- case: format with variadic template arguments
-- class: memory
-- expect: DBAI514
-- effect: refused
SELECT format(VARIADIC ARRAY['%1000000000s', 'x'])
-- case: array_fill
-- class: memory
-- expect: DBAI514
-- effect: burns time, burns memory
SELECT array_fill(1, ARRAY[100000000])
-- case: array_fill in several dimensions
-- class: memory
-- expect: DBAI514
-- effect: burns time, burns memory
SELECT array_fill(1, ARRAY[10000, 10000])
-- case: array_fill by a subquery
-- class: memory
-- expect: DBAI514
-- effect: burns time, burns memory
SELECT array_fill(1, ARRAY(SELECT 100000000))
-- case: generate_series of all numbers
-- class: CPU
-- expect: DBAI514
-- effect: burns disk
SELECT count(*) FROM generate_series(1, 100000000000)
-- case: generate_series by a tiny step
-- class: CPU
-- expect: DBAI514
-- effect: burns disk
SELECT count(*) FROM generate_series(0, 1, 0.0000000001)
-- case: padded text type
-- class: memory
-- expect: DBAI514
-- effect: none
SELECT 'x'::char(10000000)
-- case: padded bit type
-- class: memory
-- expect: DBAI514
-- effect: burns memory, floods
-- on 15: burns time, burns memory
SELECT B'1'::bit(80000000)
-- case: named argument hides the size
-- class: memory
-- expect: DBAI514
-- effect: refused
SELECT repeat(string => 'x', number => 1000000000)
-- case: json constructor with a function inside
-- class: parser differences
-- effect: session
-- on 15: refused
SELECT JSON_OBJECT('a': set_config('a.b', 'c', true))
-- case: json_exists passing a function
-- class: parser differences
-- effect: session
-- on 15: refused
SELECT JSON_EXISTS('{}'::jsonb, '$.a' PASSING set_config('a.b', 'c', true) AS x)
-- case: json_table over a function
-- class: parser differences
-- effect: session
-- on 15: refused
SELECT * FROM JSON_TABLE(set_config('a.b', '{}', true)::jsonb, '$' COLUMNS (a int PATH '$.a')) AS t
-- case: grouping of a function
-- class: parser differences
-- effect: calls user code
SELECT GROUPING(evil(1)) FROM customer GROUP BY evil(1)
-- case: collation for a function
-- class: parser differences
-- effect: calls user code
SELECT COLLATION FOR (evil(1)::text)
-- case: is normalized of a function
-- class: parser differences
-- effect: calls user code
SELECT 'x' || evil(1) IS NORMALIZED
-- case: at local of a function
-- class: parser differences
-- effect: refused
SELECT pg_sleep(1) AT LOCAL
-- case: domain as a function call
-- class: lookalikes
-- effect: calls user code
SELECT evil_domain('x')
-- case: cast in function form to regclass
-- class: types
-- expect: DBAI509
-- effect: discovers
SELECT regclass('secret')
-- case: pipe functions of the path type sound like files
-- class: types
-- expect: DBAI509
-- effect: discovers
SELECT popen('((0,0),(1,1))')
-- case: nested variadic user function
-- class: user functions
-- expect: DBAI509
-- effect: calls user code
SELECT concat(VARIADIC ARRAY[evil()::text])
-- case: column syntax behind a known field
-- class: lookalikes
-- expect: DBAI513
-- effect: refused
SELECT (c).name.city FROM customer c
-- case: column syntax behind a known field and a subscript
-- class: lookalikes
-- expect: DBAI513
-- effect: refused
SELECT (c).tags[1].nice_label FROM customer c
-- case: whole rows by star, compared
-- class: lookalikes
-- expect: DBAI513
-- effect: none
SELECT 1 FROM customer c, customer d WHERE c.* = d.*
-- case: an operator without its left side, on which sqlglot fails with an error of its own
-- class: parser differences
-- effect: refused
SELECT count(*) FROM generate_series(1, #>> 1)
-- case: a text that ends within USING
-- class: parser differences
-- effect: none
SELECT count(*) USING

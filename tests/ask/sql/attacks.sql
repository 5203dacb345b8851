-- Statements that must not run. A case names what the statement would do on an unprotected connection;
-- `expect` is the gate's code. Nothing here needs the server's help: the gate alone refuses each.

-- case: stacked delete
-- expect: DBAI506
SELECT 1; DELETE FROM customer
-- case: stacked drop behind a comment
-- expect: DBAI506
SELECT 1; /* tidy up */ DROP TABLE customer;
-- case: commit escape
-- expect: DBAI506
SELECT 1; COMMIT; DROP TABLE customer
-- case: commit first
-- expect: DBAI506
COMMIT; DELETE FROM orders
-- case: rollback alone
-- expect: DBAI507
ROLLBACK
-- case: begin read write
-- expect: DBAI507
BEGIN READ WRITE
-- case: set transaction read write
-- expect: DBAI507
SET TRANSACTION READ WRITE
-- case: stacked behind a dollar quote
-- expect: DBAI506
SELECT $a$x$a$; TRUNCATE orders
-- case: stacked behind an escape string
-- expect: DBAI506
SELECT E'\''; DELETE FROM orders; --'
-- case: backslash before a quote in a plain string does not hide the second statement
-- expect: DBAI506
SELECT 'a\'; DROP TABLE customer; --'
-- case: nested comment that ends early for some parsers
-- expect: DBAI506
SELECT 1 /* /* */ */; DELETE FROM customer
-- case: two selects
-- expect: DBAI506
SELECT 1; SELECT 2
-- case: insert
-- expect: DBAI507
INSERT INTO customer (customer_id, name) VALUES (1000, 'x')
-- case: insert returning
-- expect: DBAI507
INSERT INTO customer (customer_id, name) VALUES (1000, 'x') RETURNING *
-- case: update
-- expect: DBAI507
UPDATE customer SET name = 'x'
-- case: delete
-- expect: DBAI507
DELETE FROM customer
-- case: merge
-- expect: DBAI507
MERGE INTO customer c USING orders o ON c.customer_id = o.customer_id WHEN MATCHED THEN DELETE
-- case: truncate
-- expect: DBAI507
TRUNCATE customer CASCADE
-- case: delete in a with query
-- expect: DBAI507
WITH gone AS (DELETE FROM customer RETURNING *) SELECT * FROM gone
-- case: insert in a with query that nothing reads
-- expect: DBAI507
WITH x AS (INSERT INTO secret VALUES (2, 'y') RETURNING 1) SELECT 1
-- case: update two with queries deep
-- expect: DBAI507
WITH a AS (WITH b AS (UPDATE customer SET name = 'x' RETURNING 1) SELECT * FROM b) SELECT * FROM a
-- case: delete in the with of a union's second half
-- expect: DBAI507
SELECT 1 UNION ALL (WITH d AS (DELETE FROM orders RETURNING 1) SELECT * FROM d)
-- case: merge in a with query
-- expect: DBAI507
WITH m AS (MERGE INTO customer c USING orders o ON c.customer_id = o.customer_id WHEN MATCHED THEN UPDATE SET name = 'x' RETURNING 1) SELECT * FROM m
-- case: delete in a with query of a scalar subquery
-- expect: DBAI507
SELECT (WITH d AS (DELETE FROM orders RETURNING 1) SELECT count(*) FROM d)
-- case: select with a modifying with in front of insert
-- expect: DBAI507
WITH x AS (SELECT 1) INSERT INTO secret SELECT 1, 'x' FROM x
-- case: select into
-- expect: DBAI507
SELECT * INTO stolen FROM customer
-- case: select into temp
-- expect: DBAI507
SELECT 1 AS a INTO TEMP t
-- case: create table as
-- expect: DBAI507
CREATE TABLE stolen AS SELECT * FROM customer
-- case: explain analyze create table as, which READ ONLY lets through
-- expect: DBAI507
EXPLAIN ANALYZE CREATE TABLE stolen AS SELECT 1
-- case: explain analyze select into
-- expect: DBAI507
EXPLAIN ANALYZE SELECT 1 INTO stolen
-- case: explain analyze delete
-- expect: DBAI507
EXPLAIN (ANALYZE, BUFFERS) DELETE FROM customer
-- case: plain explain has a door of its own
-- expect: DBAI507
EXPLAIN SELECT 1
-- case: create temp table
-- expect: DBAI507
CREATE TEMP TABLE t (a int)
-- case: materialized view
-- expect: DBAI507
CREATE MATERIALIZED VIEW m AS SELECT 1
-- case: refresh materialized view
-- expect: DBAI507
REFRESH MATERIALIZED VIEW m
-- case: row locks
-- expect: DBAI507
SELECT * FROM customer FOR UPDATE
-- case: row locks in a subquery
-- expect: DBAI507
SELECT * FROM (SELECT * FROM customer FOR SHARE) s
-- case: row locks in a with query
-- expect: DBAI507
WITH l AS (SELECT * FROM customer FOR NO KEY UPDATE SKIP LOCKED) SELECT count(*) FROM l
-- case: row locks in exists
-- expect: DBAI507
SELECT 1 WHERE EXISTS (SELECT 1 FROM orders FOR KEY SHARE)
-- case: table lock
-- expect: DBAI507
LOCK TABLE customer IN ACCESS EXCLUSIVE MODE
-- case: advisory lock
-- expect: DBAI509
SELECT pg_advisory_lock(1)
-- case: advisory lock in a filter
-- expect: DBAI509
SELECT count(*) FROM customer WHERE pg_try_advisory_xact_lock(customer_id)
-- case: copy to file
-- expect: DBAI507
COPY customer TO '/tmp/stolen.csv'
-- case: copy to program
-- expect: DBAI507
COPY (SELECT * FROM customer) TO PROGRAM 'cat > /tmp/stolen'
-- case: copy from stdin
-- expect: DBAI507
COPY customer FROM STDIN
-- case: do block
-- expect: DBAI507
DO $$ BEGIN DELETE FROM customer; END $$
-- case: call
-- expect: DBAI507
CALL nothing()
-- case: set
-- expect: DBAI507
SET statement_timeout = 0
-- case: set role
-- expect: DBAI507
SET ROLE postgres
-- case: reset role
-- expect: DBAI507
RESET ROLE
-- case: set_config
-- expect: DBAI509
SELECT set_config('statement_timeout', '0', false)
-- case: set_config, qualified
-- expect: DBAI509
SELECT pg_catalog.set_config('role', 'postgres', false)
-- case: set_config in a lateral
-- expect: DBAI509
SELECT * FROM customer c, LATERAL set_config('work_mem', '10GB', true) s
-- case: set_config in order by
-- expect: DBAI509
SELECT 1 ORDER BY set_config('transaction_timeout', '0', false)
-- case: set_config in limit
-- expect: DBAI509
SELECT 1 LIMIT length(set_config('work_mem', '1GB', true))
-- case: set_config in a window frame's partition
-- expect: DBAI509
SELECT count(*) OVER (PARTITION BY set_config('a.b', 'c', true)) FROM customer
-- case: set_config in an aggregate's filter
-- expect: DBAI509
SELECT count(*) FILTER (WHERE set_config('a.b', 'c', true) = 'c') FROM customer
-- case: set_config in an aggregate's order
-- expect: DBAI509
SELECT string_agg(name, ',' ORDER BY set_config('a.b', name, true)) FROM customer
-- case: set_config in within group
-- expect: DBAI509
SELECT mode() WITHIN GROUP (ORDER BY set_config('a.b', 'c', true)) FROM customer
-- case: set_config in values
-- expect: DBAI509
VALUES (set_config('a.b', 'c', true))
-- case: set_config in a case
-- expect: DBAI509
SELECT CASE WHEN true THEN set_config('a.b', 'c', true) END
-- case: set_config in array and row constructors
-- expect: DBAI509
SELECT ARRAY[ROW(set_config('a.b', 'c', true))]
-- case: set_config in a join condition
-- expect: DBAI509
SELECT 1 FROM customer a JOIN customer b ON set_config('a.b', 'c', true) IS NOT NULL
-- case: set_config in grouping sets
-- expect: DBAI509
SELECT count(*) FROM customer GROUP BY GROUPING SETS ((set_config('a.b', 'c', true)), ())
-- case: set_config in distinct on
-- expect: DBAI509
SELECT DISTINCT ON (set_config('a.b', 'c', true)) name FROM customer
-- case: set_config in a named window
-- expect: DBAI509
SELECT count(*) OVER w FROM customer WINDOW w AS (ORDER BY set_config('a.b', 'c', true))
-- case: set_config as tablesample argument
-- expect: DBAI509
SELECT * FROM customer TABLESAMPLE BERNOULLI (length(set_config('a.b', 'c', true)))
-- case: set_config in a subscript
-- expect: DBAI509
SELECT tags[length(set_config('a.b', 'c', true))] FROM customer
-- case: set_config in rows from
-- expect: DBAI509
SELECT * FROM ROWS FROM (set_config('a.b', 'c', true)) AS x
-- case: set_config in a recursive half
-- expect: DBAI509
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE set_config('a.b', 'c', true) = 'c') SELECT * FROM r
-- case: set_config in substring from
-- expect: DBAI509
SELECT substring('abc' FROM length(set_config('a.b', 'c', true)))
-- case: set_config in like escape
-- expect: DBAI509
SELECT 'a' LIKE 'b' ESCAPE set_config('a.b', 'c', true)
-- case: set_config in at time zone
-- expect: DBAI509
SELECT now() AT TIME ZONE set_config('a.b', 'UTC', true)
-- case: set_config in overlay and trim
-- expect: DBAI509
SELECT trim(both set_config('a.b', 'c', true) from 'ccc')
-- case: set_config in a cast's argument
-- expect: DBAI509
SELECT set_config('a.b', '1', true)::int
-- case: set_config in coalesce
-- expect: DBAI509
SELECT coalesce(set_config('a.b', 'c', true), greatest(set_config('a.b', 'c', true), 'x'))
-- case: set_config as a unicode identifier
-- expect: DBAI509
SELECT U&"set\005fconfig"('a.b', 'c', true)
-- case: set_config quoted
-- expect: DBAI509
SELECT "set_config"('a.b', 'c', true)
-- case: set_config with blanks and a comment before the bracket
-- expect: DBAI509
SELECT set_config /* x */ ('a.b', 'c', true)
-- case: current_setting
-- expect: DBAI509
SELECT current_setting('data_directory')
-- case: prepare
-- expect: DBAI507
PREPARE p AS SELECT 1
-- case: execute
-- expect: DBAI507
EXECUTE p
-- case: deallocate
-- expect: DBAI507
DEALLOCATE ALL
-- case: declare a cursor
-- expect: DBAI507
DECLARE c CURSOR WITH HOLD FOR SELECT 1
-- case: listen
-- expect: DBAI507
LISTEN x
-- case: notify
-- expect: DBAI507
NOTIFY x, 'y'
-- case: pg_notify
-- expect: DBAI509
SELECT pg_notify('x', 'y')
-- case: discard
-- expect: DBAI507
DISCARD ALL
-- case: checkpoint
-- expect: DBAI507
CHECKPOINT
-- case: load
-- expect: DBAI507
LOAD 'auto_explain'
-- case: vacuum
-- expect: DBAI507
VACUUM customer
-- case: analyze
-- expect: DBAI507
ANALYZE customer
-- case: reindex
-- expect: DBAI507
REINDEX TABLE customer
-- case: cluster
-- expect: DBAI507
CLUSTER
-- case: show
-- expect: DBAI507
SHOW ALL
-- case: savepoint
-- expect: DBAI507
SAVEPOINT a
-- case: alter system
-- expect: DBAI507
ALTER SYSTEM SET work_mem = '1GB'
-- case: alter role
-- expect: DBAI507
ALTER ROLE postgres PASSWORD 'x'
-- case: create role
-- expect: DBAI507
CREATE ROLE evil SUPERUSER
-- case: grant
-- expect: DBAI507
GRANT ALL ON customer TO PUBLIC
-- case: drop
-- expect: DBAI507
DROP TABLE customer CASCADE
-- case: alter table
-- expect: DBAI507
ALTER TABLE customer ADD x int
-- case: create function
-- expect: DBAI507
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'
-- case: create extension
-- expect: DBAI507
CREATE EXTENSION dblink
-- case: create database
-- expect: DBAI507
CREATE DATABASE x
-- case: comment on
-- expect: DBAI507
COMMENT ON TABLE customer IS 'x'
-- case: create index
-- expect: DBAI507
CREATE INDEX ON customer (name)
-- case: import foreign schema
-- expect: DBAI507
IMPORT FOREIGN SCHEMA x FROM SERVER y INTO public
-- case: server file
-- expect: DBAI509
SELECT pg_read_file('/etc/passwd')
-- case: server file, binary
-- expect: DBAI509
SELECT pg_read_binary_file('/etc/passwd')
-- case: directory
-- expect: DBAI509
SELECT * FROM pg_ls_dir('.') AS f
-- case: stat of a file
-- expect: DBAI509
SELECT (pg_stat_file('postgresql.conf')).size
-- case: log directory
-- expect: DBAI509
SELECT * FROM pg_ls_logdir()
-- case: large object import
-- expect: DBAI509
SELECT lo_import('/etc/passwd')
-- case: large object export
-- expect: DBAI509
SELECT lo_export(1, '/tmp/x')
-- case: large object write, which READ ONLY lets through up to 15
-- expect: DBAI509
SELECT lo_from_bytea(0, 'x')
-- case: large object create and put
-- expect: DBAI509
SELECT lo_put(lo_create(0), 0, 'x')
-- case: large object unlink
-- expect: DBAI509
SELECT lo_unlink(1)
-- case: low-level file functions
-- expect: DBAI509
SELECT lowrite(lo_open(1, 131072), 'x')
-- case: dblink
-- expect: DBAI509
SELECT * FROM dblink('host=x', 'SELECT 1') AS t (a int)
-- case: dblink_exec
-- expect: DBAI509
SELECT dblink_exec('host=x', 'DELETE FROM customer')
-- case: SQL as text: query_to_xml
-- expect: DBAI509
SELECT query_to_xml('DELETE FROM customer', true, true, '')
-- case: SQL as text: table_to_xml and database_to_xml
-- expect: DBAI509
SELECT database_to_xml(true, true, '')
-- case: SQL as text: cursor_to_xml
-- expect: DBAI509
SELECT cursor_to_xml('c', 1, true, true, '')
-- case: SQL as text: ts_stat
-- expect: DBAI509
SELECT * FROM ts_stat('SELECT to_tsvector(password) FROM secret')
-- case: SQL as text: ts_rewrite
-- expect: DBAI509
SELECT ts_rewrite('a'::tsquery, 'SELECT 1')
-- case: SQL as text: a function of the user's
-- expect: DBAI509
SELECT run_sql('DROP TABLE customer')
-- case: SQL as text: crosstab
-- expect: DBAI509
SELECT * FROM crosstab('SELECT 1, 2, 3') AS t (a int, b int)
-- case: sleep
-- expect: DBAI509
SELECT pg_sleep(100)
-- case: sleep_for
-- expect: DBAI509
SELECT pg_sleep_for('1 day')
-- case: sleep_until
-- expect: DBAI509
SELECT count(*) FROM customer WHERE pg_sleep_until(now() + interval '1 hour') IS NULL
-- case: sleep through a unicode name
-- expect: DBAI509
SELECT U&"pg\005fsleep"(100)
-- case: sleep through a unicode name with its own escape
-- expect: DBAI509
SELECT U&"pg!005fsleep" UESCAPE '!' (100)
-- case: terminate
-- expect: DBAI509
SELECT pg_terminate_backend(1)
-- case: cancel another's query
-- expect: DBAI509
SELECT pg_cancel_backend(1)
-- case: reload
-- expect: DBAI509
SELECT pg_reload_conf()
-- case: rotate log
-- expect: DBAI509
SELECT pg_rotate_logfile()
-- case: switch WAL
-- expect: DBAI509
SELECT pg_switch_wal()
-- case: logical message
-- expect: DBAI509
SELECT pg_logical_emit_message(false, 'a', 'b')
-- case: replication slot
-- expect: DBAI509
SELECT pg_create_physical_replication_slot('x')
-- case: reset statistics
-- expect: DBAI509
SELECT pg_stat_reset()
-- case: restore statistics (18)
-- expect: DBAI509
SELECT pg_restore_relation_stats('relation', 'customer'::text)
-- case: import collations
-- expect: DBAI509
SELECT pg_import_system_collations('public')
-- case: promote
-- expect: DBAI509
SELECT pg_promote()
-- case: export a snapshot
-- expect: DBAI509
SELECT pg_export_snapshot()
-- case: transaction id
-- expect: DBAI509
SELECT txid_current()
-- case: current transaction id
-- expect: DBAI509
SELECT pg_current_xact_id()
-- case: nextval
-- expect: DBAI509
SELECT nextval('counter')
-- case: setval
-- expect: DBAI509
SELECT setval('counter', 1)
-- case: random seed kept in the session
-- expect: DBAI509
SELECT setseed(0.5)
-- case: backup
-- expect: DBAI509
SELECT pg_backup_start('x')
-- case: who is logged in
-- expect: DBAI508
SELECT current_user
-- case: session user
-- expect: DBAI508
SELECT session_user, user, current_role
-- case: database and schema names
-- expect: DBAI508
SELECT current_catalog, current_schema
-- case: version
-- expect: DBAI509
SELECT version()
-- case: server address
-- expect: DBAI509
SELECT inet_server_addr()
-- case: current_database
-- expect: DBAI509
SELECT current_database()
-- case: passwords
-- expect: DBAI512
SELECT rolname, rolpassword FROM pg_authid
-- case: pg_shadow
-- expect: DBAI512
SELECT * FROM pg_catalog.pg_shadow
-- case: users
-- expect: DBAI512
SELECT * FROM pg_user
-- case: others' queries
-- expect: DBAI512
SELECT query FROM pg_stat_activity
-- case: settings
-- expect: DBAI512
SELECT * FROM pg_settings
-- case: settings written through the view
-- expect: DBAI507
UPDATE pg_settings SET setting = '0' WHERE name = 'statement_timeout'
-- case: information schema
-- expect: DBAI512
SELECT * FROM information_schema.tables
-- case: function sources
-- expect: DBAI512
SELECT prosrc FROM pg_proc
-- case: function sources, quoted
-- expect: DBAI512
SELECT prosrc FROM "pg_catalog"."pg_proc"
-- case: statistics with values of denied tables
-- expect: DBAI512
SELECT most_common_vals FROM pg_stats
-- case: large objects' pages
-- expect: DBAI512
SELECT * FROM pg_largeobject
-- case: foreign servers' options
-- expect: DBAI512
SELECT srvoptions FROM pg_foreign_server
-- case: toast
-- expect: DBAI512
SELECT * FROM pg_toast.pg_toast_1262
-- case: a table outside the catalog
-- expect: DBAI512
SELECT password FROM secret
-- case: a table outside the catalog, in a subquery
-- expect: DBAI512
SELECT (SELECT max(password) FROM public.secret)
-- case: a table outside the catalog, in a join
-- expect: DBAI512
SELECT s.* FROM customer JOIN secret s ON true
-- case: a table outside the catalog, in exists
-- expect: DBAI512
SELECT 1 WHERE EXISTS (TABLE secret)
-- case: a table outside the catalog, in a with query nothing reads
-- expect: DBAI512
WITH x AS (SELECT * FROM secret) SELECT 1
-- case: a table outside the catalog, only
-- expect: DBAI512
SELECT * FROM ONLY secret
-- case: a table outside the catalog, unicode name
-- expect: DBAI512
SELECT * FROM U&"\0073ecret"
-- case: a table outside the catalog, under its name in a with query of another scope
-- expect: DBAI512
SELECT (WITH secret AS (SELECT 1) SELECT count(*) FROM secret), (SELECT max(password) FROM secret)
-- case: a with query does not name itself unless recursive
-- expect: DBAI512
WITH secret AS (SELECT * FROM secret) SELECT * FROM secret
-- case: a with query is not visible before it
-- expect: DBAI512
WITH a AS (SELECT * FROM secret), secret AS (SELECT 1) SELECT * FROM a
-- case: a with query is not visible outside its union half
-- expect: DBAI512
(WITH secret AS (SELECT 'x' AS password) SELECT password FROM secret) UNION ALL SELECT password FROM secret
-- case: a with query is not visible under a schema
-- expect: DBAI512
WITH secret AS (SELECT 1 AS x) SELECT * FROM public.secret
-- case: a with query of a subquery in FROM is not visible beside it
-- expect: DBAI512
SELECT * FROM (WITH secret AS (SELECT 1) SELECT * FROM secret) s, secret
-- case: another database's table
-- expect: DBAI512
SELECT * FROM postgres.public.customer
-- case: a partition is not in the catalog
-- expect: DBAI512
SELECT * FROM event_2025
-- case: a sequence as a table
-- expect: DBAI512
SELECT last_value FROM counter
-- case: an index or a toast table by system name
-- expect: DBAI512
SELECT * FROM customer_pkey
-- case: user function
-- expect: DBAI509
SELECT evil()
-- case: user function, qualified
-- expect: DBAI509
SELECT public.evil(1)
-- case: user function in FROM
-- expect: DBAI509
SELECT * FROM evil()
-- case: user function in where
-- expect: DBAI509
SELECT * FROM customer WHERE evil(customer_id) = 1
-- case: user function as a window function
-- expect: DBAI509
SELECT evil(1) OVER ()
-- case: user function by a built-in's name, other case
-- expect: DBAI509
SELECT "Upper"('a')
-- case: user function by a built-in's name, in a schema
-- expect: DBAI509
SELECT public.sum('x')
-- case: a name that folds to a built-in for Python only
-- expect: DBAI509
SELECT ſum(1)
-- case: dotless i
-- expect: DBAI509
SELECT mın(1)
-- case: column syntax calls a function
-- expect: DBAI513
SELECT customer.nice_label FROM customer
-- case: column syntax on an alias
-- expect: DBAI513
SELECT c.nice_label FROM customer c
-- case: column syntax in brackets
-- expect: DBAI513
SELECT (c).nice_label FROM customer c
-- case: column syntax of a built-in
-- expect: DBAI513
SELECT c.row_to_json FROM customer c
-- case: column syntax in order by
-- expect: DBAI513
SELECT 1 FROM customer c ORDER BY c.nice_label
-- case: column syntax in a join condition
-- expect: DBAI513
SELECT 1 FROM customer c JOIN orders o ON c.nice_label = o.note
-- case: column syntax from an inner query
-- expect: DBAI513
SELECT (SELECT c.nice_label) FROM customer c
-- case: column syntax on a subquery's row
-- expect: DBAI513
SELECT (s).row_to_json FROM (SELECT 1 AS a) s
-- case: column syntax on a column's value
-- expect: DBAI513
SELECT (c.name).upper FROM customer c
-- case: column syntax hidden by an outer table of that name
-- expect: DBAI513
SELECT (SELECT orders.note FROM customer orders) FROM orders
-- case: system columns
-- expect: DBAI513
SELECT ctid, xmin FROM customer
-- case: tableoid
-- expect: DBAI513
SELECT tableoid FROM customer
-- case: system column with its table
-- expect: DBAI513
SELECT customer.xmax FROM customer
-- case: whole row as a value
-- expect: DBAI513
SELECT c FROM customer c
-- case: whole row cast to text
-- expect: DBAI513
SELECT customer::text FROM customer
-- case: whole row compared
-- expect: DBAI513
SELECT 1 FROM customer a, customer b WHERE a = b
-- case: whole row concatenated
-- expect: DBAI513
SELECT 'x' || c FROM customer c
-- case: whole row as an argument of a function not meant for rows
-- expect: DBAI513
SELECT upper(c) FROM customer c
-- case: unknown column
-- expect: DBAI513
SELECT password FROM customer
-- case: column of a table that is not in scope
-- expect: DBAI513
SELECT orders.total FROM customer
-- case: column of a table beside a plain subquery
-- expect: DBAI513
SELECT * FROM customer c, (SELECT c.name) s
-- case: operator of the user's
-- expect: DBAI510
SELECT 1 <=> 2
-- case: operator that sqlglot reads as GLOB
-- expect: DBAI510
SELECT 1 ~~~ 2
-- case: operator of a schema
-- expect: DBAI510
SELECT 1 OPERATOR(public.=) 2
-- case: operator in any
-- expect: DBAI510
SELECT 1 OPERATOR(public.=) ANY (SELECT 2)
-- case: operator in order by using
-- expect: DBAI508
SELECT name FROM customer ORDER BY name USING OPERATOR(public.<)
-- case: order by using
-- expect: DBAI508
SELECT name FROM customer ORDER BY name USING >
-- case: domain
-- expect: DBAI511
SELECT 'x'::evil_domain
-- case: domain, qualified
-- expect: DBAI511
SELECT CAST('x' AS public.evil_domain)
-- case: domain in a column list
-- expect: DBAI511
SELECT * FROM jsonb_to_record('{"a": "x"}') AS t (a evil_domain)
-- case: domain as a literal's type
-- expect: DBAI511
SELECT evil_domain 'x'
-- case: domain array
-- expect: DBAI511
SELECT '{x}'::evil_domain[]
-- case: row type of a table
-- expect: DBAI511
SELECT '(1)'::customer
-- case: row type of a table through json
-- expect: DBAI509
SELECT json_populate_record(NULL::customer, '{}')
-- case: regclass
-- expect: DBAI511
SELECT 'secret'::regclass
-- case: regproc
-- expect: DBAI511
SELECT 'pg_sleep'::regproc::oid
-- case: regrole
-- expect: DBAI511
SELECT 1::regrole
-- case: oid
-- expect: DBAI511
SELECT 1::oid
-- case: xml
-- expect: DBAI511
SELECT '<a/>'::xml
-- case: xmlparse
-- expect: DBAI508
SELECT xmlparse(DOCUMENT '<a/>')
-- case: xmltable
-- expect: DBAI508
SELECT * FROM xmltable('/a' PASSING '<a/>' COLUMNS b text)
-- case: entity expansion
-- expect: DBAI509
SELECT xpath('/a', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'::xml)
-- case: type of a column
-- expect: DBAI511
SELECT 1::customer.name
-- case: placeholder
-- expect: DBAI508
SELECT $1
-- case: sampling method of an extension
-- expect: DBAI508
SELECT * FROM customer TABLESAMPLE system_rows (10)
-- case: collation of a user's schema
-- expect: DBAI508
SELECT name COLLATE public.evil FROM customer
-- case: update of a set-returning cursor
-- expect: DBAI507
UPDATE customer SET name = 'x' WHERE CURRENT OF c
-- case: NUL byte
-- expect: DBAI503
SELECT 1 {NUL} WHERE false
-- case: empty
-- expect: DBAI501

-- case: only a comment
-- expect: DBAI501
-- nothing
-- case: only semicolons
-- expect: DBAI501
; ;
-- case: syntax error
-- expect: DBAI504
SELEC 1
-- case: unclosed string
-- expect: DBAI504
SELECT 'abc
-- case: unclosed comment
-- expect: DBAI504
SELECT 1 /* abc
-- case: adjacent strings on one line, which only sqlglot joins
-- expect: DBAI504
SELECT 'foo' 'bar'
-- case: no-break space, which only sqlglot takes for a blank
SELECT a FROM customer
-- case: template braces, which only sqlglot takes
-- expect: DBAI504
SELECT {{ x }}
-- case: psql command
-- expect: DBAI504
\! rm -rf /
-- case: big repeat
-- expect: DBAI514
SELECT repeat('x', 1000000000)
-- case: repeat by a column
-- expect: DBAI514
SELECT repeat('x', customer_id * 10000000) FROM customer
-- case: repeat of repeat
-- expect: DBAI514
SELECT repeat(repeat('x', 10000), 10000)
-- case: repeat of a with query's repeat
-- expect: DBAI514
WITH a AS (SELECT repeat('x', 10000) AS r) SELECT repeat(r, 10000) FROM a
-- case: repeat through a bit cast
-- expect: DBAI514
SELECT repeat('x', 1::bit(1)::bit(31)::int)
-- case: repeat by a subquery
-- expect: DBAI514
SELECT repeat('x', (SELECT 1000000000))
-- case: lpad
-- expect: DBAI514
SELECT lpad('x', 1000000000, 'y')
-- case: rpad by an expression
-- expect: DBAI514
SELECT rpad('x', 10 ^ 9)
-- case: format width
-- expect: DBAI514
SELECT format('%1000000000s', 'x')
-- case: format width as an argument
-- expect: DBAI514
SELECT format('%*s', 1000000000, 'x')
-- case: format width as a numbered argument
-- expect: DBAI514
SELECT format('%1$*2$s', 'x', 1000000000)
-- case: format with a made template
-- expect: DBAI514
SELECT format('%' || '1000000000' || 's', 'x')
-- case: format with variadic template arguments
-- expect: DBAI514
SELECT format(VARIADIC ARRAY['%1000000000s', 'x'])
-- case: array_fill
-- expect: DBAI514
SELECT array_fill(1, ARRAY[100000000])
-- case: array_fill in several dimensions
-- expect: DBAI514
SELECT array_fill(1, ARRAY[10000, 10000])
-- case: array_fill by a subquery
-- expect: DBAI514
SELECT array_fill(1, ARRAY(SELECT 100000000))
-- case: generate_series of all numbers
-- expect: DBAI514
SELECT count(*) FROM generate_series(1, 100000000000)
-- case: generate_series by a tiny step
-- expect: DBAI514
SELECT count(*) FROM generate_series(0, 1, 0.0000000001)
-- case: padded text type
-- expect: DBAI514
SELECT 'x'::char(10000000)
-- case: padded bit type
-- expect: DBAI514
SELECT B'1'::bit(80000000)
-- case: named argument hides the size
-- expect: DBAI514
SELECT repeat(string => 'x', number => 1000000000)
-- case: json constructor with a function inside
SELECT JSON_OBJECT('a': set_config('a.b', 'c', true))
-- case: json_exists passing a function
SELECT JSON_EXISTS('{}'::jsonb, '$.a' PASSING set_config('a.b', 'c', true) AS x)
-- case: json_table over a function
SELECT * FROM JSON_TABLE(set_config('a.b', '{}', true)::jsonb, '$' COLUMNS (a int PATH '$.a')) AS t
-- case: grouping of a function
SELECT GROUPING(evil(1)) FROM customer GROUP BY evil(1)
-- case: collation for a function
SELECT COLLATION FOR (evil(1)::text)
-- case: is normalized of a function
SELECT 'x' || evil(1) IS NORMALIZED
-- case: at local of a function
SELECT now() AT LOCAL
-- case: domain as a function call
SELECT evil_domain('x')
-- case: cast in function form to regclass
-- expect: DBAI509
SELECT regclass('secret')
-- case: pipe functions of the path type sound like files
-- expect: DBAI509
SELECT popen('((0,0),(1,1))')
-- case: nested variadic user function
-- expect: DBAI509
SELECT concat(VARIADIC ARRAY[evil()::text])
-- case: column syntax behind a known field
-- expect: DBAI513
SELECT (c).name.city FROM customer c
-- case: column syntax behind a known field and a subscript
-- expect: DBAI513
SELECT (c).tags[1].nice_label FROM customer c
-- case: whole rows by star, compared
-- expect: DBAI513
SELECT 1 FROM customer c, customer d WHERE c.* = d.*
-- case: an operator without its left side, on which sqlglot fails with an error of its own
SELECT count(*) FROM generate_series(1, #>> 1)
-- case: a text that ends within USING
SELECT count(*) USING

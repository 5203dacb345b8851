-- State that outlives the statement, ways out of the transaction, locks, messages, waits.

-- case: set local
-- class: session state
-- effect: session
SET LOCAL work_mem = '1GB'
-- case: set session
-- class: session state
-- effect: session
SET SESSION search_path = evil, public
-- case: set session authorization
-- class: session state
-- effect: session
SET SESSION AUTHORIZATION canary_role
-- case: set time zone
-- class: session state
-- effect: session
SET TIME ZONE 'Asia/Tokyo'
-- case: set names
-- class: session state
-- effect: session
SET NAMES 'LATIN1'
-- case: set schema
-- class: session state
-- effect: session
SET SCHEMA 'evil'
-- case: set session characteristics
-- class: session state
-- effect: none
SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE
-- case: set constraints
-- class: session state
-- effect: none
SET CONSTRAINTS ALL DEFERRED
-- case: reset all
-- class: session state
-- effect: none
RESET ALL
-- case: set transaction isolation
-- class: session state
-- effect: none
SET TRANSACTION ISOLATION LEVEL SERIALIZABLE
-- case: an imported snapshot
-- class: session state
-- effect: refused
SET TRANSACTION SNAPSHOT '00000003-0000001B-1'
-- case: set_config for the session in a with query
-- class: session state
-- effect: session, discovers
WITH s AS (SELECT set_config('search_path', 'evil', false) AS x) SELECT * FROM s
-- case: set_config in a union's second half
-- class: session state
-- effect: session, discovers
SELECT 'x' UNION ALL SELECT set_config('statement_timeout', '0', false)
-- case: set_config by named arguments
-- class: session state
-- effect: refused
SELECT set_config(setting_name => 'a.b', new_value => 'c', is_local => false)
-- case: set_config for every row
-- class: session state
-- effect: session, discovers
SELECT set_config('a.b', name, false) FROM customer
-- case: set_config in a frame's offset
-- class: session state
-- effect: session, discovers
SELECT count(*) OVER (ORDER BY customer_id ROWS length(set_config('a.b', 'c', false)) PRECEDING) FROM customer
-- case: set_config in a fetch clause
-- class: session state
-- effect: session, discovers
SELECT 1 FETCH FIRST (length(set_config('a.b', 'c', false))) ROWS ONLY
-- case: set_config in a cycle clause's query
-- class: session state
-- effect: session, discovers
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 2) CYCLE n SET looped USING path SELECT set_config('a.b', 'c', false) FROM r
-- case: set_config as an element of rows
-- class: session state
-- effect: session, discovers
SELECT (ROW(1, set_config('a.b', 'c', false))).f2
-- case: set_config in a slice
-- class: session state
-- effect: session, discovers
SELECT (ARRAY[1, 2, 3])[1:length(set_config('a.b', 'c', false))]
-- case: set_config in is distinct from
-- class: session state
-- effect: session, discovers
SELECT 1 WHERE set_config('a.b', 'c', false) IS DISTINCT FROM 'x'
-- case: set_config in between
-- class: session state
-- effect: session, discovers
SELECT 1 WHERE 'c' BETWEEN set_config('a.b', 'c', false) AND 'd'
-- case: set_config in nullif
-- class: session state
-- effect: session, discovers
SELECT nullif(set_config('a.b', 'c', false), 'x')
-- case: set_config in a json array
-- class: session state
-- effect: session, discovers
-- on 15: refused
SELECT JSON_ARRAY(set_config('a.b', 'c', false))
-- case: set_config in json_arrayagg
-- class: session state
-- effect: session, discovers
-- on 15: refused
SELECT JSON_ARRAYAGG(set_config('a.b', 'c', false)) FROM customer
-- case: set_config in json_scalar
-- class: session state
-- effect: session, discovers
-- on 15: refused
SELECT JSON_SCALAR(set_config('a.b', 'c', false))
-- case: set_config in json_query's path
-- class: session state
-- effect: session, discovers
-- on 15: refused
SELECT JSON_QUERY(jsonb '{}', '$' PASSING set_config('a.b', 'c', false) AS v)
-- case: set_config in xmlelement
-- class: session state
-- effect: refused
-- on 15: session, discovers
SELECT XMLELEMENT(NAME a, set_config('a.b', 'c', false))
-- case: set_config in extract
-- class: session state
-- effect: session, discovers
SELECT extract(day FROM now() + length(set_config('a.b', 'c', false)) * interval '1 day')
-- case: set_config in similar to
-- class: session state
-- effect: session
SELECT 'a' SIMILAR TO set_config('a.b', 'c', false)
-- case: set_config in position
-- class: session state
-- effect: session, discovers
SELECT position(set_config('a.b', 'c', false) IN 'abc')
-- case: set_config in overlaps
-- class: session state
-- effect: session, discovers
SELECT (now(), now()) OVERLAPS (now(), now() + length(set_config('a.b', 'c', false)) * interval '1 day')
-- case: set_config behind a cast's colons
-- class: session state
-- effect: session, discovers
SELECT (set_config('a.b', 'c', false))::varchar(5)::text
-- case: set_config behind a collation
-- class: session state
-- effect: session, discovers
SELECT set_config('a.b', 'c', false) COLLATE "C"
-- case: set_config in rollup
-- class: session state
-- effect: session, discovers
SELECT count(*) FROM customer GROUP BY ROLLUP (set_config('a.b', 'c', false), country)
-- case: set_config in having
-- class: session state
-- effect: session, discovers
SELECT count(*) FROM customer HAVING set_config('a.b', 'c', false) = 'c'
-- case: set_config in a percentile's direct argument
-- class: session state
-- effect: session, discovers
SELECT percentile_cont(length(set_config('a.b', 'c', false)) / 2.0) WITHIN GROUP (ORDER BY customer_id) FROM customer
-- case: set_config in an inline array's comparison
-- class: session state
-- effect: session, discovers
SELECT 1 WHERE 'c' = ANY (ARRAY[set_config('a.b', 'c', false)])
-- case: set_config in a row comparison
-- class: session state
-- effect: session, discovers
SELECT 1 WHERE (1, 'c') = (1, set_config('a.b', 'c', false))
-- case: set_config repeatable
-- class: session state
-- effect: session, discovers
SELECT * FROM customer TABLESAMPLE SYSTEM (50) REPEATABLE (length(set_config('a.b', 'c', false)))
-- case: prepare and execute
-- class: session state
-- effect: session, escapes, leaks
PREPARE p AS SELECT password FROM secret; EXECUTE p
-- case: a cursor opened and read
-- class: session state
-- effect: escapes, leaks
BEGIN; DECLARE c CURSOR FOR SELECT password FROM secret; FETCH ALL FROM c; COMMIT
-- case: fetch
-- class: session state
-- effect: refused
FETCH ALL FROM c
-- case: move
-- class: session state
-- effect: refused
MOVE 1 IN c
-- case: close
-- class: session state
-- effect: none
CLOSE ALL
-- case: unlisten
-- class: session state
-- effect: none
UNLISTEN *
-- case: discard plans
-- class: session state
-- effect: none
DISCARD PLANS
-- case: discard temp
-- class: session state
-- effect: none
DISCARD TEMP
-- case: start a transaction
-- class: session state
-- effect: session, escapes
START TRANSACTION READ WRITE
-- case: begin and stay
-- class: session state
-- effect: session
BEGIN
-- case: abort
-- class: session state
-- effect: escapes
ABORT
-- case: end
-- class: session state
-- effect: escapes
END
-- case: rollback and chain
-- class: session state
-- effect: escapes
ROLLBACK AND CHAIN
-- case: commit and chain
-- class: session state
-- effect: escapes
COMMIT AND CHAIN
-- case: release
-- class: session state
-- effect: refused
RELEASE SAVEPOINT a
-- case: rollback to a savepoint
-- class: session state
-- effect: refused
ROLLBACK TO SAVEPOINT pinned
-- case: prepare transaction
-- class: session state
-- effect: writes, escapes
BEGIN; DELETE FROM order_line; PREPARE TRANSACTION 'x'
-- case: commit prepared
-- class: session state
-- effect: refused
COMMIT PREPARED 'x'
-- case: a library loaded
-- class: session state
-- effect: session
LOAD 'pg_trgm'
-- case: read write, then a write
-- class: several statements
-- effect: writes, escapes
SET TRANSACTION READ WRITE; DELETE FROM order_line
-- case: rollback, then a write
-- class: several statements
-- effect: writes, escapes
ROLLBACK; DELETE FROM order_line
-- case: out of the transaction and a new one
-- class: several statements
-- effect: writes, escapes
COMMIT; BEGIN; DELETE FROM order_line; COMMIT
-- case: a write in the middle
-- class: several statements
-- effect: writes, escapes
SELECT 1; DELETE FROM order_line; SELECT 2
-- case: a write before the select
-- class: several statements
-- effect: writes, escapes
DELETE FROM order_line; SELECT 1
-- case: a block after the select
-- class: several statements
-- effect: writes, escapes
SELECT 1; DO $$ BEGIN DELETE FROM order_line; END $$
-- case: a function made and called
-- class: several statements
-- effect: writes, escapes
CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'DELETE FROM order_line'; SELECT f()
-- case: timeout off, then wait
-- class: several statements
-- effect: escapes, burns time
SET statement_timeout = 0; SELECT pg_sleep(100)
-- case: an empty statement between
-- class: several statements
-- effect: writes, escapes
SELECT 1;; ; DELETE FROM order_line
-- case: a semicolon in another script
-- class: several statements
-- effect: refused
SELECT 1； DELETE FROM order_line
-- case: notify with a query's value
-- class: messages
-- effect: notifies
SELECT pg_notify('x', max(password)) FROM secret
-- case: notify in a with query
-- class: messages
-- effect: notifies
WITH n AS (SELECT pg_notify('x', 'y')) SELECT * FROM n
-- case: notify after a select
-- class: messages
-- effect: escapes, notifies
SELECT 1; NOTIFY x
-- case: notify by a block
-- class: messages
-- effect: notifies
DO $$ BEGIN NOTIFY x; END $$
-- case: notify for every row
-- class: messages
-- effect: notifies
SELECT pg_notify('x', name) FROM customer
-- case: rows locked of one table
-- class: locks
-- effect: locks
SELECT * FROM customer c JOIN orders o USING (customer_id) FOR UPDATE OF c
-- case: rows locked and not waited for
-- class: locks
-- effect: locks
SELECT * FROM customer FOR UPDATE NOWAIT
-- case: rows locked below a union's with query
-- class: locks
-- effect: locks
WITH l AS (SELECT * FROM customer FOR UPDATE) SELECT count(*) FROM l UNION ALL SELECT 1
-- case: rows locked in an array
-- class: locks
-- effect: locks
SELECT ARRAY(SELECT name FROM customer FOR UPDATE)
-- case: rows locked in a lateral
-- class: locks
-- effect: locks
SELECT * FROM orders o, LATERAL (SELECT 1 FROM customer c WHERE c.customer_id = o.customer_id FOR SHARE) x
-- case: rows locked through a view
-- class: locks
-- effect: locks
SELECT * FROM paid_order FOR UPDATE
-- case: table locked, exclusive
-- class: locks
-- effect: locks
LOCK TABLE ONLY customer IN EXCLUSIVE MODE NOWAIT
-- case: table locked, several
-- class: locks
-- effect: locks
LOCK customer, orders IN SHARE MODE
-- case: a catalog locked
-- class: locks
-- effect: locks
LOCK TABLE pg_class IN ACCESS EXCLUSIVE MODE
-- case: advisory lock of a transaction
-- class: locks
-- effect: locks
SELECT pg_advisory_xact_lock(1, 2)
-- case: advisory lock, shared
-- class: locks
-- effect: locks
SELECT pg_try_advisory_lock_shared(7)
-- case: advisory locks for all rows
-- class: locks
-- effect: locks
SELECT pg_advisory_lock(customer_id) FROM customer
-- case: advisory locks without end
-- class: locks
-- effect: locks
SELECT count(pg_advisory_lock(n)) FROM generate_series(1, 2000) n
-- case: advisory locks given back
-- class: locks
-- effect: none
SELECT pg_advisory_unlock_all()
-- case: sleep in a filter of every row
-- class: sleep
-- effect: burns time
SELECT name FROM customer WHERE pg_sleep(1) IS NOT NULL
-- case: sleep in a with query
-- class: sleep
-- effect: burns time
WITH s AS MATERIALIZED (SELECT pg_sleep(100)) SELECT 1 FROM s
-- case: sleep in a lateral
-- class: sleep
-- effect: burns time
SELECT 1 FROM customer, LATERAL (SELECT pg_sleep(10)) s
-- case: sleep in order by
-- class: sleep
-- effect: refused
SELECT 1 ORDER BY pg_sleep(100)
-- case: sleep in limit
-- class: sleep
-- effect: burns time
SELECT 1 LIMIT (SELECT 1 FROM pg_sleep(100))
-- case: sleep, qualified and spaced
-- class: sleep
-- effect: burns time
SELECT pg_catalog . pg_sleep ( 100 )
-- case: sleep in a block
-- class: sleep
-- effect: burns time
DO $$ BEGIN PERFORM pg_sleep(100); END $$
-- case: sleep in a case
-- class: sleep
-- effect: burns time
SELECT CASE WHEN true THEN (SELECT 1 FROM pg_sleep(100)) END
-- case: sleep until tomorrow
-- class: sleep
-- effect: burns time
SELECT pg_sleep_until('tomorrow')
-- case: sleep with the time limit off
-- class: sleep
-- effect: burns time
-- on 15: refused
SELECT set_config('statement_timeout', '0', false), set_config('transaction_timeout', '0', false), pg_sleep(100)

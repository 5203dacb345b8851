-- case: escaped name
-- does: calls a function under a name in escapes
-- tried: limits
SELECT U&"pg\005fsleep"(5)
-- case: escaped name of another kind
-- does: calls a function under a name in escapes
-- tried: limits
SELECT U&"!0070g_sleep" UESCAPE '!' (5)
-- case: quoted name
-- does: calls a function under a quoted name
-- tried: limits
SELECT "pg_sleep"(5)
-- case: name with its schema
-- does: calls a function past a list of bare names
-- tried: limits
SELECT "pg_catalog"."pg_sleep"(5)
-- case: comment in a call
-- does: calls a function with a comment in its name
-- tried: limits
SELECT pg_sleep /* harmless */ (5)
-- case: call in FROM
-- does: calls a function where tables stand
-- tried: limits
SELECT 1 FROM pg_sleep(5) AS s
-- case: call in ROWS FROM
-- does: calls a function where tables stand
-- tried: limits
SELECT 1 FROM ROWS FROM (pg_sleep(5), generate_series(1, 2)) AS s
-- case: call beside a table
-- does: calls a function for each row
-- tried: limits
SELECT 1 FROM (VALUES (1)) AS t(n), LATERAL pg_sleep(5 + n) AS s
-- case: call in ORDER BY
-- does: calls a function where nobody looks
-- tried: limits
SELECT 1 ORDER BY pg_sleep(5)::text
-- case: call in LIMIT
-- does: calls a function where nobody looks
-- tried: limits
SELECT 1 LIMIT (SELECT 1 FROM pg_sleep(5))
-- case: call in a window
-- does: calls a function where nobody looks
-- tried: limits
SELECT count(*) OVER (PARTITION BY pg_sleep(5)::text)
-- case: call in HAVING
-- does: calls a function where nobody looks
-- tried: limits
SELECT 1 HAVING pg_sleep(5) IS NULL
-- case: call in FILTER
-- does: calls a function where nobody looks
-- tried: limits
SELECT count(*) FILTER (WHERE pg_sleep(5) IS NULL)
-- case: call in a with query that nobody reads
-- does: calls a function where nobody looks
-- tried: limits
SELECT (WITH s AS MATERIALIZED (SELECT pg_sleep(5) AS p) SELECT count(p) FROM s)
-- case: call in VALUES
-- does: calls a function without a SELECT
-- tried: limits
VALUES (pg_sleep(5))
-- case: call in CASE
-- does: calls a function where nobody looks
-- tried: limits
SELECT CASE WHEN pg_sleep(5) IS NULL THEN 1 ELSE 2 END
-- case: call in COALESCE
-- does: calls a function where nobody looks
-- tried: limits
SELECT coalesce(NULL, pg_sleep(5)::text)
-- case: call in a row
-- does: calls a function in a row value
-- tried: limits
SELECT (ROW(pg_sleep(5), 1)).*
-- case: call in an array
-- does: calls a function in an array
-- tried: limits
SELECT ARRAY[(SELECT 1 FROM pg_sleep(5))]
-- case: call in EXISTS
-- does: calls a function where nobody looks
-- tried: limits
SELECT EXISTS (SELECT FROM pg_sleep(5))
-- case: call in a set operation
-- does: calls a function in the other branch
-- tried: limits
SELECT NULL UNION ALL SELECT pg_sleep(5)::text
-- case: named argument
-- does: calls a function behind another's named argument
-- tried: limits
SELECT pg_sleep_for(make_interval(secs => 5))
-- case: until a moment
-- does: sleeps until a time of day
-- tried: limits
SELECT pg_sleep_until(clock_timestamp() + interval '5 s')
-- case: column spelling
-- does: calls a function that takes a row as if it were a column
SELECT t.row_to_json FROM {table} t
-- case: column spelling in brackets
-- does: calls a function as a field
SELECT (t).pg_typeof FROM {table} t
-- case: operator with its schema
-- does: calls an operator of a user
SELECT 1 OPERATOR({schema}.===) 1
-- case: cast that calls
-- does: looks names up by a cast
SELECT 'pg_sleep(double precision)'::regprocedure
-- case: cast by function syntax
-- does: looks names up by a cast
SELECT regclass('{plain}')
-- case: type with a default
-- does: runs a domain's check
SELECT CAST(1 AS {schema}.databaseai_probe)
-- case: with query named as a catalog
-- does: hides the real catalog's name
WITH pg_authid AS (SELECT 1) SELECT * FROM (SELECT * FROM pg_catalog.pg_authid) s
-- case: with query out of its scope
-- does: reads the real table behind a name that was allowed elsewhere
SELECT * FROM (WITH pg_proc AS (SELECT 1 AS n) SELECT n FROM pg_proc) s, pg_proc
-- case: letters that fold
-- does: calls a function whose name only looks like a known one
SELECT ſum(1)
-- case: Cyrillic letter
-- does: names a table that only looks like a known one
SELECT * FROM {schema}.ѕales
-- case: text that ends early
-- does: hides the rest from one of two readers
SELECT 1 {NUL} FROM {table}
-- case: writing direction turned
-- does: shows a reader another text than the server
SELECT 1 /* ‮ */ FROM pg_authid
-- case: parameter
-- does: leaves a hole to be filled by somebody else
SELECT $1
-- case: template
-- does: leaves a hole to be filled by somebody else
SELECT {{ table }}
-- case: database named
-- does: names another database's table
SELECT * FROM postgres.pg_catalog.pg_authid
-- case: collation asked
-- does: calls what looks like syntax
SELECT COLLATION FOR ((SELECT rolname FROM pg_authid LIMIT 1))
-- case: cursor's place
-- does: reads through a cursor
FETCH ALL FROM databaseai_probe

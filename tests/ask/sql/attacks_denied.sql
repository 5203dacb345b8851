-- Relations outside the policy, in every place where a relation may stand; values that leave in an error's text; rows
-- that row security hides.

-- case: denied table by natural join
-- class: denied relations
-- effect: leaks
SELECT password FROM customer NATURAL JOIN secret LIMIT 5
-- case: denied table in a lateral
-- class: denied relations
-- effect: leaks
SELECT s.password FROM customer c, LATERAL (SELECT password FROM secret LIMIT 1) s LIMIT 5
-- case: denied table in values
-- class: denied relations
-- effect: leaks
VALUES ((SELECT max(password) FROM secret))
-- case: denied table in an array
-- class: denied relations
-- effect: leaks
SELECT ARRAY(SELECT password FROM secret)
-- case: denied table in a list
-- class: denied relations
-- effect: discovers
SELECT name FROM customer WHERE name IN (SELECT password FROM secret) OR true
-- case: denied table in any
-- class: denied relations
-- effect: discovers
SELECT 'hunter2' = ANY (SELECT password FROM secret)
-- case: denied table in an aggregate's argument
-- class: denied relations
-- effect: leaks
SELECT string_agg((SELECT max(password) FROM secret), ',') FROM customer
-- case: denied table in an aggregate's filter
-- class: denied relations
-- effect: discovers
SELECT count(*) FILTER (WHERE EXISTS (SELECT 1 FROM secret WHERE password LIKE 'h%')) FROM customer
-- case: denied table in a window
-- class: denied relations
-- effect: discovers
SELECT max(name) OVER (ORDER BY (SELECT max(password) FROM secret)) FROM customer
-- case: denied table in order by
-- class: denied relations
-- effect: discovers
SELECT name FROM customer ORDER BY (SELECT password FROM secret LIMIT 1)
-- case: denied table in limit
-- class: denied relations
-- effect: discovers
SELECT name FROM customer LIMIT (SELECT length(max(password)) FROM secret)
-- case: denied table in offset
-- class: denied relations
-- effect: discovers
SELECT name FROM customer OFFSET (SELECT ascii(max(password)) % 10 FROM secret)
-- case: denied table in group by
-- class: denied relations
-- effect: discovers
SELECT count(*) FROM customer GROUP BY (SELECT max(password) FROM secret)
-- case: denied table in having
-- class: denied relations
-- effect: discovers
SELECT count(*) FROM customer HAVING (SELECT max(password) FROM secret) > 'h'
-- case: denied table in distinct on
-- class: denied relations
-- effect: discovers
SELECT DISTINCT ON ((SELECT max(password) FROM secret)) name FROM customer
-- case: denied table in a case
-- class: denied relations
-- effect: discovers
SELECT CASE WHEN (SELECT max(password) FROM secret) LIKE 'h%' THEN 1 ELSE 0 END
-- case: denied table in a join condition
-- class: denied relations
-- effect: discovers
SELECT 1 FROM customer c JOIN orders o ON c.name < (SELECT max(password) FROM secret) LIMIT 1
-- case: denied table by using
-- class: denied relations
-- effect: leaks
SELECT password FROM secret JOIN (SELECT 1 AS id) x USING (id)
-- case: denied table in a union
-- class: denied relations
-- effect: leaks
SELECT name FROM customer UNION SELECT password FROM secret
-- case: denied table in an intersection
-- class: denied relations
-- effect: leaks
SELECT password FROM secret INTERSECT SELECT 'hunter2'
-- case: denied table in an exception
-- class: denied relations
-- effect: leaks
(SELECT password FROM secret) EXCEPT (SELECT name FROM customer)
-- case: denied table in a recursive half
-- class: denied relations
-- effect: leaks
WITH RECURSIVE r AS (SELECT 1 AS n, ''::text AS p UNION ALL SELECT n + 1, (SELECT max(password) FROM secret) FROM r WHERE n < 3) SELECT * FROM r
-- case: denied table in a materialized with query
-- class: denied relations
-- effect: leaks
WITH s AS MATERIALIZED (TABLE secret) SELECT * FROM s
-- case: denied table sampled
-- class: denied relations
-- effect: leaks
SELECT * FROM secret TABLESAMPLE BERNOULLI (100)
-- case: denied table, quoted
-- class: denied relations
-- effect: leaks
SELECT "password" FROM "public"."secret"
-- case: denied table in other letters
-- class: denied relations
-- effect: leaks
SELECT PassWord FROM SECRET
-- case: denied table with a comment in its name's path
-- class: denied relations
-- effect: leaks
SELECT password FROM public /* x */ . /* y */ secret
-- case: denied table by its database
-- class: denied relations
-- effect: refused
SELECT password FROM ground.public.secret
-- case: view of a denied table
-- class: denied relations
-- effect: leaks
SELECT note FROM staff_note
-- case: materialized view of a denied table
-- class: denied relations
-- effect: leaks
SELECT password FROM secret_copy
-- case: denied table counted
-- class: denied relations
-- effect: discovers
SELECT count(*) FROM salary
-- case: denied table in exists, as an oracle
-- class: denied relations
-- effect: discovers
SELECT EXISTS (SELECT 1 FROM salary WHERE amount = 'canary-1000')
-- case: denied table as a row
-- class: denied relations
-- effect: leaks
SELECT s FROM secret s
-- case: denied table to json
-- class: denied relations
-- effect: leaks
SELECT row_to_json(s) FROM secret s
-- case: denied table to json, all of it
-- class: denied relations
-- effect: leaks
SELECT json_agg(s.*) FROM secret s
-- case: denied table in json_table
-- class: denied relations
-- effect: leaks
-- on 15: refused
SELECT t.p FROM JSON_TABLE((SELECT json_agg(s) FROM secret s)::jsonb, '$[*]' COLUMNS (p text PATH '$.password')) t
-- case: denied table passed to json_table
-- class: denied relations
-- effect: refused
SELECT t.p FROM JSON_TABLE(jsonb '[1]', '$[*]' PASSING (SELECT max(password) FROM secret) AS v COLUMNS (p text PATH '$v')) t
-- case: denied table behind an alias of an allowed one
-- class: denied relations
-- effect: leaks
SELECT customer.password FROM secret AS customer
-- case: denied table under a with query's column names
-- class: denied relations
-- effect: leaks
WITH customer(name) AS (SELECT password FROM secret) SELECT name FROM customer
-- case: denied table by with queries in the wrong order
-- class: denied relations
-- effect: refused
WITH a AS (SELECT * FROM b), b AS (SELECT * FROM secret) SELECT * FROM b
-- case: foreign table
-- class: denied relations
-- effect: reaches out
SELECT * FROM far_customer
-- case: denied table in a statement of two
-- class: denied relations
-- effect: escapes, leaks
SELECT 1; SELECT password FROM secret
-- case: denied table behind explain analyze
-- class: denied relations
-- effect: leaks
EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM secret WHERE password = 'hunter2'
-- case: value in a number's error
-- class: error text
-- effect: error leak
SELECT password::int FROM secret
-- case: value in a date's error
-- class: error text
-- effect: error leak
SELECT password::date FROM secret
-- case: value in an inet's error
-- class: error text
-- effect: error leak
SELECT CAST(password AS inet) FROM secret
-- case: value in a uuid's error
-- class: error text
-- effect: error leak
SELECT password::uuid FROM secret
-- case: value in json's error
-- class: error text
-- effect: error leak
SELECT password::json FROM secret
-- case: value in jsonb's error, in a filter
-- class: error text
-- effect: error leak
SELECT 1 FROM secret WHERE password::jsonb IS NOT NULL
-- case: value in an array's error
-- class: error text
-- effect: error leak
SELECT ('{' || password)::text[] FROM secret
-- case: value in a range's error
-- class: error text
-- effect: error leak
SELECT password::int4range FROM secret
-- case: value in an interval's error
-- class: error text
-- effect: error leak
SELECT password::interval FROM secret
-- case: value in a boolean's error
-- class: error text
-- effect: error leak
SELECT password::boolean FROM secret
-- case: value in an enum's error
-- class: error text
-- effect: error leak
SELECT password::order_state FROM secret
-- case: value in a query's error
-- class: error text
-- effect: error leak
SELECT to_tsquery('english', password || ' &') FROM secret
-- case: value in a point's error
-- class: error text
-- effect: error leak
SELECT ('(' || password)::point FROM secret
-- case: value in a date pattern's error
-- class: error text
-- effect: refused
SELECT to_timestamp(password, 'YYYY') FROM secret
-- case: value in a time zone's error
-- class: error text
-- effect: none
SELECT now() AT TIME ZONE (password || ' ') FROM secret
-- case: value in an encoding's error
-- class: error text
-- effect: error leak
SELECT encode('x', password) FROM secret
-- case: value as an encoding's name
-- class: error text
-- effect: error leak
SELECT convert_to('x', password) FROM secret
-- case: value as a field's name
-- class: error text
-- effect: error leak
SELECT date_trunc(password, now()) FROM secret
-- case: value as a part's name
-- class: error text
-- effect: error leak
SELECT extract(epoch FROM password::timestamptz) FROM secret
-- case: value as a setting's name
-- class: error text
-- effect: error leak
SELECT current_setting(password) FROM secret
-- case: value as a table's name
-- class: error text
-- effect: error leak
SELECT password::regclass FROM secret
-- case: value as a function's name
-- class: error text
-- effect: error leak
SELECT password::regproc FROM secret
-- case: value as a json path
-- class: error text
-- effect: refused
SELECT jsonb_path_query('{}', (password || ' (')::jsonpath) FROM secret
-- case: value in a sequence's name
-- class: error text
-- effect: error leak
SELECT nextval(password) FROM secret
-- case: value in a raised notice
-- class: error text
-- effect: error leak
DO $$ BEGIN RAISE NOTICE '%', (SELECT max(password) FROM secret); END $$
-- case: value in a raised error
-- class: error text
-- effect: error leak
DO $$ BEGIN RAISE EXCEPTION '%', (SELECT max(password) FROM secret); END $$
-- case: value of a duplicate key
-- class: error text
-- effect: error leak
INSERT INTO salary SELECT person, amount FROM salary LIMIT 1
-- case: value in a division's error, bit by bit
-- class: error text
-- effect: refused
SELECT 1 / (length(password) - 7) FROM secret
-- case: value in a check's error
-- class: error text
-- effect: error leak
UPDATE salary SET amount = NULL WHERE person = 'canary-person-1'
-- case: value in a width's error
-- class: error text
-- effect: refused
SELECT width_bucket(1, 2, 3, length(password) - 7) FROM secret
-- case: another tenant by set_config beside the column
-- class: row security
-- effect: session, leaks
SELECT set_config('app.tenant', 'theirs', true), note FROM tenant_note
-- case: another tenant by set_config in a with query
-- class: row security
-- effect: session, leaks
WITH s AS MATERIALIZED (SELECT set_config('app.tenant', 'theirs', true)) SELECT note FROM s, tenant_note
-- case: another tenant by set_config in a lateral
-- class: row security
-- effect: session, leaks
SELECT note FROM (SELECT set_config('app.tenant', 'theirs', false)) s, LATERAL (SELECT note FROM tenant_note) n
-- case: another tenant by set_config in a filter
-- class: row security
-- effect: session, leaks
SELECT note FROM tenant_note WHERE set_config('app.tenant', 'theirs', true) = 'theirs'
-- case: another tenant by two statements
-- class: row security
-- effect: session, escapes, leaks
SET app.tenant = 'theirs'; SELECT note FROM tenant_note
-- case: another tenant by set local
-- class: row security
-- effect: escapes, leaks
BEGIN; SET LOCAL app.tenant = 'theirs'; SELECT note FROM tenant_note; COMMIT
-- case: another tenant through a view of its owner's
-- class: row security
-- effect: leaks
SELECT note FROM every_note
-- case: rows without their policy
-- class: row security
-- effect: session, escapes, leaks
SET row_security = off; SELECT note FROM tenant_note
-- case: no policy any more
-- class: row security
-- effect: writes
ALTER TABLE tenant_note DISABLE ROW LEVEL SECURITY
-- case: a policy dropped
-- class: row security
-- effect: writes
DROP POLICY by_tenant ON tenant_note
-- case: a policy for all
-- class: row security
-- effect: writes
CREATE POLICY everybody ON tenant_note USING (true)
-- case: a login without policies
-- class: row security
-- effect: writes
ALTER ROLE canary_role BYPASSRLS
-- case: back to the login's own role
-- class: row security
-- effect: leaks
SELECT set_config('role', 'none', true), note FROM tenant_note
-- case: reset the role
-- class: row security
-- effect: escapes, leaks
RESET ROLE; SELECT note FROM tenant_note
-- case: rows into a function that looks at them first
-- class: row security
-- effect: calls user code, leaks
SELECT note FROM tenant_note WHERE evil_check(note)
-- case: rows copied out
-- class: row security
-- effect: leaks
COPY tenant_note TO STDOUT
-- case: rows of a query copied out
-- class: row security
-- effect: leaks
COPY (SELECT note FROM tenant_note) TO STDOUT
-- case: rows in a block
-- class: row security
-- effect: session
DO $$ BEGIN PERFORM set_config('app.tenant', 'theirs', false); END $$
-- case: whether security is on
-- class: row security
-- effect: none
SELECT row_security_active('tenant_note')

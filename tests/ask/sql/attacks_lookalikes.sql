-- Code of somebody's own that looks like PostgreSQL's: functions in every place, column syntax, operators, domains.

-- case: user function in group by
-- class: user functions
-- effect: calls user code
SELECT count(*) FROM customer GROUP BY evil(customer_id)
-- case: user function in having
-- class: user functions
-- effect: calls user code
SELECT count(*) FROM customer HAVING evil() = 1
-- case: user function in limit
-- class: user functions
-- effect: calls user code
SELECT name FROM customer LIMIT evil()
-- case: user function in offset
-- class: user functions
-- effect: calls user code
SELECT name FROM customer OFFSET evil(0)
-- case: user function in a join condition
-- class: user functions
-- effect: calls user code
SELECT count(*) FROM customer a JOIN product b ON evil(a.customer_id) = b.product_id
-- case: user function in values
-- class: user functions
-- effect: calls user code
VALUES (1), (evil())
-- case: user function in a list
-- class: user functions
-- effect: calls user code
SELECT 1 WHERE 1 IN (2, evil())
-- case: user function in an array
-- class: user functions
-- effect: calls user code
SELECT ARRAY[evil(), evil(2)]
-- case: user function in a subscript
-- class: user functions
-- effect: calls user code
SELECT tags[evil()] FROM customer
-- case: user function in a case's test
-- class: user functions
-- effect: calls user code
SELECT CASE evil() WHEN 1 THEN 'a' END
-- case: user function in greatest
-- class: user functions
-- effect: calls user code
SELECT greatest(0, evil())
-- case: user function in is distinct from
-- class: user functions
-- effect: calls user code
SELECT 1 IS DISTINCT FROM evil()
-- case: user function in a frame
-- class: user functions
-- effect: calls user code
SELECT sum(total) OVER (ORDER BY order_id ROWS BETWEEN evil() PRECEDING AND CURRENT ROW) FROM orders
-- case: user function in partition by
-- class: user functions
-- effect: calls user code
SELECT rank() OVER (PARTITION BY evil(customer_id) ORDER BY name) FROM customer
-- case: user function in distinct on
-- class: user functions
-- effect: calls user code
SELECT DISTINCT ON (evil(customer_id)) name FROM customer
-- case: user function in rows from
-- class: user functions
-- effect: calls user code
SELECT * FROM ROWS FROM (evil(), generate_series(1, 2)) AS r(a, b)
-- case: user function with ordinality
-- class: user functions
-- effect: calls user code
SELECT * FROM evil() WITH ORDINALITY
-- case: user function in a lateral
-- class: user functions
-- effect: calls user code
SELECT * FROM customer c, LATERAL evil(c.customer_id) e
-- case: user function by a named argument
-- class: user functions
-- effect: calls user code
SELECT evil(x => 1)
-- case: user function in the old named notation
-- class: user functions
-- effect: calls user code
SELECT evil(x := 1)
-- case: user function in a recursive half
-- class: user functions
-- effect: calls user code
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT evil(n) + 1 FROM r WHERE n < 3) SELECT * FROM r
-- case: user function in tablesample
-- class: user functions
-- effect: calls user code
SELECT count(*) FROM customer TABLESAMPLE BERNOULLI (evil(50))
-- case: user function in a json array
-- class: user functions
-- effect: calls user code
-- on 15: refused
SELECT JSON_ARRAY(evil())
-- case: user function in a json object
-- class: user functions
-- effect: calls user code
-- on 15: refused
SELECT JSON_OBJECT('a': evil())
-- case: user function in json_value's path variables
-- class: user functions
-- effect: calls user code
-- on 15: refused
SELECT JSON_VALUE(jsonb '{}', '$x' PASSING evil() AS x)
-- case: user function in json_value's default
-- class: user functions
-- effect: calls user code
-- on 15: refused
SELECT JSON_VALUE(jsonb '{}', '$.a' RETURNING int DEFAULT evil() ON EMPTY)
-- case: user function in json_table's path variables
-- class: user functions
-- effect: calls user code
-- on 15: refused
SELECT * FROM JSON_TABLE(jsonb '[1]', '$[*]' PASSING evil() AS x COLUMNS (a int PATH '$'))
-- case: user function in json_serialize
-- class: user functions
-- effect: calls user code
-- on 15: refused
SELECT JSON_SERIALIZE(JSON_SCALAR(evil()))
-- case: user function in extract
-- class: user functions
-- effect: calls user code
SELECT extract(day FROM now() + evil() * interval '1 day')
-- case: user function in substring similar
-- class: user functions
-- effect: calls user code
SELECT substring('abc' SIMILAR 'a' ESCAPE evil()::text)
-- case: user function in trim
-- class: user functions
-- effect: calls user code
SELECT trim(LEADING evil()::text FROM '1a')
-- case: user function in overlay
-- class: user functions
-- effect: calls user code
SELECT overlay('abc' PLACING 'x' FROM evil())
-- case: user function in at time zone
-- class: user functions
-- effect: calls user code
SELECT now() AT TIME ZONE (evil() * interval '1 hour')
-- case: user function in is json
-- class: user functions
-- effect: calls user code
-- on 15: refused
SELECT evil()::text IS JSON
-- case: user function in a row's field
-- class: user functions
-- effect: calls user code
SELECT (ROW(evil(), 2)).f1
-- case: user function in a union's order
-- class: user functions
-- effect: calls user code
SELECT 1 AS a UNION ALL SELECT 2 ORDER BY a LIMIT evil()
-- case: user function in all
-- class: user functions
-- effect: calls user code
SELECT 1 <= ALL (ARRAY[evil()])
-- case: user function in a not-null test
-- class: user functions
-- effect: calls user code
SELECT 1 WHERE evil() IS NOT NULL
-- case: user function in a boolean test
-- class: user functions
-- effect: calls user code
SELECT 1 WHERE (evil() = 1) IS TRUE
-- case: user aggregate
-- class: user functions
-- effect: calls user code
SELECT evil_total(customer_id) FROM customer
-- case: user aggregate over a window
-- class: user functions
-- effect: calls user code
SELECT evil_total(customer_id) OVER (ORDER BY customer_id) FROM customer
-- case: user aggregate with a filter
-- class: user functions
-- effect: calls user code
SELECT evil_total(DISTINCT customer_id) FILTER (WHERE customer_id < 5) FROM customer
-- case: user aggregate, qualified
-- class: user functions
-- effect: calls user code
SELECT public.evil_total(customer_id ORDER BY name) FROM customer
-- case: definer's function
-- class: user functions
-- effect: leaks
SELECT peek(c) FROM customer c LIMIT 1
-- case: procedure as a function
-- class: user functions
-- effect: refused
SELECT evil_procedure()
-- case: function of the schema evil
-- class: user functions
-- effect: calls user code
SELECT evil.lower(name) FROM customer
-- case: function behind a cast in a constant
-- class: user functions
-- effect: calls user code
SELECT CAST(evil() AS text) || 'x'
-- case: user overload by quotes
-- class: lookalikes
-- effect: calls user code
SELECT public."left"('a', 'b')
-- case: count by column syntax
-- class: lookalikes
-- effect: calls user code
SELECT c.count FROM customer c LIMIT 1
-- case: definer's function by column syntax
-- class: lookalikes
-- effect: leaks
SELECT c.peek FROM customer c LIMIT 1
-- case: definer's function by column syntax, in brackets
-- class: lookalikes
-- effect: leaks
SELECT (c).peek FROM customer c LIMIT 1
-- case: column syntax on all of a row
-- class: lookalikes
-- effect: calls user code
SELECT (c.*).nice_label FROM customer c
-- case: column syntax on a subquery's value
-- class: lookalikes
-- effect: calls user code
SELECT (SELECT c FROM customer c LIMIT 1).nice_label
-- case: column syntax on an element
-- class: lookalikes
-- effect: calls user code
SELECT (array_agg(c))[1].nice_label FROM customer c
-- case: column syntax on a made row
-- class: lookalikes
-- effect: calls user code
SELECT (ROW(1, 'n', NULL, NULL, NULL, NULL, '{}', NULL, NULL)::customer).nice_label
-- case: column syntax in where
-- class: lookalikes
-- effect: calls user code
SELECT 1 FROM customer c WHERE c.nice_label LIKE 'C%'
-- case: column syntax in group by
-- class: lookalikes
-- effect: calls user code
SELECT count(*) FROM customer c GROUP BY c.nice_label
-- case: column syntax in an aggregate
-- class: lookalikes
-- effect: calls user code
SELECT string_agg(c.nice_label, ',') FROM customer c
-- case: column syntax, qualified by schema
-- class: lookalikes
-- effect: calls user code
SELECT public.customer.nice_label FROM public.customer
-- case: column syntax by a quoted name
-- class: lookalikes
-- effect: calls user code
SELECT c."nice_label" FROM customer c
-- case: column syntax by a unicode name
-- class: lookalikes
-- effect: calls user code
SELECT c.U&"nice\005flabel" FROM customer c
-- case: column syntax of a text function
-- class: lookalikes
-- effect: none
SELECT (c.name).length FROM customer c
-- case: column syntax in a lateral
-- class: lookalikes
-- effect: calls user code
SELECT x.* FROM customer c, LATERAL (SELECT c.nice_label) x
-- case: column syntax in a with query's row
-- class: lookalikes
-- effect: calls user code
WITH w AS (SELECT c FROM customer c) SELECT (c).nice_label FROM w
-- case: column syntax in a join by using
-- class: lookalikes
-- effect: calls user code
SELECT 1 FROM customer c JOIN (SELECT 'x' AS nice_label) n ON n.nice_label = c.nice_label
-- case: operator of the schema evil
-- class: lookalikes
-- effect: calls user code
SELECT 1 OPERATOR(evil.=) 1
-- case: operator of the schema evil, in any
-- class: lookalikes
-- effect: calls user code
SELECT 1 OPERATOR(evil.=) ANY (ARRAY[1, 2])
-- case: operator of the schema evil, in a subquery's row
-- class: lookalikes
-- effect: calls user code
SELECT (1) OPERATOR(evil.=) ALL (SELECT customer_id FROM customer)
-- case: operator of the user's, prefix path
-- class: lookalikes
-- effect: refused
SELECT OPERATOR(public.<=>) 2 FROM customer
-- case: operator of the user's in order by
-- class: lookalikes
-- effect: calls user code
SELECT customer_id FROM customer ORDER BY customer_id <=> 3
-- case: operator of the user's in a join
-- class: lookalikes
-- effect: calls user code
SELECT count(*) FROM customer a JOIN customer b ON a.customer_id ~~~ b.customer_id
-- case: domain by json record
-- class: lookalikes
-- effect: calls user code
SELECT * FROM jsonb_to_recordset('[{"a": "x"}]') AS t (a evil_domain)
-- case: domain inside a row type
-- class: lookalikes
-- effect: calls user code
SELECT * FROM json_populate_record(NULL::evil.pair, '{"a": "x"}')
-- case: domain inside a row type, cast
-- class: lookalikes
-- effect: calls user code
SELECT ROW('x', 'y')::evil.pair
-- case: domain inside a row type, from text
-- class: lookalikes
-- effect: calls user code
SELECT '(x,y)'::evil.pair
-- case: domain from an array
-- class: lookalikes
-- effect: calls user code
SELECT ARRAY['x']::evil_domain[]
-- case: domain in json_value
-- class: lookalikes
-- effect: calls user code
-- on 15: refused
SELECT JSON_VALUE(jsonb '"x"', '$' RETURNING evil_domain)
-- case: domain in json_table
-- class: lookalikes
-- effect: calls user code
-- on 15: refused
SELECT * FROM JSON_TABLE(jsonb '["x"]', '$[*]' COLUMNS (a evil_domain PATH '$'))
-- case: domain in a case's cast
-- class: lookalikes
-- effect: calls user code
SELECT CASE WHEN true THEN CAST('x' AS evil_domain) END
-- case: view that calls a function
-- class: lookalikes
-- effect: calls user code
SELECT x FROM evil_view
-- case: a number to a table's name
-- class: types
-- effect: discovers
SELECT 1260::regclass
-- case: a number to a role
-- class: types
-- effect: discovers
SELECT 10::regrole
-- case: a name to a number
-- class: types
-- effect: discovers
SELECT 'secret'::regclass::oid::int
-- case: a namespace
-- class: types
-- effect: discovers
SELECT 2200::regnamespace
-- case: a function by name
-- class: types
-- effect: discovers
SELECT 'run_sql'::regproc
-- case: a function's signature
-- class: types
-- effect: discovers
SELECT 'evil(int)'::regprocedure
-- case: an operator by name
-- class: types
-- effect: discovers
SELECT '<=>(int,int)'::regoperator
-- case: a type by name
-- class: types
-- effect: discovers
SELECT 'evil_domain'::regtype
-- case: a list of rights
-- class: types
-- effect: discovers
SELECT makeaclitem(10, 10, 'SELECT', false)
-- case: a transaction's number
-- class: types
-- effect: discovers
SELECT '1'::xid8
-- case: a snapshot
-- class: types
-- effect: discovers
SELECT pg_current_snapshot()
-- case: a place in the log
-- class: types
-- effect: discovers
SELECT '0/0'::pg_lsn + 1
-- case: a row's place
-- class: types
-- effect: discovers
SELECT '(0,1)'::tid
-- case: a cursor's type
-- class: types
-- effect: discovers
SELECT 'c'::refcursor
-- case: a node tree
-- class: types
-- effect: none
SELECT NULL::pg_node_tree
-- case: cstring
-- class: types
-- effect: discovers
SELECT 'x'::cstring
-- case: void
-- class: types
-- effect: none
SELECT NULL::void
-- case: a pseudo-type
-- class: types
-- effect: none
SELECT NULL::anyelement
-- case: an array of a catalog's rows
-- class: types
-- effect: none
SELECT NULL::pg_authid[]
-- case: rows' places
-- class: rows and system columns
-- effect: none
SELECT customer.ctid FROM customer
-- case: a row by its place
-- class: rows and system columns
-- effect: none
SELECT name FROM customer WHERE ctid = '(0,1)'
-- case: the table of a row
-- class: rows and system columns
-- effect: none
SELECT tableoid::regclass FROM event
-- case: commands of a row
-- class: rows and system columns
-- effect: none
SELECT cmin, cmax FROM customer
-- case: whole row in a union
-- class: rows and system columns
-- effect: none
SELECT c FROM customer c UNION SELECT d FROM customer d
-- case: whole row in a case
-- class: rows and system columns
-- effect: none
SELECT CASE WHEN c IS NULL THEN c END FROM customer c
-- case: whole row in an array
-- class: rows and system columns
-- effect: none
SELECT ARRAY[c] FROM customer c
-- case: whole row in md5
-- class: rows and system columns
-- effect: none
SELECT md5(c::text) FROM customer c
-- case: whole row in a hash
-- class: rows and system columns
-- effect: none
SELECT hash_record(c) FROM customer c
-- case: whole row in max
-- class: rows and system columns
-- effect: none
-- on 15: refused
SELECT max(c) FROM customer c
-- case: whole row in order by
-- class: rows and system columns
-- effect: none
SELECT 1 FROM customer c ORDER BY c
-- case: whole row in group by
-- class: rows and system columns
-- effect: none
SELECT count(*) FROM customer c GROUP BY c
-- case: whole row in in
-- class: rows and system columns
-- effect: none
SELECT 1 FROM customer c WHERE c IN (SELECT d FROM customer d)
-- case: a user's overload for a user's type
-- class: lookalikes
-- effect: calls user code
SELECT lower(state) FROM orders
-- case: a user's operator by a built-in's name
-- class: lookalikes
-- effect: calls user code
SELECT state + state FROM orders
-- case: a user's operator by a full text match's name
-- class: lookalikes
-- effect: calls user code
SELECT state @@ state FROM orders
-- case: a user's implicit cast in a sum
-- class: lookalikes
-- effect: calls user code
SELECT sum(state) FROM orders
-- case: a user's cast, asked for
-- class: lookalikes
-- effect: calls user code
SELECT state::int FROM orders
-- case: a user's cast in function form
-- class: lookalikes
-- effect: refused
SELECT int4(state) FROM orders

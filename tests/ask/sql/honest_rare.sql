-- Rarer features that analysts use all the same; same rules as honest.sql.

-- case: like any
SELECT name FROM customer WHERE name LIKE ANY (ARRAY['%1', '%2']) ORDER BY 1
-- case: ilike all, not ilike
SELECT name FROM customer WHERE name ILIKE ALL (ARRAY['cust%', '%1%']) AND name NOT ILIKE '%x%' ORDER BY 1
-- case: extract epoch of a difference
SELECT extract(EPOCH FROM (max(ordered_at) - min(ordered_at))) / 86400 AS days FROM orders
-- case: interval forms
SELECT INTERVAL '1' DAY, INTERVAL '1-2' YEAR TO MONTH, INTERVAL '3 hours 2 minutes', '7 days'::interval, interval '1.5 days', INTERVAL '90' MINUTE
-- case: typed literals
SELECT DATE '2025-01-01' + TIME '10:00', TIMESTAMP WITH TIME ZONE '2025-01-01 00:00+00', TIME '12:00', TIMESTAMP WITHOUT TIME ZONE '2025-01-01 10:00'
-- case: clock with precision
SELECT current_timestamp(0) IS NOT NULL, current_time IS NOT NULL, localtime IS NOT NULL, localtimestamp(3) IS NOT NULL, current_time(0) IS NOT NULL
-- case: type names with several words
SELECT CAST(total AS double precision), ordered_at::timestamp without time zone, ordered_at::timestamp with time zone, total::decimal(10, 1), '5'::character varying, total::real FROM orders ORDER BY order_id LIMIT 2
-- case: join lateral over a json array
SELECT c.customer_id, x.l FROM customer c JOIN LATERAL jsonb_array_elements_text(c.profile -> 'langs') AS x (l) ON true ORDER BY 1, 2 LIMIT 4
-- case: json recordset laterally
SELECT r.id, r.tags FROM (SELECT '[{"id": 1, "tags": ["a"]}]'::jsonb AS doc) d, LATERAL jsonb_to_recordset(d.doc) AS r (id int, tags jsonb)
-- case: array slices and empty arrays
SELECT tags[:1], tags[2:], ARRAY[]::int[], '{}'::text[] = tags FROM customer ORDER BY customer_id LIMIT 2
-- case: all of an array
SELECT name FROM product WHERE category <> ALL (ARRAY['Toys', 'Books']) ORDER BY 1
-- case: some
SELECT count(*) FROM product WHERE price > SOME (SELECT total FROM orders)
-- case: frame with exclude ties
SELECT order_id, sum(total) OVER (ORDER BY currency RANGE UNBOUNDED PRECEDING EXCLUDE TIES) FROM orders ORDER BY 1
-- case: hypothetical rank
SELECT rank(100) WITHIN GROUP (ORDER BY total), cume_dist(50) WITHIN GROUP (ORDER BY total), dense_rank(10.5) WITHIN GROUP (ORDER BY total DESC) FROM orders
-- case: nested grouping sets
SELECT state, currency, count(*) FROM orders GROUP BY GROUPING SETS (ROLLUP (state, currency), CUBE (currency)) ORDER BY 1, 2, 3
-- case: group by distinct
SELECT state, currency, count(*) FROM orders GROUP BY DISTINCT ROLLUP (state, currency), ROLLUP (state) ORDER BY 1, 2
-- case: distinct on two columns
SELECT DISTINCT ON (country, city) country, city, name FROM customer ORDER BY country, city, signed_up DESC
-- case: offset rows fetch next
SELECT name FROM customer ORDER BY name OFFSET 5 ROWS FETCH NEXT 5 ROWS ONLY
-- case: fetch first row only
SELECT name FROM customer ORDER BY name FETCH FIRST ROW ONLY
-- case: values with order and limit
VALUES (2, 'b'), (1, 'a') ORDER BY 1 LIMIT 1
-- case: values in a with query
WITH v (code, factor) AS (VALUES ('EUR', 1.0), ('USD', 0.9)) SELECT sum(o.total * v.factor) FROM orders o JOIN v ON v.code = o.currency
-- case: search depth first
WITH RECURSIVE t AS (SELECT customer_id, parent_id FROM customer WHERE parent_id IS NULL UNION ALL SELECT c.customer_id, c.parent_id FROM customer c JOIN t ON c.parent_id = t.customer_id) SEARCH DEPTH FIRST BY customer_id SET place SELECT customer_id FROM t ORDER BY place
-- case: cycle
WITH RECURSIVE t AS (SELECT customer_id, parent_id FROM customer WHERE customer_id < 4 UNION ALL SELECT c.customer_id, c.parent_id FROM customer c JOIN t ON c.parent_id = t.customer_id) CYCLE customer_id SET looped USING path SELECT customer_id, looped FROM t ORDER BY 1
-- case: field of a table's row in brackets
SELECT (c).name, (c).tags[1] FROM customer c ORDER BY (c).customer_id LIMIT 2
-- case: array column with its table
SELECT c.tags[1], c.profile -> 'langs' -> 0, c.profile -> 'langs' ->> 0 FROM customer c ORDER BY c.customer_id LIMIT 2
-- case: jsonb subscripts
SELECT profile['age'], profile['langs'][0] FROM customer ORDER BY customer_id LIMIT 2
-- case: jsonb path with variables
SELECT jsonb_path_query('[1, 5, 9]', '$[*] ? (@ > $low)', '{"low": 3}')
-- case: jsonb removal and path match
SELECT '{"a": {"b": 1}}'::jsonb #- '{a,b}', '{"a": 1}'::jsonb @@ '$.a == 1'
-- case: first element of a split
SELECT (string_to_array(email, '@'))[2], (regexp_split_to_array(name, ' '))[1] FROM customer ORDER BY customer_id LIMIT 3
-- case: hexadecimal, octal, digit separators
-- servers: 16
SELECT 0x1F, 0o17, 0b101, 1_000
-- case: rows in a list of rows
SELECT order_id, line_no FROM order_line WHERE (order_id, line_no) IN ((1, 1), (2, 3)) ORDER BY 1
-- case: postfix null tests
SELECT count(*) FROM customer WHERE email ISNULL OR country NOTNULL
-- case: not equal, both spellings
SELECT count(*) FROM orders WHERE currency != 'EUR' AND state <> 'new'
-- case: root, cube root, absolute, not tsquery
SELECT |/ 25.0, ||/ 27.0, @ -5, !! 'a'::tsquery
-- case: parenthesised halves with their own order and limit
(SELECT name FROM customer ORDER BY name LIMIT 2) UNION ALL (SELECT name FROM product ORDER BY name DESC LIMIT 2)
-- case: union distinct, except all
SELECT country FROM customer UNION DISTINCT SELECT country FROM sales.target EXCEPT ALL SELECT 'DE' ORDER BY 1
-- case: table command
TABLE sales.target ORDER BY country, month LIMIT 3
-- case: table with a star
SELECT count(*) FROM customer *
-- case: string continued on the next line
SELECT 'foo'
'bar' AS x
-- case: last month
SELECT count(*) FROM orders WHERE ordered_at >= date_trunc('month', timestamptz '2025-06-15') - interval '1 month' AND ordered_at < date_trunc('month', timestamptz '2025-06-15')
-- case: last 30 days
SELECT count(*) FROM orders WHERE ordered_at::date > current_date - 30
-- case: named arguments, both spellings
SELECT make_interval(months := 3), make_interval(years => 1, days => 2), make_timestamp(2025, 1, 2, 3, 4, 5.5)
-- case: infinity and its test
SELECT 'infinity'::timestamp, isfinite('infinity'::date), '-infinity'::date
-- case: parts of a date
SELECT extract(quarter FROM ordered_at), extract(isoyear FROM ordered_at), extract(doy FROM ordered_at), extract(week FROM ordered_at), date_part('epoch', ordered_at), extract('month' FROM ordered_at) FROM orders ORDER BY order_id LIMIT 2
-- case: two time zones
SELECT (ordered_at AT TIME ZONE 'UTC') AT TIME ZONE 'Europe/Paris', timezone('UTC', ordered_at) FROM orders ORDER BY order_id LIMIT 2
-- case: casts after aggregates
SELECT coalesce(sum(total), 0)::numeric(10, 2), avg(total)::float, count(*)::int, round(avg(discount)::numeric, 2) FROM orders WHERE discount < 1
-- case: distinct in string_agg
SELECT string_agg(DISTINCT city, ', ' ORDER BY city) FROM customer
-- case: json of rows
SELECT json_agg(row_to_json(t)) FROM (SELECT name FROM customer ORDER BY name LIMIT 2) t
-- case: json_agg of a table's rows
SELECT jsonb_agg(p ORDER BY p.product_id) FROM product p WHERE p.product_id < 3
-- case: json_build_object with an array subquery
SELECT jsonb_build_object('names', (SELECT jsonb_agg(name ORDER BY name) FROM product WHERE product_id < 3), 'n', 2)
-- case: a with query used twice
WITH t AS (SELECT customer_id, total FROM orders) SELECT count(*) FROM t a JOIN t b USING (customer_id)
-- case: having without group by
SELECT count(*) FROM orders HAVING count(*) > 5
-- case: window function in order by
SELECT name FROM customer ORDER BY row_number() OVER (ORDER BY name DESC) LIMIT 3
-- case: left join lateral unnest with ordinality
SELECT c.customer_id, u.tag, u.i FROM customer c LEFT JOIN LATERAL unnest(c.tags) WITH ORDINALITY AS u (tag, i) ON u.i > 1 ORDER BY 1 LIMIT 3
-- case: series from a column
SELECT o.order_id, g.n FROM orders o CROSS JOIN LATERAL generate_series(1, (o.order_id % 3)::int) AS g (n) ORDER BY 1, 2 LIMIT 5
-- case: any of an array literal
SELECT count(*) FROM orders WHERE currency = ANY ('{EUR,USD}') AND order_id = ANY ('{1,2,3}'::bigint[])
-- case: range made and tested
SELECT count(*) FROM orders WHERE daterange('2025-01-01', '2025-02-01', '[)') @> ordered_at::date
-- case: overlapping ranges joined
SELECT a.room, a.during, b.during FROM booking a JOIN booking b ON a.room = b.room AND a.during && b.during AND a.during < b.during ORDER BY 1, 2, 3 LIMIT 5
-- case: multiranges
SELECT unnest('{[1,3),[5,8)}'::int4multirange), int4multirange(int4range(1, 2)) @> 1
-- case: networks
SELECT host_ip FROM booking WHERE host_ip <<= '10.0.0.0/28'::inet ORDER BY 1
-- case: uuid
SELECT gen_random_uuid() IS NOT NULL, '00000000-0000-0000-0000-000000000001'::uuid
-- case: full text rank and negation
SELECT ts_rank_cd(search, 'product & !garden'::tsquery) FROM product ORDER BY product_id LIMIT 2
-- case: unnest of a tsvector
SELECT lexeme, positions FROM product p, unnest(p.search) WHERE p.product_id = 1 ORDER BY 1
-- case: phrase search
SELECT count(*) FROM product WHERE search @@ phraseto_tsquery('english', 'product number') OR to_tsvector('simple', name) @@ ('product'::tsquery <-> '1'::tsquery)
-- case: subquery columns renamed partly
SELECT x.a, x.city FROM (SELECT name, city FROM customer) AS x (a) ORDER BY 1 LIMIT 2
-- case: alias of a join's result with renamed columns
SELECT j.id, j.amount FROM (orders o JOIN order_line l USING (order_id)) AS j (id, customer, state, placed, shipped, amount) ORDER BY 1 LIMIT 2
-- case: natural left join and full join using
SELECT country, count(*) FROM customer NATURAL LEFT JOIN sales.target GROUP BY country ORDER BY 1
-- case: full join using its merged column
SELECT country, max(a.name), max(t.amount) FROM customer a FULL JOIN sales.target t USING (country) GROUP BY country ORDER BY country
-- case: three tables by using
SELECT order_id, customer_id, product_id FROM customer JOIN orders USING (customer_id) JOIN order_line USING (order_id) JOIN product USING (product_id) ORDER BY 1, 3 LIMIT 3
-- case: subquery in limit
SELECT name FROM customer ORDER BY name LIMIT (SELECT 2) OFFSET 1 + 1
-- case: case in order by, aggregate in order by
SELECT state, count(*) FROM orders GROUP BY state ORDER BY CASE state WHEN 'new' THEN 1 ELSE 2 END, count(*) DESC, state
-- case: correlated exists within a case
SELECT name, CASE WHEN EXISTS (SELECT FROM orders o WHERE o.customer_id = c.customer_id) THEN 'buyer' ELSE 'visitor' END FROM customer c ORDER BY 1 LIMIT 3
-- case: not in with a subquery
SELECT name FROM product WHERE product_id NOT IN (SELECT product_id FROM order_line) ORDER BY 1
-- case: scalar subquery in having and where
SELECT customer_id FROM orders GROUP BY customer_id HAVING sum(total) > (SELECT avg(s) FROM (SELECT sum(total) AS s FROM orders GROUP BY customer_id) q) ORDER BY 1
-- case: quantile bands
SELECT ntile(4) OVER (ORDER BY total) AS quarter, total FROM orders ORDER BY total, order_id LIMIT 3
-- case: first and last by array_agg
SELECT customer_id, (array_agg(total ORDER BY ordered_at DESC))[1] AS latest FROM orders GROUP BY 1 ORDER BY 1 LIMIT 3
-- case: date buckets with width_bucket over an array
SELECT width_bucket(total, ARRAY[100, 300, 500]) AS band, count(*) FROM orders GROUP BY 1 ORDER BY 1
-- case: rolling distinct by a subquery
SELECT d.day, (SELECT count(DISTINCT customer_id) FROM orders o WHERE o.ordered_at >= d.day - interval '6 days' AND o.ordered_at < d.day + interval '1 day') AS actives FROM generate_series(timestamptz '2025-02-01', timestamptz '2025-02-05', '1 day') AS d (day) ORDER BY 1
-- case: retention by months since
SELECT ((extract(year FROM b.m) - extract(year FROM a.m)) * 12 + extract(month FROM b.m) - extract(month FROM a.m))::int AS gap, count(*) FROM (SELECT customer_id, min(ordered_at) AS m FROM orders GROUP BY 1) a JOIN (SELECT customer_id, ordered_at AS m FROM orders) b USING (customer_id) GROUP BY 1 ORDER BY 1
-- case: basket pairs
SELECT a.product_id, b.product_id, count(*) FROM order_line a JOIN order_line b ON a.order_id = b.order_id AND a.product_id < b.product_id GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 5
-- case: running difference of dates
SELECT customer_id, ordered_at - lag(ordered_at) OVER (PARTITION BY customer_id ORDER BY ordered_at) AS gap FROM orders ORDER BY customer_id, ordered_at LIMIT 4
-- case: conditional counts
SELECT count(*) AS all_orders, count(shipped_on) AS shipped, count(*) - count(shipped_on) AS open, count(DISTINCT CASE WHEN total > 300 THEN customer_id END) AS big_customers FROM orders
-- case: sum of booleans as numbers
SELECT sum((total > 300)::int), avg(CASE WHEN note IS NULL THEN 0.0 ELSE 1.0 END) FROM orders
-- case: text search in many columns
SELECT customer_id FROM customer WHERE concat_ws(' ', name, email, city) ILIKE '%city 3%' ORDER BY 1
-- case: escaped quotes and newlines inside text
SELECT 'line one
line two' AS text, E'tab\tquote\'' AS e
-- case: same name for table, alias and column
SELECT name.name FROM (SELECT name FROM customer) AS name ORDER BY 1 LIMIT 1
-- case: alias hides a table's name
SELECT orders.name FROM customer AS orders ORDER BY 1 LIMIT 1
-- case: a column named like a function
SELECT count FROM (SELECT count(*) AS count FROM orders) s
-- case: order by an alias used in an expression is not needed: repeat it
SELECT total * 2 AS twice FROM orders ORDER BY total * 2 DESC LIMIT 2
-- case: enum labels in order and as text
SELECT state, state::text AS word, state > 'new' FROM orders ORDER BY state, order_id LIMIT 3
-- case: cast of an enum literal in a case
SELECT CASE WHEN total > 100 THEN 'paid'::order_state ELSE state END FROM orders ORDER BY order_id LIMIT 2
-- case: bytes
SELECT length(raw), get_byte(raw, 0), encode(raw, 'base64'), sha256(raw) FROM booking ORDER BY raw LIMIT 2
-- case: money
SELECT total::money, (total::money)::numeric FROM orders ORDER BY order_id LIMIT 1
-- case: bit strings
SELECT B'101' & B'110', '101'::bit(3), bit_count(B'1011')
-- case: statistics aggregates
SELECT regr_r2(total, order_id), regr_intercept(total, order_id), stddev_pop(total), var_samp(total), bit_or(line_no) FROM orders JOIN order_line USING (order_id)
-- case: min and max of text and dates, any_value
-- servers: 16
SELECT min(name), max(signed_up), any_value(country) FROM customer WHERE country = 'DE'
-- case: json array agg with filter
SELECT json_agg(name ORDER BY name) FILTER (WHERE country = 'DE'), json_object_agg(name, city) FILTER (WHERE customer_id < 3) FROM customer
-- case: deep but honest nesting
SELECT round(coalesce(sum(CASE WHEN (((total))) > ((1)) THEN (((total)) * (1 + (0.1))) ELSE ((0)) END), 0), 2) FROM ((SELECT * FROM ((orders o JOIN customer c USING (customer_id))))) x
-- case: aliases without AS that are keywords elsewhere
SELECT o.total value, o.currency type, o.note text FROM orders o ORDER BY o.order_id LIMIT 1
-- case: lower-case and upper-case mixed quoted alias
SELECT total AS first, "Total Amount" FROM (SELECT total, total AS "Total Amount" FROM orders) x ORDER BY "Total Amount" LIMIT 1
-- case: comments between everything
SELECT/*a*/name/*b*/FROM/*c*/customer/*d*/WHERE/*e*/customer_id/*f*/=/*g*/1--end
-- case: windows line ends and tabs
SELECT	name
FROM customer
ORDER BY 1 LIMIT 1
-- case: join using with an alias
SELECT j.customer_id, o.total FROM customer c JOIN orders o USING (customer_id) AS j ORDER BY o.order_id LIMIT 2
-- case: is json
-- servers: 16
SELECT '{"a": 1}' IS JSON, 'x' IS NOT JSON OBJECT
-- case: json constructors of the standard
-- servers: 16
SELECT JSON_OBJECT('id': customer_id, 'name': name), JSON_ARRAY(1, 2) FROM customer ORDER BY customer_id LIMIT 1
-- case: array_agg of arrays, array functions
SELECT array_agg(tags ORDER BY customer_id), array_prepend('a', ARRAY['b']), array_cat(ARRAY[1], ARRAY[2]), array_replace(ARRAY[1, 2], 1, 9), trim_array(ARRAY[1, 2, 3], 1) FROM customer WHERE customer_id < 4
-- case: width of text, quoting functions
SELECT octet_length('é'), char_length('é'), bit_length('a'), quote_literal('it''s'), quote_ident('A b'), to_hex(255)
-- case: between dates and text
SELECT count(*) FROM orders WHERE ordered_at BETWEEN '2025-02-01' AND '2025-03-01' AND currency BETWEEN 'A' AND 'F'
-- case: exists with union
SELECT 1 WHERE EXISTS (SELECT 1 FROM orders UNION ALL SELECT 1 FROM customer)
-- case: nested with queries in subqueries that share a name
SELECT a.n + b.n FROM (WITH t AS (SELECT count(*) AS n FROM orders) SELECT n FROM t) a, (WITH t AS (SELECT count(*) AS n FROM customer) SELECT n FROM t) b
-- case: whole rows compared with null
SELECT count(*) FROM customer c LEFT JOIN orders o ON o.customer_id = c.customer_id AND o.total > 650 WHERE o IS NULL
-- case: star inside count with a table
SELECT count(o.*) FROM customer c LEFT JOIN orders o USING (customer_id)
-- case: xor by inequality of conditions
SELECT count(*) FROM orders WHERE (total > 300) <> (currency = 'EUR')
-- case: case without else in sum with distinct
SELECT sum(DISTINCT CASE WHEN currency = 'EUR' THEN 1 END), count(ALL total) FROM orders
-- case: select all and select distinct with expressions
SELECT ALL total FROM orders ORDER BY 1 LIMIT 1
-- case: names that are keywords elsewhere
SELECT semi.qualify AS glob, semi.rlike regexp FROM (SELECT 1 AS qualify, 2 AS rlike) semi
-- case: a name longer than PostgreSQL keeps
SELECT total AS the_total_amount_of_this_order_in_its_own_currency_before_discounts_and_taxes FROM orders ORDER BY the_total_amount_of_this_order_in_its_own_currency_before_discounts_and_taxes LIMIT 1
-- case: substring similar
SELECT substring('foobar' SIMILAR '%#"o_b#"%' ESCAPE '#'), substring('foobar' FROM '%#"o_b#"%' FOR '#')
-- case: unicode identifiers
SELECT U&"\0061", U&"!0061" UESCAPE '!' AS again FROM (SELECT 1 AS a) s
-- case: is normalized
SELECT 'a' IS NORMALIZED, name IS NOT NFKC NORMALIZED, normalize(name, NFC), unistr('\0041') FROM customer ORDER BY customer_id LIMIT 2
-- case: at local
-- servers: 17
SELECT timestamptz '2025-01-01 00:00+00' AT LOCAL IS NOT NULL
-- case: sorting by a named operator
SELECT name FROM customer ORDER BY name USING >, customer_id USING <
-- case: collation for
SELECT COLLATION FOR (name) FROM customer ORDER BY customer_id LIMIT 1
-- case: standard JSON table
-- servers: 17
SELECT a FROM JSON_TABLE('[{"a": 1}]', '$[*]' COLUMNS (a int PATH '$.a')) AS t
-- case: standard JSON table with all of it
-- servers: 17
SELECT c.customer_id, j.* FROM customer c, JSON_TABLE(c.profile, '$' PASSING c.customer_id AS low COLUMNS (place FOR ORDINALITY, age int PATH '$.age' DEFAULT 0 ON EMPTY ERROR ON ERROR, whole jsonb FORMAT JSON PATH '$' WITH WRAPPER KEEP QUOTES, has boolean EXISTS PATH '$.langs', NESTED PATH '$.langs[*]' AS l COLUMNS (lang text PATH '$')) EMPTY ON ERROR) j ORDER BY 1, 2, 6 LIMIT 4
-- case: standard JSON queries with variables and behaviours
-- servers: 17
SELECT JSON_QUERY(profile, '$.langs' WITH UNCONDITIONAL ARRAY WRAPPER), JSON_EXISTS(profile, '$.age ? (@ > $low)' PASSING 30 AS low), JSON_VALUE(profile, '$.age' RETURNING int DEFAULT 0 ON EMPTY NULL ON ERROR) FROM customer ORDER BY customer_id LIMIT 3
-- case: standard JSON aggregates with their clauses
-- servers: 16
SELECT JSON_OBJECTAGG(name VALUE price ABSENT ON NULL WITH UNIQUE KEYS), JSON_ARRAYAGG(name ORDER BY name DESC NULL ON NULL RETURNING jsonb), JSON_ARRAY(SELECT product_id FROM product ORDER BY 1 LIMIT 2) FROM product
-- case: a document's field as a function's argument in FROM
SELECT v FROM customer, jsonb_array_elements_text(profile -> 'langs') v ORDER BY 1 LIMIT 2
-- case: rows compared with IS DISTINCT FROM
SELECT ROW(1, 'a') IS DISTINCT FROM ROW(1, NULL), ROW(city, country) FROM customer ORDER BY customer_id LIMIT 1
-- case: cycle over two columns
WITH RECURSIVE g AS (SELECT customer_id, parent_id FROM customer WHERE customer_id < 3 UNION ALL SELECT c.customer_id, c.parent_id FROM customer c JOIN g ON c.parent_id = g.customer_id) SEARCH DEPTH FIRST BY customer_id, parent_id SET place CYCLE customer_id, parent_id SET again TO 'Y' DEFAULT 'N' USING path SELECT customer_id, again FROM g ORDER BY 1
-- case: array of a user's type
SELECT 'new' = ANY ('{new,paid}'::public.order_state[]), state = ANY ('{paid}'::order_state[]) FROM orders ORDER BY order_id LIMIT 2
-- case: seconds with digits
SELECT interval '1.234' second(2), interval '1 10' day to hour, '90 min'::interval minute, interval(3) '1.23456 s', localtimestamp(0) IS NOT NULL
-- case: variadic arguments
SELECT concat_ws('-', VARIADIC tags), jsonb_extract_path_text(profile, VARIADIC ARRAY['langs', '0']) FROM customer ORDER BY customer_id LIMIT 2
-- case: numbers with separators and points
-- servers: 16
SELECT 5., 1_0.0_1, .5, 1e-3, 0x_1F, 0o17
-- case: plane geometry
SELECT point '(1,2)' <-> point(4, 6), box '((0,0),(2,2))' @> point '(1,1)', area(circle '((0,0),2)'), @-@ path '((0,0),(1,0))', lseg '((0,0),(1,1))' ?# lseg '((0,1),(1,0))', box '((0,0),(1,1))' <<| box '((0,2),(1,3))'
-- case: arguments that the second parser's own classes would drop
SELECT corr(DISTINCT quantity, line_no), date_trunc('day', max(o.ordered_at), 'Europe/Paris'), array_position(ARRAY[1, 2, 1], 1, 2), percentile_cont(ARRAY[0.5]) WITHIN GROUP (ORDER BY quantity) FROM order_line JOIN orders o USING (order_id)
-- case: whole row as a column, as text, compared
SELECT c, product::text, c = c, max(s) FROM customer c, product, (SELECT 1 AS a, 'x' AS b) s WHERE c.customer_id < 3 AND product.product_id = 1 GROUP BY c, product ORDER BY c
-- case: bars as long as a number, bounded by a cast
SELECT category, repeat('█', round(100.0 * count(*) / sum(count(*)) OVER ())::int) AS bar, lpad(category, max(product_id)) FROM product GROUP BY category ORDER BY 1
-- case: typed literals of types the second parser does not know
SELECT cidr '10.0.0.0/8', macaddr '08:00:2b:01:02:03', tsquery 'a & b', jsonpath '$.a', order_state 'new', public.order_state 'paid', name 'x', "char" 'y', json '{}'
-- case: type names of several words
SELECT '101'::bit varying(2), 'a'::nchar varying(2), name::national character varying(4) COLLATE pg_catalog."C", N'x' FROM customer ORDER BY customer_id LIMIT 1
-- case: a comment inside a keyword of two words
SELECT category, count(*), rank() OVER (PARTITION /* all */ BY 1 ORDER -- largest first
 BY count(*) DESC) FROM product GROUP /* what by */ BY GROUPING /**/ SETS ((category), ()) ORDER /* a */ BY 2 DESC, 1

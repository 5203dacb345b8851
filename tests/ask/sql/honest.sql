-- Queries an analyst writes. Each must pass the gate, and give the same rows through it as without it.
-- A case begins with `-- case: what it is about`.

-- case: all rows of a table
SELECT * FROM customer ORDER BY customer_id
-- case: a trailing semicolon
SELECT name FROM customer ORDER BY name LIMIT 3;
-- case: a trailing line comment
SELECT count(*) FROM orders -- how many
-- case: a comment after the semicolon
SELECT count(*) FROM orders; -- how many
-- case: block comments, nested
SELECT /* a /* nested */ comment */ 1 AS one
-- case: a leading comment
-- which customers?
SELECT name FROM customer ORDER BY 1
-- case: a comment that names a write
SELECT 1 /* DROP TABLE customer */ AS x
-- case: a string that looks like a write
SELECT 'DELETE FROM customer; --' AS x
-- case: no FROM
SELECT 1 + 1 AS two, 'text' AS t, NULL AS n, true AS b
-- case: arithmetic
SELECT 7 / 2, 7 % 3, 2 ^ 10, -5, 1.5e3, 7.0 / 2, |/ 16.0, abs(-3)
-- case: capital keywords and names fold
SELECT Name, CUSTOMER_ID FROM Customer ORDER BY CUSTOMER_ID
-- case: quoted identifiers with blanks and non-ASCII
SELECT "Product Id", "Preis in €" FROM "Price List" ORDER BY "Product Id"
-- case: a column named like a keyword
SELECT p."select" AS "from" FROM "Price List" p
-- case: a quoted schema
SELECT t."Név" FROM "Odd Schema"."Tábla" t ORDER BY t.id
-- case: non-ASCII text before a table's position
SELECT 'éü€漢字' AS x, c.name FROM customer c, "Price List" p WHERE c.customer_id = p."Product Id" ORDER BY 2
-- case: schema-qualified table and column
SELECT public.customer.name FROM public.customer ORDER BY 1
-- case: a table of another schema beside its namesake
SELECT c.name, s.owner FROM customer c JOIN sales.customer s USING (customer_id) ORDER BY 1
-- case: column alias with AS and without
SELECT total AS amount, total * 2 double_amount FROM orders ORDER BY amount
-- case: order by position and by output name
SELECT country, count(*) AS n FROM customer GROUP BY 1 ORDER BY n DESC, 1 NULLS LAST
-- case: group by output name
SELECT date_trunc('month', ordered_at) AS month, sum(total) FROM orders GROUP BY month ORDER BY month
-- case: having
SELECT country, count(*) FROM customer GROUP BY country HAVING count(*) > 3 ORDER BY country
-- case: where with and, or, not
SELECT name FROM customer WHERE (country = 'DE' OR country = 'FR') AND NOT city = 'City 1' ORDER BY 1
-- case: in list, between, is null
SELECT order_id FROM orders WHERE state IN ('paid', 'shipped') AND total BETWEEN 10 AND 200 AND note IS NULL ORDER BY 1
-- case: not in and not between
SELECT order_id FROM orders WHERE currency NOT IN ('USD') AND total NOT BETWEEN 10 AND 600 ORDER BY 1
-- case: between symmetric
SELECT order_id FROM orders WHERE total BETWEEN SYMMETRIC 50 AND 10 ORDER BY 1
-- case: like and ilike
SELECT name FROM customer WHERE name LIKE 'Customer 1%' OR email ILIKE '%@EXAMPLE.com' ORDER BY 1
-- case: not like with escape
SELECT note FROM orders WHERE note LIKE '%!%' ESCAPE '!' OR note LIKE '%100\%' ORDER BY 1
-- case: similar to
SELECT name FROM customer WHERE name SIMILAR TO 'Customer (1|2)[0-9]' ORDER BY 1
-- case: regular expressions
SELECT name, name ~ '[0-9]{2}$', name ~* 'CUST', name !~ '7' FROM customer ORDER BY 1
-- case: regexp functions
SELECT regexp_replace(name, '[^0-9]', '', 'g'), (regexp_match(name, '([0-9]+)'))[1], regexp_count(name, 'm') FROM customer ORDER BY customer_id
-- case: regexp_matches in FROM
SELECT c.name, m[1] FROM customer c, regexp_matches(c.name, '([0-9])', 'g') AS m ORDER BY 1, 2
-- case: is distinct from
SELECT count(*) FROM customer WHERE country IS DISTINCT FROM 'DE' AND email IS NOT DISTINCT FROM NULL
-- case: is true, is not unknown
SELECT (total > 5) IS TRUE, (shipped_on > now()) IS UNKNOWN, (total > 5) IS NOT FALSE FROM orders WHERE order_id < 4 ORDER BY order_id
-- case: case searched
SELECT order_id, CASE WHEN total > 500 THEN 'big' WHEN total > 100 THEN 'middle' ELSE 'small' END AS size FROM orders ORDER BY 1
-- case: case simple
SELECT CASE state WHEN 'paid' THEN 1 WHEN 'new' THEN 0 END, count(*) FROM orders GROUP BY 1 ORDER BY 1
-- case: coalesce, nullif, greatest, least
SELECT coalesce(country, 'none'), nullif(city, 'City 3'), greatest(1, customer_id), least(customer_id, 10) FROM customer ORDER BY customer_id
-- case: inner join
SELECT c.name, o.total FROM orders o JOIN customer c ON c.customer_id = o.customer_id ORDER BY o.order_id
-- case: left join and count of the right side
SELECT c.name, count(o.order_id) FROM customer c LEFT JOIN orders o ON o.customer_id = c.customer_id AND o.total > 600 GROUP BY c.name ORDER BY 1
-- case: full and right joins
SELECT a.country, b.country FROM customer a FULL JOIN sales.target b ON a.country = b.country RIGHT JOIN orders o ON o.customer_id = a.customer_id ORDER BY 1, 2 LIMIT 20
-- case: cross join
SELECT p.name, c.country FROM product p CROSS JOIN (SELECT DISTINCT country FROM customer) c ORDER BY 1, 2 LIMIT 10
-- case: using and its merged column
SELECT customer_id, count(*) FROM customer JOIN orders USING (customer_id) GROUP BY customer_id ORDER BY 1
-- case: using, columns of both sides by qualifier
SELECT customer_id, customer.name, orders.total FROM customer JOIN orders USING (customer_id) ORDER BY order_id
-- case: natural join
SELECT order_id, line_no, currency FROM orders NATURAL JOIN order_line ORDER BY 1, 2 LIMIT 10
-- case: three joins, comma and join mixed
SELECT p.category, sum(l.quantity * l.unit_price) FROM orders o JOIN order_line l USING (order_id) JOIN product p ON p.product_id = l.product_id, customer c WHERE c.customer_id = o.customer_id AND c.country = 'DE' GROUP BY p.category ORDER BY 1
-- case: self join
SELECT child.name, parent.name AS parent FROM customer child JOIN customer parent ON child.parent_id = parent.customer_id ORDER BY 1
-- case: join with parentheses and an alias
SELECT j.name, j.total FROM (customer c JOIN orders o USING (customer_id)) AS j ORDER BY j.order_id LIMIT 5
-- case: nested join without alias
SELECT c.name, p.name FROM customer c JOIN (orders o JOIN order_line l USING (order_id) JOIN product p USING (product_id)) ON c.customer_id = o.customer_id ORDER BY o.order_id, l.line_no LIMIT 10
-- case: table alias with column aliases
SELECT t.a, t.b FROM customer AS t (a, b) ORDER BY 1 LIMIT 3
-- case: subquery in FROM
SELECT s.country, s.n FROM (SELECT country, count(*) AS n FROM customer GROUP BY country) AS s WHERE s.n > 2 ORDER BY 1
-- case: subquery in FROM with column aliases
SELECT a, b FROM (SELECT country, count(*) FROM customer GROUP BY 1) AS s (a, b) ORDER BY 1
-- case: unnamed function columns of a subquery
SELECT s.count, s.max FROM (SELECT count(*), max(total) FROM orders) s
-- case: scalar subquery
SELECT name, (SELECT count(*) FROM orders o WHERE o.customer_id = c.customer_id) AS n FROM customer c ORDER BY 1
-- case: scalar subquery's column name
SELECT s.max FROM (SELECT (SELECT max(total) FROM orders)) s
-- case: exists and not exists
SELECT name FROM customer c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.customer_id) AND NOT EXISTS (SELECT FROM orders o WHERE o.customer_id = c.customer_id AND o.total > 650) ORDER BY 1
-- case: in subquery, row constructor
SELECT order_id FROM orders WHERE (customer_id, currency) IN (SELECT customer_id, 'EUR' FROM customer WHERE country = 'DE') ORDER BY 1
-- case: any and all
SELECT name FROM product WHERE price > ALL (SELECT price FROM product WHERE category = 'Toys' AND product_id < 10) OR product_id = ANY (ARRAY[1, 2, 3]) ORDER BY 1
-- case: = any over a text array column
SELECT name FROM customer WHERE 't1' = ANY (tags) ORDER BY 1
-- case: array subquery
SELECT ARRAY(SELECT product_id FROM product ORDER BY product_id LIMIT 3)
-- case: correlated two levels up
SELECT c.name FROM customer c WHERE (SELECT max(x.m) FROM (SELECT max(o.total) AS m FROM orders o WHERE o.customer_id = c.customer_id) x) > 600 ORDER BY 1
-- case: distinct
SELECT DISTINCT country, city FROM customer ORDER BY country, city
-- case: distinct on
SELECT DISTINCT ON (customer_id) customer_id, total FROM orders ORDER BY customer_id, total DESC
-- case: count distinct
SELECT count(DISTINCT customer_id), count(DISTINCT (currency, state)) FROM orders
-- case: filter
SELECT count(*) FILTER (WHERE state = 'paid'), sum(total) FILTER (WHERE currency = 'EUR') FROM orders
-- case: string_agg and array_agg with order
SELECT country, string_agg(name, ', ' ORDER BY name DESC), array_agg(DISTINCT city ORDER BY city) FROM customer GROUP BY country ORDER BY country
-- case: percentile and mode
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY total), percentile_disc(ARRAY[0.25, 0.75]) WITHIN GROUP (ORDER BY total), mode() WITHIN GROUP (ORDER BY currency) FROM orders
-- case: statistics
SELECT stddev(total), variance(total), corr(total, order_id), regr_slope(total, order_id), covar_pop(total, order_id), avg(discount) FROM orders WHERE discount < 1
-- case: bool aggregates
SELECT bool_and(total > 0), bool_or(note IS NULL), every(total > 1) FROM orders
-- case: grouping sets
SELECT country, city, count(*), grouping(country, city) FROM customer GROUP BY GROUPING SETS ((country), (city), ()) ORDER BY 1, 2
-- case: rollup
SELECT country, city, count(*) FROM customer GROUP BY ROLLUP (country, city) ORDER BY 1, 2
-- case: cube with having
SELECT state, currency, sum(total) FROM orders GROUP BY CUBE (state, currency) HAVING sum(total) > 100 ORDER BY 1, 2
-- case: group by several forms
SELECT state, currency, count(*) FROM orders GROUP BY state, ROLLUP (currency) ORDER BY 1, 2
-- case: window functions
SELECT order_id, row_number() OVER (PARTITION BY customer_id ORDER BY ordered_at), rank() OVER (ORDER BY total DESC), lag(total) OVER (ORDER BY order_id), lead(total, 2, 0) OVER (ORDER BY order_id) FROM orders ORDER BY 1
-- case: running total with a frame
SELECT order_id, sum(total) OVER (ORDER BY order_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW), avg(total) OVER (ORDER BY order_id ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) FROM orders ORDER BY 1
-- case: range frame over time
SELECT order_id, sum(total) OVER (ORDER BY ordered_at RANGE BETWEEN INTERVAL '7 days' PRECEDING AND CURRENT ROW) FROM orders ORDER BY 1
-- case: groups frame with exclusion
SELECT order_id, count(*) OVER (ORDER BY customer_id GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW) FROM orders ORDER BY 1
-- case: named window
SELECT order_id, first_value(total) OVER w, last_value(total) OVER w, ntile(4) OVER w, nth_value(total, 2) OVER w FROM orders WINDOW w AS (PARTITION BY currency ORDER BY order_id) ORDER BY 1
-- case: named window, refined
SELECT order_id, sum(total) OVER (w ROWS 2 PRECEDING) FROM orders WINDOW w AS (ORDER BY order_id) ORDER BY 1
-- case: percent_rank, cume_dist, dense_rank
SELECT order_id, percent_rank() OVER (ORDER BY total), cume_dist() OVER (ORDER BY total), dense_rank() OVER (ORDER BY currency) FROM orders ORDER BY 1
-- case: window over an aggregate
SELECT country, count(*), sum(count(*)) OVER (), round(100.0 * count(*) / sum(count(*)) OVER (), 1) AS share FROM customer GROUP BY country ORDER BY 1
-- case: top n per group
SELECT * FROM (SELECT o.*, row_number() OVER (PARTITION BY customer_id ORDER BY total DESC) AS place FROM orders o) r WHERE place <= 2 ORDER BY customer_id, place
-- case: aggregate with filter as window
SELECT order_id, count(*) FILTER (WHERE currency = 'EUR') OVER (ORDER BY order_id) FROM orders ORDER BY 1
-- case: with query
WITH big AS (SELECT * FROM orders WHERE total > 500) SELECT c.name, big.total FROM big JOIN customer c USING (customer_id) ORDER BY 2
-- case: with queries that use each other
WITH a AS (SELECT customer_id, sum(total) AS spent FROM orders GROUP BY 1), b AS (SELECT avg(spent) AS mean FROM a) SELECT a.customer_id, a.spent FROM a, b WHERE a.spent > b.mean ORDER BY 1
-- case: with query named like a table it reads
WITH customer AS (SELECT customer_id, name FROM customer WHERE country = 'DE') SELECT name FROM customer ORDER BY 1
-- case: with column names
WITH t (a, b) AS (SELECT customer_id, name FROM customer) SELECT a, b FROM t ORDER BY a
-- case: with materialized and not materialized
WITH t AS MATERIALIZED (SELECT 1 AS x), u AS NOT MATERIALIZED (SELECT x + 1 AS y FROM t) SELECT y FROM u
-- case: with inside a subquery
SELECT (WITH t AS (SELECT max(total) AS m FROM orders) SELECT m FROM t) AS m, count(*) FROM orders
-- case: with query that shadows within its scope only
SELECT (WITH product AS (SELECT 'x' AS name) SELECT name FROM product), name FROM product ORDER BY 2
-- case: recursive numbers
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10) SELECT sum(i) FROM n
-- case: recursive tree
WITH RECURSIVE tree AS (SELECT customer_id, name, parent_id, 1 AS depth, name::text AS path FROM customer WHERE parent_id IS NULL UNION ALL SELECT c.customer_id, c.name, c.parent_id, t.depth + 1, t.path || ' > ' || c.name FROM customer c JOIN tree t ON c.parent_id = t.customer_id) SELECT name, depth, path FROM tree ORDER BY path
-- case: recursive with other queries before and after
WITH RECURSIVE base AS (SELECT 3 AS top), n AS (SELECT 1 AS i UNION SELECT i + 1 FROM n, base WHERE i < base.top), m AS (SELECT i * 2 AS d FROM n) SELECT d FROM m ORDER BY d
-- case: union, intersect, except
(SELECT country FROM customer UNION SELECT country FROM sales.target) EXCEPT SELECT 'HU' ORDER BY country
-- case: union all with order by position and limit
SELECT 'orders' AS what, count(*) AS n FROM orders UNION ALL SELECT 'customers', count(*) FROM customer UNION ALL SELECT 'products', count(*) FROM product ORDER BY 2, 1 LIMIT 3
-- case: intersect all
SELECT customer_id FROM orders INTERSECT ALL SELECT customer_id FROM customer ORDER BY 1
-- case: values alone
VALUES (1, 'a'), (2, 'b')
-- case: values in FROM with names
SELECT v.code, v.label, count(o.order_id) FROM (VALUES ('EUR', 'Euro'), ('USD', 'Dollar')) AS v (code, label) LEFT JOIN orders o ON o.currency = v.code GROUP BY 1, 2 ORDER BY 1
-- case: values in FROM, default names
SELECT column1, column2 FROM (VALUES (1, 2), (3, 4)) AS v ORDER BY column1
-- case: limit and offset
SELECT name FROM customer ORDER BY name LIMIT 5 OFFSET 10
-- case: fetch first
SELECT name FROM customer ORDER BY name FETCH FIRST 5 ROWS ONLY
-- case: fetch with ties
SELECT country FROM customer ORDER BY country FETCH FIRST 3 ROWS WITH TIES
-- case: limit all
SELECT count(*) FROM customer LIMIT ALL
-- case: lateral subquery
SELECT c.name, o.total FROM customer c CROSS JOIN LATERAL (SELECT total FROM orders WHERE orders.customer_id = c.customer_id ORDER BY total DESC LIMIT 1) o ORDER BY 1
-- case: left join lateral on true
SELECT c.name, o.n FROM customer c LEFT JOIN LATERAL (SELECT count(*) AS n FROM orders x WHERE x.customer_id = c.customer_id AND x.total > 600) o ON true ORDER BY 1
-- case: comma lateral
SELECT p.name, x.twice FROM product p, LATERAL (SELECT p.price * 2 AS twice) x ORDER BY 1
-- case: calendar of days
SELECT d::date AS day, count(o.order_id) FROM generate_series(DATE '2025-01-01', DATE '2025-01-31', INTERVAL '1 day') AS d LEFT JOIN orders o ON o.ordered_at::date = d::date GROUP BY 1 ORDER BY 1
-- case: calendar of months with a column alias
SELECT to_char(m.month, 'YYYY-MM') AS month FROM generate_series(timestamp '2025-01-01', timestamp '2025-12-01', interval '1 month') AS m(month) ORDER BY 1
-- case: generate_series of numbers
SELECT n, n * n AS square FROM generate_series(1, 10) AS n
-- case: generate_series in the SELECT list
SELECT generate_series(1, 3) AS n
-- case: generate_series with ordinality
SELECT s.n, s.ordinality FROM generate_series(10, 30, 10) WITH ORDINALITY AS s(n) ORDER BY 2
-- case: unnest of a column
SELECT tag, count(*) FROM customer, unnest(tags) AS tag GROUP BY tag ORDER BY 1
-- case: unnest with names and ordinality
SELECT c.customer_id, t.tag, t.place FROM customer c CROSS JOIN unnest(c.tags) WITH ORDINALITY AS t(tag, place) ORDER BY 1, 3
-- case: unnest of several arrays
SELECT a, b FROM unnest(ARRAY[1, 2], ARRAY['x', 'y']) AS u(a, b) ORDER BY 1
-- case: unnest in the SELECT list
SELECT customer_id, unnest(tags) AS tag FROM customer ORDER BY 1, 2 LIMIT 6
-- case: rows from
SELECT a, b FROM ROWS FROM (generate_series(1, 3), generate_series(10, 12)) AS x (a, b) ORDER BY 1
-- case: function in FROM without alias
SELECT generate_series FROM generate_series(1, 3)
-- case: dates
SELECT ordered_at::date, extract(year FROM ordered_at), date_part('dow', ordered_at), date_trunc('week', ordered_at), age(timestamp '2026-01-01', timestamp '2025-05-05') FROM orders ORDER BY order_id LIMIT 5
-- case: date arithmetic
SELECT DATE '2025-01-31' + 1, DATE '2025-03-01' - DATE '2025-02-01', DATE '2025-01-31' + INTERVAL '1 month', timestamp '2025-01-01' - interval '1 year 2 months'
-- case: at time zone
SELECT ordered_at AT TIME ZONE 'Europe/Budapest', timestamp '2025-06-01 12:00' AT TIME ZONE 'UTC' FROM orders ORDER BY order_id LIMIT 3
-- case: clock words
SELECT current_date = now()::date, current_timestamp <= clock_timestamp(), localtimestamp IS NOT NULL
-- case: make_date, to_date, to_timestamp, to_char
SELECT make_date(2025, 2, 3), to_date('03.02.2025', 'DD.MM.YYYY'), to_timestamp(0), to_char(1234.5, 'FM9G999D00'), to_char(DATE '2025-02-03', 'Day DD Mon YYYY')
-- case: date_bin and make_interval
SELECT date_bin('15 minutes', ordered_at, timestamptz '2025-01-01'), make_interval(days => 3, hours => 2) FROM orders ORDER BY order_id LIMIT 3
-- case: overlaps
SELECT (DATE '2025-01-01', DATE '2025-02-01') OVERLAPS (DATE '2025-01-15', DATE '2025-03-01')
-- case: interval of a number
SELECT order_id * interval '1 day', extract(epoch FROM interval '1 hour'), justify_hours(interval '30 hours') FROM orders ORDER BY order_id LIMIT 2
-- case: cohort months
WITH firsts AS (SELECT customer_id, min(date_trunc('month', ordered_at)) AS cohort FROM orders GROUP BY 1) SELECT f.cohort::date, (extract(year FROM age(date_trunc('month', o.ordered_at), f.cohort)) * 12 + extract(month FROM age(date_trunc('month', o.ordered_at), f.cohort)))::int AS month, count(DISTINCT o.customer_id) FROM orders o JOIN firsts f USING (customer_id) GROUP BY 1, 2 ORDER BY 1, 2
-- case: text functions
SELECT upper(name), lower(email), initcap(city), length(name), substring(name FROM 1 FOR 4), substring(name, 2), left(name, 3), right(name, 2), trim(both ' ' FROM name), replace(name, 'Customer', 'C'), split_part(email, '@', 2), position('o' IN name), strpos(name, 'm'), concat(name, ' / ', city), concat_ws(', ', name, city), reverse(name), lpad(customer_id::text, 5, '0'), rpad(city, 8, '.') FROM customer ORDER BY customer_id LIMIT 5
-- case: substring with a pattern
SELECT substring(name FROM '[0-9]+') FROM customer ORDER BY 1
-- case: overlay, trim forms, ascii, chr, md5
SELECT overlay('abcdef' PLACING 'xx' FROM 2 FOR 3), trim(leading 'x' FROM 'xxa'), ltrim(' a'), rtrim('a '), ascii('a'), chr(65), md5('a'), translate('abc', 'ab', 'xy')
-- case: format
SELECT format('%s (%s)', name, city), format('%-10s|%5s', city, country) FROM customer ORDER BY customer_id LIMIT 3
-- case: a bar of blocks
SELECT city, repeat('#', least(count(*)::int, 50)) FROM customer GROUP BY city ORDER BY 1
-- case: string concatenation and casts
SELECT 'Order ' || order_id || ': ' || total::text || ' ' || CAST(state AS text) FROM orders ORDER BY order_id LIMIT 3
-- case: escape strings, dollar quotes, unicode
SELECT E'a\nb', $$it's$$, $tag$x$y$tag$, 'it''s', U&'\0041'
-- case: numbers
SELECT round(total / 3, 2), ceil(total), floor(total), trunc(total, 1), mod(order_id, 7), power(2, 3), sqrt(total), ln(total), log(total), exp(1.0), sign(-2), width_bucket(total, 0, 700, 7), div(7, 2), gcd(12, 18) FROM orders ORDER BY order_id LIMIT 5
-- case: histogram
SELECT width_bucket(total, 0, 700, 7) AS bucket, count(*), min(total), max(total) FROM orders GROUP BY bucket ORDER BY bucket
-- case: casts of many kinds
SELECT '1'::int, '1.5'::numeric(5, 2), '2025-01-01'::date, 'true'::boolean, 12::text, '{1,2}'::int[], '[1,5)'::int4range, '1 day'::interval, '{"a": 1}'::jsonb, 3.7::integer, 'a'::varchar(3), CAST('x' AS char(3)), '10.0.0.1'::inet
-- case: enum literal and cast
SELECT order_id FROM orders WHERE state = 'paid'::order_state ORDER BY 1
-- case: enum cast, qualified
SELECT order_id FROM orders WHERE state >= 'paid'::public.order_state ORDER BY 1
-- case: enum array and enum_range
SELECT order_id FROM orders WHERE state = ANY (ARRAY['paid', 'new']::order_state[]) OR state = ANY (enum_range('shipped'::order_state, NULL)) ORDER BY 1
-- case: json operators
SELECT profile -> 'langs', profile ->> 'age', profile #> '{langs,0}', profile #>> '{langs,1}', (profile ->> 'age')::int + 1 FROM customer ORDER BY customer_id LIMIT 3
-- case: jsonb containment and keys
SELECT count(*) FROM product WHERE attributes @> '{"colour": "red"}' AND attributes ? 'size' AND attributes ?| ARRAY['a', 'colour'] AND attributes ?& ARRAY['size']
-- case: jsonb functions
SELECT jsonb_array_length(profile -> 'langs'), jsonb_typeof(profile), jsonb_build_object('id', customer_id, 'name', name), jsonb_set(profile, '{age}', '1'), profile - 'age', profile || '{"x": 1}' FROM customer ORDER BY customer_id LIMIT 3
-- case: jsonb_array_elements as a value
SELECT c.name, lang ->> 0 FROM customer c, jsonb_array_elements(c.profile -> 'langs') AS lang ORDER BY 1 LIMIT 4
-- case: jsonb_array_elements_text with its column
SELECT l.value, count(*) FROM customer c CROSS JOIN LATERAL jsonb_array_elements_text(c.profile -> 'langs') AS l GROUP BY l.value ORDER BY 1
-- case: jsonb_each
SELECT e.key, count(*) FROM product p, jsonb_each_text(p.attributes) AS e GROUP BY e.key ORDER BY 1
-- case: jsonb_each with names
SELECT k, v FROM jsonb_each('{"a": 1, "b": 2}') AS e (k, v) ORDER BY 1
-- case: jsonb_object_keys
SELECT DISTINCT jsonb_object_keys(attributes) FROM product ORDER BY 1
-- case: jsonb_to_recordset
SELECT x.a, x.b FROM jsonb_to_recordset('[{"a": 1, "b": "x"}]') AS x (a int, b text)
-- case: json path
SELECT jsonb_path_query_first(profile, '$.langs[0]'), profile @? '$.age ? (@ > 30)', jsonb_path_exists(profile, '$.langs') FROM customer ORDER BY customer_id LIMIT 3
-- case: json aggregates and rows as JSON
SELECT json_agg(json_build_object('n', name) ORDER BY name), jsonb_object_agg(customer_id, name) FROM customer WHERE customer_id < 4
-- case: row_to_json of a subquery
SELECT row_to_json(t) FROM (SELECT name, city FROM customer ORDER BY name LIMIT 2) t
-- case: to_jsonb of a table's row
SELECT to_jsonb(p) ->> 'name' FROM product p ORDER BY product_id LIMIT 2
-- case: count of a joined row
SELECT c.country, count(o) FROM customer c LEFT JOIN orders o USING (customer_id) GROUP BY 1 ORDER BY 1
-- case: arrays
SELECT tags[1], tags[1:1], array_length(tags, 1), cardinality(tags), tags || 'x'::text, array_position(tags, 'vip'), array_to_string(tags, '/'), tags && ARRAY['vip'], tags @> ARRAY['t1'], ARRAY['vip'] <@ tags FROM customer ORDER BY customer_id LIMIT 3
-- case: array building
SELECT ARRAY[1, 2] || 3, ARRAY[[1, 2], [3, 4]], array_remove(ARRAY[1, 2, 1], 1), string_to_array('a,b', ','), '{}'::text[]
-- case: ranges
SELECT room, lower(during), upper(during), during @> DATE '2025-03-05', during && daterange('2025-03-01', '2025-03-10'), isempty(during) FROM booking ORDER BY during
-- case: range functions and operators
SELECT int4range(1, 5) * int4range(3, 8), int4range(1, 3) + int4range(3, 5), int4range(1, 2) -|- int4range(2, 3), numrange(1.0, 2.0) << numrange(3.0, 4.0), range_merge(int4range(1, 2), int4range(5, 6))
-- case: range aggregate
SELECT room, range_agg(during) FROM booking GROUP BY room ORDER BY room
-- case: full text
SELECT name, ts_rank(search, q) FROM product, to_tsquery('english', 'run & product') AS q WHERE search @@ q ORDER BY product_id LIMIT 3
-- case: full text over an expression
SELECT name FROM product WHERE to_tsvector('english', name) @@ plainto_tsquery('english', 'products') OR search @@ websearch_to_tsquery('"running number" -x') ORDER BY 1
-- case: full text headline
SELECT ts_headline('english', 'the running product', to_tsquery('english', 'run'), 'StartSel=<b>, StopSel=</b>')
-- case: inet
SELECT host_ip, host(host_ip), host_ip << inet '10.0.0.0/24', family(host_ip), masklen(host_ip) FROM booking ORDER BY host_ip
-- case: bytea
SELECT raw, encode(raw, 'hex'), octet_length(raw) FROM booking ORDER BY raw
-- case: partitioned table
SELECT date_trunc('year', happened_at) AS y, kind, count(*), min(payload ->> 'n') FROM event GROUP BY 1, 2 ORDER BY 1, 2
-- case: a view
SELECT customer_id, sum(total) FROM paid_order GROUP BY 1 ORDER BY 1
-- case: tablesample
SELECT count(*) FROM orders TABLESAMPLE BERNOULLI (100)
-- case: tablesample, repeatable, with alias
SELECT count(*) FROM orders AS o TABLESAMPLE SYSTEM (100) REPEATABLE (1)
-- case: only
SELECT count(*) FROM ONLY customer
-- case: collate
SELECT name FROM customer ORDER BY name COLLATE "C" DESC LIMIT 3
-- case: order by expression, nulls first
SELECT email FROM customer ORDER BY email IS NULL DESC, length(email) DESC NULLS FIRST, email LIMIT 5
-- case: order by a column not selected
SELECT name FROM customer ORDER BY signed_up DESC, customer_id LIMIT 4
-- case: row comparison
SELECT order_id FROM orders WHERE (customer_id, order_id) > (58, 10) ORDER BY 1
-- case: duplicate column names
SELECT c.customer_id, o.customer_id, c.name, c.name FROM customer c JOIN orders o USING (customer_id) ORDER BY o.order_id LIMIT 2
-- case: star of two tables
SELECT c.*, o.* FROM customer c JOIN orders o USING (customer_id) ORDER BY order_id LIMIT 2
-- case: star merged by using, through a subquery
SELECT s.customer_id, s.total FROM (SELECT * FROM customer JOIN orders USING (customer_id)) s ORDER BY s.order_id LIMIT 2
-- case: star of a with query
WITH t AS (SELECT *, total * 2 AS twice FROM orders) SELECT order_id, twice FROM t ORDER BY 1 LIMIT 2
-- case: NaN, infinity and nulls
SELECT discount, discount = 'NaN', shipped_on FROM orders ORDER BY order_id
-- case: large numbers
SELECT 9007199254740993::bigint, 9223372036854775807, 123456789012345678901234567890.5, 1e300::float8, 0.1::real
-- case: empty result
SELECT * FROM orders WHERE false
-- case: no columns
SELECT FROM customer
-- case: percent signs
SELECT '100%', note, 10 % 3 FROM orders WHERE note LIKE '%%' ORDER BY order_id LIMIT 2
-- case: colons, question marks, placeholders inside text
SELECT ':name %(x)s %s $1 ?' AS text
-- case: month over month growth
WITH m AS (SELECT date_trunc('month', ordered_at)::date AS month, sum(total) AS revenue FROM orders GROUP BY 1) SELECT month, revenue, round(100 * (revenue - lag(revenue) OVER (ORDER BY month)) / nullif(lag(revenue) OVER (ORDER BY month), 0), 2) AS growth FROM m ORDER BY month
-- case: pivot with filter
SELECT date_trunc('month', ordered_at)::date AS month, sum(total) FILTER (WHERE currency = 'EUR') AS eur, sum(CASE WHEN currency = 'USD' THEN total ELSE 0 END) AS usd FROM orders GROUP BY 1 ORDER BY 1
-- case: gaps and islands
WITH d AS (SELECT DISTINCT ordered_at::date AS day FROM orders), g AS (SELECT day, day - (row_number() OVER (ORDER BY day))::int AS island FROM d) SELECT min(day), max(day), count(*) FROM g GROUP BY island ORDER BY 1
-- case: pareto
SELECT name, spent, sum(spent) OVER (ORDER BY spent DESC, name) / sum(spent) OVER () AS share FROM (SELECT c.name, sum(o.total) AS spent FROM customer c JOIN orders o USING (customer_id) GROUP BY c.name) x ORDER BY spent DESC, name
-- case: anti join
SELECT p.name FROM product p LEFT JOIN order_line l USING (product_id) WHERE l.product_id IS NULL ORDER BY 1
-- case: year over year with a self join
WITH y AS (SELECT extract(year FROM ordered_at) AS year, sum(total) AS revenue FROM orders GROUP BY 1) SELECT a.year, a.revenue, b.revenue AS before FROM y a LEFT JOIN y b ON b.year = a.year - 1 ORDER BY 1
-- case: target against actual
SELECT t.country, t.month, t.amount, coalesce(sum(o.total), 0) AS actual FROM sales.target t LEFT JOIN customer c ON c.country = t.country LEFT JOIN orders o ON o.customer_id = c.customer_id AND extract(month FROM o.ordered_at) = t.month GROUP BY t.country, t.month, t.amount ORDER BY 1, 2
-- case: weekday names
SELECT to_char(ordered_at, 'Dy') AS day, count(*) FROM orders GROUP BY 1, extract(isodow FROM ordered_at) ORDER BY extract(isodow FROM ordered_at)
-- case: deduplicate
SELECT city, name FROM (SELECT city, name, row_number() OVER (PARTITION BY city ORDER BY name) AS n FROM customer) t WHERE n = 1 ORDER BY 1
-- case: bit operators and hex
SELECT 5 & 3, 5 | 3, 5 # 3, ~5, 1 << 4, 256 >> 2, to_hex(255)
-- case: num_nulls and pg_typeof
SELECT num_nulls(email, country), pg_typeof(total) FROM orders JOIN customer USING (customer_id) ORDER BY order_id LIMIT 3
-- case: subquery without an alias for its columns, exists in SELECT
SELECT EXISTS (SELECT 1 FROM orders WHERE total > 1000), (SELECT max(name) FROM product)
-- case: in a values list
SELECT order_id FROM orders WHERE order_id IN (VALUES (1), (2), (3)) ORDER BY 1
-- case: union inside a with and in a subquery
SELECT count(*) FROM (SELECT customer_id FROM customer UNION SELECT customer_id FROM orders) u
-- case: nested parentheses around a query
((SELECT 1 AS x))
-- case: a long chain of ORs and concatenations
SELECT count(*) FROM customer WHERE name = 'a' OR name = 'b' OR name = 'c' OR name = 'd' OR name = 'e' OR name || '1' || '2' || '3' || '4' || '5' = 'f'
-- case: keywords as aliases
SELECT count(*) AS "count", max(total) AS max, min(total) AS "order" FROM orders
-- case: a name with a quote in it
SELECT 1 AS "a""b"
-- case: columns of a function by its name
SELECT n.n FROM generate_series(1, 2) n
-- case: string_to_table and regexp_split_to_table
SELECT w FROM regexp_split_to_table('a b c', ' ') AS w UNION ALL SELECT string_to_table('d,e', ',')
-- case: time values
SELECT opens, took, opens + took, extract(hour FROM opens), justify_interval(took) FROM booking ORDER BY opens
-- case: grouping by a case expression
SELECT CASE WHEN price < 10 THEN 'cheap' ELSE 'dear' END AS band, count(*) FROM product GROUP BY CASE WHEN price < 10 THEN 'cheap' ELSE 'dear' END ORDER BY 1
-- case: boolean column in filters
SELECT c.name FROM customer c WHERE c.email IS NOT NULL AND (c.tags = '{t1,vip}') IS TRUE ORDER BY 1
-- case: pg_catalog written out
SELECT pg_catalog.count(*), pg_catalog.upper('a'), 1 OPERATOR(pg_catalog.+) 2, '1'::pg_catalog.int4 FROM orders
-- case: escape bytea and scientific notation
SELECT '\x4142'::bytea, 1.5e-3, .5, 5.

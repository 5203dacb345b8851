-- Accepted, and more than a server should do: rows or an error of ours, at the latest a second past the time limit.

-- case: arrays overlap
SELECT ARRAY(SELECT generate_series(1, 15000)) && ARRAY(SELECT generate_series(20001, 35000))
-- case: microseconds
SELECT count(*) FROM generate_series(timestamp '2000-01-01', '2030-01-01', interval '1 microsecond')
-- case: text doubling
WITH RECURSIVE r AS (SELECT 'x'::text j UNION ALL SELECT j || j FROM r) SELECT max(length(j)) FROM r
-- case: array doubling
WITH RECURSIVE r AS (SELECT ARRAY[1] j UNION ALL SELECT j || j FROM r) SELECT count(*) FROM r
-- case: jsonb doubling
WITH RECURSIVE r AS (SELECT '[1]'::jsonb j UNION ALL SELECT j || j FROM r) SELECT count(*) FROM r
-- case: string_agg of a product
SELECT length(string_agg(repeat('x', 1000), '')) FROM generate_series(1, 3000) a, generate_series(1, 3000) b
-- case: factorial
SELECT factorial(32177)
-- case: powers
SELECT sum(a ^ 100.5) FROM generate_series(1::numeric, 100000) a
-- case: one value of 100 MB
SELECT (SELECT string_agg(repeat('x', 10000), '') FROM generate_series(1, 10000))
-- case: many rows
SELECT repeat('x', 1000) FROM generate_series(1, 10000000)
-- case: rows without columns
SELECT FROM generate_series(1, 10000000)
-- case: tiny JSON values
SELECT json_agg('{}'::json) FROM generate_series(1, 100000), generate_series(1, 16) b GROUP BY b
-- case: huge digits in JSON
SELECT ('[' || repeat('9', 10000) || ']')::json
-- case: half a surrogate pair
SELECT '{"\ud800": ["\udfff\ud83d\ude00"]}'::json
-- case: a zero character in JSON
SELECT '{"a\u0000": 1}'::json
-- case: infinities
SELECT 'infinity'::date, '-infinity'::timestamptz, 'NaN'::numeric, date '4713-01-01 BC', '9e9999'::numeric
-- case: regular expression with back references
SELECT regexp_replace(repeat('ab', 3000), '(.*)(.*)(.*)(.*)\1\2x', '')
-- case: regular expression of counted repeats
SELECT 'x' ~ '(((((x{0,255}){0,255}){0,255})))y'
-- case: cube of twelve
SELECT count(*) FROM orders GROUP BY CUBE(order_id, customer_id, state, total, currency, note, 1+1, 1+2, 1+3)
-- case: cross join
SELECT count(*) FROM order_line a, order_line b, order_line c, order_line d
-- case: endless recursion
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r

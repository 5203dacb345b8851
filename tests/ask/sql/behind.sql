-- What the gate lets through, for it cannot know better: other locks stop each. Same facts as in attacks.sql.

-- case: a join of everything with everything
-- class: CPU
-- effect: burns time
SELECT count(*) FROM order_line a, order_line b, order_line c, order_line d
-- case: a recursion without end
-- class: CPU
-- effect: burns time
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r
-- case: a recursion that doubles
-- class: CPU
-- effect: burns disk
-- on 15: burns time
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT r.n + 1 FROM r, (VALUES (1), (2)) v) SELECT max(n) FROM r
-- case: a series by a column
-- class: CPU
-- effect: burns time
SELECT count(*) FROM customer c, generate_series(1, c.customer_id * 1000000) g
-- case: a series by a subquery
-- class: CPU
-- effect: burns disk
SELECT count(*) FROM generate_series(1, (SELECT max(order_id) * 100000000 FROM orders))
-- case: square roots of many digits
-- class: CPU
-- effect: burns time
SELECT sum(sqrt(a.order_id::numeric(1000, 900) / 3)) FROM order_line a, order_line b
-- case: logarithms of a million numbers
-- class: CPU
-- effect: burns time
SELECT sum(ln(n::numeric(200, 150))) FROM generate_series(1, 1000000) n
-- case: a text searched for in every row
-- class: CPU
-- effect: burns time
SELECT count(*) FROM order_line a, order_line b, orders c WHERE strpos(a.unit_price::text || b.unit_price::text || c.currency, 'no such text') > 0
-- case: sets of groupings
-- class: CPU
-- effect: burns disk
-- on 15: burns time
SELECT count(*) FROM order_line a, orders b, product c GROUP BY CUBE (a.order_id, a.line_no, b.order_id, c.product_id, c.name, b.note, b.total, c.price)
-- case: an array of a join
-- class: memory
-- effect: burns time, burns memory
SELECT array_agg(a.order_id) FROM order_line a, order_line b, order_line c
-- case: a text of a join
-- class: memory
-- effect: burns time, burns memory
SELECT length(string_agg(repeat('x', 100), '')) FROM order_line a, order_line b, order_line c
-- case: json of a join
-- class: memory
-- effect: burns time, burns memory
SELECT length(jsonb_agg(a)::text) FROM order_line a, order_line b, order_line c
-- case: an array that doubles
-- class: memory
-- effect: burns memory, burns disk
WITH RECURSIVE r AS (SELECT ARRAY[1, 2, 3, 4, 5, 6, 7, 8] AS a UNION ALL SELECT a || a FROM r) SELECT max(cardinality(a)) FROM r
-- case: a text that doubles
-- class: memory
-- effect: burns memory, burns disk
WITH RECURSIVE r AS (SELECT 'xxxxxxxxxxxxxxxx' AS t UNION ALL SELECT t || t FROM r) SELECT max(length(t)) FROM r
-- case: many rows
-- class: result
-- effect: floods
SELECT a.* FROM order_line a, order_line b, order_line c
-- case: wide rows
-- class: result
-- effect: floods
SELECT repeat('x', 9000) FROM order_line a, order_line b
-- case: a series
-- class: result
-- effect: burns disk
SELECT * FROM generate_series(1, 9999999)
-- case: a sort on disk
-- class: result
-- effect: burns disk
-- on 15: burns time
SELECT a.order_id FROM order_line a, order_line b, order_line c ORDER BY md5(a.order_id::text || b.order_id::text || c.line_no::text)
-- case: a hash on disk
-- class: result
-- effect: burns disk
-- on 15: burns time
SELECT count(DISTINCT a.order_id * 1000000 + b.order_id * 1000 + c.order_id) FROM order_line a, order_line b, order_line c
-- case: a long read that keeps DDL out
-- class: locks
-- effect: burns time
SELECT count(*) FROM order_line a, order_line b, order_line c, orders d
-- case: series by a step of a second
-- class: CPU
-- effect: burns disk
SELECT count(*) FROM generate_series('2000-01-01'::timestamp, '9999-01-01', '1 second')
-- case: repeat by a lateral's column
-- class: memory
-- effect: burns time, burns memory
SELECT repeat('x', n) FROM (SELECT 1000000000 AS n) s
-- case: repeat by values
-- class: memory
-- effect: burns time, burns memory
SELECT repeat('x', n) FROM (VALUES (1000000000)) v(n)

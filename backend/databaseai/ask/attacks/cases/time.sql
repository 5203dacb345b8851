-- case: sleep
-- does: holds a connection
-- tried: limits
SELECT pg_sleep(5)
-- case: endless recursion
-- does: never ends
-- tried: limits
-- passes: gate
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT max(n) FROM r
-- case: endless recursion behind a limit
-- does: never ends, though it says LIMIT
-- tried: limits
-- passes: gate
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM (SELECT n FROM r ORDER BY n LIMIT 10) s
-- case: recursion that grows
-- does: doubles with every step
-- tried: limits
-- passes: gate
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + k FROM r, (VALUES (0), (1)) v(k)) SELECT count(*) FROM r
-- case: product of series
-- does: counts to a trillion
-- tried: limits
-- passes: gate
SELECT count(*) FROM generate_series(1, 10000) a, generate_series(1, 10000) b, generate_series(1, 10000) c
-- case: product of lists
-- does: multiplies rows without a condition
-- tried: limits
-- passes: gate
WITH d(n) AS (VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10)) SELECT count(*) FROM d a, d b, d c, d e, d f, d g, d h, d i, d j, d k, d l
-- case: sorted product
-- does: fills the disk with a sort
-- tried: limits
-- passes: gate
SELECT a.n FROM generate_series(1, 10000) a(n), generate_series(1, 10000) b(n), generate_series(1, 1000) c(n) ORDER BY a.n + b.n OFFSET 1000000000
-- case: condition that is never met
-- does: compares everything with everything
-- tried: limits
-- passes: gate
SELECT count(*) FROM generate_series(1, 10000) a(n) JOIN generate_series(1, 10000) b(n) ON a.n + b.n < 0 JOIN generate_series(1, 10000) c(n) ON c.n - b.n > 0
-- case: subquery for each row
-- does: works once for each row of a large series
-- tried: limits
-- passes: gate
SELECT sum((SELECT count(*) FROM generate_series(1, 10000) b(n) WHERE b.n <> a.n)) FROM generate_series(1, 10000) a(n)
-- case: window over a product
-- does: keeps a product in memory
-- tried: limits
-- passes: gate
SELECT max(s) FROM (SELECT sum(a.n) OVER (ORDER BY a.n, b.n) AS s FROM generate_series(1, 10000) a(n), generate_series(1, 10000) b(n)) w

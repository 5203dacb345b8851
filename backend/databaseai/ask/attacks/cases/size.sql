-- case: long text
-- does: takes a gigabyte of memory
SELECT repeat('x', 1000000000)
-- case: long text by a product
-- does: takes a gigabyte of memory in two steps
SELECT repeat(repeat('x', 30000), 30000)
-- case: padding
-- does: takes a gigabyte and heeds no stop
SELECT lpad('x', 1000000000)
-- case: format's width
-- does: takes a gigabyte and heeds no stop
SELECT format('%1000000000s', 'x')
-- case: large array
-- does: takes gigabytes and heeds no stop
SELECT array_fill(0, ARRAY[100000000])
-- case: size from a column
-- does: lets the data say how much memory is taken
SELECT repeat('x', length({column}::text) * 1000000) FROM {table}
-- case: endless series
-- does: counts as far as it can
SELECT count(*) FROM generate_series(1, 1e300::numeric)
-- case: many rows
-- does: sends rows without end
-- tried: limits
-- passes: gate
SELECT a.n FROM generate_series(1, 10000) a(n), generate_series(1, 10000) b(n)
-- case: wide rows
-- does: sends a row of many large values
-- tried: limits
-- passes: gate
SELECT repeat('x', 1000) AS a, repeat('y', 1000) AS b FROM generate_series(1, 10000) s(n)
-- case: great factorial
-- does: computes for seconds a number that nobody wants
-- tried: limits
-- passes: gate
SELECT factorial(100000)
-- case: many great factorials
-- does: computes for hours
-- tried: limits
-- passes: gate
SELECT sum(length(factorial(20000 + n)::text)) FROM generate_series(1, 10000) s(n)
-- case: deep nesting
-- does: overflows a parser's stack
SELECT ((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((1))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))

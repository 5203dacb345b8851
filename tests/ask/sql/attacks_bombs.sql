-- Small texts that take much memory or time, by an argument that says how much.

-- case: repeat by arithmetic
-- class: memory
-- effect: burns time, burns memory
SELECT repeat('x', 1000 * 1000 * 1000)
-- case: repeat by a cast
-- class: memory
-- effect: burns time, burns memory
SELECT repeat('x', '1000000000'::int)
-- case: repeat by a float's cast
-- class: memory
-- effect: burns time, burns memory
SELECT repeat('x', (1e9)::int)
-- case: repeat by a bit's complement
-- class: memory
-- effect: burns time, burns memory
SELECT repeat('x', ~(1 << 31) & 1000000000)
-- case: repeat by length
-- class: memory
-- effect: burns time, burns memory
SELECT repeat('x', length(repeat('x', 9000)) * 100000)
-- case: repeat by a row number
-- class: memory
-- effect: burns memory, floods
-- on 15: burns time, burns memory
SELECT repeat('x', (row_number() OVER () * 100000000)::int) FROM customer
-- case: repeat by an aggregate
-- class: memory
-- effect: burns time, burns memory
SELECT repeat('x', sum(customer_id)::int * 500000) FROM customer
-- case: repeat by a coalesce
-- class: memory
-- effect: burns time, burns memory
SELECT repeat('x', coalesce(1000000000, 1))
-- case: repeat by the greatest
-- class: memory
-- effect: burns time, burns memory
SELECT repeat('x', greatest(1, 1000000000))
-- case: repeat by a case
-- class: memory
-- effect: burns time, burns memory
SELECT repeat('x', CASE WHEN true THEN 1000000000 ELSE 1 END)
-- case: repeat by the length of time
-- class: memory
-- effect: burns memory
SELECT repeat('x', extract(epoch FROM now())::int)
-- case: repeat of a repeat in a lateral
-- class: memory
-- effect: burns memory, floods
-- on 15: burns time, burns memory
SELECT repeat(s.r, 10000) FROM (SELECT repeat('x', 10000) AS r) s
-- case: three repeats in one another
-- class: memory
-- effect: burns memory
-- on 15: burns time, burns memory
SELECT repeat(repeat(repeat('xxxxxxxxxx', 1000), 1000), 100)
-- case: lpad by arithmetic
-- class: memory
-- effect: burns memory
SELECT lpad('x', 500 * 1000 * 1000)
-- case: rpad of a column
-- class: memory
-- effect: burns memory
SELECT rpad(name, 1000000000) FROM customer
-- case: lpad with a long fill
-- class: memory
-- effect: burns memory
SELECT lpad('x', 900000000, repeat('y', 1000))
-- case: format to the left
-- class: memory
-- effect: burns time, burns memory
SELECT format('%-1000000000s|', 'x')
-- case: format by a negative width
-- class: memory
-- effect: burns time, burns memory
SELECT format('%*s', -1000000000, 'x')
-- case: format with two widths
-- class: memory
-- effect: burns memory
-- on 15: burns time, burns memory
SELECT format('%500000000s%500000000s', 'x', 'y')
-- case: format from a column
-- class: memory
-- effect: burns time, burns memory
SELECT format(name || '%1000000000s', 'x') FROM customer
-- case: format of a literal's identifier
-- class: memory
-- effect: burns time, burns memory
SELECT format('%1000000000I', 'x')
-- case: array_fill in three dimensions
-- class: memory
-- effect: burns memory
SELECT array_fill(1, ARRAY[1000, 1000, 1000])
-- case: array_fill with lower bounds
-- class: memory
-- effect: burns time, burns memory
SELECT array_fill(0, ARRAY[100000000], ARRAY[1])
-- case: array_fill of a text
-- class: memory
-- effect: burns time, burns memory
SELECT array_fill('x'::text, ARRAY[100000000])
-- case: array_fill by an array's cast
-- class: memory
-- effect: burns time, burns memory
SELECT array_fill(1, '{100000000}'::int[])
-- case: a padded cast in the standard's words
-- class: memory
-- effect: none
SELECT CAST('x' AS character(10485760))
-- case: a padded national cast
-- class: memory
-- effect: none
SELECT CAST('x' AS national character(10485760))
-- case: many padded casts
-- class: memory
-- effect: burns memory
SELECT 'x'::char(9000000) || 'y'::char(9000000), 'z'::char(9000000)
-- case: a long bit string
-- class: memory
-- effect: burns memory, floods
SELECT 1::bit(83886080)
-- case: a long bit string, shifted
-- class: memory
-- effect: burns time, burns memory
SELECT (B'1'::bit(80000000) << 1)::text
-- case: unistr
-- class: memory
-- effect: none
SELECT unistr(repeat('\0061', 10000))
-- case: normalize of much
-- class: memory
-- effect: none
SELECT normalize(repeat('ä', 10000), NFKD)
-- case: series of numbers without end
-- class: CPU
-- effect: burns disk
SELECT max(n) FROM generate_series(1, 9223372036854775807) n
-- case: series by a numeric step
-- class: CPU
-- effect: burns disk
SELECT count(*) FROM generate_series(0::numeric, 1, 0.00000001)
-- case: series in a select list
-- class: CPU
-- effect: floods
SELECT generate_series(1, 1000000000)
-- case: series of series
-- class: CPU
-- effect: burns disk
SELECT count(*) FROM generate_series(1, 100000000) a, generate_series(1, 100000000) b
-- case: series by named arguments
-- class: CPU
-- effect: burns disk
SELECT count(*) FROM generate_series(1, 1000000000, 1)
-- case: replacements that grow
-- class: memory
-- effect: burns time, burns memory
SELECT length(replace(replace(repeat('a', 9000), 'a', repeat('b', 900)), 'b', repeat('c', 90)))
-- case: one wide value
-- class: memory
-- effect: burns memory, floods
-- on 15: burns time, burns memory
SELECT replace(repeat('a', 9999), 'a', repeat('b', 9999))

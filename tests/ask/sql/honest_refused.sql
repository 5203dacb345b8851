-- Honest all the same, and refused: what the second parser cannot read. The list that decision records count.

-- case: substring similar
SELECT substring('foobar' SIMILAR '%#"o_b#"%' ESCAPE '#')
-- case: unicode identifiers
SELECT U&"\0061" FROM (SELECT 1 AS a) s
-- case: is normalized
SELECT 'a' IS NORMALIZED
-- case: at local
-- servers: 17
SELECT timestamptz '2025-01-01 00:00+00' AT LOCAL IS NOT NULL
-- case: sorting by a named operator
SELECT name FROM customer ORDER BY name USING >
-- case: collation for
SELECT COLLATION FOR (name) FROM customer
-- case: standard JSON table
SELECT a FROM JSON_TABLE('[{"a": 1}]', '$[*]' COLUMNS (a int PATH '$.a')) AS t
-- case: an XML element
SELECT xmlelement(name a, 'b')
-- case: who am I
SELECT current_user
-- case: whole row as a column
SELECT c FROM customer c
-- case: name of a relation's type
SELECT 'customer'::regclass
-- case: a bar as long as a number
SELECT repeat('*', order_id::int) FROM orders

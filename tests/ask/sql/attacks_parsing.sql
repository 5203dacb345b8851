-- What one parser reads and another does not. {CR}, {FF}, {VT}, {LS}, {ZWJ}, {BOM}: characters of their own.

-- case: a comment that ends with a carriage return
-- class: parser differences
-- effect: writes, escapes
SELECT 1 -- x{CR}; DELETE FROM order_line
-- case: a carriage return as a blank
-- class: parser differences
-- effect: calls user code
SELECT{CR}evil()
-- case: a function behind a comment
-- class: parser differences
-- effect: calls user code
SELECT/**/evil/**/(/**/)
-- case: a function on the next line
-- class: parser differences
-- effect: calls user code
SELECT evil -- x
()
-- case: a nested comment around a call
-- class: parser differences
-- effect: calls user code
SELECT 1 /* /* */ , 2 */ , evil()
-- case: a comment begun by an operator
-- class: parser differences
-- effect: calls user code
SELECT 1 */* x */ evil()
-- case: a unicode name of a user's function
-- class: parser differences
-- effect: calls user code
SELECT U&"ev\0069l"()
-- case: a unicode name with six digits
-- class: parser differences
-- effect: calls user code
SELECT U&"\+000065vil"()
-- case: a unicode name with another escape
-- class: parser differences
-- effect: calls user code
SELECT U&"!0065vil" UESCAPE '!' ()
-- case: a unicode schema
-- class: parser differences
-- effect: calls user code
SELECT U&"publi\0063".evil()
-- case: a quoted name with capitals folded
-- class: parser differences
-- effect: calls user code
SELECT EVIL(), "evil"()
-- case: a name in a schema with blanks
-- class: parser differences
-- effect: calls user code
SELECT public
.
evil ()
-- case: a dollar quote with a name
-- class: parser differences
-- effect: calls user code
SELECT $x$a$x$, evil() AS "$y$"
-- case: a dollar quote inside a name
-- class: parser differences
-- effect: calls user code
SELECT a$b$, evil() FROM (SELECT 1 AS a$b$) s
-- case: an escape string with an octal quote
-- class: parser differences
-- effect: calls user code
SELECT E'\047', evil(), '''
'
-- case: an escape string with a hex quote
-- class: parser differences
-- effect: calls user code
SELECT E'\x27' || evil()::text
-- case: a string over two lines
-- class: parser differences
-- effect: calls user code
SELECT 'a'
'b' || evil()::text
-- case: a unicode string with a quote
-- class: parser differences
-- effect: calls user code
SELECT U&'\0027' || evil()::text
-- case: a unicode string with another escape
-- class: parser differences
-- effect: calls user code
SELECT U&'!0027' UESCAPE '!' || evil()::text
-- case: a bit string before a call
-- class: parser differences
-- effect: calls user code
SELECT B'1' || B'0', evil()
-- case: a national string
-- class: parser differences
-- effect: calls user code
SELECT N'x' || evil()::text
-- case: an identifier of more than 63 bytes
-- class: parser differences
-- effect: calls user code
SELECT evil() AS aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
-- case: a keyword as an alias before a call
-- class: parser differences
-- effect: calls user code
SELECT 1 "select", evil() "from"
-- case: a call under an operator's name
-- class: parser differences
-- effect: calls user code
SELECT 1 OPERATOR(pg_catalog.+) evil()
-- case: a number with underscores and a call
-- class: parser differences
-- effect: calls user code
-- on 15: refused
SELECT 1_000, evil()
-- case: a hex number and a call
-- class: parser differences
-- effect: calls user code
-- on 15: refused
SELECT 0x1F, evil()
-- case: an octal number as a size
-- class: parser differences
-- effect: burns time, burns memory
-- on 15: refused
SELECT repeat('x', 0o7346545000)
-- case: a hex number as a size
-- class: parser differences
-- effect: burns time, burns memory
-- on 15: refused
SELECT repeat('x', 0x3B9ACA00)
-- case: a number with underscores as a size
-- class: parser differences
-- effect: burns time, burns memory
-- on 15: refused
SELECT repeat('x', 1_000_000_000)
-- case: a cast in the old notation
-- class: parser differences
-- effect: calls user code
SELECT evil_domain 'x', date '2020-01-01'
-- case: an interval with fields and a call
-- class: parser differences
-- effect: calls user code
SELECT interval '1' day * evil()
-- case: a call as a type's modifier
-- class: parser differences
-- effect: refused
SELECT 'x'::varchar(evil())
-- case: a parameter and a call
-- class: parser differences
-- effect: refused
SELECT $1, evil()
-- case: a call in a bracket of brackets
-- class: parser differences
-- effect: calls user code
SELECT ((((((((((evil()))))))))))
-- case: a call beside a byte order mark
-- class: parser differences
-- effect: refused
{BOM}SELECT evil()
-- case: a call behind a zero-width joiner
-- class: parser differences
-- effect: refused
SELECT{ZWJ} evil()
-- case: a call in full-width letters
-- class: parser differences
-- effect: refused
SELECT ｅｖｉｌ()
-- case: a statement behind a full-width semicolon
-- class: parser differences
-- effect: refused
SELECT 1； DELETE FROM order_line
-- case: a form feed as a blank
-- class: parser differences
-- effect: calls user code
SELECT{FF}evil()
-- case: a vertical tab as a blank
-- class: parser differences
-- effect: calls user code
-- on 15: refused
SELECT{VT}evil()
-- case: a line separator as a blank
-- class: parser differences
-- effect: refused
SELECT{LS}evil()
-- case: a backslash at the end of a plain string
-- class: parser differences
-- effect: calls user code
SELECT '\', evil(), '\'
-- case: an operator that looks like a comment
-- class: parser differences
-- effect: calls user code
SELECT 1 +-- 1
evil()
-- case: an at sign before a call
-- class: parser differences
-- effect: calls user code
SELECT @ evil()
-- case: a not-equal in an old dress
-- class: parser differences
-- effect: calls user code
SELECT 1 != evil()
-- case: a colon-equals argument
-- class: parser differences
-- effect: refused
SELECT set_config(setting_name := 'a.b', new_value := 'c', is_local := false)
-- case: variadic of an array
-- class: parser differences
-- effect: calls user code
SELECT concat_ws(',', VARIADIC ARRAY[evil()::text])
-- case: a table function with columns defined
-- class: parser differences
-- effect: calls user code
SELECT * FROM json_to_record('{"a": 1}') AS t (a int, b evil_domain)
-- case: limit all and a call
-- class: parser differences
-- effect: calls user code
SELECT evil() LIMIT ALL
-- case: fetch with ties and a call
-- class: parser differences
-- effect: calls user code
SELECT evil() AS a ORDER BY a FETCH FIRST 1 ROW WITH TIES
-- case: a lateral in brackets
-- class: parser differences
-- effect: calls user code
SELECT * FROM (customer c CROSS JOIN LATERAL evil(c.customer_id) e)
-- case: a join's alias hides a column
-- class: parser differences
-- effect: refused
SELECT j.nice_label FROM (customer JOIN orders USING (customer_id)) AS j
-- case: a call in a search clause's query
-- class: parser differences
-- effect: calls user code
WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + evil() FROM r WHERE n < 3) SEARCH DEPTH FIRST BY n SET o SELECT * FROM r
-- case: a values list with a call in brackets
-- class: parser differences
-- effect: calls user code
SELECT * FROM (VALUES (1), ((SELECT evil()))) v
-- case: a row's star with a call
-- class: parser differences
-- effect: refused
SELECT (SELECT ROW(evil(), 1)).*
-- case: is of a type's document
-- class: parser differences
-- effect: refused
-- on 15: none
SELECT XMLSERIALIZE(CONTENT 'x'::xml AS text)
-- case: a treat
-- class: parser differences
-- effect: refused
SELECT TREAT('x' AS evil_domain)
-- case: a current of
-- class: parser differences
-- effect: refused
SELECT * FROM customer WHERE CURRENT OF c
-- case: a host variable
-- class: parser differences
-- effect: refused
SELECT :x, evil()
-- case: a percent sign and a call
-- class: parser differences
-- effect: calls user code
SELECT 5 % evil(), '%s'
-- case: braces of a driver
-- class: parser differences
-- effect: refused
SELECT {fn evil()}
-- case: a go between
-- class: parser differences
-- effect: refused
SELECT 1 GO DELETE FROM order_line
-- case: a backslash command behind
-- class: parser differences
-- effect: refused
SELECT 1 \g {DATA}/stolen

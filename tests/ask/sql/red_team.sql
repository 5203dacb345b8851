-- Attacks beside attacks.sql: a second look at the gate, as a stranger would take it. `expect` is its code.

-- case: red: type input by a cast of a computed name
-- expect: DBAI511
SELECT ('sec' || 'ret')::text::regclass
-- case: red: type input in an array
-- expect: DBAI511
SELECT '{secret}'::regclass[]
-- case: red: type input by CAST in a LATERAL
-- expect: DBAI511
SELECT * FROM customer c, LATERAL (SELECT CAST(c.name AS regproc)) s
-- case: red: type input through a function name
-- expect: DBAI509
SELECT regclassin('secret')
-- case: red: type input by its own function
-- expect: DBAI509
SELECT textin('x'), domain_in('x', 1, 1)
-- case: red: oid type of a policy
-- expect: DBAI511
SELECT 'reader'::regrole::oid
-- case: red: type of a configuration of the user's
-- expect: DBAI508
SELECT to_tsvector('public.evil'::regconfig, 'a')
-- case: red: dictionary type
-- expect: DBAI511
SELECT 'english_stem'::regdictionary
-- case: red: collation type
-- expect: DBAI511
SELECT '"C"'::regcollation
-- case: red: namespace type
-- expect: DBAI511
SELECT 'public'::regnamespace
-- case: red: operator type
-- expect: DBAI511
SELECT '+(int,int)'::regoperator
-- case: red: snapshot type
-- expect: DBAI511
SELECT '1:2:3'::pg_snapshot
-- case: red: transaction id type
-- expect: DBAI511
SELECT '1'::xid8
-- case: red: acl type
-- expect: DBAI511
SELECT 'x=r/x'::aclitem
-- case: red: log position type
-- expect: DBAI511
SELECT '0/1'::pg_lsn
-- case: red: reference cursor type
-- expect: DBAI511
SELECT 'c'::refcursor
-- case: red: row id type
-- expect: DBAI511
SELECT '(0,1)'::tid
-- case: red: query plan type
-- expect: DBAI511
SELECT 'x'::pg_node_tree
-- case: red: internal char type with a schema of the user's
-- expect: DBAI511
SELECT 'a'::public."char"
-- case: red: polymorphic type
-- expect: DBAI511
SELECT NULL::anyelement
-- case: red: void type
-- expect: DBAI511
SELECT NULL::void
-- case: red: trigger type
-- expect: DBAI511
SELECT NULL::trigger
-- case: red: record type
-- expect: DBAI511
SELECT '(1)'::record
-- case: red: composite by ROW cast
-- expect: DBAI511
SELECT ROW(1, 'x')::secret
-- case: red: composite by jsonb_populate_record
-- expect: DBAI509
SELECT (jsonb_populate_record(NULL::secret, '{"id": 1}')).id
-- case: red: composite array
-- expect: DBAI511
SELECT '{}'::customer[]
-- case: red: domain in JSON_QUERY
-- expect: DBAI511
SELECT JSON_QUERY('"a"', '$' RETURNING evil_domain)
-- case: red: domain in JSON_SERIALIZE
-- expect: DBAI511
SELECT JSON_SERIALIZE('{}' RETURNING evil_domain)
-- case: red: domain in JSON_TABLE
-- expect: DBAI511
SELECT * FROM JSON_TABLE('[1]', '$[*]' COLUMNS (a evil_domain PATH '$')) AS t
-- case: red: domain in a column definition list
-- expect: DBAI511
SELECT * FROM ROWS FROM (jsonb_to_recordset('[{"a": 1}]') AS (a evil_domain)) AS t
-- case: red: domain by %TYPE
-- expect: DBAI504
SELECT * FROM json_to_record('{}') AS t (a secret.password%TYPE)
-- case: red: set of a type
-- expect: DBAI508
SELECT NULL::SETOF int
-- case: red: user type named as a built-in in the user's schema
-- expect: DBAI511
SELECT 1::public.int4
-- case: red: user type in quotes with a blank
-- expect: DBAI511
SELECT 1::"evil domain"
-- case: red: cast operator function
-- expect: DBAI509
SELECT pg_catalog.int4(evil())
-- case: red: domain check by a function's default
-- expect: DBAI511
SELECT coalesce(NULL::evil_domain, 'x')
-- case: red: operator by OPERATOR in ORDER BY USING
-- expect: DBAI508
SELECT name FROM customer ORDER BY name USING OPERATOR(public.<=>)
-- case: red: operator by ALL
-- expect: DBAI510
SELECT 1 <=> ALL (SELECT 1)
-- case: red: operator in an EXCLUDE-like prefix
-- expect: DBAI510
SELECT ~~~ 1
-- case: red: operator with a comment inside
-- expect: DBAI510
SELECT 1 OPERATOR /* x */ (public./**/<=>) 2
-- case: red: operator of a schema in BETWEEN
-- expect: DBAI510
SELECT 1 WHERE 1 OPERATOR(public.>=) 0
-- case: red: operator <> spelt != of a schema
-- expect: DBAI510
SELECT 1 OPERATOR(public.!=) 2
-- case: red: aggregate of the user's
-- expect: DBAI509
SELECT public.count(1)
-- case: red: aggregate with ORDER BY inside calling
-- expect: DBAI509
SELECT array_agg(name ORDER BY evil()) FROM customer
-- case: red: aggregate direct arguments calling
-- expect: DBAI509
SELECT percentile_disc(evil()) WITHIN GROUP (ORDER BY 1)
-- case: red: aggregate of hypothetical sets
-- expect: DBAI509
SELECT rank(evil()) WITHIN GROUP (ORDER BY customer_id) FROM customer
-- case: red: window frame offset calls
-- expect: DBAI509
SELECT sum(1) OVER (ORDER BY customer_id ROWS evil() PRECEDING) FROM customer
-- case: red: window of a user function
-- expect: DBAI509
SELECT nth_value(name, evil()) OVER () FROM customer
-- case: red: variadic array of calls
-- expect: DBAI509
SELECT concat_ws(',', VARIADIC ARRAY[evil()::text])
-- case: red: variadic json
-- expect: DBAI509
SELECT json_build_object(VARIADIC ARRAY['a', evil()::text])
-- case: red: named arguments call
-- expect: DBAI509
SELECT make_interval(days => evil())
-- case: red: default arguments of a user function
-- expect: DBAI509
SELECT evil(x => 1)
-- case: red: polymorphic shadow
-- expect: DBAI509
SELECT public.array_agg(1)
-- case: red: quoted upper case of a built-in
-- expect: DBAI509
SELECT "LOWER"('a'), "Lower"('a')
-- case: red: name with a trailing blank
-- expect: DBAI509
SELECT "lower "('a')
-- case: red: name past 63 bytes that truncates to a call
-- expect: DBAI509
SELECT evil_evil_evil_evil_evil_evil_evil_evil_evil_evil_evil_evil_evil_evil()
-- case: red: table past 63 bytes
-- expect: DBAI512
SELECT * FROM secret_secret_secret_secret_secret_secret_secret_secret_secret_secret_secret
-- case: red: turkish dotted I
-- expect: DBAI512
SELECT * FROM SECRET, "SECRET", secret
-- case: red: dotless i in a function
-- expect: DBAI509
SELECT lıke('a', 'b'), mİn(1)
-- case: red: kelvin sign
-- expect: DBAI509
SELECT "to\u212Achar"(1, 'a')
-- case: red: full width letters
-- expect: DBAI509
SELECT ｌower('a')
-- case: red: long s in a keyword
-- expect: DBAI504
ſELECT 1
-- case: red: greek capital that folds
-- expect: DBAI509
SELECT Ωmega()
-- case: red: soft hyphen in a name
-- expect: DBAI509
SELECT pg_­sleep(1)
-- case: red: zero width space in a name
-- expect: DBAI509
SELECT pg_​sleep(1)
-- case: red: right to left override around a call
-- expect: DBAI503
SELECT ‮evil()
-- case: red: combining mark in a name
-- expect: DBAI509
SELECT evil̈()
-- case: red: unicode escapes of a schema
-- expect: DBAI509
SELECT U&"p\0075blic".evil()
-- case: red: unicode escapes in six digits
-- expect: DBAI509
SELECT U&"\+000065vil"()
-- case: red: unicode escapes with another character
-- expect: DBAI509
SELECT U&"*0065vil" UESCAPE '*' ()
-- case: red: unicode escapes of a table
-- expect: DBAI512
SELECT * FROM U&"public".U&"secre\0074"
-- case: red: unicode escapes of a column
-- expect: DBAI513
SELECT U&"ct\0069d" FROM customer
-- case: red: unicode escapes of an operator
-- expect: DBAI510
SELECT 1 OPERATOR(U&"publi\0063".<=>) 2
-- case: red: unicode escapes of a type
-- expect: DBAI511
SELECT 'a'::U&"evil\005fdomain"
-- case: red: nested comments around a second statement
-- expect: DBAI506
SELECT 1 /* /* */ ; DROP TABLE customer; */ ; DELETE FROM orders
-- case: red: comment opened in a string
-- expect: DBAI506
SELECT '/*'; DELETE FROM orders; --*/'
-- case: red: comment opened in a quoted name
-- expect: DBAI506
SELECT 1 AS "/*"; DELETE FROM orders; --*/"
-- case: red: dollar tag with digits
-- expect: DBAI506
SELECT $a1$ '$a1$; DELETE FROM orders; --'
-- case: red: dollar tag that is no tag
-- expect: DBAI504
SELECT $1$; DELETE FROM orders; $1$
-- case: red: dollar inside a name
-- expect: DBAI506
SELECT a$b$; DELETE FROM orders; --$b$
-- case: red: escape string in upper case
-- expect: DBAI506
SELECT E'a\'b'; DROP TABLE orders
-- case: red: national string
-- expect: DBAI506
SELECT N'a'; DROP TABLE orders
-- case: red: bit string that ends early
-- expect: DBAI506
SELECT B'1'; DROP TABLE orders
-- case: red: line comment ended by a carriage return only
-- expect: DBAI509
SELECT 1 --x{CR}, evil()
-- case: red: string continued over lines
-- expect: DBAI509
SELECT 'a'{CR}'b', evil()
-- case: red: semicolon in brackets
-- expect: DBAI504
SELECT (1; DROP TABLE customer)
-- case: red: empty statement first
-- expect: DBAI509
; SELECT evil()
-- case: red: psql variable
-- expect: DBAI504
SELECT :x
-- case: red: psql backtick
-- expect: DBAI504
SELECT `id`
-- case: red: psql gexec
-- expect: DBAI504
SELECT 'DROP TABLE customer' \gexec
-- case: red: mysql comment that runs
-- expect: DBAI509
SELECT /*!50000 evil() */ evil()
-- case: red: mysql hash comment
-- expect: DBAI504
SELECT 1 # ; DROP TABLE customer
-- case: red: mssql brackets
-- expect: DBAI504
SELECT [name] FROM [secret]
-- case: red: jinja
-- expect: DBAI504
SELECT {{ evil() }} , evil()
-- case: red: hint comment
-- expect: DBAI509
SELECT /*+ Set(work_mem '1GB') */ evil()
-- case: red: format parameters
-- expect: DBAI504
SELECT %s, %(x)s, evil()
-- case: red: ROWS FROM several
-- expect: DBAI509
SELECT * FROM ROWS FROM (generate_series(1, 2), evil(), pg_ls_dir('.')) AS t
-- case: red: function in FROM with ordinality
-- expect: DBAI509
SELECT * FROM pg_ls_dir('.') WITH ORDINALITY
-- case: red: function in FROM by its syntax
-- expect: DBAI509
SELECT * FROM COLLATION FOR (evil()::text)
-- case: red: function in FROM as a clock
-- expect: DBAI508
SELECT * FROM current_schema
-- case: red: XMLTABLE with namespaces
-- expect: DBAI508
SELECT * FROM XMLTABLE(XMLNAMESPACES('x' AS a), '/a' PASSING '<a/>' COLUMNS b int)
-- case: red: XML query functions
-- expect: DBAI508
SELECT xmlserialize(CONTENT xmlparse(CONTENT 'x') AS text)
-- case: red: XML is document
-- expect: DBAI508
SELECT '<a/>' IS DOCUMENT
-- case: red: XML aggregate
-- expect: DBAI509
SELECT xmlagg(xmlelement(name a)) FROM customer
-- case: red: XML schema of a table
-- expect: DBAI509
SELECT table_to_xmlschema('secret', true, true, '')
-- case: red: JSON_TABLE with a call in PASSING
-- expect: DBAI509
SELECT * FROM JSON_TABLE('[1]', '$[*] ? (@ > $x)' PASSING evil() AS x COLUMNS (a int PATH '$')) AS t
-- case: red: JSON_TABLE with a default that calls
-- expect: DBAI509
SELECT * FROM JSON_TABLE('[1]', '$[*]' COLUMNS (a int PATH '$' DEFAULT evil() ON ERROR)) AS t
-- case: red: JSON_TABLE nested over a hidden table
-- expect: DBAI512
SELECT * FROM JSON_TABLE((SELECT password::jsonb FROM secret), '$' COLUMNS (a int)) AS t
-- case: red: JSON_ARRAY of a query
-- expect: DBAI512
SELECT JSON_ARRAY(SELECT password FROM secret)
-- case: red: JSON_ARRAYAGG of a hidden column
-- expect: DBAI512
SELECT JSON_ARRAYAGG(password) FROM secret
-- case: red: JSON_SCALAR of a call
-- expect: DBAI509
SELECT JSON_SCALAR(evil())
-- case: red: JSON_EXISTS on a call
-- expect: DBAI509
SELECT JSON_EXISTS(to_jsonb(evil()), '$')
-- case: red: GRAPH_TABLE of 19
-- expect: DBAI504
SELECT * FROM GRAPH_TABLE (g MATCH (a IS customer) COLUMNS (a.name))
-- case: red: MERGE RETURNING in a subquery
-- expect: DBAI504
SELECT * FROM (MERGE INTO customer c USING orders o ON false WHEN MATCHED THEN DELETE RETURNING 1) s
-- case: red: INSERT SELECT in parentheses
-- expect: DBAI504
(INSERT INTO orders SELECT * FROM orders RETURNING 1)
-- case: red: RETURNING OLD and NEW of 18
-- expect: DBAI507
UPDATE customer SET name = 'x' RETURNING old.name, new.name
-- case: red: TABLE of a hidden table in a union
-- expect: DBAI512
TABLE customer UNION ALL TABLE secret
-- case: red: VALUES with a subquery of a hidden table
-- expect: DBAI512
VALUES ((SELECT max(password) FROM secret))
-- case: red: SELECT INTO behind a union
-- expect: DBAI507
SELECT 1 AS a INTO stolen UNION SELECT 2
-- case: red: SELECT INTO UNLOGGED
-- expect: DBAI507
SELECT * INTO UNLOGGED stolen FROM customer
-- case: red: FOR UPDATE OF an alias
-- expect: DBAI507
SELECT 1 FROM customer c JOIN orders o USING (customer_id) FOR UPDATE OF o
-- case: red: FOR UPDATE in a VALUES CTE
-- expect: DBAI507
WITH a AS (VALUES (1) FOR UPDATE) SELECT * FROM a
-- case: red: cursor by DECLARE
-- expect: DBAI507
DECLARE c NO SCROLL CURSOR FOR SELECT 1
-- case: red: WHERE CURRENT OF
-- expect: DBAI504
SELECT 1 FROM customer WHERE CURRENT OF c
-- case: red: CALL in a CTE
-- expect: DBAI504
WITH a AS (CALL x()) SELECT 1
-- case: red: EXPLAIN in a CTE
-- expect: DBAI504
WITH a AS (EXPLAIN SELECT 1) SELECT 1
-- case: red: EXPLAIN ANALYZE of a select
-- expect: DBAI507
EXPLAIN ANALYZE SELECT evil()
-- case: red: EXPLAIN EXECUTE
-- expect: DBAI507
EXPLAIN ANALYZE EXECUTE p
-- case: red: SHOW as a subquery
-- expect: DBAI504
SELECT (SHOW data_directory)
-- case: red: CTE named like a hidden table behind a union
-- expect: DBAI512
SELECT * FROM (WITH secret AS (SELECT 1) SELECT * FROM secret UNION ALL SELECT 2) a, (SELECT * FROM secret) b
-- case: red: CTE of an inner LATERAL used outside
-- expect: DBAI512
SELECT * FROM customer c, LATERAL (WITH secret AS (SELECT 1) SELECT * FROM secret) l, LATERAL (SELECT * FROM secret) m
-- case: red: CTE used before it is defined, in a subquery
-- expect: DBAI512
WITH a AS (SELECT (SELECT max(password) FROM secret)), secret AS (SELECT 'x' AS password) SELECT * FROM a
-- case: red: CTE name in other case
-- expect: DBAI512
WITH "Secret" AS (SELECT 1 AS password) SELECT password FROM secret
-- case: red: CTE name past 63 bytes
-- expect: DBAI512
WITH secret_______________________________________________________________________________ AS (SELECT 1) SELECT * FROM secret
-- case: red: CTE hidden by a schema
-- expect: DBAI512
WITH secret AS (SELECT 'x' AS password) SELECT s.password FROM secret s, public.secret t
-- case: red: CTE in the ON of a join
-- expect: DBAI512
SELECT 1 FROM customer a JOIN customer b ON EXISTS (WITH secret AS (SELECT 1) SELECT 1 FROM secret) AND EXISTS (SELECT 1 FROM secret)
-- case: red: recursive CTE whose second half reads a hidden table
-- expect: DBAI512
WITH RECURSIVE r AS (SELECT 'x' AS p UNION ALL SELECT password FROM secret, r WHERE p = 'x') SELECT * FROM r
-- case: red: alias named like a hidden table with its column
-- expect: DBAI513
SELECT secret.password FROM customer secret
-- case: red: whole row of a CTE by function syntax
-- expect: DBAI509
WITH w AS (SELECT 1 AS a) SELECT evil(w) FROM w
-- case: red: column syntax through a CTE
-- expect: DBAI513
WITH w AS (SELECT * FROM customer) SELECT w.nice_label FROM w
-- case: red: column syntax through a subquery's row
-- expect: DBAI513
SELECT (s.c).nice_label FROM (SELECT c FROM customer c) s
-- case: red: column syntax on a function's row
-- expect: DBAI513
SELECT (jsonb_each('{}')).nice_label
-- case: red: column syntax in a USING alias
-- expect: DBAI513
SELECT j.nice_label FROM customer a JOIN customer b USING (customer_id) AS j
-- case: red: column syntax on an array element
-- expect: DBAI513
SELECT (ARRAY(SELECT c FROM customer c))[1].nice_label
-- case: red: column syntax on a scalar
-- expect: DBAI513
SELECT (1).evil
-- case: red: column syntax with a star
-- expect: DBAI509
SELECT (c).* FROM (SELECT evil() AS c) s
-- case: red: system column through an alias list
-- expect: DBAI513
SELECT t.cmin FROM customer AS t (a, b)
-- case: red: system columns in a natural join
-- expect: DBAI513
SELECT tableoid FROM customer NATURAL JOIN orders
-- case: red: hidden columns through an alias list of a hidden table
-- expect: DBAI512
SELECT a FROM secret AS s (a, b)
-- case: red: TOAST by number
-- expect: DBAI512
SELECT * FROM pg_toast.pg_toast_2604
-- case: red: temporary schema
-- expect: DBAI512
SELECT * FROM pg_temp.customer
-- case: red: temporary schema by number
-- expect: DBAI512
SELECT * FROM pg_temp_3.customer
-- case: red: information schema by unicode
-- expect: DBAI512
SELECT * FROM U&"information\005fschema".tables
-- case: red: catalogue of another database
-- expect: DBAI512
SELECT * FROM template1.public.customer
-- case: red: statistics functions
-- expect: DBAI509
SELECT pg_stat_get_live_tuples(1)
-- case: red: sizes of hidden tables
-- expect: DBAI509
SELECT pg_total_relation_size('secret')
-- case: red: definitions of functions
-- expect: DBAI509
SELECT pg_get_functiondef(1)
-- case: red: comments of hidden tables
-- expect: DBAI509
SELECT obj_description(1, 'pg_class')
-- case: red: privileges of logins
-- expect: DBAI509
SELECT has_table_privilege('secret', 'SELECT')
-- case: red: settings file
-- expect: DBAI512
SELECT * FROM pg_file_settings
-- case: red: host based access
-- expect: DBAI512
SELECT * FROM pg_hba_file_rules
-- case: red: configuration by function
-- expect: DBAI509
SELECT pg_show_all_settings()
-- case: red: server address
-- expect: DBAI509
SELECT inet_client_addr(), inet_client_port(), pg_backend_pid()
-- case: red: uptime
-- expect: DBAI509
SELECT pg_postmaster_start_time(), pg_conf_load_time()
-- case: red: is in recovery
-- expect: DBAI509
SELECT pg_is_in_recovery()
-- case: red: own memory
-- expect: DBAI509
SELECT * FROM pg_get_backend_memory_contexts()
-- case: red: log the memory of another
-- expect: DBAI509
SELECT pg_log_backend_memory_contexts(1)
-- case: red: wait for a lock
-- expect: DBAI509
SELECT pg_advisory_xact_lock_shared(1)
-- case: red: safe snapshot
-- expect: DBAI509
SELECT pg_blocking_pids(1), pg_safe_snapshot_blocking_pids(1)
-- case: red: notification queue
-- expect: DBAI509
SELECT pg_notification_queue_usage(), pg_listening_channels()
-- case: red: large object by oid
-- expect: DBAI509
SELECT loread(lo_open(1, 262144), 100)
-- case: red: large object as bytes
-- expect: DBAI509
SELECT lo_get(16000)
-- case: red: sequence by name
-- expect: DBAI509
SELECT pg_sequence_last_value('counter'), currval('counter'), lastval()
-- case: red: publication and slots
-- expect: DBAI512
SELECT * FROM pg_replication_slots
-- case: red: logical decoding
-- expect: DBAI509
SELECT pg_logical_slot_peek_changes('x', NULL, NULL)
-- case: red: WAL inspection
-- expect: DBAI509
SELECT pg_walfile_name('0/1'), pg_current_wal_lsn()
-- case: red: time travel by snapshot
-- expect: DBAI509
SELECT pg_current_snapshot(), txid_snapshot_xmin(txid_current_snapshot())
-- case: red: visible transaction
-- expect: DBAI509
SELECT pg_xact_commit_timestamp('1'::xid)
-- case: red: relation filenode
-- expect: DBAI509
SELECT pg_relation_filepath('customer')
-- case: red: input checks that run type input
-- expect: DBAI509
SELECT pg_input_is_valid('secret', 'regclass')
-- case: red: type names
-- expect: DBAI509
SELECT to_regtype('evil_domain'), format_type(1, 1)
-- case: red: regular expression over a hidden table
-- expect: DBAI512
SELECT regexp_matches((SELECT password FROM secret), '.')
-- case: red: password hash of a login
-- expect: DBAI512
SELECT rolpassword FROM pg_roles
-- case: red: view that the catalog does not hold
-- expect: DBAI512
SELECT * FROM pg_views
-- case: red: statistics of columns
-- expect: DBAI512
SELECT * FROM pg_stats_ext
-- case: red: generated text of a query
-- expect: DBAI509
SELECT query_to_json('SELECT 1')
-- case: red: xml of a query in a scalar
-- expect: DBAI509
SELECT (xpath('/a', query_to_xml('SELECT 1', true, false, '')))[1]
-- case: red: text search over a query
-- expect: DBAI509
SELECT * FROM ts_stat('SELECT search FROM product', 'ab')
-- case: red: text search rewritten by a query
-- expect: DBAI509
SELECT ts_rewrite('a & b'::tsquery, 'SELECT a, b FROM c')
-- case: red: debugging of parsers
-- expect: DBAI509
SELECT * FROM ts_debug('english', 'x')
-- case: red: text search dictionary call
-- expect: DBAI509
SELECT ts_lexize('english_stem', 'running')
-- case: red: extension call by schema
-- expect: DBAI509
SELECT pg_catalog.dblink_connect('x', 'y')
-- case: red: crypt
-- expect: DBAI509
SELECT crypt('x', gen_salt('bf', 31))
-- case: red: sleep by a cross join of clocks
-- expect: DBAI509
SELECT pg_sleep(clock_timestamp() - now())
-- case: red: sleep by interval
-- expect: DBAI509
SELECT pg_sleep_for(interval '1 day'), pg_sleep_until('infinity')

-- What an analyst of a hospital asks: a schema of odd types, tests/ask/sql/ward.sql. Same rules as honest.sql; a case is
-- named after what it holds.

-- case: ward: casts 1
SELECT id, name, kind, beds::int * 2 AS double_beds FROM ward ORDER BY beds DESC NULLS LAST
-- case: ward: enum of another schema with FILTER 1
SELECT w.name, count(*) FILTER (WHERE v.level = 'red') AS reds, count(*) FILTER (WHERE v.level = 'green'::ref.triage) greens FROM ward w LEFT JOIN visit v ON v.ward_id = w.id GROUP BY w.id, w.name HAVING count(v.visit_no) > 3 ORDER BY w.name
-- case: ward: enum of another schema with grouping sets 1
SELECT ward_id, level, count(*), grouping(ward_id, level) FROM visit GROUP BY CUBE (ward_id, level) ORDER BY 4, 1 NULLS LAST, 2
-- case: ward: grouping sets with time zones 1
SELECT ward_id, date_trunc('month', arrived AT TIME ZONE 'Europe/Berlin') AS m, sum(paid) FROM visit GROUP BY ROLLUP (ward_id, date_trunc('month', arrived AT TIME ZONE 'Europe/Berlin')) ORDER BY 1, 2
-- case: ward: enum of another schema with grouping sets 2
SELECT ward_id, level, sum(qty) FROM visit GROUP BY GROUPING SETS ((ward_id), (level), ()) ORDER BY 1, 2
-- case: ward: enum of another schema with grouping sets 3
SELECT level, ward_id, sum(paid) FROM visit GROUP BY level, GROUPING SETS (ward_id, ()) ORDER BY 1,2
-- case: ward: windows 1
SELECT ward_id, row_number() OVER w, rank() OVER w, dense_rank() OVER w, percent_rank() OVER w, cume_dist() OVER w, ntile(4) OVER w, visit_no FROM visit WINDOW w AS (PARTITION BY ward_id ORDER BY paid) ORDER BY visit_no
-- case: ward: windows with casts 1
SELECT visit_no, lag(paid, 2, 0::numeric) OVER (ORDER BY arrived), lead(paid) OVER (ORDER BY arrived), first_value(paid) OVER (PARTITION BY ward_id ORDER BY arrived), nth_value(paid, 2) OVER (PARTITION BY ward_id ORDER BY arrived ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM visit ORDER BY 1
-- case: ward: windows with aggregates 1
SELECT visit_no, avg(paid) OVER (ORDER BY arrived RANGE BETWEEN INTERVAL '7 days' PRECEDING AND CURRENT ROW) FROM visit ORDER BY 1
-- case: ward: windows with aggregates 2
SELECT visit_no, sum(paid) OVER (ORDER BY visit_no GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW) FROM visit ORDER BY 1
-- case: ward: windows with aggregates 3
SELECT visit_no, sum(paid) OVER (ORDER BY visit_no ROWS 3 PRECEDING EXCLUDE GROUP), count(*) OVER (ORDER BY visit_no ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING EXCLUDE NO OTHERS) FROM visit ORDER BY 1
-- case: ward: enum of another schema with DISTINCT ON 1
SELECT DISTINCT ON (patient_id) patient_id, arrived, level FROM visit ORDER BY patient_id, arrived DESC
-- case: ward: DISTINCT ON with calendar 1
SELECT DISTINCT ON (v.ward_id, date_trunc('week', v.arrived)) v.ward_id, v.visit_no FROM visit v ORDER BY v.ward_id, date_trunc('week', v.arrived), v.paid DESC NULLS FIRST
-- case: ward: LATERAL with joins 1
SELECT p."Full Name", l.visit_no, l.paid FROM patient p LEFT JOIN LATERAL (SELECT visit_no, paid FROM visit v WHERE v.patient_id = p.id ORDER BY paid DESC LIMIT 2) l ON TRUE ORDER BY 1, 2
-- case: ward: LATERAL with unnest 1
SELECT p."Full Name", a.alert, a.pos FROM patient AS p CROSS JOIN LATERAL unnest(p.alerts) WITH ORDINALITY AS a(alert, pos) ORDER BY 1, 3
-- case: ward: unnest 1
SELECT p."Full Name", x FROM patient p, unnest(p.scores) x WHERE x IS NOT NULL ORDER BY 1, 2
-- case: ward: recursion with arrays 1
WITH RECURSIVE chain(emp_id, boss_id, depth, path) AS (SELECT emp_id, boss_id, 1, ARRAY[emp_id] FROM employee WHERE boss_id IS NULL UNION ALL SELECT e.emp_id, e.boss_id, c.depth + 1, c.path || e.emp_id FROM employee e JOIN chain c ON e.boss_id = c.emp_id WHERE NOT e.emp_id = ANY(c.path)) SELECT depth, count(*), array_agg(emp_id ORDER BY emp_id) FROM chain GROUP BY depth ORDER BY depth
-- case: ward: recursion with set operations 1
WITH RECURSIVE t(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM t WHERE n < 20) SELECT sum(n) FROM t
-- case: ward: recursion with search and cycle 1
WITH RECURSIVE g AS (SELECT src, dst, cost FROM edge WHERE src = 1 UNION SELECT e.src, e.dst, g.cost + e.cost FROM g JOIN edge e ON e.src = g.dst WHERE g.cost < 20) CYCLE src, dst SET is_cycle TO 'Y' DEFAULT 'N' USING cpath SELECT src, dst, is_cycle, cpath FROM g ORDER BY 1, 2, 3 LIMIT 20
-- case: ward: recursion with search and cycle 2
WITH RECURSIVE o AS (SELECT emp_id, boss_id FROM employee WHERE emp_id = 1 UNION ALL SELECT e.emp_id, e.boss_id FROM employee e, o WHERE e.boss_id = o.emp_id) SEARCH BREADTH FIRST BY emp_id SET ord SELECT emp_id FROM o ORDER BY ord
-- case: ward: recursion with search and cycle 3
WITH RECURSIVE o AS (SELECT emp_id, boss_id FROM employee WHERE emp_id = 1 UNION ALL SELECT e.emp_id, e.boss_id FROM employee e, o WHERE e.boss_id = o.emp_id) SEARCH DEPTH FIRST BY emp_id SET ord CYCLE emp_id SET c USING p SELECT emp_id, ord, c, p FROM o ORDER BY ord
-- case: ward: joins with subqueries 1
WITH a AS MATERIALIZED (SELECT * FROM ward), b AS NOT MATERIALIZED (SELECT * FROM a WHERE beds > 4) SELECT b.*, a.name AS other FROM a JOIN b USING (id) ORDER BY id
-- case: ward: arrays 1
SELECT id FROM patient WHERE alerts @> ARRAY['a1'] OR alerts && '{a2,zz}' OR ARRAY['b'] <@ alerts ORDER BY id
-- case: ward: plain 1
SELECT matrix[1][2], matrix[1:1], matrix[1:2][1:1], array_dims(matrix), matrix[2][1] + 1 FROM visit ORDER BY visit_no LIMIT 3
-- case: ward: arrays with subqueries 1
SELECT ARRAY(SELECT beds FROM ward ORDER BY 1), ARRAY[[1,2],[3,4]], ARRAY[1,2] || 3, ARRAY[]::text[], '{1,2,3}'::int[], (ARRAY[10,20,30])[2], (ARRAY['a','b','c'])[2:3]
-- case: ward: arrays with casts 1
SELECT 3 = ANY(ARRAY[1,2,3]), 3 <> ALL('{1,2}'::int[]), 'abc' LIKE ANY(ARRAY['a%','b%']), 'abc' NOT LIKE ALL (ARRAY['x%']), 5 > SOME (ARRAY[4,6]), 'ABC' ILIKE ANY ('{a%}')
-- case: ward: documents with arrays 1
SELECT meta->'b'->0, meta->>'a', meta#>'{c,d}', meta#>>'{b,2}', meta ? 'a', meta ?| ARRAY['a','z'], meta ?& ARRAY['a','b'], meta @> '{"a":1}', '{"a":1}' <@ meta, meta - 'a', meta - ARRAY['a','b'], meta - 1, meta #- '{c,d}' FROM (SELECT meta FROM patient WHERE id::text LIKE '%1') s(meta) WHERE jsonb_typeof(meta) = 'array' OR true LIMIT 0
-- case: ward: documents with arrays 2
SELECT meta->'b'->0, meta->>'a', meta#>'{c,d}', meta#>>'{b,2}', meta ? 'a', meta ?| ARRAY['a','z'], meta ?& ARRAY['a','b'], meta @> '{"a":1}', '{"a":1}' <@ meta, meta - 'a', meta - ARRAY['a','b'], meta #- '{c,d}' FROM patient ORDER BY id
-- case: ward: documents with casts 1
SELECT meta['a'], meta['c']['d'], meta['b'][1], (meta->>'a')::int + 1 FROM patient ORDER BY id
-- case: ward: jsonpath with documents 1
SELECT jsonb_path_query_array(meta, '$.b[*] ? (@.type() == "number")'), jsonb_path_exists(meta, '$.c.d ? (@ == true)'), meta @? '$.b[*] ? (@ > 3)', meta @@ '$.a > 10', jsonb_path_query_first(meta, '$.b.size()') FROM patient ORDER BY id
-- case: ward: jsonpath with documents 2
SELECT jsonb_path_query_first(meta, 'strict $.a ? (@ > $min)', vars => '{"min": 4}', silent => true) FROM patient ORDER BY id
-- case: ward: documents 1
SELECT k, v FROM patient p, jsonb_each_text(p.meta) AS e(k, v) ORDER BY p.id, k LIMIT 12
-- case: ward: documents with joins 1
SELECT e.key, e.value, jsonb_typeof(e.value) FROM patient p CROSS JOIN jsonb_each(p.meta) e WHERE p.ward_id = 2 ORDER BY p.id, e.key
-- case: ward: documents with aggregates 1
SELECT key, count(*) FROM patient, jsonb_object_keys(meta) AS key GROUP BY key ORDER BY 1
-- case: ward: documents 2
SELECT jsonb_agg(jsonb_build_object('id', id, 'n', name) ORDER BY id), json_object_agg(name, beds ORDER BY id), jsonb_object_agg(kind, id) FROM ward
-- case: ward: documents 3
SELECT row_to_json(w), to_jsonb(w), json_build_array(w.id, w.name) FROM ward w ORDER BY id
-- case: ward: subqueries 1
SELECT row_to_json(t) FROM (SELECT id, name FROM ward ORDER BY id) t
-- case: ward: documents with subqueries 1
SELECT json_agg(t) FROM (SELECT id, name FROM ward ORDER BY id) AS t
-- case: ward: documents 4
SELECT jsonb_pretty(meta), jsonb_strip_nulls(meta), jsonb_set(meta, '{a}', '99'), jsonb_insert(meta, '{b,0}', '"new"'), meta || '{"z": 1}' FROM patient ORDER BY id LIMIT 2
-- case: ward: standard JSON query with documents 1
-- servers: 17
SELECT JSON_VALUE(meta, '$.a' RETURNING int), JSON_QUERY(meta, '$.b' WITH WRAPPER), JSON_EXISTS(meta, '$.c.d'), JSON_VALUE(meta, '$.zz' DEFAULT 'none' ON EMPTY) FROM patient ORDER BY id
-- case: ward: standard JSON query with documents 2
-- servers: 17
SELECT JSON_QUERY(meta, 'lax $.b[*]' WITH CONDITIONAL ARRAY WRAPPER KEEP QUOTES ON SCALAR STRING ERROR ON ERROR) FROM patient ORDER BY id LIMIT 2
-- case: ward: standard JSON query with documents 3
-- servers: 17
SELECT JSON_VALUE(meta, '$.b[0]' RETURNING numeric(6,2) NULL ON EMPTY NULL ON ERROR) FROM patient ORDER BY id
-- case: ward: standard JSON query with documents 4
-- servers: 17
SELECT JSON_EXISTS(meta, '$.a ? (@ > $x)' PASSING 3 AS x) FROM patient ORDER BY id
-- case: ward: standard JSON query with documents 5
-- servers: 17
SELECT JSON_VALUE(meta, '$.a ? (@ > $x)' PASSING 3 AS x RETURNING int DEFAULT 0 ON EMPTY) FROM patient ORDER BY id
-- case: ward: standard JSON constructor with subqueries 1
-- servers: 17
SELECT JSON_OBJECT('a': 1, 'b': 2 WITH UNIQUE KEYS RETURNING jsonb), JSON_ARRAY(SELECT id FROM ward ORDER BY id), JSON_SCALAR(12), JSON('{"a":1}'), JSON_SERIALIZE('{"a":1}'::jsonb)
-- case: ward: standard JSON constructor 1
-- servers: 16
SELECT JSON_OBJECTAGG(name: id), JSON_OBJECTAGG(name VALUE id ABSENT ON NULL WITH UNIQUE), JSON_ARRAYAGG(id ORDER BY id DESC NULL ON NULL RETURNING jsonb) FROM ward
-- case: ward: IS JSON with casts 1
-- servers: 16
SELECT '{"a":1}' IS JSON, '[1]' IS JSON ARRAY, '"x"' IS JSON SCALAR, '{"a":1,"a":2}' IS JSON OBJECT WITH UNIQUE KEYS, raw::text IS NOT JSON FROM patient LIMIT 1
-- case: ward: JSON_TABLE with documents 1
-- servers: 17
SELECT jt.* FROM patient p, JSON_TABLE(p.meta, '$' COLUMNS (a int PATH '$.a', d boolean PATH '$.c.d')) AS jt ORDER BY 1
-- case: ward: JSON_TABLE with documents 2
-- servers: 17
SELECT p.id, jt.ord, jt.val FROM patient p CROSS JOIN JSON_TABLE(p.meta, '$.b[*]' COLUMNS (ord FOR ORDINALITY, val text PATH '$')) jt ORDER BY 1, 2
-- case: ward: JSON_TABLE with subqueries 1
-- servers: 17
SELECT jt.* FROM JSON_TABLE('{"o":[{"id":1,"items":[{"n":"x"},{"n":"y"}]}]}'::jsonb, '$.o[*]' COLUMNS (id int PATH '$.id', NESTED PATH '$.items[*]' COLUMNS (n text PATH '$.n' DEFAULT 'none' ON EMPTY, e boolean EXISTS PATH '$.n'))) jt
-- case: ward: documents 5
SELECT x.* FROM jsonb_to_recordset('[{"a":1,"b":"x"},{"a":2}]') AS x(a int, b text)
-- case: ward: documents 6
SELECT * FROM json_to_record('{"a":1,"b":[1,2],"c":"bar"}') AS x(a int, b int[], c text)
-- case: ward: ranges with casts 1
SELECT daterange('2025-01-01', '2025-02-01', '[]'), int4range(1, 10) * int4range(5, 15), int4range(1,5) + int4range(5,8), int8range(1,10) - int8range(5,20), upper(insured), lower(insured), isempty(insured), lower_inc(insured), insured @> '2024-06-01'::date, insured && daterange('2024-02-01', NULL), insured << daterange('2030-01-01', '2031-01-01') FROM patient ORDER BY id LIMIT 3
-- case: ward: unnest with ranges 1
SELECT spans, spans @> date '2025-01-05', range_merge(spans), unnest(spans), multirange(span), span -|- tstzrange('2025-01-04Z', NULL), span &< tstzrange('2025-02-01Z', NULL), span &> '[2025-01-01,)'::tstzrange FROM visit ORDER BY visit_no LIMIT 4
-- case: ward: ranges 1
SELECT range_agg(insured), range_intersect_agg(insured) FROM patient
-- case: ward: a range type of the user's with ranges 1
SELECT temp, lower(temp), temp @> 2.5::float8, floatrange(1, 2) FROM visit WHERE visit_no < 4 ORDER BY visit_no
-- case: ward: text search with networks 1
SELECT visit_no, ts_rank(doc, q), doc @@ q, doc @@ to_tsquery('english', 'broke:*'), ts_headline('english', 'patient has broken legs', q), doc @@ websearch_to_tsquery('english', '"broken legs" -arm'), numnode(q), q && 'x'::tsquery, q || 'y', !!q, strip(doc), setweight(doc, 'A') FROM visit ORDER BY 1 LIMIT 2
-- case: ward: documents with text search 1
SELECT to_tsvector('simple', name) @@ plainto_tsquery('simple', 'ward'), 'fat cats'::tsvector || 'a:1'::tsvector, 'a & b'::tsquery <-> 'c'::tsquery, phraseto_tsquery('english','broken leg'), length(to_tsvector('a b c')) FROM ward ORDER BY id
-- case: ward: regular expressions 1
SELECT "Full Name" ~ '^Ann', "Full Name" ~* 'élodie', "Full Name" !~ '\d$', "Full Name" !~* 'x', regexp_replace("Full Name", '(\w+) (\d+)', '\2-\1', 'g'), regexp_matches("Full Name", '\d'), regexp_split_to_array("Full Name", E'\\s+'), substring("Full Name" FROM '\d+'), substring("Full Name" FROM 2 FOR 3), substring("Full Name" FOR 4) FROM patient ORDER BY id LIMIT 5
-- case: ward: regular expressions with aggregates 1
SELECT regexp_count('banana', 'a'), regexp_instr('banana', 'n', 1, 2), regexp_like('Foo', 'foo', 'i'), regexp_substr('a1b22', '\d+', 1, 2), (regexp_match('key=val', '(\w+)=(\w+)'))[2]
-- case: ward: regular expressions 2
SELECT 'abc' SIMILAR TO '%(b|d)%', 'x%' LIKE 'x!%' ESCAPE '!', 'abc' NOT SIMILAR TO 'z%', 'ABC' ILIKE 'a_c', 'a' NOT ILIKE 'A', 'abc' ~~ 'a%', 'abc' ~~* 'A%', 'abc' !~~ 'b%', 'a\b' LIKE 'a\\b', 'x_' LIKE 'x\_'
-- case: ward: plain 2
SELECT substring('Thomas' SIMILAR '%#"o_a#"_' ESCAPE '#'), substring('Thomas' FROM '%#"o_a#"_' FOR '#')
-- case: ward: enum of another schema with FILTER 2
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY paid), percentile_disc(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY paid), mode() WITHIN GROUP (ORDER BY level), rank(50.0) WITHIN GROUP (ORDER BY paid), percentile_cont(0.9) WITHIN GROUP (ORDER BY dur) FILTER (WHERE ward_id > 2) FROM visit
-- case: ward: enum of another schema with casts 1
SELECT ward_id, string_agg(DISTINCT level::text, ', ' ORDER BY level::text DESC), array_agg(visit_no ORDER BY arrived DESC NULLS LAST), bool_and(left_at IS NOT NULL), every(paid > 0), bit_or(qty), stddev_samp(paid), var_pop(paid), corr(paid, minutes), regr_slope(paid, minutes), covar_samp(paid::float8, qty) FROM visit GROUP BY ward_id ORDER BY 1
-- case: ward: time zones with calendar 1
SELECT arrived AT TIME ZONE 'UTC', arrived AT TIME ZONE 'America/New_York' AT TIME ZONE 'UTC', arrived::date, arrived::timestamp, timezone('UTC', arrived), arrived AT TIME ZONE INTERVAL '-03:00', attz AT TIME ZONE 'UTC', date_trunc('day', arrived, 'Europe/Paris') FROM visit ORDER BY visit_no LIMIT 3
-- case: ward: time zones 1
-- servers: 17
SELECT arrived AT LOCAL FROM visit ORDER BY visit_no LIMIT 3
-- case: ward: series with intervals 1
SELECT d::date AS day, count(v.visit_no) FROM generate_series(date '2025-01-01', date '2025-02-10', interval '1 day') AS d LEFT JOIN visit v ON v.arrived >= d AND v.arrived < d + interval '1 day' GROUP BY 1 ORDER BY 1
-- case: ward: series with casts 1
SELECT generate_series(1, 5) AS n, generate_series('2025-01-01'::timestamp, '2025-01-02', '6 hours') AS t
-- case: ward: series with intervals 2
SELECT day::date, extract(isodow FROM day) FROM generate_series((SELECT min(arrived)::date FROM visit), (SELECT max(arrived)::date FROM visit), '1 day'::interval) AS g(day) ORDER BY 1
-- case: ward: sampling with aggregates 1
SELECT count(*) >= 0 FROM visit TABLESAMPLE BERNOULLI (50) REPEATABLE (42)
-- case: ward: sampling with aggregates 2
SELECT count(*) FROM visit AS v TABLESAMPLE SYSTEM (100)
-- case: ward: subqueries 2
SELECT (patient_id, ward_id) = (SELECT id, ward_id FROM patient ORDER BY id LIMIT 1) FROM visit ORDER BY visit_no LIMIT 3
-- case: ward: enum of another schema with subqueries 1
SELECT visit_no FROM visit WHERE (ward_id, level) IN (SELECT ward_id, level FROM visit WHERE paid > 900) ORDER BY 1
-- case: ward: plain 3
SELECT visit_no FROM visit WHERE (ward_id, qty) > (3, 50) ORDER BY ward_id, qty
-- case: ward: plain 4
SELECT ROW(1, 'a') IS DISTINCT FROM ROW(1, NULL), ROW(1,2) = ROW(1,2), (1,2) < (1,3), ROW(NULL, NULL) IS NULL, ROW(1, NULL) IS NOT NULL
-- case: ward: VALUES 1
SELECT * FROM (VALUES (1, 'one', DATE '2025-01-01'), (2, 'two', NULL)) AS t(n, label, d) ORDER BY n DESC
-- case: ward: VALUES 2
VALUES (1, 'x'), (2, 'y')
-- case: ward: domain with casts 1
SELECT mail, lower(mail), length(mail), mail || 'x', mail::text FROM patient ORDER BY id LIMIT 3
-- case: ward: composite values with networks 1
SELECT (home).city, (home).zip, count(*) FROM patient GROUP BY (home).city, (home).zip ORDER BY 1, 2
-- case: ward: composite values with domain 1
SELECT (p.home).street, (p).mail, (p.home).* FROM patient p ORDER BY p.id LIMIT 2
-- case: ward: composite values 1
SELECT home FROM patient WHERE (home).city = 'City 1' ORDER BY id
-- case: ward: composite values with casts 1
SELECT ROW('a','b','c')::address, (ROW('a','b','c')::address).city
-- case: ward: enum of another schema with ranges 1
SELECT level, level > 'red', level::text, enum_range(NULL::ref.triage), enum_first(level), level = ANY('{red,green}'::ref.triage[]), levels[1], 'red' = ANY(levels), array_position(levels, 'green') FROM visit ORDER BY visit_no LIMIT 4
-- case: ward: windows with casts 2
SELECT cost, cost::numeric, cost + cost, cost * 2, cost / cost, sum(cost) OVER () FROM visit ORDER BY visit_no LIMIT 2
-- case: ward: windows with casts 3
SELECT qty, qty + 1, qty::int / 2, avg(qty) OVER () FROM visit ORDER BY visit_no LIMIT 2
-- case: ward: regular expressions with networks 1
SELECT ip, host(ip), masklen(net), net >> ip, ip << net, ip <<= net, net >>= ip, net && ip::cidr, family(ip), ip + 5, ip - ip, network(ip), netmask(net), abbrev(net), ip & '255.0.0.0'::inet, ~ip, mac, trunc(mac) FROM visit ORDER BY visit_no LIMIT 2
-- case: ward: windows with intervals 1
SELECT dur, dur * 2, dur / 3, extract(epoch FROM dur)/60, justify_hours(dur), date_part('minute', dur), make_interval(mins => 90), dur > interval '1 hour', sum(dur) OVER (), -dur, to_char(dur, 'HH24:MI') FROM visit ORDER BY visit_no LIMIT 3
-- case: ward: intervals with calendar 1
SELECT at + interval '1 hour', at::text, attz, extract(hour FROM at), at BETWEEN time '01:00' AND '02:00' FROM visit ORDER BY visit_no LIMIT 3
-- case: ward: bytes with casts 1
SELECT payload, encode(payload, 'hex'), encode(payload,'base64'), length(payload), get_byte(payload, 0), md5(payload), sha256(payload), payload || '\x00'::bytea, substring(payload FROM 1 FOR 2), payload = '\xdeadbeef', convert_from('\x61'::bytea, 'UTF8') FROM visit ORDER BY visit_no LIMIT 2
-- case: ward: casts 2
SELECT sys::text FROM visit ORDER BY visit_no LIMIT 2
-- case: ward: plain 5
SELECT sys FROM visit ORDER BY visit_no LIMIT 2
-- case: ward: regular expressions with bits 1
SELECT flags, flags & B'11110000', ~flags, flags << 2, bit_count(flags), get_bit(flags, 0), flags::int, vflags, vflags || B'1', length(vflags), X'1F', B'101'::bit(5), flags | B'00000001', flags # B'11111111' FROM patient ORDER BY id LIMIT 3
-- case: ward: plain 6
SELECT geo, geo[0], geo[1] FROM ward ORDER BY id
-- case: ward: documents with geometry 1
SELECT geo <-> point '(0,0)', geo FROM ward ORDER BY geo <-> point(0,0)
-- case: ward: casts 3
SELECT floor, floor = 'A', floor::text FROM ward ORDER BY id
-- case: ward: joins 1
SELECT sex, length(sex), sex || '!', coalesce(sex, '?'), phone || 'x' FROM patient JOIN ward ON ward.id = ward_id ORDER BY patient.id LIMIT 4
-- case: ward: casts 4
SELECT weight, height, weight / height ^ 2 AS bmi, round((weight / (height * height))::numeric, 1), weight::numeric, ceil(height), trunc(height::numeric, 1), width_bucket(height, 1, 2, 10) FROM patient ORDER BY id LIMIT 4
-- case: ward: CASE 1
SELECT CASE WHEN active THEN 'on' WHEN active IS NULL THEN '?' ELSE 'off' END, active IS TRUE, active IS NOT FALSE, active IS UNKNOWN, NOT active, active AND true OR false, CASE sex WHEN 'F' THEN 1 WHEN 'M' THEN 2 END FROM patient ORDER BY id
-- case: ward: plain 7
SELECT E'a\tb\'c\\d\x41\u00e9', U&'d\0061t\+000061', U&'x!0041' UESCAPE '!', $$it's$$, $q$a $$ b$q$, 'it''s', E'multi\nline'
-- case: ward: plain 8
-- servers: 16
SELECT 1_000, 0x1F, 0b11, 0o17, 1.5e3, .5, 5., 1_0.0_1, 1e-3, 123456789012345678901234567890
-- case: ward: names that need quotes 1
SELECT "order", "Größe", "user", "select", "Datum/Zeit", "a""b", "CamelCase", "percent%" FROM "Ops"."Order Items" ORDER BY "order"
-- case: ward: windows with names that need quotes 1
SELECT o."Größe" AS größe, sum(o."percent%") OVER (PARTITION BY o."user") AS "Σ %", o."select" AS "from" FROM "Ops"."Order Items" AS o WHERE "order" % 2 = 0 ORDER BY "Größe" DESC
-- case: ward: names that need quotes 2
SELECT "名前", возраст, "emoji😀", naïve FROM "Ünïcode" ORDER BY naïve
-- case: ward: names that need quotes 3
SELECT ü.naïve FROM "Ünïcode" AS ü ORDER BY 1
-- case: ward: enum of another schema with ranges 2
SELECT year, month, day, date, time, timestamp, type, value, position, level, key, data, text, range, rank, count, first, last, language, percent, names, comment, status, role, version, index, zone, filter, row_number FROM employee ORDER BY emp_id LIMIT 2
-- case: ward: intervals with columns named like keywords 1
SELECT e.year, e.month, e.offset, e.timestamp, e.interval, e.position, e.value, e.index, e.filter, e.schema, e.format FROM employee e WHERE e.year = 2021 AND e.type = 't1' ORDER BY e.rank
-- case: ward: columns named like keywords with aggregates 1
SELECT sum(value) AS value, max(position) AS position, min(date) AS date, year FROM employee GROUP BY year ORDER BY year
-- case: ward: columns named like keywords with aggregates 2
SELECT count, sum(count) AS sum, max(rank) AS max FROM employee GROUP BY count ORDER BY count LIMIT 2
-- case: ward: columns named like keywords with aggregates 3
SELECT year AS "Year", count(*) AS count, avg(percent) percent FROM employee GROUP BY 1 ORDER BY count DESC, 1
-- case: ward: calendar 1
SELECT extract(century FROM arrived), extract(day FROM arrived), extract(decade FROM arrived), extract(dow FROM arrived), extract(doy FROM arrived), extract(epoch FROM arrived), extract(hour FROM arrived), extract(isodow FROM arrived), extract(isoyear FROM arrived), extract(julian FROM arrived), extract(microseconds FROM arrived), extract(millennium FROM arrived), extract(milliseconds FROM arrived), extract(minute FROM arrived), extract(month FROM arrived), extract(quarter FROM arrived), extract(second FROM arrived), extract(timezone FROM arrived), extract(timezone_hour FROM arrived), extract(timezone_minute FROM arrived), extract(week FROM arrived), extract(year FROM arrived) FROM visit ORDER BY visit_no LIMIT 2
-- case: ward: calendar 2
SELECT extract('year' FROM arrived), extract("month" FROM arrived), EXTRACT(DAY FROM dur), extract(epoch from now() - now()), date_part('dow', arrived) FROM visit ORDER BY visit_no LIMIT 1
-- case: ward: intervals with casts 1
SELECT interval '1 year 2 months 3 days 04:05:06.789', interval '1-2', interval '3 4:05:06', interval 'P1Y2M3DT4H5M6S', interval '1' year, interval '10' hour, interval '2 days ago', interval '1.5' second, interval '1 10' day to hour, interval '12:34' hour to minute, interval '12:34:56.78' hour to second, interval '1 02:03:04' day to second, interval(3) '1.23456 s', '1 week'::interval, interval '-1 mon +3 days', interval '1' month, interval '30' minute, cast('2 h' as interval), interval '1-6' year to month, interval '5' second(2), '1.5 h'::interval(0), '90 min'::interval minute
-- case: ward: intervals 1
SELECT now() - interval '1' day < now(), current_date - interval '3 months' < current_date, current_date + 7 > current_date, date '2025-03-31' - 1, date '2025-03-31' - date '2025-01-01', timestamp '2025-01-01' + interval '1 month', age(timestamp '2025-01-01', timestamp '2020-06-15'), age(date '2020-01-01') IS NOT NULL
-- case: ward: windows with intervals 2
SELECT (date '2025-01-01', date '2025-02-01') OVERLAPS (date '2025-01-15', interval '10 days'), (arrived, left_at) OVERLAPS (timestamptz '2025-01-10', timestamptz '2025-01-12') FROM visit ORDER BY visit_no LIMIT 3
-- case: ward: plain 9
SELECT visit_no, paid FROM visit ORDER BY paid DESC FETCH FIRST 5 ROWS WITH TIES
-- case: ward: plain 10
SELECT visit_no FROM visit ORDER BY visit_no OFFSET 10 LIMIT 5
-- case: ward: plain 11
SELECT visit_no FROM visit ORDER BY visit_no LIMIT ALL OFFSET 115
-- case: ward: plain 12
SELECT visit_no FROM visit ORDER BY 1 FETCH NEXT ROW ONLY
-- case: ward: plain 13
SELECT visit_no FROM visit ORDER BY 1 OFFSET 2 ROWS FETCH FIRST (1 + 2) ROWS ONLY
-- case: ward: plain 14
SELECT sex IS DISTINCT FROM 'F', sex IS NOT DISTINCT FROM NULL FROM patient ORDER BY id
-- case: ward: windows with aggregates 4
SELECT name COLLATE "C", name < 'b' COLLATE "C", max(name COLLATE "POSIX") OVER () FROM ward ORDER BY name COLLATE "C" DESC
-- case: ward: enum of another schema with set operations 1
(SELECT id FROM ward EXCEPT SELECT ward_id FROM visit WHERE level = 'red') UNION ALL (SELECT 1::smallint INTERSECT SELECT 1::smallint) ORDER BY 1
-- case: ward: set operations 1
SELECT 1 AS a UNION SELECT 2 INTERSECT SELECT 2 EXCEPT SELECT 3 ORDER BY a
-- case: ward: set operations with subqueries 1
((SELECT 1) UNION (SELECT 2)) EXCEPT (SELECT 2)
-- case: ward: set operations with subqueries 2
SELECT id FROM ward UNION ALL (SELECT ward_id FROM visit UNION SELECT 9 ORDER BY 1 LIMIT 2) ORDER BY 1 DESC LIMIT 3
-- case: ward: enum of another schema with subqueries 2
SELECT w.name, (SELECT max(paid) FROM visit v WHERE v.ward_id = w.id) AS best, EXISTS (SELECT 1 FROM visit v WHERE v.ward_id = w.id AND v.level = 'amber') FROM ward w WHERE w.id IN (SELECT ward_id FROM visit) AND NOT EXISTS (SELECT FROM visit x WHERE x.ward_id = w.id AND x.paid < 0) ORDER BY 1
-- case: ward: subqueries 3
SELECT * FROM ward w WHERE beds >= ALL (SELECT beds FROM ward WHERE kind = w.kind) ORDER BY id
-- case: ward: plain 15
SELECT w1.name, w2.name FROM ward w1, ward w2 WHERE w1.id < w2.id AND w1.kind = w2.kind ORDER BY 1, 2
-- case: ward: joins with subqueries 2
SELECT * FROM ward NATURAL JOIN (SELECT id, 'x' AS tag FROM ward) t ORDER BY id
-- case: ward: joins with subqueries 3
SELECT id, j.id, ward.id FROM ward JOIN (SELECT id FROM ward) t2 USING (id) AS j ORDER BY 1
-- case: ward: joins 2
SELECT coalesce(a.id, b.dst) FROM ward a FULL OUTER JOIN edge b ON a.id = b.src ORDER BY 1
-- case: ward: joins 3
SELECT a.id, b.dst FROM ward a RIGHT JOIN edge b ON a.id = b.src ORDER BY 2, 1
-- case: ward: joins with VALUES 1
SELECT count(*) FROM ward CROSS JOIN edge CROSS JOIN (VALUES (1), (2)) v(x)
-- case: ward: joins 4
SELECT * FROM ((ward w JOIN visit v ON v.ward_id = w.id) JOIN patient p ON p.id = v.patient_id) WHERE v.visit_no = 3
-- case: ward: joins 5
SELECT j.name, j.visit_no FROM (ward w JOIN visit v ON v.ward_id = w.id) AS j(wid, name) WHERE visit_no < 5 ORDER BY 2
-- case: ward: plain 16
SELECT public.ward.name, public.ward.beds FROM public.ward ORDER BY 1
-- case: ward: plain 17
SELECT ward.public.ward.id FROM ward.public.ward ORDER BY 1
-- case: ward: plain 18
SELECT ward FROM ward ORDER BY id
-- case: ward: plain 19
SELECT w FROM ward w ORDER BY id
-- case: ward: joins 6
SELECT w IS NULL, w IS NOT NULL FROM edge e LEFT JOIN ward w ON w.id = e.src ORDER BY e.src
-- case: ward: plain 20
SELECT array_agg(w ORDER BY w.id) FROM ward w
-- case: ward: casts 5
SELECT w::text FROM ward w ORDER BY id
-- case: ward: subqueries with aggregates 1
SELECT max(t) FROM (SELECT arrived, visit_no FROM visit) t
-- case: ward: plain 21
SELECT ROW(w.*), ROW(w.id, w.name) FROM ward w ORDER BY w.id
-- case: ward: plain 22
SELECT (w.*) IS NOT NULL FROM ward w
-- case: ward: plain 23
SELECT coalesce(w.name, 'none'), nullif(w.beds, 2), greatest(1, beds, 3), least(beds, 4) FROM ward w ORDER BY id
-- case: ward: ranges with networks 1
SELECT CAST('5' AS int), '5'::int4, int '5', float8 '1.5', numeric(5,2) '3.14159', varchar(3) 'abcdef', char(5) 'x', bool 'yes', date 'today' = current_date, timestamp 'epoch', timestamptz '2025-01-01 00:00:00+02', json '{}', uuid '00000000-0000-0000-0000-000000000001', bytea '\x01', bit '101', time '10:00', text 'x', real '1.5', double precision '2.5', jsonb '[1]', inet '1.2.3.4', point '(1,2)', int4range '[1,2]', "char" 'a', name 'n'
-- case: ward: documents with geometry 2
SELECT point '(1,2)' <-> point '(4,6)', box '((0,0),(2,2))' @> point '(1,1)', circle '((0,0),2)', area(box '((0,0),(2,2))'), lseg '((0,0),(1,1))', path '((0,0),(1,1),(2,0))', polygon '((0,0),(1,1),(2,0))', center(box '((0,0),(2,2))'), point(1,2) + point(3,4), diameter(circle '((0,0),2)')
-- case: ward: DISTINCT ON with subqueries 1
SELECT distinct_on.x FROM (SELECT DISTINCT ON (kind) kind AS x FROM ward ORDER BY kind) distinct_on ORDER BY 1
-- case: ward: plain 24
SELECT 1 /* comment /* nested */ still */ + 2 -- end
AS three
-- case: ward: networks 1
-- leading comment
SELECT id /* the key */, name -- the name
FROM ward -- all wards
WHERE id > 1 /* skip; DROP TABLE ward */ ORDER BY id
-- case: ward: plain 25
SELECT '-- not a comment', '/* nor this */', $$; DROP TABLE x$$
-- case: ward: regular expressions 3
SELECT 10 % 3, 10 / 4, 10 / 4.0, 2 ^ 3 ^ 2, -2 ^ 2, 5 & 3, 5 | 3, 5 # 3, ~5, 1 << 4, 16 >> 2, |/ 16, ||/ 27, @ -5, - - 5, + 3, mod(7, 2), div(7, 2), @(-5), 5!=4, 5<>4, 2*-3
-- case: ward: bars with formatting 1
SELECT 'a' || 1, 1 || 'a', 'a' || NULL, concat('a', NULL, 1), concat_ws('-', 'a', NULL, 'b'), format('%s is %L and %I, %1$s %%', 'x', 'y', 'z'), left('abc', -1), right('abc', 2), lpad('7', 3, '0'), rpad('ab', 5), repeat('ab', 3), reverse('abc'), initcap('hello world'), translate('abc', 'ab', 'xy'), replace('aXb', 'X', '-'), split_part('a,b,c', ',', -1), strpos('hello', 'l'), position('l' IN 'hello'), overlay('abcdef' PLACING 'XX' FROM 2 FOR 3), trim(BOTH 'x' FROM 'xxaxx'), trim(LEADING FROM '  a'), trim('  a '), trim(TRAILING 'a' FROM 'baa'), trim(both from ' x '), btrim('xyx', 'x'), ascii('a'), chr(65), to_hex(255), md5('x'), char_length('é'), octet_length('é'), bit_length('a'), upper('ß'), quote_literal('a''b'), starts_with('abc', 'ab'), 'abc' ^@ 'a', string_to_array('a,b', ','), unistr('\0041')
-- case: ward: formatting 1
SELECT to_char(arrived, 'YYYY-MM-DD"T"HH24:MI:SS.US TZ'), to_char(paid, 'FM999G990D00'), to_char(1234.5, '9,999.99'), to_date('2025-02-03', 'YYYY-MM-DD'), to_timestamp(1735689600), to_timestamp('2025 Jan', 'YYYY Mon'), to_number('1,234.5', '9,999.9'), to_char(dur, 'HH24"h"'), to_char(-5, 'S9') FROM visit ORDER BY visit_no LIMIT 2
-- case: ward: calendar with casts 1
SELECT date_trunc('quarter', arrived), date_bin('15 minutes', arrived, timestamptz '2025-01-01'), make_date(2025, 1, 31), make_timestamptz(2025, 1, 1, 0, 0, 0, 'UTC'), isfinite(arrived), date 'infinity' > now(), arrived::time, arrived::timetz, extract(epoch from arrived)::bigint FROM visit ORDER BY visit_no LIMIT 3
-- case: ward: ranges with casts 2
SELECT width_bucket(paid, 0, 1000, 5) AS bucket, count(*), min(paid), max(paid), int4range(min(paid)::int, max(paid)::int, '[]') AS range FROM visit GROUP BY bucket ORDER BY bucket
-- case: ward: arrays with casts 2
SELECT width_bucket(paid, ARRAY[100, 500, 900]::numeric[]), count(*) FROM visit GROUP BY 1 ORDER BY 1
-- case: ward: bars with casts 1
SELECT repeat('█', (paid / 100)::int) FROM visit ORDER BY visit_no LIMIT 3
-- case: ward: bars with casts 2
SELECT repeat('*', least(qty, 10)), lpad(qty::text, 5, '.') FROM visit ORDER BY visit_no LIMIT 3
-- case: ward: bars 1
SELECT lpad(name, beds) FROM ward ORDER BY id
-- case: ward: joins with bars 1
SELECT name, repeat('#', count(*)::int) FROM ward JOIN visit ON ward_id = id GROUP BY name ORDER BY 1
-- case: ward: windows with aggregates 5
SELECT month, n, sum(n) OVER (ORDER BY month) FROM monthly ORDER BY month
-- case: ward: plain 26
SELECT o.visit_no FROM open_visit o WHERE o.arrived > '2025-01-01' ORDER BY 1 LIMIT 3
-- case: ward: aggregates 1
SELECT quality, avg(value), stddev(value) FROM reading WHERE ts >= '2025-03-01' AND ts < timestamp '2025-03-02' GROUP BY quality ORDER BY 1
-- case: ward: windows 2
SELECT sensor, ts, value, value - lag(value) OVER (PARTITION BY sensor ORDER BY ts) AS delta FROM reading ORDER BY sensor, ts LIMIT 10
-- case: ward: casts 6
SELECT current_date IS NOT NULL, current_timestamp IS NOT NULL, localtimestamp(0) IS NOT NULL, now()::date = current_date, clock_timestamp() >= now(), transaction_timestamp() = now()
-- case: ward: documents with casts 2
SELECT id FROM patient WHERE meta->>'a' IN ('1', '2', '3') AND (meta->'c'->>'d')::boolean IS NOT TRUE ORDER BY id
-- case: ward: plain 27
SELECT id FROM patient WHERE born BETWEEN SYMMETRIC '1970-01-01' AND '1950-01-01' ORDER BY id
-- case: ward: plain 28
SELECT id FROM patient WHERE born NOT BETWEEN '1960-01-01' AND '1970-01-01' AND NOT (active OR sex = 'F') ORDER BY id
-- case: ward: plain 29
SELECT patient.*, visit.visit_no FROM patient, visit WHERE patient.id = visit.patient_id AND visit_no IN (1, 2) ORDER BY visit_no
-- case: ward: joins 7
SELECT v.*, p."Full Name" AS who FROM visit v INNER JOIN patient p ON (p.id = v.patient_id) WHERE v.visit_no = 5
-- case: ward: windows with calendar 1
WITH m AS (SELECT ward_id, date_trunc('month', arrived) AS mon, sum(paid) AS total FROM visit GROUP BY 1, 2), r AS (SELECT *, lag(total) OVER (PARTITION BY ward_id ORDER BY mon) AS prev FROM m) SELECT ward_id, mon, total, round(100.0 * (total - prev) / nullif(prev, 0), 1) AS growth FROM r ORDER BY 1, 2
-- case: ward: calendar with joins 1
WITH firsts AS (SELECT patient_id, min(arrived) AS first_at FROM visit GROUP BY patient_id) SELECT date_trunc('week', f.first_at)::date AS cohort, floor(extract(epoch FROM v.arrived - f.first_at) / 604800)::int AS wk, count(DISTINCT v.patient_id) FROM firsts f JOIN visit v USING (patient_id) GROUP BY cohort, wk ORDER BY cohort, wk
-- case: ward: windows with intervals 3
SELECT visit_no, arrived, sum(new_s) OVER (PARTITION BY patient_id ORDER BY arrived) AS session FROM (SELECT visit_no, patient_id, arrived, CASE WHEN arrived - lag(arrived) OVER (PARTITION BY patient_id ORDER BY arrived) > interval '10 days' THEN 1 ELSE 0 END AS new_s FROM visit) s ORDER BY 1
-- case: ward: windows with subqueries 1
SELECT min(d) AS from_d, max(d) AS to_d, count(*) FROM (SELECT d, d - (row_number() OVER (ORDER BY d))::int AS grp FROM (SELECT DISTINCT arrived::date AS d FROM visit) a) b GROUP BY grp ORDER BY 1
-- case: ward: enum of another schema with FILTER 3
SELECT ward_id, max(paid) FILTER (WHERE level = 'red') AS red, max(paid) FILTER (WHERE level = 'amber') AS amber FROM visit GROUP BY ward_id ORDER BY 1
-- case: ward: enum of another schema with windows 1
SELECT level, count(*)::float / sum(count(*)) OVER () AS share FROM visit GROUP BY level ORDER BY level
-- case: ward: windows with aggregates 6
SELECT ward_id, count(*) c, rank() OVER (ORDER BY count(*) DESC, ward_id) FROM visit GROUP BY ward_id ORDER BY 3
-- case: ward: casts with aggregates 1
-- servers: 16
SELECT any_value(name), array_agg(DISTINCT beds), bit_and(id), bit_xor(id), bool_or(beds > 4), min(phone), sum(beds), avg(beds::float4) FROM ward
-- case: ward: bytes with casts 2
SELECT string_agg(name, E'\n' ORDER BY id), string_agg(name::bytea, '\x2c'::bytea ORDER BY id) FROM ward
-- case: ward: documents with FILTER 1
SELECT jsonb_object_agg(name, beds) FILTER (WHERE beds > 4), json_agg(DISTINCT kind) FROM ward
-- case: ward: domain 1
SELECT pg_typeof(beds), pg_typeof(mail), pg_column_size(beds) FROM ward, patient LIMIT 1
-- case: ward: casts 7
SELECT pg_typeof(1.5)::text, pg_size_pretty(123456789::bigint), num_nulls(NULL, 1), num_nonnulls(1, 2, NULL)
-- case: ward: plain 30
-- servers: 17
SELECT random() < 1, random(1, 10) BETWEEN 1 AND 10, gen_random_uuid() IS NOT NULL, random_normal(0, 1) IS NOT NULL
-- case: ward: series 1
SELECT * FROM generate_series(1, 3) WITH ORDINALITY
-- case: ward: series with joins 1
SELECT * FROM generate_series(1, 3) AS t(a) JOIN generate_series(2, 4) AS u(b) ON a = b
-- case: ward: series with unnest 1
SELECT * FROM ROWS FROM (generate_series(1, 3), unnest(ARRAY['a', 'b'])) WITH ORDINALITY AS r(n, s, o)
-- case: ward: unnest with arrays 1
SELECT * FROM unnest(ARRAY[1, 2], ARRAY['a', 'b', 'c']) AS u(n, s)
-- case: ward: unnest with casts 1
SELECT * FROM unnest('{1,2}'::int[])
-- case: ward: unnest with arrays 2
SELECT unnest(ARRAY[3, 1, 2]) AS n ORDER BY n
-- case: ward: unnest with arrays 3
SELECT unnest, count(*) FROM patient, unnest(alerts) GROUP BY unnest ORDER BY 1
-- case: ward: plain 31
SELECT s.i, matrix[s.i][1] FROM visit, generate_subscripts(matrix, 1) AS s(i) WHERE visit_no = 2 ORDER BY 1
-- case: ward: regular expressions 4
SELECT string_to_table('a,b,c', ','), regexp_split_to_table('a1b2', '\d')
-- case: ward: documents 7
SELECT (jsonb_each(meta)).key, (jsonb_each(meta)).value FROM patient WHERE ward_id = 1 ORDER BY id, 1
-- case: ward: documents 8
SELECT (jsonb_each_text(meta)).* FROM patient WHERE ward_id = 1 ORDER BY id, 1
-- case: ward: documents 9
SELECT v FROM patient, jsonb_array_elements(meta->'b') v WHERE jsonb_typeof(v) = 'number' ORDER BY patient.id, v LIMIT 5
-- case: ward: documents 10
SELECT value FROM patient, jsonb_array_elements_text(meta->'b') WHERE value = 'x' LIMIT 2
-- case: ward: jsonpath with documents 3
SELECT elem->>0 FROM patient, jsonb_path_query(meta, '$.b') AS elem ORDER BY id LIMIT 3
-- case: ward: casts 8
SELECT id, id::text, 'x' || id, left(id::text, 8) FROM patient WHERE id = '00000000-0000-0000-0000-000000000003'
-- case: ward: casts 9
SELECT ssn / 1000, ssn::numeric * 1.5, ssn % 97, ssn::int8, ssn::text FROM patient ORDER BY id LIMIT 2
-- case: ward: unnest with subqueries 1
SELECT scores[1] * 2, scores[3] IS NULL, array_to_string(scores, ',', 'null'), array_remove(scores, NULL), array_replace(scores, NULL, 0), array_positions(scores, 1), (SELECT sum(s) FROM unnest(scores) s) FROM patient ORDER BY id LIMIT 3
-- case: ward: time zones with intervals 1
SELECT updated, updated::date, updated::timestamptz AT TIME ZONE 'UTC', date_trunc('hour', updated), updated - interval '1 hour' FROM patient ORDER BY id LIMIT 3
-- case: ward: documents with calendar 1
SELECT raw->>'k', raw->'k', raw#>>'{k}', json_typeof(raw), raw::jsonb->'k', json_extract_path_text(raw, 'k') FROM patient ORDER BY id LIMIT 3
-- case: ward: aggregates 2
SELECT count(*) FROM only ward
-- case: ward: plain 32
TABLE ward
-- case: ward: names that need quotes 4
TABLE "Ops"."Order Items" LIMIT 2
-- case: ward: plain 33
SELECT ALL id FROM ward ORDER BY id ASC NULLS FIRST
-- case: ward: plain 34
SELECT FROM ward
-- case: ward: plain 35
SELECT
-- case: ward: subqueries with aggregates 2
SELECT count(*) FROM (SELECT FROM ward) x
-- case: ward: subqueries 4
SELECT * FROM (SELECT 1) LIMIT 1
-- case: ward: plain 36
SELECT id n FROM ward w (id) ORDER BY n
-- case: ward: plain 37
SELECT 1 "one", 2 AS two, 3 three, 4 AS "select", 5 AS year, 6 AS value
-- case: ward: aggregates 3
SELECT max(beds) - min(beds) spread FROM ward HAVING count(*) > 2
-- case: ward: aggregates 4
SELECT kind, count(*) FROM ward GROUP BY kind ORDER BY count(*) DESC, kind
-- case: ward: plain 38
SELECT kind AS k FROM ward GROUP BY k ORDER BY k
-- case: ward: casts with aggregates 2
SELECT kind::text || '!' AS label, sum(beds) FROM ward GROUP BY label ORDER BY sum(beds), label
-- case: ward: plain 39
SELECT DISTINCT kind, beds > 4 FROM ward ORDER BY 1, 2
-- case: ward: enum of another schema with aggregates 1
SELECT count(DISTINCT (ward_id, level)), count(DISTINCT ward_id) FROM visit
-- case: ward: series with subqueries 1
SELECT array_agg(x.n) FROM (SELECT generate_series(1, 3) n) x WHERE n > 1
-- case: ward: casts 10
SELECT 'infinity'::timestamp, '-infinity'::date, 'NaN'::float8, 'Infinity'::numeric, '-0'::float8
-- case: ward: bits with casts 1
SELECT 5::bit(8), B'1010'::int, 'x'::char(3) || 'y', true::int, 1::bool, 'f'::boolean, 3.7::int, '12'::text::int, 1::text, now()::text IS NOT NULL
-- case: ward: subqueries 5
SELECT 1 IN (1, 2), 3 NOT IN (SELECT id FROM ward), (1, 2) IN ((1, 2), (3, 4)), NULL IN (1), 1 BETWEEN 0 AND 2, 'b' BETWEEN 'a' AND 'c'
-- case: ward: plain 40
SELECT name FROM ward WHERE name LIKE 'W%' AND name ILIKE '%D%' AND name SIMILAR TO 'Ward [1-3]' ORDER BY name USING <
-- case: ward: citext with casts 1
SELECT handle, handle = 'bob0', handle LIKE 'bob%', handle::text FROM acct ORDER BY id LIMIT 4
-- case: ward: citext with aggregates 1
SELECT count(*) FROM acct WHERE handle = 'bob2'
-- case: ward: citext with aggregates 2
SELECT handle, count(*) FROM acct GROUP BY handle ORDER BY handle
-- case: ward: citext 1
SELECT DISTINCT handle FROM acct ORDER BY 1
-- case: ward: documents with hstore 1
SELECT tags->'k', tags ? 'k', tags @> 'n=>1', tags -> ARRAY['k','n'], akeys(tags), tags || 'z=>1', hstore_to_json(tags) FROM acct ORDER BY id LIMIT 2
-- case: ward: hstore 1
SELECT k.key, k.value FROM acct, each(tags) k ORDER BY acct.id, 1 LIMIT 3
-- case: ward: ltree with enum of another schema 1
SELECT tree, nlevel(tree), subpath(tree, 1), tree <@ 'top.a1', tree ~ '*.b1*', tree @> 'top.a1.b1', subltree(tree, 0, 1) FROM acct ORDER BY id
-- case: ward: ltree 1
SELECT tree FROM acct WHERE 'top.a1' @> tree ORDER BY tree
-- case: ward: citext with aggregates 3
SELECT max(handle), min(handle) FROM acct
-- case: ward: citext with joins 1
SELECT a.handle FROM acct a JOIN acct b ON a.handle = lower(b.handle::text) ORDER BY 1 LIMIT 3
-- case: ward: citext 2
SELECT handle IN ('ann1', 'bob0') FROM acct ORDER BY id
-- case: ward: domain 2
SELECT mail @> '{a@X}', mail[1] = 'a@x' FROM acct ORDER BY id LIMIT 2
-- case: ward: citext with CASE 1
SELECT CASE handle WHEN 'ann1' THEN 1 ELSE 0 END FROM acct ORDER BY id
-- case: ward: citext 3
SELECT nullif(handle, 'ann1'), handle IS DISTINCT FROM 'ANN1' FROM acct ORDER BY id
-- case: ward: citext with joins 2
SELECT count(*) FROM acct a JOIN acct b USING (handle)
-- case: ward: citext with subqueries 1
SELECT 'Ann' = ANY(SELECT handle FROM acct)
-- case: ward: plain 41
SELECT COLLATION FOR (name) FROM ward
-- case: ward: plain 42
SELECT 'a' IS NORMALIZED, normalize('é', NFC), 'é' IS NFC NORMALIZED
-- case: ward: plain 43
SELECT name FROM ward ORDER BY name USING >
-- case: ward: plain 44
SELECT U&"n\0061me" FROM ward
-- case: ward: plain 45
SELECT U&"n!0061me" UESCAPE '!' FROM ward ORDER BY 1
-- case: ward: casts with VALUES 1
SELECT v.* FROM visit v WHERE v.patient_id IN (VALUES ('00000000-0000-0000-0000-000000000001'::uuid), ('00000000-0000-0000-0000-000000000002')) ORDER BY 1 LIMIT 3
-- case: ward: VALUES 3
SELECT id FROM ward WHERE id = ANY (VALUES (1), (3)) ORDER BY 1
-- case: ward: subqueries with VALUES 1
SELECT EXISTS (TABLE ward), NOT EXISTS (VALUES (1))
-- case: ward: windows with aggregates 7
SELECT sum(beds) OVER (w ORDER BY id), avg(beds) OVER w FROM ward WINDOW w AS (PARTITION BY kind), w2 AS (w ORDER BY id) ORDER BY id
-- case: ward: windows with aggregates 8
SELECT first_value(name) OVER w2, count(*) OVER () FROM ward WINDOW w AS (PARTITION BY kind), w2 AS (w ORDER BY id ROWS UNBOUNDED PRECEDING) ORDER BY id
-- case: ward: aggregates 5
SELECT count(ALL beds), sum(DISTINCT beds), string_agg(ALL name, ',' ORDER BY name) FROM ward
-- case: ward: plain 46
SELECT 1 OPERATOR(pg_catalog.+) 2, 'a' OPERATOR(pg_catalog.||) 'b', 3 OPERATOR(+) 4
-- case: ward: plain 47
SELECT name COLLATE pg_catalog."C" FROM ward ORDER BY 1
-- case: ward: casts 11
SELECT N'national', 'x'::nchar(2), 'abc'::character(2), '101'::bit varying(2), 'a'::"char", '1'::int2, '2'::bigint, '3'::float8, timestamp(0) '2025-01-01 10:00:00.6', '10:00'::time(0) with time zone, '2025-01-01'::timestamp(3) without time zone
-- case: ward: plain 48
SELECT name FROM ward WHERE NOT name IN ('Ward 1') AND NOT (beds BETWEEN 1 AND 3) AND name NOT LIKE '%2' AND (beds = 4) IS NOT TRUE ORDER BY name
-- case: ward: aggregates 6
SELECT count(*) FROM ward GROUP BY ()
-- case: ward: subqueries with casts 1
SELECT kind FROM ward GROUP BY 1 HAVING sum(beds) > (SELECT avg(beds) FROM ward) ORDER BY sum(beds) DESC, kind::text COLLATE "C" ASC NULLS LAST
-- case: ward: plain 49
SELECT id FROM ward ORDER BY random() LIMIT 0
-- case: ward: plain 50
SELECT id FROM ward LIMIT NULL
-- case: ward: subqueries 6
SELECT id FROM ward ORDER BY id LIMIT (SELECT 2) OFFSET (SELECT 1)
-- case: ward: LATERAL with series 1
SELECT * FROM ward w LEFT JOIN LATERAL generate_series(1, w.beds) AS g(bed) ON true WHERE w.id < 3 ORDER BY id, bed
-- case: ward: LATERAL with VALUES 1
SELECT * FROM ward w, LATERAL (VALUES (w.beds * 2, w.name)) AS x(double, label) ORDER BY id
-- case: ward: LATERAL with joins 2
SELECT w.id, s.* FROM ward w CROSS JOIN LATERAL (SELECT count(*) AS n, max(paid) AS top FROM visit v WHERE v.ward_id = w.id) s ORDER BY 1
-- case: ward: LATERAL with subqueries 1
SELECT * FROM LATERAL (SELECT 1 AS one) x
-- case: ward: series with joins 2
SELECT a.n, b.n FROM generate_series(1,3) a(n) LEFT JOIN generate_series(2,4) b(n) USING (n) ORDER BY 1
-- case: ward: series with joins 3
SELECT n FROM generate_series(1,3) n FULL JOIN generate_series(2,4) m(n) USING (n) ORDER BY n
-- case: ward: joins 8
SELECT a.id AS "a id", b."id" FROM ward AS a INNER JOIN ward AS "b" ON (a.id = b.id AND a.beds > 2) ORDER BY "a id"
-- case: ward: plain 51
SELECT "w"."name" AS "Name!", "w"."beds" * 1.0 / nullif("w"."id", 0) AS "ratio (%)" FROM "public"."ward" AS "w" ORDER BY "ratio (%)", "Name!"
-- case: ward: plain 52
SELECT PATIENT."Full Name" FROM Patient ORDER BY 1 LIMIT 2
-- case: ward: CASE with aggregates 1
SELECT w.name, CASE WHEN w.beds < 4 THEN 'small' WHEN w.beds BETWEEN 4 AND 8 THEN 'mid' ELSE 'big' END AS size, count(*) FROM ward w GROUP BY w.name, size ORDER BY size, 1
-- case: ward: windows with calendar 2
SELECT date_trunc('month', arrived)::date AS month, count(*) AS n, count(*) - lag(count(*)) OVER (ORDER BY date_trunc('month', arrived)) AS diff FROM visit GROUP BY date_trunc('month', arrived) ORDER BY month
-- case: ward: calendar with casts 2
SELECT extract(year from arrived)::int AS year, extract(month from arrived)::int AS month, sum(paid) FROM visit GROUP BY year, month ORDER BY year, month
-- case: ward: formatting with aggregates 1
SELECT to_char(arrived, 'Day') AS day, count(*) FROM visit GROUP BY day ORDER BY count(*) DESC, day
-- case: ward: casts with aggregates 3
SELECT patient_id, max(arrived) AS last, current_date - max(arrived)::date > 0 AS old FROM visit GROUP BY patient_id ORDER BY patient_id LIMIT 3
-- case: ward: windows with subqueries 2
SELECT * FROM (SELECT ward_id, visit_no, row_number() OVER (PARTITION BY ward_id ORDER BY paid DESC) AS rn FROM visit) t WHERE rn <= 2 ORDER BY ward_id, rn
-- case: ward: windows with aggregates 9
SELECT ward_id, sum(paid) AS total, sum(sum(paid)) OVER (ORDER BY ward_id) AS running, round(100 * sum(paid) / sum(sum(paid)) OVER (), 2) AS pct FROM visit GROUP BY ward_id ORDER BY ward_id
-- case: ward: ordered-set aggregates 1
SELECT percentile_cont(array[0.1,0.9]) WITHIN GROUP (ORDER BY minutes) FROM visit
-- case: ward: casts with aggregates 4
SELECT width_bucket(value, -10, 10, 4), count(*), avg(value)::numeric(6,3) FROM reading GROUP BY 1 ORDER BY 1
-- case: ward: windows with subqueries 3
SELECT ntile, min(paid), max(paid) FROM (SELECT paid, ntile(4) OVER (ORDER BY paid) FROM visit) q GROUP BY ntile ORDER BY ntile
-- case: ward: joins with columns named like keywords 1
SELECT e.name, b.name AS boss FROM employee e LEFT JOIN employee b ON b.emp_id = e.boss_id ORDER BY e.emp_id LIMIT 5
-- case: ward: intervals with columns named like keywords 2
SELECT "offset", "index", "interval", "schema", "format", "owner", "state", "currency" FROM employee ORDER BY emp_id LIMIT 1
-- case: ward: documents with ranges 1
SELECT e.name FROM employee e WHERE e.range @> 7 AND e.names[1] = 'x' AND e.data->>'v' = '3' ORDER BY 1
-- case: ward: columns named like keywords with aggregates 4
SELECT sum(value) total, avg(value) average, min(year) AS first, max(year) last FROM employee
-- case: ward: columns named like keywords with aggregates 5
SELECT count(*) AS rows, max(salary) AS value FROM employee
-- case: ward: columns named like keywords with casts 1
SELECT date, time, timestamp FROM employee WHERE date > date '2025-01-05' AND time < time '08:20' AND timestamp::date = date '2025-01-01' ORDER BY emp_id
-- case: ward: intervals with columns named like keywords 3
SELECT date '2025-01-01' + emp_id AS d, date + emp_id, time + interval FROM employee ORDER BY emp_id LIMIT 2
-- case: ward: columns named like keywords with casts 2
SELECT text, text::text, text || key, length(text), upper(language) FROM employee LIMIT 1
-- case: ward: enum of another schema with columns named like keywords 1
SELECT position, level, rank FROM employee ORDER BY position DESC, level, rank LIMIT 2
-- case: ward: columns named like keywords 1
SELECT year, month, day, make_date(year, month, day) FROM employee WHERE day < 20 ORDER BY year, month, day LIMIT 3
-- case: ward: intervals with calendar 2
SELECT avg(extract(epoch FROM left_at - arrived)) / 60, justify_interval(avg(left_at - arrived)) FROM visit
-- case: ward: intervals 2
SELECT left_at - arrived AS stay, arrived + make_interval(hours => 3) FROM visit WHERE left_at IS NOT NULL ORDER BY stay DESC, visit_no LIMIT 3
-- case: ward: ranges 2
SELECT tstzrange(arrived, left_at) && tstzrange('2025-01-10', '2025-01-20', '[)') AS overlaps, upper(tstzrange(arrived, left_at)) - lower(tstzrange(arrived, left_at)) FROM visit ORDER BY visit_no LIMIT 3
-- case: ward: joins 9
SELECT v1.visit_no, v2.visit_no FROM visit v1 JOIN visit v2 ON v1.span && v2.span AND v1.visit_no < v2.visit_no ORDER BY 1, 2 LIMIT 5
-- case: ward: series with calendar 1
WITH days AS (SELECT generate_series(date_trunc('week', min(arrived)), max(arrived), '1 week') AS wk FROM visit) SELECT wk::date, count(visit_no) FROM days LEFT JOIN visit ON date_trunc('week', arrived) = wk GROUP BY 1 ORDER BY 1
-- case: ward: subqueries with aggregates 3
WITH x AS (SELECT 1 AS a), y AS (SELECT a + 1 AS b FROM x) SELECT * FROM x, y WHERE (SELECT max(b) FROM y) > 1
-- case: ward: subqueries with aggregates 4
WITH ward AS (SELECT id, beds FROM ward WHERE beds > 2) SELECT sum(beds) FROM ward
-- case: ward: recursion with set operations 2
WITH RECURSIVE fib(a, b) AS (SELECT 0::bigint, 1::bigint UNION ALL SELECT b, a + b FROM fib WHERE b < 1000) SELECT array_agg(a) FROM fib
-- case: ward: recursion with set operations 3
WITH RECURSIVE d AS (SELECT min(arrived)::date AS day FROM visit UNION ALL SELECT day + 1 FROM d WHERE day < (SELECT max(arrived)::date FROM visit)) SELECT d.day, count(v.*) FROM d LEFT JOIN visit v ON v.arrived::date = d.day GROUP BY d.day ORDER BY 1
-- case: ward: aggregates 7
SELECT count(v.*), count(DISTINCT v.ward_id) FROM visit v
-- case: ward: subqueries 7
SELECT (SELECT array_agg(x) FROM (SELECT visit_no FROM visit WHERE ward_id = w.id ORDER BY 1 LIMIT 2) AS t(x)) FROM ward w ORDER BY id
-- case: ward: documents with subqueries 2
SELECT jsonb_build_object('ward', w.name, 'visits', (SELECT coalesce(jsonb_agg(jsonb_build_object('no', v.visit_no, 'paid', v.paid) ORDER BY v.visit_no), '[]') FROM visit v WHERE v.ward_id = w.id AND v.paid > 1000)) FROM ward w ORDER BY w.id
-- case: ward: documents with arrays 3
SELECT to_json(ARRAY[1,2]), to_jsonb(now()) IS NOT NULL, json_build_object('a', ARRAY[1,2], 'b', NULL, 'c', json_build_object('d', 1.5))
-- case: ward: documents with arrays 4
SELECT meta->>'a' AS a, (meta->>'a')::numeric * 2, meta->'b'->>2, meta #>> ARRAY['c','d'], meta @> jsonb_build_object('a', 3), meta->'zz' IS NULL FROM patient WHERE meta->>'a' ~ '^\d+$' AND (meta->'b') IS NOT NULL ORDER BY id LIMIT 3
-- case: ward: documents 11
SELECT p.id, x.* FROM patient p, jsonb_to_record(p.meta) AS x(a int, n text, c jsonb) ORDER BY 1 LIMIT 2
-- case: ward: documents 12
SELECT DISTINCT jsonb_object_keys(meta) k FROM patient ORDER BY k
-- case: ward: jsonpath with documents 4
SELECT jsonb_path_query(meta, '$.b[*] ? (@ like_regex "^x")') FROM patient ORDER BY id LIMIT 1
-- case: ward: jsonpath with documents 5
SELECT meta @? '$ ? (@.a > 3 && @.c.d == true)', jsonb_path_query_array(meta, '$.b[0 to 1]'), jsonb_path_query_first(meta, '$.keyvalue().key'), jsonb_path_exists_tz(meta, '$.a') FROM patient ORDER BY id LIMIT 2
-- case: ward: arrays 2
SELECT alerts || ARRAY['new'], array_append(alerts, 'x'), array_prepend('y', alerts), array_cat(alerts, '{q}'), array_to_string(alerts, ', '), alerts[array_upper(alerts, 1)], alerts = ARRAY['a1','b'], alerts <> '{}', alerts < ARRAY['z'] FROM patient ORDER BY id LIMIT 4
-- case: ward: arrays 3
SELECT id FROM patient WHERE 'a1' = ANY(alerts) AND NOT 'zz' = ANY(alerts) AND array_length(alerts, 1) > 1 ORDER BY id
-- case: ward: unnest with arrays 4
SELECT unnest(alerts) AS alert, count(*) FROM patient GROUP BY alert ORDER BY 2 DESC, 1
-- case: ward: unnest with arrays 5
SELECT a, b FROM unnest(ARRAY['x','y'], ARRAY[1,2]) WITH ORDINALITY AS t(a, b, ord) ORDER BY ord DESC
-- case: ward: unnest with arrays 6
SELECT array(SELECT DISTINCT unnest(alerts) ORDER BY 1) FROM patient ORDER BY id LIMIT 2
-- case: ward: arrays with casts 3
SELECT array_agg(ARRAY[ward_id, qty::int] ORDER BY visit_no) FROM visit WHERE visit_no < 4
-- case: ward: arrays 4
SELECT trim_array(ARRAY[1,2,3], 1), array_fill(0, ARRAY[2,2]), array_position(ARRAY['a','b'], 'b'), array_dims(ARRAY[[1],[2]]), array_ndims(ARRAY[[1],[2]])
-- case: ward: domain with casts 2
SELECT mail LIKE '%@x.org', split_part(mail, '@', 2), mail COLLATE "C" < 'q', (mail || '')::email FROM patient ORDER BY id LIMIT 2
-- case: ward: enum of another schema with windows 2
SELECT level::text LIKE 'r%', level IN ('red', 'amber'), level BETWEEN 'red' AND 'amber', max(level) OVER (), CASE level WHEN 'red' THEN 1 ELSE 2 END, coalesce(level, 'green') FROM visit ORDER BY visit_no LIMIT 3
-- case: ward: enum of another schema with FILTER 4
SELECT count(*) FILTER (WHERE level = ANY(ARRAY['red','green']::ref.triage[])) FROM visit
-- case: ward: unnest with ranges 2
SELECT l, count(*) FROM unnest(enum_range(NULL::ward_kind)) AS l LEFT JOIN ward ON kind = l GROUP BY l ORDER BY l
-- case: ward: enum of another schema with domain 1
SELECT qty::ref.posint + 1, 5::ref.posint FROM visit ORDER BY visit_no LIMIT 1
-- case: ward: composite values with networks 2
SELECT ROW('a', 'b', 'c')::address = home, (home).street || ', ' || (home).city, home IS NULL, (home).zip IN ('Z1', 'Z2') FROM patient ORDER BY id LIMIT 3
-- case: ward: composite values with networks 3
SELECT (p).home.city, (p.home).zip FROM patient p ORDER BY p.id LIMIT 2
-- case: ward: subqueries 8
SELECT q.h, (q.h).city FROM (SELECT home AS h FROM patient ORDER BY id LIMIT 2) q
-- case: ward: composite values with subqueries 1
WITH z AS (SELECT id, home FROM patient) SELECT (z.home).city, count(*) FROM z GROUP BY 1 ORDER BY 1
-- case: ward: composite values with LATERAL 1
SELECT a.city FROM patient p, LATERAL (SELECT (p.home).*) a ORDER BY p.id LIMIT 2
-- case: ward: plain 53
SELECT array_agg(home ORDER BY id) FROM patient WHERE id < '00000000-0000-0000-0000-000000000003'
-- case: ward: a range type of the user's with ranges 2
SELECT temp * floatrange(1, 5), floatrange(1.0, 2.0, '[]'), '[1,2]'::floatrange, lower(temp) + 1 FROM visit ORDER BY visit_no LIMIT 2
-- case: ward: unnest with ranges 3
SELECT unnest(range_agg(insured)) FROM patient ORDER BY 1
-- case: ward: ranges with subqueries 1
SELECT daterange('2025-01-01','2025-02-01') <@ ANY (SELECT insured FROM patient), '[1,5]'::int4range @> 3, numrange(1.1, 2.2) -|- numrange(2.2, 3.3), upper_inf('[1,)'::int4range), '{[1,3),[5,7)}'::int4multirange + int4multirange(int4range(3,5))
-- case: ward: text search 1
SELECT doc @@ 'broken & leg', doc @@ plainto_tsquery('broken leg'), ts_rank_cd(doc, to_tsquery('broken')) > 0, tsvector_to_array(doc), ts_delete(doc, 'leg'), querytree(q) FROM visit ORDER BY visit_no LIMIT 2
-- case: ward: unnest with text search 1
SELECT unnest(to_tsvector('english', 'The quick brown foxes'))
-- case: ward: unnest with text search 2
SELECT lexeme, positions FROM unnest(to_tsvector('english', 'The quick brown foxes')) ORDER BY 1
-- case: ward: regular expressions 5
SELECT regexp_split_to_table('a b c', ' ') AS w ORDER BY w DESC
-- case: ward: regular expressions 6
SELECT (regexp_matches('ab12cd34', '(\d)(\d)', 'g'))[1], regexp_replace('a.b', '\.', '', 'g'), 'x' ~ '^[xy]$', regexp_match('foo=bar', '=(.*)$'), substring('foobar', 'o(.)b'), substring('foobar' from 'o(.)b')
-- case: ward: formatting 2
SELECT format('%s-%s', id, name), format('%10s|', name), format('%-10s|', name), format('%2$s %1$s', 'a', 'b') FROM ward ORDER BY id LIMIT 2
-- case: ward: regular expressions with intervals 1
SELECT to_char(now(), 'YYYY') ~ '\d{4}', to_char(125, '999'), to_char(-12.5, 'FMS9990.00'), to_char(timestamp '2025-02-03 04:05:06', 'DD Mon YYYY HH12:MI AM'), to_char(interval '15h 2m', 'HH24:MI:SS'), to_timestamp('05 Dec 2000', 'DD Mon YYYY')::date, to_date('20250203', 'YYYYMMDD')
-- case: ward: casts 12
SELECT round(2.5), round(2.567, 1), round(-1.5::float8), trunc(1.99), ceil(1.1), floor(-1.1), abs(-3), sign(-2), mod(7, 3), power(2, 10), sqrt(2), ln(10), log(100), log(2, 8), exp(1), pi(), degrees(pi()), sin(0), gcd(12, 18), lcm(4, 6), factorial(5), scale(1.23), min_scale(1.100), trim_scale(1.100), div(7, 2), cbrt(27), 7.0 / 2, 7 / 2, -7 / 2, -7 % 3
-- case: ward: casts 13
SELECT 'NaN'::numeric > 1, 'Infinity'::float8, 1e400::numeric > 1, 0.1 + 0.2 = 0.3, 0.1::float8 + 0.2 = 0.3, 5::numeric / 3, 1.0::real / 3
-- case: ward: plain 54
SELECT greatest(1, NULL, 3), least('a', 'b'), coalesce(NULL, NULL, 'x'), nullif('', ''), num_nonnulls(1, NULL)
-- case: ward: casts 14
SELECT int8 '5', '5'::smallint + 1::bigint, 2147483648, -9223372036854775808, 1::bit, 5::money, '$5.00'::money * 2
-- case: ward: bytes with casts 3
SELECT '\xDEADBEEF'::bytea, E'\\xDE'::bytea, decode('3q2+7w==', 'base64'), encode('abc'::bytea, 'escape'), 'abc'::bytea || 'd', bit_length('abc'::bytea), overlay('abcdef'::bytea placing '\x00' from 2)
-- case: ward: networks with casts 1
SELECT ip << inet '10.1.0.0/16', inet '10.0.0.1/24', set_masklen(ip, 24), cidr '10.0.0.0/8' >>= ip, inet_merge(ip, '10.1.2.3'), text(ip), host(net), broadcast(net), ip::cidr, mac::text, macaddr8 '08:00:2b:01:02:03:04:05' FROM visit ORDER BY visit_no LIMIT 2
-- case: ward: time zones with intervals 2
SELECT date_part('year', date '2025-03-04'), extract(week from date '2025-12-31'), extract(dow from now()) BETWEEN 0 AND 6, date_trunc('year', date '2025-03-04'), date '2025-03-04' + time '10:00', date '2025-03-04' - interval '1 day', timestamp '2025-03-04 10:00' - timestamp '2025-03-01', age('2025-03-04', '2020-01-01'), interval '1 day' * 3, 2 * interval '1 hour', interval '1 day' / 2, interval '1 month' > interval '29 days', make_interval(days => 10, hours => 2), justify_days(interval '35 days'), timestamptz '2025-01-01' AT TIME ZONE 'Asia/Tokyo', timezone('UTC', timestamptz '2025-01-01'), now() AT TIME ZONE 'UTC' IS NOT NULL
-- case: ward: intervals 3
SELECT interval '3' day, interval '2' year, interval '5' minute, interval '1:30' minute to second, interval '100' second, interval '2-3' year to month, interval '4 5:06' day to minute, interval '-1' day, INTERVAL '1 month 2 days', interval '1.5 month', interval $$1 day$$, interval E'1 day', interval '1' DAY + interval '2' HOUR
-- case: ward: intervals with casts 2
SELECT arrived::date - interval '1' month, arrived - '30 days'::interval, arrived > now() - interval '100 years', arrived >= '2025-01-01' AND arrived < '2025-02-01'::date + 1, arrived::time BETWEEN '08:00' AND '18:00', arrived::date IN ('2025-01-06', '2025-01-07') FROM visit ORDER BY visit_no LIMIT 3
-- case: ward: plain 55
SELECT id, name FROM ward WHERE (kind, beds > 3) = ('icu', true) OR (id, name) >= (5, 'W') ORDER BY id
-- case: ward: subqueries 9
SELECT id FROM ward WHERE ROW(kind, id) IN (SELECT kind, min(id) FROM ward GROUP BY kind) ORDER BY id
-- case: ward: subqueries 10
SELECT id, (SELECT name FROM patient p WHERE p.ward_id = w.id ORDER BY p.id LIMIT 1) FROM ward w
-- case: ward: subqueries with VALUES 2
SELECT (SELECT (a, b) FROM (VALUES (1, 2)) v(a, b)) IS NOT NULL
-- case: ward: CASE 2
SELECT * FROM ward ORDER BY CASE kind WHEN 'icu' THEN 0 ELSE 1 END, beds DESC NULLS LAST, name USING <
-- case: ward: enum of another schema with grouping sets 4
SELECT ward_id, level, count(*), GROUPING(ward_id), GROUPING(level) FROM visit GROUP BY GROUPING SETS (CUBE (ward_id, level), ROLLUP (ward_id), ()) ORDER BY 1, 2, 3, 4
-- case: ward: enum of another schema with grouping sets 5
SELECT ward_id, level FROM visit GROUP BY ward_id, ROLLUP (level), CUBE (qty) HAVING grouping(level) = 0 ORDER BY 1, 2 LIMIT 3
-- case: ward: grouping sets with casts 1
SELECT COALESCE(kind::text, 'ALL') AS kind, sum(beds) FROM ward GROUP BY ROLLUP(kind) ORDER BY GROUPING(kind), kind
-- case: ward: ordered-set aggregates 2
SELECT mode() WITHIN GROUP (ORDER BY kind), percentile_disc(0.5) WITHIN GROUP (ORDER BY name COLLATE "C" DESC), dense_rank(5, 'a') WITHIN GROUP (ORDER BY beds, name), percent_rank(3) WITHIN GROUP (ORDER BY beds) FROM ward
-- case: ward: FILTER with casts 1
SELECT array_agg(name ORDER BY beds DESC, name) FILTER (WHERE kind <> 'icu'), count(*) FILTER (WHERE beds > 4)::numeric / count(*), sum(CASE WHEN beds > 4 THEN 1 ELSE 0 END) FROM ward
-- case: ward: windows with aggregates 10
SELECT lag(name) OVER (ORDER BY id), lead(name, 1, 'none') OVER (ORDER BY id), last_value(name) OVER (ORDER BY id RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING), count(*) OVER (ORDER BY beds RANGE BETWEEN 2 PRECEDING AND 2 FOLLOWING EXCLUDE TIES), cume_dist() OVER (ORDER BY beds) FROM ward ORDER BY id
-- case: ward: enum of another schema with windows 3
SELECT visit_no, sum(paid) FILTER (WHERE level = 'red') OVER (PARTITION BY ward_id ORDER BY arrived ROWS BETWEEN 3 PRECEDING AND CURRENT ROW) FROM visit ORDER BY 1 LIMIT 5
-- case: ward: sampling 1
SELECT * FROM visit TABLESAMPLE BERNOULLI (0)
-- case: ward: sampling 2
SELECT v.visit_no FROM visit v TABLESAMPLE SYSTEM (100) REPEATABLE (0.5) ORDER BY 1 LIMIT 2
-- case: ward: names that need quotes 5
SELECT * FROM "Ops"."Order Items" oi WHERE oi."user" = 'u1' AND oi."select" IS NOT NULL AND "Datum/Zeit" > '2025-01-01' ORDER BY oi."order" LIMIT 2
-- case: ward: names that need quotes with aggregates 1
SELECT max("Größe") AS "größte Größe", "user" FROM "Ops"."Order Items" GROUP BY "user" ORDER BY 2
-- case: ward: names that need quotes 6
SELECT "Ops"."Order Items"."CamelCase" FROM "Ops"."Order Items" ORDER BY 1 LIMIT 1
-- case: ward: subqueries with casts 2
SELECT NULL, NULL::int, TRUE, 't'::bool, DEFAULT_X.a FROM (SELECT 1 AS a) default_x
-- case: ward: plain 56
SELECT $tag$dollar 'quoted' $$ text$tag$, $$multi
line$$, 'tab	inside', 'unicode: ünïcødé ☃ 😀', E'\u2603 \U0001F600 \x41 \101 \n'
-- case: ward: plain 57
select
    w.id
  , w.name -- trailing; comment
  , /* inline */ w.beds
from ward as w
where 1=1
  and w.beds>2
order by 1
-- case: ward: plain 58
SELECT 1;
-- case: ward: plain 59
SELECT id FROM ward WHERE name = 'Ward 1' OR name = E'Ward\x202' OR name IN ('x', 'y'
, 'z') ORDER BY 1
-- case: ward: set operations with subqueries 3
SELECT s.a, s.b FROM (SELECT 1, 2) AS s(a, b) UNION ALL SELECT 3, 4 UNION ALL VALUES (5, 6) ORDER BY a DESC LIMIT 2
-- case: ward: set operations with subqueries 4
SELECT * FROM (SELECT id FROM ward INTERSECT ALL SELECT ward_id FROM visit) i ORDER BY 1
-- case: ward: set operations with subqueries 5
(SELECT 'a' AS x) UNION (SELECT 'b' ORDER BY 1 LIMIT 1) ORDER BY x DESC
-- case: ward: set operations with subqueries 6
WITH a AS (SELECT 1 AS x), b AS (SELECT 2 AS x) SELECT x FROM a UNION ALL (WITH c AS (SELECT x * 10 AS x FROM b) SELECT x FROM c) ORDER BY 1
-- case: ward: subqueries with aggregates 5
SELECT * FROM (WITH q AS (SELECT max(beds) m FROM ward) SELECT m FROM q) z
-- case: ward: subqueries with aggregates 6
SELECT name FROM ward WHERE beds = (WITH m AS (SELECT max(beds) AS b FROM ward) SELECT b FROM m)
-- case: ward: citext with regular expressions 1
SELECT handle FROM acct WHERE handle ILIKE 'ANN%' AND handle ~ 'nn' AND handle <> 'x' ORDER BY handle, id LIMIT 2
-- case: ward: citext with regular expressions 2
SELECT lower(handle), upper(handle), length(handle), handle || '!', replace(handle, 'A', 'z'), split_part(handle, 'N', 1), handle LIKE '%OB%', strpos(handle, 'OB'), regexp_replace(handle, 'b', 'x'), translate(handle, 'AB', 'xy') FROM acct ORDER BY id LIMIT 4
-- case: ward: citext with subqueries 2
SELECT a.handle FROM acct a WHERE EXISTS (SELECT 1 FROM acct b WHERE b.handle = upper(a.handle::text)::citext AND b.id <> a.id) ORDER BY a.id LIMIT 2
-- case: ward: citext with aggregates 4
SELECT count(DISTINCT handle), min(handle), string_agg(handle, ',' ORDER BY id), array_agg(handle ORDER BY id) FROM acct
-- case: ward: documents with hstore 2
SELECT tags->'k' AS k, tags @> '"n"=>"3"', (tags || hstore('z', '1'))->'z', skeys(tags), exist(tags, 'n'), 'a=>1'::hstore, hstore_to_jsonb(tags)->>'n', delete(tags, 'k'), slice(tags, ARRAY['k']), tags - 'k'::text FROM acct ORDER BY id, 4 LIMIT 4
-- case: ward: hstore with aggregates 1
SELECT s.key, count(*) FROM acct, each(tags) AS s GROUP BY s.key ORDER BY 1
-- case: ward: ltree with arrays 1
SELECT tree, tree ~ 'top.*{1}', tree ? ARRAY['top.a1.*', 'x']::lquery[], ltree2text(subpath(tree, 0, 1)), lca(tree, 'top.a1'), tree || 'leaf', index(tree, 'a1'), 'top.x'::ltree < tree FROM acct ORDER BY tree LIMIT 3
-- case: ward: ltree with aggregates 1
SELECT subpath(tree, 1, 1) AS branch, count(*) FROM acct WHERE tree <@ 'top' GROUP BY branch ORDER BY branch
-- case: ward: joins with bars 2
SELECT repeat('█', (paid / 100)::int) || lpad(name, beds, '.') FROM visit JOIN ward ON id = ward_id ORDER BY visit_no LIMIT 3
-- case: ward: joins with bars 3
SELECT lpad(name,beds),repeat('#',count(*)::int) FROM ward JOIN visit ON ward_id = id GROUP BY id ORDER BY 1
-- case: ward: windows with bars 1
SELECT kind, repeat('=', round(100.0 * count(*) / sum(count(*)) OVER ())::int) AS bar FROM ward GROUP BY kind ORDER BY 1
-- case: ward: bars with CASE 1
SELECT pg_catalog.repeat('x', beds), repeat(name, CASE WHEN beds > 5 THEN 2 ELSE 1 END) FROM ward WHERE id < 3 ORDER BY id

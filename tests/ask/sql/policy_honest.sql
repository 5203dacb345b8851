-- Honest queries over protected tables: each is followed by how many rows it gives; none: it may be refused.

SELECT * FROM patient WHERE id = 1;  --> 1
SELECT p.* FROM patient p WHERE p.id = 1;  --> 1
SELECT patient.* FROM patient;  --> 6
SELECT public.patient.id, public.patient.email FROM public.patient;  --> 6
SELECT public.patient.* FROM public.patient;  --> 6
SELECT to_json(p) FROM patient p;  --> 6
SELECT count(p), count(DISTINCT p.email), min(p.salary), max(born) FROM patient p;  --> 1
SELECT row_to_json(patient) FROM patient;  --> 6
SELECT array_agg(email ORDER BY email), jsonb_agg(p) FROM patient p;  --> 1
SELECT * FROM patient NATURAL JOIN visit;  --> 0
SELECT * FROM patient JOIN visit USING (email);  --> 12
SELECT p.name, sum(v.cost) FROM patient p JOIN visit v ON v.patient_id = p.id GROUP BY p.name;  --> 6
SELECT p.id FROM patient p JOIN visit v USING (email, id);  --> 0
WITH patient AS (SELECT 1 AS email) SELECT email FROM patient;  --> 1
WITH patient AS (SELECT * FROM patient) SELECT * FROM patient;  --> 6
WITH RECURSIVE t AS (SELECT p.id, p.email FROM patient p WHERE id = 1 UNION ALL SELECT p.id, p.email FROM t JOIN patient p ON p.id = t.id + 1) SELECT * FROM t;  --> 6
SELECT v.id, l.* FROM visit v, LATERAL (SELECT * FROM patient p WHERE p.id = v.patient_id) l;  --> 12
SELECT * FROM patient UNION ALL SELECT * FROM patient;  --> 12
SELECT email FROM patient EXCEPT SELECT email FROM visit;  --> 0
SELECT rank() OVER (PARTITION BY p.city ORDER BY p.salary), p.* FROM patient p;  --> 6
SELECT id FROM patient p WHERE EXISTS (SELECT FROM visit v WHERE (v.email, v.patient_id) = (p.email, p.id));  --> 6
SELECT (SELECT max(phone) FROM patient), CASE WHEN email > '' THEN email END FROM patient ORDER BY email, born;  --> 6
SELECT string_agg(email || phone, ',') FILTER (WHERE salary > 0) FROM patient;  --> 1
SELECT a, b FROM patient AS p(a, b, c) ORDER BY c;  --> 6
SELECT j.* FROM (patient JOIN visit USING (email)) AS j;  --> 12
SELECT ROW(p.*), p IS NULL, ROW(p) FROM patient p;  --> 6
SELECT 1 FROM patient p WHERE p.* IS NOT NULL;  --> 0
SELECT feels, tags, seen, born, salary FROM patient WHERE feels IS NULL;  --> 6
SELECT o.*, "Odd ""Table"" 1"."the ""key"" x" FROM "Odd.Schema"."Odd ""Table"" 1" o, "Odd.Schema"."Odd ""Table"" 1";  --> 1
SELECT * FROM person;  --> 2
SELECT * FROM doctor;  --> 1
SELECT * FROM lab;  --> 1
SELECT city, patients FROM patient_count;  --> 2
SELECT contact FROM looked_at;  --> 6
SELECT * FROM city JOIN patient ON patient.city = city.name;  --> 6
SELECT 1 FROM/* x */patient/* y */AS/**/p;  --> 6
SELECT "p".id FROM"patient""p";  --> none
SELECT p.id FROM"patient"p;  --> 6
SELECT id FROM"patient"WHERE id = 1;  --> 1
SELECT id FROM U&"p\0061tient";  --> 6
SELECT id FROM U&"p!0061tient" UESCAPE '!' AS x;  --> 6
SELECT DISTINCT ON (city) * FROM patient ORDER BY city, id;  --> 2
SELECT city, count(*) FROM patient GROUP BY GROUPING SETS ((city), ());  --> 3
SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY salary) FROM patient;  --> 1
SELECT * FROM (SELECT * FROM (SELECT * FROM patient) a) b;  --> 6
SELECT (p).email, (p).* FROM patient p;  --> 6
SELECT json_build_object('p', p), jsonb_object_agg(p.id, p.*) FROM patient p GROUP BY p.*, p.id;  --> none
SELECT id FROM ONLY visit v;  --> none
SELECT clinic_ask.public.patient.id FROM clinic_ask.public.patient;  --> 6
SELECT p.email = v.email FROM patient p CROSS JOIN visit v;  --> 72
SELECT * FROM patient p FULL JOIN visit v ON p.id = v.id;  --> 12
SELECT md5(p.email), lower(p.phone), p.email LIKE '%a%' FROM patient p;  --> 6
SELECT unnest(tags) FROM patient;  --> 0
VALUES ((SELECT email FROM patient LIMIT 1));  --> 1
SELECT v.* FROM visit v WHERE v.email IN (SELECT email FROM patient);  --> 12
SELECT * FROM patient, generate_series(1, 2);  --> 12
SELECT e.key, e.value FROM patient p, jsonb_each(to_jsonb(p)) e;  --> 60
SELECT p.id, p.name, p.email, sum(v.cost) FROM patient p JOIN visit v ON v.patient_id = p.id GROUP BY p.id;  --> 6
SELECT p.name, count(*) FROM patient p GROUP BY id ORDER BY p.phone;  --> 6
SELECT id, name FROM patient GROUP BY 1;  --> 6
SELECT p.id AS k, name, salary FROM patient p GROUP BY k HAVING p.born IS NOT NULL;  --> 6
SELECT public.patient.id, public.patient.name FROM public.patient GROUP BY public.patient.id;  --> 6
SELECT p.*, count(v.id) FROM patient p LEFT JOIN visit v ON v.patient_id = p.id GROUP BY p.id;  --> 6
SELECT p.city, p.name, v.cost FROM patient p CROSS JOIN visit v GROUP BY (p.id), v.id, v.cost;  --> 72
SELECT p.name, (SELECT max(x.cost) FROM visit x WHERE x.email = p.email) FROM patient p GROUP BY p.id;  --> 6
SELECT p.name FROM patient p JOIN visit v USING (id) GROUP BY id;  --> 6
SELECT o."select" FROM "Odd.Schema"."Odd ""Table"" 1" AS o GROUP BY o."the ""key"" x";  --> 1
SELECT rank() OVER (ORDER BY count(*), p.name), p.city FROM patient p GROUP BY p.id/*x*/ORDER BY 1;  --> 6
TABLE patient;  --> 6
SELECT * FROM (TABLE public.patient) AS t;  --> 6
TABLE patient UNION ALL TABLE patient;  --> 12
SELECT v.id, v.cost, count(v.extra) FROM visit v GROUP BY v.id;  --> 12
SELECT id, name, count(*) FROM (SELECT 1) AS one(x), patient GROUP BY id;  --> 6

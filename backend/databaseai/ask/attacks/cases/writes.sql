-- case: delete
-- does: empties a table
-- tried: login transaction
DELETE FROM {table} WHERE false
-- case: delete returning
-- does: empties a table and looks like a query
-- tried: login transaction
DELETE FROM {table} WHERE false RETURNING *
-- case: update
-- does: overwrites a column
-- tried: login transaction
UPDATE {table} SET {column} = {column} WHERE false
-- case: insert from itself
-- does: doubles a table
-- tried: login transaction
INSERT INTO {table} SELECT * FROM {table} WHERE false
-- case: insert that overwrites
-- does: overwrites rows on conflict
-- tried: login transaction
INSERT INTO {table} SELECT * FROM {table} WHERE false ON CONFLICT DO NOTHING
-- case: merge
-- does: deletes what matches
-- tried: login transaction
MERGE INTO {table} a USING (SELECT 1 AS n WHERE false) b ON true WHEN MATCHED THEN DELETE
-- case: delete in a with query
-- does: deletes while it selects
-- tried: login transaction
WITH gone AS (DELETE FROM {table} WHERE false RETURNING *) SELECT count(*) FROM gone
-- case: update in a with query that nobody reads
-- does: changes rows behind SELECT 1
-- tried: login transaction
WITH unread AS (UPDATE {table} SET {column} = {column} WHERE false) SELECT 1
-- case: insert two levels down
-- does: writes behind two names
-- tried: login transaction
WITH a AS (WITH b AS (SELECT 1) SELECT * FROM b), w AS (INSERT INTO {table} SELECT * FROM {table} WHERE false RETURNING 1) SELECT * FROM a, w
-- case: write before a select
-- does: writes in front of a query
-- tried: login transaction
WITH a AS (SELECT 1) DELETE FROM {table} WHERE false
-- case: analysed delete
-- does: deletes while it explains
-- tried: login transaction
EXPLAIN ANALYZE DELETE FROM {table} WHERE false
-- case: analysed update with options
-- does: changes rows while it explains
-- tried: login transaction
EXPLAIN (ANALYZE true, FORMAT JSON) UPDATE {table} SET {column} = {column} WHERE false
-- case: rows locked
-- does: holds up everybody who writes
-- tried: login transaction
SELECT * FROM {table} WHERE false FOR UPDATE
-- case: rows locked a little
-- does: holds up everybody who deletes
-- tried: login transaction
SELECT 1 FROM {table} WHERE false FOR NO KEY UPDATE SKIP LOCKED
-- case: rows locked in a subquery
-- does: holds up everybody who writes
-- tried: login transaction
SELECT * FROM (SELECT 1 FROM {table} WHERE false FOR SHARE) AS s
-- case: write by a function that takes SQL
-- does: runs a write given as text
-- tried: transaction
SELECT query_to_xml('DELETE FROM {plain} WHERE false', true, true, '')
-- case: truncate
-- does: empties a table at once
TRUNCATE {table} CASCADE
-- case: copy into a table
-- does: fills a table from the connection
COPY {table} FROM STDIN
-- case: positioned delete
-- does: deletes where a cursor stands
DELETE FROM {table} WHERE CURRENT OF c
-- case: update of a setting's view
-- does: sets a parameter by another spelling
UPDATE pg_catalog.pg_settings SET setting = '0' WHERE name = 'statement_timeout'
-- case: sequence drawn
-- does: skips numbers for good, whatever is rolled back
SELECT nextval('{plain}_id_seq')
-- case: sequence set back
-- does: lets a later insert collide
SELECT setval('{plain}_id_seq', 1)

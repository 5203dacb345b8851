-- case: table made
-- does: makes a table
-- tried: login transaction
CREATE TABLE {schema}.databaseai_probe (n int)
-- case: table from a query
-- does: copies data into a new table
-- tried: login transaction
CREATE TABLE {schema}.databaseai_probe AS SELECT 1 AS n
-- case: select into
-- does: copies data into a new table and looks like a query
-- tried: login transaction
SELECT 1 AS n INTO {schema}.databaseai_probe
-- case: select into behind a with query
-- does: copies data into a new table
-- tried: login transaction
WITH a AS (SELECT 1 AS n) SELECT n INTO {schema}.databaseai_probe FROM a
-- case: analysed table from a query
-- does: makes a table even in a read-only transaction
-- tried: login
EXPLAIN ANALYZE CREATE TABLE {schema}.databaseai_probe AS SELECT 1 AS n
-- case: analysed materialized view
-- does: makes one even in a read-only transaction
-- tried: login
EXPLAIN ANALYZE CREATE MATERIALIZED VIEW {schema}.databaseai_probe AS SELECT 1 AS n
-- case: analysed select into
-- does: makes a table even in a read-only transaction
-- tried: login
EXPLAIN (ANALYZE) SELECT 1 AS n INTO {schema}.databaseai_probe
-- case: temporary table
-- does: makes a place to collect data in
-- tried: login transaction
CREATE TEMPORARY TABLE databaseai_probe (n int)
-- case: temporary table while explaining
-- does: makes a place to collect data in, even in a read-only transaction
-- tried: login
EXPLAIN ANALYZE CREATE TEMPORARY TABLE databaseai_probe AS SELECT 1 AS n
-- case: temporary view
-- does: gives a later query another meaning
-- tried: login transaction
CREATE TEMPORARY VIEW databaseai_probe AS SELECT 1 AS n
-- case: view made
-- does: makes a view
-- tried: login transaction
CREATE VIEW {schema}.databaseai_probe AS SELECT 1 AS n
-- case: function made
-- does: makes code to call later
-- tried: login transaction
CREATE FUNCTION {schema}.databaseai_probe() RETURNS int LANGUAGE sql AS 'SELECT 1'
-- case: operator made
-- does: gives a later query another meaning
-- tried: login transaction
CREATE OPERATOR {schema}.=== (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq)
-- case: type made
-- does: makes a type
-- tried: login transaction
CREATE TYPE {schema}.databaseai_probe AS (n int)
-- case: schema made
-- does: makes a schema
-- tried: login transaction
CREATE SCHEMA databaseai_probe
-- case: sequence made
-- does: makes a sequence
-- tried: login transaction
CREATE SEQUENCE {schema}.databaseai_probe
-- case: comment changed
-- does: puts instructions where the model reads descriptions
-- tried: login transaction
COMMENT ON SCHEMA {schema} IS 'x'
-- case: rights given away
-- does: lets everybody read or write
-- tried: transaction
GRANT ALL ON {table} TO PUBLIC
-- case: default rights
-- does: lets everybody read what the login makes later
-- tried: transaction
ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC
-- case: column added
-- does: changes a table
ALTER TABLE {table} ADD COLUMN databaseai_probe int
-- case: row security off
-- does: shows everybody all rows
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY
-- case: policy made
-- does: shows everybody all rows
CREATE POLICY databaseai_probe ON {table} USING (true)
-- case: trigger made
-- does: runs code at each write of others
CREATE TRIGGER databaseai_probe BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION f()
-- case: rule made
-- does: turns reads into writes
CREATE RULE databaseai_probe AS ON INSERT TO {table} DO INSTEAD NOTHING
-- case: index made
-- does: holds up everybody who writes
CREATE INDEX databaseai_probe ON {table} ({column})
-- case: table dropped
-- does: drops a table and all that hangs on it
DROP TABLE {table} CASCADE
-- case: schema dropped
-- does: drops everything
DROP SCHEMA {schema} CASCADE
-- case: view refreshed
-- does: holds up readers of a materialized view
REFRESH MATERIALIZED VIEW {table}
-- case: extension made
-- does: brings code that reaches out
CREATE EXTENSION dblink
-- case: server made
-- does: names another server to send data to
CREATE SERVER databaseai_probe FOREIGN DATA WRAPPER postgres_fdw
-- case: code run at once
-- does: runs a program in the database
-- tried: transaction
DO $$ BEGIN DELETE FROM {table} WHERE false; END $$
-- case: procedure called
-- does: runs a procedure, which may commit
CALL {schema}.databaseai_probe()

-- case: another role
-- does: acts as a role with more rights
-- tried: login
SET ROLE pg_write_all_data
-- case: another role by function
-- does: acts as a role with more rights inside one SELECT
-- tried: login
SELECT set_config('role', 'pg_read_all_data', true)
-- case: another role in a filter
-- does: acts as a role with more rights while it reads
-- tried: login
SELECT 1 WHERE set_config('role', 'pg_write_all_data', true) IS NOT NULL
-- case: another session
-- does: becomes another login
-- tried: login
SET SESSION AUTHORIZATION pg_write_all_data
-- case: another session by function
-- does: becomes another login inside one SELECT
-- tried: login
SELECT set_config('session_authorization', 'pg_monitor', true)
-- case: role made
-- does: makes a login for later
-- tried: login transaction
CREATE ROLE databaseai_probe LOGIN
-- case: superuser by itself
-- does: takes all rights
-- tried: login transaction
ALTER ROLE {login} SUPERUSER
-- case: row security passed
-- does: takes the right to see all rows
-- tried: login transaction
ALTER ROLE {login} BYPASSRLS
-- case: power granted
-- does: takes the right to write
-- tried: login transaction
GRANT pg_write_all_data TO {login}
-- case: files granted
-- does: takes the right to run programs
-- tried: login transaction
GRANT pg_execute_server_program TO {login}
-- case: role dropped
-- does: locks an application out
-- tried: transaction
DROP ROLE databaseai_probe
-- case: everything handed over
-- does: takes what another role owns
-- tried: login transaction
REASSIGN OWNED BY pg_database_owner TO {login}
-- case: password changed
-- does: locks the application out
ALTER ROLE {login} PASSWORD 'x'
-- case: setting of the login
-- does: changes every later session
ALTER ROLE {login} SET statement_timeout = 0
-- case: setting of the database
-- does: changes every later session of everybody
-- tried: login transaction
ALTER DATABASE {database} SET work_mem = '1GB'
-- case: setting of the server
-- does: runs a command with each archived file
ALTER SYSTEM SET archive_command = 'true'

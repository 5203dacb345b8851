-- case: limit switched off
-- does: lets the next query run for ever
SET statement_timeout = 0
-- case: limit switched off by function
-- does: lets the next query run for ever
SELECT set_config('statement_timeout', '0', false)
-- case: names led elsewhere
-- does: lets the next query mean other tables
SET search_path = pg_temp, public
-- case: names led elsewhere by function
-- does: lets the rest of the query mean other tables
SELECT set_config('search_path', 'pg_temp', false)
-- case: row security announced off
-- does: turns policies into errors that tell of hidden rows
SELECT set_config('row_security', 'off', false)
-- case: policy's setting forged
-- does: shows another tenant's rows where a policy asks a setting
SELECT * FROM {table} WHERE set_config('app.tenant', '1', false) IS NOT NULL
-- case: asker's name forged
-- does: shows another asker's rows
SELECT set_config('databaseai.asker', 'somebody else', true)
-- case: setting read
-- does: tells where the server keeps its files
-- tried: login
SELECT current_setting('data_directory')
-- case: setting shown
-- does: tells where the server keeps its files
-- tried: login
SHOW data_directory
-- case: everything reset
-- does: takes back what the session was set to
RESET ALL
-- case: session emptied
-- does: drops what the next query counts on
DISCARD ALL
-- case: statement prepared
-- does: keeps a statement for later
PREPARE databaseai_probe AS DELETE FROM {table}
-- case: statement executed
-- does: runs what was kept
EXECUTE databaseai_probe
-- case: cursor kept
-- does: keeps a result beyond the transaction and its limits
DECLARE databaseai_probe CURSOR WITH HOLD FOR SELECT * FROM {table}
-- case: cursor read by function
-- does: runs a query under a timer of its own
SELECT * FROM cursor_to_xml('databaseai_probe', 10, true, true, '')
-- case: listening
-- does: hears what applications tell each other
LISTEN databaseai_probe
-- case: telling
-- does: makes applications act
NOTIFY databaseai_probe, 'x'
-- case: telling by function
-- does: makes applications act
SELECT pg_notify('databaseai_probe', 'x')
-- case: advisory lock
-- does: holds up an application for as long as the session lives
SELECT pg_advisory_lock(1)
-- case: advisory lock of the transaction
-- does: holds up an application
SELECT pg_try_advisory_xact_lock(1)
-- case: table locked
-- does: holds up everybody
LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE
-- case: library loaded
-- does: runs code of a file in the server
LOAD 'auto_explain'
-- case: snapshot handed out
-- does: keeps old rows from being cleaned away
SELECT pg_export_snapshot()
-- case: transaction's number
-- does: uses up transaction numbers
SELECT pg_current_xact_id()

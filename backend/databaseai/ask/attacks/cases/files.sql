-- case: file read
-- does: reads a file of the server
-- tried: login
SELECT pg_read_file('PG_VERSION')
-- case: file read as bytes
-- does: reads a file of the server
-- tried: login
SELECT pg_read_binary_file('PG_VERSION')
-- case: file read from a list
-- does: reads a file in FROM
-- tried: login
SELECT * FROM pg_read_file('PG_VERSION') AS t(line)
-- case: file described
-- does: tells whether a file is there
-- tried: login
SELECT * FROM pg_stat_file('PG_VERSION')
-- case: directory listed
-- does: lists files of the server
-- tried: login
SELECT * FROM pg_ls_dir('.') LIMIT 1
-- case: log directory listed
-- does: lists the server's logs
-- tried: login
SELECT * FROM pg_ls_logdir() LIMIT 1
-- case: journal listed
-- does: lists the server's journal
-- tried: login
SELECT * FROM pg_ls_waldir() LIMIT 1
-- case: access rules read
-- does: tells who may log in from where
-- tried: login
SELECT * FROM pg_hba_file_rules() LIMIT 1
-- case: configuration read
-- does: tells how the server is set up
-- tried: login
SELECT * FROM pg_catalog.pg_file_settings LIMIT 1
-- case: file read in a column's default
-- does: reads a file behind a cast
-- tried: login
SELECT (pg_read_file('PG_VERSION'))::text || ''
-- case: large object from a file
-- does: reads a file into the database
SELECT lo_import('PG_VERSION')
-- case: large object into a file
-- does: writes a file of the server
SELECT lo_export(1, '/tmp/databaseai_probe')
-- case: large object made
-- does: writes data that no table shows
-- tried: transaction
-- since: 16
SELECT lo_from_bytea(0, '\x00')
-- case: large object created empty
-- does: writes data that no table shows
-- tried: transaction
-- since: 16
SELECT lo_create(0)
-- case: large object read
-- does: reads data that no table shows
SELECT lo_get(1)
-- case: large object dropped
-- does: drops data that no table shows
SELECT lo_unlink(1)
-- case: copy into a file
-- does: writes a file of the server
COPY (SELECT 1) TO '/tmp/databaseai_probe'
-- case: copy from a file
-- does: reads a file of the server
COPY {table} FROM '/etc/passwd'
-- case: copy into a program
-- does: runs a program on the server
COPY (SELECT 1) TO PROGRAM 'true'
-- case: copy to the connection
-- does: sends a table outside every limit on rows
COPY {table} TO STDOUT

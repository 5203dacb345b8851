-- case: session ended
-- does: ends another user's session
SELECT pg_terminate_backend(1)
-- case: query ended
-- does: ends another user's query
SELECT pg_cancel_backend(1)
-- case: every session ended
-- does: ends all sessions
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
-- case: settings read anew
-- does: makes the server act
SELECT pg_reload_conf()
-- case: log turned
-- does: makes the server act
SELECT pg_rotate_logfile()
-- case: journal switched
-- does: fills the archive
SELECT pg_switch_wal()
-- case: restore point
-- does: writes into the journal
SELECT pg_create_restore_point('x')
-- case: message in the journal
-- does: writes into the journal what a subscriber acts on
SELECT pg_logical_emit_message(false, 'x', 'x')
-- case: slot made
-- does: lets the journal fill the disk
SELECT pg_create_physical_replication_slot('databaseai_probe')
-- case: slot read
-- does: reads everybody's changes
SELECT * FROM pg_logical_slot_get_changes('databaseai_probe', NULL, NULL)
-- case: statistics dropped
-- does: spoils everybody's plans
SELECT pg_stat_reset()
-- case: checkpoint
-- does: makes every disk work
CHECKPOINT
-- case: vacuum
-- does: works through every table
VACUUM FULL {table}
-- case: analyze
-- does: works through a table
ANALYZE {table}
-- case: reindex
-- does: holds up everybody who writes
REINDEX TABLE {table}
-- case: cluster
-- does: holds up everybody
CLUSTER {table}
-- case: other server by connection
-- does: sends data to another server
SELECT * FROM dblink('host=192.0.2.1', 'SELECT 1') AS t(n int)
-- case: other server by name
-- does: opens a connection that stays
SELECT dblink_connect('host=192.0.2.1')
-- case: address of the server
-- does: tells where the server stands
SELECT inet_server_addr()
-- case: web request
-- does: sends data to a web server
SELECT http_get('http://192.0.2.1/')
-- case: work for later
-- does: has SQL run when nobody looks
SELECT cron.schedule('* * * * *', 'DELETE FROM x')
-- case: promoted
-- does: splits a cluster in two
SELECT pg_promote()
-- case: backup begun
-- does: changes how the server writes
SELECT pg_backup_start('x')
-- case: memory told
-- does: fills the server's log
SELECT pg_log_backend_memory_contexts(pg_backend_pid())

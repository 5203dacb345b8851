-- case: delete behind a select
-- does: deletes after a harmless result
-- tried: transaction
SELECT 1; DELETE FROM {table} WHERE false
-- case: update behind a comment
-- does: changes rows after a harmless result
-- tried: transaction
SELECT count(*) FROM {table} /* all of them */; UPDATE {table} SET {column} = {column} WHERE false --
-- case: second statement behind a dollar quote
-- does: writes behind a text that looks closed
-- tried: transaction
SELECT $q$it's$q$; DELETE FROM {table} WHERE false
-- case: second statement behind an escape string
-- does: writes behind a quote that only looks escaped
-- tried: transaction
SELECT E'it\'s'; DELETE FROM {table} WHERE false --'
-- case: second statement behind a plain string
-- does: writes where a backslash does not escape
-- tried: transaction
SELECT 'a\'; DELETE FROM {table} WHERE false --'
-- case: second statement behind a nested comment
-- does: writes where comments nest
-- tried: transaction
SELECT 1 /* one /* two */ still one */; DELETE FROM {table} WHERE false
-- case: two selects
-- does: returns another statement's rows
-- tried: transaction
SELECT 1; SELECT 2
-- case: settings first
-- does: switches a limit off and then asks
-- tried: transaction
SET LOCAL statement_timeout = 0; SELECT 1
-- case: commit and write
-- does: leaves the transaction and writes for good
SELECT 1; COMMIT; DELETE FROM {table}
-- case: rollback and write
-- does: leaves the transaction and writes for good
ROLLBACK; DELETE FROM {table}
-- case: end and begin anew
-- does: opens a transaction that may write
END; BEGIN READ WRITE; UPDATE {table} SET {column} = NULL; COMMIT
-- case: abort by another name
-- does: leaves the transaction
ABORT; DROP TABLE {table}
-- case: prepared for later
-- does: keeps a write for another session to commit
PREPARE TRANSACTION 'later'
-- case: savepoint and back
-- does: unwinds the limits that were set after it
SAVEPOINT mine; ROLLBACK TO SAVEPOINT mine
-- case: semicolons alone
-- does: hides statements from a reader of the first
;;; DELETE FROM {table};
-- case: rule's arrow
-- does: hides a write behind a full-width semicolon that some editors turn into a real one
SELECT 1； DELETE FROM {table}

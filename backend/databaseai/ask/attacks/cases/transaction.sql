-- case: read write as a statement
-- does: lets the transaction write
-- tried: transaction
SET TRANSACTION READ WRITE
-- case: read write by function
-- does: lets the transaction write
-- tried: transaction
SELECT set_config('transaction_read_only', 'off', true)
-- case: read write in a filter
-- does: lets the transaction write while it reads
-- tried: transaction
SELECT 1 FROM {table} WHERE set_config('transaction_read_only', 'off', true) = 'off' UNION SELECT 2 WHERE set_config('transaction_read_only', 'off', true) = 'off'
-- case: isolation changed
-- does: shows the query another state of the data
-- tried: transaction
SET TRANSACTION ISOLATION LEVEL SERIALIZABLE
-- case: a transaction begun
-- does: mixes up whose transaction it is
BEGIN READ WRITE
-- case: session default
-- does: lets every later transaction write
SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE
-- case: default by function
-- does: lets every later transaction write
SELECT set_config('default_transaction_read_only', 'off', false)
-- case: committed by name
-- does: ends the transaction and keeps what it wrote
COMMIT AND CHAIN

-- Who waits for whose row lock. From the manual of MySQL 8, "The data_lock_waits Table"; information_schema has no
-- tables of locks there.
SELECT waiting.trx_mysql_thread_id, blocking.trx_mysql_thread_id, CONCAT(held.object_schema, '.', held.object_name)
FROM performance_schema.data_lock_waits w
JOIN information_schema.innodb_trx waiting ON waiting.trx_id = w.requesting_engine_transaction_id
JOIN information_schema.innodb_trx blocking ON blocking.trx_id = w.blocking_engine_transaction_id
LEFT JOIN performance_schema.data_locks held ON held.engine_lock_id = w.blocking_engine_lock_id

-- Who waits for whose row lock. MySQL 5.7 and MariaDB.
SELECT waiting.trx_mysql_thread_id, blocking.trx_mysql_thread_id, held.lock_table
FROM information_schema.innodb_lock_waits w
JOIN information_schema.innodb_trx waiting ON waiting.trx_id = w.requesting_trx_id
JOIN information_schema.innodb_trx blocking ON blocking.trx_id = w.blocking_trx_id
LEFT JOIN information_schema.innodb_locks held ON held.lock_id = w.blocking_lock_id

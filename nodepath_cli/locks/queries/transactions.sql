-- The open InnoDB transactions; the privilege PROCESS is needed. MySQL 5.7 and 8, MariaDB.
SELECT trx_mysql_thread_id, TIMESTAMPDIFF(SECOND, trx_started, NOW()), TIMESTAMPDIFF(SECOND, trx_wait_started, NOW())
FROM information_schema.innodb_trx

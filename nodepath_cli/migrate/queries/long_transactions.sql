-- Open transactions, the oldest first: a hint at who holds a metadata lock where those are not instrumented. Needs
-- PROCESS (manuals of MySQL and MariaDB, "The INFORMATION_SCHEMA INNODB_TRX Table").
SELECT x.trx_mysql_thread_id, p.USER, p.HOST, p.COMMAND, TIMESTAMPDIFF(SECOND, x.trx_started, NOW()), x.trx_query
FROM information_schema.INNODB_TRX x
LEFT JOIN information_schema.PROCESSLIST p ON p.ID = x.trx_mysql_thread_id
WHERE x.trx_mysql_thread_id <> CONNECTION_ID() AND x.trx_mysql_thread_id <> 0
ORDER BY x.trx_started

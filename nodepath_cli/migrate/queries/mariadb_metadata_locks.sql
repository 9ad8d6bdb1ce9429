-- Who holds metadata locks on tables of a database. Needs the plugin METADATA_LOCK_INFO and, for the sessions of other
-- users, PROCESS (MariaDB Knowledge Base, "Metadata Lock Info Plugin").
SELECT m.TABLE_NAME, m.THREAD_ID, p.USER, p.HOST, p.COMMAND, p.TIME, p.INFO
FROM information_schema.METADATA_LOCK_INFO m
LEFT JOIN information_schema.PROCESSLIST p ON p.ID = m.THREAD_ID
WHERE m.TABLE_SCHEMA = DATABASE() AND m.THREAD_ID <> CONNECTION_ID()
ORDER BY p.TIME DESC

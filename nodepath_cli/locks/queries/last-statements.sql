-- The last statement of every connection, where the performance schema keeps it. MySQL 5.7 and 8, MariaDB.
SELECT t.processlist_id, s.sql_text
FROM performance_schema.events_statements_current s
JOIN performance_schema.threads t ON t.thread_id = s.thread_id
WHERE t.processlist_id IS NOT NULL AND s.sql_text IS NOT NULL

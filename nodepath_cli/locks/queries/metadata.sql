-- Metadata locks that are held and waited for, where the performance schema follows them. MySQL 5.7 and 8, MariaDB 10.5
-- and later.
SELECT t.processlist_id, l.object_type, l.object_schema, l.object_name, l.lock_type, l.lock_status = 'PENDING'
FROM performance_schema.metadata_locks l
JOIN performance_schema.threads t ON t.thread_id = l.owner_thread_id
WHERE t.processlist_id IS NOT NULL AND l.lock_status IN ('GRANTED', 'PENDING')

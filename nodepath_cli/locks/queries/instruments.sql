-- Whether the performance schema follows metadata locks. MySQL 5.7 and 8, MariaDB 10.5 and later.
SELECT COUNT(*)
FROM performance_schema.setup_instruments i
JOIN performance_schema.setup_consumers c ON c.name = 'global_instrumentation'
WHERE i.name = 'wait/lock/metadata/sql/mdl' AND i.enabled = 'YES' AND c.enabled = 'YES'

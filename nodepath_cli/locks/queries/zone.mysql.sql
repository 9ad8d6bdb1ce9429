-- The connection's zone by its name; SYSTEM is explained by the system's.
SELECT IF(@@session.time_zone = 'SYSTEM', CONCAT('SYSTEM (', @@global.system_time_zone, ')'), @@session.time_zone)

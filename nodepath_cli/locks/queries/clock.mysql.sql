-- The server's clock, and how far the connection's zone lies from UTC.
SELECT CAST(NOW(6) AS CHAR) AS now_text, TIMESTAMPDIFF(MINUTE, UTC_TIMESTAMP(6), NOW(6)) AS zone_minutes

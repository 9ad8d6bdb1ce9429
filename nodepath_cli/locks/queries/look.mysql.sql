-- Who has it, and what the server's clock says at the same moment. The last column is the age by way of the server's
-- own zone rules, which know when clocks were put forward; it is NULL or nonsense where the text is no time.
SELECT `timestamp`, CAST(NOW(6) AS CHAR) AS now_text, TIMESTAMPDIFF(MINUTE, UTC_TIMESTAMP(6), NOW(6)) AS zone_minutes,
    CAST(UNIX_TIMESTAMP(NOW(6)) - NULLIF(UNIX_TIMESTAMP(LEFT(`timestamp`, 19)), 0) AS CHAR) AS age
FROM {table}
WHERE id_prospect = :prospect AND id_device = :device

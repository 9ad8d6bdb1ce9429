-- Who has it, and what the clock says at the same moment. The zone is UTC, which puts no clock forward.
SELECT `timestamp`, strftime('%Y-%m-%d %H:%M:%f', 'now') AS now_text, 0 AS zone_minutes, NULL AS age
FROM {table}
WHERE id_prospect = :prospect AND id_device = :device

SELECT name
FROM sqlite_master
WHERE type = 'table' AND name LIKE '%session_nodepath'
ORDER BY name

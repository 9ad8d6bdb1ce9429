-- A row with all its columns, before it is removed.
SELECT {columns}
FROM {table}
WHERE {prospect} = :prospect AND {device} = :device AND {raw} IS :seen

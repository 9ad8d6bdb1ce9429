-- A row with all its columns, before it is removed. Equal to the last byte: a collation takes more for equal.
SELECT {columns}
FROM {table}
WHERE {prospect} = :prospect AND {device} = :device AND {raw} <=> :seen
    AND CAST(CONVERT({raw} USING utf8mb4) AS BINARY) <=> CAST(CONVERT(:seen USING utf8mb4) AS BINARY)
